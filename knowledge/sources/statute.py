"""Splits laws and regulations into their articles (第…条), each with its chapter."""

from __future__ import annotations

import re

_NUMERAL = "[零〇一二三四五六七八九十百千0-9]+"
_ARTICLE = re.compile(rf"^[ \t　#*]*(第{_NUMERAL}条(?:之{_NUMERAL})?)[*]*[ \t　]*", re.M)
_CHAPTER = re.compile(
    rf"^[ \t　#*]*(第{_NUMERAL}[编章节][ \t　]*[^\n。]{{0,40}}?)[*]*[ \t　]*$", re.M
)
_LEAST = 3  # fewer lines beginning 第…条 are a guide that quotes a law, not a law


def articles_of(text: str) -> tuple[tuple[str, str], ...]:
    """(heading, text) per article, or nothing if the text is not built of articles.

    The heading carries the chapter ("第二章 行政许可 第五条"); the text is the article's own
    words, its number included, so that a quote is complete.
    """
    heads = list(_ARTICLE.finditer(text))
    if len(heads) < _LEAST or not _is_mostly_articles(text, heads):
        return ()
    chapters = [(m.start(), " ".join(m[1].split())) for m in _CHAPTER.finditer(text)]
    sections: list[tuple[str, str]] = []
    for n, head in enumerate(heads):
        end = heads[n + 1].start() if n + 1 < len(heads) else len(text)
        # A chapter's name between two articles belongs to the next one.
        end = min([at for at, _ in chapters if head.start() < at < end], default=end)
        chapter = next((name for at, name in reversed(chapters) if at < head.start()), "")
        body = text[head.start() : end].strip(" \t　#*\n")
        sections.append((f"{chapter} {head[1]}".strip(), body))
    return tuple(sections)


def _is_mostly_articles(text: str, heads: list[re.Match[str]]) -> bool:
    return (len(text) - heads[0].start()) >= len(text) / 2
