"""Whose duty a matter is."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.understanding.matter.category_tree import tree
from actions.understanding.matter.duties import Duty, UnusableDuties, read_duties, shipped
from actions.understanding.matter.duty import WHICH_DISTRICT, DutyList, Reason
from tests.tickets.subjects import new_order

OURS = DutyList(shipped())
FIELD = ("甲", "乙")
HEAD = "区划代码,事项,关键词,主办单位,协办单位,依据\n"


def leaf_of(unit: str) -> tuple[str, ...]:
    """A matter whose unit that is everywhere."""
    return next(one.path for one in shipped() if one.unit == unit and not (one.region or one.words))


def test_every_matter_is_somebodys_duty() -> None:
    assert len(shipped()) >= 300
    assert [leaf.path for leaf in tree() if not OURS.suggest(leaf.path).unit] == []


def test_every_duty_of_the_sample_is_about_a_matter_of_the_tree() -> None:
    paths = {leaf.path[:depth] for leaf in tree() for depth in (1, 2, 3)}
    assert {one.path for one in shipped()} <= paths
    assert not [one for one in shipped() if one.unit in one.helpers]


@pytest.mark.parametrize(
    ("region", "unit"),
    [
        (None, "市场监督管理局"),
        ("340100", "市场监督管理局"),
        ("340104", "蜀山区市场监督管理局"),
        ("340122", "肥东县市场监督管理局"),
        ("999999", "市场监督管理局"),
    ],
)
def test_a_districts_own_office_is_named(region: str | None, unit: str) -> None:
    assert OURS.suggest(leaf_of("市场监督管理局"), (), region).unit == unit


def test_a_company_is_the_citys_everywhere() -> None:
    assert OURS.suggest(leaf_of("燃气公司"), (), "510104").unit == "燃气公司"


def test_a_broad_category_settles_nothing() -> None:
    assert OURS.suggest(("城乡建设",)).unit is None
    assert OURS.suggest(()).unit is None
    assert OURS.suggest(("没有", "这个", "类")).unit is None


def test_a_suggestion_says_how_sure_it_is_and_why() -> None:
    path = leaf_of("市场监督管理局")
    found = OURS.suggest(path, (0.9, 0.8, 0.6), "340104")
    assert found.unit == "蜀山区市场监督管理局"
    assert found.confidence in (0.9, 0.8, 0.6)
    assert found.reasons[-1] is Reason.DISTRICT
    nowhere = OURS.suggest(path, (0.9, 0.8, 0.6), None)
    assert nowhere.reasons[-1] is Reason.NO_DISTRICT
    assert nowhere.confidence == pytest.approx(found.confidence * WHICH_DISTRICT, abs=1e-3)


def test_a_field_with_one_unit_is_as_sure_as_the_field() -> None:
    path = ("公用事业（水电气暖）", "燃气服务", "停气与通气")
    found = OURS.suggest(path, (0.9, 0.8, 0.1))
    assert (found.unit, found.confidence, found.reasons[0]) == ("燃气公司", 0.8, Reason.FIELD)


def test_a_category_somebody_chose_is_sure() -> None:
    company = OURS.suggest(leaf_of("燃气公司"))
    assert (company.confidence, company.reasons) == (1.0, (Reason.CHOSEN, Reason.CITY))


def test_a_regions_own_row_goes_first_and_a_small_region_before_a_large_one() -> None:
    duties = DutyList(
        [
            Duty((*FIELD, "丙"), "城市管理局", ("公安局",)),
            Duty(("甲",), "省管处", region="340000"),
            Duty(FIELD, "市管处", ("市水务集团",), region="340100"),
            Duty((*FIELD, "丙"), "区管所", region="340104"),
        ],
        home="340100",
    )
    path = (*FIELD, "丙")
    assert duties.suggest(path, (), "340104").unit == "区管所"
    elsewhere = duties.suggest(path, (), "340103")
    assert (elsewhere.unit, elsewhere.helpers) == ("市管处", ("市水务集团",))
    assert Reason.REGION in elsewhere.reasons
    assert duties.suggest(path).unit == "市管处"  # the home's
    assert duties.suggest(path, (), "340200").unit == "省管处"
    assert duties.suggest(path, (), "320102").unit == "玄武区城市管理局"
    assert duties.suggest(path, (), "320102").helpers == ("玄武区公安局",)


def test_words_of_a_row_decide_only_where_they_are_said() -> None:
    path = ("城乡建设", "市政道路设施", "窨井盖")
    said = OURS.suggest(path, (0.9, 0.9, 0.9), None, "门口的通信井盖子没了")
    assert (said.unit, said.helpers) == ("通信管理局", ("市政设施管理中心",))
    assert Reason.WORDS in said.reasons
    assert OURS.suggest(path, (0.9, 0.9, 0.9), None, "门口的井盖没了").unit == "市政设施管理中心"


def test_who_helps_is_of_the_matter_where_it_is_sure_and_of_its_field_where_not() -> None:
    path = ("物业管理", "小区设施设备维修", "小区电梯故障")
    assert OURS.suggest(path, (0.9, 0.9, 0.9)).helpers == ("市场监督管理局",)
    assert OURS.suggest(path, (0.9, 0.9, 0.2)).helpers == ()


def test_an_order_is_completed_with_what_is_suggested() -> None:
    sure = new_order(category=leaf_of("燃气公司"), category_confidence=(0.9, 0.9, 0.9))
    order = OURS.completed(sure)
    assert (order.suggested_unit, order.unit_confidence) == ("燃气公司", 0.9)
    assert order.suggested_helpers == ("城市管理局",)
    assert "city" in order.unit_reasons
    assert OURS.completed(new_order(category=())).unit_confidence is None
    named = new_order(category=order.category, suggested_unit="某局")
    assert OURS.completed(named) == named


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_citys_own_list_is_read_as_its_spreadsheet_writes_it(
    tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "duties.csv"
    row = '340104, 甲 / 乙 ,路灯、照明,"某局","某中心，某公司;某中心",某条例\r\n,,,,,\r\n'
    file.write_bytes((HEAD.replace("\n", "\r\n") + row).encode(encoding))
    assert read_duties(file) == (
        Duty(FIELD, "某局", ("某中心", "某公司"), "340104", ("路灯", "照明"), "某条例"),
    )


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("", "no duty in it"),
        (",,,,,\n", "no duty in it"),
        ("34010,甲,,某局,,\n", "line 2: 区划代码 '34010' is not six digits"),
        (",甲,,,,\n,,,某局,,\n", "line 2: 主办单位 is empty; line 3: 事项"),
        (",甲/乙/丙/丁,,某局,,\n", "one to three names"),
        (f",甲,,{'局' * 65},,\n", "more than 64 characters"),
        (f",甲,,某局,{'、'.join('甲乙丙丁戊己庚辛壬')},\n", "more than 8"),
        (',甲,,"某局,,\n', "no CSV"),
    ],
)
def test_a_list_that_cannot_be_used_names_the_lines(tmp_path: Path, rows: str, told: str) -> None:
    file = tmp_path / "duties.csv"
    file.write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(UnusableDuties, match=told):
        read_duties(file)


def test_a_list_without_its_columns_or_its_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "duties.csv"
    with pytest.raises(UnusableDuties, match="No such file"):
        read_duties(file)
    file.write_text("事项,单位\n甲,某局\n", encoding="utf-8")
    with pytest.raises(UnusableDuties, match="missing: 主办单位"):
        read_duties(file)
    file.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(UnusableDuties, match="neither UTF-8"):
        read_duties(file)
