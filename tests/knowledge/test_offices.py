"""An office's number, address and hours: read by their form, answered only by what says so."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.answer import Answerer
from knowledge.base import KnowledgeBase
from knowledge.fitting.offices import Wanted, wanted
from knowledge.judging.judge import Verdict
from knowledge.model import Entry, EntryId, Field, Kind, Section
from knowledge.query import Query
from knowledge.text import fold
from tests.knowledge.conftest import BaseOf, entry

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("蜀山区婚姻登记处电话多少", Wanted("婚姻登记处", "phone")),
        ("社保局几点上班", Wanted("社保局", "hours")),
        ("请问公积金中心周六上班吗", Wanted("公积金中心", "hours")),
        ("不动产登记中心在哪个位置", Wanted("不动产登记中心", "place")),
        ("反诈热线是多少", Wanted("反诈", "phone")),
        ("妇联电话帮我查一下", Wanted("妇联", "phone")),
        ("婚姻登记处今天开不开", Wanted("婚姻登记处", "hours")),
        ("营业执照怎么办", None),
        ("派出所办身份证要多久", None),
        ("护照在哪里办", None),
        ("停水了打哪个电话", None),
        ("教育局电话打不通怎么投诉", None),
    ],
)
def test_what_is_wanted_of_an_office_is_read(question: str, asked: Wanted | None) -> None:
    assert wanted(fold(question)) == asked


@pytest.fixture
def base(base_of: BaseOf) -> KnowledgeBase:
    item = Entry(
        id=EntryId("marriage"),
        title="结婚登记",
        kind=Kind.SERVICE,
        issuer="民政局婚姻登记处",
        sections=(Section("", "双方本人带身份证到婚姻登记处办理。"),),
        fields=(
            Field("place", "办理地点", "长江路12号婚姻登记处"),
            Field("hours", "办公时间", "周一至周五8:30至17:00"),
            Field("phone", "咨询电话", "0551-61234567"),
        ),
    )
    return base_of(
        item,
        entry("pension", "社保缴费", "社保由单位和个人缴纳，每月15日前缴清，社保局负责征缴。"),
        entry("veterans", "退役军人税收优惠", "退役军人事务局会同税务局办理，可减2万元。"),
        entry("numbers", "常用热线", "12333人力资源和社会保障；96110反诈。"),
    )


@pytest.mark.parametrize(
    ("question", "entry_id", "told"),
    [
        ("婚姻登记处电话多少", "marriage", "0551-61234567"),
        ("婚姻登记处在哪里", "marriage", "长江路12号"),
        ("婚姻登记处周六上班吗", "marriage", "周一至周五"),
        ("反诈热线是多少", "numbers", "96110"),
        ("人社局电话", "numbers", "12333"),
    ],
)
def test_what_says_so_of_the_office_is_shown(
    base: KnowledgeBase, question: str, entry_id: str, told: str
) -> None:
    answer = Answerer(base).answer(Query(question, TODAY))
    assert {cited.entry_id for cited in answer.passages} == {entry_id}
    first = answer.passages[0]
    assert told in first.quote + "".join(row.value for row in first.fields)


@pytest.mark.parametrize("question", ["社保局几点上班", "退役军人事务局电话", "税务局在哪里"])
def test_rules_of_the_same_words_are_not(base: KnowledgeBase, question: str) -> None:
    answer = Answerer(base).answer(Query(question, TODAY))
    assert (answer.verdict, answer.reason) == (Verdict.NONE, "no_contact")
    assert answer.passages == ()


def test_a_rule_without_hours_does_not_say_when_its_office_is_open(base_of: BaseOf) -> None:
    base = base_of(entry("fines", "交通违法处理", "交警队的窗口处理违法，罚款15日内缴。"))
    query = Query("交警队处理交通违法的窗口礼拜天开门吗", TODAY)
    assert Answerer(base).about("fines", query).unsaid
