"""微信客服: fetched once and completely, answered within the rules, silent while others talk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, select

from connectors.channel import MisconfiguredAccount
from connectors.conversation.dialogue import Handoff, TurnReply, TurnRequest
from connectors.conversation.ownership import Event, Owner
from connectors.messages import Author, Choice, Outbound, Stored, Text, plain_text
from connectors.store import conversations, deliveries, messages, owners, wechat_cursors
from connectors.store.conversations import Conversation
from connectors.store.database import StoreUnavailable
from connectors.store.schema import audit
from tests.clocks import MovableClock
from tests.contract.peer import Peer, answers, listening_peer
from tests.desk.people import csrf, log_in, make_agent
from tests.house import House, ScriptedDialogue, echo, house, reply
from tests.wechat import sealing
from tests.wechat.platform import AES_KEY, TOKEN, Pushing
from tests.wechat.wecom import FakeWecom

KFID, PERSON = "wkAJ2GCAAAkf", "wmqfasd1e19278asdasAAA"
PNG = Path(__file__).parent / "dot.png"


@dataclass
class Company:
    house: House
    fake: FakeWecom
    peer: Peer
    clock: MovableClock
    pushing: Pushing
    dialogue: ScriptedDialogue

    async def push(self) -> None:
        """WeCom says that there is something."""
        fields = {
            "ToUserName": self.fake.corp_id,
            "CreateTime": int(self.clock.now().timestamp()),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": "ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR",
            "OpenKfId": KFID,
        }
        assert (await self.pushing.push(fields)).taken

    async def writes(self, text: str) -> None:
        self.fake.wrote(KFID, PERSON, content=text)
        await self.push()

    async def stored(self) -> list[Stored]:
        def unit(conn: Connection) -> list[Stored]:
            talk = conversations.find(conn, "wechat_kf", "city", f"{KFID}:{PERSON}")
            return messages.after(conn, talk.id, 0) if talk is not None else []

        return await self.house.database.read(unit)

    async def talk(self) -> Conversation:
        talk = await self.house.database.read(
            lambda conn: conversations.find(conn, "wechat_kf", "city", f"{KFID}:{PERSON}")
        )
        assert talk is not None
        return talk

    async def owner(self) -> Owner | None:
        talk = await self.house.database.read(
            lambda conn: conversations.find(conn, "wechat_kf", "city", f"{KFID}:{PERSON}")
        )
        return talk.owner if talk is not None else None

    async def until(self, true: Callable[[], Any], what: str = "") -> None:
        try:
            async with asyncio.timeout(10):
                while True:
                    value = true()
                    if await value if asyncio.iscoroutine(value) else value:
                        return
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"never: {what}") from None


@asynccontextmanager
async def company(
    folder: Path,
    script: Callable[[TurnRequest], Any] = echo,
    fake: FakeWecom | None = None,
    **more: Any,
) -> AsyncIterator[Company]:
    clock = MovableClock()
    fake = fake or FakeWecom()
    fake.now = clock.now
    async with listening_peer() as peer:
        peer.good = fake.handle
        account = {
            "corp_id": fake.corp_id,
            "secret": fake.secret,
            "token": TOKEN,
            "encoding_aes_key": AES_KEY,
            "api_url": peer.url,
            "insecure_http": True,
        }
        tree: dict[str, Any] = {"wechat": {"kf": {"city": account | more}}}
        dialogue = ScriptedDialogue(script)
        async with house(folder, dialogue, clock=clock, **tree) as opened:
            pushing = Pushing(
                str(opened.client.make_url("/wechat/kf/city")),
                opened.client.session,
                "kf",
                "xml",
                appid=fake.corp_id,
                seal=sealing.wechatpy_seal,
                now=lambda: clock.now().timestamp(),
            )
            yield Company(opened, fake, peer, clock, pushing, dialogue)
    assert not fake.breaches
    assert not pushing.breaches


async def test_what_is_pushed_is_fetched_and_answered(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        await firm.writes("路灯坏了")
        await firm.until(lambda: firm.fake.texts(PERSON) == ["回声：路灯坏了"])
        await firm.writes("还没修好")
        await firm.until(lambda: len(firm.fake.sent) == 2)
        assert firm.fake.sent[0]["msgid"] != firm.fake.sent[1]["msgid"]


async def test_a_thousand_messages_come_page_by_page_and_each_once(tmp_path: Path) -> None:
    async def silent(request: TurnRequest) -> TurnReply:
        return TurnReply(())

    async with company(tmp_path, silent) as firm:
        firm.fake.page = 7
        for n in range(50):
            firm.fake.wrote(KFID, PERSON, content=f"第{n}句")
        for _ in range(5):
            await firm.push()
        await firm.until(lambda: _count(firm, 50))
        said = [one.text for one in await firm.stored() if one.author is Author.CITIZEN]
        assert said == [f"第{n}句" for n in range(50)]


async def _count(firm: Company, most: int) -> bool:
    return len([one for one in await firm.stored() if one.author is Author.CITIZEN]) == most


async def test_the_cursor_moves_only_when_the_messages_are_safe(
    tmp_path: Path,
) -> None:
    fake = FakeWecom()
    async with company(tmp_path, fake=fake) as firm:
        channel: Any = firm.house.gateway.channels["wechat_kf"]
        taken = 0
        real = channel._puller._take

        async def full_store(account: str, message: Any, first: bool) -> None:
            nonlocal taken
            taken += 1
            if taken == 2:
                raise StoreUnavailable("the disk is full")
            await real(account, message, first)

        channel._puller._take = full_store
        for text in ("一", "二", "三"):
            firm.fake.wrote(KFID, PERSON, content=text)
        await firm.push()
        await firm.until(lambda: _count(firm, 3))
        said = [one.text for one in await firm.stored() if one.author is Author.CITIZEN]
        assert said == ["一", "二", "三"]
        await firm.until(lambda: _cursor(firm, "c3"))
    async with company(tmp_path, fake=fake) as again:  # a restart goes on where it stopped
        again.fake.wrote(KFID, PERSON, content="四")
        await again.push()
        await again.until(lambda: _count(again, 4))


async def _cursor(firm: Company, wanted: str) -> bool:
    found = await firm.house.database.read(lambda conn: wechat_cursors.get(conn, "city", KFID))
    return found == wanted


async def test_while_another_gateway_fetches_we_wait_and_then_look_for_the_newest(
    tmp_path: Path,
) -> None:
    async with company(tmp_path) as firm:
        async with firm.house.coordinator.lease(f"wechat-kf:city:{KFID}"):
            await firm.writes("在吗")
            await asyncio.sleep(0.1)
            assert firm.fake.syncs[KFID] == 0
        await firm.until(lambda: firm.fake.texts(PERSON) == ["回声：在吗"])


async def test_two_applications_of_one_company_have_a_token_each(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        await firm.writes("在吗")
        await firm.until(lambda: firm.fake.sent)
        channel: Any = firm.house.gateway.channels["wechat_kf"]
        account = channel._accounts["city"]
        other = channel._api_of(account.model_copy(update={"secret": SecretStr("another")}))
        with pytest.raises(MisconfiguredAccount, match="secret"):
            await other.tokens.current()


async def test_what_was_written_while_we_were_away_is_fetched_without_a_push(
    tmp_path: Path,
) -> None:
    fake = FakeWecom()
    async with company(tmp_path, fake=fake) as firm:
        await firm.writes("在吗")
        await firm.until(lambda: firm.fake.sent)
    fake.wrote(KFID, PERSON, content="有人吗")
    async with company(tmp_path, fake=fake) as again:
        await again.until(lambda: "回声：有人吗" in again.fake.texts(PERSON))


async def test_messages_from_before_the_first_look_are_kept_and_not_answered(
    tmp_path: Path,
) -> None:
    async with company(tmp_path) as firm:
        firm.fake.wrote(KFID, PERSON, content="昨天的事")
        firm.clock.jump(timedelta(hours=20))
        await firm.writes("今天的事")
        await firm.until(lambda: firm.fake.texts(PERSON) == ["回声：今天的事"])
        assert [one.text for one in firm.dialogue.requests] == ["今天的事"]
        assert await _count(firm, 2)


async def test_a_picture_and_a_place_are_understood(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        firm.fake.wrote(
            KFID,
            PERSON,
            "location",
            latitude=31.86,
            longitude=117.28,
            name="市政府",
            address="东流路",
        )
        media_id = firm.fake.keep(PNG.read_bytes())
        firm.fake.wrote(KFID, PERSON, "image", media_id=media_id)
        firm.fake.wrote(KFID, PERSON, "business_card", userid="x")
        await firm.push()
        await firm.until(lambda: _count(firm, 3))
        kinds = {
            part.kind
            for one in await firm.stored()
            if one.author is Author.CITIZEN
            for part in one.parts
        }
        assert kinds == {"location", "attachment", "text"}


async def test_choices_are_a_menu_and_a_tap_names_the_choice(tmp_path: Path) -> None:
    async def ask(request: TurnRequest) -> TurnReply:
        if request.text != "开始":
            return TurnReply(())
        return reply(
            "解决了吗？", choices=(Choice("a", "已解决", "/good"), Choice("b", "没有", "/bad"))
        )

    async with company(tmp_path, ask) as firm:
        await firm.writes("开始")
        await firm.until(lambda: firm.fake.sent)
        menu = firm.fake.sent[0]["msgmenu"]
        tapped = menu["list"][1]["click"]
        firm.fake.wrote(KFID, PERSON, content=tapped["content"], menu_id=tapped["id"])
        await firm.push()
        await firm.until(lambda: len(firm.dialogue.requests) == 2)
        assert firm.dialogue.requests[1].text == "/bad"


async def test_who_comes_in_is_greeted_once_and_only_in_time(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        firm.fake.entered(KFID, PERSON)
        await firm.push()
        await firm.until(lambda: firm.fake.on_event)
        assert "12345" in firm.fake.on_event[0]["text"]["content"]
        firm.fake.entered(KFID, "wm-late")
        firm.clock.jump(timedelta(seconds=30))
        await firm.writes("在吗")
        await firm.until(lambda: firm.fake.sent)
        assert len(firm.fake.on_event) == 1


async def test_while_one_of_the_company_talks_the_bot_is_silent(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        await firm.writes("在吗")
        await firm.until(lambda: len(firm.fake.sent) == 1)
        firm.fake.takes(KFID, PERSON)
        await firm.push()
        await firm.until(lambda: _is(firm, Owner.AGENT))
        firm.fake.answered(KFID, PERSON, "li", "我是工作人员，请说。")
        await firm.writes("水管爆了")
        await firm.until(lambda: _count(firm, 2))
        firm.fake.ends(KFID, PERSON)
        await firm.push()
        await firm.until(lambda: _is(firm, Owner.BOT))
        await firm.writes("谢谢")
        await firm.until(lambda: "回声：谢谢" in firm.fake.texts(PERSON))
        assert [one.text for one in firm.dialogue.requests] == ["在吗", "谢谢"]
        written = [one.text for one in await firm.stored() if one.author is Author.AGENT]
        assert written == ["我是工作人员，请说。"]


async def _is(firm: Company, owner: Owner) -> bool:
    return await firm.owner() is owner


async def test_a_late_answer_of_the_bot_falls_when_one_of_the_company_took_over(
    tmp_path: Path,
) -> None:
    release = asyncio.Event()

    async def slow(request: TurnRequest) -> TurnReply:
        await release.wait()
        return reply("太晚的回答")

    async with company(tmp_path, slow) as firm:
        await firm.writes("在吗")
        await firm.until(lambda: firm.dialogue.requests)
        firm.fake.takes(KFID, PERSON)
        await firm.push()
        await firm.until(lambda: _is(firm, Owner.AGENT))
        release.set()
        await asyncio.sleep(0.1)
        assert "太晚的回答" not in firm.fake.texts(PERSON)
        assert not [one for one in await firm.stored() if one.text == "太晚的回答"]


async def wants_a_person(request: TurnRequest) -> TurnReply:
    return TurnReply((Outbound((Text("好的。"),)),), (Handoff("general", "asked"),))


async def test_who_wants_a_person_is_put_into_wecoms_queue_where_set_so(tmp_path: Path) -> None:
    async with company(tmp_path, wants_a_person, agents="wecom") as firm:
        await firm.writes("转人工")
        await firm.until(lambda: firm.fake.moved == [(PERSON, 2, "")])
        await firm.until(lambda: _is(firm, Owner.AGENT))
        await firm.until(lambda: firm.fake.on_event)


async def test_a_queue_that_cannot_be_entered_leaves_them_to_our_desk(tmp_path: Path) -> None:
    async with company(tmp_path, wants_a_person, agents="wecom", servicer="nobody") as firm:
        await firm.writes("转人工")
        await firm.until(lambda: [one for one in firm.peer.received if "trans" in one.path])
        await asyncio.sleep(0.1)
        assert await firm.owner() is Owner.WAITING


async def test_the_service_is_judged_and_the_judgement_kept(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        await firm.writes("在吗")
        await firm.until(lambda: firm.fake.sent)
        firm.fake.takes(KFID, PERSON)
        firm.fake.ends(KFID, PERSON)
        await firm.push()
        await firm.until(lambda: firm.fake.on_event)
        asked = firm.fake.on_event[0]["msgmenu"]["list"]
        assert [one["click"]["content"] for one in asked] == ["满意", "一般", "不满意"]
        tapped = asked[2]["click"]
        firm.fake.wrote(KFID, PERSON, content=tapped["content"], menu_id=tapped["id"])
        await firm.push()
        await firm.until(lambda: any("评价已记下" in one for one in firm.fake.texts(PERSON)))
        rows = await firm.house.database.read(
            lambda conn: (
                conn.execute(select(audit.c.detail).where(audit.c.event == "service.rated"))
                .scalars()
                .all()
            )
        )
        assert [row["rating"] for row in rows] == ["bad"]
        assert len(firm.dialogue.requests) == 1  # a judgement is not a question


async def test_the_desk_sees_who_serves_in_wecom_and_how_they_were_judged(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        await firm.writes("在吗")
        await firm.until(lambda: firm.fake.sent)
        firm.fake.takes(KFID, PERSON)
        await firm.writes("水管爆了")
        await firm.until(lambda: _unanswered(firm, True))
        firm.fake.answered(KFID, PERSON, "li", "马上派人。")
        await firm.push()
        await firm.until(lambda: _unanswered(firm, False))
        await make_agent(firm.house, role="supervisor")
        await log_in(firm.house)
        talk = await firm.talk()
        page = await _shown(firm, f"/desk/conversations/{talk.id}")
        assert "人工接待中 · 平台座席" in page
        assert page.count("平台座席") == 3  # above, beside their words, and in the list
        firm.fake.ends(KFID, PERSON)
        await firm.push()
        await firm.until(lambda: firm.fake.on_event)
        tapped = firm.fake.on_event[0]["msgmenu"]["list"][0]["click"]
        firm.fake.wrote(KFID, PERSON, content=tapped["content"], menu_id=tapped["id"])
        await firm.push()
        await firm.until(lambda: any("谢谢您的评价" in one for one in firm.fake.texts(PERSON)))
        assert "人工服务评价：满意" in await _shown(firm, f"/desk/conversations/{talk.id}/side")
        assert "今日 1 人评价" in await _shown(firm, "/desk/board")


async def _shown(firm: Company, path: str) -> str:
    async with firm.house.client.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def _done(firm: Company, path: str, **form: str) -> int:
    headers = {"X-CSRF-Token": await csrf(firm.house)}
    async with firm.house.client.post(path, headers=headers, data=form) as answer:
        return answer.status


async def _unanswered(firm: Company, waits: bool) -> bool:
    talk = await firm.talk()
    return talk.owner is Owner.AGENT and (talk.unanswered_since is not None) is waits


async def test_whom_our_desk_takes_wecom_lets_go_and_they_are_told(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        await firm.writes("在吗")
        await firm.until(lambda: firm.fake.sent)
        firm.fake.takes(KFID, PERSON)
        await firm.push()
        await firm.until(lambda: _is(firm, Owner.AGENT))
        agent = await make_agent(firm.house, role="supervisor")
        await log_in(firm.house)
        talk = await firm.talk()
        path = f"/desk/conversations/{talk.id}/transfer"
        assert await _done(firm, path, to=agent.id) == 200
        await firm.until(lambda: firm.fake.moved == [(PERSON, 4, "")])
        await firm.until(lambda: firm.fake.on_event)
        assert "请您回一句话" in firm.fake.on_event[0]["text"]["content"]
        firm.fake.happened(KFID, PERSON, "session_status_change", change_type=3, msg_code="x")
        await firm.push()
        path = f"/desk/conversations/{talk.id}/say"
        assert await _done(firm, path, text="我来办。", client_id="one") == 200
        await firm.writes("好")  # with which WeCom lets us speak again
        await firm.until(lambda: "我来办。" in firm.fake.texts(PERSON))
        assert len(firm.fake.on_event) == 1  # nobody is asked to judge what goes on
        assert (await firm.talk()).agent_id == agent.id


async def test_whom_our_desk_took_while_nobody_looked_wecom_lets_go_too(tmp_path: Path) -> None:
    fake = FakeWecom()
    async with company(tmp_path, fake=fake) as firm:
        await firm.writes("在吗")
        await firm.until(lambda: fake.sent)
        agent = await make_agent(firm.house)
        now, talk = firm.clock.now(), await firm.talk()
        await firm.house.database.transact(
            lambda conn: owners.change_owner(
                conn, talk.id, Event.TAKE, now, actor=agent.id, agent_id=agent.id
            )
        )
        fake.talk(KFID, PERSON).state = 3
    async with company(tmp_path, fake=fake) as again:
        await again.until(lambda: fake.moved == [(PERSON, 4, "")])


async def test_quotas_hold_and_a_message_the_person_refused_is_given_up(tmp_path: Path) -> None:
    async def chatty(request: TurnRequest) -> TurnReply:
        return reply("长" * 9000)

    async with company(tmp_path, chatty) as firm:
        await firm.writes("在吗")
        await firm.until(lambda: len(firm.fake.sent) >= 3)
        await asyncio.sleep(0.05)
        assert len(firm.fake.sent) == 3
        failed = firm.fake.sent[-1]["msgid"]
        firm.fake.happened(KFID, PERSON, "msg_send_fail", fail_msgid=failed, fail_type=10)
        await firm.push()

        async def dead() -> bool:
            return bool(
                await firm.house.database.read(lambda conn: deliveries.listed(conn, ["dead"]))
            )

        await firm.until(dead)


async def test_a_platform_in_trouble_is_asked_again(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        await firm.writes("一")
        await firm.until(lambda: len(firm.fake.sent) == 1)
        firm.peer.script += [answers(502, ""), answers(200, "<html>"), answers(200, "{}")]
        await firm.writes("二")
        await firm.until(lambda: len(firm.fake.sent) == 2)
        firm.fake.token = ""  # run out on WeCom's side
        await firm.writes("三")
        await firm.until(lambda: len(firm.fake.sent) == 3)


async def test_what_happens_to_the_company_alone_is_counted_and_no_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with company(tmp_path) as firm:
        event = {"event_type": "servicer_status_change", "open_kfid": KFID, "status": 1}
        firm.fake.messages.append(
            {
                "msgid": "e1",
                "send_time": int(firm.clock.now().timestamp()),
                "origin": 4,
                "msgtype": "event",
                "event": event | {"servicer_userid": "li"},
            }
        )
        await firm.writes("在吗")
        await firm.until(lambda: firm.fake.texts(PERSON) == ["回声：在吗"])
    assert "kf_malformed" not in "".join(capsys.readouterr())


def test_what_cannot_be_read_is_no_message() -> None:
    from connectors.channels.wechat.kf.arrivals import Event, Spoken, read

    whole = {
        "msgid": "m", "open_kfid": KFID, "external_userid": PERSON, "origin": 3,
        "send_time": 1, "msgtype": "text", "text": {"content": "好"},
    }  # fmt: skip
    good = read(whole)
    assert isinstance(good, Spoken)
    assert plain_text(good.said.parts) == "好"
    for missing in ("msgid", "open_kfid", "external_userid"):
        assert read({k: v for k, v in whole.items() if k != missing}) is None
    assert read(whole | {"external_userid": "<script>"}) is None
    assert read(whole | {"msgtype": "event", "event": []}) is None
    for odd in (whole | {"text": "好"}, whole | {"msgtype": "dance"}, whole | {"text": {}}):
        told = read(odd)
        assert isinstance(told, Spoken)
        assert not told.said.known
    place = read(whole | {"msgtype": "location", "location": {"latitude": 999, "longitude": 0}})
    assert isinstance(place, Spoken)
    event = {"event_type": "enter_session", "open_kfid": KFID, "external_userid": PERSON}
    assert isinstance(read({"msgtype": "event", "send_time": 1, "event": event}), Event)
