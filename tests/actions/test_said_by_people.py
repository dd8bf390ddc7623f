"""Ways of putting right, of naming and of wishing that people have, heard as they were meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.complaint import matters
from actions.complaint.dialogue import take
from actions.complaint.record.draft import CONFIRMED, Field, Privacy, State, Step, Value
from actions.complaint.steering import putting_right
from actions.complaint.told import intake, places_told
from actions.complaint.wording.appeal_words import kind_and_more, privacy
from actions.complaint.wording.asked_of_us import is_question
from actions.complaint.wording.phrases import points_at_the_photo
from actions.understanding.fields import AppealType, Place
from actions.understanding.matter.flags import find_flags
from actions.understanding.matter.wanted import find_wanted
from actions.understanding.people.contact import find_phone
from actions.work_orders.direct import Direct, lies_outside
from connectors.texts import Texts
from tests.actions.conftest import Talk
from tests.actions.test_complaint_form import answered, opened
from tests.actions.test_dialogue import after, full, keys, new, read, words
from tests.tickets.subjects import new_order

TAXI = "投诉出租车拒载，昨天晚上十点在合肥南站北广场，车牌皖AT5678"


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("傻逼物业", "物业"),
        ("物业物业", "物业"),
        ("一家培训机构", "培训机构"),
        ("那个麻将馆", "麻将馆"),
        ("垃圾处理厂", "垃圾处理厂"),
        ("厂", ""),
    ],
)
def test_whom_it_is_about_is_named_without_abuse_and_pointing(said: str, named: str) -> None:
    assert intake.party(said) == named


@pytest.mark.parametrize(
    ("known", "said", "whole"),
    [
        ("合肥南站北广场", "南广场", "合肥南站南广场"),
        ("翠竹园3栋", "12栋", "翠竹园12栋"),
        ("黄山路", "望江西路", "望江西路"),
        ("翠竹园3栋", "翠竹园5栋", "翠竹园5栋"),
    ],
)
def test_the_end_of_a_place_is_put_right_alone(known: str, said: str, whole: str) -> None:
    assert intake.put_right(Value(known), Field.PLACE, Value(said)).text == whole


def test_a_plate_is_put_right_where_it_stands() -> None:
    draft = after(full().with_value(Field.MATTER, Value(TAXI)), "车牌错了，是皖AT5679")
    assert draft.text(Field.MATTER) == TAXI.replace("5678", "5679")
    assert putting_right.like("车牌皖AT5678，皖AT5688", "皖AT5679") == ""  # which of the two?


def test_a_name_is_put_right_by_saying_which_it_is_not() -> None:
    draft = after(full().with_value(Field.NAME, Value("王")), "我不姓王，姓汪")
    assert draft.text(Field.NAME) == "汪"
    assert "汪" not in draft.text(Field.MATTER)


def test_of_two_times_told_the_one_meant_is_kept() -> None:
    twice = full().with_value(Field.TIME, Value("每天早上八点，晚上八点开始"))
    assert after(twice, "我说的是早上").text(Field.TIME) == "每天早上八点"


def test_two_times_told_make_no_stretch_that_ends_before_it_begins() -> None:
    every = {"recurrence": "daily", "from": "2026-05-05T08:00", "to": "2026-05-05T08:59"}
    draft = new(matter="修车铺吵").with_value(Field.TIME, Value("每天早上八点", detail=every))
    both = intake.with_said(
        draft, Field.TIME, Value("晚上八点", detail={"from": "2026-05-05T20:00"})
    )
    time = both.get(Field.TIME)
    assert time is not None
    assert time.detail == {"recurrence": "daily", "from": "2026-05-05T20:00"}


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("他还在家里私自屠宰卖肉，我要举报", "他还在家里私自屠宰卖肉"),
        ("他们还偷税漏税，所以我想举报他们。", "他们还偷税漏税"),
    ],
)
def test_the_kind_may_be_named_last(text: str, rest: str) -> None:
    assert kind_and_more(text) == (AppealType.REPORT, rest)


@pytest.mark.parametrize("text", ["能不能不说我是谁", "别说是我说的", "不要说是我举报的"])
def test_who_it_was_shall_not_be_said(text: str) -> None:
    assert privacy(text) is Privacy.CONFIDENTIAL


def test_whoever_wants_to_stay_anonymous_twice_is_asked_for_no_number() -> None:
    told = new(matter="老师罚站", place="滨湖惠园幼儿园")
    once = after(told, "匿名行吗")
    assert once.next_slot() == Field.PHONE
    twice = take(once, words("匿名"), read)
    assert keys(twice) == ["form_without_phone"]
    assert twice.draft is not None
    assert twice.draft.next_slot() == CONFIRMED


def test_a_wish_for_privacy_is_no_matter() -> None:
    draft = after(new(), "匿名行吗")
    assert draft.text(Field.MATTER) == ""
    assert draft.privacy is not Privacy.OPEN


def test_to_hand_in_nothing_is_met_with_what_is_missing() -> None:
    assert keys(take(new(), words("提交"), read)) == ["form_needed_matter"]
    assert take(new(), words("就是想反映一下"), read).draft == new()


def test_nobody_without_a_number_is_told_they_will_be_called() -> None:
    unreachable = full().with_value(Field.PHONE, Value("", State.SKIPPED))
    assert keys(take(unreachable, words("那我怎么知道结果"), read)) == ["form_wait_time_code"]
    assert keys(take(full(), words("那我怎么知道结果"), read)) == ["form_wait_time"]


def test_it_was_where_the_photo_was_taken() -> None:
    assert points_at_the_photo("就在照片这儿")
    assert not points_at_the_photo("在黄山路")
    asked = replace(new(matter="井盖碎了"), step=Step.PLACING, spot={"text": "这里"})
    assert after(asked, "就在照片这儿").text(Field.PLACE) == "这里"


def test_a_number_typed_with_letters_is_read() -> None:
    phone = find_phone("1380000l234")
    assert phone is not None
    assert (phone.value, phone.valid) == ("13800001234", True)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("你们赔不赔", True),
        ("管不管", True),
        ("他时不时来敲门", False),
        ("要不要紧都行", False),
    ],
)
def test_a_or_not_a_is_a_question(text: str, asks: bool) -> None:
    assert is_question(text) is asks


def test_a_relative_who_suffers_from_it_is_nobody_it_is_told_for() -> None:
    assert find_flags("楼上装修，早上六点就开始敲，我老婆坐月子").on_behalf is None
    assert find_flags("我妈想办老年证，怎么办").on_behalf is not None


@pytest.mark.parametrize(
    "text", ["我帮我姥姥问的，她想申请评残", "路灯坏了，请下午五点半以后打电话"]
)
def test_for_whom_and_when_to_call_is_no_wish(text: str) -> None:
    wish = find_wanted(text, AppealType.COMPLAINT)
    assert wish is None or ("姥姥" not in wish.text and "以后打" not in wish.text)


def test_a_letter_of_several_matters_gives_an_order_to_each() -> None:
    letter = (
        "你好，我是庐阳区四里河路柏景湾的业主，今天一次说完。首先是物业，物业费从一块二涨到两块八，没有公示。"
        "其次是电梯，三号楼的电梯这个月困人四次了。"
        "第三，东门外的烧烤摊，每天晚上六点到凌晨两点，油烟直接往窗户里灌。"
        "第四，旁边那条路的路灯，从十月份开始就有一段不亮。"
    )
    found = matters.apart(letter)
    assert len(found) == 3
    assert "电梯" in found[0]
    assert found[0].count("柏景湾的业主") == 1


def test_a_lake_has_a_name_and_a_park_at_the_door_has_none() -> None:
    told = {
        text: Place(text=text, start=0, end=len(text), confidence=0.5, named=False)
        for text in ("天鹅湖边上", "小区公园", "那条河")
    }
    assert [text for text, place in told.items() if places_told.tells_where(place)] == [
        "天鹅湖边上"
    ]


def test_where_and_what_is_the_matter_there_are_told_apart() -> None:
    draft = after(new(matter="我要反映停车的事"), "蜀山区翠竹园小区门口停满车过不去")
    assert draft.text(Field.PLACE) == "蜀山区翠竹园小区门口"
    assert "停满车过不去" in draft.text(Field.MATTER)


def test_what_somebody_wants_is_nobody_it_is_about() -> None:
    help_asked = replace(new(AppealType.HELP, matter="娃考上大学了"), needed=(Field.SUBJECT,))
    assert after(help_asked, "我想申请").text(Field.SUBJECT) == ""


def test_a_shop_told_at_the_lines_to_check_lies_at_the_road_told_before() -> None:
    draft = full().with_value(Field.PLACE, Value("庐阳区阜阳北路"))
    assert after(draft, "在极速网吧").text(Field.PLACE) == "庐阳区阜阳北路极速网吧"
    assert places_told.at_the_road("庐阳区阜阳北路", "望江西路") == ""


def test_without_a_telephone_is_no_wish_to_wait() -> None:
    draft = full().without(Field.PHONE)
    outcome = take(draft, words("我没电话", "wait"), read)
    assert "form_waits" not in keys(outcome)


def test_one_character_is_no_matter() -> None:
    assert after(new(), "车").text(Field.MATTER) == ""


def test_told_for_ones_old_partner_is_told_for_another() -> None:
    assert find_flags("我替我老伴问 她退休金少了两百块").on_behalf is not None


def test_another_citys_matter_is_told_whose_it_is_and_waits_for_a_person() -> None:
    assert lies_outside("320106", "340100")
    assert lies_outside("320106", "340000")
    assert not lies_outside("340103", "340104")  # a neighbouring district of the same city
    assert not lies_outside("", "340100")
    assert not lies_outside("320106", None)
    direct = Direct(Texts.load(), 0.9, "340100")
    sure = {"suggested_unit": "城市管理局", "unit_confidence": 0.95}
    assert direct.is_sure(new_order(key="a", place_region="340103", **sure))
    assert not direct.is_sure(new_order(key="b", place_region="320106", **sure))


async def test_another_citys_matter_is_said_to_be_so_once(talk: Talk) -> None:
    settings = talk.services.settings.model_copy(update={"region": "340100"})
    talk.services = replace(talk.services, settings=settings)
    first = await opened(talk, "南京市鼓楼区中山路那个公厕又脏又臭没人扫")
    assert "江苏省南京市" in first.text
    later = await answered(talk, "13800001234")
    assert "当地的12345" not in later.text


def test_yes_to_which_line_shall_be_changed_hands_nothing_in() -> None:
    outcome = take(replace(full(), step=Step.CHOOSING), words("对", "affirm"), read)
    assert outcome.draft is not None
    assert not outcome.draft.confirmed
    assert outcome.draft.step is Step.COLLECTING


@pytest.mark.parametrize("text", ["多长时间给我回话", "要是还不解决呢", "万一没人管怎么办"])
def test_what_becomes_of_it_is_answered(text: str) -> None:
    assert keys(take(full(), words(text), read)) == ["form_wait_time"]


@pytest.mark.parametrize("text", ["我要投诉", "就是顺便说一下"])
def test_what_only_announces_is_no_part_of_the_matter(text: str) -> None:
    draft = full().without(Field.PHONE)
    assert after(draft, text).text(Field.MATTER) == draft.text(Field.MATTER)


@pytest.mark.parametrize(
    ("text", "named"), [("工地叫保利的", "保利工地"), ("物业叫什么万科", "万科物业")]
)
def test_what_it_is_called_is_kept(text: str, named: str) -> None:
    assert after(full().without(Field.PHONE), text).text(Field.SUBJECT) == named


@pytest.mark.parametrize("text", ["等等 不算", "退了我就不投诉了 你先登记"])
def test_a_cancelling_is_taken_back_in_many_words(text: str) -> None:
    draft = after(replace(full(), step=Step.CANCELLING), text)
    assert draft.step is Step.COLLECTING


@pytest.mark.parametrize(
    "text", ["提交", "那提交吧", "确认提交", "帮我报上去", "交上去", "登记吧", "我要登记"]
)
def test_who_wants_it_handed_in_does_not_agree_to_a_cancelling(text: str) -> None:
    complete, open_yet = full(), full().without(Field.PHONE)
    for intent in ("affirm", "cancel", "inform"):
        handed_in = take(replace(complete, step=Step.CANCELLING), words(text, intent), read)
        assert handed_in.draft is not None
        assert handed_in.draft.confirmed
        goes_on = take(replace(open_yet, step=Step.CANCELLING), words(text, intent), read)
        assert goes_on.draft is not None
        assert goes_on.draft.step is Step.COLLECTING
        assert not goes_on.draft.confirmed


@pytest.mark.parametrize(
    "text",
    ["确定", "是的", "取消提交", "不用提交了", "不登记了", "别报了", "不要登记", "算了不交了"],
)
def test_a_cancelling_is_agreed_to(text: str) -> None:
    assert take(replace(full(), step=Step.CANCELLING), words(text, "cancel"), read).draft is None


def test_no_name_shall_be_written_is_anonymous_and_no_place() -> None:
    report = new(AppealType.REPORT, matter="有人开黑旅馆")
    draft = after(report, "举报 别写我名字")
    assert draft.privacy is Privacy.ANONYMOUS
    assert draft.text(Field.PLACE) == ""


def test_whose_a_credit_code_is_is_kept_where_a_phone_was_asked() -> None:
    draft = after(full().without(Field.PHONE), "合肥蓝天软件有限公司 91350100M000100Y43")
    assert draft.text(Field.ENTERPRISE) == "合肥蓝天软件有限公司"
    assert draft.text(Field.CREDIT_CODE) == "91350100M000100Y43"
