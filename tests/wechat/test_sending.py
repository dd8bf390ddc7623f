"""What people on WeChat are sent: shapes, quotas, templates; against the platform's own rules."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, select

from connectors.channels.wechat.subscriptions import facts, shaped
from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.messages import (
    Attachment,
    Author,
    Choice,
    Citation,
    Link,
    OrderCard,
    Outbound,
    Part,
    Purpose,
    Text,
)
from connectors.settings.wechat import MiniAccount, OfficialAccount, Wechat
from connectors.settings.wechat_sending import Template
from connectors.store import conversations, deliveries, messages
from connectors.store.schema import deliveries as deliveries_table
from tests.clocks import MovableClock
from tests.contract.peer import Peer, answers, listening_peer
from tests.house import House, ScriptedDialogue, house, the_texts
from tests.wechat import sealing
from tests.wechat.api import Account, FakeWechat
from tests.wechat.platform import AES_KEY, APPID, TOKEN, Pushing, openid

SECRET = "app-secret-of-the-account"
PERSON = "someone"
OPENID = openid(PERSON)
PNG = Path(__file__).parent / "dot.png"
PROGRESS, FOLLOW_UP, NOTICE = "progress-template", "follow-up-template", "notice-template"
TEMPLATES: dict[str, Any] = {
    "progress": {
        "id": PROGRESS,
        "page": "pages/orders/orders",
        "fields": {
            "character_string1": "{number}",
            "thing2": "{title}",
            "phrase3": "有进展",
            "time4": "{time}",
        },
    },
    "notice": {"id": NOTICE, "lasting": True, "fields": {"thing1": "{text}", "thing2": "{city}"}},
}


@dataclass
class City:
    """A gateway with one account, the platform's side, and a person."""

    house: House
    fake: FakeWechat
    account: Account
    peer: Peer
    clock: MovableClock
    pushing: Pushing
    kind: str

    @property
    def channel(self) -> str:
        return f"wechat_{self.kind}"

    async def writes(self, text: str = "在吗", **more: Any) -> None:
        self.fake.wrote(self.account, OPENID)
        told = await self.pushing.text(PERSON, text, **more)
        assert told.taken, told

    async def happens(self, name: str, **more: Any) -> None:
        told = await self.pushing.event(PERSON, name, **more)
        assert told.taken, told

    async def say(
        self,
        *parts: Part,
        choices: tuple[Choice, ...] = (),
        purpose: Purpose = Purpose.ANSWER,
        author: Author = Author.BOT,
    ) -> str:
        """We say something; the delivery's id."""
        now = self.clock.now()

        def unit(conn: Connection) -> str:
            talk = conversations.find(conn, self.channel, "city", OPENID)
            if talk is None:
                conversations.make(conn, self.channel, "city", OPENID, now)
                talk = conversations.find(conn, self.channel, "city", OPENID)
            assert talk is not None
            said = messages.add(conn, talk, Outbound(parts, author, choices, purpose=purpose), now)
            found: str = conn.execute(
                select(deliveries_table.c.id).where(deliveries_table.c.message_id == said.id)
            ).scalar_one()
            return found

        found = await self.house.database.transact(unit)
        self.house.gateway.sender.wake()
        return found

    async def ends(self, delivery_id: str, *states: str) -> str:
        """Waits until the delivery has one of the states; its error code, if any."""
        async with asyncio.timeout(10):
            while True:
                one = await self.house.database.read(lambda c: deliveries.find(c, delivery_id))
                assert one is not None
                held = one.state == "queued" and one.error_code is not None
                if one.state in states or (held and "held" in states):
                    return one.error_code or ""
                await asyncio.sleep(0.01)

    def later(self, delta: timedelta) -> None:
        self.clock.jump(delta)
        self.house.gateway.sender.wake()


Script = Callable[[TurnRequest], Any]


async def silent(request: TurnRequest) -> TurnReply:
    return TurnReply(())


@asynccontextmanager
async def city(
    folder: Path, kind: str = "mini", script: Script = silent, **account: Any
) -> AsyncIterator[City]:
    clock = MovableClock()
    fake = FakeWechat(now=clock.now)
    known = fake.add(APPID, SECRET, kind)
    known.templates = {
        PROGRESS: ("character_string1", "thing2", "phrase3", "time4"),
        NOTICE: ("thing1", "thing2"),
    }
    if kind == "official":
        account.setdefault("passive", False)
    async with listening_peer() as peer:
        peer.good = fake.handle
        settings = {
            "appid": APPID,
            "secret": SECRET,
            "token": TOKEN,
            "encoding_aes_key": AES_KEY,
            "api_url": peer.url,
            "insecure_http": True,
        }
        tree: dict[str, Any] = {"wechat": {kind: {"city": settings | account}}}
        async with house(folder, ScriptedDialogue(script), clock=clock, **tree) as opened:
            url = str(opened.client.make_url(f"/wechat/{kind}/city"))
            pushing = Pushing(
                url,
                opened.client.session,
                kind,  # type: ignore[arg-type]
                "json" if kind == "mini" else "xml",
                seal=sealing.wechatpy_seal,
                now=lambda: clock.now().timestamp(),
            )
            yield City(opened, fake, known, peer, clock, pushing, kind)
    assert not fake.breaches
    assert not pushing.breaches


# Shapes ---------------------------------------------------------------------------------------


async def test_a_picture_is_uploaded_once_and_sent_as_one(tmp_path: Path) -> None:
    async with city(tmp_path) as place:
        picture = await place.house.gateway.attachments.keep(PNG.read_bytes(), "路灯.png")
        await place.writes()
        for _ in range(2):
            await place.ends(await place.say(picture), "sent")
        assert [one["msgtype"] for one in place.fake.sent] == ["image", "image"]
        assert len(place.fake.media) == 1


async def test_an_upload_the_platform_has_forgotten_is_made_again(tmp_path: Path) -> None:
    async with city(tmp_path) as place:
        picture = await place.house.gateway.attachments.keep(PNG.read_bytes())
        await place.writes()
        await place.ends(await place.say(picture), "sent")
        place.fake.media.clear()
        await place.ends(await place.say(picture), "sent")
        assert len(place.fake.sent) == 2


async def test_a_link_is_a_card_and_one_to_the_mini_program_opens_it(tmp_path: Path) -> None:
    cards = [
        {
            "link": "https://12345.example/orders/",
            "page": "pages/orders/orders?number={rest}",
            "picture": str(PNG),
        }
    ]
    async with city(tmp_path, cards=cards) as place:
        await place.writes()
        link = Link("办事指南", "https://www.example.gov.cn/guide")
        await place.ends(await place.say(link), "sent")
        await place.ends(await place.say(Link("我的工单", cards[0]["link"] + "123")), "sent")
        shown, card = place.fake.sent
        assert shown["link"]["url"] == link.url
        picture = urlsplit(shown["link"]["thumb_url"])
        async with place.house.client.get(picture.path) as answer:
            assert (answer.status, answer.content_type) == (200, "image/png")
        assert card["miniprogrampage"]["pagepath"] == "pages/orders/orders?number=123"
        assert card["miniprogrampage"]["title"] == "我的工单"


async def test_a_link_or_card_that_cannot_be_shown_as_one_goes_in_words(tmp_path: Path) -> None:
    orders = "https://12345.example/orders/"
    cards = [{"link": orders, "page": "pages/x", "picture": str(tmp_path / "missing.png")}]
    async with city(tmp_path, cards=cards) as place:
        await place.writes()
        await place.ends(await place.say(Link("我的工单", orders + "123")), "sent")
        place.peer.script.append(answers(200, '{"errcode":40035,"errmsg":"invalid thumb_url"}'))
        await place.ends(await place.say(Link("办事指南", "https://a.example/guide")), "sent")
        for shown, url in zip(
            place.fake.texts(OPENID), (orders + "123", "https://a.example/guide"), strict=True
        ):
            assert url in shown


async def test_what_wechat_does_not_carry_is_named_with_a_link(tmp_path: Path) -> None:
    async with city(tmp_path) as place:
        await place.writes()
        paper = Attachment("f_" + "0" * 38, "application/pdf", 9, "通知.pdf")
        await place.ends(await place.say(paper), "sent")
        (text,) = place.fake.texts(OPENID)
        assert text.startswith("［附件：通知.pdf］\n")
        assert "/files/f_000" in text


async def test_choices_are_a_menu_and_a_tap_names_the_choice(tmp_path: Path) -> None:
    seen: list[TurnRequest] = []

    async def note(request: TurnRequest) -> TurnReply:
        seen.append(request)
        return TurnReply(())

    async with city(tmp_path, "official", note) as place:
        await place.writes()
        choices = (Choice("solved", "已解决", "/rate_good"), Choice("not", "没解决", "/rate_bad"))
        await place.ends(await place.say(Text("解决了吗？"), choices=choices), "sent")
        menu = place.fake.sent[-1]["msgmenu"]
        assert menu["head_content"] == "解决了吗？"
        assert [one["content"] for one in menu["list"]] == ["已解决", "没解决"]
        await place.writes("没解决", bizmsgmenuid=menu["list"][1]["id"])
        async with asyncio.timeout(5):
            while len(seen) < 2:
                await asyncio.sleep(0.01)
    assert seen[-1].text == "/rate_bad"


async def test_on_a_mini_program_choices_are_numbered(tmp_path: Path) -> None:
    async with city(tmp_path) as place:
        await place.writes()
        choices = (Choice("a", "是", "/yes"), Choice("b", "否", "/no"))
        await place.ends(await place.say(Text("要继续吗？"), choices=choices), "sent")
        (text,) = place.fake.texts(OPENID)
        assert "1. 是" in text


async def test_an_agents_words_are_checked_where_the_account_wants_it(tmp_path: Path) -> None:
    async with city(tmp_path, check_content=True) as place:
        await place.writes()
        await place.ends(await place.say(Text("机器人说的。")), "sent")
        assert place.fake.checked == []
        await place.ends(await place.say(Text("您好。"), author=Author.AGENT), "sent")
        bad = await place.say(Text("risky-words"), author=Author.AGENT)
        assert await place.ends(bad, "dead") == "content_refused"
        assert place.fake.checked == ["您好。", "risky-words"]
        assert place.fake.texts(OPENID) == ["机器人说的。", "您好。"]


async def test_words_that_can_no_longer_be_checked_are_sent_all_the_same(tmp_path: Path) -> None:
    """WeChat checks for people of the last two hours only; they may be answered for two days."""
    async with city(tmp_path, check_content=True) as place:
        await place.writes()
        place.later(timedelta(hours=3))
        await place.ends(await place.say(Text("您好。"), author=Author.AGENT), "sent")
        assert place.fake.checked == []
        assert place.fake.texts(OPENID) == ["您好。"]


# Quotas ---------------------------------------------------------------------------------------

LAW = "符合下列条件之一的家庭可以申请公共租赁住房，并应当提交相应的证明材料。"


async def many_things(request: TurnRequest) -> TurnReply:
    """A policy answer of eight messages, some of them pages long."""
    said = [Outbound((Text("以下规定与您的问题有关。"),))]
    for n in range(6):
        quote = f"第{n}条　" + LAW * 60
        said.append(
            Outbound((Citation(f"办法{n}", quote, f"e{n}", link="https://example.gov.cn"),))
        )
    choices = (Choice("a", "申请条件", "/a"), Choice("b", "申请材料", "/b"))
    return TurnReply((*said, Outbound((Text("您想了解哪一方面？"),), choices=choices)))


@pytest.mark.parametrize("kind", ["mini", "official"])
async def test_a_long_answer_stays_within_the_quota_and_nothing_of_it_is_lost(
    tmp_path: Path, kind: str
) -> None:
    async with city(tmp_path, kind, many_things) as place:
        await place.writes("公租房怎么申请")
        async with asyncio.timeout(20):
            while "您想了解哪一方面" not in json.dumps(place.fake.sent, ensure_ascii=False):
                await asyncio.sleep(0.02)
        assert len(place.fake.sent) <= 3  # two are kept for what must still be said
        told = json.dumps(place.fake.sent, ensure_ascii=False)
        for n in range(6):
            assert f"第{n}条" in told
        link = told[told.index("/s/") :].split("\\n")[0].split('"')[0]
        page = await place.house.client.get(link)
        assert page.status == 200
        whole = await page.text()
        assert all(LAW * 60 in whole for _ in range(6))
        for _ in range(2):
            await place.ends(await place.say(Text("请稍等。"), author=Author.AGENT), "sent")
        last = await place.say(Text("还有一句。"), author=Author.AGENT)
        assert await place.ends(last, "held") == "window_closed"
        await place.writes("好")
        await place.ends(last, "sent")


async def test_who_enters_is_greeted_within_the_minute_and_the_two_sends(tmp_path: Path) -> None:
    async with city(tmp_path) as place:
        place.fake.entered(place.account, OPENID)
        await place.happens("user_enter_tempsession", SessionFrom="menu")
        async with asyncio.timeout(5):
            while not place.fake.sent:
                await asyncio.sleep(0.01)
        await place.ends(await place.say(Text("二")), "sent")
        third = await place.say(Text("三"))
        assert await place.ends(third, "held") == "window_closed"


async def test_a_platform_that_counts_stricter_than_we_do_holds_the_rest(tmp_path: Path) -> None:
    async with city(tmp_path) as place:
        await place.writes()
        place.account.quotas[OPENID].left = 1
        await place.ends(await place.say(Text("一")), "sent")
        second = await place.say(Text("二"))
        assert await place.ends(second, "held") == "window_closed"
        place.fake.breaches.clear()  # we could not know
        await place.writes()
        await place.ends(second, "sent")


# Subscription messages ------------------------------------------------------------------------


def asked(form: str, template: str, answer: str) -> dict[str, Any]:
    """The fields of the event in which people are asked, as each form has them."""
    one = {"TemplateId": template, "SubscribeStatusString": answer, "PopupScene": "0"}
    return {"List": one} if form == "json" else {"SubscribeMsgPopupEvent": {"List": one}}


TITLE = "路灯不亮，夜里看不清路，已经一个多星期没人修"
NEWS = (OrderCard("20260302000123", TITLE, "办理中", "工单有进展。"),)


async def test_a_notice_after_the_window_goes_by_a_template_the_person_agreed_to(
    tmp_path: Path,
) -> None:
    async with city(tmp_path, templates=TEMPLATES) as place:
        await place.writes()
        place.account.consents[OPENID, PROGRESS] = 1
        await place.happens("subscribe_msg_popup_event", **asked("json", PROGRESS, "accept"))
        place.later(timedelta(hours=49))
        await place.ends(await place.say(*NEWS, purpose=Purpose.NOTICE), "sent")
        (shown,) = place.fake.subscriptions
        assert shown["template_id"] == PROGRESS
        assert shown["page"] == "pages/orders/orders"
        data = {name: one["value"] for name, one in shown["data"].items()}
        assert data["character_string1"] == "20260302000123"
        assert data["thing2"] == TITLE[:19] + "…"
        second = await place.say(*NEWS, purpose=Purpose.NOTICE)  # it was agreed to once
        assert await place.ends(second, "held") == "window_closed"
        assert len(place.fake.subscriptions) == 1


async def test_a_lasting_consent_holds_until_it_is_taken_back(tmp_path: Path) -> None:
    async with city(tmp_path, "official", templates=TEMPLATES) as place:
        await place.writes()
        place.account.always.add((OPENID, NOTICE))
        await place.happens("subscribe_msg_popup_event", **asked("xml", NOTICE, "accept"))
        place.later(timedelta(hours=49))
        for _ in range(3):
            await place.ends(await place.say(*NEWS, purpose=Purpose.NOTICE), "sent")
        changed = {"TemplateId": NOTICE, "SubscribeStatusString": "reject"}
        await place.happens("subscribe_msg_change_event", SubscribeMsgChangeEvent={"List": changed})
        late = await place.say(*NEWS, purpose=Purpose.NOTICE)
        assert await place.ends(late, "held") == "window_closed"
        assert len(place.fake.subscriptions) == 3


async def test_the_same_event_again_counts_once_and_no_to_one_question_takes_nothing_back(
    tmp_path: Path,
) -> None:
    async with city(tmp_path, templates=TEMPLATES) as place:
        place.account.consents[OPENID, PROGRESS] = 1
        event = place.pushing.happening(
            PERSON, "subscribe_msg_popup_event", **asked("json", PROGRESS, "accept")
        )
        for _ in range(3):
            assert (await place.pushing.push(event)).taken
        await place.happens("subscribe_msg_popup_event", **asked("json", PROGRESS, "reject"))
        await place.ends(await place.say(*NEWS, purpose=Purpose.NOTICE), "sent")
        late = await place.say(*NEWS, purpose=Purpose.NOTICE)
        assert await place.ends(late, "held") == "window_closed"
        asks = [one for one in place.peer.received if "subscribe/send" in one.path]
        assert len(asks) == 1


async def test_a_consent_the_platform_does_not_know_is_none_and_the_next_lets_go_on(
    tmp_path: Path,
) -> None:
    async with city(tmp_path, templates=TEMPLATES) as place:
        await place.happens("subscribe_msg_popup_event", **asked("json", PROGRESS, "accept"))
        late = await place.say(*NEWS, purpose=Purpose.NOTICE)
        assert await place.ends(late, "held") == "window_closed"  # 43101 was believed
        place.later(timedelta(minutes=1))
        place.account.consents[OPENID, PROGRESS] = 1
        await place.happens("subscribe_msg_popup_event", **asked("json", PROGRESS, "accept"))
        await place.ends(late, "sent")
        assert len(place.fake.subscriptions) == 1


async def test_an_answer_never_goes_by_a_template(tmp_path: Path) -> None:
    async with city(tmp_path, templates=TEMPLATES) as place:
        await place.writes()
        place.account.consents[OPENID, PROGRESS] = 9
        await place.happens("subscribe_msg_popup_event", **asked("json", PROGRESS, "accept"))
        place.later(timedelta(hours=49))
        late = await place.say(*NEWS)
        assert await place.ends(late, "held") == "window_closed"
        assert place.fake.subscriptions == []


async def test_within_the_window_a_notice_is_a_message_like_any_other(tmp_path: Path) -> None:
    async with city(tmp_path, templates=TEMPLATES) as place:
        await place.writes()
        await place.ends(await place.say(*NEWS, purpose=Purpose.NOTICE), "sent")
        assert place.fake.texts(OPENID) == ["工单有进展。"]


async def test_who_waits_longer_than_a_moment_sees_that_an_answer_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connectors.channels.wechat import composing

    monkeypatch.setattr(composing, "SOON", 0.05)
    release = asyncio.Event()

    async def slow(request: TurnRequest) -> TurnReply:
        await release.wait()
        return TurnReply(())

    async with city(tmp_path, script=slow) as place:
        await place.writes("慢")
        async with asyncio.timeout(5):
            while not place.fake.typed:
                await asyncio.sleep(0.01)
        release.set()
        assert place.fake.typed == [OPENID]


def test_news_in_words_fill_a_template_with_the_matter_and_the_orders_number() -> None:
    told = facts(
        (Text("您反映的“夜间施工噪声”（工单 HY20260302-000001-5）已派给区城管局。电话13800001234"),)
    )
    assert told["number"] == "HY20260302-000001-5"
    assert told["title"] == "夜间施工噪声"
    assert told["text"].startswith("已派给区城管局")


@pytest.mark.parametrize("step", ["check", "dispatch", "sign", "return", "answer", "refuse",
                                  "approve", "reopen"])  # fmt: skip
def test_each_step_fills_a_template_with_the_matter_and_what_is_new(step: str) -> None:
    known = {"title": "路灯照明", "number": "GD-2026-000001", "unit": "区城管局"}
    known |= {"answer": "已修好", "outcome": "实质办结"}
    words = the_texts().say(f"order_news_{step}", **known)
    told = facts((Text(words),))
    assert (told["title"], told["number"]) == ("路灯照明", "GD-2026-000001")
    assert "工单" not in told["text"]
    assert not told["text"].startswith("有")


@pytest.mark.parametrize(
    ("kind", "value", "becomes"),
    [
        ("thing", "二十个字以内的事物", "二十个字以内的事物"),
        ("thing", "长" * 21, "长" * 19 + "…"),
        ("thing", "两行\n的 话", "两行 的 话"),
        ("phrase", "办理中", "办理中"),
        ("phrase", "办理中3", "办理中"),
        ("phrase", "等待承办单位签收", ""),
        ("character_string", "工单HY1", "HY1"),
        ("number", "第12件", "12"),
        ("name", "王" * 11, ""),
        ("amount", "1" * 30, ""),
        ("letter", "123", ""),
    ],
)
def test_a_value_is_made_what_its_type_allows_or_left_out(
    kind: str, value: str, becomes: str
) -> None:
    assert shaped(kind, value) == becomes


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"thing1": "{nobody}"}, "nobody"),
        ({"thing1": "{text"}, "thing1"),
        ({"thing": "{text}"}, "thing1"),
        ({"dance1": "{text}"}, "dance1"),
        ({}, "at least 1"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_at_start(
    fields: dict[str, str], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        Template(id="template-id-of-it", fields=fields)


@pytest.mark.parametrize(
    ("kind", "key"),
    [(OfficialAccount, "check_content"), (MiniAccount, "pasive"), (Wechat, "offical")],
)
def test_a_setting_nobody_knows_is_refused_at_start(kind: type[BaseModel], key: str) -> None:
    account = {"appid": APPID, "secret": SECRET, "token": TOKEN, "encoding_aes_key": AES_KEY}
    with pytest.raises(ValidationError) as refused:
        kind.model_validate((account if kind is not Wechat else {}) | {key: True})
    assert [error["loc"] for error in refused.value.errors()] == [(key,)]
