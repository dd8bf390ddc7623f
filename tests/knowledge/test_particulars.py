"""The same notice year after year, and pieces of different lengths."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.judging.signals import signals_of
from knowledge.model import Entry, EntryId, RegionCode, Section
from knowledge.published.publish import publish
from knowledge.published.store import EntryStore
from knowledge.query import Query
from tests.knowledge.conftest import BaseOf

ON = date(2026, 11, 22)
RATE = "对不裁员的参保企业，按上年度实际缴纳失业保险费的{}返还，公示后拨付到企业账户。"


def entry(name: str, title: str, *texts: str, region: str = "000000") -> Entry:
    return Entry(
        id=EntryId(name),
        title=title,
        sections=tuple(Section("", text) for text in texts),
        region=RegionCode(region),
    )


def first(folder: Path, entries: list[Entry], question: str, region: str | None = None) -> str:
    with EntryStore(folder / "entries.sqlite") as store:
        with store.transaction():
            for one in entries:
                store.put(one, "test", "test")
        publish(folder, store)
    return KnowledgeBase(folder).search(Query(question, ON, region)).hits[0].entry.id


@pytest.mark.parametrize("year", ["2023", "2024", "2025"])
@pytest.mark.parametrize("asked", ["{}年稳岗返还的比例是多少", "稳岗返还能返多少，我问的是{}年的"])
def test_the_notice_of_the_year_asked_about_goes_first(
    tmp_path: Path, year: str, asked: str
) -> None:
    entries = [
        entry(f"y{n}", f"关于做好{n}年稳岗返还工作的通知", RATE.format(f"{n % 10 * 9}%"))
        for n in (2023, 2024, 2025)
    ]
    assert first(tmp_path, entries, asked.format(year)) == f"y{year}"


def test_a_year_is_no_reason_to_leave_the_place_asked_about(tmp_path: Path) -> None:
    entries = [
        entry("here", "合肥市2025年稳岗返还工作通知", RATE.format("60%")),
        entry("there", "芜湖市2024年稳岗返还工作通知", RATE.format("50%")),
    ]
    assert first(tmp_path, entries, "合肥市2024年稳岗返还的比例是多少") == "here"


def test_a_year_is_no_reason_to_leave_the_region_of_the_rule(tmp_path: Path) -> None:
    entries = [
        entry("city", "2025年稳岗返还工作通知", RATE.format("60%"), region="340100"),
        entry("nation", "2024年稳岗返还工作通知", RATE.format("50%")),
    ]
    assert first(tmp_path, entries, "2024年稳岗返还的比例是多少", "340100") == "city"


def test_a_year_in_passing_does_not_bring_up_another_matter(tmp_path: Path) -> None:
    entries = [
        entry("fund", "2025年公积金租房提取办法", "租房提取公积金，每月不超过一千五百元。"),
        entry("car", "2019年购车补贴办法", "购买新能源汽车的，每辆补贴一万元。"),
    ]
    asked = "我2019年参加工作，租房能提取多少公积金"
    assert first(tmp_path, entries, asked) == "fund"


def test_a_short_piece_does_not_beat_the_page_that_says_the_same_of_the_place_asked(
    tmp_path: Path,
) -> None:
    """What is cut short (an article) and what is not (a page) are of one base."""
    other = "各级各有关部门要加强组织领导，压实工作责任，广泛宣传政策，定期开展监督检查。" * 8
    rate = RATE.format("60%")
    entries = [
        entry("page", "浙江省稳岗扩岗工作新闻发布会", rate + other),
        *(
            entry(f"cut{n}", f"{place}稳岗扩岗实施细则", rate, *[other[:60]] * 3)
            for n, place in enumerate(("江苏省", "四川省", "湖北省", "广东省"))
        ),
    ]
    assert first(tmp_path, entries, "浙江省不裁员的参保企业失业保险费返还比例") == "page"


def test_the_best_passages_are_of_the_year_and_place_asked_about(base_of: BaseOf) -> None:
    base = base_of(
        *(
            entry(f"{n}-{year}", f"{place}{year}年稳岗返还工作通知", RATE.format("60%"))
            for n, place in enumerate(("合肥市", "芜湖市"))
            for year in (2023, 2024, 2025)
        )
    )
    for place, year, wanted in (("合肥市", 2025, "0-2025"), ("芜湖市", 2023, "1-2023")):
        found = base.search(Query(f"{place}{year}年稳岗返还比例是多少", ON))
        assert found.passages(1)[0].entry == wanted


def test_what_goes_first_for_its_place_is_judged_by_what_it_says_itself(base_of: BaseOf) -> None:
    """Not by the better match of another place that it went before."""
    base = base_of(
        entry("honoured", "合肥市荣誉市民评选办法", "荣誉市民享受免费乘坐公交车的待遇。"),
        entry("bridges", "芜湖市公交车管理办法", "芜湖市市民乘坐公交车有优惠待遇，凭卡乘车。"),
        entry("parks", "园林管理规定", "园林应当每日清扫，保持整洁。"),
    )
    found = base.search(Query("芜湖市荣誉市民有什么待遇", ON))
    best = max(found.hits, key=lambda hit: hit.score)
    signals = signals_of(found)
    assert (found.hits[0].entry.id, best.entry.id) == ("bridges", "honoured")
    assert signals is not None
    assert signals.ratio < best.words / found.scores.ceiling
    assert signals.titled < 0.5
