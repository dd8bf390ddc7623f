"""Chroma holds the passages and follows the index; an embedding model may help to rank."""

from __future__ import annotations

import math
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Semaphore

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from knowledge.base import KnowledgeBase
from knowledge.errors import EmbeddingError
from knowledge.index.manifest import read_manifest
from knowledge.index.snapshot import Snapshot
from knowledge.published.editor import Editor
from knowledge.published.following import Follower, follow
from knowledge.published.publish import retune, writer_lock
from knowledge.query import Query
from knowledge.questions.question import prepare
from knowledge.retriever import PassageRetriever
from knowledge.tuning import Tuning
from knowledge.vectors.chroma import PassageVectors
from knowledge.vectors.dense import REST, DenseLeg, Nearness
from knowledge.vectors.embeddings import Embedder, HashedGrams, configured
from knowledge.vectors.mirror import mirror
from tests.knowledge.conftest import TODAY, BaseOf, entry, fill
from tests.knowledge.onnx import model_folder

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

MEANINGS = (("汽车", "轿车", "机动车"), ("小狗", "犬", "毛孩子"), ("房子", "住宅"))


class Meanings(Embeddings):
    """A model that knows three things by whatever name; anything else is far away."""

    def __init__(self, size: int = 4) -> None:
        self.size, self.fail, self.asked = size, False, 0
        self.together: Barrier | None = None

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        self.asked += 1
        if self.together:
            self.together.wait(timeout=10)
        if self.fail:
            raise EmbeddingError("模型没有应答")
        found = [float(any(word in text for word in words)) for words in MEANINGS]
        vector = [*found, 0.0 if any(found) else 1.0] + [0.0] * (self.size - 4)
        length = math.sqrt(sum(x * x for x in vector))
        return [x / length for x in vector]


@pytest.fixture
def model() -> Meanings:
    return Meanings()


@pytest.fixture
def embedder(model: Meanings) -> Embedder:
    return Embedder("meanings", model, ranks=True)


RULES = [
    entry("car", "机动车登记", "机动车应当登记。"),
    entry("dog", "养犬登记", "犬只应当登记。"),
    entry("home", "住宅出租", "住宅出租应当备案。"),
]


@pytest.fixture
def folder(tmp_path: Path, embedder: Embedder) -> Path:
    fill(tmp_path / "base", RULES)
    assert mirror(tmp_path / "base", embedder) == 3
    return tmp_path / "base"


def ids(base: KnowledgeBase, question: str) -> list[str]:
    return [str(hit.entry.id) for hit in base.search(Query(question, TODAY)).hits]


def test_chroma_holds_every_passage_and_follows_a_change(folder: Path, embedder: Embedder) -> None:
    fill(folder, [entry("dog", "养犬登记", "犬只登记不收费。"), entry("new", "新住宅", "住宅。")])
    assert mirror(folder, embedder) == 4
    assert PassageVectors(folder, embedder).count() == 4
    assert mirror(folder, embedder) is None  # nothing to do


def test_without_a_model_chroma_still_finds_by_spelling(tmp_path: Path) -> None:
    fill(tmp_path, RULES)
    plain = configured()
    assert not plain.ranks
    assert mirror(tmp_path, plain) == 3
    nearest = PassageVectors(tmp_path, plain).search(
        plain.embeddings.embed_query("养犬登记\n\n犬只应当登记。"), 1
    )
    row = KnowledgeBase(tmp_path).snapshot.rows_of_keys([nearest[0][0]])
    assert KnowledgeBase(tmp_path).snapshot.passage(int(row[0])).entry == "dog"


def test_meaning_finds_what_words_do_not(folder: Path, embedder: Embedder) -> None:
    words_only = KnowledgeBase(folder)
    assert ids(words_only, "毛孩子") == []
    retune(folder, {"dense_weight": 0.5})
    both = KnowledgeBase(folder, embedder)
    assert ids(both, "毛孩子") == ["dog"]


def test_masks_hold_for_what_meaning_finds(tmp_path: Path, embedder: Embedder) -> None:
    fill(
        tmp_path,
        [
            entry("here", "养犬登记", "犬只应当登记。", region="340100"),
            entry("there", "养犬登记", "犬只应当登记。", region="320100"),
            entry("past", "养犬登记", "犬只应当登记。", last="2020-01-01"),
        ],
    )
    mirror(tmp_path, embedder)
    retune(tmp_path, {"dense_weight": 0.9})
    base = KnowledgeBase(tmp_path, embedder)
    found = base.search(Query("小狗登记", TODAY, "340104")).hits
    assert [hit.entry.id for hit in found] == ["here"]


def test_a_model_that_does_not_answer_leaves_the_words(
    folder: Path, embedder: Embedder, model: Meanings
) -> None:
    retune(folder, {"dense_weight": 0.5})
    base = KnowledgeBase(folder, embedder)
    model.fail = True
    assert ids(base, "养犬登记")[0] == "dog"


def nearness(leg: DenseLeg, folder: Path) -> Nearness | None:
    snapshot = Snapshot(folder, read_manifest(folder))
    allowed = np.ones(snapshot.entry_count, dtype=np.bool_)
    return leg.scores(snapshot, prepare("毛孩子"), allowed, Tuning(dense_weight=0.5))


def test_a_model_that_failed_is_left_alone_for_a_while(
    folder: Path, embedder: Embedder, model: Meanings
) -> None:
    now = [0.0]
    leg = DenseLeg(folder, embedder, lambda: now[0])
    assert nearness(leg, folder)
    model.fail, model.asked = True, 0
    assert [nearness(leg, folder) for _ in range(5)] == [None] * 5
    assert model.asked == 1  # the others did not wait for it
    model.fail, now[0] = False, REST
    assert nearness(leg, folder)


def test_a_slow_model_is_waited_for_by_everybody_at_once(
    folder: Path, embedder: Embedder, model: Meanings
) -> None:
    leg = DenseLeg(folder, embedder)
    model.together = Barrier(3)  # breaks, and fails, unless three ask before one is answered
    with ThreadPoolExecutor(3) as pool:
        found = [pool.submit(nearness, leg, folder) for _ in range(3)]
    assert all(one.result() for one in found)


def test_a_model_of_another_size_is_refused_and_the_index_stays(
    folder: Path, model: Meanings
) -> None:
    fill(folder, [entry("new", "新住宅", "住宅。")])
    before = read_manifest(folder)
    with pytest.raises(EmbeddingError, match="维度变了"):
        mirror(folder, Embedder("meanings", Meanings(6), ranks=True))
    assert read_manifest(folder) == before
    assert ids(KnowledgeBase(folder), "养犬登记")[0] == "dog"


def test_a_reader_sees_vectors_written_later(folder: Path, embedder: Embedder) -> None:
    retune(folder, {"dense_weight": 0.9})
    reader = KnowledgeBase(folder, embedder)
    assert ids(reader, "房子出租")[0] == "home"
    fill(folder, [entry("hut", "房子租赁备案办法", "住宅租赁备案，租房子看这里。")])
    mirror(folder, embedder)
    assert "hut" in ids(reader, "房子出租")[:2]


def test_what_an_editor_writes_is_followed_without_holding_the_base(
    folder: Path, embedder: Embedder, model: Meanings
) -> None:
    retune(folder, {"dense_weight": 0.9})
    reader = KnowledgeBase(folder, embedder)
    assert ids(reader, "毛孩子") == ["dog"]
    fill(folder, [entry("pet", "狗证", "小狗办证。"), entry("dog", "养犬登记", "登记不收费。")])
    during: list[int] = []
    plain = model.embed_documents

    def meanwhile(texts: list[str]) -> list[list[float]]:
        with writer_lock(folder):  # not held while a model is asked
            during.append(len(texts))
        return plain(texts)

    model.embed_documents = meanwhile  # type: ignore[method-assign]
    assert follow(folder, embedder) == 2
    assert during == [2]
    assert set(ids(reader, "毛孩子")) == {"pet", "dog"}
    assert PassageVectors(folder, embedder).count() == 4  # the old words of the dog's are gone
    assert follow(folder, embedder) == 0
    manifest = read_manifest(folder)
    assert manifest.mirrored == manifest.content


def test_a_change_while_vectors_are_made_is_followed_next(
    folder: Path, embedder: Embedder, model: Meanings
) -> None:
    fill(folder, [entry("pet", "狗证", "小狗办证。")])
    plain = model.embed_documents

    def meanwhile(texts: list[str]) -> list[list[float]]:
        model.embed_documents = plain  # type: ignore[method-assign]
        fill(folder, [entry("hut", "小屋", "房子备案。")])
        return plain(texts)

    model.embed_documents = meanwhile  # type: ignore[method-assign]
    assert follow(folder, embedder) == 1
    assert read_manifest(folder).mirrored < read_manifest(folder).content
    assert follow(folder, embedder) == 1
    assert PassageVectors(folder, embedder).count() == 5


def test_only_vectors_of_the_same_model_are_followed(
    folder: Path, embedder: Embedder, model: Meanings, tmp_path: Path
) -> None:
    fill(folder, [entry("pet", "狗证", "小狗办证。")])
    before = read_manifest(folder)
    assert follow(folder, Embedder("another", model, ranks=True)) is None
    with pytest.raises(EmbeddingError, match="维度变了"):
        follow(folder, Embedder("meanings", Meanings(6), ranks=True))
    assert read_manifest(folder) == before


def test_an_editors_entry_is_found_by_its_meaning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a model's folder as the environment names it, through the process of its own."""
    fill(tmp_path / "base", RULES)
    monkeypatch.setenv("HUIYING_EMBEDDINGS_FOLDER", str(model_folder(tmp_path / "model")))
    chosen = configured()
    mirror(tmp_path / "base", chosen)
    editor = Editor(tmp_path / "base")
    editor.save(entry("new", "小狗", "小狗"), "she", "new")
    assert read_manifest(tmp_path / "base").mirrored < read_manifest(tmp_path / "base").content
    editor.finish()
    assert PassageVectors(tmp_path / "base", chosen).count() == 4
    assert read_manifest(tmp_path / "base").mirrored == read_manifest(tmp_path / "base").content


def test_what_could_not_be_followed_is_tried_again_by_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYING_EMBEDDINGS_URL", "http://127.0.0.1:1")
    went_well = iter([False, False, True])
    tries = Semaphore(0)

    def apart(_: Path) -> bool:
        tries.release()
        return next(went_well)

    Follower(folder, apart, pauses=(0.01,)).changed()
    assert all(tries.acquire(timeout=10) for _ in range(3))
    assert not tries.acquire(timeout=0.05)  # it has gone well


def test_a_command_does_not_wait_for_a_model_to_come_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYING_EMBEDDINGS_URL", "http://127.0.0.1:1")
    tried = Semaphore(0)

    def apart(_: Path) -> bool:
        tried.release()
        return False

    follower = Follower(folder, apart, pauses=(3600.0,))
    follower.changed()
    follower.finish()
    assert tried.acquire(blocking=False)


def test_chroma_is_never_left_to_download_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    fill(tmp_path, RULES)
    mirror(tmp_path, configured())
    vector = configured().embeddings.embed_query("养犬")
    assert PassageVectors(tmp_path, configured()).search(vector, 1)


def test_the_base_is_a_langchain_retriever_with_the_same_masks(base_of: BaseOf) -> None:
    base = base_of(
        entry("here", "养犬登记", "犬只应当登记。", region="340100"),
        entry("there", "养犬登记", "犬只应当登记。", region="320100"),
    )
    retriever = PassageRetriever(base=base, k=3, on=TODAY, region="340104")
    (document,) = retriever.invoke("养犬登记")
    assert document.page_content == "犬只应当登记。"
    assert (document.id, document.metadata["entry_id"]) == ("here#0", "here")


def test_hashed_vectors_are_the_same_everywhere_and_of_length_one() -> None:
    one, other = HashedGrams().embed_query("養犬登記"), HashedGrams().embed_query("养犬登记")
    assert one == other
    assert math.isclose(sum(x * x for x in one), 1.0)
    assert HashedGrams().embed_query("")[0] == 1.0
