"""The same matter again: recognised by what it means, offered to the person, linked among many."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from actions.complaint.record.draft import Draft, Step
from actions.complaint.replies import repeats
from actions.services import Services
from actions.turn import Turn
from actions.work_orders.alike import Reason, cluster, spoken_of, told_again
from connectors.store import order_work
from connectors.store.order_matters import Sketch
from tests.actions.conftest import NOON, Talk
from tests.actions.test_complaint_form import NOISE, answered, asked, filed, opened, order_of
from tests.complaint.repeats import FIRST, LATER, measure, read_pairs, told

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


@pytest.mark.parametrize(
    "pair",
    [
        # The same thing at a neighbour's: a name that says something else instead.
        ("滨湖世纪城振徽苑物业不清垃圾", "滨湖世纪城福徽苑物业不清垃圾，臭死了"),
        ("肥西县上派镇巢湖中路有个窨井盖没了", "肥西县上派镇青年路窨井盖碎了，要换一个"),
        ("庐阳区固镇路斑马线看不见", "庐阳区沿河路斑马线磨没了，看不清"),
        # What two orders share is only where they are.
        ("肥东县店埠镇鸿运服装厂拖欠我三个月工资", "肥东县店埠镇鸿运服装厂夜里排黑烟"),
        ("高新区天乐公寓自来水发黄有铁锈味", "天乐公寓停水一天了没通知"),
    ],
)
def test_another_matter_nearby_is_not_the_same(pair: tuple[str, str]) -> None:
    assert told_again(told("HY2", pair[1], LATER), [told("HY1", pair[0], FIRST)]) is None


@pytest.mark.parametrize(
    "pair",
    [
        ("肥东县长丰路明光菜市场门口占道摆摊", "明光菜场外面小贩还是占着人行道卖菜"),
        ("长丰县水湖镇第二中学违规补课收费", "水湖二中又在收补课费了"),
        ("合作化南路好再来健身房关门跑路，三年卡不给退", "好再来健身房的会员卡什么时候能退"),
        ("庐阳区桐城路绿化带的树枝把我家窗户挡死了", "桐城路那棵树怎么还没修剪"),
        ("全椒路锦江小区西门垃圾站夜里装卸", "锦江小区那个垃圾站昨晚又是一点装车"),
    ],
)
def test_who_says_that_it_goes_on_is_asked_with_less_in_common(pair: tuple[str, str]) -> None:
    assert told_again(told("HY2", pair[1], LATER), [told("HY1", pair[0], FIRST)]) is not None


def test_of_pairs_of_tellings_the_same_matter_is_known_and_its_neighbour_is_not() -> None:
    found = measure(read_pairs())
    assert found.recall >= 0.9
    assert found.precision >= 0.95
    assert found.unrelated == 0


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


def test_one_outage_in_other_words_and_another_category_is_one_matter() -> None:
    first = sketch(
        "肥西县上派镇古埂路学府佳苑昨晚开始没水",
        place="肥西县上派镇古埂路学府佳苑",
        region="340123",
        category=("物业管理", "小区设施设备维修"),
    )
    second = replace(
        first,
        number="HY9",
        words="我家自来水打开一滴没有，学府佳苑",
        place="学府佳苑",
        region=None,
        category=("公用事业（水电气暖）", "供水服务"),
    )
    assert [one.sketch.number for one in cluster(second, [first])] == ["HY2"]
    fees = replace(second, words="学府佳苑物业乱收费")
    assert cluster(fees, [first]) == ()


def test_another_crossing_of_the_road_is_another_matter() -> None:
    other = replace(CROSSING, number="HY3", region=None, place="贵池路和望江西路口")
    assert not cluster(CROSSING, [other])
    elsewhere = replace(CROSSING, number="HY3", region="320106")
    assert not cluster(CROSSING, [elsewhere])


WASH = "蜀山区科学岛路彩虹小学旁边洗车店把污水排到路上"


@pytest.mark.parametrize(
    ("again", "intent", "action"),
    [
        ("洗车店的事反映了没有用啊", "query_progress", "action_open_order"),
        ("怎么还在排，科学岛路洗车店", "nlu_fallback", "action_fallback"),
    ],
)
async def test_an_order_told_by_its_matter_is_found_without_its_number(
    talk: Talk, again: str, intent: str, action: str
) -> None:
    await opened(talk, WASH)
    number = (await filed(talk, "13800001234")).cards[0]["number"]
    talk.slots = {}  # another day
    talk.hear(again, intent)
    await talk.run(action)
    talk.loop = "complaint_form"
    await talk.run("validate_complaint_form")
    assert number in (await asked(talk)).text


async def test_of_several_orders_the_one_spoken_of_is_meant_and_none_when_it_is_open(
    talk: Talk,
) -> None:
    wash = replace(SITE, number="HY3", words=WASH, place="蜀山区科学岛路彩虹小学旁边")
    said = sketch("洗车店的事反映了没有用啊", place="", region=None, category=())
    found = spoken_of(said, [SITE, wash])
    assert found is not None
    assert found.sketch.number == "HY3"
    twin = replace(wash, number="HY4")
    assert spoken_of(said, [wash, twin]) is None
    assert spoken_of(replace(said, words="那件事怎么样了"), [SITE, wash]) is None


async def test_a_place_told_later_is_compared_too(talk: Talk) -> None:
    await opened(talk)
    number = (await filed(talk, "张先生13800001234")).cards[0]["number"]
    talk.slots["last_order"] = None  # in a later session
    await opened(talk, "夜里又在打桩，没法睡")
    assert talk.slots["requested_slot"] == "place"
    await answered(talk, "黄山路与科学大道交口的工地")
    assert number in (await asked(talk)).text


async def test_what_is_registered_already_is_not_promised_to_be_registered(talk: Talk) -> None:
    await opened(talk)
    await filed(talk, "张先生13800001234")
    assert not (await opened(talk)).said
