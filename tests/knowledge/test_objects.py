"""A rule about one paper is no answer to a question about another."""

from __future__ import annotations

import pytest

from knowledge.objects import named
from knowledge.text import fold


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("居住证丢了怎么补办", ("居住证",)),
        ("我的學生證不見了", ("学生证",)),
        ("预售许可证和施工许可证去哪查", ("预售许可证", "施工许可证")),
        ("营业执照丢了", ("营业执照",)),
        ("户口簿要带吗", ("户口簿",)),
        ("办个证要多久", ()),
        ("需要什么证明", ()),
        ("到哪里公证", ()),
        ("怎么报销", ()),
        ("", ()),
    ],
)
def test_the_papers_a_question_names(question: str, papers: tuple[str, ...]) -> None:
    assert named(fold(question)) == papers
