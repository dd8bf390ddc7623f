"""The characters of a text message, whatever its bytes are said to be.

Gateways between a handset and us get this wrong in every way: GBK said to be UTF-8, raw UTF-16BE
without a word, Latin-1 that is none. What was said is believed when it can be right; else the
reading that looks most like something a person here would write is taken.
"""

from __future__ import annotations

import codecs
import unicodedata
from functools import cache

_NAMES = {
    "utf8": "utf-8",
    "utf16": "utf-16-be",
    "utf16be": "utf-16-be",
    "ucs2": "utf-16-be",
    "ucs2be": "utf-16-be",
    "unicode": "utf-16-be",
    "utf16le": "utf-16-le",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "cp936": "gb18030",
    "big5": "big5",
}
_LATIN = frozenset({"latin1", "iso88591", "windows1252", "cp1252", "ascii", "usascii", "gsm"})
_GUESSES = ("utf-8", "gb18030", "utf-16-be", "utf-16-le", "big5")
_WIDE = frozenset({"utf-16-be", "utf-16-le"})
_LIKELY = 0.75  # of a text that is what it is said to be


def decode(content: bytes, charset: str = "", coding: str = "") -> str:
    """The text. ``charset`` and ``coding`` are Kannel's words for it, both may be wrong or empty.

    ``coding`` is that of 3GPP TS 23.038: 0 is the 7-bit alphabet, 1 is bytes, 2 is UCS-2. Never
    fails; what no reading makes sense of has replacement characters in it.
    """
    said = _said(charset, coding)
    if said in _WIDE and len(content) % 2:
        said = None
    if said == "utf-8" and (text := _strict(content, said)) is not None and not _odd(text):
        return text
    if said in _WIDE and (text := _strict(content, said)) is not None and _likely(text) >= _LIKELY:
        return text
    if said is not None and said not in _WIDE and said != "utf-8":
        text = _strict(content, said)
        if text is not None and _likely(text) >= _LIKELY:
            return text
    return _best(content, said) if content else ""


def _said(charset: str, coding: str) -> str | None:
    """The codec the platform named, in Python's word for it."""
    name = "".join(char for char in charset.lower() if char.isalnum())
    if name in _LATIN:
        return "utf-8" if name in ("ascii", "usascii", "gsm") else "cp1252"
    if name in _NAMES:
        return _NAMES[name]
    if name:
        try:
            return codecs.lookup(charset).name
        except (LookupError, ValueError):
            pass
    return {"0": "utf-8", "2": "utf-16-be"}.get(coding)


def _best(content: bytes, said: str | None) -> str:
    order = dict.fromkeys([said] if said else []) | dict.fromkeys(_GUESSES)
    readings = [text for name in order if (text := _strict(content, name or "")) is not None]
    if not readings:
        return content.decode(said or "utf-8", "replace")
    return max(readings, key=_likely)  # of equals the first: what was said, then the commonest


def _strict(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name).removeprefix("\ufeff")
    except (UnicodeError, LookupError, ValueError):
        return None


def _odd(text: str) -> bool:
    """Whether there is something in the text that no handset can type."""
    return any(unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs") for char in text.strip()
               if char not in "\n\r\t")  # fmt: skip


def _likely(text: str) -> float:
    """From 0 to 1, how much the text looks like one of a person in China."""
    return sum(map(_weight, text)) / len(text) if text else 1.0


@cache
def _weight(char: str) -> float:
    if char in "\n\r\t" or " " <= char <= "~":
        return 1.0
    if unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs"):
        return -2.0
    try:
        second = char.encode("gb2312")
    except UnicodeError:
        if 0x4E00 <= ord(char) <= 0x9FFF:
            return 0.8 if _in(char, "big5") else 0.5
        return 0.9 if ord(char) >= 0x1F300 else 0.2
    return 1.0 if second[0] < 0xD8 else 0.7  # the commoner half of the characters


def _in(char: str, name: str) -> bool:
    try:
        char.encode(name)
    except UnicodeError:
        return False
    return True
