"""Known incidents: who they are about, and how they are told inside the form."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.incidents import first_known
from connectors.store import incidents
from connectors.store.incidents import NewNotice, Notice
from tests.actions.conftest import NOON, Talk
from tests.actions.test_complaint_form import answered, filed, opened

UNTIL = NOON + timedelta(hours=8)
HOME = "340100"
WATER = NewNotice(
    "望江西路供水管爆裂，正在抢修", UNTIL, "340104", ("望江西路",), (), ("停水", "没水", "水压")
)
DISTRICT = NewNotice("蜀山区今晚检修", UNTIL, "340104", (), (), ("停水", "没水"))
CITY = NewNotice("全市水厂检修", UNTIL, HOME, (), (), ("停水", "没水"))
ROAD = NewNotice("地铁施工，封闭两条车道", UNTIL, "340102", ("长江东路沿线",), (), ("封路",))


def notice(said: NewNotice) -> Notice:
    return Notice("n_1", said, 1, None, NOON, NOON, "a_1")


@pytest.mark.parametrize(
    ("said", "text", "about"),
    [
        (WATER, "望江西路怎么停水了", True),
        (WATER, "蜀山区望江西路家里没水了，什么时候来水", True),
        (WATER, "家里停水了", False),
        (WATER, "黄山路停水了", False),
        (WATER, "望江西路的路灯坏了", False),
        (DISTRICT, "蜀山区黄山路停水了", True),
        (DISTRICT, "庐阳区停水了", False),
        (DISTRICT, "家里停水了", False),  # nobody said where
        (CITY, "家里停水了", True),
        (CITY, "庐阳区没水了", True),
        (CITY, "南京市鼓楼区停水了", False),
        (CITY, "身份证丢了怎么补办", False),
        (WATER, "望江西路这边水龙头一滴水都放不出来", True),  # in words the notice does not have
        (WATER, "望江西路的水是黄的", False),
        (WATER, "望江西路水费收多了", False),
        (ROAD, "长江东路车道怎么少了一半", True),
        (ROAD, "长江东路上饭店卖假酒", False),
        (CITY, "你好", False),
    ],
)
def test_place_and_matter_must_both_agree(said: NewNotice, text: str, about: bool) -> None:
    found = first_known(text, NOON, HOME, [notice(said)])
    assert (found is not None) is about


async def post(talk: Talk, said: NewNotice) -> Notice:
    return await talk.services.database.transact(
        lambda conn: incidents.post(conn, said, "a_1", NOON)
    )


async def told(talk: Talk) -> incidents.Told:
    ((_, count),) = await talk.services.database.read(incidents.latest)
    return count


async def test_inside_the_form_it_is_told_when_the_place_is_known_and_once(talk: Talk) -> None:
    await post(talk, WATER)
    await opened(talk, "家里停水两天了没人管")
    talk.hear("望江西路翠竹园小区", "inform")
    reply = await talk.run("validate_complaint_form")
    assert "正在抢修" in reply.text
    assert reply.buttons[0]["payload"] == "/cancel"
    again = await talk.run("validate_complaint_form")  # the turn was lost, and is taken again
    assert "正在抢修" in again.text or again.text == ""
    assert "正在抢修" not in (await answered(talk, "跳过", "skip_field")).text
    assert (await told(talk)).told == 1


async def test_who_insists_files_and_is_counted(talk: Talk) -> None:
    await post(talk, CITY)
    await opened(talk, "蜀山区黄山路小区停水两天了没人管")
    reply = await filed(talk, "13800001234")
    assert reply.cards
    count = await told(talk)
    assert (count.told, count.insisted) == (1, 1)


async def test_an_ended_one_is_told_nobody(talk: Talk) -> None:
    posted = await post(talk, CITY)
    await talk.services.database.transact(
        lambda conn: incidents.end(conn, posted.id, 1, "a_1", NOON)
    )
    await opened(talk, "蜀山区黄山路小区停水两天了没人管")
    assert (await told(talk)).told == 0


async def test_of_two_who_change_it_the_second_is_told(talk: Talk) -> None:
    posted = await post(talk, CITY)
    change = talk.services.database.transact
    await change(lambda conn: incidents.change(conn, posted.id, 1, WATER, "a_1", NOON))
    with pytest.raises(incidents.Changed) as conflict:
        await change(lambda conn: incidents.change(conn, posted.id, 1, DISTRICT, "a_2", NOON))
    assert conflict.value.latest.said == WATER
    with pytest.raises(incidents.Changed):
        await change(lambda conn: incidents.end(conn, posted.id, 1, "a_2", NOON))
