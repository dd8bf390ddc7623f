"""A knowledge base as readers see it: open, always current, searched without locks."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from knowledge.fitting.entrance import entrance_first, plain
from knowledge.fitting.naming import closeness, distinct_terms
from knowledge.fitting.papers import named, named_first
from knowledge.fitting.particulars import as_asked_first, order_asked
from knowledge.fitting.purposes import suited_first, wanted
from knowledge.fitting.titled import asked_alike_first
from knowledge.fitting.whom import spoken_of_first
from knowledge.hit import Hit
from knowledge.index.manifest import Manifest, read_manifest, stamp
from knowledge.index.masks import Scope
from knowledge.index.snapshot import Scores, Snapshot
from knowledge.model import Audience, Entry, Passage
from knowledge.query import Query
from knowledge.questions.moments import Days
from knowledge.questions.question import (
    Prepared,
    Weighted,
    about_people,
    bare_of,
    official_terms,
    prepare,
    weigh,
    with_more,
)
from knowledge.questions.spelling import meant, respelt, written_out
from knowledge.rank import by_passage, rank
from knowledge.regions import gazetteer
from knowledge.standing import laws_first
from knowledge.text import fold
from knowledge.tuning import Tuning
from knowledge.vectors.dense import DenseLeg, Nearness

if TYPE_CHECKING:
    from knowledge.vectors.embeddings import Embedder

DEFAULT_BASE = "default"
_NAME = re.compile(r"[A-Za-z0-9_\-\u4e00-\u9fff]{1,64}")
_ATTEMPTS = 5
_OWN_WORDS = 0.9
_BESIDE = 8  # passages looked at beyond those wanted, where others may be those asked for
_DEEPER = 20  # service items looked at beyond those wanted, whose names may be closer


class BadBaseNameError(ValueError):
    """A base's name is its folder's; nothing that could lead elsewhere is allowed."""


def data_dir() -> Path:
    """Where this deployment keeps its data: ``HUIYING_DATA_DIR``, else ``var``."""
    return Path(os.environ.get("HUIYING_DATA_DIR", "var"))


def base_folder(name: str = DEFAULT_BASE, data: Path | None = None) -> Path:
    """The folder of a base, whether or not it exists yet."""
    if not _NAME.fullmatch(name):
        raise BadBaseNameError(f"知识库名字只能用字母、数字、汉字、-、_：{name}")
    return (data or data_dir()) / "knowledge" / name


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, with all that a judge or an explanation needs.

    ``hits``: best first, one per entry, all allowed by ``scope``.
    """

    query: Query
    prepared: Prepared
    scope: Scope
    hits: tuple[Hit, ...]
    scores: Scores
    snapshot: Snapshot
    tuning: Tuning
    near: Nearness | None = None

    def passages(self, count: int) -> tuple[Passage, ...]:
        """The best passages of all that are allowed, several of one entry if they are.

        Its own words count for more than in the order of entries: which of a long entry's passages
        says it, the entry as a whole and its title do not tell.
        """
        mask = self.snapshot.mask(self.scope)
        own = max(self.tuning.passage_weight, _OWN_WORDS)
        tuning = replace(self.tuning, passage_weight=own, title_weight=self.tuning.title_weight / 2)
        ranked = by_passage(self.snapshot, self.scores, mask, tuning, self.near)
        ranked[~mask[self.snapshot.passage_entry]] = -np.inf
        rows = [int(row) for row in np.argsort(-ranked, kind="stable")[: count + _BESIDE]]
        rows = [row for row in rows if ranked[row] > 0]
        standing = self.snapshot.standing[self.snapshot.passage_entry[rows]].tolist()
        order = laws_first(
            range(len(rows)),
            lambda n: float(ranked[rows[n]]),
            standing.__getitem__,
            self.tuning.law_weight,
        )
        rows = [rows[n] for n in order]
        entries = (self.snapshot.entry(int(self.snapshot.passage_entry[row])) for row in rows)
        scored = [(entry, float(ranked[row])) for entry, row in zip(entries, rows, strict=True)]
        order = order_asked(scored, self.prepared.folded)[:count]
        return tuple(self.snapshot.passage(rows[at]) for at in order)


class KnowledgeBase:
    """Safe to share between threads: a search uses the one snapshot it began with."""

    def __init__(self, folder: Path, embedder: Embedder | None = None) -> None:
        """``embedder``: what made the base's vectors, to rank by meaning too; without it, or
        where the base's tuning gives vectors no weight, words alone decide."""
        self.folder = folder
        self._dense = DenseLeg(folder, embedder) if embedder and embedder.ranks else None
        self._lock = Lock()
        self._stamp = (-1, -1)
        self._snapshot: Snapshot | None = None
        self.refresh()

    @classmethod
    def open(
        cls, name: str = DEFAULT_BASE, data: Path | None = None, embedder: Embedder | None = None
    ) -> KnowledgeBase:
        """Open a base by name; one that was never published is empty, not an error."""
        return cls(base_folder(name, data), embedder)

    @property
    def snapshot(self) -> Snapshot:
        """The publication in force; checking costs one ``stat``."""
        if stamp(self.folder) != self._stamp:
            self.refresh()
        assert self._snapshot is not None
        return self._snapshot

    @property
    def has_vectors(self) -> bool:
        """Whether an embedding model is configured and has been through the base."""
        return self._dense is not None and self._dense.fits(self.snapshot)

    def refresh(self) -> None:
        """Open the newest publication, if it is not the one already open."""
        with self._lock:
            for attempt in range(_ATTEMPTS):
                before = stamp(self.folder)
                if before == self._stamp and self._snapshot is not None:
                    return
                manifest: Manifest = read_manifest(self.folder)
                try:
                    snapshot = Snapshot(self.folder, manifest, self._snapshot)
                except FileNotFoundError:
                    # Published again between reading the manifest and opening its segments.
                    if attempt == _ATTEMPTS - 1:
                        raise
                    continue
                self._snapshot, self._stamp = snapshot, before
                return

    def search(
        self,
        query: Query,
        limit: int = 10,
        *,
        past: Days | None = None,
        tuning: Tuning | None = None,
    ) -> Found:
        """The entries that may answer, best first: the one path of production, hit test and
        evaluation.  ``past``: instead of these, rules that held on those days and no longer do."""
        snapshot = self.snapshot
        tuning = tuning or Tuning.from_json(snapshot.manifest.tuning)
        prepared = prepare(query.text, query.history)
        if tuning.meant_weight > 0:
            spelt = written_out(prepared.folded, snapshot.frequencies)
            spelt = respelt(spelt, snapshot.frequencies)
            prepared = replace(prepared, folded=spelt)
            if not prepared.carried:
                query = replace(query, text=spelt)  # the judge reads what was meant
        scope = self.scope(query, prepared)
        scores = snapshot.score(_weighed(prepared.folded, snapshot, tuning))
        mask = snapshot.mask(scope, past=past)
        asked = plain(prepared.folded, prepared.aspect)
        count = limit + _BESIDE if asked else limit
        near = self._dense.scores(snapshot, prepared, mask, tuning) if self._dense else None
        hits = rank(
            snapshot,
            scores,
            mask,
            tuning,
            count + _DEEPER if snapshot.has_items else count,
            near,
            asked=prepared.folded,
            placed=bool(scope.regions),
        )
        subject = distinct_terms(bare_of(prepared.folded))

        def close(entries: Sequence[Entry]) -> list[float]:
            return closeness(entries, scores.terms, subject, snapshot.name_rarity)

        hits = suited_first(hits, wanted(fold(query.text), prepared.folded), close)[:count]
        hits = asked_alike_first(hits, prepared.folded)
        hits = as_asked_first(hits, prepared.folded)
        hits = spoken_of_first(hits, prepared.folded)
        hits = named_first(hits, named(prepared.folded))
        hits = entrance_first(hits, asked, placed=bool(scope.regions))[:limit]
        return Found(query, prepared, scope, hits, scores, snapshot, tuning, near)

    @staticmethod
    def scope(query: Query, prepared: Prepared | None = None) -> Scope:
        """Day, regions and audience a question is about; a place it names goes before the
        asker's own, and a business that asks about its people asks what holds for them too.  A
        question that only points back keeps the place of what it points to."""
        regions = gazetteer().asked_about(query.text, query.region)
        if prepared and prepared.carried and not gazetteer().find(fold(query.text), query.region):
            regions = gazetteer().asked_about(prepared.folded, query.region)
        audience = Audience[query.audience.upper()] if query.audience else Audience.BOTH
        if audience is Audience.ENTERPRISE and about_people(fold(query.text)):
            audience = Audience.BOTH  # the examination its foreman takes is one for persons
        return Scope(query.on, regions, audience)


def _weighed(folded: str, snapshot: Snapshot, tuning: Tuning) -> Weighted:
    """The question's terms, with those this base may say instead."""
    weighed = weigh(folded, tuning)
    if tuning.official_weight > 0:
        weighed = with_more(weighed, *official_terms(folded, snapshot.frequencies, tuning))
    if tuning.meant_weight > 0:
        guessed = meant(folded, snapshot.frequencies)
        weights = np.full(len(guessed), tuning.meant_weight, dtype=np.float32)
        weighed = with_more(weighed, guessed, weights)
    return weighed
