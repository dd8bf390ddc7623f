"""A place is given with its name alone and with the names it is made of, each where it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.understanding import Nlu, understand
from actions.understanding.fields import Part, PartKind, Place
from actions.understanding.places.place import find_places
from actions.understanding.text.folding import fold

NOW = datetime(2026, 1, 1)  # noqa: DTZ001


def place_of(text: str) -> Place:
    return find_places(fold(text))[0][0]


def parts(place: Place) -> str:
    return " ".join(place.cut(part.start, part.end) for part in place.parts)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("望江西路与潜山路交口的加油站旁边|有坑", "望江西路与潜山路交口"),
        ("彩云北路与广福路交叉口东北角的一处工地|", "彩云北路与广福路交叉口东北角"),
        ("锦绣花园3栋楼下的烧烤店|太吵", "锦绣花园3栋"),
        ("艺苑路12号楼下|新开一家烧腊店", "艺苑路12号"),
        ("金盾花园楼下|天天有人吵", "金盾花园"),
        ("明秀小学门口|天天堵", "明秀小学"),
        ("洋湖湿地公园北门|没有公交站", "洋湖湿地公园北门"),
        ("庐阳区寿春路附近|停水", "庐阳区寿春路"),
        ("淮海路（人民路至健康路段）|修路", "淮海路（人民路至健康路段）"),
        ("菏泽市单县境内|有人挖沙", "菏泽市单县"),
    ],
)
def test_a_name_ends_where_only_more_is_said_of_where(text: str, name: str) -> None:
    whole, after = text.split("|")
    place = place_of(whole + after)
    assert place.name_end is not None
    assert (place.text, place.cut(place.start, place.name_end)) == (whole, name)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("合肥市蜀山区望江西路与潜山路交口的加油站", "合肥市 蜀山区 望江西路 潜山路"),
        ("明秀东路178号锦程大厦14楼漏水", "明秀东路 178号 锦程大厦 14楼"),
        ("平江县加义镇泊头村7组的路", "平江县 加义镇 泊头村 7组"),
        ("我住中海国际社区二期12栋", "中海国际社区 二期12栋"),
        ("槐安东路与建华南大街交口西南角的万达广场堵车", "槐安东路 建华南大街 万达广场"),
        ("我是天通苑西三区的", "天通苑 西三区"),
        (
            "大丰街道的蓉都大道南二段1200号德信天空之城",
            "大丰街道 蓉都大道 南二段1200号 德信天空之城",
        ),
        ("漓江路与会仙路交叉路口乱停车", "漓江路 会仙路"),
        ("舜新路与市场路路口", "舜新路 市场路"),
        ("住在二环南路以北", "二环南路"),
        ("连霍高速宝鸡段往天水方向K1215处有轮胎皮", "连霍高速"),
        ("308路公交车四十分钟一班", "308路"),
        ("王城大道与九都路口没有信号灯", "王城大道 九都路"),
        ("信阳师范学院北湖校区门口", "信阳 师范学院 北湖校区"),
        ("在国贸大厦负一楼缴费", "国贸大厦 负一楼"),
        ("赛罕区巧报镇前巧报村的安置房", "赛罕区 巧报镇 前巧报村"),
        ("清和南街与宝湖路交叉口", "清和南街 宝湖路"),
        ("二环高架西向东龙腾立交堵车", "二环高架 龙腾立交"),
    ],
)
def test_the_names_of_a_place_are_told_apart(text: str, named: str) -> None:
    assert parts(place_of(text)) == named


def test_each_part_says_what_it_names() -> None:
    kinds = [part.kind.value for part in place_of("庐阳区大杨镇阜阳北路88号锦程大厦").parts]
    assert kinds == ["region", "town", "road", "number", "site"]


def test_a_place_nobody_else_knows_has_no_name() -> None:
    place = place_of("我家楼下天天有人放鞭炮")
    assert (place.named, place.name_end, place.parts) == (False, None, ())


def test_the_output_gives_the_spans_in_the_text_as_spelt() -> None:
    text = "反映：蜀山區黃山路88號錦程大廈門口亂停車"
    line: dict[str, Any] = understand(text, Nlu("nlu_fallback", 0.0), NOW).to_json()["fields"]
    assert line["place"] == line["places"][0]
    assert line["place"]["name"] == {"text": "蜀山區黃山路88號錦程大廈", "start": 3, "end": 16}
    named = [part["text"] for part in line["place"]["parts"]]
    assert named == ["蜀山區", "黃山路", "88號", "錦程大廈"]
    assert all(text[p["start"] : p["end"]] == p["text"] for p in line["place"]["parts"])


PIECES = st.sampled_from(
    [
        *"在的，。与到和、（）7AK段",
        "一家",
        "饭店",
        "门口",
        "附近",
        "往北500米",
        "交口",
        "北门",
        "二期",
        "88号",
        "3栋",
        "7组",
        "B出口",
        "合肥市",
        "蜀山区",
        "黄山路",
        "科学大道",
        "锦绣花园",
        "泊头村",
        "地铁2号线",
        "杨箕站",
        "连霍高速",
        "K12+300处",
        "宝鸡段",
        "第三小学",
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join))
def test_parts_stand_in_order_within_the_name(text: str) -> None:
    for place in find_places(fold(text))[0]:
        if not place.named:
            continue
        assert place.name_end is not None
        assert place.start < place.name_end <= place.end
        bounds = [
            place.start,
            *(at for p in place.parts for at in (p.start, p.end)),
            place.name_end,
        ]
        assert bounds == sorted(bounds)
        assert place.parts[0].start == place.start
        assert all(isinstance(p, Part) and p.start < p.end for p in place.parts)
        assert any(p.kind is not PartKind.NUMBER for p in place.parts)
