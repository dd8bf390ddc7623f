"""What a channel is given to send, by what it can show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.channel import Capabilities, TextUnit
from connectors.conversation.choices import pick
from connectors.delivery.measure import fits
from connectors.delivery.rendering import Piece, render
from connectors.ids import ConversationId, MessageId
from connectors.messages import (
    Attachment,
    Author,
    Choice,
    Citation,
    FieldRow,
    Fields,
    Link,
    Location,
    OrderCard,
    Part,
    Progress,
    ProgressNode,
    Stored,
    Text,
)
from connectors.texts import Texts

TEXTS = Texts.load()
SMS = Capabilities(max_text=2, text_unit=TextUnit.SMS_SEGMENTS, emoji=False, texts="sms")
PLAIN = Capabilities(max_text=500)
RULE = Citation(
    title="居民身份证",
    quote="## 期限\n公安机关应当自交验材料之日起**60日**内发放。",
    entry_id="e1",
    issuer="某市公安局",
    document_number="某公〔2020〕1号",
    effective_from="2020-01-01",
    link="https://example.gov.cn/1",
)
PROGRESS = Progress(
    "HY1",
    (
        ProgressNode("受理登记", "done", at="2026-01-02T02:00:00+00:00", by="12345"),
        ProgressNode("办理", "current"),
        ProgressNode("回访", "todo"),
    ),
    light="yellow",
)
EVERY_PART: tuple[Part, ...] = (
    Text("您好"),
    RULE,
    Fields("请核对", (FieldRow("place", "地点", "某路1号"),)),
    OrderCard("HY1", "路灯不亮", "已受理"),
    PROGRESS,
    Link("指南", "https://example.gov.cn/2"),
    Location(31.8, 117.2, "某小区"),
    Attachment("a1", "image/jpeg", 10, "现场.jpg"),
)


def message(*parts: Part, choices: int = 0, author: Author = Author.BOT) -> Stored:
    labels = ("确认提交", "修改地址", "取消", "转人工", "再想想", "补充说明")
    return Stored(
        id=MessageId("m_1"),
        conversation_id=ConversationId("c_1"),
        seq=1,
        author=author,
        parts=parts,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        choices=tuple(Choice(f"k{n}", labels[n % 6], f"/p{n}") for n in range(choices)),
    )


def lines(pieces: tuple[Piece, ...]) -> list[str]:
    """The text of each piece; fails when a piece is not text alone."""
    found = []
    for piece in pieces:
        assert len(piece.parts) == 1
        assert isinstance(piece.parts[0], Text)
        found.append(piece.parts[0].text)
    return found


def test_buttons_stay_buttons_where_the_channel_has_enough_of_them() -> None:
    said = message(Text("提交吗？"), choices=3)
    (piece,) = render(said, Capabilities(max_choices=3), TEXTS)
    assert (piece.parts, piece.choices) == ((Text("提交吗？"),), said.choices)


@pytest.mark.parametrize("most", [0, 2])
def test_too_many_choices_become_numbered_lines_that_can_be_answered(most: int) -> None:
    said = message(Text("提交吗？"), choices=3)
    (piece,) = render(said, Capabilities(max_choices=most), TEXTS)
    assert piece.choices == ()
    (shown,) = lines((piece,))
    assert shown.splitlines() == [
        "提交吗？",
        "1. 确认提交",
        "2. 修改地址",
        "3. 取消",
        "（回复数字即可）",
    ]
    for line in shown.splitlines()[1:4]:
        assert pick(line, said.choices) == pick(line[0], said.choices) is not None


def test_the_list_of_choices_is_never_divided_while_it_fits_one_message() -> None:
    said = message(Text("请看看对不对，哪一项不对直接告诉我。" * 9), choices=4)
    for most in range(40, 200):
        shown = lines(render(said, Capabilities(max_text=most), TEXTS))
        assert all(len(piece) <= most for piece in shown)
        assert shown[-1].endswith("1. 确认提交\n2. 修改地址\n3. 取消\n4. 转人工\n（回复数字即可）")


def test_a_list_of_choices_beyond_one_message_is_divided_between_its_lines() -> None:
    shown = lines(render(message(choices=6), Capabilities(max_text=20), TEXTS))
    assert len(shown) > 1
    numbered = [line for piece in shown for line in piece.splitlines()]
    assert [line[:2] for line in numbered[:-1]] == [f"{n}." for n in range(1, 7)]
    assert numbered[-1] == "（回复数字即可）"


def test_parts_a_channel_can_show_stay_as_they_are_and_in_their_order() -> None:
    shape = Capabilities(rich_parts=frozenset({"citation", "link"}))
    pieces = render(message(Text("查到了"), RULE, EVERY_PART[2], EVERY_PART[5]), shape, TEXTS)
    assert [piece.parts[0].kind for piece in pieces] == ["text", "citation", "text", "link"]


def test_parts_travel_together_where_the_channel_allows() -> None:
    shape = Capabilities(
        rich_parts=frozenset(part.kind for part in EVERY_PART), parts_together=True, max_choices=9
    )
    said = message(*EVERY_PART, choices=2)
    (piece,) = render(said, shape, TEXTS)
    assert (piece.parts, piece.choices) == (EVERY_PART, said.choices)


def test_every_part_has_words_where_the_channel_shows_only_text() -> None:
    for shape in (PLAIN, SMS, Capabilities(texts="voice")):
        for part in EVERY_PART:
            (shown, *_) = lines(render(message(part), shape, TEXTS))
            assert shown
    everything = "\n".join(lines(render(message(*EVERY_PART), PLAIN, TEXTS)))
    for words in (
        "60日", "某市公安局", "《居民身份证》", "某公〔2020〕1号", "2020年1月1日起施行",
        "https://example.gov.cn/1",
        "地点：某路1号", "HY1", "已受理", "已完成：受理登记 01-02 10:00 12345",
        "办理中：办理", "待办理：回访",
        "即将到期", "指南：https://example.gov.cn/2", "某小区", "现场.jpg",
    ):  # fmt: skip
        assert words in everything
    assert "**" not in everything
    assert "##" not in everything


def test_a_part_that_brings_its_own_words_is_said_in_these() -> None:
    own = (
        Fields("请核对", (), text="地点：某路"),
        OrderCard("HY1", "t", "s", text="编号HY1"),
        Progress("HY1", PROGRESS.nodes, text="到了办理"),
    )
    assert lines(render(message(*own), PLAIN, TEXTS)) == ["地点：某路\n编号HY1\n到了办理"]


def test_an_old_rule_and_an_example_are_named_so_in_words_too() -> None:
    for text in ("", "简短的话"):
        old = Citation("某办法", "旧规定", "e1", text=text, historical=True)
        example = Citation("某办法", "规定", "e1", text=text, sample=True)
        for part, flag in ((old, "现已不适用"), (example, "示例")):
            (shown,) = lines(render(message(part), PLAIN, TEXTS))
            assert flag in shown


def test_what_leaves_no_room_for_the_lines_to_check_goes_before_them() -> None:
    rows = tuple(FieldRow(f"f{n}", f"标签{n}", "甲乙丙丁戊己庚辛") for n in range(10))
    card = Fields("", rows, "\n".join(f"{row.label}：{row.value}" for row in rows))
    capabilities = replace(SMS, elsewhere=lambda _: "https://example.gov.cn/s/abcdefgh")
    before = Text("好的，为您保密，您的身份信息只给必要的承办人员，不会告诉被反映的一方。")
    first, second = lines(render(message(before, card, choices=3), capabilities, TEXTS))
    assert first == before.text
    assert "标签9：甲" in second
    assert "3. 取消" in second


def test_lines_that_are_told_and_not_asked_about_are_read_on_elsewhere() -> None:
    card = Fields("居住证", (FieldRow("materials", "材料", "身份证、居住证明。" * 30),))
    capabilities = replace(SMS, elsewhere=lambda _: "https://example.gov.cn/s/abcdefgh")
    (shown,) = lines(render(message(card), capabilities, TEXTS))
    assert shown.endswith("https://example.gov.cn/s/abcdefgh")


def test_a_list_that_is_marked_as_an_example_keeps_its_points() -> None:
    part = Citation("某办法", "", "e1", text="- 身份证\n- 户口簿", sample=True)
    (shown,) = lines(render(message(part), PLAIN, TEXTS))
    assert shown.split("\n")[-2:] == ["· 身份证", "· 户口簿"]


def test_an_agents_words_are_sent_as_typed() -> None:
    said = message(Text("# 号键再按 **1**"), author=Author.AGENT)
    assert lines(render(said, PLAIN, TEXTS)) == ["# 号键再按 **1**"]


def test_a_channel_without_emoji_is_given_none() -> None:
    assert lines(render(message(Text("您好😀，👍🏽收到❤️")), SMS, TEXTS)) == ["您好，收到"]


def test_a_message_with_nothing_to_show_gives_nothing_to_send() -> None:
    assert render(message(Text("  ")), PLAIN, TEXTS) == ()
    assert render(message(Text("😀")), SMS, TEXTS) == ()


@given(
    st.lists(st.sampled_from(EVERY_PART) | st.builds(Text, st.text(max_size=300)), max_size=8),
    st.integers(0, 6),
    st.integers(0, 6),
    st.sets(st.sampled_from([part.kind for part in EVERY_PART])),
    st.booleans(),
    st.sampled_from([(TextUnit.CHARACTERS, 60), (TextUnit.UTF8, 200), (TextUnit.SMS_SEGMENTS, 2)]),
)
def test_whatever_is_said_every_piece_can_be_carried(
    parts: list[Part],
    offered: int,
    most: int,
    rich: set[str],
    together: bool,
    room: tuple[TextUnit, int],
) -> None:
    shape = Capabilities(
        max_text=room[1],
        text_unit=room[0],
        max_choices=most,
        rich_parts=frozenset(rich),
        parts_together=together,
    )
    pieces = render(message(*parts, choices=offered), shape, TEXTS)
    for piece in pieces:
        words = "\n".join(part.text for part in piece.parts if isinstance(part, Text))
        assert fits(words, shape)
        assert together or len(piece.parts) <= 1
        assert all(isinstance(part, Text) or part.kind in rich for part in piece.parts)
    buttons = [choice for piece in pieces for choice in piece.choices]
    assert len(buttons) == (offered if offered <= most else 0)
    shown = [part for piece in pieces for part in piece.parts if not isinstance(part, Text)]
    assert shown == [p for p in parts if not isinstance(p, Text) and p.kind in rich]


@given(st.lists(st.text("我们小区楼下的路灯坏了，。", min_size=1, max_size=200), max_size=5))
def test_all_lines_to_check_stand_in_one_text_message(values: list[str]) -> None:
    """The longest are cut; none is left to a page that a plain telephone cannot show."""
    told = [FieldRow(f"f{n}", "甲乙丙丁戊"[n], value) for n, value in enumerate(values)]
    rows = (FieldRow("kind", "类型", "投诉"), *told, FieldRow("phone", "电话", "055112345678"))
    card = Fields("", rows, "\n".join(f"{row.label}：{row.value}" for row in rows))
    capabilities = replace(SMS, elsewhere=lambda _: "https://example.gov.cn/s/abcdefgh")
    (piece,) = render(message(card, Text("没错请回复1。"), choices=3), capabilities, TEXTS)
    (part,) = piece.parts
    assert isinstance(part, Text)
    assert fits(part.text, capabilities)
    shown = part.text.split("\n")
    assert [line.split("：")[0] for line in shown[: len(rows)]] == [row.label for row in rows]
    assert "电话：055112345678" in shown
    assert "1. 确认提交" in shown
    assert "http" not in part.text
