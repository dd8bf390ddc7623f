"""Tables and JSON as other people make them: what is question, what is answer, what is said if
that cannot be told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from knowledge.model import Entry, Kind
from knowledge.regions import chain
from knowledge.sources.mapping import parse_map
from knowledge.sources.raw import Problem, Raw, build
from knowledge.sources.read import read_file

ASKED, SAID = "居住证怎么办", "到派出所申请。"


def read(path: Path, map_: str = "") -> tuple[list[Entry], list[Problem]]:
    made: list[Entry | Problem] = []
    for item in read_file(path, parse_map(map_) if map_ else None):
        made += [item] if isinstance(item, Problem) else build(item)
    return (
        [one for one in made if isinstance(one, Entry)],
        [one for one in made if isinstance(one, Problem) and "没有写" not in one.reason],
    )


def table(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    "data",
    [
        [{"instruction": ASKED, "input": "", "output": SAID}],
        [{"instruction": "居住证", "input": "怎么办", "output": SAID}],
        [{"q": ASKED, "a": SAID}],
        [{"Question": ASKED, "Answer": {"text": SAID}}],
        {"data": [{"question": ASKED, "answers": [{"text": SAID}]}]},
        {"code": 0, "result": {"total": 1, "list": [{"标准问题": ASKED, "答复内容": SAID}]}},
        {ASKED: SAID},
        [[ASKED, SAID]],
        [["问题", "答案"], [ASKED, SAID]],
        {"k1": {"query": ASKED, "response": SAID}},
        [{"questions": [ASKED, "居住证去哪办"], "answer": SAID}],
        [
            {
                "messages": [
                    {"role": "user", "content": ASKED},
                    {"role": "assistant", "content": SAID},
                ]
            }
        ],
        [{"conversations": [{"from": "human", "value": ASKED}, {"from": "gpt", "value": SAID}]}],
        [{"title": ASKED, "paragraphs": [{"context": SAID, "qas": [{"question": "去哪办"}]}]}],
        [{"题目（必填）": ASKED, "正文：": ["到派出所申请。"]}],
    ],
)
def test_questions_and_answers_are_found_in_whatever_shape(tmp_path: Path, data: Any) -> None:
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    lines = tmp_path / "lines.jsonl"
    rows = data if isinstance(data, list) and isinstance(data[0], dict) else [data]
    lines.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    for path in (whole, lines) if rows is data else (whole,):
        (entry,), problems = read(path)
        assert (entry.title.replace(" ", ""), entry.sections[0].text) == (ASKED, SAID)
        assert not [problem for problem in problems if not problem.taken]


def test_columns_nobody_knows_are_refused_once_with_the_map_to_pass(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"foo": f"问题{n}", "bar": "很长的一段答案。" * 3, "n": n} for n in range(5)]
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    made, (problem,) = read(path)
    assert not made
    assert "foo、bar、n" in problem.reason
    told = problem.reason.split("--map '")[1].split("'")[0]
    assert told == "title=foo,text=bar"
    assert len(read(path, told)[0]) == 5


def test_a_column_of_the_map_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"t": "甲事", "b": {"c": "乙。"}}, ensure_ascii=False), "utf-8")
    assert read(path, "title=t,text=b.c")[0][0].sections[0].text == "乙。"
    (_, (problem,)) = read(path, "title=t,text=body")
    assert "映射里的列 body 文件里没有（现有列：t、b.c）" in problem.reason
    (entries, (remark,)) = read(path, "title=t,text=b.c,link=url")
    assert len(entries) == 1
    assert remark.taken
    assert "url" in remark.reason


def test_a_hidden_sheet_is_not_published_and_blank_rows_without_end_are_no_rows(
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    for name, answer in (("公开", "网上交。"), ("草稿", "不要发布。")):
        sheet = book.create_sheet(name)
        sheet.append(["问题", "答案"])
        sheet.append([f"{name}的水费怎么交", answer])
    book["草稿"].sheet_state = "hidden"
    book["公开"].cell(250_000, 2).number_format = "0.00"
    del book["Sheet"]
    book.save(tmp_path / "a.xlsx")
    items = list(read_file(tmp_path / "a.xlsx"))
    assert [item.values["title"] for item in items if isinstance(item, Raw)] == ["公开的水费怎么交"]
    told = [item for item in items if isinstance(item, Problem) and "隐藏" in item.reason]
    assert [(one.where.endswith("[草稿]"), one.taken) for one in told] == [(True, True)]


def test_sheets_with_titles_above_blank_columns_and_covers_are_read(tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.xlsx",
        居民=[
            ["12345知识库"],
            [None, "序号", "标准问题", "相似问题", "标准答案"],
            [None, 1, "身份证丢了怎么办", "身份证不见了；身份证遗失", "到派出所补领。"],
            [None, None, None, None, None],
            [None, 2, "身份证多少钱", None, "首次申领不收费。"],
        ],
        指南=[
            ["基本信息", None, "办理信息"],
            ["事项名称", "实施编码", "法定办结时限", "办理地点"],
            ["残疾人证办理", "S1", "15个工作日", "政务大厅"],
        ],
        说明=[["本表每月更新"]],
    )
    (first, second, service), problems = read(path)
    assert first.questions == ("身份证不见了", "身份证遗失")
    assert second.title == "身份证多少钱"
    assert (service.id, service.kind) == ("S1", "service")
    assert [field.label for field in service.fields] == ["法定办结时限", "办理地点"]
    assert all(problem.taken for problem in problems)


def test_a_table_of_a_mark_semicolons_and_an_office_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeff问题;答案;地区\r\n生育登记;网上办，可代办;合肥市\r\n".encode("gb18030"))
    (entry,), _ = read(path)
    assert (entry.title, entry.region) == ("生育登记", "340100")


def test_a_table_without_a_heading_is_read_by_number(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{ASKED},{SAID}\n护照怎么办,到出入境大厅。\n", "utf-8")
    assert [one.title for one in read(path, "title=1,text=2")[0]] == [ASKED, "护照怎么办"]


def test_one_question_with_two_answers_keeps_both_and_the_same_row_counts_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("问题,答案\n甲事,一。\n甲事,二。\n甲事,一。\n", "utf-8")
    made, problems = read(path)
    assert [one.sections[0].text for one in made] == ["一。", "二。"]
    assert len({one.id for one in made}) == 2
    assert [problem.reason for problem in problems] == ["1 行和前面的一字不差，没有再收"]


@pytest.mark.parametrize(
    ("said", "code"), [("合肥市", "340100"), ("安徽省合肥市", "340100"), ("全国", "000000")]
)
def test_a_region_may_be_named(tmp_path: Path, said: str, code: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"问题,答案,地区\n甲事,一。,{said}\n", "utf-8")
    assert read(path)[0][0].region == code


@pytest.mark.parametrize(
    ("said", "code"),
    [("340104000000", "340104"), ("340000000000", "340000"), ("340104001000", "340104001")],
)
def test_a_code_of_twelve_digits_is_the_place_it_is_the_code_of(
    tmp_path: Path, said: str, code: str
) -> None:
    path = tmp_path / "a.jsonl"
    row = {"question": ASKED, "answer": SAID, "areacode": said}
    path.write_text(json.dumps(row, ensure_ascii=False), "utf-8")
    (entry,), _ = read(path)
    assert entry.region == code
    assert entry.region in chain(said)


def test_a_region_that_several_places_share_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("问题,答案,地区\n甲事,一。,鼓楼区\n", "utf-8")
    made, (problem,) = read(path)
    assert not made
    assert "不止一处" in problem.reason


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2024年7月1日", "2024-07-01"),
        ("二〇二四年十二月二十一日", "2024-12-21"),
        ("20240701", "2024-07-01"),
        ("2024.7.1", "2024-07-01"),
        ("长期", None),
    ],
)
def test_days_are_read_as_offices_write_them(tmp_path: Path, said: str, day: str | None) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"问题,答案,生效日期\n甲事,一。,{said}\n", "utf-8")
    (entry,), _ = read(path)
    assert (entry.effective_from and entry.effective_from.isoformat()) == day


def test_a_law_inside_a_row_is_split_by_article(tmp_path: Path) -> None:
    law = "第一条 甲。\n第二条 乙。\n第三条 依照\n第一条规定办理。\n第三条之一 丁。\n第四条 戊。"
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"name": "某法", "content": law}, ensure_ascii=False), "utf-8")
    (entry,), _ = read(path)
    assert entry.kind == "statute"
    assert [s.heading for s in entry.sections] == [
        "第一条",
        "第二条",
        "第三条",
        "第三条之一",
        "第四条",
    ]
    assert entry.sections[2].text.endswith("第一条规定办理。")


def test_a_quotation_mark_in_a_table_with_tabs_swallows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('docid\ttext\n1\t"居家隔离"是指\n2\t护照"换发\n3\t"整句都引着"\n', "utf-8")
    made, _ = read(path)
    assert [one.sections[0].text for one in made] == ['"居家隔离"是指', '护照"换发', "整句都引着"]


def test_a_very_long_cell_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"问题,答案\n甲事,{'长' * 200_000}\n乙事,短。\n", "utf-8")
    assert len(read(path)[0]) == 2


@pytest.mark.parametrize(
    "text", ['{"question": "甲事", "answer": "一。"}\n', "问题\t答案\n甲事\t一。\n"]
)
def test_a_data_set_that_calls_itself_text_is_read_as_what_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, "utf-8")
    (entry,), _ = read(path)
    assert (entry.title, entry.sections[0].text) == ("甲事", "一。")


@pytest.mark.parametrize(
    "text",
    ["问：居住证怎么办？\n答：到派出所。\n问：要多少钱？\n答：首次免费。\n换领十元。\n",
     "Q1: 居住证怎么办？\nA1: 到派出所。\n\nQ2：要多少钱？\nA2：首次免费。\n换领十元。\n",
     "1.问：居住证怎么办？\n答：到派出所。\n2.问：要多少钱？\n答：首次免费。\n换领十元。\n"],
)  # fmt: skip
def test_questions_with_answers_under_them_are_sections(tmp_path: Path, text: str) -> None:
    path = tmp_path / "常见问题.txt"
    path.write_text(text, "utf-8")
    (entry,), _ = read(path)
    assert [(s.heading, s.text) for s in entry.sections] == [
        ("居住证怎么办？", "到派出所。"),
        ("要多少钱？", "首次免费。\n换领十元。"),
    ]


def test_the_ready_made_map_that_fits_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    columns = [column for _, wanted in parse_map("service-items").columns for column in wanted]
    row = dict.fromkeys(columns, "https://example.gov.cn")
    path.write_text(json.dumps({**row, "matter_name": "甲事"}, ensure_ascii=False), "utf-8")
    (_, (problem,)) = read(path)
    assert problem.reason.endswith("请加 --map service-items")


@pytest.mark.parametrize(
    ("row", "title"),
    [
        ({"law": "示例法", "article": "第三条", "text": "甲。"}, "示例法 第三条"),
        ({"law_name": "《示例法》", "article_no": 3, "content": "甲。"}, "示例法 第3条"),
        ({"title": "示例法", "条号": "第十条之一", "条文": "甲。"}, "示例法 第十条之一"),
        ({"name": "示例法第三条", "article": "第三条", "content": "甲。"}, "示例法第三条"),
        (
            {"law": "示例法", "title": "保护范围", "article": 7, "content": "甲。"},
            "示例法 第7条 保护范围",
        ),
    ],
)
def test_an_article_is_called_by_its_law_and_number(
    tmp_path: Path, row: dict[str, object], title: str
) -> None:
    path = tmp_path / "laws.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    (made,), _ = read(path)
    assert made.title == title
    assert made.kind is Kind.STATUTE
    assert made.sections[0].text == "甲。"


def test_a_column_article_that_holds_no_number_is_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    row = {"title": "甲事", "article": "一篇文章的全部内容。", "content": "正文。"}
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    (made,), _ = read(path)
    assert made.title == "甲事"
    assert made.kind is Kind.GUIDE


def test_columns_with_unknown_chinese_names_are_told_by_how_they_end(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text(
        "是否已答复,官方说法,群众提问\n是,到派出所办理。,怎么办居住证\n", encoding="utf-8"
    )
    (made,), _ = read(path)
    assert (made.title, made.sections[0].text) == ("怎么办居住证", "到派出所办理。")


def test_a_map_may_call_the_parts_by_their_chinese_names(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"x": "甲事", "y": {"z": ["乙。", "丙。"]}}), encoding="utf-8")
    (made,), _ = read(path, "标题=x,正文=y.z")
    assert (made.title, made.sections[0].text) == ("甲事", "乙。\n丙。")


def test_a_wrong_name_within_lists_is_told_with_the_names_there_are(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"b": {"n": "甲"}, "c": [{"txt": "乙。"}]}), encoding="utf-8")
    _, (problem,) = read(path, "title=b.n,text=c.text")
    assert problem.reason == "映射里的列 c.text 文件里没有（现有列：b.n、c.txt）"
