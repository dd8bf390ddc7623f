"""A business tells a matter (企业诉求): it says who it is, and is asked nothing else but that."""

from __future__ import annotations

import pytest

from actions.complaint.record.draft import CONFIRMED, Draft, Field
from actions.complaint.steering.corrections import find as correction
from actions.complaint.told import intake
from actions.understanding.fields import AppealType
from actions.understanding.people.enterprise import (
    find_credit_code,
    find_enterprise,
    is_credit_code,
    speaks_for_one,
)
from tests.actions.conftest import Talk
from tests.actions.test_complaint_form import answered, asked, filed, opened, order_of
from tests.actions.test_dialogue import after, keys, new, read, take, words

LICENCE = "我们公司营业执照变更办了一个月还没下来，市场监管局一直拖"
CODE = "91350100M000100Y43"  # the example of GB 32100-2015


def told(text: str = LICENCE) -> Draft:
    return intake.told(new(), read(text), text)


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        (LICENCE, True),
        ("我司想咨询高新技术企业怎么认定", True),
        ("我是一家餐饮店老板，隔壁工地围挡把我们店门堵了", True),
        ("我是开餐馆的小企业，房租太高", True),
        ("我们是蜀山新科商贸有限公司，货被扣了", True),
        ("作为一家小微企业，想贷款太难了", True),
        ("我们公司拖欠工资三个月", False),
        ("我在一家公司上班，老板不给交社保", False),
        ("小区旁边的公司半夜施工", False),
        ("我是一家公司的员工，公司裁员不给补偿", False),
        ("楼下饭店油烟太大", False),
    ],
)
def test_who_speaks_for_a_business_is_told_from_who_works_there(text: str, speaks: bool) -> None:
    assert speaks_for_one(text) is speaks


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我是安徽徽味食品有限公司的负责人，想问贴息怎么申请", "安徽徽味食品有限公司"),
        ("我代表芜湖市鑫达物流有限公司反映，园区停电", "芜湖市鑫达物流有限公司"),
        ("我公司（安徽皖新电子科技有限公司）申报补贴没有下文", "安徽皖新电子科技有限公司"),
        ("我叫张强，是强子汽修厂的老板，水管被挖断了", "强子汽修厂"),
        ("我这边是小李五金店，门口的围挡挡了半年", "小李五金店"),
        ("我是个体户，营业执照上是佳佳便利店，办烟草证被拒了", "佳佳便利店"),
        ("我在上派镇开了个小超市，名字叫惠民，换电表收我八百", "惠民"),
        ("我是开饭店的，店名叫老王家土菜馆，城管要拆招牌", "老王家土菜馆"),
        ("包河工业区，公司叫恒泰物流", "恒泰物流"),
        ("我们厂是做服装的，用电一直跳闸", None),
    ],
)
def test_the_name_of_the_writers_business_is_found_however_it_is_given(
    text: str, name: str | None
) -> None:
    found = find_enterprise(text)
    assert speaks_for_one(text)
    assert (found.text if found else None) == name


@pytest.mark.parametrize(
    "text",
    [
        "我是合肥智行软件有限公司的员工，公司不给交社保",
        "我是宏远制造有限公司的经理，公司拖欠我工资",
        "我们是新城国际的业主，物业公司乱收费",
        "欠我工钱的公司叫鑫源建筑劳务有限公司",
        "那家店叫好又多超市，卖过期牛奶",
        "外卖送来的饭里有蟑螂，商家说最多退我十块钱，店名叫李记黄焖鸡",
        "投诉我们单位食堂承包商，用的肉都是临期的冻肉",
    ],
)
def test_who_works_there_or_complains_of_it_does_not_speak_for_it(text: str) -> None:
    assert not speaks_for_one(text)


def test_a_business_that_has_said_its_name_is_not_asked_for_it() -> None:
    draft = told("我是徽味食品有限公司的负责人，蜀山区黄山路的厂区一直停电")
    assert draft.text(Field.ENTERPRISE) == "徽味食品有限公司"
    assert Field.ENTERPRISE not in draft.open_fields()


def test_a_report_on_ones_own_firm_is_no_matter_of_the_firm() -> None:
    assert not speaks_for_one("举报我公司偷排污水", AppealType.REPORT)


@pytest.mark.parametrize("wrong", range(18))
def test_each_changed_character_of_a_credit_code_is_noticed(wrong: int) -> None:
    other = "7" if CODE[wrong] != "7" else "8"
    assert is_credit_code(CODE)
    assert not is_credit_code(CODE[:wrong] + other + CODE[wrong + 1 :])


@pytest.mark.parametrize(
    "code", ["", "91350100M000100Y4", "91350100I000100Y43", "9135O100M000100Y43"]
)
def test_what_has_not_its_form_is_no_credit_code(code: str) -> None:
    assert not is_credit_code(code)


def test_a_code_is_found_in_small_letters_and_an_identity_number_is_none() -> None:
    found = find_credit_code(f"代码{CODE.lower()}")
    assert found is not None
    assert (found.value, found.valid) == (CODE, True)
    assert find_credit_code("身份证340104199001011234") is None
    wrong = find_credit_code("统一社会信用代码：91350100M000100Y4")
    assert wrong is not None
    assert not wrong.valid


def test_name_and_code_in_one_answer_are_asked_once() -> None:
    draft = told()
    assert draft.next_slot() == Field.ENTERPRISE
    draft = after(draft, f"合肥新科商贸有限公司，统一社会信用代码{CODE}")
    assert draft.text(Field.ENTERPRISE) == "合肥新科商贸有限公司"
    assert draft.text(Field.CREDIT_CODE) == CODE
    assert draft.text(Field.PLACE) == ""
    assert draft.next_slot() == Field.PHONE
    draft = after(draft, "王经理，负责财务 13800001234")
    assert draft.text(Field.NAME) == "王经理，负责财务"
    assert draft.next_slot() == CONFIRMED


def test_a_code_that_does_not_check_is_said_so_and_may_be_left_out() -> None:
    draft = after(told(), "新科商贸有限公司")
    assert draft.next_slot() == Field.CREDIT_CODE
    outcome = take(draft, words("91350100M000100Y44"), read)
    assert keys(outcome) == ["form_credit_code_wrong"]
    assert outcome.draft is not None
    assert after(outcome.draft, words("手边没有", "skip_field")).next_slot() == Field.PHONE
    beside = take(told(), words("新科商贸有限公司，税号91350100M000100Y44"), read)
    assert keys(beside) == ["form_credit_code_wrong"]


def test_a_code_can_be_put_right() -> None:
    draft = after(told(), f"新科商贸有限公司，代码{CODE}", "李会计13800001234")
    assert correction("信用代码写错了，是91350100M000100Y43") is not None
    changed = after(draft, "企业名称不对，是新科工贸有限公司")
    assert changed.text(Field.ENTERPRISE) == "新科工贸有限公司"
    assert changed.next_slot() == CONFIRMED


def test_a_citizen_is_never_asked_for_a_business() -> None:
    draft = told("小区门口的公司半夜卸货，吵得睡不着，在翠竹园小区")
    assert Field.ENTERPRISE not in draft.needed


async def test_the_order_holds_the_business(talk: Talk) -> None:
    await opened(talk, LICENCE)
    assert "企业全称" in (await asked(talk)).text
    await answered(talk, f"新科商贸有限公司，统一社会信用代码{CODE}")
    reply = await filed(talk, "王经理 13800001234")
    order = await order_of(talk.services, reply.cards[0]["number"])
    assert (order.filed.enterprise, order.filed.credit_code) == ("新科商贸有限公司", CODE)
    assert order.filed.contact_name == "王经理"
    assert order.filed.duration == "一个月"


def test_contact_given_where_the_code_was_asked_is_taken() -> None:
    draft = after(told(), "新科商贸有限公司")
    heard = after(draft, "李女士，法务 13800001234")
    assert heard.text(Field.PHONE) == "13800001234"
    assert heard.text(Field.NAME).startswith("李女士")
    assert heard.next_slot() == Field.CREDIT_CODE


def test_what_a_business_is_like_is_no_name() -> None:
    assert find_enterprise("我们是钟楼区一家做标牌的小厂，货款要不回来") is None
