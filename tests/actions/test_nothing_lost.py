"""Nothing that somebody said is lost, asked again, or taken for what it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from actions.complaint import matters
from actions.complaint.dialogue import take
from actions.complaint.record import on_record
from actions.complaint.record.draft import CONFIRMED, Draft, Field, Privacy, State, Value
from actions.complaint.record.needs import needed
from actions.complaint.steering import corrections
from actions.complaint.steering.moves import Message, Outcome
from actions.complaint.told import contacts_told, contents
from actions.complaint.wording import appeal_words, asked_of_us, phrases
from actions.understanding.fields import AppealType
from actions.understanding.understand import Nlu, Understanding, understand

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=timezone(timedelta(hours=8)))


def read(text: str) -> Understanding:
    understood = understand(text, Nlu("inform", 0.5), NOW, home_region="340100")
    fields = contents.with_firms(text, contacts_told.own_contact(text, understood.fields))
    return replace(understood, fields=fields)


def draft(kind: AppealType = AppealType.COMPLAINT, **values: str) -> Draft:
    return draft_of(values, kind)


def draft_of(values: Mapping[str, str], kind: AppealType = AppealType.COMPLAINT) -> Draft:
    by_category = (Field.PLACE, Field.TIME)
    new = Draft(
        key="k", kind=kind, by_category=by_category, needed=needed(kind, Privacy.OPEN, by_category)
    )
    for name, text in values.items():
        new = new.with_value(Field(name), Value(text))
    return new


def say(before: Draft, *texts: str, intent: str = "inform", sure: float = 0.9) -> Outcome:
    outcome = Outcome(before)
    for text in texts:
        assert outcome.draft is not None
        outcome = take(outcome.draft, Message(text, intent, sure), read)
    return outcome


def after(before: Draft, *texts: str) -> Draft:
    told = say(before, *texts).draft
    assert told is not None
    return told


TOLD = {"matter": "路灯坏了", "place": "蜀山区翠竹园小区", "time": "昨晚"}
WHOLE = {**TOLD, "contact_name": "陈", "contact_phone": "13800001234"}


@pytest.mark.parametrize(
    "said", ["信用代码91350100M000100Y43", "叫合肥鑫源教育咨询公司", "他们真黑心"]
)
def test_what_tells_no_time_is_no_answer_to_when(said: str) -> None:
    asked = draft(matter="公司骗了我两万块钱，不退", place="蜀山区黄山路88号")
    told = after(asked, said)
    assert told.get(Field.TIME) is None
    assert any(said[-6:] in value.text or value.text in said for value in told.values.values())


def test_a_question_is_no_place() -> None:
    told = after(draft(matter="城管乱收费", time="昨天"), "你们到底能不能办这个事情呢")
    assert told.get(Field.PLACE) is None


def test_a_number_given_with_a_wish_for_confidence_is_kept() -> None:
    told = after(
        draft_of({**TOLD, "subject": "店"}, AppealType.REPORT), "保密，但我可以留电话13800001234"
    )
    assert told.privacy is Privacy.CONFIDENTIAL
    assert told.text(Field.PHONE) == "13800001234"


def test_whoever_gives_a_number_after_all_is_anonymous_no_more() -> None:
    told = after(
        draft_of({**TOLD, "subject": "店"}, AppealType.REPORT), "匿名", "算了我留电话吧13800001234"
    )
    assert told.privacy is Privacy.CONFIDENTIAL
    assert told.text(Field.PHONE) == "13800001234"
    assert "138" not in told.text(Field.MATTER)


@pytest.mark.parametrize("said", ["不要保密", "不用给我保密", "别保密了"])
def test_no_confidence_wanted_is_none(said: str) -> None:
    before = replace(
        draft_of({**WHOLE, "subject": "店"}, AppealType.REPORT), privacy=Privacy.CONFIDENTIAL
    )
    assert after(before, said).privacy is Privacy.OPEN


def test_not_to_be_made_public_is_no_wish_to_be_named() -> None:
    before = draft_of({**WHOLE, "subject": "店"}, AppealType.REPORT)
    assert after(before, "不要公开我的身份").privacy is not Privacy.OPEN


@pytest.mark.parametrize(
    ("said", "name"), [("不晓得几时坏的", Field.TIME), ("不知道是谁", Field.SUBJECT)]
)
def test_what_is_not_known_of_another_field_leaves_the_phone_to_be_asked(
    said: str, name: Field
) -> None:
    before = draft(matter="路灯坏了", place="蜀山区翠竹园小区", time="昨晚")
    told = after(before.without(name), said) if name is Field.TIME else after(before, said)
    assert told.next_slot() == Field.PHONE
    known = told.get(name)
    assert known is not None
    assert known.state is State.SKIPPED


@pytest.mark.parametrize("said", ["我儿子电话行不行", "座机可以吗", "留我老伴的手机号中不中"])
def test_another_number_will_do(said: str) -> None:
    outcome = say(draft_of(TOLD), said)
    assert [line.key for line in outcome.lines] == ["form_phone_any"]
    assert outcome.draft is not None
    assert outcome.draft.text(Field.MATTER) == "路灯坏了"


def test_whoever_has_no_phone_is_not_asked_for_it() -> None:
    told = after(draft(matter="路灯坏了", time="昨晚"), "我没有手机", "蜀山区翠竹园小区")
    assert told.next_slot() == CONFIRMED


def test_two_places_told_are_both_kept_and_a_corrected_one_is_not() -> None:
    before = draft_of({**TOLD, "place": "政务区天鹅湖"})
    assert after(before, "就是在万达广场那边").text(Field.PLACE) == "政务区天鹅湖，万达广场"
    assert after(before, "就万达广场吧").text(Field.PLACE) == "万达广场"
    assert after(before, "不在天鹅湖，在万达广场").text(Field.PLACE) == "万达广场"


def test_of_a_place_only_the_wrong_word_is_put_right() -> None:
    before = draft_of({**TOLD, "place": "蜀山区翠竹园5栋301"})
    assert after(before, "不是翠竹园，是翠竹苑").text(Field.PLACE) == "蜀山区翠竹苑5栋301"


def test_village_town_and_county_told_one_by_one_are_one_place() -> None:
    told = after(draft(matter="桥断了", time="昨天"), "肥西县", "花岗镇", "孙集村")
    assert told.text(Field.PLACE) == "肥西县花岗镇孙集村"


def test_the_building_told_later_belongs_to_the_place() -> None:
    before = draft(matter="暖气不热", place="包河区骆岗花园")
    told = after(before, "2栋")
    assert told.text(Field.PLACE) == "包河区骆岗花园2栋"
    assert told.get(Field.TIME) is None


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("姓程，不是姓陈", Field.NAME, "程"),
        ("电话尾号错了，应该是1235", Field.PHONE, "13800001235"),
        ("电话后四位不是1234，是5678", Field.PHONE, "13800005678"),
        ("时间写每天晚上十点以后", Field.TIME, "每天晚上十点以后"),
        ("把名字去掉", Field.NAME, ""),
    ],
)
def test_more_ways_to_put_a_field_right(said: str, name: Field, value: str) -> None:
    assert after(draft_of(WHOLE), said).text(name) == value


def test_a_corrected_span_of_time_is_the_time_everywhere() -> None:
    before = draft(matter="路灯坏了三天了", place="翠竹园", time="三天")
    told = after(before, "不是三天，是一个星期")
    assert told.text(Field.TIME).startswith("一个星期")
    assert after(told, "不对，应该是十天").text(Field.TIME) == "十天"


def test_a_remark_is_no_correction_of_what_nobody_said() -> None:
    found = corrections.find("有人管吗，不是说24小时吗")
    assert found is None or found.if_said


def test_who_only_tells_other_things_is_not_pressed_for_what_may_be_left_out() -> None:
    before = draft(matter="狗咬人", place="蜀山区翠竹园小区")
    assert before.next_slot() == Field.TIME
    told = after(before, "我姓王", "13800001234")
    assert told.next_slot() == CONFIRMED


@pytest.mark.parametrize("said", ["啥叫跳过", "能给我说说吗"])
def test_a_question_skips_nothing(said: str) -> None:
    told = say(draft_of(TOLD), said, intent="skip_field").draft
    assert told is not None
    assert told.get(Field.PHONE) is None


def test_more_at_the_summary_is_added_though_short() -> None:
    told = after(draft_of(WHOLE), "想让他们快修")
    assert "快修" in told.text(Field.MATTER) + told.text(Field.WANTED)


def test_asking_if_it_is_handed_in_is_answered() -> None:
    assert [line.key for line in say(draft_of(WHOLE), "提交了吗").lines] == ["form_not_yet_filed"]


def test_how_files_are_sent_is_answered_in_the_middle() -> None:
    assert [line.key for line in say(draft_of(TOLD), "图片怎么传").lines] == ["form_files_welcome"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("楼道堆杂物 13800001234 最好今天来人", "楼道堆杂物 最好今天来人"),
        ("老板叫张三，电话13900009999", "老板叫张三，电话13900009999"),
        ("房东的电话13900009999打不通", "房东的电话13900009999打不通"),
    ],
)
def test_only_the_writers_own_number_is_taken_off_the_record(said: str, kept: str) -> None:
    assert on_record.without_contact(said) == kept


def test_numbered_and_counted_matters_are_taken_apart_a_letters_points_are_not() -> None:
    assert len(matters.apart("第一，楼道灯不亮；第二，垃圾没人收；第三，门口有狗咬人")) == 3
    said = "我讲两个事啊一个是门口那个红绿灯坏了还有一个是公交站牌倒了没人扶"
    assert matters.apart(said) == ("门口那个红绿灯坏了", "公交站牌倒了没人扶")
    letter = (
        "我是翠竹园的业主，物业服务越来越差，具体有：1、绿化没人修剪；2、电梯经常故障；"
        "3、车库渗水没人修"
    )
    assert matters.apart(letter) == (letter,)


@pytest.mark.parametrize("said", ["编号忘了", "工单号我不记得了", "查询码忘了", "不要"])
def test_what_is_forgotten_is_skipped(said: str) -> None:
    assert phrases.is_skip(said)


@pytest.mark.parametrize("said", ["他把我打了", "我被邻居打了", "老公打我", "有人威胁我"])
def test_violence_suffered_is_no_threat(said: str) -> None:
    assert appeal_words.suffered(said)
    assert not appeal_words.suffered("再不解决我就去砸了他们")


def test_whoever_says_they_will_be_back_is_left_alone() -> None:
    assert asked_of_us.goes_for_now("先吃饭去了")
    assert not asked_of_us.goes_for_now("先去翠竹园小区看看路灯吧，在3栋")
