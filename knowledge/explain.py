"""Why a search came out as it did, as JSON: the editor's hit test."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from knowledge.answer import Answer
from knowledge.base import Found
from knowledge.signals import signals_of
from knowledge.text import term_text

_TERMS = 12


def explain_json(answer: Answer, found: Found, *, detailed: bool) -> dict[str, Any]:
    """The answer, the ranked entries, and (``detailed``) scores term by term and the masks."""
    data: dict[str, Any] = {
        "verdict": answer.verdict.value,
        "reason": answer.reason,
        "confidence": round(answer.confidence, 4),
        "aspect": answer.aspect,
        "regions": list(answer.regions),
        "passages": [asdict(cited) for cited in answer.passages],
        "history": [asdict(cited) for cited in answer.history],
        "hits": [
            {
                "entry_id": hit.entry.id,
                "passage_id": hit.passage.id,
                "title": hit.entry.title,
                "region": hit.entry.region,
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
        data["terms"] = [_terms(found, hit.passage_row) for hit in found.hits[:3]]
    return data


def _terms(found: Found, passage_row: int) -> list[list[Any]]:
    scores = found.scores
    gains = found.snapshot.impacts(passage_row, scores.terms) * scores.rarity
    order = np.argsort(-gains)[:_TERMS]
    return [
        [term_text(int(scores.terms[i])), round(float(gains[i]), 3)] for i in order if gains[i] > 0
    ]
