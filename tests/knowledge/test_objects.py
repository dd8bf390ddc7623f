"""A rule about one paper is no answer to a question about another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.answer import Answerer
from knowledge.base import KnowledgeBase, base_folder
from knowledge.documents.ingest import ingest
from knowledge.fitting.papers import named, unheard_of
from knowledge.judging.judge import Verdict
from knowledge.query import Query
from knowledge.text import fold
from tests.knowledge.conftest import BaseOf, entry


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("居住证丢了怎么补办", ("居住证",)),
        ("我的學生證不見了", ("学生证",)),
        ("预售许可证和施工许可证去哪查", ("预售许可证", "施工许可证")),
        ("营业执照丢了", ("营业执照",)),
        ("户口簿要带吗", ("户口簿",)),
        ("种子生产经营许可证怎么办", ("种子生产经营许可证",)),
        ("想办经营许可证", ("经营许可证",)),
        ("办个证要多久", ()),
        ("需要什么证明", ()),
        ("到哪里公证", ()),
        ("怎么报销", ()),
        ("", ()),
    ],
)
def test_the_papers_a_question_names(question: str, papers: tuple[str, ...]) -> None:
    assert named(fold(question)) == papers


ENTRIES = {
    "card": "---\nid: card\ntitle: 居民身份证丢失补领\nquestions: [身份证丢了怎么补办]\n---\n"
    "身份证丢了，到派出所补领。有居住证的，也可以在居住地办理。\n",
    "permit": "---\nid: permit\ntitle: 居住证签注、补领\n---\n居住证丢失的，到派出所补领。\n",
    "birth": "---\nid: birth\ntitle: 出生医学证明补发\n---\n"
    "出生医学证明丢了怎么补办：到签发机构补发。\n",
}


@pytest.fixture
def answerer(tmp_path: Path) -> Answerer:
    folder = tmp_path / "entries"
    folder.mkdir()
    for name, text in ENTRIES.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    base = base_folder(data=tmp_path)
    ingest(base, [folder])
    return Answerer(KnowledgeBase(base))


def test_of_two_papers_the_named_one_is_asserted_or_asked_about(answerer: Answerer) -> None:
    today = date(2026, 11, 22)
    card = answerer.answer(Query("身份证丢了怎么补办", today))
    assert (card.verdict, card.passages[0].entry_id) == (Verdict.ANSWER, "card")
    permit = answerer.answer(Query("居住证丢了怎么补办", today))
    offered = [cited.entry_id for cited in permit.passages]
    assert "permit" in offered
    assert permit.verdict is Verdict.CANDIDATES or offered[0] == "permit"


def test_a_paper_the_base_says_nothing_of_is_never_answered_for_sure(answerer: Answerer) -> None:
    answer = answerer.answer(Query("学生证丢了怎么补办", date(2026, 11, 22)))
    assert answer.verdict is not Verdict.ANSWER


@pytest.mark.parametrize("question", ["船舶排污许可证怎么申领", "出租车从业资格证怎么考"])
def test_a_paper_called_by_its_formal_name_that_no_entry_speaks_of_is_refused(
    base_of: BaseOf, question: str
) -> None:
    base = base_of(entry("food", "食品经营许可证申领", "申领许可证怎么办、怎么考，出租车也一样。"))
    assert Answerer(base).answer(Query(question, date(2026, 6, 1))).verdict is Verdict.NONE


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("食品许可证怎么申领", True),
        ("食品经营许可证怎么申领", True),
        ("种子经营许可证怎么申领", False),
        ("危险化学品经营许可证怎么申领", False),
    ],
)
def test_a_paper_is_known_by_what_it_allows_and_by_its_short_name(
    base_of: BaseOf, question: str, answered: bool
) -> None:
    base = base_of(entry("food", "食品经营许可证申领", "申领食品经营许可证，向市场监管部门申请。"))
    answer = Answerer(base).answer(Query(question, date(2026, 6, 1)))
    assert (answer.verdict is not Verdict.NONE) is answered


def test_what_is_to_be_proved_is_put_in_peoples_own_words(answerer: Answerer) -> None:
    """What is called 单身证明 is no paper's formal name: that no entry writes it so says little."""
    hits = answerer.base.search(Query("居住证怎么办", date(2026, 11, 22))).hits
    assert not unheard_of(hits, ("单身证明",))
    assert unheard_of(hits, ("排污许可证",))
