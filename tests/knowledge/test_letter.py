"""The letter a rule is sent out with stands behind the rule, and nothing of it is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.model import Entry
from knowledge.sources.letter import letter_last
from knowledge.sources.raw import Raw, build
from knowledge.sources.read import read_file

LETTER = "各区人民政府，市政府各部门：\n现将《示例市租房补贴办法》印发给你们，请认真贯彻执行。"
SIGNED = "示例市人民政府办公室\n2024年3月5日"


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        (
            [("", LETTER), ("一、补贴对象", "毕业生。")],
            [("一、补贴对象", "毕业生。"), ("印发说明", LETTER)],
        ),
        (
            [("", f"{LETTER}\n\n{SIGNED}\n\n示例市租房补贴办法\n每月补贴500元，按季发放。")],
            [
                ("", "示例市租房补贴办法\n每月补贴500元，按季发放。"),
                ("印发说明", f"{LETTER}\n\n{SIGNED}"),
            ],
        ),
        ([("", LETTER)], [("", LETTER)]),
        (
            [("", "年满80周岁的每月发放100元。"), ("一、怎么领", "到社区。")],
            [("", "年满80周岁的每月发放100元。"), ("一、怎么领", "到社区。")],
        ),
        (
            [("", "企业应当严格按照规定执行。"), ("一、范围", "全市。")],
            [("", "企业应当严格按照规定执行。"), ("一、范围", "全市。")],
        ),
        ([("一、对象", LETTER)], [("一、对象", LETTER)]),
        (
            [("", f"{LETTER}\n每月补贴500元。"), ("一、范围", "全市。")],
            [("", "每月补贴500元。"), ("一、范围", "全市。"), ("印发说明", LETTER)],
        ),
        (
            [("", f"{LETTER[:-1]}，补贴500元。"), ("一、范围", "全市。")],
            [("", f"{LETTER[:-1]}，补贴500元。"), ("一、范围", "全市。")],
        ),
        (
            [
                ("", "现将办法印发各单位。\n请遵照执行。\n正文第一段，很长。"),
                ("一、范围", "全市。"),
            ],
            [
                ("", "正文第一段，很长。"),
                ("一、范围", "全市。"),
                ("印发说明", "现将办法印发各单位。\n请遵照执行。"),
            ],
        ),
        (
            [("", "各有关单位：\n为方便群众，现将有关事项通知如下。"), ("一、病种", "高血压。")],
            [
                ("一、病种", "高血压。"),
                ("印发说明", "各有关单位：\n为方便群众，现将有关事项通知如下。"),
            ],
        ),
        (
            [("", "现就《办法》解读如下：\n补贴每月发放。")],
            [("", "补贴每月发放。"), ("印发说明", "现就《办法》解读如下：")],
        ),
        (
            [("", "自8月1日起调整，现通知如下：\n一、见附表。")],
            [("", "自8月1日起调整，现通知如下：\n一、见附表。")],
        ),
    ],
)
def test_the_letter_goes_behind_the_rule(
    sections: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    assert list(letter_last(sections)) == expected


def test_a_notice_opens_with_its_rule(tmp_path: Path) -> None:
    path = tmp_path / "办法.txt"
    rule = "一、补贴对象\n毕业五年内的人员。\n二、补贴标准\n每月500元。\n"
    path.write_text(
        f"关于印发示例市租房补贴办法的通知\n{LETTER}\n{SIGNED}\n{rule}", encoding="utf-8"
    )
    raws = [made for made in read_file(path) if isinstance(made, Raw)]
    (entry,) = (made for made in build(raws[0]) if isinstance(made, Entry))
    assert [section.heading for section in entry.sections] == [
        "一、补贴对象",
        "二、补贴标准",
        "印发说明",
    ]
