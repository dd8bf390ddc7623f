"""What an editor is given to change comes back as the same entry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from knowledge.cli.commands import app
from knowledge.documents.ingest import ingest
from knowledge.documents.sample import SHIPPED
from knowledge.documents.written import as_markdown, body_of, facts_of, read_facts, sections_of
from knowledge.model import Entry
from knowledge.published.editor import Editor
from knowledge.sources.mapping import parse_map
from knowledge.sources.raw import Problem, Raw, build
from knowledge.sources.read import files_under, read_file

LAW = """示例市养犬管理条例

第一章 总则

第一条 为了规范养犬，制定本条例。

第二条 本条例适用于本市。
下列情形除外：
（一）军犬。

第二章 登记

第三条 养犬应当登记。

第三条之一 登记不收费。
"""
ITEM = {
    "TASK_CODE": "T1",
    "matter_name": "居住证签注",
    "CATANAME": "居住证",
    "AREACODE": "340100",
    "material_intro": ["居民身份证：原件", "居住证"],
    "handle_time_limit": "1(工作日)",
    "accept_standard": "居住满一年。\n注：以登记为准",
}


def made(path: Path, map_: str = "") -> list[Entry]:
    found: list[Entry] = []
    for item in read_file(path, parse_map(map_) if map_ else None):
        if isinstance(item, Raw):
            found += [one for one in build(item) if isinstance(one, Entry)]
    return found


@pytest.fixture
def written(tmp_path: Path) -> list[Entry]:
    """A law, a service item and some of the shipped entries."""
    law, items = tmp_path / "law.txt", tmp_path / "items.jsonl"
    law.write_text(LAW, "utf-8")
    items.write_text(json.dumps(ITEM, ensure_ascii=False), "utf-8")
    shipped = [p for p in files_under([SHIPPED]) if not isinstance(p, Problem)][5:60:5]
    return [*made(law), *made(items, "service-items"), *(e for p in shipped for e in made(p))]


def test_an_entry_written_out_is_read_as_the_same(written: list[Entry], tmp_path: Path) -> None:
    assert len(written) > 10
    for entry in written:
        path = tmp_path / "back.md"
        path.write_text(as_markdown(entry), "utf-8")
        (back,) = made(path)
        assert as_markdown(back) == as_markdown(entry)
        assert (back.sections, back.fields) == (entry.sections, entry.fields)


def test_body_and_facts_of_a_form_come_back(written: list[Entry]) -> None:
    for entry in written:
        told = [(s.heading, s.text) for s in entry.sections]
        body = [*sections_of(body_of(entry), entry.kind.value)]
        facts = read_facts(facts_of(entry))
        assert body + [(label, text) for label, text in facts.items()] == told


def test_a_colon_inside_a_fact_stays_as_it_is_written() -> None:
    said = "办公时间：周一至周五 9:00-12:00\n网址: https://a.example"
    assert read_facts(said)["办公时间"].startswith("周一至周五 9:00-12:00")


def test_a_fact_under_no_known_name_is_kept_to_be_reported() -> None:
    assert read_facts("办理时间段：九点\n申请材料：甲\n乙：丙") == {
        "办理时间段": "九点",
        "申请材料": "甲\n乙：丙",
    }


def test_an_editor_works_by_command_as_on_the_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYING_DATA_DIR", str(tmp_path))
    folder = tmp_path / "knowledge" / "default"
    source = tmp_path / "a.md"
    source.write_text('---\nid: a\ntitle: 甲\nregion: "000000"\n---\n旧的。\n', "utf-8")
    ingest(folder, [source])
    run = CliRunner().invoke

    shown = run(app, ["show", "a"])
    source.write_text(shown.stdout.replace("旧的。", "新的。"), "utf-8")
    preview = run(app, ["save", str(source), "--preview"])
    assert "新的。" in preview.stdout
    assert len(Editor(folder).versions("a")) == 1
    unexplained = run(app, ["save", str(source)])
    assert unexplained.exit_code == 1
    assert "--why" in unexplained.stderr
    assert run(app, ["save", str(source), "--why", "改好", "--who", "编辑"]).exit_code == 0
    listed = json.loads(run(app, ["versions", "a", "--json"]).stdout)
    assert (listed[0]["version"], listed[0]["who"], listed[0]["why"]) == (2, "编辑", "改好")
    assert "旧的。" in run(app, ["show", "a", "--version", "1"]).stdout
    assert run(app, ["restore", "a", "1", "--why", "改错了"]).exit_code == 0
    assert "旧的。" in run(app, ["show", "a"]).stdout
    assert run(app, ["remove", "a", "--why", "作废"]).exit_code == 0
    assert run(app, ["show", "a"]).exit_code == 1
    assert "没有失效" in run(app, ["ending"]).stdout
