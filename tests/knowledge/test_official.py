"""What an official document says of itself is taken from it; what it does not is not made up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from knowledge.model import Entry
from knowledge.sources.official import region_of_office, said_of_itself
from knowledge.sources.raw import Problem, build
from knowledge.sources.read import read_file
from tests.knowledge.pdf import pdf_of

NOTICE = """示例市人力资源和社会保障局文件
示人社规〔2024〕3号
关于印发《示例市租房补贴实施细则》的通知
各县人力资源和社会保障局：
现将《示例市租房补贴实施细则》印发给你们。
一、补贴对象
毕业两年内的高校毕业生。居住证有效期为五年。
二、施行
本细则自2024年7月1日起施行，有效期三年。2019年1月1日起施行的《示例市租房补贴办法》（示人社〔2018〕5号）和《示例市人才补贴办法》同时废止。
示例市人力资源和社会保障局
2024年6月12日
"""


def read(path: Path) -> tuple[list[Entry], list[str]]:
    made: list[Entry | Problem] = []
    for item in read_file(path):
        made += [item] if isinstance(item, Problem) else build(item)
    entries = [one for one in made if isinstance(one, Entry)]
    return entries, [one.reason for one in made if isinstance(one, Problem)]


def test_a_notice_says_who_when_and_what_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(NOTICE.encode("gb18030"))
    (entry,), doubts = read(path)
    assert entry.title == "关于印发《示例市租房补贴实施细则》的通知"
    assert entry.issuer == "示例市人力资源和社会保障局"
    assert entry.document_number == "示人社规〔2024〕3号"
    assert (entry.effective_from, entry.effective_to) == (date(2024, 7, 1), date(2027, 6, 30))
    assert entry.supersedes == ("示人社〔2018〕5号", "《示例市人才补贴办法》")
    assert entry.region == "990100"
    assert any("按发布机关" in doubt for doubt in doubts)
    assert [s.heading for s in entry.sections] == ["一、补贴对象", "二、施行", "印发说明"]
    assert entry.sections[-1].text.startswith("各县")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("文号：示政〔2025〕18号    自2025年7月1日起施行", "示政〔2025〕18号"),
        ("发文机关：示例市人民政府  文号：示政〔2025〕18号（2025年修订）", "示政〔2025〕18号"),
        ("发文字号：示例市人民政府令第 52 号  公布", "示例市人民政府令第52号"),
        ("发文字号：无号 2025-3", "无号2025-3"),
    ],
)
def test_a_number_ends_where_what_follows_on_its_line_begins(said: str, number: str) -> None:
    told = said_of_itself(f"示例市停车管理规定\n{said}\n第一条 为了规范停车，制定本规定。")
    assert told.values["document_number"] == number


@pytest.mark.parametrize(
    ("clause", "first", "last"),
    [
        ("本办法自二〇二四年七月一日起施行。", date(2024, 7, 1), None),
        (
            "本通知自2024年7月1日起执行，有效期至2026年12月31日。",
            date(2024, 7, 1),
            date(2026, 12, 31),
        ),
        ("本方案自2024年2月29日起试行，试行期一年。", None, None),
        ("本办法自2024年1月1日起施行，试行期为两年。", date(2024, 1, 1), date(2025, 12, 31)),
        ("许可证有效期五年。", None, None),
        ("自2010年1月1日起施行的《某办法》继续有效。", None, None),
        ("本办法自2024年1月1日起施行，第三条自2025年1月1日起施行。", date(2024, 1, 1), None),
    ],
)
def test_days_are_taken_from_the_closing_clause(
    clause: str, first: date | None, last: date | None
) -> None:
    told = said_of_itself(f"某市某管理办法\n申请人应当提交材料。\n{clause}")
    assert told.values.get("effective_from") == first
    assert told.values.get("effective_to") == last


MEASURES = "".join(f"{n}、措施\n对符合条件的企业按规定给予补助，按月核发。\n" * 9 for n in "一二三")


@pytest.mark.parametrize(
    ("clause", "last"),
    [
        ("与毕业生签一年以上合同的，发放一次性补助，政策执行至2025年12月31日。", None),
        ("对招用毕业生的企业发放补助，执行至2025年12月31日。", date(2025, 12, 31)),
        ("以上政策执行至2025年12月31日。", date(2025, 12, 31)),
        ("本通知执行至2025年12月31日。", date(2025, 12, 31)),
        ("上述措施自2024年7月1日起执行，政策执行至2025年12月31日。", date(2025, 12, 31)),
        ("有效期至2025年12月31日。", date(2025, 12, 31)),
    ],
)
def test_the_end_of_one_measure_among_others_does_not_end_the_document(
    clause: str, last: date | None
) -> None:
    told = said_of_itself(f"某市关于稳岗工作的通知\n{MEASURES}{clause}\n{MEASURES}")
    assert told.values.get("effective_to") == last
    assert any("可能只是其中一项" in doubt for doubt in told.doubts) is (last is None)
    short = said_of_itself(f"某市关于稳岗工作的通知\n{clause}")
    assert short.values["effective_to"] == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("stem", "line", "title"),
    [
        ("p0017", "示例市举行稳岗工作情况介绍会", "示例市举行稳岗工作情况介绍会"),
        ("稳岗政策介绍", "示例市举行稳岗工作情况介绍会", "稳岗政策介绍"),
        ("p0017", "稳岗返还工作已经开始，现就有关情况说明如下。", "p0017"),
        ("p0017", "一、补贴对象", "p0017"),
        ("p0017", "第一条　申请人", "p0017"),
    ],
)
def test_a_text_without_an_official_name_is_called_by_its_first_line(
    tmp_path: Path, stem: str, line: str, title: str
) -> None:
    path = tmp_path / f"{stem}.txt"
    path.write_text(f"{line}\n企业可以申请返还。\n符合条件的，按月核发。\n", "utf-8")
    (entry,), _ = read(path)
    assert entry.title == title


def test_a_press_conference_has_a_name_and_a_place(tmp_path: Path) -> None:
    path = tmp_path / "p1.txt"
    name = "示例市举行稳岗工作新闻发布会（2025年11月25日）"
    path.write_text(f"{name}\n记者：怎么返还？\n发言人：按比例返还。\n", "utf-8")
    (entry,), doubts = read(path)
    assert (entry.title, entry.region) == (name, "990100")
    assert any("按标题" in doubt for doubt in doubts)


def test_two_days_that_differ_are_reported_and_neither_is_taken() -> None:
    told = said_of_itself("某办法\n自2024年1月1日起施行。\n自2024年3月1日起施行。")
    assert "effective_from" not in told.values
    assert "不一致（2024-01-01、2024-03-01）" in told.doubts[0]


def test_from_its_publication_on_means_the_day_it_bears_and_is_reported() -> None:
    told = said_of_itself("关于某事的通知\n本通知自印发之日起施行。\n示例市教育局\n2024年5月6日")
    assert told.values["effective_from"] == date(2024, 5, 6)
    assert "按文件日期 2024-05-06 起算" in told.doubts[0]
    undated = said_of_itself("关于某事的通知\n本通知自印发之日起施行。")
    assert "effective_from" not in undated.values
    assert "请补上" in undated.doubts[0]


def test_a_document_that_says_it_has_ended_is_not_taken_in(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"有效性：失效\n{NOTICE.replace('，有效期三年', '')}", "utf-8")
    entries, (reason,) = read(path)
    assert not entries
    assert "已失效" in reason
    assert "effective_to" in reason


def test_what_the_front_matter_says_goes_first_and_another_day_is_reported(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        f'---\ntitle: 租房补贴\nregion: "990100"\neffective_from: 2024-08-01\n---\n{NOTICE}',
        "utf-8",
    )
    (entry,), doubts = read(path)
    assert entry.effective_from == date(2024, 8, 1)
    assert entry.supersedes == ()
    assert any("写的是 2024-08-01，正文说的是 2024-07-01" in doubt for doubt in doubts)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("合肥市人力资源和社会保障局", "340100"),
        ("国务院办公厅", "000000"),
        ("人力资源社会保障部", "000000"),
        ("安徽省民政厅", "340000"),
        ("公安局", None),
        ("鼓楼区民政局", None),
        ("", None),
    ],
)
def test_an_office_tells_whose_rule_it_is_or_nothing(name: str, code: str | None) -> None:
    assert region_of_office(name) == code


def test_an_office_of_another_place_than_the_region_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("问题,答案,地区,部门\n甲,一。,340100,上海市公安局\n", "utf-8")
    (entry,), doubts = read(path)
    assert entry.region == "340100"
    assert any("却属于上海市" in doubt for doubt in doubts)


def test_a_word_notice_with_what_word_puts_into_it_is_read_whole(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("关于发放补贴的通知").alignment = WD_ALIGN_PARAGRAPH.CENTER
    for heading in ("一、补贴标准", "二、申请材料"):
        document.add_paragraph().add_run(heading).bold = True
        if "标准" in heading:
            table = document.add_table(rows=4, cols=3)
            table.cell(0, 0).merge(table.cell(0, 2)).text = "补贴标准表"
            for column, words in enumerate(("学历", "金额", "年限")):
                table.cell(1, column).text = words
            for row, words in enumerate(("博士", "硕士"), 2):
                table.cell(row, 0).text = words
                table.cell(row, 1).text = f"{row}万元"
            table.cell(2, 2).merge(table.cell(3, 2)).text = "三年"
            inner = table.cell(3, 0).add_table(rows=1, cols=2)
            inner.cell(0, 0).text, inner.cell(0, 1).text = "全日制", "非全日制"
        else:
            for words in ("身份证", "毕业证书"):
                document.add_paragraph(words, style="List Number")
    box = (
        f"<w:r {nsdecls('w')}><w:pict><w:txbxContent><w:p>"
        "<w:r><w:t>咨询电话：0000-12345</w:t></w:r>"
        "</w:p></w:txbxContent></w:pict></w:r>"
    )
    document.paragraphs[-1]._p.append(parse_xml(box))
    inserted = f"<w:ins {nsdecls('w')}><w:r><w:t>（新增）</w:t></w:r></w:ins>"
    document.paragraphs[-1]._p.append(parse_xml(inserted))
    path = tmp_path / "a.docx"
    document.save(str(path))
    (entry,), _ = read(path)
    told = {s.heading: s.text for s in entry.sections}
    assert entry.title == "关于发放补贴的通知"
    assert "补贴标准表" in told["一、补贴标准"]
    assert "| 硕士；全日制，非全日制 | 3万元 | 三年 |" in told["一、补贴标准"]
    assert told["二、申请材料"].startswith("1. 身份证\n2. 毕业证书（新增）")
    assert "咨询电话：0000-12345" in told["二、申请材料"]


def test_articles_that_word_numbers_are_articles(tmp_path: Path) -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    level = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
        '<w:lvlText w:val="第%1条"/></w:lvl>'
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{level}</w:abstractNum>')
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
    )
    document.add_paragraph("示例市养犬管理条例")
    for words in ("为了规范养犬，制定本条例。", "养犬应当登记。", "登记不收费。"):
        paragraph = document.add_paragraph(words)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="90"/></w:numPr>')
        )
    path = tmp_path / "a.docx"
    document.save(str(path))
    (entry,), _ = read(path)
    assert entry.kind == "statute"
    assert [s.heading for s in entry.sections] == ["第一条", "第二条", "第三条"]
    assert entry.sections[1].text == "第二条 养犬应当登记。"


def test_a_guide_that_is_one_table_is_a_service_item(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<html><body><table><tr><td>事项名称</td><td>居住证签注</td><td>实施主体</td>"
        "<td>示例市公安局</td></tr><tr><td>申请材料</td><td colspan=3>身份证</td></tr>"
        "<tr><td>办理时限</td><td>即办</td><td>收费标准</td><td>不收费</td></tr></table></body></html>",
        "utf-8",
    )
    (entry,), _ = read(path)
    assert (entry.title, entry.kind, entry.region) == ("居住证签注", "service", "990100")
    assert [f.value for f in entry.fields] == ["身份证", "即办", "不收费"]


def test_a_page_as_an_office_serves_it_gives_its_article(tmp_path: Path) -> None:
    page = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
    <title>关于调整筹资标准的通知-示例市医疗保障局</title></head><body>
    <div class="nav"><ul><li><a>首页</a></li><li><a>政务公开</a></li><li><a>服务</a></li></ul></div>
    <div class="position">当前位置：<a>首页</a> &gt; <a>文件</a></div>
    <div><div><table><tr><td>索 引 号：</td><td>001</td><td>发布机构：</td>
    <td>示例市医疗保障局</td></tr><tr><td>文　　号：</td><td>示医保〔2024〕15号</td>
    <td>有效性：</td><td>有效</td></tr></table>
    <h1>关于调整筹资标准的通知</h1>
    <div>发布时间：2024-08-30 09:12　来源：某网　字体：【<a>大</a>】</div>
    <div class="TRS_Editor"><p>经市政府同意，现就有关
    事项通知如下，请遵照执行。</p><p>一、标准</p><p>每人每年400元。</p><p>二、待遇</p>
    <table><tr><th>类别</th><th>医院</th><th>比例</th></tr><tr><td rowspan="2">住院</td>
    <td>一级</td><td>85%</td></tr><tr><td>二级</td><td>75%</td></tr></table></div>
    <div class="share">分享到：<a>微信</a></div><div>【<a>打印本页</a>】【<a>关闭窗口</a>】</div>
    </div></div><div class="footer">主办单位</div><script>alert(1)</script></body></html>"""
    path = tmp_path / "a.html"
    path.write_bytes(page.encode("gb18030"))
    (entry,), _ = read(path)
    assert entry.title == "关于调整筹资标准的通知"
    assert (entry.issuer, entry.document_number) == ("示例市医疗保障局", "示医保〔2024〕15号")
    assert [s.heading for s in entry.sections] == ["", "一、标准", "二、待遇"]
    assert entry.sections[0].text == "经市政府同意，现就有关事项通知如下，请遵照执行。"
    assert "| 住院 | 二级 | 75% |" in entry.sections[2].text
    said = entry.text
    assert not [
        w for w in ("首页", "当前位置", "分享", "打印", "主办", "alert", "发布时间") if w in said
    ]


def test_columns_of_a_pdf_are_read_one_after_the_other_without_its_margins(
    tmp_path: Path,
) -> None:
    columns = {
        (page, side): [f"{page}页{side}栏第{n}行的文字写到这里为止换" for n in range(10)]
        for page in "甲乙丙"
        for side in "左右"
    }
    pages = [
        [
            [(200, "示例市人民政府公报 2025年第6期")],
            *([(40, a), (320, b)] for a, b in zip(columns[p, "左"], columns[p, "右"], strict=True)),
            [(280, f"第{number}页 共3页")],
        ]
        for number, p in enumerate("甲乙丙", 1)
    ]
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(pages))
    (entry,), _ = read(path)
    said = "".join(entry.sections[0].text.split())
    assert said == "".join("".join(lines) for lines in columns.values())


def test_columns_whose_lines_are_not_level_are_columns_all_the_same(tmp_path: Path) -> None:
    left = [f"左栏第{n}行的文字写到这里为止换行" for n in range(8)]
    right = [f"右栏第{n}行的文字写到这里为止换行" for n in range(8)]
    page: list[str | list[tuple[int, str] | tuple[int, str, int]]] = ["各有关单位"]
    page += [[(40, a), (320, b, 11)] for a, b in zip(left, right, strict=True)]
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of([page]))
    (entry,), _ = read(path)
    said = "".join(entry.sections[0].text.split())
    assert said == "".join(["各有关单位", *left, *right])


def test_radicals_a_font_puts_for_characters_are_characters_again(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(
        pdf_of([[[(120, "⽰例市⼈⺠政府办公室关于⻓者优待的通知")], "⼾籍⽼⼈可以申请。"]])
    )
    (entry,), _ = read(path)
    assert entry.title == "示例市人民政府办公室关于长者优待的通知"
    assert entry.sections[0].text == "户籍老人可以申请。"
