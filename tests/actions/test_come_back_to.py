"""What is told when somebody comes back to a complaint, tells its day, or puts it right."""

from __future__ import annotations

import pytest

from actions.complaint.record.draft import Draft, Field, Privacy, Value
from actions.complaint.told import intake
from actions.complaint.wording import appeal_words
from actions.understanding.fields import AppealType
from tests.actions.conftest import Talk
from tests.actions.test_nothing_lost import TOLD, WHOLE, after, draft, read, say


def opened(text: str) -> Draft:
    return intake.told(Draft(key="k", kind=AppealType.COMPLAINT), read(text), text)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("楼道灯坏了半个多月，我妈前天踩空把脚崴了", "半个多月，前天"),
        ("家里停水一天一夜了，老两口提不动水", "一天一夜"),
        ("我住了三年，昨晚楼上漏水", "昨晚"),
        ("昨晚楼下的烧烤摊又吵到两点", "昨晚到两点"),
        ("昨晚9点到今早6点一直在打桩", "昨晚9点到今早6点"),
    ],
)
def test_how_long_and_when_are_both_told_in_the_words_of_time(text: str, time: str) -> None:
    assert opened(text).text(Field.TIME) == time


def test_a_day_told_in_long_words_is_put_right_by_its_short_ones() -> None:
    told = after(
        draft(**{**TOLD, "time": "昨天晚上十一点开始"}), "等等不是昨晚，前天晚上，打到两点"
    )
    assert told.text(Field.TIME) == "前天晚上，打到两点"
    assert told.text(Field.MATTER) == TOLD["matter"]


@pytest.mark.parametrize("said", ["就这个号", "用这个号码就行", "打这个电话"])
def test_the_number_known_said_to_be_the_one_adds_nothing(said: str) -> None:
    assert after(draft(**WHOLE), said).values == draft(**WHOLE).values


def test_what_is_told_of_the_photo_or_the_rain_is_no_part_of_the_place() -> None:
    told = after(
        draft(matter="河里漂着死猪"), "不是这里，照片是在家拍的翻拍，在包河区烟墩街道圩埂村河边"
    )
    assert told.text(Field.PLACE).startswith("在包河区") or told.text(Field.PLACE).startswith(
        "包河"
    )
    told = after(draft(matter="水倒灌进我家"), "蜀山区贵池路安居苑西村22栋101，今早下的大雨")
    assert told.text(Field.PLACE) == "蜀山区贵池路安居苑西村22栋101"


def test_a_name_given_in_one_clause_of_the_answer_is_whom_it_is_about() -> None:
    before = draft(matter="健身房跑路").with_value(Field.SUBJECT, Value("健身房"))
    asked = before.without(Field.SUBJECT)
    asked = Draft.from_json({**asked.to_json(), "needed": ["subject", "contact_phone"]})
    told = after(asked, "找到了，叫力健健身，在天鹅湖万达二楼")
    assert told.text(Field.SUBJECT) == "力健健身"
    assert "天鹅湖万达" in told.text(Field.PLACE)


def test_whoever_asks_whether_the_number_may_be_left_out_is_not_asked_for_another() -> None:
    keys = [line.key for line in say(draft(**TOLD), "不想留电话行不行").lines]
    assert "form_phone_any" not in keys


async def test_a_day_still_to_come_on_which_something_happened_is_asked_about(talk: Talk) -> None:
    talk.hear("后天晚上楼下的烧烤摊又吵到两点，烟熏得受不了", "complain")
    reply = await talk.run("action_open_complaint")
    assert "还没到" in reply.text


async def test_what_is_to_happen_is_not(talk: Talk) -> None:
    talk.hear("通知明天要停水，已经停过两次了", "complain")
    assert "还没到" not in (await talk.run("action_open_complaint")).text


async def test_what_the_classifier_takes_for_danger_and_is_named_as_none_is_registered(
    talk: Talk,
) -> None:
    talk.hear("1栋电梯经常困人，地下车库漏水，在翡翠路和谐家园", "emergency")
    reply = await talk.run("action_safety")
    assert not [card for card in reply.cards if "effect" in card]


async def test_what_is_dangerous_now_brings_a_person(talk: Talk) -> None:
    talk.hear("电梯又困人了，这电梯经常困人", "emergency")
    reply = await talk.run("action_safety")
    assert [card for card in reply.cards if card.get("effect") == "handoff"]


def test_a_complaint_that_becomes_a_report_in_a_longer_sentence_is_one() -> None:
    told = after(draft(matter="食堂用冻肉"), "改一下，我这个算举报吧，我不想让他们知道是我")
    assert told.kind is AppealType.REPORT
    assert told.privacy is Privacy.CONFIDENTIAL
    assert told.get(Field.PLACE) is None


def test_a_name_is_no_place_though_it_sounds_like_one() -> None:
    asked = Draft.from_json({**draft(matter="中介收钱跑了").to_json(), "needed": ["subject"]})
    told = after(asked, "叫捷聘劳务")
    assert told.text(Field.SUBJECT) == "捷聘劳务"
    assert told.get(Field.PLACE) is None


def test_a_junction_written_wrong_is_put_right() -> None:
    told = after(draft(**WHOLE), "路口写错了，是徽州大道与南二环路交口")
    assert told.text(Field.PLACE) == "徽州大道与南二环路交口"
    assert told.text(Field.MATTER) == WHOLE["matter"]


def test_who_insists_has_not_told_more() -> None:
    assert after(draft(**WHOLE), "我还是要反映").values == draft(**WHOLE).values


def test_whose_number_it_is_is_no_part_of_the_matter() -> None:
    told = after(draft(**TOLD), "用我老婆的电话吧13956780009，她姓马")
    assert told.text(Field.PHONE) == "13956780009"
    assert told.text(Field.MATTER) == TOLD["matter"]


def test_a_slip_of_the_tongue_is_no_part_of_the_day() -> None:
    before = draft(**{**WHOLE, "time": "昨晚"})
    told = after(before, "改一下时间", "打错了，上周三")
    assert told.text(Field.TIME) == "上周三"


def test_whoever_reports_with_their_name_is_not_asked_whether_to_hide_it() -> None:
    text = "实名举报，我叫贺国强，电话13605510000，举报蜀山区井岗镇有人偷偷在耕地上倒建筑垃圾"
    assert opened(text).privacy_offered


def test_barking_from_morning_to_night_tells_when() -> None:
    assert opened("对门养了四条大狗，从早叫到晚，老人受不了").text(Field.TIME)


async def test_money_just_gone_is_no_question_of_policy(talk: Talk) -> None:
    talk.hear("我爸今天上午被假冒公安的骗走了五万块，怎么办", "ask_policy")
    assert "96110" in (await talk.run("action_answer")).text


def test_an_answer_that_tells_the_matter_anew_is_no_place_as_a_whole() -> None:
    said = "我想反映我们村的自来水浑得像泥汤，快一个礼拜了，庐江县罗河镇店桥村"
    told = after(draft(matter="今天天气真冷"), said)
    assert told.text(Field.PLACE) == "庐江县罗河镇店桥村"
    assert "自来水浑得像泥汤" in told.text(Field.MATTER)


async def test_small_talk_about_the_weather_is_no_matter(talk: Talk) -> None:
    talk.hear("今天天气真冷", "chitchat")
    assert "登记" not in (await talk.run("action_chitchat")).text


def test_what_else_is_broken_is_more_of_the_order_just_filed() -> None:
    assert appeal_words.supplement("还有扶手也锈了") == "扶手也锈了"
    assert not appeal_words.supplement("还有一件事路灯也坏了")


async def test_the_line_of_one_matter_is_not_the_place_of_another(talk: Talk) -> None:
    talk.hear("学校食堂天天吃剩菜，公交28路老是不停站，小区物业不给开发票", "complain")
    await talk.run("action_open_complaint")
    assert not talk.slots["complaint"]["values"].get("place")
