"""What the platform brings a house, in every mode and form: taken once, answered as it must be."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from pathlib import Path

import pytest

from connectors import metrics
from connectors.messages import Author, Location, Text
from connectors.store.database import StoreUnavailable
from tests.house import ScriptedDialogue
from tests.wechat import sealing
from tests.wechat.platform import Pushing
from tests.wechat.town import PERSON, Town, town

WAYS = [*itertools.product(["mini"], ["xml", "json"], [True, False]), ("official", "xml", True)]
each_way = pytest.mark.parametrize(
    ("kind", "form", "safe"),
    WAYS,
    ids=[f"{kind} {form} {'safe' if safe else 'plain'}" for kind, form, safe in WAYS],
)


def counted(channel: str, result: str) -> float:
    return metrics.inbound_total.labels(channel, result)._value.get()


@each_way
async def test_every_kind_of_message_is_taken_in_every_mode(
    tmp_path: Path, kind: str, form: str, *, safe: bool
) -> None:
    async with town(tmp_path, kind, form=form, safe=safe, more=QUICK.get(kind)) as here:
        push = here.platform.push
        message = here.platform.message
        assert (await here.wrote("路灯坏了]]>，请看")).taken
        place = {"Location_X": 31.82, "Location_Y": 117.23, "Scale": 15, "Label": "天鹅湖"}
        assert (await push(message(PERSON, "location", **place))).taken
        link = {"Title": "通知", "Description": "停水", "Url": "https://example.gov.cn/1"}
        assert (await push(message(PERSON, "link", **link))).taken
        card = {"Title": "我的工单", "AppId": "wx1", "PagePath": "pages/orders/orders"}
        assert (await push(message(PERSON, "miniprogrampage", **card))).taken
        said = [one.parts for one in await here.said() if one.author is Author.CITIZEN]
        assert said[0] == (Text("路灯坏了]]>，请看"),)
        assert isinstance(said[1][0], Location)
        assert [one.text for one in await here.said() if one.author is Author.CITIZEN][2:] == [
            "通知 https://example.gov.cn/1\n停水",
            "我的工单",
        ]
        status, echo = await here.platform.verify()
        assert (status, echo) == (200, "5927782489442352469")


QUICK = {"official": {"passive_within": 0.3}}


@pytest.mark.parametrize("same_nonce", [True, False], ids=["signed as before", "signed anew"])
async def test_a_retry_is_never_lost_as_a_replay(tmp_path: Path, *, same_nonce: bool) -> None:
    """The store is away when it first comes; whether retries are signed anew is not documented."""
    async with town(tmp_path, "mini", form="json") as here:
        here.platform.same_nonce = same_nonce
        real, tries = here.house.database.transact, 0

        async def away(unit: object) -> object:
            nonlocal tries
            tries += 1
            if tries <= 2:
                raise StoreUnavailable("the disk is full")
            return await real(unit)  # type: ignore[arg-type]

        here.house.database.transact = away  # type: ignore[method-assign, assignment]
        assert (await here.wrote("在吗", id=7)).taken
        assert tries > 2
        assert await here.heard() == ["在吗"]


async def test_a_nonce_is_good_for_its_own_message_only(tmp_path: Path) -> None:
    async with town(tmp_path, "mini", form="json", safe=False) as here:
        query, body = here.platform.enclose(
            here.platform.write(here.platform.message(PERSON, "text", 1, Content="真的"))
        )
        forged = here.platform.write(here.platform.message(PERSON, "text", 2, Content="假的"))
        assert (await here.platform.knock(query, body)).taken
        for _ in range(2):
            told = await here.platform.knock(query, forged)
            assert (told.status, told.code) == (403, "replayed")
        assert (await here.platform.knock(query, body)).taken
        assert await here.heard() == ["真的"]


@pytest.mark.parametrize("kind", ["mini", "official"])
async def test_what_nobody_knows_is_answered_politely_and_counted(
    tmp_path: Path, kind: str
) -> None:
    name = f"wechat_{kind}"
    types, events = counted(name, "unknown_type"), counted(name, "unknown_event")
    async with town(tmp_path, kind) as here:
        here.wechat.wrote(here.account, "nobody")
        told = await here.platform.event(PERSON, "hologram_event", EventKey="x")
        assert told.body == b"success"
        assert await here.said() == []
        here.wechat.wrote(here.account, here.platform.happening(PERSON, "x")["FromUserName"])
        for _ in range(2):
            message = here.platform.message(PERSON, "hologram", 7, Beam="x")
            assert (await here.platform.push(message)).taken
        async with asyncio.timeout(5):
            while await here.states() != ["sent"]:
                await asyncio.sleep(0.01)
        assert len(await here.heard(Author.CITIZEN)) == 1
        assert len(await here.heard(Author.BOT)) == 1
        assert here.house.dialogue.requests == []
    assert counted(name, "unknown_type") == types + 2
    assert counted(name, "unknown_event") == events + 1


async def test_who_enters_a_mini_program_is_greeted_once_and_heard(tmp_path: Path) -> None:
    async with town(tmp_path, "mini", form="json") as here:
        here.wechat.entered(here.account, here.platform.happening(PERSON, "x")["FromUserName"])
        event = here.platform.happening(PERSON, "user_enter_tempsession", SessionFrom="orders")
        for _ in range(3):
            assert (await here.platform.push(event)).body == b"success"
        async with asyncio.timeout(5):
            while not here.shown():
                await asyncio.sleep(0.01)
        assert len(here.shown()) == 1
        assert (await here.wrote("在吗")).taken
        here.clock.jump(timedelta(minutes=2))
        await here.platform.event(PERSON, "user_enter_tempsession", SessionFrom="orders")
        here.clock.jump(timedelta(days=1))
        await here.platform.event(PERSON, "user_enter_tempsession", SessionFrom="orders")
        assert len(await here.heard(Author.BOT)) == 3  # greeted on each day, and one answer


async def test_a_mini_program_hands_over_where_wechat_has_the_agents(tmp_path: Path) -> None:
    async with town(tmp_path, "mini", form="json", more={"agents": "wechat"}) as here:
        told = await here.wrote("转人工")
        assert told.fields["MsgType"] == "transfer_customer_service"
        assert (await here.wrote("谢谢")).body == b"success"


async def test_a_slow_store_makes_the_platform_come_again_before_it_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.channels.wechat.receiving.SAFE_WITHIN", 0.2)
    async with town(tmp_path, "mini", form="json") as here:
        here.wechat.wrote(here.account, here.platform.happening(PERSON, "x")["FromUserName"])
        real, slow = here.house.database.transact, True

        async def hangs(unit: object) -> object:
            nonlocal slow
            if slow:
                slow = False
                await asyncio.sleep(60)
            return await real(unit)  # type: ignore[arg-type]

        here.house.database.transact = hangs  # type: ignore[method-assign, assignment]
        assert (await here.platform.text(PERSON, "在吗", 7)).taken
        assert await here.heard() == ["在吗"]


async def test_retries_of_many_people_leave_each_message_once(tmp_path: Path) -> None:
    async with town(tmp_path, "mini", ScriptedDialogue(), "json") as here:
        pushing = Pushing(
            here.platform.url, here.platform.http, form="json", seal=sealing.wechatpy_seal,
            now=here.platform.now,
        )  # fmt: skip
        here.account.known = True

        async def person(n: int) -> None:
            name = f"person{n}"
            here.wechat.wrote(here.account, pushing.happening(name, "x")["FromUserName"])
            message = pushing.message(name, "text", 1, Content=f"第{n}句")
            told = await asyncio.gather(*(pushing.once(message) for _ in range(3)))
            assert all(one.taken for one in told)

        await asyncio.gather(*(person(n) for n in range(20)))
        for n in range(20):
            assert await here.heard(person=f"person{n}") == [f"第{n}句"]


async def test_two_accounts_keep_their_people_apart(tmp_path: Path) -> None:
    async with town(tmp_path, "mini", form="json") as here:
        assert (await here.wrote("在吗", id=1)).taken
        assert isinstance(here, Town)
        url = here.platform.url.replace("/city", "/other")
        stranger = Pushing(url, here.platform.http, form="json", now=here.platform.now)
        told = await stranger.once(stranger.message(PERSON, "text", 1, Content="在吗"))
        assert (told.status, told.code) == (403, "bad_signature")
