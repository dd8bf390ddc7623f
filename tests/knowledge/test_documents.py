"""Pages, Word, Excel and PDF files with what they really carry: headings, lists, tables."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Entry
from knowledge.sources.raw import Problem, Raw, build
from knowledge.sources.read import read_file
from knowledge.sources.sections import split_sections
from knowledge.sources.statute import articles_of
from tests.knowledge.pdf import PICTURE, pdf_of

STATUTE = """某市养犬管理条例

第一章 总则

第一条 为了规范养犬行为，制定本条例。

第二条 本条例适用于本市行政区域。
有下列情形的除外：
（一）军犬；
（二）警犬。

第二章 登记

第三条 养犬应当登记。

第三条之一 登记不收费。
"""


def entries(path: Path) -> list[Entry]:
    found: list[Entry] = []
    for item in read_file(path):
        for made in (item,) if isinstance(item, Problem) else build(item):
            if isinstance(made, Entry):
                found.append(made)
            else:
                assert made.taken, made
    return found


def test_a_statute_is_split_by_article_with_its_chapter(tmp_path: Path) -> None:
    path = tmp_path / "law.md"
    path.write_text(STATUTE, encoding="utf-8")
    (law,) = entries(path)
    assert law.kind == "statute"
    assert [s.heading for s in law.sections] == [
        "第一章 总则 第一条",
        "第一章 总则 第二条",
        "第二章 登记 第三条",
        "第二章 登记 第三条之一",
    ]
    assert law.sections[1].text.startswith("第二条 本条例适用")
    assert law.sections[1].text.endswith("（二）警犬。")


def test_a_guide_that_quotes_articles_is_no_statute() -> None:
    text = "办理说明。" * 60 + "\n第一条 甲。\n第二条 乙。\n第三条 丙。"
    assert articles_of(text) == ()


def test_headings_make_sections_and_stand_with_the_heading_above() -> None:
    title, sections = split_sections(
        "# 指南\n\n开头。\n\n## 费用\n20元。\n\n### 港澳居民\n40元。\n\n## 地点\n大厅。"
    )
    assert title == "指南"
    assert sections == (
        ("", "开头。"),
        ("费用", "20元。"),
        ("费用：港澳居民", "40元。"),
        ("地点", "大厅。"),
    )


def test_a_hash_in_a_code_block_is_no_heading() -> None:
    _, sections = split_sections("开头\n```\n# 不是标题\n```\n结尾")
    assert len(sections) == 1


@given(st.text(alphabet="#\n 第一二条章甲乙。|-`", max_size=300))
def test_any_text_can_be_split(text: str) -> None:
    split_sections(text)
    for heading, body in articles_of(text):
        assert heading
        assert body in text


def test_a_page_keeps_its_text_and_tables_and_loses_its_frame(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(
        """<html><head><meta charset="gb2312"><title>居住证办理_某市政府</title>
        <meta name="ContentSource" content="某市公安局"></head><body>
        <nav>首页 导航</nav><article><h1>居住证办理</h1><p>居住满半年可以申请。</p>
        <h2>申请材料</h2><ul><li>身份证</li><li>租房合同</li></ul>
        <h2>费用</h2><table><tr><th>项目</th><th>金额</th></tr><tr><td>首次</td><td>免费</td></tr></table>
        <script>alert('x')</script></article><footer>版权</footer></body></html>""".encode("gb2312")
    )
    (page,) = entries(path)
    assert (page.title, page.issuer) == ("居住证办理", "某市公安局")
    told = {s.heading: s.text for s in page.sections}
    assert told[""] == "居住满半年可以申请。"
    assert "- 租房合同" in told["申请材料"]
    assert "| 首次 | 免费 |" in told["费用"]
    assert not any(word in page.text for word in ("导航", "alert", "版权"))


def test_a_word_file_keeps_headings_and_tables(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("老年优待证办理", 0)
    document.add_paragraph("年满六十周岁可以申请。")
    document.add_heading("收费标准", 1)
    table = document.add_table(rows=2, cols=2)
    for n, words in enumerate(("项目", "金额", "工本费", "10元")):
        table.rows[n // 2].cells[n % 2].text = words
    path = tmp_path / "guide.docx"
    document.save(str(path))
    (guide,) = entries(path)
    assert guide.title == "老年优待证办理"
    assert guide.sections[0].text == "年满六十周岁可以申请。"
    assert guide.sections[1].heading == "收费标准"
    assert "| 工本费 | 10元 |" in guide.sections[1].text


def test_a_workbook_of_questions_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    for row in (
        ("问题", "答案", "区划代码"),
        ("居住证多久办好", "五天。", 340100),
        (None, None, None),
    ):
        first.append(row)
    second = book.create_sheet("护照")
    for row in (("问题", "答案"), ("护照多少钱", "120元。")):
        second.append(row)
    path = tmp_path / "qa.xlsx"
    book.save(path)
    made = entries(path)
    assert [(e.title, e.region) for e in made] == [
        ("居住证多久办好", "340100"),
        ("护照多少钱", "000000"),
    ]


def test_a_pdf_gives_its_paragraphs_joined_and_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "notice.pdf"
    lines = [
        "关于发放育儿补贴的通知",
        "一、补贴对象",
        "具有本市户籍并在本市生育第二个以上子女的家庭可以申请育儿补",
        "贴，每孩每年三千元。",
        "二、办理地点",
        "到街道政务服务中心办理。",
        "- 1 -",
    ]
    path.write_bytes(pdf_of([lines]))
    (notice,) = entries(path)
    assert notice.title == "关于发放育儿补贴的通知"
    told = {s.heading: s.text for s in notice.sections}
    assert "可以申请育儿补贴，每孩每年三千元。" in told["一、补贴对象"]
    assert told["二、办理地点"] == "到街道政务服务中心办理。"


def test_digits_of_another_font_end_no_paragraph_and_a_wide_blank_is_one(tmp_path: Path) -> None:
    path = tmp_path / "rule.pdf"
    first = [
        (60, "第三条", 0),
        (116, "积分每满", 0),
        (172, "100", 2),
        (214, "分可以兑换日用品，两年", 0),
    ]
    path.write_bytes(
        pdf_of([["兑换规则", "第一条　甲。", "第二条　乙。", first, "内有效，过期清零。"]])
    )
    (rule,) = entries(path)
    assert rule.sections[-1].text == "第三条 积分每满100分可以兑换日用品，两年内有效，过期清零。"


def test_a_scan_without_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_of([[], []]))
    (problem,) = list(read_file(path))
    assert isinstance(problem, Problem)
    assert "扫描件" in problem.reason


def test_pages_of_a_pdf_that_are_pictures_are_named(tmp_path: Path) -> None:
    path = tmp_path / "mixed.pdf"
    text = ["关于发放育儿补贴的通知", "具有本市户籍的家庭可以申请育儿补贴。", "到街道办理。"]
    path.write_bytes(pdf_of([text, [PICTURE], text, [PICTURE]]))
    problem, raw = list(read_file(path))
    assert isinstance(problem, Problem)
    assert problem.taken
    assert problem.reason.startswith("第 2、4 页只有图片")
    assert isinstance(raw, Raw)


@pytest.mark.parametrize("times", [1, 2])
def test_a_pdf_that_unpacks_to_a_flood_is_refused_before_it_is_unpacked(
    tmp_path: Path, times: int
) -> None:
    packed = bytes(60 * 1024 * 1024)
    for _ in range(times):
        packed = zlib.compress(packed)
    path = tmp_path / "flood.pdf"
    filters = b"/FlateDecode " * times
    path.write_bytes(
        b"%%PDF-1.4\n4 0 obj\n<< /Length %d /Filter [%s] >>\nstream\n%s\nendstream\nendobj\n"
        % (len(packed), filters, packed)
    )
    (problem,) = list(read_file(path))
    assert isinstance(problem, Problem)
    assert "压缩炸弹" in problem.reason


def test_a_pdf_with_a_password_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "secret.pdf"
    path.write_bytes(pdf_of([["关于发放育儿补贴的通知"]], locked=True))
    (problem,) = list(read_file(path))
    assert isinstance(problem, Problem)
    assert "密码" in problem.reason


def test_a_protected_workbook_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "secret.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))
    (problem,) = list(read_file(path))
    assert isinstance(problem, Problem)
    assert "密码" in problem.reason


@pytest.mark.parametrize(
    "suffix", [".docx", ".xlsx", ".pdf", ".html", ".jsonl", ".csv", ".md", ".json"]
)
@given(content=st.binary(max_size=400))
def test_no_bytes_whatever_bring_a_reader_down(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes((b"%PDF-1.4\n" if suffix == ".pdf" else b"") + content)
    for item in read_file(path):
        if not isinstance(item, Problem):
            list(build(item))


def test_a_truncated_word_file_is_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    docx.Document().save(stream)
    path = tmp_path / "cut.docx"
    path.write_bytes(stream.getvalue()[: len(stream.getvalue()) // 2])
    (problem,) = list(read_file(path))
    assert isinstance(problem, Problem)
    assert "损坏" in problem.reason


def test_names_of_other_pages_under_an_article_are_its_frame(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<html><body><div class='x'><h1>供水管线移交办法</h1><div class='z'>"
        "<p>竣工后30日内移交。</p><p>表前由供水企业维修，相关费用不收取。</p></div>"
        "<div class='r'><h3>相关链接：</h3><ul><li><a href='/1'>一图读懂移交</a></li>"
        "<li><a href='/2'>召开年度工作会议</a></li></ul></div>"
        "<p><b>相关政策</b></p><p>也可按<a href='/3'>老办法</a>办理。</p>"
        "<div>上一篇：<a href='/4'>照明管理办法</a> 下一篇：没有了</div></div></body></html>",
        encoding="utf-8",
    )
    (entry,) = entries(path)
    assert "一图读懂" not in entry.text
    assert "年度工作会议" not in entry.text
    assert "照明" not in entry.text
    assert "相关费用不收取" in entry.text
    assert "也可按老办法办理" in entry.text


def test_numbered_sentences_do_not_stand_under_the_one_that_ends_with_a_colon(
    tmp_path: Path,
) -> None:
    text = "一、竣工后30日内移交。\n二、资料包括：竣工图。\n三、表前由供水企业维修，不收费。"
    path = tmp_path / "a.txt"
    path.write_text(f"移交办法\n\n{text}\n", encoding="utf-8")
    (entry,) = entries(path)
    assert [section.heading for section in entry.sections] == [""]
    assert text.split("\n")[2] in entry.text
