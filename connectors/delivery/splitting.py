"""Divides a text where a reader would: between paragraphs, sentences, clauses; never inside a
character, a number, a date, a word or an address.

Whether a piece fits is asked of a function, so the same rules serve a limit in characters, in bytes
and in SMS segments. That function must be monotone: what does not fit does not fit when longer.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence

from connectors.delivery.graphemes import graphemes

Fits = Callable[[str], bool]

_UNITS = (
    "(?:万亿元|周岁|万元|亿元|公里|平方米|立方米|小时|分钟|单元|个?工作日|个月"
    "|[年月日号时点分秒元角岁米个件天楼栋幢室周次人户条项款章节级路倍㎡%％‰℃°′″])"
)
_LATIN = r"[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
_NUMERALS = "零〇一二两三四五六七八九十百千万亿"
_HAN = "\u4e00-\u9fff"
# Words of ours follow an address without a blank; in it they stand behind a sign of the path, or
# before one.
_PATH = (
    rf"[!-~]+(?:(?:(?<=[/=_-])[{_HAN}]{{1,24}}|[{_HAN}]{{1,24}}(?=[/._?=&-][!-~]))[!-~]*){{0,32}}"
)
# Each is looked for by itself, for what is whole may be made of several: a day and its time.
_WHOLE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[A-Za-z][A-Za-z0-9+.-]{{0,15}}:(?://)?{_PATH}",  # an address of the web, of mail
        rf"[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{1,8}}[:/?#]{_PATH}",  # without scheme
        r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
        rf"(?:[{_HAN}]{{2,6}})?[〔\[（(]\d{{4}}[〕\]）)]\s?\d+号",  # an official document
        rf"\+?\d{{1,4}}(?:[ \u00a0\u2009\u202f-]\d{{2,4}}){{1,4}}(?!\d){_UNITS}?",  # in groups
        r"[(（]\d{3,4}[)）] ?\d+",  # a telephone number with its area
        r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ T]\d{1,2}[:：]",  # a day, and its time
        rf"[\d½¼¾⅓⅔Ⅰ-Ⅻ]+[ \u00a0]?{_UNITS}",  # set apart, a fraction, a Roman number
        rf"(?:第?[-−+±≥≤≈]?\d[\dA-Za-z.,:：∶·/~～—–×^%％‰#+-]*[万亿千百]?{_UNITS}?)+",
        rf"{_LATIN}+(?:[._'’/@&+-]{_LATIN}+)*",
        rf"(?:第?[{_NUMERALS}]+{_UNITS})+|第?[{_NUMERALS}]{{2,}}(?:点[{_NUMERALS}]+)?{_UNITS}?",
        r"第?(?<!\d)\d{1,4}(?:[、和及或至到]第?\d{1,4}){1,8}(?!\d)",  # several with one name
        rf"[{_NUMERALS}]{{1,6}}[至到][{_NUMERALS}]{{1,6}}{_UNITS}",
        rf"[{_NUMERALS}]{{1,12}}分之[{_NUMERALS}]{{1,12}}",
        r"[\u4e00-\u9fff][A-Z][·•]?[A-Z0-9]{4,6}(?![A-Za-z0-9])",  # a plate
    )
)
_LOOK_BEYOND = 256  # characters after what fits in which something whole may still be going on

_SENTENCE_ENDS = frozenset("。！？!?…；;")
_CLAUSE_ENDS = frozenset("，、,：:")
_OPENING = frozenset("（(《〈「『【〔[“‘￥$")
_CLOSING = frozenset("）)》〉」』】〕]”’")
_NEVER_FIRST = _CLOSING | _SENTENCE_ENDS | _CLAUSE_ENDS
# Where a cut would part what a reader takes in at once, before and after it. What follows a number
# or a code without a mark is its measure, or what it is the number of: 3艘, A4纸, 2.5 公里.
_TIGHT = tuple(
    (re.compile(before), re.compile(after), less)
    for before, after, less in (
        (rf"[{_HAN}]$", r"\d", 1.0),
        (r"[约近超达仅满逾第共][ \u00a0]$", r"\d", 0.5),
        (r"[0-9A-Za-z]$", rf"[{_HAN}]", 1.0),
        (r"[0-9]\s$", rf"[{_HAN}A-Za-z]", 1.0),
        (r"[A-Za-z]\s$", r"[0-9]", 1.0),
        (rf"[{_HAN}0-9]/$", rf"[{_HAN}0-9]", 1.0),
        (rf"[{_HAN}0-9]$", "/", 1.0),
        (rf"[0-9A-Za-z]\s?[{_HAN}]$", rf"[{_HAN}]", 0.3),  # a measure of two characters
    )
)
_BLANKS = 8  # blanks around a place that are looked at


def split(text: str, fits: Fits) -> list[str]:
    """The text in pieces that read well, each of which ``fits``; blank edges are dropped.

    Something that may not be divided but fits nowhere whole (an address longer than the limit) is
    divided between two characters, since the alternative is not to send it. A limit too small for
    even one character gives pieces of one character.
    """
    text = text.strip()
    pieces: list[str] = []
    while text:
        if fits(text):
            pieces.append(text)
            break
        piece = _first(text, fits)
        pieces.append(piece.rstrip())
        text = text[len(piece) :].lstrip()
    return pieces


def pack(blocks: Sequence[str], fits: Fits, joint: str = "\n") -> list[str]:
    """Blocks joined into as few pieces as they fit; only a block too long alone is divided."""
    pieces: list[str] = []
    for block in blocks:
        if pieces and fits(joined := f"{pieces[-1]}{joint}{block}"):
            pieces[-1] = joined
        else:
            pieces += split(block, fits)
    return pieces


def shorten(text: str, fits: Fits, tail: str) -> str:
    """The text if it fits, else as much of its beginning as fits with ``tail`` after it.

    For a channel where the rest is read elsewhere: ``tail`` says where.
    """
    text = text.strip()
    if fits(text):
        return text
    return _first(text, lambda head: fits(f"{head.rstrip()}{tail}")).rstrip() + tail


def _first(text: str, fits: Fits) -> str:
    """The beginning of a text that does not fit, cut at the best place."""
    characters = _character_ends(text, fits)
    reachable = characters[: bisect_left(characters, True, key=lambda end: not fits(text[:end]))]
    if not reachable:
        return text[: characters[0]]
    most = reachable[-1]
    inside = _inside_something_whole(text, most)
    places = [end for end in reachable if end not in inside] or reachable[-1:]
    return text[: max(places, key=lambda end: end / most + _liking(text, end))]


def _character_ends(text: str, fits: Fits) -> list[int]:
    """Where the reader's characters end, up to some way beyond what fits."""
    ends: list[int] = []
    end, look = 0, 64
    for cluster in graphemes(text):
        end += len(cluster)
        ends.append(end)
        if len(ends) == look:
            if not fits(text[:end]):
                break
            look *= 2
    return ends


def _inside_something_whole(text: str, most: int) -> frozenset[int]:
    """The places up to ``most`` where a cut would go through a number, a word or an address."""
    window = text[: most + _LOOK_BEYOND]
    return frozenset(
        place
        for pattern in _WHOLE
        for found in pattern.finditer(window)
        for place in range(found.start() + 1, min(found.end(), most + 1))
    )


def _liking(text: str, end: int) -> float:
    """How much of a piece's length a reader gives for a cut at this place.

    A sentence's end at three quarters of the length is as good as any place at its full length.
    """
    start, stop = end, end
    while start > max(0, end - _BLANKS) and text[start - 1].isspace():
        start -= 1
    while stop < min(len(text), end + _BLANKS) and text[stop].isspace():
        stop += 1
    gap, before, following = text[start:stop], text[start - 1 : start], text[stop : stop + 1]
    if before in _OPENING or following in _NEVER_FIRST:
        return -1.0
    if "\n" not in gap and (less := _tight(text[max(0, start - 3) : start], gap, following)):
        return -less
    if gap.count("\n") > 1:
        return 0.45
    if "\n" in gap:
        return 0.35
    if before in _SENTENCE_ENDS or (before in _CLOSING and text[start - 2] in _SENTENCE_ENDS):
        return 0.25
    if before in _CLAUSE_ENDS:
        return 0.12
    return 0.05 if gap else 0.0


def _tight(before: str, gap: str, after: str) -> float:
    """How much a reader minds a cut between these two, if at all."""
    before += gap[:1]
    return max(
        (less for ends, begins, less in _TIGHT if begins.match(after) and ends.search(before)),
        default=0.0,
    )
