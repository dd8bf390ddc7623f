"""The passages of a base in Chroma, found by vector.

Chroma follows the index, never leads it: an id is a digest of the passage's words, new ones are
added after the index that has them is published (until then they are found by words alone), old
ones deleted last, and an id that a reader's generation does not know is ignored.
Region, date and audience are not asked of Chroma (its filters cost hundreds of milliseconds):
more is fetched than wanted and the index's masks decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import EmbeddingError
from knowledge.vectors.embeddings import Embedder

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_BATCH = 256
_DELETE = 4000

Document = tuple[int, str, str]
"""A passage for Chroma: its key, the text searched, the id shown."""

Embedded = tuple[Sequence[Document], Sequence[Sequence[float]]]
"""Passages with their vectors, in the same order."""


class PassageVectors:
    """One base's collection.  One process writes; readers open their own and reopen it when
    the base is published, for Chroma does not show a second process's writes to a search."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._folder, self._embedder = folder / "chroma", embedder
        self._collection: Collection | None = None

    def reopen(self) -> None:
        """Forget what is open, so the next search sees what another process wrote."""
        from chromadb.api.shared_system_client import SharedSystemClient

        if self._collection is not None:
            self._collection = None
            SharedSystemClient.clear_system_cache()

    def search(self, vector: Sequence[float], count: int) -> list[tuple[int, float]]:
        """(key, cosine similarity) of the passages nearest to a vector of this model.  Raises
        :class:`EmbeddingError`."""
        collection = self._open()
        self._check_size(collection, len(vector))
        held = collection.count()
        if not held:
            return []
        found = collection.query(
            query_embeddings=[vector],
            n_results=min(count, held),
            include=["distances"],
        )
        distances = (found["distances"] or [[]])[0]
        return [(int(i, 16), 1.0 - d) for i, d in zip(found["ids"][0], distances, strict=True)]

    def add(
        self, documents: Iterable[Document], done: Callable[[int], None] = lambda _: None
    ) -> int:
        """Put in what is not there yet; returns how many.  Raises :class:`EmbeddingError`."""
        held = self.held()
        added, batch = 0, list[Document]()
        for document in documents:
            if document[0] in held:
                continue
            batch.append(document)
            if len(batch) == _BATCH:
                added += self.put(self.embedded(batch))
                batch = []
                done(added)
        return added + (self.put(self.embedded(batch)) if batch else 0)

    def keep_only(self, keys: Iterable[int]) -> int:
        """Delete what no published passage needs; returns how many."""
        collection = self._open()
        wanted = {_id(key) for key in keys}
        stale = [i for i in collection.get(include=[])["ids"] if i not in wanted]
        for at in range(0, len(stale), _DELETE):
            collection.delete(ids=stale[at : at + _DELETE])
        return len(stale)

    def count(self) -> int:
        """Passages held."""
        return int(self._open().count())

    def held(self) -> set[int]:
        """The keys of the passages held."""
        return {int(one, 16) for one in self._open().get(include=[])["ids"]}

    def embedded(self, batch: Sequence[Document]) -> Embedded:
        """Passages with their vectors, not put in yet.  Raises :class:`EmbeddingError`."""
        vectors = self._embedder.embeddings.embed_documents([text for _, text, _ in batch])
        sizes = {len(vector) for vector in vectors}
        if len(sizes) != 1:
            raise EmbeddingError("嵌入服务给出的向量长短不一")
        self._check_size(self._open(), sizes.pop())
        return batch, vectors

    def put(self, embedded: Embedded) -> int:
        """Put in passages with their vectors; returns how many."""
        batch, vectors = embedded
        self._open().upsert(
            ids=[_id(key) for key, _, _ in batch],
            embeddings=vectors,  # type: ignore[arg-type]
            documents=[text for _, text, _ in batch],
            metadatas=[{"passage": passage} for _, _, passage in batch],
        )
        return len(batch)

    def _check_size(self, collection: Collection, size: int) -> None:
        first = collection.get(limit=1, include=["embeddings"])["embeddings"]
        if first is not None and len(first) and len(first[0]) != size:
            raise EmbeddingError(
                f"嵌入模型的维度变了（库里 {len(first[0])}，现在 {size}）："
                "请换回原来的模型，或给新模型另起名字后重新入库"
            )

    def _open(self) -> Collection:
        if self._collection is None:
            import chromadb
            from chromadb.config import Settings

            client = chromadb.PersistentClient(
                str(self._folder), settings=Settings(anonymized_telemetry=False)
            )
            digest = hashlib.blake2b(self._embedder.name.encode(), digest_size=6).hexdigest()
            # Every create and get names a function that refuses: Chroma's own default would
            # download a model.
            self._collection = client.get_or_create_collection(
                f"passages-{digest}",
                embedding_function=_refusing(),
                configuration={"hnsw": {"space": "cosine"}},
            )
        return self._collection


def _id(key: int) -> str:
    return f"{key:016x}"


def _refusing() -> Any:
    from chromadb import EmbeddingFunction

    class Refuses(EmbeddingFunction[Any]):
        """Vectors are always given; Chroma is never asked to make one."""

        def __init__(self) -> None:
            pass

        def __call__(self, input: Any) -> Any:  # noqa: A002 Chroma's own name
            raise EmbeddingError("Chroma was asked to embed a text by itself")

        @staticmethod
        def name() -> str:
            return "huiying-refuses"

        def get_config(self) -> dict[str, Any]:
            return {}

        @staticmethod
        def build_from_config(config: dict[str, Any]) -> Any:
            return Refuses()

    return Refuses()
