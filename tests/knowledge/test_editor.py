"""An editor's work on a live base, seen by a reader that never closes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.published.editor import Editor, RefusedError
from knowledge.published.publish import BaseBusyError, writer_lock
from knowledge.published.store import Change
from knowledge.query import Query
from tests.knowledge.conftest import TODAY, entry, fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path, [entry(f"e{n}", "办事指南", f"第{n}条。") for n in range(30)])
    return tmp_path


def shown(base: KnowledgeBase, question: str) -> list[str]:
    return [hit.passage.text for hit in base.search(Query(question, TODAY)).hits]


def test_a_saved_entry_is_found_at_once_without_a_restart(folder: Path) -> None:
    reader, editor = KnowledgeBase(folder), Editor(folder)
    saved = editor.save(entry("new", "养犬登记", "犬只应当登记。"), "编辑甲", "新规定")
    assert (saved.change, saved.published.rebuilt) == (Change.ADDED, False)
    assert shown(reader, "养犬登记")[0] == "犬只应当登记。"


def test_going_back_shows_the_old_text_again_as_a_version_of_its_own(folder: Path) -> None:
    reader, editor = KnowledgeBase(folder), Editor(folder)
    editor.save(entry("dog", "养犬登记", "旧文。"), "编辑甲", "新建")
    editor.save(entry("dog", "养犬登记", "新文。"), "编辑乙", "改")
    assert shown(reader, "养犬登记")[0] == "新文。"
    editor.restore("dog", 1, "编辑甲", "改错了")
    assert shown(reader, "养犬登记")[0] == "旧文。"
    assert [(v.number, v.who, v.why) for v in editor.versions("dog")] == [
        (3, "编辑甲", "改错了"),
        (2, "编辑乙", "改"),
        (1, "编辑甲", "新建"),
    ]


def test_a_removed_entry_is_gone_and_can_be_brought_back(folder: Path) -> None:
    reader, editor = KnowledgeBase(folder), Editor(folder)
    editor.save(entry("dog", "养犬登记", "犬只应当登记。"), "编辑甲", "新建")
    editor.remove("dog", "编辑甲", "作废")
    assert "犬只应当登记。" not in shown(reader, "养犬登记")
    assert editor.entry("dog") is None
    editor.restore("dog", 1, "编辑甲", "误删")
    assert shown(reader, "养犬登记")[0] == "犬只应当登记。"


def test_a_draft_is_checked_and_changes_nothing(folder: Path) -> None:
    editor = Editor(folder)
    drafted, doubts = editor.draft({"id": "d", "title": "养犬登记", "text": "犬只应当登记。"})
    assert drafted.title == "养犬登记"
    assert doubts == (
        "没有写生效日期（effective_from），当作一直有效",
        "没有写地区（region），不限地区",
    )
    assert editor.entry("d") is None
    with pytest.raises(RefusedError, match="早于生效日期"):
        editor.draft(
            {
                "id": "d",
                "title": "甲",
                "text": "乙",
                "effective_from": "2026-02-01",
                "effective_to": "2026-01-01",
            }
        )


def test_a_circle_of_succession_is_refused_and_nothing_changes(folder: Path) -> None:
    editor = Editor(folder)
    editor.save(entry("a", "甲", supersedes=["b"]), "编辑甲", "新建")
    with pytest.raises(RefusedError, match="成了环"):
        editor.save(entry("b", "乙", supersedes=["a"]), "编辑甲", "新建")
    assert editor.entry("b") is None


@pytest.mark.parametrize("version", [0, 9])
def test_a_version_that_never_was_cannot_be_restored(folder: Path, version: int) -> None:
    with pytest.raises(RefusedError, match="没有可恢复"):
        Editor(folder).restore("e1", version, "编辑甲", "试")
    with pytest.raises(RefusedError, match="没有这个条目"):
        Editor(folder).remove("nothing", "编辑甲", "试")


def test_what_ends_within_thirty_days_is_told_the_soonest_first(folder: Path) -> None:
    editor = Editor(folder)
    for one in (
        entry("late", "甲", last="2026-06-30"),
        entry("soon", "乙", last="2026-06-02"),
        entry("far", "丙", last="2026-07-02"),
        entry("over", "丁", last="2026-05-31"),
        entry("heir", "戊", first="2026-06-11", supersedes=["e1"]),
        entry("coming", "己", first="2026-06-05", last="2026-06-20"),
    ):
        editor.save(one, "编辑甲", "新建")
    told = [(ending.entry.id, ending.last) for ending in editor.ending(TODAY)]
    assert told == [
        ("soon", date(2026, 6, 2)),
        ("e1", date(2026, 6, 10)),
        ("late", date(2026, 6, 30)),
    ]


def test_an_editor_is_told_when_another_process_is_publishing(folder: Path) -> None:
    with writer_lock(folder), pytest.raises(BaseBusyError):
        Editor(folder).save(entry("x", "甲"), "编辑甲", "新建")
