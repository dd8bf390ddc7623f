"""Where vectors come from: an OpenAI-compatible endpoint, a local model folder, or neither.

All are LangChain ``Embeddings``, so any other of LangChain's can stand in their place.
"""

from __future__ import annotations

import json
import math
import os
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.embeddings import Embeddings

from knowledge.errors import EmbeddingError
from knowledge.text import fold

_BATCH = 32
_TIMEOUT = 20.0
_ATTEMPTS = 3


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


class OpenAICompatible(Embeddings):
    """``POST {url}/embeddings`` as OpenAI defined it and most servers speak it."""

    def __init__(self, url: str, model: str, key: str = "", prefix: str = "") -> None:
        """``url``: the API's root, ``http(s)://…/v1``; ``prefix``: put before every query."""
        if not url.startswith(("http://", "https://")):
            raise EmbeddingError(f"嵌入服务地址应以 http:// 或 https:// 开头：{url}")
        self._url = url.rstrip("/") + "/embeddings"
        self._model, self._key, self._prefix = model, key, prefix

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = []
        for at in range(0, len(texts), _BATCH):
            found += self._ask(texts[at : at + _BATCH], _ATTEMPTS, _TIMEOUT)
        return found

    def embed_query(self, text: str) -> list[float]:
        """One attempt, two seconds: a person is waiting, and the search works without."""
        return self._ask([self._prefix + text], 1, 2.0)[0]

    def _ask(self, texts: list[str], attempts: int, timeout: float) -> list[list[float]]:
        body = json.dumps({"model": self._model, "input": texts}).encode()
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        for attempt in range(1, attempts + 1):
            request = urllib.request.Request(self._url, body, headers)  # noqa: S310 checked above
            try:
                with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
                    return self._vectors(json.load(answer), len(texts))
            except urllib.error.HTTPError as error:
                error.close()
                if error.code < 500 and error.code != 429:
                    raise EmbeddingError(f"嵌入服务拒绝请求（HTTP {error.code}）") from error
                cause: Exception = error
            except (OSError, ValueError) as error:
                cause = error
            if attempt == attempts:
                raise EmbeddingError(f"嵌入服务没有应答：{cause}") from cause
            time.sleep(0.5 * 2**attempt)
        raise AssertionError("unreachable")

    @staticmethod
    def _vectors(data: Mapping[str, Any], count: int) -> list[list[float]]:
        try:
            rows = sorted(data["data"], key=lambda row: row.get("index", 0))
            vectors = [[float(x) for x in row["embedding"]] for row in rows]
        except (KeyError, TypeError) as error:
            raise EmbeddingError("嵌入服务的应答看不懂（缺 data[].embedding）") from error
        if len(vectors) != count:
            raise EmbeddingError(f"嵌入服务少给了向量：要 {count} 个，得 {len(vectors)} 个")
        return vectors


class LocalFolder(Embeddings):
    """A sentence model exported to ONNX: ``tokenizer.json`` with ``model.onnx`` (or
    ``onnx/model.onnx``) in one folder.  The first token's vector stands for the text, as in the
    bge family; vectors have length 1.
    """

    def __init__(self, folder: Path, prefix: str = "") -> None:
        places = (folder / "model.onnx", folder / "onnx" / "model.onnx")
        graph = next((place for place in places if place.exists()), None)
        if graph is None or not (folder / "tokenizer.json").exists():
            raise EmbeddingError(f"模型文件夹里应有 model.onnx 和 tokenizer.json：{folder}")
        import onnxruntime  # type: ignore[import-untyped]
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(512)
        self._tokenizer.enable_padding()
        self._session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
        self._wanted = {part.name for part in self._session.get_inputs()}
        self._prefix = prefix

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = []
        for at in range(0, len(texts), _BATCH):
            found += self._run(texts[at : at + _BATCH])
        return found

    def embed_query(self, text: str) -> list[float]:
        return self._run([self._prefix + text])[0]

    def _run(self, texts: list[str]) -> list[list[float]]:
        import numpy as np

        rows = self._tokenizer.encode_batch(texts)
        inputs = {
            "input_ids": np.array([row.ids for row in rows], dtype=np.int64),
            "attention_mask": np.array([row.attention_mask for row in rows], dtype=np.int64),
            "token_type_ids": np.array([row.type_ids for row in rows], dtype=np.int64),
        }
        fed = {name: value for name, value in inputs.items() if name in self._wanted}
        first = np.asarray(self._session.run(None, fed)[0])[:, 0]
        unit = first / np.maximum(np.linalg.norm(first, axis=1, keepdims=True), 1e-12)
        return [[float(x) for x in row] for row in unit]


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
    Raises :class:`EmbeddingError` if what is asked for cannot be.
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
