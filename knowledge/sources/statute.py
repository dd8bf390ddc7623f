"""Splits laws and regulations into their articles (第…条), each with its chapter."""

from __future__ import annotations

import re
from bisect import bisect_left

_NUMERAL = "[零〇一二三四五六七八九十百千0-9]+"
# 第三条规定的… and 第三条第二款… at the beginning of a line quote an article, they are none.
_ARTICLE = re.compile(
    rf"^[ \t　#*]*(第({_NUMERAL})条(?:之({_NUMERAL}))?)(?!第|规定|的|、|和|至|或|所)[*]*[ \t　]*",
    re.M,
)
_CHAPTER = re.compile(
    rf"^[ \t　#*]*(第{_NUMERAL}[编章节][ \t　]*[^\n。]{{0,40}}?)[*]*[ \t　]*$", re.M
)
_LEAST = 3  # fewer lines beginning 第…条 are a guide that quotes a law, not a law
_ONES = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}
_TENS = {"十": 10, "百": 100, "千": 1000}


def articles_of(text: str) -> tuple[tuple[str, str], ...]:
    """(heading, text) per article, or nothing if the text is not built of articles.

    The heading carries the chapter ("第二章 行政许可 第五条"); the text is the article's own
    words, its number included, so that a quote is complete.  What stands before the first article
    is kept, without a heading, if it says anything.
    """
    named = list(_CHAPTER.finditer(text))
    heads = _in_order(list(_ARTICLE.finditer(text)), {_next_word(text, m.end()) for m in named})
    if len(heads) < _LEAST or not _is_mostly_articles(text, heads):
        return ()
    chapters = [(m.start(), " ".join(m[1].split())) for m in named]
    contents = min([at for at, _ in chapters], default=heads[0].start())
    if "。" in text[contents : heads[0].start()]:
        contents = heads[0].start()  # no mere table of contents
    lead = text[: min(contents, heads[0].start())].strip()
    sections: list[tuple[str, str]] = [("", lead)] if "。" in lead else []
    for n, head in enumerate(heads):
        end = heads[n + 1].start() if n + 1 < len(heads) else len(text)
        # A chapter's name between two articles belongs to the next one.
        end = min([at for at, _ in chapters if head.start() < at < end], default=end)
        chapter = next((name for at, name in reversed(chapters) if at < head.start()), "")
        body = text[head.start() : end].strip(" \t　#*\n")
        sections.append((f"{chapter} {head[1]}".strip(), body))
    return tuple(sections)


def number_of(numeral: str) -> int:
    """The value of a numeral below ten thousand, in digits or in Chinese: 一百二十三, 〇, 12."""
    if numeral.isdecimal():
        return int(numeral)
    total = ones = 0
    for char in numeral:
        if char in _TENS:
            total, ones = total + (ones or 1) * _TENS[char], 0
        else:
            ones = ones * 10 + _ONES.get(char, 0)
    return total + ones


def _next_word(text: str, at: int) -> int:
    """Where the text goes on after a line's end."""
    return at + len(text[at:]) - len(text[at:].lstrip(" \t　#*\n"))


def _in_order(heads: list[re.Match[str]], begun: set[int]) -> list[re.Match[str]]:
    """The heads whose numbers rise.  Lines broken by a page may begin with the number of another
    article that is only spoken of; a second text after the first begins again with 第一条, and so
    do the chapters of some (``begun``: where the first words of chapters stand)."""
    runs: list[list[re.Match[str]]] = []
    for head in heads:
        first = number_of(head[2]) == 1 and not head[3]
        if not runs or (first and (len(runs[-1]) >= _LEAST or head.start(1) in begun)):
            runs.append([])
        runs[-1].append(head)
    return [head for run in runs for head in _rising(run)]


def _rising(run: list[re.Match[str]]) -> list[re.Match[str]]:
    """The longest rising run among the numbers, each number once."""
    keys = [(number_of(head[2]), number_of(head[3]) if head[3] else 0) for head in run]
    ends: list[tuple[int, int]] = []
    at: list[int] = []
    before: list[int] = []
    for n, key in enumerate(keys):
        place = bisect_left(ends, key)
        before.append(at[place - 1] if place else -1)
        if place == len(ends):
            ends.append(key)
            at.append(n)
        else:
            ends[place], at[place] = key, n
    chosen: list[int] = []
    n = at[-1] if at else -1
    while n >= 0:
        chosen.append(n)
        n = before[n]
    return [run[n] for n in reversed(chosen)]


def _is_mostly_articles(text: str, heads: list[re.Match[str]]) -> bool:
    return (len(text) - heads[0].start()) >= len(text) / 2
