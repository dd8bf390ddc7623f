"""An answer with its reason, a yes with a word of anger, a matter that is only announced: each is
taken for what it says, and nothing else goes on record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.complaint.dialogue import take
from actions.complaint.record.draft import CONFIRMED, Draft, Field, Privacy, State, Value
from actions.complaint.told import contents, intake
from actions.complaint.wording import appeal_words
from actions.complaint.wording.clauses import after_yes, without_pressing, without_talk
from actions.complaint.wording.said_to_us import is_to_us
from actions.understanding.fields import AppealType
from actions.understanding.matter.cleaning import clean_matter
from actions.understanding.people.enterprise import speaks_for_one
from tests.actions.conftest import Talk
from tests.actions.test_complaint_form import answered, opened
from tests.actions.test_dialogue import after, full, keys, new, read, words

FIRM = (Field.MATTER, Field.ENTERPRISE, Field.CREDIT_CODE, Field.PHONE)


def of_a_firm() -> Draft:
    draft = Draft("k", AppealType.COMPLAINT, needed=FIRM, for_enterprise=True)
    return draft.with_value(Field.MATTER, Value("奖补资金一直没到账"))


@pytest.mark.parametrize("said", ["不知道 营业执照不在手边", "先不填", "没带，代码也不记得"])
def test_a_code_left_out_with_its_reason_is_left_out(said: str) -> None:
    asked = of_a_firm().with_value(Field.ENTERPRISE, Value("合肥蓝湾智能装备有限公司"))
    draft = after(asked, said)
    assert draft.get(Field.CREDIT_CODE) == Value("", State.SKIPPED)
    assert draft.text(Field.MATTER) == "奖补资金一直没到账"


@pytest.mark.parametrize("said", ["合肥森木家具厂", "小城故事餐厅", "庐阳区老刘五金店"])
def test_a_business_without_a_registered_ending_is_named_all_the_same(said: str) -> None:
    assert after(of_a_firm(), said).text(Field.ENTERPRISE) == said


def test_a_number_refused_out_of_fear_is_not_asked_for_again() -> None:
    asked = replace(
        new(AppealType.REPORT, matter="有人赌钱", place="瑶海家园9栋", time="天天"),
        privacy_offered=True,
    )
    draft = after(asked, "不敢留 怕报复")
    assert draft.privacy is Privacy.CONFIDENTIAL
    assert draft.get(Field.PHONE) == Value("", State.SKIPPED)
    assert draft.text(Field.MATTER) == "有人赌钱"


def test_who_first_refuses_a_number_and_then_gives_it_adds_nothing() -> None:
    draft = after(
        new(AppealType.PRAISE, matter="司机好", subject="司机"),
        "不用留了吧 算了留一个 13505510088",
    )
    assert draft.text(Field.PHONE) == "13505510088"
    assert draft.text(Field.MATTER) == "司机好"


@pytest.mark.parametrize(
    "said",
    [
        "提交，再不来人我真砸了",
        "行 你们看着办",
        "好的，不解决我就去找记者",
        "可以了，我等着",
        "对 赶紧处理 别糊弄",
        "你们今天必须给我解决 提交",
        "行，别又石沉大海",
        "快来",
    ],
)
def test_a_yes_with_a_word_of_anger_is_a_yes(said: str) -> None:
    outcome = take(full(), words(said, "threat", 0.3), read)
    assert outcome.draft is not None
    assert outcome.draft.confirmed
    assert outcome.draft.text(Field.MATTER) == full().text(Field.MATTER)


def test_what_is_told_after_a_yes_is_no_anger() -> None:
    assert after_yes("对 那车是绿色的") == "那车是绿色的"
    assert without_pressing("对 那车是绿色的") == "对 那车是绿色的"
    assert "绿色" in after(full(), "对，那车是绿色的").text(Field.MATTER)
    assert after_yes("那车是绿色的") is None


def test_who_asks_again_for_the_privacy_promised_agrees() -> None:
    told = replace(full(AppealType.REPORT), privacy=Privacy.CONFIDENTIAL, privacy_offered=True)
    assert after(told, "提交吧 别说是我").confirmed
    openly = after(replace(told, privacy=Privacy.OPEN), "提交吧 别说是我")
    assert (openly.privacy, openly.confirmed) == (Privacy.CONFIDENTIAL, False)


def test_ones_own_number_is_put_right_by_that_of_the_family() -> None:
    told = replace(full(), on_behalf="我妈", consent="yes")
    draft = after(told, "电话换成我老公的 13956013434")
    assert (draft.text(Field.PHONE), draft.their_phone) == ("13956013434", "")


@pytest.mark.parametrize("said", ["一直都这样", "老这样", "一直都是这样的", "不固定"])
def test_always_is_a_time(said: str) -> None:
    draft = after(new(matter="站牌歪了", place="玉兰公寓站"), said)
    assert draft.text(Field.TIME)
    assert draft.text(Field.MATTER) == "站牌歪了"


@pytest.mark.parametrize(("said", "kept"), [("三天了吧", "三天了"), ("上周五吧。", "上周五")])
def test_a_guess_is_kept_without_its_particle(said: str, kept: str) -> None:
    assert after(new(matter="灯坏了", place="黄山路"), said).text(Field.TIME) == kept


def test_an_internet_cafe_keeps_its_name() -> None:
    assert after(new(matter="灯坏了"), "黄山路极速网吧").text(Field.PLACE) == "黄山路极速网吧"


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("我要反映小区充电桩的问题", "小区充电桩"),
        ("我想投诉关于公交车的事情", "公交车"),
        ("我要反映小区漏水的问题", ""),
        ("我要反映噪音的问题", ""),
        ("小区充电桩的问题很大", ""),
        ("我要反映一个问题", ""),
    ],
)
def test_a_topic_announced_is_no_matter_yet(said: str, topic: str) -> None:
    assert appeal_words.topic(said) == topic


def test_a_building_told_with_a_blank_belongs_to_the_place() -> None:
    said = "瑶海区和平路 大兴新居 B区 14栋"
    place = contents.with_whole_names(said, read(said).fields).place
    assert place is not None
    assert place.text == said


@pytest.mark.parametrize(
    ("said", "firm"),
    [
        ("我们厂给一家单位供了一批桌椅，验收完快一年了，货款还拖着不给", True),
        ("我们厂被拖了货款", True),
        ("我们是做餐饮的，许可证两个月没下来", True),
        ("我们公司拖欠工资三个月了", False),
        ("我们公司干的工程，工程款欠着，老板不给我们发工资", False),
    ],
)
def test_what_is_owed_to_a_business_is_told_by_it(said: str, firm: bool) -> None:
    assert speaks_for_one(said) is firm


@pytest.mark.parametrize(
    ("matter", "place", "asked"),
    [
        ("公司拖欠我三个月工资", "高新区创新产业园", True),
        ("公司拖欠我三个月工资", "高新区联宝电子厂", False),
        ("住院结算的时候医院说备案没做", "", True),
    ],
)
def test_which_employer_or_hospital_is_asked_once(matter: str, place: str, asked: bool) -> None:
    values = {Field.MATTER: Value(matter), Field.SUBJECT: Value(matter[:2])}
    needs = (Field.MATTER, Field.PLACE, Field.SUBJECT) if place else (Field.MATTER,)
    draft = Draft("k", AppealType.COMPLAINT, values=values, needed=needs)
    if place:
        draft = draft.with_value(Field.PLACE, Value(place))
    else:
        draft = draft.with_value(Field.SUBJECT, Value("医院"))
    assert (Field.SUBJECT in draft.open_fields()) is asked


def test_who_sends_us_from_one_to_the_other_is_no_party() -> None:
    draft = Draft("k", AppealType.COMPLAINT, needed=(Field.MATTER, Field.SUBJECT, Field.PHONE))
    draft = after(
        draft.with_value(Field.MATTER, Value("楼顶漏水")), "物业说找房管局 房管局说找物业"
    )
    assert "说" not in draft.text(Field.SUBJECT)
    assert "物业说找房管局" in draft.text(Field.MATTER)


def test_when_a_suggestion_shall_hold_is_no_time_of_it() -> None:
    said = "建议把健身步道夏天晚上的灯延长到十一点半再关"
    draft = intake.told(new(AppealType.SUGGESTION), read(said), said)
    assert draft.get(Field.TIME) is None


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("你瞎啊 我说了是我们这里 北二环", "北二环"),
        ("听不懂人话吗，翠竹园", "翠竹园"),
    ],
)
def test_abuse_beside_an_answer_is_no_answer(said: str, left: str) -> None:
    assert without_talk(said) == left


def test_when_they_will_answer_is_not_asked_of_us() -> None:
    assert not is_to_us("他们什么时候给我说法")
    assert is_to_us("什么时候给我说法")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("喂你好我想反映一个情况就是早点摊太吵", "早点摊太吵"),
        ("另外我家门口的站牌歪了", "我家门口的站牌歪了"),
        ("另外一家店也关门了", "另外一家店也关门了"),
        ("我想反映小区充电桩坏了", "我想反映小区充电桩坏了"),
    ],
)
def test_what_only_leads_to_a_matter_is_left_out(said: str, kept: str) -> None:
    assert clean_matter(said) == kept


def test_the_photo_pointed_at_is_no_name_of_a_place() -> None:
    draft = after(new(matter="垃圾"), "就我发的照片那里 长江西路 十里庙 地铁站C口旁边")
    assert draft.text(Field.PLACE) == "长江西路 十里庙 地铁站C口旁边"


def test_a_place_said_to_be_there_too_is_the_place() -> None:
    draft = after(new(matter="站牌歪了"), "也在科学大道上 玉兰公寓站")
    assert draft.text(Field.PLACE) == "科学大道上 玉兰公寓站"
    assert keys(take(draft, words("一直都这样"), read)) == []
    assert after(draft, "一直都这样").next_slot() in (Field.PHONE, CONFIRMED)


def test_how_somebody_likes_to_be_called_is_the_name_and_nothing_else() -> None:
    asked = new(matter="楼上中午装修", place="香江生态丽景", time="半个月")
    draft = after(asked, "13512302311 喊我老孟就中")
    assert (draft.text(Field.NAME), draft.text(Field.MATTER)) == ("老孟", "楼上中午装修")
    assert after(draft, "管").confirmed
    post = replace(asked, for_enterprise=True)
    draft = after(post, "店长 小曹 13112302315")
    assert (draft.text(Field.NAME), draft.text(Field.MATTER)) == ("店长 小曹", "楼上中午装修")


def test_talk_about_the_asking_is_no_matter() -> None:
    draft = after(new(matter="社区不给开证明"), "你问那么多干嘛 临淮社区")
    assert (draft.text(Field.PLACE), draft.text(Field.MATTER)) == ("临淮社区", "社区不给开证明")
    report = replace(new(AppealType.REPORT, matter="有人偷偷补课"), privacy=Privacy.ANONYMOUS)
    draft = after(report, "我不想说太细 滨湖那边")
    assert draft.text(Field.MATTER) == "有人偷偷补课"


def test_who_comes_back_to_what_was_told_hears_the_question_again() -> None:
    outcome = take(new(matter="村里修路修一半"), words("在吗 昨天说的修路的事", "greet", 0.4), read)
    assert (keys(outcome), outcome.yields) == ([], False)
    assert outcome.draft is not None
    assert outcome.draft.text(Field.MATTER) == "村里修路修一半"


def test_after_some_thought_it_is_a_report_and_more_is_told() -> None:
    draft = after(full(), "我想了想还是改成举报吧 他们是赌钱的")
    assert draft.kind is AppealType.REPORT
    assert draft.text(Field.MATTER).endswith("\n他们是赌钱的")


def test_a_photo_pointed_at_that_tells_no_place_is_asked_about() -> None:
    outcome = take(new(matter="树倒了"), words("就照片上这个位置"), read)
    assert keys(outcome) == ["form_which_place"]


def test_ones_own_shop_is_not_whom_it_is_about() -> None:
    said = "我们是开火锅店的 消防验收递了材料一个多月没人来看"
    draft = intake.told(new(), read(said), said)
    assert draft.for_enterprise
    assert draft.get(Field.SUBJECT) is None


@pytest.mark.parametrize("said", ["同一个公园", "还是刚才的地方", "同上", "也在同一个小区"])
def test_the_place_of_the_matter_before_may_be_meant(said: str) -> None:
    before = replace(new(matter="晚上没灯"), place_before="汉嘉都市森林南门")
    assert after(before, said).text(Field.PLACE) == "汉嘉都市森林南门"
    assert Draft.from_json(before.to_json()) == before


@pytest.mark.parametrize(
    ("place", "asked"), [("经开区翡翠路", True), ("经开区港澳广场", False), ("翡翠路30号", False)]
)
def test_which_shop_of_a_road_is_asked_once(place: str, asked: bool) -> None:
    needs = (Field.MATTER, Field.PLACE, Field.SUBJECT)
    draft = Draft("k", AppealType.COMPLAINT, needed=needs)
    for name, text in (
        (Field.MATTER, "外卖里有蟑螂"),
        (Field.PLACE, place),
        (Field.SUBJECT, "商家"),
    ):
        draft = draft.with_value(name, Value(text))
    assert (Field.SUBJECT in draft.open_fields()) is asked


def test_what_a_speaker_hesitates_with_is_no_part_of_a_place() -> None:
    draft = after(new(matter="排水"), "嗯在那个长江东路和那个铜陵路交口那块")
    assert draft.text(Field.PLACE) == "长江东路和铜陵路交口那块"


async def test_a_second_matter_says_which_number_it_takes_and_knows_the_place_before(
    talk: Talk,
) -> None:
    await opened(talk, "门口公园的健身器材坏了，在汉嘉都市森林南门")
    await answered(talk, "18512302324")
    await answered(talk, "提交", "affirm")
    await talk.run("action_submit_complaint")
    reply = await opened(talk, "还有个事 公园里晚上没灯 黑漆漆的")
    assert "2324" in reply.text
    assert (talk.slots["complaint"] or {})["kind"] == AppealType.COMPLAINT
    assert talk.slots["matter"] == "公园里晚上没灯 黑漆漆的"
    await answered(talk, "同一个公园")
    assert "汉嘉都市森林南门" in talk.slots["place"]


async def test_a_first_matter_speaks_of_no_number_before(talk: Talk) -> None:
    assert "尾号" not in (await opened(talk)).text


def test_a_complaint_is_kept_confidential_where_a_number_stands_beside_the_wish() -> None:
    asked = new(matter="食堂的油有问题", place="繁华大道", time="周二")
    draft = after(asked, "不要告诉公司是我说的 13505513308")
    assert draft.privacy is Privacy.CONFIDENTIAL
    assert draft.text(Field.PHONE) == "13505513308"
    assert draft.text(Field.MATTER) == "食堂的油有问题"


def test_a_number_declined_with_thanks_is_declined() -> None:
    praise = after(new(AppealType.PRAISE, matter="车找回来了", subject="警官"), "不用了谢谢")
    assert praise.get(Field.PHONE) == Value("", State.SKIPPED)
    assert praise.text(Field.MATTER) == "车找回来了"


def test_the_word_that_was_wrong_is_put_right_where_it_stands() -> None:
    told = replace(full().with_value(Field.SUBJECT, Value("比亚迪 海洋网 那个店")), last=Field.TIME)
    draft = after(told, "对象不是比亚迪是广汽埃安")
    assert draft.text(Field.SUBJECT) == "广汽埃安 海洋网 那个店"
    assert draft.text(Field.TIME) == "半夜"


def test_a_date_of_a_contract_is_put_right_without_saying_where_it_is_written() -> None:
    told = full().with_value(Field.MATTER, Value("合同写的8月交车"))
    assert after(told, "不是8月，合同写的9月").text(Field.MATTER) == "合同写的9月交车"
    timed = told.with_value(Field.TIME, Value("8月交车到现在"))
    assert after(timed, "不是8月，合同写的9月").text(Field.TIME) == "9月"


def test_a_part_of_an_address_is_no_party() -> None:
    draft = after(new(matter="台阶碎了"), "蜀山区 三里庵街道 竹荫里社区 邮政宿舍 2栋门口")
    assert draft.get(Field.SUBJECT) is None
    assert draft.text(Field.PLACE).endswith("2栋门口")


def test_how_often_it_was_said_is_no_part_of_a_place() -> None:
    assert after(new(matter="路灯不亮"), "还要我说几遍 站塘路！").text(Field.PLACE) == "站塘路"


async def test_what_was_added_to_an_order_is_over(talk: Talk) -> None:
    await opened(talk)
    await answered(talk, "18512302324")
    await answered(talk, "提交", "affirm")
    await talk.run("action_submit_complaint")
    talk.hear("再补充一下 对面也没有", "supplement_order")
    await talk.run("action_open_order")
    talk.loop = "order_form"
    await talk.run("validate_order_form")
    assert "补充" in (await talk.run("action_finish_order")).text
    talk.loop = None
    talk.hear("什么时候有结果", "query_progress")
    await talk.run("action_open_order")
    assert talk.slots["order"] is None  # nothing is left for the form that follows to add again


def test_giving_up_and_making_it_a_suggestion_cancels_nothing() -> None:
    draft = after(full(), words("算了 就当个建议吧", "cancel", 0.9))
    assert draft.kind is AppealType.SUGGESTION


async def test_who_went_after_what_was_asked_goes_on_with_it(talk: Talk) -> None:
    talk.hear("老年证怎么办", "ask_policy")
    await talk.run("action_answer")
    await opened(talk, "那我去了人家说系统坏了让我过几天来")
    assert "老年证" in talk.slots["matter"]
