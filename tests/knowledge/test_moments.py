"""Questions about the past: which days they mean, and that the rule of those days is shown."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.answer import Answerer
from knowledge.query import Query
from knowledge.questions.moments import Days, past_asked
from tests.knowledge.conftest import BaseOf, entry

TODAY = date(2026, 3, 31)


def year(number: int) -> Days:
    return Days(date(number, 1, 1), date(number, 12, 31))


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("去年的标准是多少", year(2025)),
        ("上一年低保多少", year(2025)),
        ("前年的租房补贴", year(2024)),
        ("大前年的", year(2023)),
        ("三年前怎么规定的", year(2023)),
        ("2 年前", year(2024)),
        ("两年以前的标准", year(2024)),
        ("2023年的标准", year(2023)),
        ("2023年2月的标准", Days(date(2023, 2, 1), date(2023, 2, 28))),
        ("2023年13月", year(2023)),
        ("上个月的补贴", Days(date(2026, 2, 1), date(2026, 2, 28))),
        ("昨天还能领吗", Days(date(2026, 3, 30), date(2026, 3, 30))),
        ("以前的规定是怎样的", Days(date.min, TODAY)),
        ("以前要不要户口本", Days(date.min, TODAY)),
        ("那原来的规定呢", Days(date.min, TODAY)),
        ("改之前是多少", Days(date.min, TODAY)),
        ("以前孩子教育专项扣除每月扣多少", Days(date.min, TODAY)),
        ("农机补贴以前怎么领", Days(date.min, TODAY)),
        ("高龄津贴原来是多少", Days(date.min, TODAY)),
        ("高龄津贴以前发多少", Days(date.min, TODAY)),
        ("以前养狗登记要交钱吗", Days(date.min, TODAY)),
        ("和以前比有什么变化", Days(date.min, TODAY)),
        ("这个是什么时候改的", Days(date.min, TODAY)),
        ("旧标准是多少", Days(date.min, TODAY)),
        ("我以前在外地交社保怎么转", None),
        ("以前在外地交的社保怎么转过来", None),
        ("30天之前要申请吗", None),
        ("孩子满16周岁以前怎么办身份证", None),
        ("以前办的居住证怎么换", None),
        ("以前没交过社保的怎么补", None),
        ("之前交过社保还能再参保吗", None),
        ("截止日期之前怎么交", None),
        ("上一次办的居住证到期了", None),
        ("2026年的标准", None),
        ("2027年的标准", None),
        ("现在的标准是多少", None),
        ("二十年前的房子能办证吗", None),
    ],
)
def test_the_days_meant_are_told(question: str, days: Days | None) -> None:
    assert past_asked(question, TODAY) == days


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("租房补贴每月多少钱", []),
        ("去年租房补贴每月多少钱", ["second"]),
        ("2023年租房补贴每月多少钱", ["second"]),
        ("2020年租房补贴每月多少钱", ["first"]),
        ("以前的租房补贴每月多少钱", ["second"]),
        ("2010年租房补贴每月多少钱", []),
    ],
)
def test_the_rule_of_those_days_is_shown_as_history_and_no_other(
    base_of: BaseOf, question: str, shown: list[str]
) -> None:
    base = base_of(
        entry("first", "租房补贴", "租房补贴每月300元。", first="2019-01-01"),
        entry(
            "second", "租房补贴", "租房补贴每月500元。", first="2022-01-01", supersedes=["first"]
        ),
        entry(
            "third", "租房补贴", "租房补贴每月600元。", first="2026-01-01", supersedes=["second"]
        ),
        entry("dog", "养犬登记", "养犬登记到派出所。", last="2025-05-01"),
    )
    answer = Answerer(base).answer(Query(question, TODAY))
    assert [cited.entry_id for cited in answer.passages] == ["third"]
    assert [cited.entry_id for cited in answer.history] == shown
    assert all(cited.historical for cited in answer.history)


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("以前是怎么规定的？", ["second"]),
        ("改之前是多少", ["second"]),
        ("和以前比有什么变化", ["second"]),
        ("2020年的时候呢", ["first"]),
        ("2010年是多少", []),
        ("那要多少钱", []),
    ],
)
def test_after_a_rule_the_one_it_replaced_is_asked_for(
    base_of: BaseOf, question: str, shown: list[str]
) -> None:
    base = base_of(
        entry("first", "租房补贴", "租房补贴每月300元。", first="2019-01-01"),
        entry("second", "租房补助", "补助每月500元。", first="2022-01-01", supersedes=["first"]),
        entry(
            "third", "住房租赁津贴", "津贴每月600元。", first="2026-01-01", supersedes=["second"]
        ),
        entry("dog", "养犬登记", "养犬登记到派出所。", last="2025-05-01"),
    )
    query = Query(question, TODAY, history=("住房租赁津贴有多少",))
    answer = Answerer(base).about("third", query)
    assert [cited.entry_id for cited in answer.history] == shown
    assert (answer.past is not None) == (question != "那要多少钱")
