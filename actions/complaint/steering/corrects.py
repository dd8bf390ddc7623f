"""Whether what reads like a correction has something to put right."""

from __future__ import annotations

import re

from actions.complaint.record.draft import CONFIRMED, Draft, Field
from actions.complaint.steering import putting_right
from actions.complaint.steering.corrections import Correction
from actions.complaint.told import contents, intake
from actions.complaint.told.intake import Understand


def has_what_to_correct(draft: Draft, correction: Correction, understand: Understand) -> bool:
    """Whether a correction has something to put right: while the matter is asked for, only whom it
    is about can be wrong (我要投诉肯德基 · 不对，是麦当劳)."""
    said_before = (draft.on_behalf or "", *(draft.text(name) for name in Field))
    if correction.if_said and not any(_in(correction.old, one) for one in said_before):
        return False
    if correction.if_known and not _names_a_line(draft, correction):
        return False
    if correction.if_like:
        return bool(putting_right.like(draft.text(Field.MATTER), correction.value or ""))
    if correction.if_value and not putting_right.part_meant(draft, correction.value or ""):
        said = correction.value or ""
        told = understand(said).fields
        if not intake.values(told) or contents.besides(said, told):
            return False
    if draft.next_slot() != Field.MATTER:
        return True
    if correction.field not in (None, Field.MATTER):  # 时间改成每逢周末早上
        return correction.value is not None
    return bool(correction.value and draft.text(correction.field or Field.SUBJECT))


_LONGHAND = re.compile(r"天(?=[早晚])|(?<=[早晚])上")


def _in(old: str, said: str) -> bool:
    """Whether words were said, however long the day's name was (昨晚, of 昨天晚上十一点)."""
    return _LONGHAND.sub("", old) in _LONGHAND.sub("", said)


def _names_a_line(draft: Draft, correction: Correction) -> bool:
    """Whether a correction by a line's label means that line: it was told, or the lines are shown."""
    told = correction.field is not None and bool(draft.text(correction.field))
    wished = draft.kind not in intake.WANTS_NOTHING_MORE
    return told or (draft.next_slot() == CONFIRMED and wished)
