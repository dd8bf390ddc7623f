"""One immutable piece of an index on disk: postings, masks' columns and the entries themselves.

A segment is written once into a new folder and never changed; publishing means naming it in
the base's manifest.  So a reader that has it open keeps a whole, consistent index however
often the base is published meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.codec import entry_from_json, entry_to_json
from knowledge.index.postings import Postings, PostingsBuilder
from knowledge.model import Entry, EntryId, Kind, Passage
from knowledge.passages import (
    entry_index_text,
    passage_index_text,
    passage_key,
    passages_of,
)
from knowledge.text import terms_of

EARLIEST = date.min.toordinal()
LATEST = date.max.toordinal()
_KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Averages:
    """Mean lengths, in terms, that a base's scores are weighed against."""

    passage: float
    entry: float


@dataclass(frozen=True, slots=True)
class Dated:
    """An entry with the last day it holds once the entries that replace it are known."""

    entry: Entry
    until: date | None


@dataclass(frozen=True, slots=True)
class Segment:
    """Columns are parallel to entry rows unless named ``passage_*``.

    ``first``/``last``: ordinals of the days an entry holds.  ``region``: code as a number.
    ``passage_entry``: the row of the entry a passage is of; passages of one entry adjoin.
    ``passage_at``: its section, start and end, shape ``(passages, 3)``.
    ``passage_key``: by what its vector is known in Chroma.
    ``entries`` is the same object as ``passages`` where every entry has a single passage.
    """

    name: str
    passages: Postings
    entries: Postings
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    region: NDArray[np.int64]
    audience: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    passage_entry: NDArray[np.int32]
    passage_at: NDArray[np.int32]
    passage_key: NDArray[np.int64]
    _texts: NDArray[np.uint8]
    _offsets: NDArray[np.int64]

    def entry(self, row: int) -> Entry:
        """Read one entry; costs tens of microseconds."""
        low, high = int(self._offsets[row]), int(self._offsets[row + 1])
        return entry_from_json(self._texts[low:high].tobytes())

    def kind_of(self, row: int) -> Kind:
        return _KINDS[int(self.kind[row])]

    def passage(self, row: int, entry: Entry) -> Passage:
        """The passage in a passage row, given its entry."""
        section_no, start, end = (int(n) for n in self.passage_at[row])
        first = int(np.searchsorted(self.passage_entry, self.passage_entry[row]))
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


def write_segment(
    folder: Path, entries: Iterable[tuple[Dated, str]], averages: Averages | None
) -> Averages:
    """Build a segment in ``folder`` (made here, must be new).  Returns the averages used.

    ``entries``: each with its content hash.  ``averages``: those of the base it is added to.
    """
    folder.mkdir(parents=True)
    by_passage, by_entry = PostingsBuilder(), PostingsBuilder()
    columns: list[tuple[int, int, int, int, int]] = []
    places: list[tuple[int, int, int, int]] = []
    keys: list[int] = []
    offsets: list[int] = [0]
    ids: list[tuple[str, str, str | None]] = []
    single = True
    with (folder / "entries.bin").open("wb") as texts:
        for dated, digest in entries:
            entry = dated.entry
            passages = passages_of(entry)
            whole = terms_of(entry_index_text(entry))
            by_entry.add(whole)
            single = single and len(passages) == 1
            for passage in passages:
                text = passage_index_text(entry, passage)
                by_passage.add(whole if len(passages) == 1 else terms_of(text))
                keys.append(passage_key(passage.id, text))
                places.append((len(columns), passage.section, passage.start, passage.end))
            columns.append(_columns(dated))
            until = dated.until.isoformat() if dated.until else None
            ids.append((entry.id, digest, until))
            offsets.append(offsets[-1] + texts.write(entry_to_json(entry).encode()))
    used = averages or Averages(by_passage.average, by_entry.average)
    by_passage.finish(used.passage).save(folder, "passages")
    if not single:
        by_entry.finish(used.entry).save(folder, "entries")
    np.save(folder / "columns.npy", np.asarray(columns, dtype=np.int64).reshape(-1, 5))
    np.save(folder / "places.npy", np.asarray(places, dtype=np.int32).reshape(-1, 4))
    np.save(folder / "keys.npy", np.asarray(keys, dtype=np.int64))
    np.save(folder / "offsets.npy", np.asarray(offsets, dtype=np.int64))
    (folder / "ids.json").write_text(json.dumps(ids, ensure_ascii=False), encoding="utf-8")
    return used


def _columns(dated: Dated) -> tuple[int, int, int, int, int]:
    entry = dated.entry
    return (
        entry.effective_from.toordinal() if entry.effective_from else EARLIEST,
        dated.until.toordinal() if dated.until else LATEST,
        int(entry.region),
        int(entry.audience),
        _KINDS.index(entry.kind),
    )


def open_segment(folder: Path) -> Segment:
    """Map a segment; a few milliseconds whatever its size."""
    columns = _load(folder / "columns.npy")
    places = _load(folder / "places.npy")
    passages = Postings.open(folder, "passages", len(places))
    own = (folder / "entries.keys.npy").exists()
    texts = folder / "entries.bin"
    return Segment(
        name=folder.name,
        passages=passages,
        entries=Postings.open(folder, "entries", len(columns)) if own else passages,
        first=columns[:, 0].astype(np.int32),
        last=columns[:, 1].astype(np.int32),
        region=columns[:, 2],
        audience=columns[:, 3].astype(np.uint8),
        kind=columns[:, 4].astype(np.uint8),
        passage_entry=np.ascontiguousarray(places[:, 0]),
        passage_at=places[:, 1:],
        passage_key=_load(folder / "keys.npy"),
        _texts=np.asarray(np.memmap(texts, dtype=np.uint8, mode="r"))
        if texts.stat().st_size
        else np.empty(0, dtype=np.uint8),
        _offsets=_load(folder / "offsets.npy"),
    )


def segment_ids(folder: Path) -> list[tuple[EntryId, str, str | None]]:
    """What a segment holds, by entry row: id, content hash, last day it holds (ISO or ``None``).

    Only the writer needs it, to see what changed.
    """
    rows = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
    return [(EntryId(entry_id), digest, until) for entry_id, digest, until in rows]


def _load(path: Path) -> NDArray[Any]:
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
