"""Guides and notices as offices write them: nothing they say is lost or said of something else."""

from __future__ import annotations

from pathlib import Path

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from knowledge.model import Entry
from knowledge.sources.raw import Problem, build
from knowledge.sources.read import read_file


def taken(path: Path) -> tuple[Entry, list[str]]:
    """The one entry of a file, and what was doubtful."""
    made = [one for item in read_file(path) for one in ([item] if _told(item) else build(item))]  # type: ignore[arg-type]
    (entry,) = [one for one in made if isinstance(one, Entry)]
    return entry, [one.reason for one in made if isinstance(one, Problem)]


def _told(item: object) -> bool:
    return isinstance(item, Problem)


def written(tmp_path: Path, name: str, text: str) -> Entry:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return taken(path)[0]


def test_numbered_sentences_with_nothing_below_them_are_kept(tmp_path: Path) -> None:
    said = "一、每年最多报120元。\n二、慢性病每年最多报300元。\n三、自2022年1月1日起执行。\n"
    text = f"示例市门诊通知\n\n{said}"
    entry = written(tmp_path, "notice.txt", text)
    assert "慢性病每年最多报300元" in entry.text
    assert "每年最多报120元" in entry.text


def test_a_list_written_as_headings_stays_a_list(tmp_path: Path) -> None:
    text = "# 落户\n\n## 申请材料\n\n### 1. 身份证\n\n### 2. 户口簿\n\n## 费用\n\n不收费。\n"
    entry = written(tmp_path, "list.md", text)
    assert [(s.heading, s.text.strip()) for s in entry.sections] == [
        ("申请材料", "1. 身份证\n2. 户口簿"),
        ("费用", "不收费。"),
    ]


def test_articles_counted_anew_in_each_chapter_are_all_there(tmp_path: Path) -> None:
    text = (
        "示例规定\n\n第一章 总则\n第一条 制定本规定。\n第二条 适用本规定。\n"
        "第二章 登记\n第一条 应当登记。\n第二条 不收费。\n第三章 附则\n第一条 自公布之日起施行。\n"
    )
    entry = written(tmp_path, "law.txt", text)
    assert [s.heading for s in entry.sections] == [
        "第一章 总则 第一条",
        "第一章 总则 第二条",
        "第二章 登记 第一条",
        "第二章 登记 第二条",
        "第三章 附则 第一条",
    ]


def test_articles_word_counts_over_all_chapters(tmp_path: Path) -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">'
            '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
            '<w:lvlText w:val="第%1章"/></w:lvl>'
            '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
            '<w:lvlRestart w:val="0"/><w:lvlText w:val="第%2条"/></w:lvl></w:abstractNum>'
        ),
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>')
    )
    document.add_paragraph("示例市停车办法")
    for level, words in (
        (0, "总则"),
        (1, "为规范停车，制定本办法。"),
        (0, "收费"),
        (1, "收费公示。"),
    ):
        paragraph = document.add_paragraph(words)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'
            )
        )
    path = tmp_path / "parking.docx"
    document.save(str(path))
    assert "第二条 收费公示" in taken(path)[0].text


def test_a_label_beside_several_rows_holds_all_of_them(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("示例市优待证办理指南")
    rows = [
        ["办理条件", "年满60周岁。", "年满60周岁。", "年满60周岁。"],
        ["申请材料", "身份证", "原件", "1份"],
        ["", "一寸照片", "纸质", "2张"],
        ["是否收费", "不收费", "办件类型", "即办件"],
        ["咨询电话", "0550-12345", "承诺办结时限", "当场"],
    ]
    table = document.add_table(rows=len(rows), cols=4)
    for at, row in enumerate(rows):
        for place, words in enumerate(row):
            table.cell(at, place).text = words
    path = tmp_path / "优待证办理指南.docx"
    document.save(str(path))
    entry = taken(path)[0]
    said = {row.key: row.value for row in entry.fields}
    assert said["materials"] == "身份证，原件，1份\n一寸照片，纸质，2张"
    assert said["fee"] == "不收费"
    assert said["promised_time"] == "当场"
    assert "办件类型：即办件" in entry.text


def test_a_single_large_heading_over_questions_is_the_title(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("公积金热点问答", 1)
    for words in ("问：老家买房能提取吗？", "答：可以。", "问：几天到账？", "答：3个工作日。"):
        document.add_paragraph(words)
    path = tmp_path / "a.docx"
    document.save(str(path))
    entry = taken(path)[0]
    assert entry.title == "公积金热点问答"
    assert [s.heading for s in entry.sections] == ["老家买房能提取吗？", "几天到账？"]
