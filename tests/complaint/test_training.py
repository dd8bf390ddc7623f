"""The trained tables: made from the data that is there, and the same from the same data."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from actions.understanding.learning.linear import FOLDER, features
from actions.understanding.learning.sparse import read_table, write_table
from actions.understanding.matter.category_training import train_seconds
from actions.understanding.training import dressed, fingerprint, train

ROWS = [
    ("路灯坏了没人修", "a"), ("路灯不亮了", "a"), ("路灯又坏了", "a"), ("修路灯", "a"),
    ("公积金怎么提取", "b"), ("公积金能提取吗", "b"), ("提取公积金", "b"), ("公积金贷款", "b"),
]  # fmt: skip


def test_the_models_are_made_from_the_data_that_is_there() -> None:
    noted = (FOLDER / "made_from.sha256").read_text(encoding="utf-8").strip()
    assert noted == fingerprint(), "run: python -m actions.understanding.training"


def test_the_same_data_gives_the_same_weights() -> None:
    one, other = (train(ROWS, ("a", "b"), rarest=2, rounds=20) for _ in range(2))
    assert one.index == other.index
    assert np.array_equal(one.weights, other.weights)
    assert dressed(ROWS) == dressed(ROWS)


def test_what_was_learnt_tells_the_classes_apart() -> None:
    model = train(ROWS, ("a", "b"), rarest=2, rounds=40)
    scores = model.scores(features("路灯"))
    assert scores[0] > scores[1]


def test_second_levels_are_learnt_and_weights_are_the_same_again() -> None:
    one, other = (train_seconds(ROWS, ("a", "b")) for _ in range(2))
    assert np.array_equal(one[2], other[2])
    index, _, weights = one
    assert weights[index["路灯"]].argmax() == 0
    assert weights[index["公积"]].argmax() == 1


def test_a_sparse_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_table(tmp_path / "t.tsv", ("a", "b", "c"), [("路", 7, {0: 3, 2: -4}), ("灯", 1, {})])
    table = read_table(tmp_path / "t.tsv")
    assert table.classes == ("a", "b", "c")
    assert table.index == {"路": 0, "灯": 1}
    assert table.own.tolist() == [7, 1]
    at, owner = table.cells.cells(np.array([1, 0]))
    assert table.cells.columns[at].tolist() == [0, 2]
    assert table.cells.values[at].tolist() == [3, -4]
    assert owner.tolist() == [1, 1]
