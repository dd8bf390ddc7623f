"""Vectors from a server that speaks OpenAI's interface."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from langchain_core.embeddings import Embeddings

from knowledge.errors import EmbeddingError

_BATCH = 32
_TIMEOUT = 20.0
_ATTEMPTS = 3
_TOO_MUCH = frozenset((400, 413, 422))
"""How servers refuse too many texts at once, or one too long; also what they cannot read at all."""
_LEAST = 64  # characters of a text that no server finds too long
_QUERY_MOST = 500  # characters of a question that are looked for: most models read 512 tokens
_SAID_MOST = 200  # characters of what a server says of a refusal


class _Refused(EmbeddingError):
    """The server will not take this request, which may be too much at once."""


class OpenAICompatible(Embeddings):
    """``POST {url}/embeddings`` as OpenAI defined it and most servers speak it.

    How many texts a server takes at once, and how long ones, differs (10 and 8,192 tokens here, 64
    and 512 there) and is not told beforehand: what is refused is tried in halves, and a text that
    is refused alone by its beginning.
    """

    def __init__(self, url: str, model: str, key: str = "", prefix: str = "") -> None:
        """``url``: the API's root, ``http(s)://…/v1``; ``prefix``: put before every query."""
        if not url.startswith(("http://", "https://")):
            raise EmbeddingError(f"嵌入服务地址应以 http:// 或 https:// 开头：{url}")
        self._url = url.rstrip("/") + "/embeddings"
        self._model, self._key, self._prefix = model, key, prefix
        self._batch = _BATCH
        self._refusals = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = []
        while len(found) < len(texts):
            found += self._halved(texts[len(found) : len(found) + self._batch])
        return found

    def embed_query(self, text: str) -> list[float]:
        """One attempt, two seconds: a person is waiting, and the search works without."""
        try:
            return self._ask([self._prefix + text[:_QUERY_MOST]], 1, 2.0)[0]
        except _Refused as refused:  # without the server's words, which may repeat the person's
            raise EmbeddingError(str(refused).partition("：")[0]) from None

    def _halved(self, texts: list[str]) -> list[list[float]]:
        """Their vectors; where all are too many, fewer are sent from now on."""
        try:
            return self._ask(texts, _ATTEMPTS, _TIMEOUT)
        except _Refused as refused:
            self._refusals += 1
            if len(texts) == 1:
                return [self._beginning(texts[0], refused)]
        before, half = self._refusals, (len(texts) + 1) // 2
        found = self._halved(texts[:half]) + self._halved(texts[half:])
        if self._refusals == before:  # it was their number
            self._batch = half
        return found

    def _beginning(self, text: str, refused: _Refused) -> list[float]:
        """The vector of as much of a text as is taken. Raises what refused all of it."""
        while len(text) > _LEAST:
            text = text[: len(text) * 2 // 3]
            try:
                return self._ask([text], _ATTEMPTS, _TIMEOUT)[0]
            except _Refused:
                continue
        raise refused

    def _ask(self, texts: list[str], attempts: int, timeout: float) -> list[list[float]]:
        body = json.dumps({"model": self._model, "input": texts}).encode()
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        for attempt in range(1, attempts + 1):
            request = urllib.request.Request(self._url, body, headers)  # noqa: S310 checked above
            try:
                with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
                    return _vectors(json.load(answer), len(texts))
            except urllib.error.HTTPError as error:
                with error:
                    said = error.read(4 * _SAID_MOST).decode(errors="replace")[:_SAID_MOST]
                refusal = f"嵌入服务拒绝请求（HTTP {error.code}）：{said}"
                if error.code in _TOO_MUCH:
                    raise _Refused(refusal) from error
                if error.code < 500 and error.code != 429:
                    raise EmbeddingError(refusal.partition("：")[0]) from error
                cause: Exception = error
            except (OSError, ValueError) as error:
                cause = error
            if attempt == attempts:
                raise EmbeddingError(f"嵌入服务没有应答：{cause}") from cause
            time.sleep(0.5 * 2**attempt)
        raise AssertionError("unreachable")


def _vectors(data: Mapping[str, Any], count: int) -> list[list[float]]:
    try:
        rows = sorted(data["data"], key=lambda row: row.get("index", 0))
        vectors = [[float(x) for x in row["embedding"]] for row in rows]
    except (KeyError, TypeError, AttributeError) as error:
        raise EmbeddingError("嵌入服务的应答看不懂（缺 data[].embedding）") from error
    if len(vectors) != count:
        raise EmbeddingError(f"嵌入服务少给了向量：要 {count} 个，得 {len(vectors)} 个")
    return vectors
