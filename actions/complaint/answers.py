"""Whether a message holds what was asked for, and what it tells beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from actions.complaint import intake, phrases
from actions.complaint.draft import Field, Value
from actions.complaint.fields import Fields
from actions.complaint.folding import fold

_BARE_NUMBER = re.compile(r"[0-9][0-9 -]{5,14}[0-9]")
TELLS_MORE = 12  # characters beside a phone number that tell more of the matter
_CONTACT_WORDS = re.compile(
    r"(?:我的?|联系|留|请|打|可以|你们|记一下|这个|就是|是|叫|姓|[：:，, ])*"
    r"(?:电话|手机号?|号码|联系方式|联系人|姓名|名字)(?:号码?|号)?(?:是|为|[：:，, ])*"
    r"|谢谢(?:你们?|您|了)?"
)

_THEIR_NUMBER = re.compile(
    r"(?:她|他|对方|老人家?|(?:我|俺)老?(?:妈|爸|娘|爹|母亲|父亲|爷爷|奶奶|外公|外婆|老伴|爱人|老公|老婆|朋友|邻居))"
    r"(?:的|叫[^，。,]{1,5}[，, ]?|名字[^，。,]{1,6}[，, ]?)*(?:电话|手机|号码|联系方式)[^，。,0-9]{0,4}$"
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
    return told if told and asked not in told and not besides(text, fields) else {}


def besides(text: str, fields: Fields) -> str:
    """What a message says beside the values of its fields."""
    for span in (fields.phone, fields.name, fields.place, fields.time):
        if span is not None:
            text = text.replace(span.text, "")
    return _CONTACT_WORDS.sub("", text).strip("，,。.;； \n在是就的")


def theirs(text: str, fields: Fields) -> bool:
    """Whether the number is said to be that of the one a matter is told for."""
    return bool(fields.phone and _THEIR_NUMBER.search(text[: fields.phone.start]))


def only_digits(text: str) -> bool:
    """A run of digits that is no telephone number, though it was meant for one."""
    return _BARE_NUMBER.fullmatch(text) is not None
