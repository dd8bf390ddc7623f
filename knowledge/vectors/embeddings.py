"""Where vectors come from: an OpenAI-compatible endpoint, a local model folder, or neither.

All are LangChain ``Embeddings``, so any other of LangChain's can stand in their place.
"""

from __future__ import annotations

import math
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

from langchain_core.embeddings import Embeddings

from knowledge.text import fold
from knowledge.vectors.endpoint import OpenAICompatible
from knowledge.vectors.folder import LocalFolder


class HashedGrams(Embeddings):
    """Counts of characters and pairs, hashed into a short vector.

    This is no language model: it knows spelling, not meaning, and never takes part in ranking.
    It lets Chroma hold and find passages (near-copies, mostly) where no embedding model is
    configured, without downloading one.
    """

    def __init__(self, size: int = 64) -> None:
        self._size = size

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        folded = fold(text)
        vector = [0.0] * self._size
        for width in (1, 2):
            for at in range(len(folded) - width + 1):
                code = zlib.crc32(folded[at : at + width].encode())
                vector[code % self._size] += 1.0 if code & 0x10000 else -1.0
        length = math.sqrt(sum(x * x for x in vector))
        return [x / length for x in vector] if length else [1.0, *vector[1:]]


@dataclass(frozen=True, slots=True)
class Embedder:
    """Vectors with a name for where they come from; another name means another collection."""

    name: str
    embeddings: Embeddings
    ranks: bool
    """Whether they know meaning, so may take part in ranking."""


def configured() -> Embedder:
    """What the environment asks for.

    ``HUIYING_EMBEDDINGS_URL`` with ``…_MODEL`` and ``…_KEY``, or ``HUIYING_EMBEDDINGS_FOLDER``;
    ``…_QUERY_PREFIX`` for models that want one.  Without either, hashed characters.
    Raises :class:`~knowledge.errors.EmbeddingError` if what is asked for cannot be.
    """
    prefix = os.environ.get("HUIYING_EMBEDDINGS_QUERY_PREFIX", "")
    url = os.environ.get("HUIYING_EMBEDDINGS_URL", "")
    if url:
        model = os.environ.get("HUIYING_EMBEDDINGS_MODEL", "")
        key = os.environ.get("HUIYING_EMBEDDINGS_KEY", "")
        return Embedder(f"{url} {model}", OpenAICompatible(url, model, key, prefix), ranks=True)
    folder = os.environ.get("HUIYING_EMBEDDINGS_FOLDER", "")
    if folder:
        return Embedder(folder, LocalFolder(Path(folder), prefix), ranks=True)
    return Embedder("hashed-grams-64", HashedGrams(), ranks=False)
