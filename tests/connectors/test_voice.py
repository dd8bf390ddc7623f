"""What one turn says, where each message costs and where none does."""

from __future__ import annotations

from connectors.channel import Capabilities
from connectors.conversation.turn import Voice
from connectors.messages import Author, Choice, Outbound, Text
from connectors.texts import Texts

SORRY = Outbound(
    (Text("换个说法，或者找人工。"),),
    Author.BOT,
    (Choice("k1", "转人工", "/ask_human"), Choice("k2", "取消", "/cancel")),
)
SUMMARY = Outbound(
    (Text("请核对。"),),
    Author.BOT,
    (Choice("k3", "确认提交", "/affirm"), Choice("k4", "取消", "/cancel")),
)
TOLD = Outbound((Text("您是下一位。"),), Author.SYSTEM)


def voice(*, joins: bool) -> Voice:
    return Voice(Texts.load(), lambda _: Capabilities(joins_turn=joins))


def test_one_turn_is_one_message_with_one_list_to_choose_from() -> None:
    told = voice(joins=True).in_turn((SORRY, SUMMARY, TOLD), "sms")
    assert [one.parts for one in told] == [(*SORRY.parts, *SUMMARY.parts), TOLD.parts]
    assert [choice.id for choice in told[0].choices] == ["k3", "k4", "k1"]


def test_elsewhere_each_message_stays_its_own() -> None:
    assert voice(joins=False).in_turn((SORRY, SUMMARY), "web") == [SORRY, SUMMARY]
