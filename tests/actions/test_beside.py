"""What people say beside the question: it is heard, said back, and never asked again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.complaint.dialogue import take
from actions.complaint.outside_form import tells
from actions.complaint.record.draft import CONFIRMED, Field, Privacy, State, Value
from actions.complaint.record.on_record import only_contact, without_contact
from actions.understanding.fields import AppealType
from tests.actions.test_dialogue import after, full, keys, new, read, words

WATER = "家里停水了"


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("蜀山区大铺头站，226路，昨天早上8点", "蜀山区大铺头站，226路"),
        ("好了，在庐阳区逍遥津公园北门", "庐阳区逍遥津公园北门"),
        ("包河区滨湖家园3栋，我电话13800001234", "包河区滨湖家园3栋"),
    ],
)
def test_a_place_is_kept_without_what_else_was_said(said: str, place: str) -> None:
    draft = after(new(matter=WATER), said)
    assert draft.text(Field.PLACE) == place
    assert draft.next_slot() != Field.PLACE


def test_what_is_told_for_another_question_is_said_back_and_not_asked() -> None:
    outcome = take(new(matter=WATER), words("昨天晚上八点"), read)
    assert keys(outcome) == ["form_noted"]
    assert outcome.draft is not None
    assert outcome.draft.text(Field.TIME) == "昨天晚上八点"
    assert outcome.draft.next_slot() == Field.PLACE


def test_a_day_to_come_is_noticed_whatever_was_asked() -> None:
    assert keys(take(new(matter=WATER), words("明天下午三点"), read)) == ["form_time_future"]


def test_how_long_it_lasts_is_no_answer_to_whom_it_is_about() -> None:
    draft = replace(new(matter="电梯坏了", place="翠竹园"), needed=(Field.SUBJECT, Field.PHONE))
    draft = after(draft, "三天了")
    assert draft.text(Field.SUBJECT) == ""
    assert draft.text(Field.TIME) == "三天"


def test_whom_it_is_about_only_a_correction_changes() -> None:
    draft = full().without(Field.PHONE)
    assert after(draft, "我怕老板知道").text(Field.SUBJECT) == "工地"
    assert after(draft, "投诉对象不对，是隔壁饭店").text(Field.SUBJECT) == "隔壁饭店"


def test_every_night_and_last_night_are_both_kept() -> None:
    every = Value("天天半夜", detail={"recurrence": "daily"})
    draft = after(new(matter="工地半夜打桩").with_value(Field.TIME, every), "昨晚11点到今天3点")
    assert draft.text(Field.TIME) == "天天半夜，昨晚11点到今天3点"
    assert draft.get(Field.TIME).detail["recurrence"] == "daily"  # type: ignore[union-attr]


def test_a_region_told_for_a_place_is_asked_about_once() -> None:
    draft = after(new(matter=WATER), "合肥")
    assert draft.too_wide()
    assert draft.next_slot() == Field.PLACE
    nearer = after(draft, "包河区滨湖家园3栋")
    assert nearer.text(Field.PLACE) == "包河区滨湖家园3栋"
    assert nearer.next_slot() != Field.PLACE
    assert after(draft, "包河区").next_slot() != Field.PLACE  # asked once, not for ever
    assert after(draft, words("说不清", "skip_field")).text(Field.PLACE) == "合肥"


def test_pointing_is_no_matter() -> None:
    outcome = take(new(), words("家里"), read)
    assert keys(outcome) == ["form_and_what"]


def test_two_characters_can_tell_a_matter() -> None:
    assert tells("没水", read)
    assert tells("漏水", read)
    assert not tells("物业", read)


def test_a_hurry_leaves_out_what_may_be_and_says_what_may_not() -> None:
    draft = new(matter=WATER, place="翠竹园小区3栋", contact_phone="13800001234")
    assert draft.next_slot() == Field.TIME
    assert after(draft, "提交").next_slot() == CONFIRMED
    without = draft.without(Field.PHONE)
    assert keys(take(without, words("直接提交吧"), read)) == ["form_needed_contact_phone"]
    assert after(without, "直接提交吧", "提交").next_slot() == CONFIRMED


@pytest.mark.parametrize("back", ["还是黄山路88号吧", "黄山路88号", "地点改回黄山路88号"])
def test_at_the_summary_a_bare_value_is_a_change(back: str) -> None:
    draft = after(full(), "地址不对，是望江西路", back)
    assert draft.text(Field.PLACE) == "黄山路88号"
    assert draft.next_slot() == CONFIRMED


def test_what_was_put_right_is_noted_where_the_words_say_otherwise() -> None:
    told = full().with_value(Field.MATTER, Value("黄山路的工地半夜施工"))
    assert after(told, "地址不对，是望江西路").corrected == (Field.PLACE,)
    assert after(full(), "地址不对，是望江西路").corrected == ()


def test_another_matter_told_in_passing_waits_for_its_turn() -> None:
    outcome = take(full(), words("还有一件事，楼下理发店占道停车", "complain"), read)
    assert keys(outcome) == ["form_another_kept"]
    assert outcome.draft is not None
    assert outcome.draft.others == ("楼下理发店占道停车",)
    assert outcome.draft.text(Field.SUBJECT) == "工地"


def test_another_kind_with_more_of_the_matter() -> None:
    draft = after(full(), "其实我是想举报，他们还没有施工许可证")
    assert draft.kind is AppealType.REPORT
    assert "没有施工许可证" in draft.text(Field.MATTER)
    assert draft.asks_privacy()  # the phone is known: offered all the same
    for said, privacy in (("保密", Privacy.CONFIDENTIAL), ("匿名", Privacy.ANONYMOUS)):
        assert after(draft, said).privacy is privacy
    assert after(draft, "匿名").text(Field.PHONE) == ""
    assert after(draft, "不用").privacy is Privacy.OPEN
    assert not after(draft, "不用").asks_privacy()


def test_fear_of_whom_it_is_about_is_answered_with_confidentiality() -> None:
    draft = after(full().without(Field.PHONE), "我怕老板报复")
    assert draft.privacy is Privacy.CONFIDENTIAL


def test_what_is_said_of_the_other_is_theirs_whatever_was_asked() -> None:
    draft = replace(full().without(Field.SUBJECT), on_behalf="我妈")
    draft = replace(draft, needed=(Field.SUBJECT, Field.PHONE))
    heard = after(draft, "知道的，她同意，她电话是13900005678")
    assert (heard.their_phone, heard.consent) == ("13900005678", "yes")
    assert heard.text(Field.PHONE) == "13800001234"
    assert heard.text(Field.SUBJECT) == ""


def test_to_hand_in_is_not_to_say_that_another_agrees() -> None:
    draft = replace(full(), on_behalf="我妈")
    assert draft.asks_consent()
    assert after(draft, "提交").consent == "unknown"
    assert after(draft, "她知道的").consent == "yes"
    assert after(draft, "还没告诉她").consent == "no"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "超市的牛奶过期了，要求退一赔十，我姓王，电话13800001234",
            "超市的牛奶过期了，要求退一赔十",
        ),
        ("我叫李强，电话13800001234。路灯坏了", "路灯坏了"),
        ("他们的电话0551-62345678没人接，我要退款", "他们的电话0551-62345678没人接，我要退款"),
        ("我的身份证340104199001011234，公积金提取不了", "公积金提取不了"),
        ("13800001234", "13800001234"),
    ],
)
def test_the_words_on_record_are_without_the_contact(text: str, kept: str) -> None:
    assert without_contact(text) == kept


def test_a_number_alone_is_no_matter() -> None:
    assert only_contact("我姓王，电话13800001234")
    assert not only_contact("电话13800001234打不通")


def test_a_skipped_phone_may_still_be_told_at_the_summary() -> None:
    draft = full().with_value(Field.PHONE, Value("", State.SKIPPED))
    assert after(draft, "13900005678").text(Field.PHONE) == "13900005678"


def test_somebody_elses_number_is_not_ours_to_call() -> None:
    draft = full().without(Field.PHONE)
    heard = after(draft, "老板叫张三，电话13900009999")
    assert heard.next_slot() == Field.PHONE
    assert "13900009999" in heard.text(Field.MATTER)
    assert after(heard, "我的电话13800001234").text(Field.PHONE) == "13800001234"


def test_how_long_it_takes_is_answered_and_the_question_stands() -> None:
    outcome = take(full().without(Field.PHONE), words("几天能办好", "query_progress"), read)
    assert keys(outcome) == ["form_wait_time"]
    assert outcome.draft is not None
    assert outcome.draft.next_slot() == Field.PHONE


def test_only_who_speaks_of_an_order_leaves_the_form_for_it() -> None:
    draft = full().without(Field.PHONE)
    assert take(draft, words("查一下上次的工单", "query_progress"), read).yields
    assert not take(draft, words("太慢了吧你们", "query_progress"), read).yields


@pytest.mark.parametrize("said", ["黑得很", "根本没解决", "他们态度不好，还骂人"])
def test_the_matter_going_on_is_not_whom_it_is_about(said: str) -> None:
    draft = replace(new(matter="电灯不亮", place="翠竹园"), needed=(Field.SUBJECT, Field.PHONE))
    heard = after(draft, words(said, "rate_good"))
    assert heard.text(Field.SUBJECT) == ""
    assert said in heard.text(Field.MATTER)


def test_more_told_where_the_phone_is_asked_is_taken_down() -> None:
    draft = after(full().without(Field.PHONE), "再补充一点，他们还养了三条狗")
    assert "三条狗" in draft.text(Field.MATTER)
    assert draft.next_slot() == Field.PHONE
