"""Every line of the summary can be changed, by tapping or saying so; nothing said gets lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.complaint.dialogue import take
from actions.complaint.record.draft import Field, Privacy, Step, Value
from actions.complaint.record.needs import needed
from actions.complaint.replies import summary
from actions.complaint.told import contacts_told, intake
from actions.understanding.fields import AppealType, Fields
from actions.understanding.matter.flags import find_flags
from actions.understanding.matter.wanted import find_wanted
from actions.understanding.people.contact import find_phone
from tests.actions.test_dialogue import after, button, full, keys, new, read, words


@pytest.mark.parametrize(
    ("said", "name", "now"),
    [
        ("又不对，还是庐阳", Field.PLACE, "庐阳区长江路"),
        ("也不是长江路，四牌楼那儿", Field.PLACE, "蜀山区四牌楼那儿"),
        ("时间说岔了，是前天晚上九点", Field.TIME, "前天晚上九点"),
        ("店名也记混了 应该叫月亮KTV", Field.SUBJECT, "月亮KTV"),
        ("号码最后一位按成4了 是5", Field.PHONE, "13800001235"),
        ("最后两位是88", Field.PHONE, "13800001288"),
        ("希望改成马上清走", Field.WANTED, "马上清走"),
        ("涉及对象改成保洁公司", Field.SUBJECT, "保洁公司"),
        ("事情改成：垃圾三天没人收", Field.MATTER, "垃圾三天没人收"),
        ("称呼改成王女士", Field.NAME, "王女士"),
    ],
)
def test_every_line_is_put_right_by_saying_so(said: str, name: Field, now: str) -> None:
    shown = full().with_value(Field.PLACE, Value("蜀山区长江路", detail={"region": "340104"}))
    assert after(shown, said).text(name) == now


def test_every_line_is_on_one_of_two_lists_of_buttons() -> None:
    draft = replace(
        full().with_value(Field.NAME, Value("程")).with_value(Field.WANTED, Value("清走")),
        on_behalf="我妈",
        privacy=Privacy.CONFIDENTIAL,
        files={"f1": "image/jpeg"},
        for_enterprise=True,
    )
    for name in (Field.ENTERPRISE, Field.CREDIT_CODE):
        draft = draft.with_value(name, Value("合肥某某有限公司"))
    shown = ["kind", *(name.value for name in Field), "files", "on_behalf", "privacy"]
    first, rest = summary.lists(draft, shown)
    assert len(first) == summary.FIRST_LIST
    assert [*first, *rest] == shown
    _, unsaid = summary.lists(new(matter="垃圾"), ["kind", "matter"])
    assert {"place", "time", "subject", "wanted", "contact_name", "privacy"} <= set(unsaid)


@pytest.mark.parametrize(
    ("said", "step"),
    [("改其他", Step.CHOOSING_MORE), ("代办改一下", Step.CHOOSING), ("改类型", Step.COLLECTING)],
)
def test_a_line_that_is_named_to_be_changed_is_no_matter(said: str, step: Step) -> None:
    changed = after(full(), said)
    assert changed.step is step
    assert changed.text(Field.MATTER) == full().text(Field.MATTER)


def test_what_was_sent_may_be_left_out_again() -> None:
    with_photo = replace(full(), files={"f1": "image/jpeg"})
    assert after(with_photo, "照片不要了").files == {}
    tapped = take(with_photo, button("correct_field", "field:files"), read)
    assert keys(tapped) == ["form_which_files"]
    assert after(with_photo, button("correct_field", "files:none")).files == {}
    assert after(with_photo, button("correct_field", "files:keep")).files == with_photo.files


def test_whom_it_is_told_for_and_their_number_are_put_right() -> None:
    told = replace(full(), on_behalf="我妈", consent="yes")
    assert after(told, "不是我妈，是我婆婆").on_behalf == "我婆婆"
    numbered = after(told, "我妈电话改成13900002222")
    assert (numbered.their_phone, numbered.text(Field.PHONE)) == ("13900002222", "13800001234")


@pytest.mark.parametrize("said", ["时间改成2099年1月1日", "时间应该是2099年1月1日"])
def test_a_day_still_to_come_is_asked_about_once(said: str) -> None:
    asked = take(full(), words(said), read)
    assert keys(asked) == ["form_time_future"]
    assert asked.draft is not None
    assert asked.draft.next_slot() == Field.TIME
    assert "2099" in after(asked.draft, "2099年1月1日").text(Field.TIME)


def test_a_day_told_and_then_its_year_are_one_day() -> None:
    day = Value("12月25号", detail={"from": "2026-12-25T00:00:00+08:00"})
    draft = new(matter="墙砸了个洞").with_value(Field.TIME, day)
    year = Value("去年", detail={"from": "2025-01-01T00:00:00+08:00"})
    told = intake.with_said(draft, Field.TIME, year).get(Field.TIME)
    assert told is not None
    assert (told.text, told.detail["from"][:10]) == ("去年12月25号", "2025-12-25")


def test_a_plate_is_no_place_and_a_way_is_no_time() -> None:
    taxi = replace(new(matter="出租车绕路"), needed=(Field.PLACE, Field.TIME, Field.PHONE))
    plated = after(taxi, "皖AT1234")
    assert plated.text(Field.PLACE) == ""
    assert "皖AT1234" in plated.text(Field.MATTER)
    timed = after(plated.with_value(Field.PLACE, Value("南站")), "昨天下午三点，从南站到天鹅湖")
    assert timed.text(Field.TIME) == "昨天下午三点"
    assert "从南站到天鹅湖" in timed.text(Field.MATTER)


def test_words_about_the_talk_are_no_matter() -> None:
    draft = after(new(matter="路灯不亮"), "我想起来了，接着说，在黄山路")
    assert (draft.text(Field.PLACE), draft.text(Field.MATTER)) == ("黄山路", "路灯不亮")


def test_a_matter_told_anew_keeps_when_it_was() -> None:
    changing = after(full(), button("correct_field", "field:matter"))
    told = "门口垃圾堆成山，三天没人收"
    assert after(changing, told).text(Field.MATTER) == told


def test_a_wish_to_stop_is_asked_about_once() -> None:
    assert after(full(), "不用了").step is Step.CANCELLING
    assert after(new(matter="停水", place="黄山路"), "那就不用了").step is Step.CANCELLING


@pytest.mark.parametrize("text", ["求求你们了", "能不能帮帮我", "请你们帮帮忙"])
def test_a_bare_plea_says_not_what_is_wanted(text: str) -> None:
    assert find_wanted(text, AppealType.HELP) is None


def test_confidence_asked_for_in_passing_is_kept() -> None:
    assert find_flags("举报村支书，千万别让他知道是我").confidential is not None


def test_an_anonymous_report_says_where() -> None:
    assert Field.PLACE in needed(AppealType.REPORT, Privacy.ANONYMOUS)
    assert Field.PHONE not in needed(AppealType.REPORT, Privacy.ANONYMOUS)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("被黑车司机拉客骚扰 13800001234", True),
        ("司机电话13800001234", False),
        ("老板叫张三，电话13800001234", False),
        ("物业前台电话是13800001234", False),
    ],
)
def test_whose_number_it_is(text: str, own: bool) -> None:
    assert (
        contacts_told.own_contact(text, Fields(phone=find_phone(text))).phone is not None
    ) is own


def test_when_to_call_is_kept() -> None:
    draft = after(new(matter="驿站乱收费", place="翠竹园", time="昨天"), "138-0000-1234，晚上打")
    assert draft.text(Field.PHONE) == "13800001234"
    assert "晚上打" in draft.text(Field.MATTER)
