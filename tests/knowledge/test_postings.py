from __future__ import annotations

import math
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge.index.postings as postings_module
from knowledge.index.postings import K1, B, Postings, PostingsBuilder

Documents = list[list[int]]
documents = st.lists(st.lists(st.integers(1, 12), max_size=30), min_size=1, max_size=25)


def index(docs: Documents) -> tuple[Postings, float]:
    with tempfile.TemporaryDirectory() as folder:
        builder = PostingsBuilder(Path(folder), "part")
        rows = [builder.add(np.asarray(doc, dtype=np.int64)) for doc in docs]
        assert rows == list(range(len(docs)))
        built = builder.finish(builder.average)
        assert {p.name for p in Path(folder).iterdir()} == {
            f"part.{array}.npy" for array in ("keys", "starts", "rows", "impacts")
        }
        return built, builder.average


def plain_bm25(docs: Documents, average: float, term: int, row: int) -> float:
    """The document side of BM25 as the textbook has it."""
    count = Counter(docs[row])[term]
    return count / (count + K1 * (1 - B + B * len(docs[row]) / average)) if count else 0.0


@given(documents, st.lists(st.integers(1, 14), unique=True, max_size=8))
def test_scores_are_those_of_the_textbook_formula(docs: Documents, query: list[int]) -> None:
    built, average = index(docs)
    weights = np.asarray([1.0 + term / 10 for term in query], dtype=np.float32)
    scores = built.score(np.asarray(query, dtype=np.int64), weights)
    for row in range(len(docs)):
        expected = sum((1.0 + term / 10) * plain_bm25(docs, average, term, row) for term in query)
        assert scores[row] == pytest.approx(expected, rel=0.02, abs=0.01)


@given(documents)
def test_frequencies_count_documents_not_occurrences(docs: Documents) -> None:
    built, _ = index(docs)
    terms = np.arange(0, 15, dtype=np.int64)
    expected = [sum(int(term) in doc for doc in docs) for term in terms]
    assert built.frequencies(terms).tolist() == expected


@given(documents)
def test_an_index_built_in_many_blocks_is_the_same(docs: Documents) -> None:
    whole, _ = index(docs)
    before = postings_module.BLOCK
    postings_module.BLOCK = 7
    try:
        pieces, _ = index(docs)
    finally:
        postings_module.BLOCK = before
    assert pieces.keys.tolist() == whole.keys.tolist()
    assert pieces.starts.tolist() == whole.starts.tolist()
    assert pieces.rows.tolist() == whole.rows.tolist()
    assert pieces.impacts.tolist() == whole.impacts.tolist()


def test_an_empty_index_answers_with_nothing() -> None:
    built, average = index([])
    assert math.isclose(average, 1.0)
    assert built.score(np.asarray([1]), np.ones(1, dtype=np.float32)).tolist() == []
