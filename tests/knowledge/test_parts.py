"""Rows that are pieces of one document, and golds that name the document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from knowledge.documents.ingest import Report, ingest
from knowledge.documents.written import as_markdown
from knowledge.evaluation.gold import settled_gold
from knowledge.labelled import Labelled
from knowledge.model import Entry, EntryId, Kind
from knowledge.published.store import EntryStore
from knowledge.sources.mapping import parse_map

pytestmark = pytest.mark.usefixtures("few_probes")

RENT = "公共租赁住房管理办法"
LOW = "人均住房建筑面积应当在16平方米以下。"
YEAR = "租金每年调整一次并向社会公布。"
OWED = "连续6个月以上拖欠租金的，可以解除租赁合同。"


def take(folder: Path, rows: list[dict[str, Any]], map_: str = "") -> tuple[list[Entry], Report]:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    report = ingest(folder / "base", [path], field_map=parse_map(map_) if map_ else None)
    with EntryStore(folder / "base" / "entries.sqlite") as store:
        return [entry for entry, _ in store.live()], report


def golds(folder: Path, *gold: str) -> tuple[str, ...]:
    question = Labelled.model_validate({"question": "问", "gold": list(gold)})
    (settled,), _ = settled_gold(folder / "base", [question])
    return settled.gold


def row(text: str, title: str = RENT, **more: Any) -> dict[str, Any]:
    return {"doc_id": "D1", "title": title, "content": text, **more}


def test_rows_of_one_document_and_title_are_one_entry(tmp_path: Path) -> None:
    other = {"doc_id": "D2", "title": "养犬规定", "content": "链长不超过1.5米。"}
    entries, report = take(tmp_path, [row(LOW), other, row(YEAR), row(OWED), row(YEAR)])
    assert [(e.id, [s.text for s in e.sections]) for e in entries] == [
        ("D1", [LOW, YEAR, OWED]),
        ("D2", ["链长不超过1.5米。"]),
    ]
    assert not report.skipped
    told = {(one.where.rsplit(":", 1)[1], one.reason) for one in report.warnings}
    assert ("3", "和前面的行同一编号、同一标题，收成一个条目的几段") in told
    assert ("5", "同一条目里已有一字不差的一段，没有再收") in told
    assert golds(tmp_path, "D1") == ("D1",)


def test_rows_without_a_title_go_to_the_document_they_name(tmp_path: Path) -> None:
    rows = [{"doc_id": "D1", "text": LOW}, {"doc_id": "D1", "text": YEAR}]
    (entry,), _ = take(tmp_path, rows)
    assert [section.text for section in entry.sections] == [LOW, YEAR]


def test_the_headings_of_pieces_are_kept(tmp_path: Path) -> None:
    rows = [row(LOW, section="申请条件"), row(YEAR, section="租金")]
    (entry,), _ = take(tmp_path, rows)
    assert [(s.heading, s.text) for s in entry.sections] == [("申请条件", LOW), ("租金", YEAR)]


def test_pieces_that_are_articles_are_one_statute(tmp_path: Path) -> None:
    articles = [f"第{n}条　{text}" for n, text in zip("一二三", (LOW, YEAR, OWED), strict=True)]
    (entry,), _ = take(tmp_path, [row(text) for text in articles])
    assert entry.kind is Kind.STATUTE
    assert [section.heading for section in entry.sections] == ["第一条", "第二条", "第三条"]


def test_questions_and_articles_of_one_document_are_entries_and_its_parts(tmp_path: Path) -> None:
    rows = [row(LOW, "面积有什么要求"), row(YEAR, "租金会涨吗")]
    rows += [
        {"doc_id": "L", "law": "某条例", "article": f"第{n}条", "content": f"第{n}条　{LOW}"}
        for n in "一二"
    ]
    entries, report = take(tmp_path, rows)
    assert not report.skipped
    by_title = {entry.title: str(entry.id) for entry in entries}
    assert sorted(by_title) == ["某条例 第一条", "某条例 第二条", "租金会涨吗", "面积有什么要求"]
    ids = {one for title, one in by_title.items() if not title.startswith("某")}
    assert set(golds(tmp_path, "D1")) == ids
    assert set(golds(tmp_path, "L")) == set(by_title.values()) - ids


def test_a_passage_with_an_id_of_its_own_is_an_entry_and_part_of_its_document(
    tmp_path: Path,
) -> None:
    rows = [{"id": f"p{n}", **row(text)} for n, text in enumerate((LOW, YEAR))]
    entries, report = take(tmp_path, rows)
    assert [(entry.id, entry.part_of) for entry in entries] == [("p0", "D1"), ("p1", "D1")]
    assert golds(tmp_path, "D1", "p1") == ("p0", "p1", "p1")
    assert not [one for one in report.warnings if "同名" in one.reason]  # parts are no versions


def test_passages_under_a_document_are_its_parts(tmp_path: Path) -> None:
    passages = [{"text": LOW}, {"text": YEAR}]
    entries, _ = take(tmp_path, [{"id": "D9", "title": RENT, "paragraphs": passages}])
    assert [str(entry.id) for entry in entries] == ["D9-1", "D9-2"]
    assert golds(tmp_path, "D9") == ("D9-1", "D9-2")


def test_a_map_may_say_which_document_a_row_is_part_of(tmp_path: Path) -> None:
    rows = [{"n": str(n), "d": "D1", "t": RENT, "x": text} for n, text in enumerate((LOW, YEAR))]
    entries, _ = take(tmp_path, rows, "id=n,part_of=d,title=t,text=x")
    assert [entry.part_of for entry in entries] == ["D1", "D1"]


def test_rows_of_one_id_that_differ_in_more_than_their_text_are_refused_with_the_reason(
    tmp_path: Path,
) -> None:
    same: dict[str, Any] = {"id": "x", "title": RENT, "region": "340100"}
    rows = [
        {**same, "text": LOW},
        {**same, "text": YEAR, "region": "340200"},
        {**same, "text": OWED, "title": "养犬规定"},
    ]
    entries, report = take(tmp_path, rows)
    assert [entry.region for entry in entries] == ["340100"]
    place, title = (one.reason for one in report.skipped)
    assert "编号 x 重复" in place
    assert "地区不同" in place
    assert "标题不同" in title
    assert "part_of" in title


def test_what_an_entry_is_part_of_is_written_out_and_read_again(tmp_path: Path) -> None:
    (entry, _), _ = take(tmp_path, [{"id": f"p{n}", **row(LOW + str(n))} for n in range(2)])
    again = tmp_path / "p0.md"
    again.write_text(as_markdown(entry), encoding="utf-8")
    assert ingest(tmp_path / "base", [again]).same == 1


def test_the_same_rows_twice_change_nothing(tmp_path: Path) -> None:
    rows = [row(LOW), row(YEAR), row(OWED, "另一个标题")]
    take(tmp_path, rows)
    entries, report = take(tmp_path, rows)
    assert (report.same, report.added, report.changed) == (2, 0, 0)
    assert EntryId("D1") in {entry.id for entry in entries}
