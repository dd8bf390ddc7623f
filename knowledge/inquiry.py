"""Whether a message reads like a question about a rule, or like a report, small talk, the rest.

A linear model over the characters of the message, its pairs and its triples, and over how much of
it are words of public business, hashed into a fixed number of places.  It knows nothing of any
base; it is one of the judge's :mod:`signals`.  The weights are made from our own texts by
``python -m knowledge.training``.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.matters import matters

WEIGHTS = Path(__file__).parent / "lexicon" / "inquiry.npy"
PLACES = 1 << 14
"""Places the features are hashed into; the weights have one more, the bias."""
_LONGEST = 400  # characters looked at; how a letter ends says as little as how it begins says much
_NUMBERS = re.compile(r"[0-9]+")
_SPACES = re.compile(r"\s+")
_MIX = np.asarray([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D], dtype=np.uint64)
_SURE = -3.0  # log-odds above which a message may well be a question of the kind
LOWEST = -4.0


def inquiry(folded: str) -> float:
    """0 for what may be a question about a rule, down to −4 for what certainly is none."""
    return float(np.clip(log_odds(folded) - _SURE, LOWEST, 0.0))


def log_odds(folded: str) -> float:
    """Of being a question about a rule; most people's stories come out below 0."""
    weights = _weights()
    places = features(folded)
    if not len(places):
        return float(weights[-1])
    return float(weights[places].sum() / np.sqrt(len(places)) + weights[-1])


def features(folded: str) -> NDArray[np.int64]:
    """The distinct places of a folded message's characters, pairs and triples, and of how many of
    its words, and how much of it, is public business."""
    text = _SPACES.sub(" ", _NUMBERS.sub("0", folded)).strip()[:_LONGEST]
    if not text:
        return np.empty(0, dtype=np.int64)
    framed = f"\x02{text}\x03"
    points = np.frombuffer(framed.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    found = []
    for size in (1, 2, 3):
        count = len(points) - size + 1
        mixed = np.full(max(count, 0), size, dtype=np.uint64)
        for n in range(size):
            mixed = (mixed * _MIX[1] ^ points[n : n + count] * _MIX[n]) & np.uint64(0xFFFFFFFF)
        found.append((mixed ^ mixed >> np.uint64(15)) % np.uint64(PLACES))
    found.append(_business(text))
    return np.unique(np.concatenate(found)).astype(np.int64)


def _business(text: str) -> NDArray[np.uint64]:
    words = matters(text)
    count = min(len(words), 4)
    share = min(6 * sum(map(len, words)) // max(len(text), 1), 4)
    size = min(int(np.log2(len(text) + 1)), 7)
    marks = (f"n{count}", f"s{share}", f"n{count}-{size}")
    return np.asarray([zlib.crc32(m.encode()) % PLACES for m in marks], dtype=np.uint64)


@lru_cache(maxsize=1)
def _weights() -> NDArray[np.float32]:
    return np.asarray(np.load(WEIGHTS, allow_pickle=False), dtype=np.float32)
