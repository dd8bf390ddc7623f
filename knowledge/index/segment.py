"""One immutable piece of an index on disk: postings, masks' columns and the entries themselves.

A segment is written once into a new folder and never changed; publishing means naming it in
the base's manifest.  So a reader that has it open keeps a whole, consistent index however
often the base is published meanwhile.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.codec import content_hash, entry_from_json, entry_to_json, id_in_json
from knowledge.index.postings import B_ARTICLE, B_PIECE, B, Postings, PostingsBuilder
from knowledge.model import Audience, Entry, EntryId, Kind, Passage
from knowledge.passages import (
    entry_index_text,
    entry_names,
    passage_index_text,
    passage_key,
    passages_of,
)
from knowledge.standing import is_article, standing_of
from knowledge.text import terms_of

EARLIEST = date.min.toordinal()
LATEST = date.max.toordinal()
_KINDS = tuple(Kind)
_STANDING = 16  # a kind's number lies below, how high the rule stands above
_LOOKED_UP = re.compile("(?:查询|名录|名单|目录|公示|公告|公布|下载|咨询|热线)(?:服务|信息|平台)?$")
_FEW = 0.02  # share of entries with several passages below which wholes are not worth their room


@dataclass(frozen=True, slots=True)
class Averages:
    """Mean lengths, in terms, that a base's scores are weighed against.

    ``entry`` is 0 in a base that keeps no postings of whole entries, ``title`` in one indexed
    before titles had postings.
    """

    passage: float
    entry: float
    title: float = 0.0


@dataclass(frozen=True, slots=True)
class Dated:
    """An entry with the last day it holds once the entries that replace it are known."""

    entry: Entry
    until: date | None


@dataclass(frozen=True, slots=True)
class Segment:
    """Columns are parallel to entry rows, which are in order of id, unless named ``passage_*``.

    ``first``/``last``: ordinals of the days an entry holds.  ``region``: code as a number.
    ``standing``: see :class:`~knowledge.standing.Standing`.
    ``first_passage``: passage row of an entry's first passage.
    ``passage_entry``: the row of the entry a passage is of; passages of one entry adjoin.
    ``passage_at``: its section, start and end, shape ``(passages, 3)``.
    ``passage_key``: by what its vector is known in Chroma.
    ``wholes``: postings of entries' whole texts, by entry row; ``None`` in a base whose entries
    nearly all have a single passage, which then is the whole.
    ``titles``: postings of titles and other names, by entry row.
    """

    name: str
    passages: Postings
    wholes: Postings | None
    titles: Postings | None
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    region: NDArray[np.int64]
    audience: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    standing: NDArray[np.uint8]
    first_passage: NDArray[np.int64]
    passage_entry: NDArray[np.int32]
    passage_at: NDArray[np.int32]
    passage_key: NDArray[np.int64]
    _texts: NDArray[np.uint8]
    _offsets: NDArray[np.int64]

    def entry(self, row: int) -> Entry:
        """Read one entry; costs tens of microseconds."""
        return entry_from_json(self._text(row))

    def row_of(self, entry_id: EntryId) -> int | None:
        """Where an entry stands, ``None`` if it is not here; looks at a handful of rows."""
        rows = range(len(self.first))
        at = bisect_left(rows, entry_id, key=lambda row: id_in_json(self._text(row)))
        return at if at < len(rows) and id_in_json(self._text(at)) == entry_id else None

    def says(self, row: int, digest: str, until: date | None) -> bool:
        """Whether a row is the entry with this content hash, ending on this day."""
        last = until.toordinal() if until else LATEST
        return int(self.last[row]) == last and content_hash(self._text(row)) == digest

    def ids(self) -> Iterator[EntryId]:
        """The ids of all rows."""
        return (id_in_json(self._text(row)) for row in range(len(self.first)))

    def _text(self, row: int) -> bytes:
        low, high = int(self._offsets[row]), int(self._offsets[row + 1])
        return self._texts[low:high].tobytes()

    @property
    def items(self) -> NDArray[np.bool_]:
        """Which entry rows are service items."""
        return np.asarray(self.kind == _KINDS.index(Kind.SERVICE))

    def kind_of(self, row: int) -> Kind:
        return _KINDS[int(self.kind[row])]

    def passage(self, row: int, entry: Entry) -> Passage:
        """The passage in a passage row, given its entry."""
        section_no, start, end = (int(n) for n in self.passage_at[row])
        first = int(self.first_passage[self.passage_entry[row]])
        section = entry.sections[section_no]
        return Passage(
            entry=entry.id,
            number=row - first,
            heading=section.heading,
            text=section.text[start:end],
            key=section.key,
            section=section_no,
            start=start,
            end=end,
        )


def write_segment(folder: Path, entries: Iterable[Dated], averages: Averages | None) -> Averages:
    """Build a segment in ``folder`` (made here, must be new).  Returns the averages used.

    ``entries``: in order of id.  ``averages``: those of the base it is added to.
    """
    folder.mkdir(parents=True)
    by_passage = PostingsBuilder(folder, "passages")
    by_entry = PostingsBuilder(folder, "wholes")
    by_title = PostingsBuilder(folder, "titles")
    columns: list[tuple[int, int, int, int, int]] = []
    places: list[tuple[int, int, int, int]] = []
    keys: list[int] = []
    several = 0
    articles: list[bool] = []
    offsets: list[int] = [0]
    with (folder / "entries.bin").open("wb") as texts:
        for dated in entries:
            entry = dated.entry
            passages = passages_of(entry)
            whole = terms_of(entry_index_text(entry))
            by_entry.add(whole)
            by_title.add(terms_of(entry_names(entry)))
            several += len(passages) > 1
            articles.append(
                is_article(entry) or (entry.kind is Kind.STATUTE and len(passages) == 1)
            )
            for passage in passages:
                text = passage_index_text(entry, passage)
                by_passage.add(whole if len(passages) == 1 else terms_of(text))
                keys.append(passage_key(passage.id, text))
                places.append((len(columns), passage.section, passage.start, passage.end))
            columns.append(_columns(dated))
            offsets.append(offsets[-1] + texts.write(entry_to_json(entry).encode()))
    if averages is None:
        alike = several < _FEW * len(columns)
        entry_average = 0.0 if alike else by_entry.average
        averages = Averages(by_passage.average, entry_average, by_title.average)
    wholes_b = np.where(articles, B_ARTICLE, B).astype(np.float32)
    of_entry = np.asarray([entry for entry, *_ in places], dtype=np.int64)
    by_passage.finish(averages.passage, B_PIECE if averages.entry else wholes_b[of_entry])
    if averages.entry:
        by_entry.finish(averages.entry, wholes_b)
    else:
        by_entry.discard()
    if averages.title:
        by_title.finish(averages.title)
    else:
        by_title.discard()
    np.save(folder / "columns.npy", np.asarray(columns, dtype=np.int64).reshape(-1, 5))
    np.save(folder / "places.npy", np.asarray(places, dtype=np.int32).reshape(-1, 4))
    np.save(folder / "keys.npy", np.asarray(keys, dtype=np.int64))
    np.save(folder / "offsets.npy", np.asarray(offsets, dtype=np.int64))
    return averages


def _columns(dated: Dated) -> tuple[int, int, int, int, int]:
    entry = dated.entry
    return (
        entry.effective_from.toordinal() if entry.effective_from else EARLIEST,
        dated.until.toordinal() if dated.until else LATEST,
        int(entry.region),
        int(_readers(entry)),
        _KINDS.index(entry.kind) + _STANDING * standing_of(entry),
    )


def _readers(entry: Entry) -> Audience:
    """Whom an entry may answer: those it is for, and everybody where a service item only lets
    something be looked up or asked. Portals put such down as for persons, without meaning that a
    business may not look at a list of hauliers."""
    if entry.kind is Kind.SERVICE and _LOOKED_UP.search(entry.title):
        return Audience.BOTH
    return entry.audience


def open_segment(folder: Path) -> Segment:
    """Map a segment; a few milliseconds whatever its size."""
    columns = _load(folder / "columns.npy")
    places = _load(folder / "places.npy")
    passages = Postings.open(folder, "passages", len(places))
    texts = folder / "entries.bin"
    return Segment(
        name=folder.name,
        passages=passages,
        wholes=_postings(folder, "wholes", len(columns)),
        titles=_postings(folder, "titles", len(columns)),
        first=columns[:, 0].astype(np.int32),
        last=columns[:, 1].astype(np.int32),
        region=columns[:, 2],
        audience=columns[:, 3].astype(np.uint8),
        kind=(columns[:, 4] % _STANDING).astype(np.uint8),
        standing=(columns[:, 4] // _STANDING).astype(np.uint8),
        first_passage=np.searchsorted(places[:, 0], np.arange(len(columns))),
        passage_entry=np.ascontiguousarray(places[:, 0]),
        passage_at=places[:, 1:],
        passage_key=_load(folder / "keys.npy"),
        _texts=np.asarray(np.memmap(texts, dtype=np.uint8, mode="r"))
        if texts.stat().st_size
        else np.empty(0, dtype=np.uint8),
        _offsets=_load(folder / "offsets.npy"),
    )


def _postings(folder: Path, name: str, size: int) -> Postings | None:
    return Postings.open(folder, name, size) if (folder / f"{name}.keys.npy").exists() else None


def _load(path: Path) -> NDArray[Any]:
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
