"""The same matter again: recognised by what it means, offered to the person, linked among many."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from actions.complaint.record.draft import Draft, Step
from actions.complaint.replies import repeats
from actions.services import Services
from actions.turn import Turn
from actions.work_orders.alike import Reason, cluster, told_again
from connectors.store import order_work
from connectors.store.order_matters import Sketch
from tests.actions.conftest import NOON, Talk
from tests.actions.test_complaint_form import NOISE, answered, asked, filed, opened, order_of

SITE = Sketch(
    "HY1", NOON, ("城乡建设", "建筑施工管理"), "蜀山区黄山路与科学大道交口", "340104",
    "工地半夜还在施工，吵得睡不着",
)  # fmt: skip


def sketch(words: str, **changes: object) -> Sketch:
    return replace(SITE, number="HY2", words=words, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "again",
    [
        sketch("那个工地昨晚又施工到三点，没法睡觉", place="黄山路与科学大道交口的工地"),
        sketch("工地半夜还在施工吵得睡不着，怎么还没人管", place="", region=None),
        sketch("工地半夜施工，吵得睡不着", category=("环境保护", "噪声污染")),
    ],
)
def test_a_matter_told_anew_in_other_words_is_the_same(again: Sketch) -> None:
    found = told_again(again, [SITE])
    assert found is not None
    assert Reason.WORDS in found.reasons


@pytest.mark.parametrize(
    "other",
    [
        sketch("工地半夜还在施工，吵得睡不着", place="庐阳区阜阳路与北一环交口"),
        sketch("想问公积金怎么提取", place="", category=("住房保障与房地产", "住房公积金")),
        sketch("工地半夜还在施工，吵得睡不着", at=NOON + timedelta(days=90)),
        sketch("路边的树枝断了挡路", category=("城乡建设", "园林绿化")),
    ],
)
def test_another_place_matter_or_season_is_another_order(other: Sketch) -> None:
    assert told_again(other, [SITE]) is None


def test_points_on_a_map_are_compared_as_points_not_by_their_digits() -> None:
    told = "地图位置（北纬31.8206，东经117.2272）"
    here = sketch("工地半夜施工，吵得睡不着", place=told, point=(31.8206, 117.2272))
    near = replace(here, number="HY3", place=told.replace("06", "11"), point=(31.8211, 117.2272))
    far = replace(here, number="HY4", place=told.replace("06", "96"), point=(31.8296, 117.2272))
    assert [one.sketch for one in cluster(here, [near, far])] == [near]
    assert told_again(here, [far]) is None
    assert told_again(here, [near]) is not None


def test_many_people_about_one_matter_are_a_cluster_and_next_door_is_not() -> None:
    alike = sketch("黄山路科学大道这里半夜施工太吵", place="蜀山区黄山路与科学大道交口工地")
    elsewhere = sketch("工地半夜施工太吵", place="蜀山区望江西路与合作化路交口")
    bare = sketch("工地半夜施工太吵", place="蜀山区")
    found = cluster(SITE, [alike, elsewhere, bare])
    assert [one.sketch for one in found] == [alike]
    assert found[0].reasons == (Reason.CATEGORY, Reason.PLACE, Reason.TIME, Reason.WORDS)


def test_one_thing_at_the_very_place_is_told_again_whatever_its_category() -> None:
    broken = sketch("翠竹园小区电梯坏了三天没人修", place="蜀山区翠竹园5栋")
    again = replace(
        sketch("翠竹园5栋电梯一直没修好", place="翠竹园5栋"), category=("城乡建设", "道路建设")
    )
    water = replace(again, words="水管漏了，楼道里全是水", category=("公用事业", "供水"))
    assert told_again(again, [broken]) is not None
    assert told_again(replace(again, place="翠竹园5栋电梯"), [broken]) is not None
    assert told_again(water, [broken]) is None
    smoke = replace(again, place="包河区锦绣花园", words="小区门口烧烤店油烟太大熏人")
    light = replace(water, place="包河区锦绣花园", words="门口马路上路灯坏了半个月")
    assert told_again(light, [smoke]) is None


async def test_matters_told_in_one_breath_are_no_repeats_of_each_other(talk: Talk) -> None:
    await opened(talk)
    number = (await filed(talk, "张先生13800001234")).cards[0]["number"]
    key = (await order_of(talk.services, number)).filed.key
    await opened(talk)
    draft = Draft.from_json(talk.slots["complaint"])
    assert draft.step is Step.SAME
    turn = Turn.of(talk.tracker(), talk.services.clock)
    beside = replace(draft, key=f"{key}+", step=Step.COLLECTING, compared=False, earlier={})
    assert (await repeats.compared(talk.services, turn, beside)).step is Step.COLLECTING
    later = replace(beside, key="another")
    assert (await repeats.compared(talk.services, turn, later)).step is Step.SAME


async def test_the_same_person_is_shown_their_order_and_urges_it(talk: Talk) -> None:
    await opened(talk)
    number = (await filed(talk, "张先生13800001234")).cards[0]["number"]
    await opened(talk, "黄山路与科学大道交口那个工地昨晚半夜还在施工，吵死了")
    question = await asked(talk)
    assert number in question.text
    assert "11月22日" in question.text
    assert len(question.buttons) == 3
    done = await answered(talk, "催办", "urge_order")
    assert number in done.text
    assert talk.slots["complaint"] is None
    records = await talk.services.database.read(lambda conn: order_work.records(conn, number))
    assert [record.kind for record in records] == ["urge"]


async def test_whoever_says_it_is_another_matter_files_another(talk: Talk) -> None:
    await opened(talk)
    first = (await filed(talk, "张先生13800001234")).cards[0]["number"]
    await opened(talk, NOISE)
    assert talk.slots["complaint"]["step"] == Step.SAME
    await answered(talk, "不是一件事")
    second = (await filed(talk)).cards[0]["number"]
    assert second != first


async def test_the_fifth_repeat_notes_a_dossier_once(talk: Talk) -> None:
    await opened(talk)
    number = (await filed(talk, "张先生13800001234")).cards[0]["number"]
    for _ in range(6):
        await opened(talk, NOISE)
        await answered(talk, "催办", "urge_order")
        talk.loop = None
    records = await talk.services.database.read(lambda conn: order_work.records(conn, number))
    assert [record.kind for record in records].count("urge") == 6
    assert [record.kind for record in records].count("supplement") == 1


async def test_orders_of_different_people_on_one_matter_are_linked(services: Services) -> None:
    first = Talk(services)
    await opened(first)
    one = (await filed(first, "张先生13800001234")).cards[0]["number"]
    second = Talk(services, meta={"contact_id": "p2", "conversation_id": "c2"})
    await opened(second, "蜀山区黄山路与科学大道交口的工地天天半夜施工，吵得孩子睡不着")
    two = (await filed(second, "13900001234")).cards[0]["number"]
    order = await order_of(services, two)
    assert order.filed.related == (one,)


CROSSING = sketch(
    "红绿灯坏了三天", place="蜀山区贵池路和科学大道口", category=("交通管理", "信号灯")
)


@pytest.mark.parametrize(
    "place", ["贵池路跟科学大道交叉口", "科学大道贵池路路口", "贵池路科学大道口"]
)
def test_who_names_no_district_is_linked_too(place: str) -> None:
    other = replace(CROSSING, number="HY3", region=None, place=place, words="红绿灯坏了没人修")
    assert cluster(CROSSING, [other])


def test_another_crossing_of_the_road_is_another_matter() -> None:
    other = replace(CROSSING, number="HY3", region=None, place="贵池路和望江西路口")
    assert not cluster(CROSSING, [other])
    elsewhere = replace(CROSSING, number="HY3", region="320106")
    assert not cluster(CROSSING, [elsewhere])
