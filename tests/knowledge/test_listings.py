"""Sheets that are lists, pages of tabs, what is enclosed: as offices make them, nothing lost."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from knowledge.documents.ingest import ingest
from knowledge.evaluation.gold import settled_gold
from knowledge.labelled import Labelled
from knowledge.model import Entry
from knowledge.sources.raw import Problem, build
from knowledge.sources.read import read_file


def taken(path: Path) -> tuple[list[Entry], list[str]]:
    made: list[Entry | Problem] = []
    for item in read_file(path):
        made += [item] if isinstance(item, Problem) else build(item)
    doubts = [one.reason for one in made if isinstance(one, Problem)]
    return [one for one in made if isinstance(one, Entry)], doubts


def workbook(path: Path, rows: list[list[Any]], merged: str = "", sheet: str = "Sheet1") -> Path:
    book = openpyxl.Workbook()
    page = book.create_sheet(sheet, 0)
    del book["Sheet"]
    for row in rows:
        page.append(row)
    for cells in merged.split():
        page.merge_cells(cells)
    book.save(path)
    return path


CHARGES = [
    ["芜湖市公墓服务收费公示表"],
    ["项目", None, "单位", "收费标准", "减免"],
    ["接运", "普通车", "次", 180, "低保免费"],
    [None, "高档车", "次", 380, "不减免"],
    ["寄存", None, "年", 150, "第一年免费"],
    ["说明：夜间不另收费。"],
]


def test_a_sheet_of_charges_is_one_entry_with_its_table_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path / "收费.xlsx", CHARGES, "A1:E1 A2:B2 A3:A4 A5:B5 A6:E6")
    (entry,), doubts = taken(path)
    assert (entry.title, entry.region) == ("芜湖市公墓服务收费公示表", "340200")
    assert "| 接运 | 高档车 | 次 | 380 | 不减免 |" in entry.text
    assert entry.text.endswith("说明：夜间不另收费。")
    assert any("整张作为一个条目" in doubt for doubt in doubts)


@pytest.mark.parametrize(
    "rows",
    [
        [["网点", "地址", "电话", "办理时间"], ["城东网点", "人民路8号", "0553-3811000", "周六开"]],
        [["名称", "等级", "月费", "地址"], ["一幼", "省一类", 700, "安庆路2号"]],
        [["名称", "联系方式"], ["城东所", "3811000"], ["城西所", "3811001"]],
    ],
)
def test_a_directory_keeps_every_column(tmp_path: Path, rows: list[list[Any]]) -> None:
    found, _ = taken(workbook(tmp_path / "a.xlsx", rows))
    said = "".join(entry.title + entry.text for entry in found)
    assert all(str(cell) in said for row in rows[1:] for cell in row)


def test_questions_and_answers_under_names_nobody_knows_are_no_list(tmp_path: Path) -> None:
    long = "请携带本人有效身份证件到户籍所在地的街道便民服务中心窗口现场申请办理。"
    path = workbook(tmp_path / "a.xlsx", [["甲列", "乙列", "序号"], ["怎么办证", long, 1]])
    found, (said,) = taken(path)
    assert not found
    assert "--map 'title=甲列,text=乙列'" in said


def test_rows_without_any_name_are_refused_once_with_what_to_pass(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    row = {"SXMC": "优待证办理", "condition": "满60周岁", "phone": "3811000"}
    path.write_text("\n".join([json.dumps(row, ensure_ascii=False)] * 3), "utf-8")
    found, (said,) = taken(path)
    assert not found
    assert "认不出哪一列是标题（现有列：SXMC、condition、phone）" in said


def test_the_title_above_a_list_of_items_says_whose_they_are(tmp_path: Path) -> None:
    rows = [
        ["芜湖市残疾人联合会服务事项清单"],
        ["序号", "部门", "事项名称", "办理要求", None, "办理渠道", None, "备注"],
        [None, None, None, "申请材料", "办理时限", "地点", "电话", None],
        [1, "市残联", "残疾人证新办", "身份证", "20个工作日", "街道窗口", "3811000", "每年260元"],
    ]
    merged = "A1:H1 A2:A3 B2:B3 C2:C3 D2:E2 F2:G2 H2:H3"
    (entry,), doubts = taken(workbook(tmp_path / "a.xlsx", rows, merged))
    said = {row.key: row.value for row in entry.fields}
    assert (entry.region, said["place"], said["phone"]) == ("340200", "街道窗口", "3811000")
    assert said["notes"] == "每年260元"
    assert any("表格上方的标题" in doubt for doubt in doubts)


def test_remarks_beside_an_answer_are_the_offices_own(tmp_path: Path) -> None:
    rows = [["问题", "答案", "备注"], ["水费多久交一次", "每两个月一次。", "待核"]]
    (entry,), doubts = taken(workbook(tmp_path / "a.xlsx", rows))
    assert not entry.fields
    assert any("备注" in doubt for doubt in doubts)


@pytest.mark.parametrize(
    "materials",
    ["身份证|户口簿", [{"name": "身份证", "num": 1}, {"materialName": "户口簿", "type": "原件"}]],
)
def test_materials_of_a_database_are_a_list_in_words(tmp_path: Path, materials: object) -> None:
    path = tmp_path / "a.jsonl"
    row = {"title": "优待证办理", "materials": materials}
    path.write_text(json.dumps(row, ensure_ascii=False), "utf-8")
    (entry,), _ = taken(path)
    (field,) = entry.fields
    assert [line[:6] for line in field.value.split("\n")] == ["1. 身份证", "2. 户口簿"]
    assert "{" not in field.value


def test_tabs_stand_over_what_they_open_and_terms_are_facts(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        '<body><h1>住房申请</h1><ul class="tab"><li class="on">基本信息</li><li>受理条件</li><li>'
        "<a>收费标准</a></li></ul><div><div class='c'><dl><dt>实施主体</dt><dd>芜湖市住建局</dd>"
        "<dt>承诺办结时限</dt><dd>30个工作日</dd><dt>办理地点</dt><dd>3号窗口</dd><dt>咨询电话</dt>"
        "<dd>3811000</dd></dl></div><div class='c' style='display:none'><p>人均低于15平方米。</p>"
        "</div><div class='c' style='display:none'><p>不收费</p></div></div></body>",
        encoding="utf-8",
    )
    (entry,), _ = taken(path)
    headed = {section.heading: section.text for section in entry.sections}
    assert headed["受理条件"] == "人均低于15平方米。"
    assert headed["收费标准"] == "不收费"
    assert {row.key for row in entry.fields} == {"promised_time", "place", "phone"}
    assert entry.issuer == "芜湖市住建局"


def test_what_leads_about_a_site_is_no_text_of_its_article(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    top = '<div class="top"><a href="/">首页</a> <a href="/x">新闻</a> 无障碍 | 适老化 | 登录</div>'
    path.write_text(f"<body>{top}<h1>养犬办法</h1><p>每户限养一只。</p></body>", encoding="utf-8")
    (entry,), _ = taken(path)
    assert entry.text == "每户限养一只。"


NOTICE = """芜湖市民政局关于提高抚恤标准的通知

各县区民政局：
经研究，决定从2026年8月1日起提高抚恤标准，现通知如下：

一、调整后的标准
见附表。

二、经费
由市、县负担。

芜湖市民政局
2026年7月10日

附件1
抚恤标准

| 类别 | 元/年 |
| --- | --- |
| 烈属 | 42120 |
"""


def test_what_is_enclosed_has_a_heading_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(NOTICE, encoding="utf-8")
    (entry,), _ = taken(path)
    assert entry.sections[-1].heading == "附件1 抚恤标准"
    assert "42120" in entry.sections[-1].text
    assert "42120" not in "".join(section.text for section in entry.sections[:-1])


def test_a_notice_of_one_measure_holds_from_the_day_it_names(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(NOTICE, encoding="utf-8")
    (entry,), doubts = taken(path)
    assert entry.effective_from == date(2026, 8, 1)
    assert any("当作从 2026-08-01 起生效" in doubt for doubt in doubts)
    two = NOTICE.replace("由市、县负担。", "自2027年1月1日起停止旧卡。")
    path.write_text(two, encoding="utf-8")
    assert taken(path)[0][0].effective_from is None


def test_a_gold_may_name_a_file_of_rows(tmp_path: Path) -> None:
    rows = [["问题", "答案"], ["水费多久交一次", "每两个月一次。"]]
    path = workbook(tmp_path / "问答.xlsx", rows)
    ingest(tmp_path / "base", [path])
    asked = Labelled.model_validate({"question": "水费多久交", "gold": "问答.xlsx"})
    (settled,), _ = settled_gold(tmp_path / "base", [asked])
    assert len(settled.gold) == 1
    assert settled.gold != asked.gold


def test_a_title_merged_over_the_whole_width_is_no_heading(tmp_path: Path) -> None:
    rows = [
        ["芜湖市供水价格表"],
        ["用水类别", None, "水量（立方米/年）", "单价（元）"],
        ["居民", "第一阶梯", "0-180", 2.35],
        [None, "第二阶梯", "181-300", 3.1],
    ]
    (entry,), _ = taken(workbook(tmp_path / "a.xlsx", rows, "A1:D1 A2:B2 A3:A4"))
    assert entry.title == "芜湖市供水价格表"
    assert "| 居民 | 第二阶梯 | 181-300 | 3.1 |" in entry.text


def test_parts_that_count_anew_stand_over_their_headings(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "芜湖市危房改造细则\n\n第一部分  总则\n一、目的\n保障安全。\n二、原则\n农户自愿。\n"
        "第二部分  标准\n一、对象\n低保户。\n二、补助\n每户2.2万元。\n",
        encoding="utf-8",
    )
    (entry,), _ = taken(path)
    assert [section.heading for section in entry.sections] == [
        "第一部分 总则：一、目的",
        "第一部分 总则：二、原则",
        "第二部分 标准：一、对象",
        "第二部分 标准：二、补助",
    ]
