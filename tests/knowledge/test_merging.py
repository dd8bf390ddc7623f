"""Building a crowded base anew beside the live one: nothing lost, nothing seen half."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import knowledge.published.merging as merging_module
import knowledge.published.publish as publish_module
from knowledge.base import KnowledgeBase
from knowledge.index.manifest import read_manifest
from knowledge.index.segment import write_segment
from knowledge.published.editor import Editor
from knowledge.published.merging import merge
from knowledge.published.publish import writer_lock
from knowledge.published.store import EntryStore
from knowledge.query import Query
from tests.knowledge.conftest import TODAY, entry, fill


def texts(base: KnowledgeBase, question: str) -> set[str]:
    return {hit.passage.text for hit in base.search(Query(question, TODAY), limit=50).hits}


def several(folder: Path) -> None:
    """A base of forty entries in more than one segment, with rows out of force."""
    fill(folder, [entry(f"m{n:02d}", "居住证补领", f"第{n}条规定。") for n in range(40)])
    fill(folder, [entry("m03", "居住证补领", "新的第3条规定。")])
    assert len(read_manifest(folder).segments) == 2


def test_a_merged_base_says_the_same_in_one_segment(tmp_path: Path) -> None:
    several(tmp_path)
    reader = KnowledgeBase(tmp_path)
    before = texts(reader, "居住证补领规定")
    done = merge(tmp_path)
    assert done
    manifest = read_manifest(tmp_path)
    assert [(s.entries, s.dropped) for s in manifest.segments] == [(40, ())]
    assert manifest.generation == done.generation == 3
    assert texts(reader, "居住证补领规定") == before
    assert len(list((tmp_path / "segments").iterdir())) == 1


def test_what_is_changed_while_a_base_is_merged_is_in_force_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several(tmp_path)
    editor = Editor(tmp_path)
    seen: list[set[str]] = []
    reader = KnowledgeBase(tmp_path)

    def slowly(*given: object) -> object:
        used = write_segment(*given)  # type: ignore[arg-type]
        editor.save(entry("m05", "居住证补领", "其间改的第5条规定。"), "编辑甲", "改")
        editor.remove("m07", "编辑甲", "废")
        heir = entry("heir", "居住证补领", "接替。", first="2026-05-01", supersedes=["m09"])
        editor.save(heir, "编辑甲", "新")
        seen.append(texts(reader, "居住证补领规定"))
        return used

    monkeypatch.setattr(merging_module, "write_segment", slowly)
    assert merge(tmp_path)
    after = texts(reader, "居住证补领规定")
    assert after == seen[0]
    assert {"其间改的第5条规定。", "接替。"} <= after
    assert not {"第5条规定。", "第7条规定。", "第9条规定。"} & after


def test_a_merge_that_was_killed_leaves_the_live_index_and_the_next_one_clears_up(
    tmp_path: Path,
) -> None:
    several(tmp_path)
    before = read_manifest(tmp_path)
    stuck = (
        "import sys, time, pathlib, knowledge.published.merging as m\n"
        "def slowly(folder, entries, averages):\n"
        "    folder.mkdir(); (folder / 'entries.bin').write_bytes(b'half')\n"
        "    print('half', flush=True); time.sleep(60)\n"
        "m.write_segment = slowly\n"
        "m.merge(pathlib.Path(sys.argv[1]))\n"
    )
    command = [sys.executable, "-c", stuck, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"half\n"
        assert merge(tmp_path) is None  # one at a time
        child.send_signal(signal.SIGKILL)
    assert read_manifest(tmp_path) == before
    assert "新的第3条规定。" in texts(KnowledgeBase(tmp_path), "新的第3条规定")
    assert merge(tmp_path)
    assert [p.name for p in (tmp_path / "merging").iterdir()] == ["writer.lock"]


def test_a_large_base_an_editor_has_crowded_is_built_anew_in_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several(tmp_path)
    monkeypatch.setattr(publish_module, "_IN_PLACE", 0)
    monkeypatch.setattr(publish_module, "_MAX_SEGMENTS", 1)
    editor = Editor(tmp_path)
    saved = editor.save(entry("m11", "居住证补领", "改过的第11条规定。"), "编辑甲", "改")
    assert saved.published.crowded
    assert not saved.published.rebuilt
    assert "改过的第11条规定。" in texts(KnowledgeBase(tmp_path), "改过的第11条")
    assert editor._merge
    editor._merge.join(60)
    assert len(read_manifest(tmp_path).segments) == 1
    assert "改过的第11条规定。" in texts(KnowledgeBase(tmp_path), "改过的第11条")


def test_a_writer_that_is_soon_done_is_waited_for(tmp_path: Path) -> None:
    with writer_lock(tmp_path):
        began = time.monotonic()
        with pytest.raises(publish_module.BaseBusyError), writer_lock(tmp_path, patience=0.05):
            pass
    assert time.monotonic() - began >= 0.05
    with writer_lock(tmp_path, patience=0.05):
        pass


def test_one_change_is_published_without_going_through_the_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, [entry(f"m{n:02d}", "居住证补领", f"第{n}条规定。") for n in range(40)])

    def refuses(_: EntryStore) -> object:
        raise AssertionError("went through all entries")

    monkeypatch.setattr(EntryStore, "ids", refuses)
    monkeypatch.setattr(EntryStore, "live", refuses)
    done = fill(tmp_path, [entry("m03", "居住证补领", "新的第3条规定。")])
    assert (done.indexed, done.dropped) == (1, 1)


def test_a_store_brought_back_from_a_backup_is_published_as_it_is(tmp_path: Path) -> None:
    fill(tmp_path, [entry(f"m{n:02d}", "居住证补领", f"第{n}条规定。") for n in range(40)])
    kept = tmp_path / "entries.sqlite"
    backup = kept.read_bytes()
    fill(tmp_path, [entry("m03", "居住证补领", "新的第3条规定。"), entry("new", "护照", "护照。")])
    kept.write_bytes(backup)
    fill(tmp_path, [entry("m05", "居住证补领", "新的第5条规定。")])
    found = texts(KnowledgeBase(tmp_path), "居住证补领规定护照")
    assert {"第3条规定。", "新的第5条规定。"} <= found
    assert not {"新的第3条规定。", "第5条规定。", "护照。"} & found


def test_an_end_that_others_decide_is_taken_back_with_its_reason(tmp_path: Path) -> None:
    fill(tmp_path, [entry(f"m{n:02d}", "居住证补领", f"第{n}条规定。") for n in range(40)])
    heir = entry("heir", "居住证补领", "接替。", first="2026-05-01", supersedes=["m09"])
    fill(tmp_path, [heir])
    assert "第9条规定。" not in texts(KnowledgeBase(tmp_path), "居住证补领第9条规定")
    Editor(tmp_path).remove("heir", "编辑甲", "误录")
    assert "第9条规定。" in texts(KnowledgeBase(tmp_path), "居住证补领第9条规定")
