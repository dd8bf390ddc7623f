"""No rule that is out of force, of another place or for other people is ever found."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.model import Audience, Entry, Kind
from knowledge.query import AudienceName, Query
from knowledge.questions.moments import Days
from knowledge.regions import chain
from tests.knowledge.conftest import TODAY, BaseOf, entry, fill

REGIONS = ("000000", "340000", "340100", "340104", "320000", "320100", "320106")
days = st.none() | st.dates(date(2024, 1, 1), date(2028, 12, 31))


@st.composite
def rules(draw: st.DrawFn) -> list[Entry]:
    """Entries on one matter that differ in when, where and for whom they hold."""
    made = []
    for n in range(draw(st.integers(1, 8))):
        first, last = draw(days), draw(days)
        if first and last and last < first:
            first, last = last, first
        made.append(
            entry(
                f"r{n}",
                "居住证办理",
                f"居住证办理的第{n}种规定。",
                region=draw(st.sampled_from(REGIONS)),
                audience=draw(st.sampled_from(list(Audience))),
                first=first.isoformat() if first else None,
                last=last.isoformat() if last else None,
                supersedes=[f"r{m}" for m in range(n) if draw(st.integers(0, 9)) == 0],
            )
        )
    return made


def in_force(rule: Entry, every: list[Entry], day: date) -> bool:
    """The law's own words, without index or arrays."""
    if rule.effective_from and day < rule.effective_from:
        return False
    if rule.effective_to and day > rule.effective_to:
        return False
    heirs = [
        heir for heir in every if rule.id in heir.supersedes and heir.region in chain(rule.region)
    ]
    return all(heir.effective_from and day < heir.effective_from for heir in heirs)


@given(
    rules(),
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.sampled_from((None, *REGIONS, "340111", "110101")),
    st.sampled_from((None, "person", "enterprise")),
)
@settings(max_examples=60, deadline=None)
def test_exactly_the_rules_that_hold_here_now_for_them_are_found(
    every: list[Entry], day: date, region: str | None, audience: AudienceName | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), every)
        base = KnowledgeBase(Path(folder))
        query = Query("居住证办理", day, region, audience)
        found = {hit.entry.id for hit in base.search(query, limit=20).hits}
        past = {hit.entry.id for hit in base.search(query, limit=20, past=Days(date.min, day)).hits}
    wanted = Audience[audience.upper()] if audience else Audience.BOTH
    fitting = [
        rule
        for rule in every
        if rule.audience & wanted and (region is None or rule.region in chain(region))
    ]
    assert found == {rule.id for rule in fitting if in_force(rule, every, day)}
    assert not found & past
    assert past <= {rule.id for rule in fitting if not in_force(rule, every, day)}


def test_a_rule_holds_on_its_first_and_on_its_last_day(base_of: BaseOf) -> None:
    base = base_of(entry("r", "居住证办理", first="2026-03-01", last="2026-03-31"))
    held = [
        day
        for day in (date(2026, 2, 27) + timedelta(n) for n in range(36))
        if base.search(Query("居住证办理", day)).hits
    ]
    assert (held[0], held[-1]) == (date(2026, 3, 1), date(2026, 3, 31))


def test_the_more_local_of_two_like_rules_comes_first_and_says_so(base_of: BaseOf) -> None:
    base = base_of(
        entry("nation", "居住证办理", "居住证办理要多久：十五日内办结。"),
        entry("city", "居住证办理", "居住证办理要多久：五个工作日办结。", region="340100"),
    )
    hits = base.search(Query("居住证办理要多久", TODAY, "340104")).hits
    assert [hit.entry.id for hit in hits] == ["city", "nation"]
    elsewhere = base.search(Query("居住证办理要多久", TODAY, "320106")).hits
    assert [hit.entry.id for hit in elsewhere] == ["nation"]


def test_a_local_rule_on_another_matter_does_not_push_ahead(base_of: BaseOf) -> None:
    base = base_of(
        entry("nation", "居民身份证补领", "身份证丢了可以补领。"),
        entry("city", "市民公园开放时间", "公园可以丢垃圾的地方。", region="340100"),
    )
    hits = base.search(Query("身份证丢了怎么补领", TODAY, "340104")).hits
    assert hits[0].entry.id == "nation"
    assert not hits[0].local


ALLOWANCE = entry(
    "nation",
    "高龄津贴和老年人补贴",
    "80周岁以上的老年人可以领高龄津贴，金额由当地规定。",
    questions=("高龄津贴一个月多少钱", "80岁老人有补贴吗", "高龄津贴怎么领"),
)


@pytest.mark.parametrize(
    ("title", "text", "asked", "first"),
    [
        ("合肥市高龄津贴发放办法", "80至89周岁每月60元。", "高龄津贴一个月多少钱", "city"),
        ("合肥市老年人体检通告", "65周岁以上每年体检一次。", "高龄津贴一个月多少钱", "nation"),
        ("合肥市高温津贴标准", "每人每天15元。", "高龄津贴一个月多少钱", "nation"),
    ],
)
def test_a_local_rule_named_in_its_own_way_goes_before_a_national_guide(
    base_of: BaseOf, title: str, text: str, asked: str, first: str
) -> None:
    base = base_of(ALLOWANCE, entry("city", title, text, region="340100"))
    hit = base.search(Query(asked, TODAY, "340104")).hits[0]
    assert (hit.entry.id, hit.local) == (first, first == "city")


def test_a_local_rule_that_lacks_what_was_asked_does_not_push_ahead(base_of: BaseOf) -> None:
    base = base_of(
        entry("nation", "公积金提取", "租房可以提取公积金。", questions=("租房怎么提取公积金",)),
        entry("city", "合肥市住房公积金贷款管理办法", "公积金贷款最高65万元。", region="340100"),
    )
    assert base.search(Query("租房怎么提取公积金", TODAY, "340104")).hits[0].entry.id == "nation"


def test_a_question_that_points_back_keeps_the_place_named_before(base_of: BaseOf) -> None:
    lift = "加装电梯补助申请材料：验收意见。"
    base = base_of(
        entry("nation", "老楼加装电梯", "加装电梯由业主共同决定，申请材料以当地为准。"),
        entry("county", "庐江县加装电梯财政补助办法", lift, region="340124"),
        entry("other", "肥西县加装电梯财政补助办法", lift, region="340123"),
    )

    def first(text: str) -> str:
        query = Query(text, TODAY, "340100", history=("在庐江加装电梯补多少钱",))
        return base.search(query).hits[0].entry.id

    assert first("那要带什么材料") == "county"
    assert first("那肥西呢") == "other"


def test_a_question_that_names_another_place_gets_that_places_rule(base_of: BaseOf) -> None:
    base = base_of(
        entry("hefei", "积分落户", "合肥的积分落户规定。", region="340100"),
        entry("beijing", "积分落户", "北京的积分落户规定。", region="110000"),
    )
    hits = base.search(Query("北京的积分落户怎么办", TODAY, "340104")).hits
    assert [hit.entry.id for hit in hits] == ["beijing"]


@pytest.mark.parametrize("kind", list(Kind))
def test_an_entry_keeps_its_kind_in_the_index(base_of: BaseOf, kind: Kind) -> None:
    from dataclasses import replace

    base = base_of(replace(entry("r", "居住证办理"), kind=kind))
    assert base.snapshot.kind(0) is kind
