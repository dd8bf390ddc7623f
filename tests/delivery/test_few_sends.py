"""Platforms that count: what people are sent when only some sends are left to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from connectors.channel import (
    Capabilities,
    ConnectionFailed,
    Limits,
    Rendered,
    Sent,
    TextUnit,
    WindowClosed,
)
from connectors.delivery.fitting import fitted
from connectors.delivery.measure import fits
from connectors.delivery.rendering import Piece
from connectors.ids import ConversationId, MessageId
from connectors.messages import (
    Attachment,
    Author,
    Choice,
    Citation,
    Part,
    Purpose,
    Stored,
    Text,
    plain_text,
)
from connectors.store import conversations, holding, reply_windows
from connectors.store.database import Database
from connectors.store.schema import deliveries as deliveries_table
from connectors.texts import Texts
from tests.delivery.office import Office, Wire, both

TEXTS = Texts.load()
URL = "https://12345.example/s/"
WECHAT = Capabilities(
    max_text=2048,
    text_unit=TextUnit.UTF8,
    reply_window=timedelta(hours=48),
    limits=Limits(per_reply_window=5),
    elsewhere=lambda message: URL + message.id,
    elsewhere_at_need=True,
)
SENTENCE = "申请公共租赁住房的家庭应当符合下列条件之一。"


def message(*parts: Part, id: str = "m1", choices: Sequence[Choice] = ()) -> Stored:  # noqa: A002
    now = datetime(2026, 3, 2, tzinfo=UTC)
    talk = ConversationId("c1")
    return Stored(MessageId(id), talk, 1, Author.BOT, parts, now, choices=tuple(choices))


def words(pieces: Sequence[Piece]) -> list[str]:
    return [plain_text(piece.parts) for piece in pieces]


# Fitting --------------------------------------------------------------------------------------


def test_the_longest_parts_are_cut_and_the_short_ones_stay_whole() -> None:
    law = Citation("办法", SENTENCE * 200, "e1", document_number="市政发〔2025〕3号")
    asked = message(
        Text("可以申请，条件如下。"),
        law,
        Text("您的家庭人均月收入是多少？"),
        choices=(Choice("a", "三千元以下", "a"), Choice("b", "三千元以上", "b")),
    )
    pieces = words(fitted([asked], WECHAT, TEXTS, 3))
    assert len(pieces) == 3
    whole = "".join(pieces)
    for kept in ("可以申请，条件如下。", "您的家庭人均月收入是多少？", "1. 三千元以下", f"{URL}m1"):
        assert kept in whole
    assert "……" in whole
    assert whole.index("您的家庭") < whole.index(URL) < whole.index("三千元以下")
    assert sum(map(len, pieces)) > 3 * 400  # as much as there is room for


def test_what_waits_for_one_person_is_joined_and_nothing_of_it_is_left_out() -> None:
    waiting = [message(Text(f"第{n}句。"), id=f"m{n}") for n in range(30)]
    assert words(fitted(waiting, WECHAT, TEXTS, 1)) == [
        "\n\n".join(f"第{n}句。" for n in range(30))
    ]
    long = [message(Text(f"第{n}件：{SENTENCE * 30}"), id=f"m{n}") for n in range(8)]
    (only,) = words(fitted(long, WECHAT, TEXTS, 1))
    for n in range(8):
        assert f"第{n}件" in only
        assert f"{URL}m{n}" in only


def test_pictures_are_shown_as_long_as_there_are_sends_for_them() -> None:
    able = replace(WECHAT, rich_parts=frozenset({"attachment"}), max_choices=3)
    pictures = [Attachment(f"a{n}", "image/png", 9, f"照片{n}") for n in range(4)]
    asked = message(Text("请看。"), *pictures, choices=(Choice("a", "好", "a"),))
    pieces = fitted([asked], able, TEXTS, 3)
    kinds = [[part.kind for part in piece.parts] for piece in pieces]
    assert kinds == [["attachment"], ["attachment"], ["text"]]
    assert "照片2" in plain_text(pieces[-1].parts)
    assert pieces[-1].choices == asked.choices


@given(
    st.lists(st.lists(st.text("字句。，1a\n😀", max_size=600), max_size=4), min_size=1, max_size=5),
    st.integers(1, 5),
)
def test_each_piece_fits_and_no_more_are_made_than_there_are_sends(
    spoken: list[list[str]], sends: int
) -> None:
    said = [message(*map(Text, parts), id=f"m{n}") for n, parts in enumerate(spoken)]
    pieces = fitted(said, WECHAT, TEXTS, sends)
    assert all(fits(plain_text(piece.parts), WECHAT) for piece in pieces)
    assert len(pieces) <= sends


# The outbox -----------------------------------------------------------------------------------


@both
async def test_a_long_answer_leaves_sends_for_what_must_still_be_said(database: Database) -> None:
    wire = Wire(capabilities=WECHAT)
    async with Office(database, wire).open() as office:
        await office.writes()
        ids = await office.say(SENTENCE * 250)
        await office.until_states(ids, "sent")
        assert len(wire.sent) == 3
        assert URL in wire.sent[-1][1]
        more = await office.say("请问还有什么？", "我在。")
        await office.until_states(more, "sent", "sent")
        assert len(wire.sent) == 4  # as one: two sends were left
        last = await office.say("好的。")
        await office.until_states(last, "sent")
        late = await office.say("再说一句。")
        await office.settled(0.05)
        assert len(wire.sent) == 5
        await office.until_states(late, "queued")


@both
async def test_what_was_held_back_goes_as_one_when_the_person_writes(database: Database) -> None:
    wire = Wire(capabilities=WECHAT)
    async with Office(database, wire).open() as office:
        ids = await office.say(*(f"第{n}句。" for n in range(9)))
        await office.settled(0.05)
        assert wire.sent == []
        await office.writes()
        await office.until_states(ids, *["sent"] * 9)
    assert [text for _, text in wire.sent] == ["\n\n".join(f"第{n}句。" for n in range(9))]


async def test_a_message_cut_in_two_goes_on_where_it_stopped_after_a_failure(
    database: Database,
) -> None:
    wire = Wire(capabilities=WECHAT)
    wire.script += [Sent(), ConnectionFailed("down")]
    async with Office(database, wire).open() as office:
        await office.writes()
        ids = await office.say("".join(f"{n}、{SENTENCE}" for n in range(250)), "末句。")
        await office.until(lambda: len(wire.tries) == 2)
        await office.say("后来的一句。")  # is not joined to what has begun already
        office.clock.jump(timedelta(minutes=5))
        await office.writes()  # the window is open again, and wider: it is cut as it was
        await office.until_states(ids, "sent", "sent")
        await office.until(lambda: wire.sent[-1][1].endswith("后来的一句。"))
    assert wire.tries[1] == wire.tries[2]
    assert len({text for _, text in wire.sent}) == len(wire.sent)
    assert sum("末句" in text for _, text in wire.sent) == 1


async def test_a_joined_message_that_fails_for_good_takes_nothing_with_it(
    database: Database,
) -> None:
    from connectors.channel import ContentRefused

    wire = Wire(capabilities=WECHAT)
    async with Office(database, wire).open() as office:
        ids = await office.say(*(f"第{n}句。" for n in range(4)))
        await office.settled(0.05)
        wire.script.append(ContentRefused("a word in it"))
        await office.writes()
        await office.until_states(ids, "dead", "sent", "sent", "sent")


# Clocks ---------------------------------------------------------------------------------------


@both
async def test_what_a_clock_that_was_ahead_has_sent_counts_for_nothing_later(
    database: Database,
) -> None:
    wire = Wire(capabilities=WECHAT)
    async with Office(database, wire).open() as office:
        office.clock.jump(timedelta(hours=2))
        await office.writes()
        for n in range(5):  # all that one message allows
            await office.until_states(await office.say(f"第{n}句。"), "sent")
        office.clock.jump(-timedelta(hours=2))
        await office.writes()  # before anybody has noticed
        await office.until_states(await office.say("此后的一句。"), "sent")


@both
async def test_what_a_clock_that_was_ahead_has_held_back_waits_on_and_then_goes(
    database: Database,
) -> None:
    wire = Wire(capabilities=WECHAT)
    async with Office(database, wire).open() as office:
        office.clock.jump(timedelta(hours=2))
        await office.writes()
        for n in range(5):
            await office.until_states(await office.say(f"第{n}句。"), "sent")
        late = await office.say("再说一句。")

        async def held_back() -> bool:
            return (await office.find(late[0])).error_code == WindowClosed.code

        await office.until(held_back)
        office.clock.jump(-timedelta(hours=2))
        office.sender.wake()
        await office.settled(0.05)
        await office.until_states(late, "queued")
        office.clock.jump(timedelta(seconds=1))
        await office.writes()
        await office.until_states(late, "sent")


# Grants ---------------------------------------------------------------------------------------


async def comes_in(office: Office, sends: int = 2) -> None:
    now = office.clock.now()

    def unit(conn: Connection) -> None:
        talk = conversations.find(conn, "wire", "a", "p1")
        assert talk is not None
        reply_windows.grant(conn, talk.id, sends, timedelta(minutes=1), now)

    await office.db.transact(unit)
    office.sender.wake()


@both
async def test_who_comes_in_is_sent_two_within_a_minute(database: Database) -> None:
    plain = replace(WECHAT, elsewhere=None, elsewhere_at_need=False)
    wire = Wire(capabilities=plain)
    async with Office(database, wire).open() as office:
        ids = await office.say("一", "二", "三", "四", "五")
        await office.settled(0.05)
        assert wire.sent == []
        await comes_in(office)
        await office.until_states(ids, "sent", "sent", "queued", "queued", "queued")
        await comes_in(office)  # again: two more
        await office.until_states(ids, "sent", "sent", "sent", "sent", "queued")
        await office.settled(0.05)
        await office.writes()
        await office.until_states(ids, *["sent"] * 5)


@both
async def test_who_comes_in_while_an_answer_is_held_back_is_sent_it(database: Database) -> None:
    """Their coming in is stored after the sender has looked, but happened before."""
    wire = Wire(capabilities=replace(WECHAT, elsewhere=None, elsewhere_at_need=False))
    async with Office(database, wire).open() as office:
        (late,) = await office.say("一")
        now = office.clock.now()

        def held_and_come_in(conn: Connection) -> bool:
            ends = now + timedelta(hours=48)
            holding.hold(conn, late, ends, "shut", now + timedelta(seconds=1))
            talk = conversations.find(conn, "wire", "a", "p1")
            assert talk is not None
            reply_windows.grant(conn, talk.id, 2, timedelta(minutes=1), now)
            return holding.any_reopened(conn)

        assert await database.transact(held_and_come_in)


async def test_a_grant_ends_and_never_takes_from_what_a_message_allows(database: Database) -> None:
    plain = replace(WECHAT, elsewhere=None, elsewhere_at_need=False)
    wire = Wire(capabilities=plain)
    async with Office(database, wire).open() as office:
        await office.say("一")
        await comes_in(office)
        await office.until(lambda: len(wire.sent) == 1)
        office.clock.jump(timedelta(seconds=61))
        await office.say("二")
        await office.settled(0.05)
        assert len(wire.sent) == 1
        await office.writes()
        await office.until(lambda: len(wire.sent) == 2)
        await comes_in(office)
        ids = await office.say("三", "四", "五", "六", "七")
        await office.until_states(ids, "sent", "sent", "sent", "sent", "queued")


# Beyond the window ----------------------------------------------------------------------------


async def turn_into_notice(office: Office, ids: list[str]) -> None:
    await office.db.transact(
        lambda conn: conn.execute(
            update(deliveries_table)
            .where(deliveries_table.c.id.in_(ids))
            .values(purpose=Purpose.NOTICE.value)
        )
    )


@pytest.mark.parametrize("agreed", [True, False])
async def test_a_channel_that_may_carry_notices_when_shut_is_asked_to(
    database: Database, agreed: bool
) -> None:
    asked: list[Rendered] = []

    async def by_template(rendered: Rendered) -> Sent:
        asked.append(rendered)
        if not agreed:
            raise WindowClosed("no consent")
        return Sent()

    wire = Wire(capabilities=replace(WECHAT, carries_shut=frozenset({Purpose.NOTICE})))
    sms = Wire(name="sms", capabilities=Capabilities(may_begin=True))
    office = Office(database, wire, sms)
    await office.same_person(("wire", "p1"), ("sms", "+86138"))
    await office.writes()
    office.clock.jump(timedelta(hours=49))
    wire.always = by_template
    ids = await office.say("您的工单已办结。" * 200)
    await turn_into_notice(office, ids)
    answer = await office.say("这是回答。")
    async with office.open():
        await office.until_states([*ids, *answer], "sent" if agreed else "moved", "moved")
        await office.until(lambda: len(sms.sent) == (1 if agreed else 2))
    (rendered,) = asked
    assert rendered.shut
    assert rendered.pieces == 1
    assert plain_text(rendered.parts) == "您的工单已办结。" * 200
