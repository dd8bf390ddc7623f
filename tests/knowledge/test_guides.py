"""Guides and notices as offices write them: nothing they say is lost or said of something else."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from types import SimpleNamespace

import docx
import openpyxl
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.worksheet.worksheet import Worksheet

from knowledge.model import Entry
from knowledge.sources.layout import Block, cells_of, inside, titled
from knowledge.sources.raw import Problem, build
from knowledge.sources.read import read_file
from tests.knowledge.pdf import pdf_of

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def taken(path: Path) -> tuple[Entry, list[str]]:
    """The one entry of a file, and what was doubtful."""
    (entry,), doubts = entries(path)
    return entry, doubts


def entries(path: Path) -> tuple[list[Entry], list[str]]:
    made: list[Entry | Problem] = []
    for item in read_file(path):
        made += [item] if isinstance(item, Problem) else build(item)
    doubts = [one.reason for one in made if isinstance(one, Problem)]
    return [one for one in made if isinstance(one, Entry)], doubts


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


def test_a_footnote_is_said_where_it_belongs(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("灵活就业补贴办法")
    paragraph = document.add_paragraph("每人每月补贴620元")
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r>'
        "<w:t>不超过36个月。</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    form = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), form, notes.encode(), document.part.package)
    document.part.relate_to(part, f"{RELATIONS}/footnotes")
    path = tmp_path / "a.docx"
    document.save(str(path))
    assert "每人每月补贴620元（注：不超过36个月）" in taken(path)[0].text


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


TABS = """<html><head><title>食品经营许可-办事指南-示例政务服务网</title></head><body>
<div class="wrap"><h2 class="name">食品经营许可</h2><ul><li><a>基本</a></li><li><a>条件</a></li><li>
<a>材料</a></li></ul><div class="row"><span>实施主体</span><span>芜湖市市场监督管理局</span></div>
<div class="row"><span>服务对象</span><span>企业法人,个体工商户</span></div>
<div class="row"><span>法定办结时限</span><span>20（工作日）</span></div>
<div class="row"><span>承诺办结时限</span><span>5（工作日）</span></div>
<div class="row"><span>是否收费</span><span>否</span></div>
<div class="pane" style="display: none"><h3>受理条件</h3><p>有相适应的场所。</p></div>
<div class="pane" style="display:none"><h3>申请材料</h3><table><tr><th>名称</th><th>份数</th></tr>
<tr><td>申请书</td><td>1</td></tr></table></div></div>
<div class="login-dialog" style="display:none">请先登录后再办理，可以扫码登录。</div>
</body></html>"""


def test_what_a_page_folds_away_belongs_to_the_guide_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "detail.html"
    path.write_text(TABS, encoding="utf-8")
    entry, doubts = taken(path)
    assert entry.title == "食品经营许可"
    assert entry.issuer == "芜湖市市场监督管理局"
    assert entry.region == "340200"
    assert entry.audience.names == ("enterprise",)
    said = {row.key: row.value for row in entry.fields}
    assert said == {"legal_time": "20个工作日", "promised_time": "5个工作日", "fee": "不收费"}
    assert [s.heading for s in entry.sections][:2] == ["受理条件", "申请材料"]
    assert "| 申请书 | 1 |" in entry.text
    assert "登录" not in entry.text
    assert any("折叠" in doubt for doubt in doubts)


def test_an_article_its_script_would_show_is_read(tmp_path: Path) -> None:
    words = "上年度足额缴费、裁员率不高于5.5%的企业可以申领，不用交材料，比对后直接发放到账户。"
    hidden = f'<div id="js_content" style="visibility: hidden"><p>{words}</p></div>'
    page = f"<body><h1>稳岗返还</h1>{hidden}"
    assert "裁员率" in written(tmp_path, "a.html", page).text


def test_a_page_of_links_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.html"
    rows = "".join(
        f'<li><a href="{n}">关于第{n}批认定的公告</a> 2024-01-0{n}</li>' for n in range(1, 10)
    )
    path.write_text(f"<body><ul>{rows}</ul></body>", encoding="utf-8")
    (problem,) = read_file(path)
    assert isinstance(problem, Problem)
    assert "目录" in problem.reason


def test_a_table_inside_a_cell_belongs_to_its_label(tmp_path: Path) -> None:
    page = (
        "<h1>残疾人证办理指南</h1><table border=1><tr><td>实施机构</td><td>马鞍山市残联</td></tr>"
        "<tr><td>申请材料</td><td><table><tr><td>身份证</td><td>1份</td></tr><tr><td>照片</td>"
        "<td>4张</td></tr></table></td></tr><tr><td>法定时限</td><td>30个工作日</td></tr>"
        "<tr><td>咨询电话</td><td>0555-12345</td></tr></table>"
    )
    said = {row.key: row.value for row in written(tmp_path, "a.html", page).fields}
    assert said["materials"] == "身份证，1份；照片，4张"
    assert said["phone"] == "0555-12345"


def test_headings_over_two_rows_are_one(tmp_path: Path) -> None:
    page = (
        "<h1>津贴标准</h1><p>标准如下。</p><table><tr><th rowspan=2>年龄</th><th colspan=2>"
        "每月（元）</th></tr><tr><th>城镇</th><th>农村</th></tr><tr><td>80</td><td>60</td><td>50</td></tr>"
        "<tr><td>100</td><td colspan=2>800</td></tr></table>"
    )
    text = written(tmp_path, "a.html", page).text
    assert "| 年龄 | 每月（元）：城镇 | 每月（元）：农村 |" in text
    assert "| 100 | 800 | 800 |" in text


def test_the_first_of_several_questions_is_no_title_of_them_all(tmp_path: Path) -> None:
    path = tmp_path / "便民.txt"
    path.write_text(
        "社保卡补办怎么办？\n带身份证到网点，当天补发。\n\n少儿医保什么时候缴费？\n每年9月至12月。\n",
        encoding="utf-8",
    )
    entry, _ = taken(path)
    assert entry.title == "便民"
    assert [section.heading for section in entry.sections] == [
        "社保卡补办怎么办？",
        "少儿医保什么时候缴费？",
    ]


def test_questions_on_lines_of_their_own_head_their_answers(tmp_path: Path) -> None:
    text = "登记热点\n\n转移登记要多久？\n1个工作日。\n\n证书丢了怎么补办？\n申请补发。\n"
    entry = written(tmp_path, "a.txt", text)
    assert [s.heading for s in entry.sections][-2:] == ["转移登记要多久？", "证书丢了怎么补办？"]


def test_a_list_of_services_with_merged_cells_says_each_thing_of_its_own(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["示例清单", None, None, None, None, None])
    sheet.append(["实施部门", "事项名称", "办理时限（工作日）", None, "收费标准", "实施日期"])
    sheet.append([None, None, "法定", "承诺", None, None])
    sheet.append(["芜湖市公安局", "居住证签发", 15, 7, "免费", 45658])
    sheet.append([None, "无犯罪记录证明", 5, 1, "#REF!", datetime.date(2025, 1, 1)])
    sheet.append(["芜湖市民政局", "=B4", 20, 2, "免费", "2025.1.1"])
    for cells in ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3", "A4:A5"):
        sheet.merge_cells(cells)
    path = tmp_path / "list.xlsx"
    book.save(path)
    found, doubts = entries(path)
    first, second = found[:2]
    assert [(row.key, row.value) for row in first.fields] == [
        ("legal_time", "15个工作日"),
        ("promised_time", "7个工作日"),
        ("fee", "免费"),
    ]
    assert second.issuer == "芜湖市公安局"
    assert "fee" not in {row.key for row in second.fields}
    assert first.effective_from == second.effective_from == datetime.date(2025, 1, 1)
    assert any("1 格是公式" in doubt for doubt in doubts)


def test_a_table_below_a_title_is_parted_by_what_its_rows_have(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        "公积金问答汇总\n\n问题\t答复\n要本人去吗？\t不用\n几天？\t3天\n".encode("utf-16")
    )
    found, _ = entries(path)
    assert [(one.title, one.text) for one in found] == [("要本人去吗？", "不用"), ("几天？", "3天")]


def test_rows_of_a_database_say_their_parts_in_its_words(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    row = {
        "knowledge_id": "K1",
        "knowledgeTitle": "低保申请",
        "knowledgeContent": "<p>向<b>户籍地</b>申请。</p><p>交身份证。&nbsp;</p>",
        "meta": {"deptName": "池州市民政局", "startTime": 1704067200000},
    }
    path.write_text(json.dumps(row, ensure_ascii=False), "utf-8")
    (entry,), _ = entries(path)
    assert (entry.id, entry.title, entry.region) == ("K1", "低保申请", "341700")
    assert entry.text == "向户籍地申请。\n\n交身份证。"
    assert entry.effective_from == datetime.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("name", "advice"),
    [("a.ofd", "PDF"), ("a.wps", "docx"), ("a.pptx", "docx"), ("a.zip", "解压"), ("a.jpg", "识别")],
)
def test_a_file_of_another_form_is_refused_with_what_to_do(
    tmp_path: Path, name: str, advice: str
) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    (problem,) = read_file(path)
    assert isinstance(problem, Problem)
    assert advice in problem.reason


@pytest.mark.parametrize(
    ("closing", "ended"),
    [
        (
            "《旧门诊通知》（宜医〔2022〕8号）不再执行，与本通知不符的，按本通知执行。",
            ("宜医〔2022〕8号",),
        ),
        ("本通知替代《旧门诊通知》（宜医〔2022〕8号）。", ("宜医〔2022〕8号",)),
        ("原宜医〔2022〕8号文件同时废止。", ("宜医〔2022〕8号",)),
        (
            "2022年印发的宜医〔2022〕8号、宜医〔2021〕3号同时废止。",
            ("宜医〔2022〕8号", "宜医〔2021〕3号"),
        ),
        ("《旧门诊通知》被本通知取代。", ("《旧门诊通知》",)),
        ("申请人可以用电子证照替代《居住证》。", ()),
        ("依据《旧门诊通知》（宜医〔2022〕8号）执行。", ()),
    ],
)
def test_what_a_notice_ends_is_told_however_it_says_so(
    tmp_path: Path, closing: str, ended: tuple[str, ...]
) -> None:
    said = "安庆市关于门诊待遇的通知\n宜医〔2025〕12号\n每年报200元。\n本通知自2025年7月1日起执行。"
    said += f"{closing}\n"
    assert written(tmp_path, "a.txt", said).supersedes == ended


def test_a_notice_that_changes_another_in_part_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("关于修订《公租房细则》的通知\n第五条改为：月收入低于3200元。\n", "utf-8")
    entry, doubts = taken(path)
    assert entry.supersedes == ()
    assert any("修订了《公租房细则》" in doubt for doubt in doubts)


def test_a_national_bodys_office_in_a_province_is_the_provinces(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "问题,答案,部门\n契税,申报。,国家税务总局安徽省税务局\n印花税,申报。,国家税务总局\n",
        "utf-8",
    )
    assert [one.region for one in entries(path)[0]] == ["340000", "000000"]


def test_offices_that_sign_together_are_told_apart(tmp_path: Path) -> None:
    text = "关于发放补贴的通知\n每台补贴一千元。\n宿州市财政局　　宿州市农业农村局\n2025年4月30日\n"
    assert written(tmp_path, "a.txt", text).issuer == "宿州市财政局、宿州市农业农村局"


def test_what_a_browser_prints_at_the_edges_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    lines = [
        "11/22/26, 11:05 PM",
        "示例市停车管理办法",
        "停车收费应当公示，收费标准由物价部门制定并向社会公布。",
        "https://a.example/b 1/1",
    ]
    path.write_bytes(pdf_of([lines]))
    entry = taken(path)[0]
    assert entry.title == "示例市停车管理办法"
    assert "PM" not in entry.text
    assert "https" not in entry.text


def test_a_page_that_lies_on_its_side_is_read_upright(tmp_path: Path) -> None:
    lines = [
        "示例市停车管理办法",
        "停车收费应当公示，收费标准由物价部门制定。",
        "违反规定的，责令改正。",
    ]
    upright = pdf_of([lines])
    for turn in (90, 270):
        path = tmp_path / f"{turn}.pdf"
        path.write_bytes(upright.replace(b"/Type /Page /", b"/Type /Page /Rotate %d /" % turn))
        assert path.read_bytes() != upright
        entry = taken(path)[0]
        assert entry.title == lines[0]
        assert lines[1] in entry.text


def test_the_line_set_largest_is_the_name_and_no_letterhead() -> None:
    said = [
        Block("示例市人民政府办公室文件", height=24.0),
        Block("失业保险金申领", height=16.0),
        Block("办事指南", height=16.0),
        *(Block("一、条件：缴费满一年的可以申领。", height=10.5) for _ in range(5)),
    ]
    first, second, *_ = titled(said)
    assert first.text == "# 失业保险金申领办事指南"
    assert second.text == "示例市人民政府办公室文件"


def test_what_only_touches_a_table_s_edge_is_not_part_of_it() -> None:
    box = (80.0, 330.0, 510.0, 400.8)
    assert not inside({"x0": 90, "x1": 100, "top": 400.0, "bottom": 412.0}, box)
    assert inside({"x0": 90, "x1": 100, "top": 387.0, "bottom": 399.0}, box)


def test_a_merged_cell_of_a_printed_table_says_the_same_in_each_place() -> None:
    whole, high, low = (0, 0, 10, 40), (10, 0, 30, 20), (10, 20, 20, 40)
    last = (20, 20, 30, 40)
    table = SimpleNamespace(
        rows=[
            SimpleNamespace(cells=[whole, high, None], bbox=(0, 0, 30, 40)),
            SimpleNamespace(cells=[None, low, last], bbox=(10, 20, 30, 40)),
        ],
        extract=lambda: [["年龄", "标准", None], [None, "城镇", "农村"]],
    )
    assert cells_of(table) == [["年龄", "标准", "标准"], ["年龄", "城镇", "农村"]]
