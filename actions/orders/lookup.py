"""Looking at an order already filed: what is known of the request so far, and how answers read.

The look-up lives in Rasa's slot ``order`` as JSON; the slots of ``order_form`` are projected from
it. An order is shown only to whoever knows its number and its phone's last four digits (or, filed
without a phone, its query code). What was wrong, number or digits, is never said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from actions.understanding.text.folding import fold
from actions.work_orders import number

MOST_TRIES = 3  # wrong number and digits together, then a person
MOST_MISSES = 2  # messages in a row that say nothing of an order, then it is let go


class Task(StrEnum):
    """What a person wants with the order; the value is the intent that asks for it."""

    PROGRESS = "query_progress"
    URGE = "urge_order"
    SUPPLEMENT = "supplement_order"
    WITHDRAW = "withdraw_order"


class Slot(StrEnum):
    """The slots of ``order_form``, in the order asked."""

    NUMBER = "number"
    TAIL = "phone_tail"
    DETAIL = "order_detail"


@dataclass(frozen=True, slots=True)
class Lookup:
    task: Task
    number: str | None = None
    secret: str | None = None  # last four digits of the phone, or the query code; checked
    detail: str | None = None  # what is added; "yes" to withdrawing
    tries: int = 0
    misses: int = 0
    seen: str = ""

    def next_slot(self) -> Slot | None:
        """What to ask for now; None when the task can be done."""
        if self.number is None:
            return Slot.NUMBER
        if self.secret is None:
            return Slot.TAIL
        if self.detail is None and self.task in (Task.SUPPLEMENT, Task.WITHDRAW):
            return Slot.DETAIL
        return None

    def slots(self) -> dict[str, Any]:
        return {
            Slot.NUMBER.value: self.number,
            Slot.TAIL.value: self.secret,
            Slot.DETAIL.value: self.detail,
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "task": self.task.value,
            "number": self.number,
            "secret": self.secret,
            "detail": self.detail,
            "tries": self.tries,
            "misses": self.misses,
            "seen": self.seen,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            task=Task(data["task"]),
            number=data["number"],
            secret=data["secret"],
            detail=data["detail"],
            tries=data["tries"],
            misses=data.get("misses", 0),  # not there in look-ups begun before
            seen=data["seen"],
        )


TASK_WORDS = (
    (Task.WITHDRAW, re.compile(r"撤回|撤销|撤诉|撤单|撤掉|取消工单|不投诉了")),
    (Task.URGE, re.compile(r"催|抓紧|赶紧办|快点办")),
    (Task.SUPPLEMENT, re.compile(r"补充|追加|再加")),
)
"""What says in words what is wanted, the more binding first."""

_DIGITS = dict(zip("零〇一二三四五六七八九幺两", "0012345678912", strict=True))
_SPOKEN = re.compile(r"[零〇一二三四五六七八九幺两]{4,}")
_MOBILE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
_SHORT = re.compile(r"(?<!\d)(?:\d{6}|\d{4})(?!\d)")


def secret_in(text: str) -> str | None:
    """The four last digits or the six-digit code a message gives; of a whole phone its last four.

    Digits read out in Chinese and digits apart ("1 2 3 4") are understood.
    """
    folded = _SPOKEN.sub(lambda said: "".join(_DIGITS[c] for c in said.group()), fold(text))
    order = number.read(folded)
    if order is not None:
        folded = folded.upper().replace(order.written, " ")
    joined = re.sub(r"(?<=\d)[\s\-.,，、](?=\d)", "", folded)
    mobile = _MOBILE.search(joined)
    if mobile is not None:
        return mobile.group()[-4:]
    short = _SHORT.search(joined)
    return short.group() if short else None
