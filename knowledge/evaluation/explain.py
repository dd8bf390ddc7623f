"""Why a search came out as it did, as JSON: the editor's hit test."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.answer import Answer
from knowledge.base import Found
from knowledge.judging.signals import signals_of
from knowledge.regions import gazetteer
from knowledge.text import term_text

_TERMS = 12
_KEPT_OUT = 5  # entries named that the masks kept out
_ABOUT_AS_WELL = 0.5  # of the best score of any entry
_OPEN_END = date.max.toordinal()


def explain_json(answer: Answer, found: Found, *, detailed: bool) -> dict[str, Any]:
    """The answer, the ranked entries, and (``detailed``) scores term by term and the masks."""
    data: dict[str, Any] = {
        "verdict": answer.verdict.value,
        "reason": answer.reason,
        "confidence": round(answer.confidence, 4),
        "aspect": answer.aspect,
        "unsaid": answer.unsaid,
        "wider": answer.wider,
        "regions": list(answer.regions),
        "passages": [asdict(cited) for cited in answer.passages],
        "history": [asdict(cited) for cited in answer.history],
        "hits": [
            {
                "entry_id": hit.entry.id,
                "passage_id": hit.passage.id,
                "title": hit.entry.title,
                "region": hit.entry.region,
                "region_name": gazetteer().name(hit.entry.region),
                "score": round(hit.score, 4),
                "local": hit.local,
            }
            for hit in found.hits
        ],
    }
    if detailed:
        signals = signals_of(found)
        mask = found.snapshot.mask(found.scope)
        data["searched"] = found.prepared.folded
        data["signals"] = asdict(signals) if signals else None
        data["scope"] = {
            "on": found.scope.on.isoformat(),
            "regions": list(found.scope.codes()),
            "audience": list(found.scope.audience.names),
            "allowed": int(mask.sum()),
            "of": int(found.snapshot.columns.alive.sum()),
        }
        data["kept_out"] = _kept_out(found, mask)
        data["terms"] = [_terms(found, hit.passage_row) for hit in found.hits[:3]]
    return data


def _kept_out(found: Found, mask: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Entries whose words fit about as well as the best shown, but which may not answer; ``why``:
    ``place``, ``audience``, ``not_yet``, ``ended``, all that hold."""
    snapshot, scope, scores = found.snapshot, found.scope, found.scores.entries
    columns, day = snapshot.columns, found.scope.on.toordinal()
    out = np.flatnonzero(columns.alive & ~mask & (scores > 0))
    if not len(out):
        return []
    best = float(scores[columns.alive].max())
    codes = scope.codes()
    said: list[dict[str, Any]] = []
    for row in out[np.argsort(-scores[out], kind="stable")][:_KEPT_OUT]:
        if scores[row] < _ABOUT_AS_WELL * best:
            break
        entry = snapshot.entry(int(row))
        checks = {
            "place": bool(codes) and int(columns.region[row]) not in codes,
            "audience": not int(columns.audience[row]) & int(scope.audience),
            "not_yet": int(columns.first[row]) > day,
            "ended": int(columns.last[row]) < day,
        }
        last = int(columns.last[row])
        said.append(
            {
                "entry_id": entry.id,
                "title": entry.title,
                "why": [why for why, holds in checks.items() if holds],
                "region_name": gazetteer().name(entry.region),
                "first": entry.effective_from.isoformat() if entry.effective_from else None,
                "last": date.fromordinal(last).isoformat() if 1 <= last < _OPEN_END else None,
            }
        )
    return said


def _terms(found: Found, passage_row: int) -> list[list[Any]]:
    scores = found.scores
    gains = found.snapshot.impacts(passage_row, scores.terms) * scores.rarity
    order = np.argsort(-gains)[:_TERMS]
    return [
        [term_text(int(scores.terms[i])), round(float(gains[i]), 3)] for i in order if gains[i] > 0
    ]
