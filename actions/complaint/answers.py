"""Whether a message holds what was asked for, and what it tells beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from actions.complaint import intake, phrases
from actions.complaint.draft import Field, Value
from actions.complaint.fields import Fields
from actions.complaint.folding import fold

TELLS_MORE = 12  # characters beside a phone number that tell more of the matter
_CONTACT_WORDS = re.compile(
    r"(?:我的?|联系|留|请|打|可以|你们|记一下|这个|就是|是|叫|姓|[：:，, ])*"
    r"(?:电话|手机号?|号码|联系方式|联系人|姓名|名字)(?:号码?|号)?(?:是|为|[：:，, ])*"
    r"|谢谢(?:你们?|您|了)?"
)


def beside(text: str, fields: Fields) -> str:
    """What a message with a phone number tells beside it: "…，再补充一下，车牌是…"."""
    spans = [span for span in (fields.phone, fields.name) if span is not None]
    rest = text
    for span in sorted(spans, key=lambda span: -span.start):
        rest = rest[: span.start] + "，" + rest[span.end :]
    rest = _CONTACT_WORDS.sub("", rest).strip("，,。.;； \n")
    more = phrases.addition(fold(rest))
    return more if more else rest if len(rest) >= TELLS_MORE else ""


def fits(asked: Field, fields: Fields) -> bool:
    """Whether the message holds, by pattern, the very thing asked for."""
    match asked:
        case Field.PHONE:
            return fields.phone is not None and fields.phone.valid
        case Field.PLACE:
            return fields.place is not None
        case Field.TIME:
            return fields.time is not None
        case Field.NAME:
            return fields.name is not None
        case _:
            return False


def only_points(text: str, fields: Fields) -> bool:
    if fields.place is not None and intake.tells_where(fields.place):
        return False
    return fields.place is not None or phrases.points_only(text)


def something_else(asked: Field, text: str, fields: Fields) -> Mapping[Field, Value]:
    """What a message tells that holds nothing but values of other fields than the one asked for
    (a telephone number where the time was asked for)."""
    told = {} if asked is Field.MATTER else intake.values(fields)
    spans = (fields.phone, fields.name, fields.place, fields.time)
    rest = text
    for span in spans:
        if span is not None:
            rest = rest.replace(span.text, "")
    rest = _CONTACT_WORDS.sub("", rest).strip("，,。.;； \n在是就的")
    return told if told and asked not in told and not rest else {}
