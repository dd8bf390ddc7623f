"""Answers of several clauses: each clause goes where it belongs, and none is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.complaint import matters
from actions.complaint.dialogue import take
from actions.complaint.record.draft import CONFIRMED, Draft, Field, Privacy, State, Value
from actions.complaint.replies import fraud
from actions.complaint.steering.interruptions import interrupts
from actions.complaint.wording import appeal_words, phrases
from actions.complaint.wording.clauses import without_talk
from actions.understanding.fields import AppealType
from tests.actions.test_dialogue import after, full, keys, new, read, words


def asked_for_phone(kind: AppealType = AppealType.COMPLAINT) -> Draft:
    return new(kind, matter="按摩椅是坏的", place="合肥市", time="昨天")


AGREED = (
    "对,就这样报吧",
    "是的，没有了",
    "对，没问题了",
    "好的，可以了",
    "对，麻烦尽快处理",
    "可以,交上去吧",
)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("还能在哪里!瑶海区胜利路都市春天", "瑶海区胜利路都市春天"),
        ("今天早上到现在啊,我说过了", "今天早上到现在啊"),
        ("哦 你问哪个啊,长江西路那个", "长江西路那个"),
        ("叫什么我想想,中铁四局的", "中铁四局的"),
        ("我说过了", "我说过了"),
        ("他说过了要赔，一直不赔", "他说过了要赔，一直不赔"),
    ],
)
def test_what_is_said_to_us_beside_an_answer_is_passed_over(said: str, left: str) -> None:
    assert without_talk(said) == left


def test_a_number_may_be_refused_with_the_name_given() -> None:
    tired = after(asked_for_phone(AppealType.PRAISE), "我老婆怀孕睡不好，电话就算了不想留")
    assert tired.get(Field.PHONE) == Value("", State.SKIPPED)
    draft = after(asked_for_phone(AppealType.PRAISE), "就叫我小郑吧,电话就不留了")
    assert draft.text(Field.NAME) == "小郑"
    assert draft.get(Field.PHONE) == Value("", State.SKIPPED)
    assert draft.text(Field.MATTER) == "按摩椅是坏的"


def test_a_number_may_be_refused_while_more_is_told() -> None:
    report = replace(asked_for_phone(AppealType.REPORT), privacy=Privacy.CONFIDENTIAL)
    draft = after(report, "那还是不留电话了 是初三数学老师 在翠庭园旁边租了房子上课")
    assert draft.next_slot() == CONFIRMED
    assert "翠庭园" in draft.text(Field.MATTER)
    assert "电话" not in draft.text(Field.MATTER)


def test_what_is_not_known_is_not_asked_again_when_more_is_told_beside_it() -> None:
    draft = Draft("k", AppealType.COMPLAINT, needed=(Field.MATTER, Field.SUBJECT, Field.PHONE))
    draft = draft.with_value(Field.MATTER, Value("被骗了两万块钱"))
    draft = after(draft, "我也不知道是谁,他让我转到一张卡上")
    assert draft.get(Field.SUBJECT) == Value("", State.SKIPPED)
    assert "卡上" in draft.text(Field.MATTER)


@pytest.mark.parametrize("said", ["139-5600-1244 王", "王 13956001244"])
def test_a_surname_alone_beside_a_number_is_the_name(said: str) -> None:
    assert after(asked_for_phone(), said).text(Field.NAME) == "王"


def test_a_wish_beside_a_number_is_kept() -> None:
    draft = after(asked_for_phone(), "13956001249 要退全款1880")
    said = draft.text(Field.WANTED) + draft.text(Field.MATTER)
    assert draft.text(Field.PHONE) == "13956001249"
    assert "退全款1880" in said
    twice = after(asked_for_phone(), "13956001249 要他们赔违约金")
    assert twice.text(Field.WANTED) == "要他们赔违约金"
    assert twice.text(Field.MATTER) == "按摩椅是坏的"


def test_courtesies_beside_a_number_are_no_matter() -> None:
    draft = after(asked_for_phone(), "13956001249，麻烦你们快点")
    assert draft.text(Field.MATTER) == "按摩椅是坏的"


def test_what_is_told_where_a_place_only_points_is_kept() -> None:
    asked = Draft("k", AppealType.COMPLAINT, needed=(Field.MATTER, Field.PLACE, Field.PHONE))
    asked = asked.with_value(Field.MATTER, Value("你们管不管路灯啊"))
    outcome = take(asked, words("我家门口那几盏不亮了,都快半个月"), read)
    assert keys(outcome) == ["form_which_place"]
    assert outcome.lines[0].values["said"] == "我家门口"
    assert outcome.draft is not None
    assert "那几盏不亮了" in outcome.draft.text(Field.MATTER)


def test_what_happens_is_no_answer_to_where() -> None:
    asked = new(AppealType.COMPLAINT, matter="我家楼下，有个工地")
    draft = after(asked, "晚上施工")
    assert draft.text(Field.PLACE) == ""
    assert "晚上" in draft.text(Field.TIME) + draft.text(Field.MATTER)


def test_a_place_is_no_answer_to_when() -> None:
    draft = after(new(matter="有个工地", place="合肥市"), "翠微路上的")
    assert "翠微路" in draft.text(Field.PLACE)
    assert draft.text(Field.TIME) == ""


def test_where_somebody_lives_is_no_wish_to_wait() -> None:
    draft = Draft("k", AppealType.COMPLAINT, needed=(Field.MATTER, Field.PHONE))
    draft = draft.with_value(Field.MATTER, Value("退休金没到账"))
    draft = after(draft, words("我在蜀山区琥珀山庄", "wait", 0.6))
    assert "琥珀山庄" in draft.text(Field.PLACE)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("不是投诉，我要举报", AppealType.REPORT),
        ("我是建议,不是投诉", AppealType.SUGGESTION),
        ("不算举报，就是个投诉", AppealType.COMPLAINT),
    ],
)
def test_a_kind_is_told_by_what_it_is_not(said: str, kind: AppealType) -> None:
    for before in (AppealType.COMPLAINT, AppealType.REPORT):
        draft = after(new(before, matter="投诉超市卖假烟", place="望江西路"), said)
        assert draft.kind is kind
        assert draft.text(Field.MATTER) == "投诉超市卖假烟"


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("涉及的是润邦", Field.SUBJECT, "润邦"),
        ("不对,地点就写生鲜传奇四里河路店", Field.PLACE, "生鲜传奇四里河路店"),
        ("我们小区是政务区天鹅湖畔", Field.PLACE, "政务区天鹅湖畔"),
        ("工地是润邦开发的", Field.SUBJECT, "工地"),
    ],
)
def test_a_line_is_put_right_in_plain_words(said: str, name: Field, value: str) -> None:
    assert after(full(), said).text(name) == value


def test_who_the_developer_is_names_whom_it_is_about() -> None:
    told = full().with_value(Field.SUBJECT, Value("开发商"))
    assert after(told, "开发商是润邦").text(Field.SUBJECT) == "润邦"
    assert after(told, "开发商是不讲理的").text(Field.SUBJECT) == "开发商"
    unnamed = full().without(Field.SUBJECT)
    assert after(unnamed, "在滨湖，开发商是悦湖置业").text(Field.SUBJECT) == "悦湖置业"
    open_phone = told.without(Field.PHONE)
    assert after(open_phone, "就在金融港旁边，开发商是润邦").text(Field.SUBJECT) == "润邦"


def test_what_follows_a_yes_at_the_summary_is_not_lost() -> None:
    draft = after(full(), words("对,那车是绿色的", "affirm", 0.9))
    assert not draft.confirmed
    assert "绿色" in draft.text(Field.MATTER)
    assert "没灯" in after(full(), words("对，那里晚上没灯", "affirm", 0.9)).text(Field.MATTER)
    for said in AGREED:
        assert after(full(), words(said, "affirm", 0.9)).confirmed, said


def test_an_identity_number_goes_into_no_matter() -> None:
    draft = after(full(), "身份证340104199001011234")
    assert "3401" not in draft.text(Field.MATTER)


def test_a_building_told_at_the_summary_belongs_to_the_place() -> None:
    told = full().with_value(Field.PLACE, Value("杏林花园"))
    assert after(told, "楼栋是7栋").text(Field.PLACE) == "杏林花园7栋"


def test_to_write_something_down_as_well_is_an_addition() -> None:
    draft = after(full(), "还要写上退我剩下的钱")
    assert "写上" not in draft.text(Field.MATTER)
    assert "退我剩下的钱" in draft.text(Field.MATTER) + draft.text(Field.WANTED)


def test_a_firm_that_sounds_like_a_greeting_is_none() -> None:
    assert not interrupts(words("哈啰的吧", "greet", 0.9), "哈啰的吧")
    assert not interrupts(words("哈啰单车,押金199", "greet", 0.9), "哈啰单车,押金199")
    assert interrupts(words("你好啊", "greet", 0.9), "你好啊")
    assert interrupts(words("在吗", "greet", 0.9), "在吗")


def test_a_list_may_count_without_a_mark() -> None:
    told = "三个事，第一滨湖桂园小区电梯老坏，第二小区门口占道经营，第三路灯不亮"
    assert len(matters.apart(told)) == 3
    assert len(matters.apart("第一小学门口堵车，第二天早上更堵")) == 1


def test_a_question_and_a_matter_in_one_breath_are_told_apart() -> None:
    both = matters.beside_question("公积金提取要什么材料,还有你们那个窗口人员态度差得要死")
    assert both == ("公积金提取要什么材料", "你们那个窗口人员态度差得要死")
    assert matters.beside_question("医保卡丢了怎么补？我们小区停水三天了没人管") is not None
    for one in ("公积金提取要什么材料", "我们小区停水三天了没人管", "房东不退押金怎么办"):
        assert matters.beside_question(one) is None, one
    assert matters.beside_question("我们小区停水三天了没人管。到底什么时候来水？") is None


@pytest.mark.parametrize("text", ["你们就是个摆设,反映了没用", "打了也白打", "12345就是个摆设"])
def test_a_grumble_at_the_hotline_is_no_matter(text: str) -> None:
    assert appeal_words.grumbles(text)


@pytest.mark.parametrize("text", ["物业就是个摆设", "路灯坏了反映了没用", "社区踢皮球"])
def test_a_grumble_at_others_is_one(text: str) -> None:
    assert not appeal_words.grumbles(text)


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("我被人骗了两万块钱 刚刚转的", True),
        ("昨天遇到冒充客服的骗子，转了五千块过去", True),
        ("刚才有人冒充客服骗我转了八千块钱", True),
        ("今天商家骗我说全场五折，花了200块", False),
        ("去年被骗了三万块，今天想问问进展", False),
        ("今天收到诈骗短信", False),
        ("刚才在菜场买菜，摊主少找我二十块", False),
    ],
)
def test_money_just_gone_to_a_cheat_is_noticed(text: str, so: bool) -> None:
    assert fraud.just_paid(text) is so


@pytest.mark.parametrize("said", ["电话不便留", "号码就不给了", "就是不想留"])
def test_a_number_refused_is_told_why_it_is_asked_for(said: str) -> None:
    outcome = take(asked_for_phone(), words(said), read)
    assert keys(outcome) == ["form_needed_contact_phone"]


def test_a_lift_out_of_order_is_no_emergency() -> None:
    assert not read("我们小区电梯关了两天没人修，在庐阳区红星路1号院").risk.alarm
    assert read("电梯关了三个人在里面出不来").risk.alarm
    assert read("树倒了把电线压断了，路上还有火花").risk.alarm


def test_of_a_kind_of_party_alone_it_is_asked_which_one() -> None:
    needs = (Field.MATTER, Field.SUBJECT, Field.PHONE)
    told = Draft("k", AppealType.COMPLAINT, needed=needs, by_category=(Field.SUBJECT,))
    told = told.with_value(Field.MATTER, Value("加油少给油")).with_value(
        Field.SUBJECT, Value("加油站")
    )
    assert told.next_slot() == Field.SUBJECT
    assert after(told, "中石化四里河站").next_slot() == Field.PHONE
    skipped = after(told, "不知道")
    assert skipped.next_slot() == Field.PHONE
    assert skipped.text(Field.SUBJECT) == "加油站"
    named = told.with_value(Field.SUBJECT, Value("中石化四里河站"))
    assert named.next_slot() == Field.PHONE


def test_what_is_told_with_a_wish_for_anonymity_is_kept() -> None:
    report = new(AppealType.REPORT, matter="公司不交社保")
    draft = after(report, "匿名，公司在经开区莲花路")
    assert draft.privacy is Privacy.ANONYMOUS
    assert "经开区" in draft.text(Field.PLACE)


def test_a_name_beside_a_place_leaves_nothing_in_it() -> None:
    asked = new(matter="低保没批")
    draft = after(asked, "瑶海区和平路街道，我叫夏丽，13956003021")
    assert draft.text(Field.PLACE) == "瑶海区和平路街道"


def test_without_a_threatening_word_there_is_no_threat() -> None:
    assert not read("不知道归谁管，我们在巢湖市").risk.alarm


def test_a_courteous_refusal_is_one() -> None:
    assert phrases.is_skip("不用啦")


def test_a_proof_beside_a_number_is_kept_and_a_surname_leaves_nothing() -> None:
    assert "小票还在" in after(asked_for_phone(), "13956003013 小票还在").text(Field.MATTER)
    told = after(asked_for_phone(), "13956003018,姓佟,别再互相推了")
    assert told.text(Field.NAME) == "佟"
    assert told.text(Field.MATTER) == "按摩椅是坏的\n别再互相推了"


def test_whom_somebody_is_called_is_no_part_of_the_place() -> None:
    asked = new(matter="押金不退")
    draft = after(asked, "新站区浅水湾，房东姓钱")
    assert draft.text(Field.PLACE) == "新站区浅水湾"
    assert "姓钱" in draft.text(Field.MATTER)


def test_little_words_at_the_end_are_no_part_of_an_answer() -> None:
    assert after(new(matter="狗咬人", place="四里河公园"), "就是刚才啊").text(Field.TIME) == "刚才"
    assert after(new(matter="有人赌博"), "淮河路极速网吧").text(Field.PLACE) == "淮河路极速网吧"


@pytest.mark.parametrize("said", ["就是不用了", "没在手边", "没带"])
def test_what_is_not_at_hand_is_left_out(said: str) -> None:
    assert phrases.is_skip(said)


@pytest.mark.parametrize(
    "said",
    [
        "租在大学城翡翠湖南岸，不过我不知道房东叫什么",
        "小新星英语，望江路店",
        "就是省立医院南区",
        "电话里自称是公安局的",
    ],
)
def test_a_region_that_only_looks_like_one_moves_no_matter_elsewhere(said: str) -> None:
    place = read(said).fields.place
    assert place is None or place.region in (None, "") or place.region.startswith("34")


@pytest.mark.parametrize(
    ("said", "code"), [("在上海浦东张江那边", "31"), ("我在芜湖镜湖区", "3402")]
)
def test_a_region_that_is_one_is_read(said: str, code: str) -> None:
    place = read(said).fields.place
    assert place is not None
    assert str(place.region).startswith(code)
