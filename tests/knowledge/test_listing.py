"""The list of all entries: in order, and read anew only where something has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.published import listing
from knowledge.published.editor import Editor
from knowledge.published.listing import Listing, Sought
from tests.knowledge.conftest import TODAY, entry, fill


def test_pieces_sorted_alone_come_together_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_AT_A_TIME", 3)
    entries = [entry(f"e{n}", f"第{9 - n}条", "条文。") for n in range(10)]
    placed = [replace(one, region="990100") if n % 2 else one for n, one in enumerate(entries)]
    fill(tmp_path, placed)
    rows = Listing(tmp_path).all()
    assert [(one.region, one.title) for one in rows] == sorted(
        (one.region, one.title) for one in placed
    )


def test_what_was_saved_is_seen_at_the_next_look_and_nothing_else_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, [entry("a", "养犬登记", "条文。"), entry("b", "养猫登记", "条文。")])
    looks = Listing(tmp_path)
    before = looks.look(Sought(words="养犬"), TODAY)
    assert ([one.id for one in before.found], before.count) == (["a"], 2)
    Editor(tmp_path).save(entry("c", "养犬年检", "条文。"), "编辑甲", "新建")
    read: list[object] = []
    real = listing._listed
    monkeypatch.setattr(listing, "_listed", lambda one: (read.append(one), real(one))[1])
    after = looks.look(Sought(words="养犬"), date(2026, 11, 23))
    assert ([one.id for one in after.found], after.count) == (["c", "a"], 3)
    assert len(read) == 1
    assert looks.look(Sought(), TODAY).count == 3
    assert len(read) == 1
