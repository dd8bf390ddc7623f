"""The plainest wording finds the rule named after the thing and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.answer import Answer, Answerer
from knowledge.fitting.entrance import plain
from knowledge.judging.judge import Verdict
from knowledge.model import Kind
from knowledge.query import Query
from knowledge.questions.question import aspect_of
from tests.knowledge.conftest import BaseOf, entry

TEXT = "带身份证和照片到窗口，符合条件的当场受理，不收费。"
PERMITS = (
    entry("lost", "采集证丢失补领", f"采集证丢了，采集证怎么补。{TEXT}"),
    entry("renew", "采集证到期换发", f"采集证怎么换。{TEXT}"),
    entry("new", "首次申领采集证", TEXT),
    entry("kin", "临时采集证", TEXT),
    entry("fee", "采集证收费标准", "采集证免收工本费，加急每本十元。"),
    entry("else", "采集证的使用和检查", f"采集证随身带着。{TEXT}"),
    entry("food", "食品经营备案", TEXT),
)


def ask(answerer: Answerer, question: str) -> Answer:
    return answerer.answer(Query(text=question, on=date(2026, 11, 22)))


@pytest.mark.parametrize(
    ("question", "things", "acts"),
    [
        ("居住证怎么办", ("居住证",), set()),
        ("请问居住证在哪里办理？", ("居住证",), set()),
        ("我想办居住证", ("办居住证", "居住证"), set()),
        ("怎么办居住证", ("居住证",), set()),
        ("办学许可证怎么办", ("办学许可证", "学许可证"), set()),
        ("居住证过期了怎么办", ("居住证",), {"renew"}),
        ("居住证丢了", ("居住证",), {"replace"}),
        ("居住证要多少钱", ("居住证",), set()),
    ],
)
def test_a_plain_question_is_a_thing_and_that_one_wants_it(
    question: str, things: tuple[str, ...], acts: set[str]
) -> None:
    asked = plain(question.strip("？"), aspect_of(question))
    assert asked is not None
    assert (asked.things, set(asked.acts)) == (things, acts)


@pytest.mark.parametrize(
    "question",
    [
        "居住证",
        "办居住证的人不在怎么办",
        "房东不给开证明怎么办",
        "有居住证孩子能上学吗",
        "手续怎么办",
        "学位证怎么查",
        "居住证" + "了" * 2000 + "x",
        "我在工地干了三个月老板说居住证没办下来就不给结工资怎么办",
    ],
)
def test_what_says_more_or_less_is_not_plain(question: str) -> None:
    assert plain(question, aspect_of(question)) is None


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("采集证怎么办", "new"),
        ("采集证怎么办理", "new"),
        ("我想办采集证", "new"),
        ("采集证丢了", "lost"),
        ("采集证过期了怎么办", "renew"),
        ("采集证要多少钱", "fee"),
        ("临时采集证怎么办", "kin"),
    ],
)
def test_it_is_answered_by_the_rule_named_after_nothing_else(
    base_of: BaseOf, question: str, first: str
) -> None:
    answer = ask(Answerer(base_of(*PERMITS)), question)
    assert (answer.verdict, answer.passages[0].entry_id) == (Verdict.ANSWER, first)


def test_of_two_rules_named_after_the_thing_as_much_none_is_asserted(base_of: BaseOf) -> None:
    twins = (entry("a", "甲类采集证申领", TEXT), entry("b", "乙类采集证申领", TEXT))
    answer = ask(Answerer(base_of(*PERMITS[:2], *twins)), "采集证怎么办")
    assert answer.verdict is Verdict.CANDIDATES
    assert {"a", "b"} <= {passage.entry_id for passage in answer.passages}


def test_which_of_several_of_one_kind_is_meant_is_asked(base_of: BaseOf) -> None:
    north = entry("north", "往来甲岛采集证办理", TEXT)
    south = entry("south", "往来乙岛采集证办理", TEXT)
    found = ask(Answerer(base_of(north, south, PERMITS[-1])), "采集证怎么办")
    assert (found.verdict, found.reason) == (Verdict.CANDIDATES, "several")
    assert {cited.entry_id for cited in found.passages} == {"north", "south"}


def test_what_is_drawn_is_not_what_is_paid_in(base_of: BaseOf) -> None:
    paid = entry("paid", "互助金缴存", f"互助金怎么存。{TEXT}")
    drawn = entry("drawn", "互助金提取的条件", f"离职的可以提取互助金。{TEXT}")
    answerer = Answerer(base_of(paid, drawn, PERMITS[-1]))
    assert ask(answerer, "互助金怎么取").passages[0].entry_id == "drawn"
    assert ask(answerer, "互助金怎么交").passages[0].entry_id == "paid"


def test_a_thing_named_by_no_rule_is_not_got_by_another(base_of: BaseOf) -> None:
    answer = ask(Answerer(base_of(*PERMITS)), "采购证怎么办")
    assert answer.verdict is not Verdict.ANSWER


def test_the_more_local_of_two_goes_first_for_its_people(base_of: BaseOf) -> None:
    local = entry("local", "南京市采集证申领办法", TEXT, region="320100")
    answerer = Answerer(base_of(*PERMITS, local))
    at_home = Query(text="采集证怎么办", on=date(2026, 11, 22), region="320102")
    assert answerer.answer(at_home).passages[0].entry_id == "local"
    elsewhere = Query(text="采集证怎么办", on=date(2026, 11, 22), region="110101")
    assert answerer.answer(elsewhere).passages[0].entry_id == "new"


def test_a_certificate_is_got_by_the_deed_it_is_about(base_of: BaseOf) -> None:
    deed = entry("deed", "收养登记办理", f"办了登记发收养证。{TEXT}")
    lost = entry("lost", "补领收养证、解除收养证", f"收养证丢了的，{TEXT}")
    answer = ask(Answerer(base_of(deed, lost)), "收养证怎么办")
    assert (answer.verdict, answer.passages[0].entry_id) == (Verdict.ANSWER, "deed")


def test_a_certificate_is_not_got_by_proving_or_looking_up_its_matter(base_of: BaseOf) -> None:
    proof = entry("proof", "收养公证指引", TEXT)
    looked_up = replace(entry("look", "收养证查询", f"收养证怎么查。{TEXT}"), kind=Kind.SERVICE)
    trade = entry("trade", "执业收养师注册", TEXT)
    for rule in (proof, looked_up, trade):
        answer = ask(Answerer(base_of(rule, *PERMITS)), "收养证怎么办")
        assert answer.verdict is not Verdict.ANSWER


def test_items_of_one_name_leave_room_for_another(base_of: BaseOf) -> None:
    cases = [
        replace(
            entry(f"old-{n}", "旧采集证换采集证核发", f"采集证第{n}种情形。"), kind=Kind.SERVICE
        )
        for n in range(40)
    ]
    new = replace(entry("new", "采集证核发", TEXT), kind=Kind.SERVICE)
    answerer = Answerer(base_of(*cases, new))
    assert ask(answerer, "采集证怎么办").passages[0].entry_id == "new"
    offered = ask(answerer, "换采集证的第几种情形要带旧的采集证").passages
    assert len({passage.title for passage in offered}) == len(offered)
