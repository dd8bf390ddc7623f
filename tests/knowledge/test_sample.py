"""The shipped sample: brought in once, kept current, never over anybody's work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.cli.root import app
from knowledge.base import KnowledgeBase
from knowledge.documents import sample
from knowledge.documents.ingest import ingest
from knowledge.documents.sample import bring_sample
from knowledge.published.editor import Editor

pytestmark = pytest.mark.usefixtures("few_probes")

ENTRY = """---
id: {id}
title: 夜间摆摊
region: "000000"
sample: true
---
{text}
"""


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "knowledge" / "corpus"
    folder.mkdir(parents=True)
    (folder / "stall.md").write_text(ENTRY.format(id="stall", text="可以。"), encoding="utf-8")
    monkeypatch.setattr(sample, "SHIPPED", folder)
    return folder


def texts(folder: Path) -> dict[str, str]:
    snapshot = KnowledgeBase(folder).snapshot
    rows = (snapshot.entry(row) for row in range(snapshot.entry_count))
    return {str(entry.id): entry.text for entry in rows}


def test_an_empty_base_gets_it_once(shipped: Path, tmp_path: Path) -> None:
    first = bring_sample(tmp_path / "base")
    again = bring_sample(tmp_path / "base")
    assert first is not None
    assert first.added == 1
    assert again is not None
    assert (again.added, again.changed, again.same) == (0, 0, 1)


def test_a_base_that_is_only_the_sample_follows_it(shipped: Path, tmp_path: Path) -> None:
    bring_sample(tmp_path / "base")
    (shipped / "stall.md").write_text(ENTRY.format(id="stall", text="不行。"), encoding="utf-8")
    (shipped / "new.md").write_text(ENTRY.format(id="new", text="新的。"), encoding="utf-8")
    bring_sample(tmp_path / "base")
    assert texts(tmp_path / "base") == {"stall": "不行。", "new": "新的。"}


def test_what_an_editor_changed_stays(shipped: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    bring_sample(base)
    editor = Editor(base)
    entry = editor.entry("stall")
    assert entry is not None
    written = replace(entry, sections=(replace(entry.sections[0], text="九点以后不行。"),))
    editor.save(written, "编辑", "本市规定")
    assert bring_sample(base) is None
    assert texts(base) == {"stall": "九点以后不行。"}


def test_what_an_editor_took_out_stays_out(shipped: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    bring_sample(base)
    Editor(base).remove("stall", "编辑", "不适用本市")
    assert bring_sample(base) is None
    assert KnowledgeBase(base).snapshot.manifest.entries == 0


def test_a_base_with_entries_of_its_own_is_left_alone(shipped: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "a.md").write_text(ENTRY.format(id="a", text="本市。"), encoding="utf-8")
    ingest(tmp_path / "base", [own])
    assert bring_sample(tmp_path / "base") is None
    assert texts(tmp_path / "base") == {"a": "本市。"}


def test_the_command_reads_the_configuration_file(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The data folder and the base named in huiying.yml, with nothing in the environment."""
    for name in ("HUIYING_DATA_DIR", "HUIYING_KNOWLEDGE_BASE"):
        monkeypatch.setenv(name, "")  # so that what the command sets is undone
        monkeypatch.delenv(name)
    config = tmp_path / "huiying.yml"
    config.write_text(f"data_dir: {tmp_path / 'data'}\nknowledge_base: city\n", encoding="utf-8")
    monkeypatch.setenv("HUIYING_CONFIG", str(config))
    done = CliRunner().invoke(app, ["knowledge", "ingest", str(shipped)])
    assert done.exit_code == 0, done.output
    assert texts(tmp_path / "data" / "knowledge" / "city") == {"stall": "可以。"}
