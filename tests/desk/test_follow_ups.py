"""回访 100 %: whoever cannot be asked where they filed is asked by phone, or called by a person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Connection, update
from yarl import URL

from actions.services import Services
from actions.work_orders import nodes, steps, verdict, way
from actions.work_orders.steps import Said
from actions.work_orders.way import Step
from connectors.store import deadline_events, follow_ups, opt_outs, order_work, work_orders
from connectors.store.board import board
from connectors.store.follow_up_tables import Result, Way, Why
from connectors.store.follow_ups import FollowUp
from connectors.store.schema import deliveries
from connectors.store.work_orders import NewWorkOrder, WorkOrder
from tests.clocks import MovableClock
from tests.contract.peer import Peer, answers, listening_peer
from tests.desk.people import csrf, log_in, make_agent
from tests.desk.talks import somebody
from tests.house import House, house

pytestmark = pytest.mark.usefixtures("by_hand")

PHONE = "13912340001"
SECRET = "callback-secret-of-the-carrier-01"
DONE = (
    (Step.CHECK, Said()),
    (Step.DISPATCH, Said(unit="区城管局")),
    (Step.SIGN, Said()),
    (Step.ANSWER, Said(note="已更换灯头。")),
    (Step.APPROVE, Said(outcome="solved")),
)


@dataclass
class Town:
    house: House
    clock: MovableClock
    peer: Peer

    async def file(self, **more: Any) -> str:
        """An order that came without a conversation; its number."""
        services = Services(
            database=self.house.database,
            answerer=None,  # type: ignore[arg-type]  # filing asks no question
            clock=self.clock,
            texts=self.house.texts,
            settings=self.house.settings,
        )
        values: dict[str, Any] = {
            "key": f"open311:portal:{self.clock.now().timestamp()}",
            "channel": "open311",
            "kind": "求助",
            "title": "路灯不亮",
            "content": "楼下路灯坏了三天",
            "contact_phone": PHONE,
            "notify": "closing",
        }
        return (await services.work_orders.file(NewWorkOrder(**values | more))).number

    async def done(self, **more: Any) -> str:
        """An order on which the work is done."""
        number, desk = await self.file(**more), self.house.gateway.desk.office
        for step, said in DONE:

            def unit(conn: Any, step: Step = step, said: Said = said) -> None:
                now, texts = self.clock.now(), self.house.texts
                order = steps.take(conn, texts, number, step, said, actor="a_1", now=now)
                desk.teller.step(conn, order, step, said, now)

            await self.house.database.transact(unit)
        self.house.gateway.sender.wake()
        return number

    async def followed(self, number: str) -> FollowUp:
        found = await self.house.database.read(lambda conn: follow_ups.latest(conn, number))
        assert found is not None
        return found

    async def order(self, number: str) -> WorkOrder:
        found = await self.house.database.read(lambda conn: work_orders.by_number(conn, number))
        assert found is not None
        return found

    async def look(self, later: timedelta = timedelta(0)) -> None:
        self.clock.jump(later)
        await self.house.gateway.desk.following_up.look()

    async def texted(self, count: int) -> list[str]:
        """What the handset was sent."""
        async with asyncio.timeout(10):
            while len(self.peer.taken) < count:
                await asyncio.sleep(0.01)
        return [parse_qs(urlsplit(one.path).query)["text"][0] for one in self.peer.taken]

    async def until_sent(self, number: str) -> None:
        message = (await self.followed(number)).message_id
        async with asyncio.timeout(10):
            while not await self.house.database.read(
                lambda conn: conn.execute(
                    deliveries.select().where(
                        deliveries.c.message_id == message, deliveries.c.sent_at.is_not(None)
                    )
                ).first()
            ):
                await asyncio.sleep(0.01)

    async def reply(self, text: str) -> str:
        """What the bot is given of a text message from the handset."""
        before = len(self.house.dialogue.requests)
        base = str(self.house.client.make_url("/")).rstrip("/")
        query = f"from=%2B86{PHONE}&id=m{before}&text={text}&charset=UTF-8"
        url = URL(f"{base}/sms/a/{SECRET}/inbound?{query}", encoded=True)
        async with self.house.client.session.get(url) as answer:
            assert answer.status == 200
        async with asyncio.timeout(10):
            while len(self.house.dialogue.requests) == before:
                await asyncio.sleep(0.01)
        return self.house.dialogue.requests[-1].text


@asynccontextmanager
async def town(tmp_path: Path, *, texts: bool = True, **settings: Any) -> AsyncIterator[Town]:
    async with listening_peer() as peer:
        peer.good = answers(202, "0: Accepted for delivery", "text/html")
        account = {
            "username": "u",
            "password": "p",
            "number": "12345",
            "callback_secret": SECRET,
            "url": f"{peer.url}/a",
        }
        sms: dict[str, Any] = {"quiet_from": "00:00", "quiet_until": "00:00", "join_within": 0}
        sms |= {"kannel": {"a": account}} if texts else {}
        clock = MovableClock()
        async with house(tmp_path, clock=clock, sms=sms, **settings) as opened:
            yield Town(opened, clock, peer)


async def test_who_left_a_phone_is_asked_by_text_and_a_digit_answers(tmp_path: Path) -> None:
    async with town(tmp_path) as t:
        number = await t.done()
        (said,) = await t.texted(1)
        assert all(words in said for words in (number, "已更换灯头。", "问题解决了吗", "1", "2"))
        await t.until_sent(number)
        assert await t.reply("2") == f'/rate_bad{{"choice": "asked:{number}"}}'
        asked = await t.followed(number)
        assert (asked.way, asked.result) == (Way.MESSAGE, None)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"contact_phone": None}, Why.NO_PHONE),
        ({"contact_phone": "055112345678"}, Why.NO_MOBILE),
        ({"confidential": True}, Why.PRIVATE),
        ({"kind": "举报"}, Why.PRIVATE),
        ({"risk": ("threat",)}, Why.PRIVATE),
    ],
)
async def test_who_is_not_to_be_texted_is_to_be_called(
    tmp_path: Path, more: dict[str, Any], why: Why
) -> None:
    async with town(tmp_path) as t:
        asked = await t.followed(await t.done(**more))
        assert (asked.way, asked.why) == (Way.CALL, why)
        assert t.peer.taken == []


async def test_without_an_account_or_against_their_will_nobody_is_texted(tmp_path: Path) -> None:
    async with town(tmp_path, texts=False) as t:
        assert (await t.followed(await t.done())).why is Why.NO_LINE
    (tmp_path / "two").mkdir()
    async with town(tmp_path / "two") as t:
        await t.house.database.transact(
            lambda conn: opt_outs.stop(conn, "sms", f"+86{PHONE}", t.clock.now())
        )
        assert (await t.followed(await t.done())).why is Why.REFUSED


async def test_progress_goes_to_a_phone_only_if_its_holder_agreed(tmp_path: Path) -> None:
    async with town(tmp_path) as t:
        await t.done(notify="steps")
        steps_told = await t.texted(5)
        assert [words in said for words, said in zip(
            ("审核", "区城管局", "签收", "提交答复", "问题解决了吗"), steps_told, strict=True
        )] == [True] * 5  # fmt: skip


async def test_whose_filer_asks_is_left_alone_until_the_time_is_over(tmp_path: Path) -> None:
    async with town(tmp_path) as t:
        number = await t.done(notify="caller")
        assert (await t.followed(number)).way is Way.CALLER
        await t.look(timedelta(days=3, seconds=1))
        assert (await t.followed(number)).result is Result.UNANSWERED
        assert t.peer.taken == []


async def test_what_is_not_answered_in_time_ends_and_says_so(tmp_path: Path) -> None:
    async with town(tmp_path) as t:
        number = await t.done()
        grave = await t.done(urgency="urgent", contact_phone="13912340002")
        await t.until_sent(number)
        await t.until_sent(grave)
        await t.look(timedelta(days=2, hours=23))
        assert (await t.followed(number)).ended_at is None
        await t.look(timedelta(hours=2))
        order = await t.order(number)
        assert (order.status, order.handling.solved) == ("closed", None)
        assert (await t.followed(number)).result is Result.UNANSWERED
        called = await t.followed(grave)
        assert (called.way, called.why) == (Way.CALL, Why.UNANSWERED)
        assert len(t.peer.taken) == 2, "nobody is reminded"


async def test_which_unanswered_ones_are_called_is_a_setting(tmp_path: Path) -> None:
    async with town(tmp_path, orders={"call_unanswered": "all", "answer_within": "PT1H"}) as t:
        number = await t.done()
        await t.until_sent(number)
        await t.look(timedelta(hours=2))
        assert (await t.followed(number)).why is Why.UNANSWERED


async def test_a_page_nobody_opened_again_is_no_answer(tmp_path: Path) -> None:
    async with town(tmp_path) as t, t.house.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        (visitor,) = await t.house.database.read(
            lambda conn: list(conn.exec_driver_sql("SELECT id, contact_id FROM conversations"))
        )
        number = await t.done(
            conversation_id=visitor.id, contact_id=visitor.contact_id, channel="webchat"
        )
        await t.until_sent(number)
        await t.look(timedelta(days=3, seconds=1))
        (said,) = await t.texted(1)
        assert "问题解决了吗" in said
        asked = await t.followed(number)
        assert asked.conversation_id != visitor.id
        await t.until_sent(number)
        await t.look(timedelta(days=3, seconds=1))
        assert (await t.followed(number)).result is Result.UNANSWERED
        assert len(t.peer.taken) == 1


async def test_what_cannot_be_delivered_goes_to_a_person(tmp_path: Path) -> None:
    async with town(tmp_path) as t:
        number = await t.done()
        await t.until_sent(number)
        message = (await t.followed(number)).message_id
        await t.house.database.transact(
            lambda conn: conn.execute(
                update(deliveries).where(deliveries.c.message_id == message).values(state="dead")
            )
        )
        await t.look()
        asked = await t.followed(number)
        assert (asked.way, asked.why) == (Way.CALL, Why.UNDELIVERED)


async def test_what_stood_there_before_is_taken_up(tmp_path: Path) -> None:
    async with town(tmp_path) as t:
        number = await t.file()
        for step, said in DONE:  # as before there were follow-ups: told nobody
            await t.house.database.transact(
                lambda conn, step=step, said=said: steps.take(  # type: ignore[misc]
                    conn, t.house.texts, number, step, said, actor="a_1", now=t.clock.now()
                )
            )
        await t.look()
        assert (await t.followed(number)).way is Way.MESSAGE
        await t.texted(1)
        await t.look()
        assert len(t.peer.taken) == 1


async def test_who_withdraws_is_asked_nothing_more(tmp_path: Path) -> None:
    async with town(tmp_path, texts=False) as t:
        number = await t.done()
        await t.house.database.transact(
            lambda conn: work_orders.set_status(conn, number, "withdrawn")
        )
        await t.look()
        assert (await t.followed(number)).result is Result.OVERTAKEN


async def test_who_must_be_called_stands_on_the_desk_until_it_is_done(tmp_path: Path) -> None:
    async with town(tmp_path, texts=False) as t:
        first, second, third = [await t.done() for _ in range(3)]
        h = t.house
        await make_agent(h, "s1", "supervisor")
        await log_in(h, "s1")
        token = await csrf(h)
        listed = await (await h.client.get("/desk/calls")).text()
        assert all(number in listed for number in (first, second, third))
        assert "139****0001" in listed
        assert PHONE not in listed
        board = await (await h.client.get("/desk/board")).text()
        assert "近30天回访率</dt><dd><b>0%" in board

        async def press(path: str, **said: str) -> str:
            answer = await h.client.post(path, data={"csrf": token, **said})
            assert answer.status == 200
            return await answer.text()

        await press(f"/desk/orders/{first}/settle", solved="yes", rating="5")
        await press(f"/desk/orders/{second}/reopen", note="晚上还是黑的")
        for _ in range(3):
            listed = await press(f"/desk/calls/{third}")
        assert not any(number in listed for number in (first, second, third))
        results = [(await t.followed(number)).result for number in (first, second, third)]
        assert results == [Result.SOLVED, Result.UNSOLVED, Result.UNREACHED]
        assert (await t.order(third)).status == "closed"
        await press(f"/desk/calls/{third}")  # pressed once more on an old page
        board = await (await h.client.get("/desk/board")).text()
        assert "近30天回访率</dt><dd><b>100%" in board
        assert "近30天解决率</dt><dd><b>50%" in board
        shown = await (await h.client.get(f"/desk/orders/{third}")).text()
        assert "回访：联系不上" in shown
        taken = await h.database.read(lambda conn: order_work.steps(conn, second))
        assert taken[-1].step == Step.REOPEN
        assert way.station(await t.order(second)) == "办理"


async def test_where_it_was_filed_is_asked_as_before(tmp_path: Path) -> None:
    async with town(tmp_path) as t:
        talk = await somebody(t.house, 1)
        number = await t.done(conversation_id=talk.id, contact_id=talk.contact_id)
        asked = await t.followed(number)
        assert (asked.way, asked.conversation_id) == (Way.MESSAGE, talk.id)
        assert t.peer.taken == []


async def test_no_deadline_runs_while_the_person_is_asked(tmp_path: Path) -> None:
    async with town(tmp_path) as t:
        filed, desk = await t.file(), t.house.gateway.desk
        done = await t.done()
        t.clock.jump(timedelta(days=60))
        await desk.watch.look()
        alerts = await t.house.database.read(deadline_events.alerts)
        assert [one.subject for one in alerts] == [filed]
        now = t.clock.now()
        shown = await t.house.database.read(lambda conn: board(conn, now, now, nodes.DONE))
        assert (shown.open, shown.late) == (2, 1)
        assert (await t.order(done)).status == "open"


@pytest.mark.parametrize("archived", [False, True])
async def test_what_is_handled_anew_has_its_time_anew(tmp_path: Path, archived: bool) -> None:
    async with town(tmp_path) as t:
        number = await t.done()
        first = await t.order(number)
        assert first.filed.due_at is not None
        if archived:
            await t.house.database.transact(
                lambda conn: verdict.settle(conn, t.house.texts, number, t.clock.now())
            )
            assert (await t.order(number)).status == "closed"
        t.clock.jump(timedelta(days=30))  # it would be late by weeks
        again = t.clock.now()

        def reopen(conn: Connection) -> list[deadline_events.Running]:
            if archived:
                order = work_orders.by_number(conn, number)
                assert order is not None
                verdict.reopen_archived(conn, order, "晚上还是黑的", again)
            else:
                verdict.reopen(conn, t.house.texts, number, "晚上还是黑的", again)
            return deadline_events.open_orders(conn, nodes.DONE)

        (running,) = await t.house.database.transact(reopen)
        order = await t.order(number)
        assert order.filed.due_at == again + (first.filed.due_at - first.created_at)
        assert (running.began_at, running.due_at) == (again, order.filed.due_at)
        assert nodes.light(order.runs_since, order.filed.due_at, again) == "green"
