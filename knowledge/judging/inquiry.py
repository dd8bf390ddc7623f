"""Whether a message reads like a question about a rule, whether like public business at all, and
whether what it comes to is a question or a report.

Three things, for three reasons: a report ("路灯坏了") is public business and no question, which
says little in a base that is asked in stories; small talk and the world at large are neither
anywhere; and what a message of either sort is for stands at its end ("…，能要求赔偿吗",
"…，还有没有人管").

Linear models over the characters of the message, its pairs and its triples, over those of its end
once more, and, but for the last, over how much of it are words of public business, hashed into a
fixed number of places.  They know nothing of any base; they are among the judge's :mod:`signals`.
The weights are made from our own texts by ``python -m knowledge.training.inquiry``.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.matters import matters

WEIGHTS = Path(__file__).parents[1] / "lexicon" / "inquiry.npy"
PLACES = 1 << 15
"""Places the features are hashed into; the weights have one more, the bias."""
_END_ROW = 2  # of the weights: the rows before are those of the whole message
_END = 12  # characters of a message that are its end
_WRAPPING = " \t,.;:!?…~，。；：！？、～\"'”’）)"
_LONGEST = 400  # characters looked at; how a letter ends says as little as how it begins says much
_TAIL = 80  # characters of a message that tell a question from a report
_NUMBERS = re.compile(r"[0-9]+")
_SPACES = re.compile(r"\s+")
_MIX = np.asarray([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D], dtype=np.uint64)
_SURE = -2.0  # log-odds above which a message may well be a question of the kind
_NEAR = -0.5  # and public business: of less common matters too
_DOUBT = -3.0  # log-odds from which what is put as a question is taken for one
LOWEST = -4.0


def inquiry(folded: str) -> float:
    """0 for what may be a question about a rule, down to −4 for what certainly is none."""
    return float(np.clip(log_odds(folded) - _SURE, LOWEST, 0.0))


def telling(folded: str, *, asks: bool) -> float:
    """0 for what comes to a question, down to −4 for what certainly reports or demands.

    ``asks``: it is put as a question ("谁来管管" is as well): then doubt is a reason to take it for
    one, else not.
    """
    found = _log_odds(tail_features(folded), _weights()[_END_ROW])
    return float(np.clip(found - (_DOUBT if asks else 0.0), LOWEST, 0.0))


def business(folded: str) -> float:
    """0 for what may be public business, asked about or reported, down to −4 for small talk and
    questions about the world."""
    return float(np.clip(_whole(folded)[1] - _NEAR, LOWEST, 0.0))


def log_odds(folded: str) -> float:
    """Of being a question about a rule; most people's stories come out below 0."""
    return float(_whole(folded)[0])


@lru_cache(maxsize=256)
def _whole(folded: str) -> NDArray[np.float32]:
    return _log_odds(features(folded), _weights()[:_END_ROW])


def _log_odds(places: NDArray[np.int64], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    found = weights[..., places].sum(axis=-1) / np.sqrt(max(len(places), 1)) + weights[..., -1]
    return np.asarray(found, dtype=np.float32)


def features(folded: str) -> NDArray[np.int64]:
    """The distinct places of a folded message's characters, pairs and triples, and of how many of
    its words, and how much of it, is public business."""
    text = _SPACES.sub(" ", _NUMBERS.sub("0", folded)).strip()[:_LONGEST]
    if not text:
        return np.empty(0, dtype=np.int64)
    end = folded.strip()[-_LONGEST:].rstrip(_WRAPPING)[-_END:]
    found = [*_runs(f"\x02{text}\x03", 0), *_runs(f"{end}\x03", 3), _business(text)]
    return np.unique(np.concatenate(found)).astype(np.int64)


def tail_features(folded: str) -> NDArray[np.int64]:
    """The distinct places of the characters, pairs and triples of how a folded message ends."""
    text = _SPACES.sub(" ", _NUMBERS.sub("0", folded[-_LONGEST:])).strip()[-_TAIL:]
    end = text.rstrip(_WRAPPING)[-_END:]
    found = [*_runs(f"\x02{text}\x03", 0), *_runs(f"{end}\x03", 3)]
    return np.unique(np.concatenate(found)).astype(np.int64)


def _runs(text: str, salt: int) -> Iterator[NDArray[np.uint64]]:
    """Places of a text's characters, pairs and triples; another ``salt``, other places."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    for size in (1, 2, 3):
        count = len(points) - size + 1
        mixed = np.full(max(count, 0), size + salt, dtype=np.uint64)
        for n in range(size):
            mixed = (mixed * _MIX[1] ^ points[n : n + count] * _MIX[n]) & np.uint64(0xFFFFFFFF)
        yield (mixed ^ mixed >> np.uint64(15)) % np.uint64(PLACES)


def _business(text: str) -> NDArray[np.uint64]:
    words = matters(text)
    count = min(len(words), 4)
    share = min(6 * sum(map(len, words)) // max(len(text), 1), 4)
    size = min(int(np.log2(len(text) + 1)), 7)
    marks = (f"n{count}", f"s{share}", f"n{count}-{size}")
    return np.asarray([zlib.crc32(m.encode()) % PLACES for m in marks], dtype=np.uint64)


@cache
def _weights() -> NDArray[np.float32]:
    return np.asarray(np.load(WEIGHTS, allow_pickle=False), dtype=np.float32)
