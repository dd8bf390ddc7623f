"""What a message inside the verification holds: a code, a number, a wish."""

from __future__ import annotations

import re

from actions.understanding.text.folding import fold
from connectors import phones
from connectors.one_time_code import DIGITS

_SPOKEN = dict(zip("零〇一二三四五六七八九幺两", "0012345678912", strict=True))
_SPOKEN_RUN = re.compile(
    r"[零〇一二三四五六七八九幺两\d][零〇一二三四五六七八九幺两\d \-，、.]{3,}"
)
_BETWEEN = re.compile(r"(?<=\d)[ \-，、.]+(?=\d)")
_RUN = re.compile(r"\d+")
_AGAIN = re.compile(
    r"(?:没|未|还没|一直没|没有|收不)[^，。]{0,6}(?:收|到|来|看)|重新?发|再发|重新?获取|再来一条|再给我发|补发"
)
_OTHER_NUMBER = re.compile(
    r"换(?:一?个|成)?(?:手机)?号|换(?:一?个)?(?:手机|电话)|(?:号码?|手机号?|电话)(?:写|输|打|填|说)?错|不是这个号"
)

_APART = re.compile(
    r"解绑|解除(?:手机|号码|绑定|关联|验证)|(?:取消|不再|不要|不想)(?:绑定?|关联|验证|认证)(?!码)|退出登[录陆]|注销"
)


def digits_spoken(text: str) -> str:
    """The text half-width, digits read out in Chinese as digits: "幺三八" becomes "138"."""
    return _SPOKEN_RUN.sub(
        lambda run: "".join(_SPOKEN.get(char, char) for char in run.group()), fold(text)
    )


def phone(text: str, countries: list[str]) -> phones.Reading:
    """The mobile a message gives, or why there is none."""
    return phones.mobile(digits_spoken(text), countries)


def code(text: str) -> str | None:
    """The six digits a message gives; of several the last, since people correct themselves.

    "1 2 3 4 5 6", "１２３４５６" and "验证码是123456" are all 123456.
    """
    found = _digit_runs(text)
    six = [run for run in found if len(run) == DIGITS]
    return six[-1] if six else None


def tries_a_code(text: str) -> bool:
    """Whether digits were given, but not six of them."""
    return any(3 <= len(run) <= DIGITS + 4 for run in _digit_runs(text))


def wants_another_code(text: str) -> bool:
    return bool(_AGAIN.search(fold(text)))


def wants_another_number(text: str) -> bool:
    return bool(_OTHER_NUMBER.search(fold(text)))


def wants_apart(text: str) -> bool:
    """Whether somebody wants to be known here no longer ("解绑手机号")."""
    return bool(_APART.search(fold(text)))


def _digit_runs(text: str) -> list[str]:
    return _RUN.findall(_BETWEEN.sub("", digits_spoken(text)))
