"""What an answer is taken for: talk beside it, more of the matter, a refusal, agreement."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.complaint.dialogue import take
from actions.complaint.record.draft import CONFIRMED, Draft, Field, Privacy, Value
from actions.complaint.record.on_record import without_labels
from actions.complaint.told import intake
from actions.complaint.wording import asked_of_us, phrases
from actions.understanding.fields import AppealType
from actions.understanding.text.folding import fold
from tests.actions.test_dialogue import after, full, keys, new, read, words

RIGHT_CODE = "91350100M000100Y43"


def asked_for_phone(subject: str = "") -> Draft:
    draft = new(matter="家里停水了", place="翠竹园3栋", time="昨天")
    assert draft.next_slot() == Field.PHONE
    return draft.with_value(Field.SUBJECT, Value(subject)) if subject else draft


@pytest.mark.parametrize(
    "said",
    [
        "没了", "没有", "就这些", "好了就这些", "就这些事 没别的了", "没啥问题", "没什么要改的",
        "妥了", "妥妥的", "对的没错就是这样", "好 麻烦你了", "好的谢谢", "快点！", "赶紧的吧", "恩",
        "没了没了 赶紧的吧", "可以了 交上去吧", "👌", "就這些",
    ],
)  # fmt: skip
def test_nothing_is_wrong_with_the_lines(said: str) -> None:
    outcome = take(full(), words(said), read)
    assert outcome.draft is not None
    assert outcome.draft.confirmed


@pytest.mark.parametrize(
    "said",
    [
        "不对", "不", "还没", "没交", "没好", "办不了", "不行", "没水", "没人管", "这些不对",
        "谢谢", "没有电话", "好像不对", "不用了", "快递没收到", "就这个地址不对",
    ],
)  # fmt: skip
def test_this_is_no_agreement(said: str) -> None:
    assert not phrases.is_fine(fold(said))


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("蜀山区翠竹园5栋301 你们到底管不管", "蜀山区翠竹园5栋301"),
        ("问什么问，望湖城桂香居！", "望湖城桂香居"),
        ("咋的还得说在哪啊 香樟雅苑6号楼呗", "香樟雅苑6号楼"),
        ("行吧 琥珀山庄", "琥珀山庄"),
        ("翠竹园9栋🙏", "翠竹园9栋"),
        ("黄山路88号，靠近北门", "黄山路88号，靠近北门"),
        ("幸福里小区对面的菜场", "幸福里小区对面的菜场"),
    ],
)
def test_a_place_is_kept_without_what_is_said_to_us(said: str, place: str) -> None:
    assert after(new(matter="家里停水了"), said).text(Field.PLACE) == place


@pytest.mark.parametrize("said", ["小区停水了", "就停车场乱收费，一小时十块"])
def test_more_of_the_matter_is_no_place(said: str) -> None:
    draft = after(new(matter="收费问题"), said)
    assert said in draft.text(Field.MATTER)
    assert draft.text(Field.PLACE) == ""


def test_a_story_is_not_whom_it_is_about() -> None:
    draft = replace(new(AppealType.REPORT, matter="举报"), needed=(Field.SUBJECT, Field.PHONE))
    draft = after(draft, "有人在河边偷偷倒建筑垃圾")
    assert draft.text(Field.SUBJECT) == ""
    assert "偷偷倒建筑垃圾" in draft.text(Field.MATTER)


@pytest.mark.parametrize("said", ["好了回来了", "我回来了", "准备好了"])
def test_who_is_back_is_asked_again_and_no_matter_is_made_of_it(said: str) -> None:
    outcome = take(new(), words(said), read)
    assert keys(outcome) == []
    assert outcome.draft is not None
    assert outcome.draft.next_slot() == Field.MATTER


def test_a_number_corrected_while_the_matter_is_asked_is_a_number() -> None:
    draft = after(new(), "电话改成13800001234")
    assert draft.text(Field.PHONE) == "13800001234"
    assert draft.next_slot() == Field.MATTER


def test_a_credit_code_is_not_called_a_wrong_phone() -> None:
    outcome = take(asked_for_phone(), words("91340100MA2N12345X"), read)
    assert keys(outcome) == ["form_code_no_phone"]
    kept = take(asked_for_phone(), words(RIGHT_CODE), read)
    assert keys(kept) == ["form_noted"]
    assert kept.draft is not None
    assert kept.draft.text(Field.CREDIT_CODE) == RIGHT_CODE
    assert kept.draft.next_slot() == Field.PHONE


def test_a_refusal_with_its_reason_is_a_refusal() -> None:
    draft = replace(asked_for_phone(), privacy=Privacy.CONFIDENTIAL)
    draft = after(draft, "不想留电话 怕孩子被穿小鞋", "不留，真的不方便")
    assert draft.next_slot() == CONFIRMED


@pytest.mark.parametrize(
    ("said", "name"),
    [("13800001234 老张", "老张"), ("李阿姨，13800001234", "李阿姨"), ("要得 13800001234", "")],
)
def test_who_is_to_be_called_stands_beside_the_number(said: str, name: str) -> None:
    assert after(asked_for_phone(), said).text(Field.NAME) == name


def test_what_no_field_takes_becomes_part_of_the_matter() -> None:
    for said in ("包工头姓刘", "车都泡了"):
        assert said in after(asked_for_phone(), words(said, "nlu_fallback")).text(Field.MATTER)
    unclear = take(asked_for_phone(), words("asdf", "nlu_fallback"), read)
    assert keys(unclear) == ["form_again"]


def test_another_party_told_later_is_not_lost() -> None:
    draft = after(asked_for_phone(subject="老板"), "安徽某某餐饮公司")
    assert "安徽某某餐饮公司" in draft.text(Field.MATTER)
    assert draft.text(Field.PLACE) == "翠竹园3栋"


def test_a_wrong_word_of_the_matter_is_put_right_in_it() -> None:
    draft = new(matter="物业收费问题", subject="物业")
    draft = after(draft, "我刚才说错了，不是物业，是停车场")
    assert draft.text(Field.MATTER) == "停车场收费问题"
    assert draft.text(Field.SUBJECT) == "停车场"


def test_the_number_of_whom_it_is_told_for_may_come_first() -> None:
    draft = replace(asked_for_phone(), on_behalf="邻居")
    heard = after(draft, "13900005678是她的")
    assert (heard.their_phone, heard.text(Field.PHONE)) == ("13900005678", "")
    assert after(heard, "我的是13800001234").text(Field.PHONE) == "13800001234"


def test_the_city_named_short_settles_which_place_is_meant() -> None:
    place = Value("朝阳区建国路", detail={"candidates": "110105,220104"})
    draft = after(new(matter="积水很深").with_value(Field.PLACE, place), "北京")
    assert draft.text(Field.PLACE) == "北京市朝阳区建国路"


def test_small_talk_gets_a_word_and_the_form_goes_on() -> None:
    outcome = take(new(matter="停水了"), words("今天天气怎么样", "chitchat"), read)
    assert keys(outcome) == ["form_small_talk"]
    assert not outcome.yields


@pytest.mark.parametrize("said", ["那我怎么知道办没办", "到时候怎么查"])
def test_how_one_gets_to_know_is_answered(said: str) -> None:
    assert keys(take(asked_for_phone(), words(said), read)) == ["form_wait_time"]


def test_a_cancelling_is_taken_back_in_many_words() -> None:
    assert phrases.is_keep("等等还是弄吧")
    assert phrases.is_keep("还是登记吧")
    assert not phrases.is_keep("还是算了")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("62283114转8012", "62283114转8012"),
        ("我电话是六二八幺三四五六", "62813456"),
        ("座机 6281 3456", "62813456"),
    ],
)
def test_a_landline_of_the_city_is_a_number(said: str, number: str) -> None:
    assert after(asked_for_phone(), said).text(Field.PHONE) == number


@pytest.mark.parametrize("said", ["3800001234", "138000", "1380000123"])
def test_a_number_with_digits_missing_is_none(said: str) -> None:
    assert keys(take(asked_for_phone(), words(said), read)) == ["form_phone_wrong"]


def test_whom_it_is_told_for_is_said_shortly() -> None:
    draft = intake.found(new(), read("我是帮我邻居王奶奶问的，她家水管爆了").fields)
    assert draft.on_behalf == "我邻居王奶奶"
    assert read("我儿子工资没发，他在外地我替他说").fields.on_behalf is not None


def test_a_form_filled_in_elsewhere_keeps_only_its_matter() -> None:
    text = (
        "诉求类型：投诉\n事发地点：庐阳区寿春路百花小区\n"
        "内容：物业不作为，垃圾三天没收\n联系人：李女士\n电话：13800001234"
    )
    draft = intake.told(new(), read(text), text)
    assert draft.text(Field.MATTER) == "物业不作为，垃圾三天没收"
    assert draft.text(Field.PLACE) == "庐阳区寿春路百花小区"
    assert draft.text(Field.PHONE) == "13800001234"
    assert without_labels("电话：没人接\n我要投诉") == "电话：没人接\n我要投诉"


def test_a_few_words_never_replace_the_matter() -> None:
    draft = new(matter="物业不给开发票", place="瑶海区恒通小区")
    draft = after(draft, "不是恒通，是恒大")
    assert draft.text(Field.PLACE) == "瑶海区恒大小区"
    assert draft.text(Field.MATTER) == "物业不给开发票"
    draft = after(new(matter="物业不给开发票"), "不是这样，是收据")
    assert draft.text(Field.MATTER).startswith("物业不给开发票")


def test_another_kind_and_the_wish_to_be_kept_secret_in_one_breath() -> None:
    draft = after(asked_for_phone(), "其实我要举报，别让他知道是我")
    assert (draft.kind, draft.privacy) == (AppealType.REPORT, Privacy.CONFIDENTIAL)
    assert draft.text(Field.MATTER) == "家里停水了"


def test_whether_they_agree_and_their_number_in_one_answer() -> None:
    draft = replace(full(), on_behalf="我妈")
    assert draft.asks_consent()
    draft = after(draft, "她同意，她电话13900007777")
    assert (draft.consent, draft.their_phone) == ("yes", "13900007777")


@pytest.mark.parametrize(
    ("said", "number"), [("138OOOO1234", "13800001234"), ("13800001234啦", "13800001234")]
)
def test_the_letter_for_the_figure_is_read_as_it_was_meant(said: str, number: str) -> None:
    assert after(asked_for_phone(), said).text(Field.PHONE) == number


def test_ten_digits_of_another_land_are_no_landline() -> None:
    assert keys(take(asked_for_phone(), words("0912345678"), read)) == ["form_phone_wrong"]


def test_a_number_of_somebody_else_is_noted_and_ones_own_is_asked_for() -> None:
    outcome = take(asked_for_phone(), words("他自己的电话是13900008888"), read)
    assert keys(outcome) == ["form_their_phone"]
    assert outcome.draft is not None
    assert outcome.draft.text(Field.PHONE) == ""
    assert "13900008888" in outcome.draft.text(Field.MATTER)


def test_whose_number_it_is_makes_nobody_act_for_another() -> None:
    draft = after(asked_for_phone(), "我没有手机，妈妈的是13800001234")
    assert (draft.text(Field.PHONE), draft.on_behalf) == ("13800001234", None)


@pytest.mark.parametrize("said", ["没有信用代码", "没办执照"])
def test_a_small_shop_without_a_code_is_not_asked_for_it(said: str) -> None:
    draft = replace(
        asked_for_phone(),
        for_enterprise=True,
        needed=(Field.ENTERPRISE, Field.CREDIT_CODE, Field.PHONE),
    )
    assert after(draft, said).next_slot() == Field.PHONE


def test_a_surname_corrected_is_the_name() -> None:
    draft = new(matter="广场舞吵", place="逍遥津公园", contact_name="王女士")
    assert after(draft, "不对，我姓汪").text(Field.NAME) == "汪"


def test_what_was_said_already_is_not_said_twice() -> None:
    draft = after(new(matter="老板不给工资"), "老板不给工资")
    assert draft.text(Field.MATTER) == "老板不给工资"


@pytest.mark.parametrize("said", ["你们管不管？", "到底有没有人管啊"])
def test_who_asks_whether_anybody_cares_is_told_what_follows(said: str) -> None:
    assert keys(take(asked_for_phone(), words(said, "ask_policy"), read)) == ["form_wait_time"]


def test_a_question_that_is_none_does_not_interrupt() -> None:
    outcome = take(asked_for_phone(), words("还要问哪里？黄山路啊！", "ask_policy"), read)
    assert not outcome.yields


def test_what_is_wanted_is_no_place() -> None:
    draft = after(new(matter="饭店吃出苍蝇"), "希望停业整顿")
    assert draft.text(Field.PLACE) == ""
    assert draft.text(Field.WANTED) == "希望停业整顿"


def test_what_is_known_and_said_again_is_understood() -> None:
    assert keys(take(full(), words("13800001234！"), read)) == []
    assert keys(take(asked_for_phone(), words("就是翠竹园3栋啊"), read)) == []


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("我要找人工,小区电梯坏了没人管", True),
        ("转接人工服务 我家漏水了", True),
        ("我就要跟真人说,楼下油烟大", True),
        ("不要人工,我家漏水", False),
        ("公园人工湖的护栏断了", False),
        ("老板说要人工费才给修", False),
        ("投诉你们,转人工一直转不通", False),
        ("打12345找人工找不到", False),
    ],
)
def test_a_person_is_called_for_whoever_wants_one_beside_their_matter(
    text: str, asked: bool
) -> None:
    assert asked_of_us.wants_a_person(text) is asked
