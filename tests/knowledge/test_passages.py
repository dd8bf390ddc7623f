from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.passages import SIZE, passages_of
from tests.knowledge.conftest import entry

prose = st.text(alphabet="申请人应当提交材料证明。；，、\n 12ab", max_size=2500)


@given(prose)
@settings(max_examples=60)
def test_every_passage_is_an_exact_piece_of_its_section(text: str) -> None:
    one = entry("e", "标题", sections=[("办理条件", text, ""), ("费用", "免费", "fee")])
    for passage in passages_of(one):
        section = one.sections[passage.section]
        assert section.text[passage.start : passage.end] == passage.text
        assert len(passage.text) <= SIZE
        assert passage.text.strip() == passage.text


@given(prose)
@settings(max_examples=60)
def test_no_word_of_a_section_is_lost(text: str) -> None:
    one = entry("e", "标题", sections=[("", text, "")])
    section = next(n for n, part in enumerate(one.sections) if part.text == text)
    covered = set[int]()
    for passage in passages_of(one):
        if passage.section == section:
            covered |= set(range(passage.start, passage.end))
    assert all(n in covered for n, letter in enumerate(text) if not letter.isspace())


def test_a_table_is_kept_whole_with_its_heading() -> None:
    rows = "\n".join(f"| 项目{n} | {n}元 |" for n in range(40))
    text = "前言。" * 150 + "\n| 名称 | 金额 |\n| --- | --- |\n" + rows + "\n" + "后记。" * 150
    tables = [p.text for p in passages_of(entry("e", "收费", sections=[("标准", text, "")]))]
    holding = [t for t in tables if "| 项目7 |" in t]
    assert len(holding) == 1
    assert "| 名称 | 金额 |" in holding[0]
    assert "| 项目39 |" in holding[0]


def test_passages_are_numbered_in_reading_order() -> None:
    one = entry("e", "标题", "开头。", sections=[("甲", "一。", ""), ("乙", "二。", "")])
    assert [p.id for p in passages_of(one)] == ["e#0", "e#1", "e#2"]
    assert [p.heading for p in passages_of(one)] == ["", "甲", "乙"]
