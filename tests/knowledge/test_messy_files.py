"""Files as they come from old systems and hurried hands: wrong endings, broken tables, odd names.

Each is read where it can be, and named with what to do where it cannot; the rest goes on.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from knowledge.documents.ingest import Report, grouped, ingest
from knowledge.model import Entry
from knowledge.published.store import EntryStore
from knowledge.sources import office

pytestmark = pytest.mark.usefixtures("few_probes")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "base"


def take(base: Path, source: Path) -> tuple[Report, list[Entry]]:
    report = ingest(base, [source])
    with EntryStore(base / "entries.sqlite") as store:
        return report, [entry for entry, _ in store.live()]


def said(problems: list[Any]) -> str:
    return "\n".join(f"{problem.where}：{problem.reason}" for problem in problems)


def titles(entries: list[Entry]) -> list[str]:
    return sorted(entry.title for entry in entries)


def a_document() -> bytes:
    document = docx.Document()
    document.add_heading("落户办理指南", 1)
    document.add_paragraph("持出生证明到派出所办理落户。")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def a_workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["问题", "答案"])
    sheet.append(["停车证怎么办", "到街道办事处办理。"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def the_page() -> bytes:
    return (
        "<!DOCTYPE html><html><body><h1>低保办理</h1><p>到社区申请低保。</p></body></html>".encode()
    )


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.pdf", a_document, "落户办理指南"),
        ("a.txt", a_document, "落户办理指南"),
        ("a.xls", a_workbook, "停车证怎么办"),
        ("a.csv", a_workbook, "停车证怎么办"),
        ("a.doc", the_page, "低保办理"),
        (
            "a.xlsx",
            lambda: "问题,答案\n居住证怎么办,到派出所。\n".encode("gb18030"),
            "居住证怎么办",
        ),
        ("a.csv", lambda: '{"question": "问事", "answer": "到窗口。"}'.encode(), "问事"),
    ],
)
def test_a_file_under_a_wrong_ending_is_read_as_what_it_is(
    source: Path, base: Path, name: str, content: Any, title: str
) -> None:
    (source / name).write_bytes(content())
    report, entries = take(base, source)
    assert titles(entries) == [title]
    assert "内容其实是" in said(report.warnings) or name == "a.csv"


def test_a_page_under_a_workbooks_ending_says_what_to_do(source: Path, base: Path) -> None:
    (source / "out.xls").write_bytes(the_page())
    report, _ = take(base, source)
    assert "out.xls：内容其实是网页里的表格，请用 Excel 或 WPS 打开，另存为 xlsx" in said(
        report.skipped
    )


def test_a_mark_never_closed_costs_its_own_row_only(source: Path, base: Path) -> None:
    (source / "q.csv").write_text(
        '问题,答案\n"几行的","第一行\n第二行，说""引号""。"\n"没关的,到窗口\n后面的,到一号窗口\n'
        '"引号里的","到二号窗口，带证件"\n5"水管漏了,打电话\n他说"你好",到三号窗口\n末一条,到四号窗口\n',
        encoding="utf-8",
    )
    report, entries = take(base, source)
    assert titles(entries) == sorted(
        ["几行的", "后面的", "引号里的", '5"水管漏了', '他说"你好"', "末一条"]
    )
    assert entries[0].sections[0].text
    assert "q.csv:4：引号没有配对" in said(report.skipped)


def test_cells_beyond_the_heading_are_told(source: Path, base: Path) -> None:
    (source / "q.csv").write_text("问题,答案\n怎么办证,到窗口,带户口簿\n", encoding="utf-8")
    report, _ = take(base, source)
    assert "1 行比表头宽（第 2 行）" in said(report.warnings)


def test_names_in_another_systems_encoding_and_with_odd_signs_are_taken(
    source: Path, base: Path
) -> None:
    text = "# {}\n\n到窗口办理。\n"
    odd = source / os.fsdecode("高龄.md".encode("gb18030"))
    odd.write_text(text.format("高龄津贴"), encoding="utf-8")
    (source / "a\nb#1.md").write_text(text.format("低保"), encoding="utf-8")
    report, entries = take(base, source)
    assert not report.skipped
    assert {str(entry.id) for entry in entries} == {"高龄", "a-b-1"}
    assert not any("\n" in line for line in grouped(report.warnings))
    with EntryStore(base / "entries.sqlite") as store:
        origins = {Path(origin).name for origin in store.origins().values()}
    assert origins == {"高龄.md", "a\nb#1.md"}


def test_half_characters_control_characters_and_nan_harm_nothing(source: Path, base: Path) -> None:
    lines = (
        r'{"id": 1, "title": "代理\ud83d半个", "text": "正文😀\u001b[31m在此。"}',
        '{"id": 2, "title": "空值", "text": "正文。", "region": NaN, "effective_from": NaN}',
    )
    (source / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    report, entries = take(base, source)
    assert not report.skipped
    assert titles(entries) == ["代理半个", "空值"]
    assert entries[0].sections[0].text == "正文😀[31m在此。"


def test_places_that_do_not_exist_are_refused_or_told(source: Path, base: Path) -> None:
    for code in ("880000", "340188", "000000"):
        (source / f"{code}.md").write_text(
            f"---\ntitle: 事项{code}\nregion: '{code}'\n---\n到窗口办理。\n", encoding="utf-8"
        )
    report, entries = take(base, source)
    assert titles(entries) == ["事项000000", "事项340188"]
    assert "代码 000000" not in said(report.warnings)
    assert "没有这个区划代码：880000" in said(report.skipped)
    assert "区划表里没有代码 340188" in said(report.warnings)


def test_values_of_a_wrong_kind_are_told_in_the_editors_words(source: Path, base: Path) -> None:
    (source / "a.jsonl").write_text(json.dumps({"title": "事", "text": {"x": 1}}), encoding="utf-8")
    report, _ = take(base, source)
    assert "正文（text）：应当是文字" in said(report.skipped)


def test_a_document_whose_words_would_fill_the_memory_is_refused(
    source: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "_MAX_TEXT", 0)
    with zipfile.ZipFile(source / "fat.docx", "w") as archive:
        archive.writestr("word/document.xml", os.urandom(2_000_000))
    report, _ = take(base, source)
    assert "请拆成几份" in said(report.skipped)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "x.md").write_text("# 别处的\n\n正文在此。\n", encoding="utf-8")
    return folder


def test_links_to_folders_are_named_and_circles_harm_nothing(
    source: Path, base: Path, elsewhere: Path
) -> None:
    (source / "good.md").write_text("# 好的\n\n正文在此。\n", encoding="utf-8")
    (source / "self").symlink_to(source)
    (source / "there").symlink_to(elsewhere)
    (source / "a.md").symlink_to(source / "b.md")
    (source / "b.md").symlink_to(source / "a.md")
    report, entries = take(base, source)
    assert titles(entries) == ["好的"]
    assert said(report.warnings).count("是通到别处的链接") == 2
    assert said(report.skipped).count("链接绕成了圈") == 2


def test_an_empty_file_is_said_to_be_empty(source: Path, base: Path) -> None:
    for name in ("a.docx", "a.pdf", "a.xlsx", "a.md", "a.json"):
        (source / name).touch()
    report, _ = take(base, source)
    assert said(report.skipped).count("文件是空的") == 5
