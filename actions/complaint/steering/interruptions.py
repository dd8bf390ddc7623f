"""Which messages are not for the form: the form steps aside and the rule of their intent answers."""

from __future__ import annotations

import re

from actions.complaint.record.draft import Draft
from actions.complaint.steering.moves import Line, Message, Outcome
from actions.complaint.wording import asked_of_us
from actions.work_orders import number

SURE = 0.5  # confidence from which an intent may interrupt
HINT = 0.35  # enough where the words also fit (a short yes, a question)

INTERRUPTIONS = frozenset(
    {
        "abuse", "ask_capability", "ask_human", "ask_identity", "ask_policy", "ask_wait_time",
        "chitchat", "continue_elsewhere", "despair", "emergency", "explain_again", "greet",
        "query_progress", "speak_language", "speak_slower", "thank", "threat",
        "urge_order", "verify_phone", "why_need_info",
    }
)  # fmt: skip
_OF_AN_ORDER = frozenset({"query_progress", "urge_order"})
# Asked for in words, these are easily the answer itself: only a question interrupts.
NEEDS_QUESTION = frozenset({"ask_policy", "ask_wait_time", "ask_capability", "ask_identity"})


_GREETS = re.compile(
    r"(?:你好|您好|大家好|早上好|上午好|中午好|下午好|晚上好|早|喂|哈喽|哈啰|嗨|嘿|在吗|在不在|有人吗|有人在吗|hello|hi|hey|[啊呀呢吗哈吧]|客服|12345|[，,。.!！?？~ ])+",
    re.IGNORECASE,
)


def interrupts(message: Message, text: str) -> bool:
    """Whether a message is for another rule than the form's; ``text`` is its folded words."""
    if message.intent not in INTERRUPTIONS:
        return False
    if message.intent == "greet" and _GREETS.fullmatch(text) is None:
        return False  # 哈啰的吧, of a firm's bicycles
    if message.intent in _OF_AN_ORDER:
        named = asked_of_us.names_an_order(text) or number.read(text) is not None
        return named and message.confidence >= SURE
    if message.intent in NEEDS_QUESTION:
        return message.confidence >= HINT and asked_of_us.is_question(text)
    return message.confidence >= SURE


def answers_better(message: Message) -> bool:
    """Whether the rule of a message's intent has an answer of its own to what it asks (why a number
    is wanted, who we are)."""
    own = INTERRUPTIONS - {"ask_policy", *_OF_AN_ORDER}
    return message.intent in own and message.confidence >= SURE


def aside(draft: Draft, message: Message) -> Outcome:
    """The form steps aside; for small talk it has a word of its own and goes on."""
    if message.intent == "chitchat":
        return Outcome(draft, (Line("form_small_talk"),))
    return Outcome(draft, yields=True)


def means(message: Message, *intents: str) -> bool:
    """Whether the classifier takes a message for one of these, well enough to back its words."""
    return message.intent in intents and message.confidence >= HINT
