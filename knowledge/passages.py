"""Cuts an entry into passages that fit on a screen, each an exact piece of its section."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING

from knowledge.model import Entry, Passage, Section

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

SIZE = 500
"""Longest passage, in characters."""
OVERLAP = 100
"""Characters two neighbouring passages of one section may share."""
_SEPARATORS = ["\n\n", "\n", "。", "！", "？", "；", "，", "、", " ", ""]
_TABLE = re.compile(r"(?:^\|.*\|[ \t]*(?:\n|$)){2,}", re.M)


@cache
def _splitter() -> RecursiveCharacterTextSplitter:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        chunk_size=SIZE,
        chunk_overlap=OVERLAP,
        keep_separator="end",
        strip_whitespace=False,
    )


def passages_of(entry: Entry) -> tuple[Passage, ...]:
    """All passages of an entry in reading order; at least one unless every section is empty."""
    found: list[Passage] = []
    for index, section in enumerate(entry.sections):
        for start, end in _spans(section):
            found.append(
                Passage(
                    entry=entry.id,
                    number=len(found),
                    heading=section.heading,
                    text=section.text[start:end],
                    key=section.key,
                    section=index,
                    start=start,
                    end=end,
                )
            )
    return tuple(found)


def _spans(section: Section) -> list[tuple[int, int]]:
    text = section.text
    if len(text) <= SIZE:
        return [_trimmed(text, 0, len(text))] if text.strip() else []
    spans: list[tuple[int, int]] = []
    at = 0
    for table in _TABLE.finditer(text):
        spans += _prose(text, at, table.start())
        spans.append((table.start(), table.end()))  # a table cut in two loses its head
        at = table.end()
    spans += _prose(text, at, len(text))
    trimmed = [_trimmed(text, start, end) for start, end in spans]
    return [(start, end) for start, end in trimmed if end > start]


def _prose(text: str, start: int, end: int) -> list[tuple[int, int]]:
    body = text[start:end]
    if not body.strip():
        return []
    if len(body) <= SIZE:
        return [(start, end)]
    spans: list[tuple[int, int]] = []
    at = 0
    for chunk in _splitter().split_text(body):
        # Overlapping chunks begin after the last one began; search from there.
        at = body.index(chunk, at)
        spans.append((start + at, start + at + len(chunk)))
        at += 1
    return spans


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def passage_index_text(entry: Entry, passage: Passage) -> str:
    """What is searched for a passage: the title and heading speak for the text below them.

    The entry's other ways of being asked stand with its first passage, its opening.
    """
    parts = [entry.title, passage.heading, passage.text]
    if passage.number == 0:
        parts += entry.questions
    return "\n".join(parts)


def passage_key(passage_id: str, text: str) -> int:
    """63 bits that stand for these words of this passage, by which its vector is known."""
    digest = hashlib.blake2b(f"{passage_id}\0{text}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def entry_index_text(entry: Entry) -> str:
    """What is searched for the entry as a whole: everything, with its ways of being asked."""
    parts = [entry.title, *entry.aliases, *entry.questions, *entry.topics, entry.text]
    return "\n".join(parts)


def entry_names(entry: Entry) -> str:
    """What the entry is called: its title and the other names of the matter."""
    return "\n".join([entry.title, *entry.aliases])
