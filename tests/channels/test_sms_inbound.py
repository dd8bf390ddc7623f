"""What comes in: bytes of every kind, parts in every order, numbers in every spelling, machines."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select
from yarl import URL

from connectors.channels.sms import carriers, cloud, robots
from connectors.channels.sms.encoding import decode
from connectors.channels.sms.parts import GAP
from connectors.channels.sms.udh import PartOf, part_of
from connectors.messages import Author
from connectors.store import conversations, messages
from connectors.store.schema import conversations as conversations_table
from tests.clocks import MovableClock
from tests.house import House, ScriptedDialogue, house

SECRET = "callback-secret-of-the-carrier-01"
PHONE = "+8613912340001"
TEXTS = [
    "路灯坏了，请尽快修理",
    "1",
    "T",
    "身份证丢了怎么办？",
    "Hello",
    "退订",
    "ＴＤ",
    "小区😀吵",
]


@pytest.mark.parametrize("said", ["17\0", "\ud80017", " 17 "])
def test_a_field_is_read_as_every_store_takes_it(said: str) -> None:
    assert cloud.word({"sequence_id": said}, "sequence_id") == "17"


# Bytes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    ("charset", "coding", "really"),
    [
        ("UTF-8", "2", "utf-8"),
        ("UTF-8", "0", "utf-8"),
        ("UTF-16BE", "2", "utf-16-be"),
        ("", "2", "utf-16-be"),
        ("8-BIT", "1", "gb18030"),
        ("UTF-8", "0", "gb18030"),  # said wrongly
        ("windows-1252", "0", "gb18030"),
        ("GBK", "1", "gb18030"),
        ("", "", "gb18030"),
        ("", "", "utf-8"),
        ("no-such-charset", "9", "utf-8"),
        ("UTF-16BE", "2", "utf-8"),
    ],
)
def test_the_text_is_read_whatever_its_bytes_are_said_to_be(
    text: str, charset: str, coding: str, really: str
) -> None:
    if "😀" in text and really == "gb18030":
        return  # no gateway writes emoji so
    assert decode(text.encode(really), charset, coding) == text


def test_raw_utf16_without_a_word_is_read() -> None:
    text = "路灯坏了，请尽快修理"
    assert decode(text.encode("utf-16-be")) == text
    assert decode(text.encode("utf-16-be"), "UTF-8", "0") == text


@given(st.binary(max_size=300), st.sampled_from(["", "UTF-8", "UTF-16BE", "GBK", "x", "8-BIT"]))
def test_no_bytes_at_all_are_too_much(content: bytes, charset: str) -> None:
    assert isinstance(decode(content, charset, "2"), str)


# Headers --------------------------------------------------------------------------------------


def test_parts_are_told_by_both_kinds_of_header() -> None:
    assert part_of(bytes([5, 0, 3, 7, 3, 2])) == PartOf(7, 3, 2)
    assert part_of(bytes([6, 8, 4, 1, 2, 3, 2])) == PartOf(0x10102, 3, 2)
    ports_first = bytes([11, 5, 4, 0, 0, 0, 0, 0, 3, 9, 2, 1])
    assert part_of(ports_first) == PartOf(9, 2, 1)
    assert part_of(bytes([5, 0, 3, 7, 255, 255])) == PartOf(7, 255, 255)


@pytest.mark.parametrize(
    "udh",
    [
        b"", b"\x00", b"\x05", b"\xff\xff", bytes([5, 0, 3, 7, 0, 0]), bytes([5, 0, 3, 7, 2, 3]),
        bytes([5, 0, 3, 7, 2, 0]), bytes([5, 0, 3, 7, 1, 1]), bytes([5, 0, 9, 7, 2, 1]),
        bytes([4, 0, 3, 7, 2, 1]), bytes([5, 0, 2, 7, 2, 1]),
    ],
)  # fmt: skip
def test_garbage_is_no_part(udh: bytes) -> None:
    assert part_of(udh) is None


@given(st.binary(max_size=40))
def test_a_header_of_any_bytes_is_read_or_passed_over(udh: bytes) -> None:
    part = part_of(udh)
    assert part is None or 1 <= part.number <= part.total <= 255


# Through the door -----------------------------------------------------------------------------


class Line:
    """A gateway with one account, and what a handset does to it."""

    def __init__(self, opened: House, clock: MovableClock) -> None:
        self.house = opened
        self.clock = clock
        self._ids = itertools.count()

    async def say(self, text: str | bytes, sender: str = PHONE, **fields: str) -> None:
        content = quote(text if isinstance(text, bytes) else text.encode(), safe="")
        given = {"from": sender, "id": f"k{next(self._ids)}", "charset": "UTF-8", "coding": "2"}
        query = "&".join(f"{k}={quote(v, safe='')}" for k, v in (given | fields).items())
        url = f"/sms/carrier/{SECRET}/inbound?{query}&text={content}"
        if "udh" not in fields:
            url += "&udh="
        whole = URL(str(self.house.client.make_url("/")).rstrip("/") + url, encoded=True)
        async with self.house.client.session.get(whole) as answer:
            assert answer.status == 200, await answer.text()

    async def part(self, udh: bytes, content: bytes, message_id: str) -> None:
        raw = "".join(f"%{byte:02X}" for byte in udh)
        body = "".join(f"%{byte:02X}" for byte in content)
        query = f"from=%2B8613912340001&id={message_id}&charset=8-BIT&coding=1&udh={raw}"
        query += f"&text={body}"
        base = str(self.house.client.make_url("/")).rstrip("/")
        url = URL(f"{base}/sms/carrier/{SECRET}/inbound?{query}", encoded=True)
        async with self.house.client.session.get(url) as answer:
            assert answer.status == 200, await answer.text()

    async def said(self, address: str = PHONE, author: Author = Author.CITIZEN) -> list[str]:
        def unit(conn: Connection) -> list[str]:
            talk = conversations.find(conn, "sms", "carrier", address)
            found = messages.after(conn, talk.id, 0) if talk is not None else []
            return [one.text for one in found if one.author is author]

        return await self.house.database.read(unit)

    async def until_said(self, *texts: str) -> None:
        async with asyncio.timeout(8):
            while await self.said() != list(texts):
                await asyncio.sleep(0.02)

    async def answered(self, count: int) -> None:
        async with asyncio.timeout(8):
            while len(self.house.dialogue.requests) < count:
                await asyncio.sleep(0.02)


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    account = {
        "username": "u",
        "password": "p",
        "number": "12345",
        "url": "http://127.0.0.1:9/",
        "callback_secret": SECRET,
    }
    clock = MovableClock()
    sms = {
        "kannel": {"carrier": account},
        "per_number_hour": 6,
        "join_within": 0,
        "blocked": ["+8613912349"],
    }
    async with house(tmp_path, ScriptedDialogue(), clock=clock, sms=sms) as opened:
        yield Line(opened, clock)


def cut(text: str, size: int = 40) -> list[bytes]:
    content = text.encode("utf-16-be")
    return [content[start : start + size] for start in range(0, len(content), size)]


LONG = "我们小区楼下的工地半夜还在施工，吵得全家都睡不着，请尽快派人来看一看𠮷。"


async def test_every_spelling_of_a_number_is_one_person(line: Line) -> None:
    for sender in ("13912340001", "8613912340001", "+8613912340001", "008613912340001"):
        await line.say("你好", sender)

    def unit(conn: Connection) -> int:
        return int(conn.execute(select(func.count()).select_from(conversations_table)).scalar_one())

    assert await line.house.database.read(unit) == 1


async def test_parts_come_in_any_order_and_twice(line: Line) -> None:
    pieces = cut(LONG)
    for reference, order in enumerate(([1, 2], [2, 1], [2, 2, 1, 1])):
        await line.say(f"第{reference}次")
        for number in order:
            udh = bytes([5, 0, 3, reference, len(pieces), number])
            await line.part(udh, pieces[number - 1], f"p{reference}-{number}")
    assert await line.said() == ["第0次", LONG, "第1次", LONG, "第2次", LONG]


async def test_a_missing_part_is_waited_for_and_then_done_without(line: Line) -> None:
    pieces = cut(LONG, 20)
    for number in (1, 2, 4):
        await line.part(bytes([5, 0, 3, 9, 4, number]), pieces[number - 1], f"p{number}")
    assert await line.said() == []
    line.clock.jump(timedelta(minutes=3))
    whole = (pieces[0] + pieces[1]).decode("utf-16-be") + GAP + pieces[3].decode("utf-16-be")
    await line.until_said(whole)
    await line.part(bytes([5, 0, 3, 9, 4, 3]), pieces[2], "p3")  # late, and not lost
    await line.until_said(whole, GAP + pieces[2].decode("utf-16-be") + GAP)


async def test_parts_survive_a_restart(tmp_path: Path) -> None:
    account = {"username": "u", "password": "p", "number": "1", "url": "http://127.0.0.1:9/"}
    sms = {"kannel": {"carrier": account | {"callback_secret": SECRET}}, "join_within": 0}
    pieces = cut(LONG)
    async with house(tmp_path, ScriptedDialogue(), sms=sms) as opened:
        await Line(opened, MovableClock()).part(bytes([5, 0, 3, 1, 2, 2]), pieces[1], "b")
    async with house(tmp_path, ScriptedDialogue(), sms=sms) as opened:
        line = Line(opened, MovableClock())
        await line.part(bytes([5, 0, 3, 1, 2, 1]), pieces[0], "a")
        await line.until_said(LONG)


async def test_a_reference_used_again_begins_another_message(line: Line) -> None:
    first, second = cut("修" * 30), cut("路" * 30)
    await line.part(bytes([5, 0, 3, 4, 2, 1]), first[0], "a1")
    await line.part(bytes([5, 0, 3, 4, 2, 1]), second[0], "b1")  # before the first was complete
    await line.part(bytes([5, 0, 3, 4, 2, 2]), second[1], "b2")
    await line.until_said("修" * 20 + GAP, "路" * 30)


async def test_a_part_count_of_255_is_waited_for_like_any_other(line: Line) -> None:
    await line.part(bytes([5, 0, 3, 4, 255, 1]), "路灯".encode("utf-16-be"), "a1")
    assert await line.said() == []
    line.clock.jump(timedelta(minutes=3))
    await line.until_said(f"路灯{GAP}")


async def test_255_parts_are_one_message(line: Line) -> None:
    for number in range(255, 0, -1):
        content = f"{number:03}路灯".encode("utf-16-be")
        await line.part(bytes([5, 0, 3, 4, 255, number]), content, f"a{number}")
    await line.until_said("".join(f"{number:03}路灯" for number in range(1, 256)))


async def test_an_empty_text_is_answered_with_what_to_do(line: Line) -> None:
    await line.say("")
    async with asyncio.timeout(5):
        while not await line.said(author=Author.BOT):
            await asyncio.sleep(0.02)
    assert line.house.dialogue.requests == []


# Machines -------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", ["10086", "106550101234567", "95588", "BANK-CN"])
async def test_services_are_kept_and_never_answered(line: Line, sender: str) -> None:
    await line.say("您的话费余额不足", sender)
    await line.say("在吗")
    await line.answered(1)
    assert await line.said(sender) == ["您的话费余额不足"]
    assert [request.text for request in line.house.dialogue.requests] == ["在吗"]


@pytest.mark.parametrize(
    "text",
    [
        "【自动回复】您好，我现在有事不在",
        "自动回复：正在开会",
        "Auto-reply: I am away",
        "本短信由系统自动发送，请勿回复",
    ],
)
async def test_automatic_replies_are_never_answered(line: Line, text: str) -> None:
    await line.say(text)
    await line.say("在吗")
    await line.answered(1)
    assert [request.text for request in line.house.dialogue.requests] == ["在吗"]
    assert await line.said() == [text, "在吗"]


async def test_our_own_words_coming_back_are_not_answered(line: Line) -> None:
    await line.say("楼下的路灯坏了三天没有人修")
    await line.answered(1)
    async with asyncio.timeout(5):
        while not await line.said(author=Author.BOT):
            await asyncio.sleep(0.02)
    (ours,) = await line.said(author=Author.BOT)
    await line.say(f"【12345】{ours}")
    await line.say("楼下的路灯坏了三天没有人修")  # their own words, said again
    await line.answered(2)
    assert len(line.house.dialogue.requests) == 2


@pytest.mark.parametrize(
    "text",
    ["1", "提交", "黄山路和科学大道交口", "我收到一条自动扣费的短信，是不是诈骗", "选第一个"],
)
def test_people_are_not_taken_for_machines(text: str) -> None:
    ours = ["【12345】请问在哪里？比如“黄山路和科学大道交口”。1. 提交 2. 修改"]
    assert not robots.is_automatic(text)
    assert not robots.is_ours(text, ours, ())


def test_a_choice_of_ours_copied_is_a_choice() -> None:
    label = "身份证丢失以后怎么补领办理"
    ours = [f"您想问的是哪一个？1. {label} 2. 都不是"]
    assert not robots.is_ours(label, ours, [label])


async def test_too_many_of_one_number_are_kept_and_it_is_told_once(line: Line) -> None:
    for n in range(12):
        await line.say(f"第{n}条")
    await line.answered(6)
    await line.say("别人的", "13912340002")
    await line.answered(7)
    assert len(await line.said()) == 12
    assert len(line.house.dialogue.requests) == 7
    notices = await line.said(author=Author.SYSTEM)
    assert notices == [line.house.texts.say("sms_too_many", "sms")]


async def test_a_blocked_number_is_kept_and_never_answered(line: Line) -> None:
    await line.say("骚扰", "13912349999")
    await line.say("在吗")
    await line.answered(1)
    assert await line.said("+8613912349999") == ["骚扰"]
    assert [request.text for request in line.house.dialogue.requests] == ["在吗"]


# What carriers say ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("id:1 stat:UNDELIV err:MK:0001", "recipient_refused"),
        ("stat:EXPIRED err:000", "connection_failed"),
        ("stat:REJECTD err:001", "content_refused"),
        ("stat:UNDELIV err:ID:0076", "content_refused"),
        ("MB:1042", "throttled"),
        ("DB:0141", "content_refused"),
        ("MOBILE_SEND_LIMIT", "throttled"),
        ("NO_ROUTE", "misconfigured_account"),
        ("", "connection_failed"),
        ("\x00\xff garbage!", "connection_failed"),
    ],
)
def test_each_class_of_a_carriers_errors(said: str, code: str) -> None:
    assert carriers.undelivered(said).code == code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("NACK/0x0000000b/Invalid Destination Address", "recipient_refused"),
        ("NACK/0x00000058/Throttling", "throttled"),
        ("NACK/0x0000000a", "misconfigured_account"),
        ("", "connection_failed"),
    ],
)
def test_each_class_of_a_refused_submit(said: str, code: str) -> None:
    assert carriers.rejected(said).code == code


async def test_messages_close_together_are_one_turn(tmp_path: Path) -> None:
    account = {"username": "u", "password": "p", "number": "1", "url": "http://127.0.0.1:9/"}
    sms = {"kannel": {"carrier": account | {"callback_secret": SECRET}}, "join_within": 0.5}
    async with house(tmp_path, ScriptedDialogue(), sms=sms) as opened:
        line = Line(opened, MovableClock())
        await line.say("房东把房子卖了，")
        await line.say("押金两万不退")
        await line.answered(1)
        assert [request.text for request in opened.dialogue.requests] == [
            "房东把房子卖了，\n押金两万不退"
        ]
