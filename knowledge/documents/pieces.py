"""Rows of one file under one id: pieces of one entry where only their texts differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from knowledge.model import Entry, EntryId, Kind, Section
from knowledge.sources.raw import Problem
from knowledge.sources.statute import articles_of

_ROW = re.compile(r"^(.+):\[?\d+\]?$")
# What pieces of one entry must agree on, as editors call it.
_AGREED = {
    "title": "标题",
    "region": "地区",
    "audience": "适用对象",
    "effective_from": "生效日期",
    "effective_to": "失效日期",
    "supersedes": "取代的条目",
    "document_number": "文号",
    "issuer": "发布机关",
}


class Pieces:
    """The further rows of entries whose first rows are kept elsewhere."""

    def __init__(self) -> None:
        self._firsts: dict[EntryId, Entry] = {}
        self._more: dict[EntryId, list[Entry]] = {}
        self._said: dict[EntryId, set[tuple[Section, ...]]] = {}

    def add(self, first: Entry, origin: str, further: Entry) -> Problem:
        """What becomes of a row that has the id of an earlier one, and why."""
        file, other = _ROW.match(origin), _ROW.match(further.origin)
        if file is None or other is None or file[1] != other[1]:
            return _refused(further, origin, "")
        if unlike := [name for key, name in _AGREED.items() if _differ(first, further, key)]:
            why = f"{'、'.join(unlike)}不同，不能当作同一条目的几段；"
            return _refused(further, origin, why)
        said = self._said.setdefault(first.id, {first.sections})
        if further.sections in said:
            return Problem(further.origin, "同一条目里已有一字不差的一段，没有再收", taken=True)
        said.add(further.sections)
        self._firsts.setdefault(first.id, replace(first, origin=origin))
        self._more.setdefault(first.id, []).append(further)
        reason = "和前面的行同一编号、同一标题，收成一个条目的几段"
        return Problem(further.origin, reason, taken=True)

    def joined(self) -> Iterator[Entry]:
        """The entries that have several pieces, whole."""
        for entry_id, first in self._firsts.items():
            yield _joined([first, *self._more[entry_id]])


def _differ(one: Entry, other: Entry, key: str) -> bool:
    return bool(getattr(one, key) != getattr(other, key))


def _refused(further: Entry, origin: str, why: str) -> Problem:
    several = "；各行是一份文件里的几条时，另用一列编号，文件的编号写作 part_of" if why else ""
    return Problem(
        further.origin,
        f"编号 {further.id} 重复，已用 {origin} 的那条；{why}要都收，请改其中一个编号{several}",
    )


def _joined(pieces: list[Entry]) -> Entry:
    sections = tuple(dict.fromkeys(section for one in pieces for section in one.sections))
    articles: tuple[tuple[str, str], ...] = ()
    if not any(section.heading for section in sections):
        articles = articles_of("\n".join(section.text for section in sections))
    if articles:
        sections = tuple(Section(heading, text) for heading, text in articles)
    return replace(
        pieces[0],
        sections=sections,
        kind=Kind.STATUTE if articles else pieces[0].kind,
        topics=tuple(dict.fromkeys(word for one in pieces for word in one.topics)),
        aliases=tuple(dict.fromkeys(name for one in pieces for name in one.aliases)),
        questions=tuple(dict.fromkeys(asked for one in pieces for asked in one.questions)),
        fields=tuple(dict.fromkeys(field for one in pieces for field in one.fields)),
    )
