"""Several matters in one breath: one order each, the contact asked once; one matter stays one."""

from __future__ import annotations

import pytest

from actions.complaint.matters import apart
from actions.complaint.record.draft import CONFIRMED, Field
from tests.actions.conftest import Talk
from tests.actions.test_complaint_form import answered, asked, opened, order_of
from tests.complaint.evaluate import GOLD, read_rows

TWO = "翠竹园小区楼下烧烤店半夜油烟熏人没法开窗。还有一件事，302路公交车总是甩站不停"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (TWO, 2),
        (
            "我要反映两件事，第一，楼下烧烤店油烟太大熏得没法开窗，第二，小区电梯坏了半个月物业不修",
            2,
        ),
        (
            "楼上天天半夜打麻将，还有楼下烧烤摊油烟呛死人，另外小区路灯也坏了三盏，我住包河区春融苑5栋",
            3,
        ),
        ("学校食堂天天吃剩菜，公交28路老是不停站，小区物业不给开发票", 3),
        ("投诉我们小区门口的烧烤店，天天占道经营油烟很大", 1),
        ("小区停水三天了，物业不管", 1),
        ("健身房才开半年，器材坏了一堆", 1),
        ("医院收费贵，还有几个医生态度不好", 1),
        ("路灯坏了，另外那边的路面也破了", 1),
        ("物业服务差：1、楼道不打扫；2、垃圾不清运；3、保安不巡逻", 1),
        ("楼下工地半夜施工吵得睡不着，另外想问一下社保怎么转移", 1),
        ("", 1),
    ],
)
def test_only_matters_marked_and_of_other_categories_are_taken_apart(text: str, parts: int) -> None:
    assert len(apart(text)) == parts


def test_what_stands_before_a_list_belongs_to_each_item() -> None:
    for part in apart("翠竹园小区：1、楼下烧烤店油烟熏人；2、公司拖欠我三个月工资不给"):
        assert part.startswith("翠竹园小区：")


@pytest.mark.parametrize("name", ["texts", "letters", "board"])
def test_letters_on_one_matter_are_left_whole(name: str) -> None:
    rows = read_rows(GOLD.with_name(f"{name}.jsonl"))
    split = [row["id"] for row in rows if len(apart(row["text"])) > 1]
    assert len(split) / len(rows) <= 0.01, split


async def test_two_matters_become_two_orders_with_one_contact_round(talk: Talk) -> None:
    reply = await opened(talk, TWO)
    assert "2件事" in reply.text
    await answered(talk, "张先生13800001234")
    await answered(talk, "确认", "affirm")
    talk.loop = None
    first = await talk.run("action_submit_complaint")
    assert first.has("followup", name="complaint_form")
    assert "302路" in first.text
    talk.loop = "complaint_form"
    await talk.run("validate_complaint_form")
    assert talk.slots["requested_slot"] == Field.TIME  # of this matter; the contact is known
    await answered(talk, "昨天早上八点")
    assert talk.slots["requested_slot"] == CONFIRMED
    rows = {row["key"]: row["value"] for row in (await asked(talk)).cards[0]["rows"]}
    assert rows["contact_phone"] == "13800001234"
    assert "油烟" not in rows["matter"]
    await answered(talk, "确认", "affirm")
    talk.loop = None
    second = await talk.run("action_submit_complaint")
    assert not second.has("followup", name="complaint_form")
    orders = [await order_of(talk.services, reply.cards[0]["number"]) for reply in (first, second)]
    assert orders[0].number != orders[1].number
    assert [order.filed.category[0] for order in orders] == ["环境保护", "交通运输"]
