"""The trained tables: made from the data that is there, and the same from the same data."""

from __future__ import annotations

import numpy as np

from actions.complaint.linear import FOLDER
from actions.complaint.training import dressed, fingerprint, train

ROWS = [
    ("路灯坏了没人修", "a"), ("路灯不亮了", "a"), ("路灯又坏了", "a"), ("修路灯", "a"),
    ("公积金怎么提取", "b"), ("公积金能提取吗", "b"), ("提取公积金", "b"), ("公积金贷款", "b"),
]  # fmt: skip


def test_the_models_are_made_from_the_data_that_is_there() -> None:
    noted = (FOLDER / "made_from.sha256").read_text(encoding="utf-8").strip()
    assert noted == fingerprint(), "run: python -m actions.complaint.training"


def test_the_same_data_gives_the_same_weights() -> None:
    one, other = (train(ROWS, ("a", "b"), rarest=2, rounds=20) for _ in range(2))
    assert one.index == other.index
    assert np.array_equal(one.weights, other.weights)
    assert dressed(ROWS) == dressed(ROWS)


def test_what_was_learnt_tells_the_classes_apart() -> None:
    model = train(ROWS, ("a", "b"), rarest=2, rounds=40)
    scores = model.scores({"路", "灯", "路灯"})
    assert scores[0] > scores[1]
