"""Runs of characters and their numbers."""

from __future__ import annotations

import numpy as np

from actions.understanding.text.runs import RunTable, characters, distinct, run_keys, run_of, runs


def test_the_numbers_of_a_texts_runs_are_those_of_their_names() -> None:
    text = "路灯坏😀a\ud800"
    for length, keys in enumerate(runs(characters(text)), 1):
        names = [text[k : k + length] for k in range(len(text) - length + 1)]
        assert [run_of(key) for key in keys.tolist()] == names
    names = ["路", "路灯", "路灯坏", "灯路", "😀", "😀😀😀", "0"]
    assert [run_of(key) for key in run_keys(names).tolist()] == names
    assert len(set(run_keys(names).tolist())) == len(names)


def test_a_short_text_has_no_long_runs() -> None:
    assert [len(keys) for keys in runs(characters("路"))] == [1, 0, 0]
    assert [len(keys) for keys in runs(characters(""))] == [0, 0, 0]


def test_a_table_says_which_runs_it_knows_and_leaves_longer_names() -> None:
    table, numbers = RunTable.numbered({"路灯": 7, "w路灯坏了": 8, "坏": 9, "路灯坏": 3}, longest=2)
    assert numbers[table.rows(run_keys(["坏", "路灯", "灯", "路灯坏"]))].tolist() == [9, 7, -1, -1]
    assert len(table.rows(run_keys([]))) == 0


def test_numbers_are_sorted_each_once() -> None:
    assert distinct(np.array([5, 2, 5, 9, 2])).tolist() == [2, 5, 9]
    assert distinct(np.array([], np.int64)).tolist() == []
