"""A demand, a report or a proposal is told from a question that tells the same story."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.answer import Answerer
from knowledge.base import KnowledgeBase
from knowledge.documents.ingest import ingest
from knowledge.judging.demands import demands
from knowledge.judging.inquiry import telling
from knowledge.judging.judge import Verdict
from knowledge.query import Query
from knowledge.text import fold

DAY = date(2026, 11, 23)
STORIES = (
    "楼上装修从早吵到晚，老人没法休息",
    "工地三个月没发工资，包工头躲着不见",
    "新买的电视用了两天就黑屏，商家说不给换",
)


@pytest.mark.parametrize("told", STORIES)
@pytest.mark.parametrize(
    "end",
    ["请尽快派人处理", "希望有关部门管一管", "到底有没有人管", "要求严肃查处", "赶紧来人看看"],
)
def test_a_story_that_ends_in_a_demand_is_one(told: str, end: str) -> None:
    assert demands(fold(f"{told}，{end}"))


@pytest.mark.parametrize("told", STORIES)
@pytest.mark.parametrize(
    "end", ["请问能要求赔偿吗", "我该怎么办", "这种情况有什么规定", "请告知要准备哪些材料"]
)
def test_a_story_that_ends_in_a_question_is_none(told: str, end: str) -> None:
    assert not demands(fold(f"{told}，{end}"))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("举报一家没有执照的牙科诊所", True),
        ("建议在菜场门口装两盏路灯", True),
        ("表扬一下社区的医生，半夜上门给我妈看病", True),
        ("路灯三天两头不亮，天一黑谁都不敢走，什么时候能修好", True),
        ("门口全是乱停的车，救护车进不来，能不能派交警来管管", True),
        ("行动不便的老人，能不能派人上门办身份证", False),
        ("教师资格证什么时候能报名", False),
        ("买多了的票什么时候能退款", False),
        ("举报别人会不会泄露我的名字", False),
        ("请三天假要扣多少工资", False),
        ("请律师要花多少钱，哪里有免费的", False),
        ("单位要求我先交押金，合法吗", False),
        ("想请问老人乘车卡去哪里办，感谢您的解答", False),
        ("灯坏了三天", False),
    ],
)
def test_what_the_words_alone_do_not_tell(text: str, is_one: bool) -> None:
    assert demands(fold(text)) is is_one


@pytest.mark.parametrize(
    ("report", "question"),
    [
        ("店里的秤缺斤少两，这不是欺负老实人吗", "店里的秤缺斤少两，能要求赔偿吗"),
        ("积水没过脚踝，谁来管管", "积水没过脚踝淹了车，保险赔不赔"),
    ],
)
def test_a_question_nobody_wants_answered_is_a_report(report: str, question: str) -> None:
    assert telling(fold(report), asks=True) < -0.5 < telling(fold(question), asks=True)


def test_a_demand_is_refused_whatever_rule_shares_its_words(tmp_path: Path) -> None:
    source = tmp_path / "wages.md"
    source.write_text(
        "---\ntitle: 拖欠工资怎么办\nquestions: [工地三个月没发工资，包工头躲着不见]\n"
        'region: "000000"\n---\n工地拖欠工资的，可以向劳动保障监察机构投诉。\n',
        encoding="utf-8",
    )
    ingest(tmp_path / "base", [source])
    answerer = Answerer(KnowledgeBase(tmp_path / "base"))
    asked = answerer.answer(Query("工地三个月没发工资，包工头躲着不见，我该怎么办", DAY))
    demanded = answerer.answer(Query("工地三个月没发工资，包工头躲着不见，请尽快处理", DAY))
    assert asked.verdict is not Verdict.NONE
    assert (demanded.verdict, demanded.reason) == (Verdict.NONE, "demand")
