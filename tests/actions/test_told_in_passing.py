"""What people tell in passing: each thing lands in its field, and none is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.complaint import outside_form
from actions.complaint.dialogue import take
from actions.complaint.first_draft import _as_put_right
from actions.complaint.record.draft import CONFIRMED, Draft, Field, Privacy, State, Step, Value
from actions.complaint.replies import outside
from actions.complaint.told.places_told import tells_where
from actions.complaint.wording import appeal_words, asked_of_us, clauses, phrases
from actions.orders.form import _has_no_number
from actions.turn import Turn
from actions.understanding.danger.risk import assess_risk
from actions.understanding.people.contact import bare_name, find_name
from actions.understanding.text.folding import fold
from actions.work_orders.direct import lies_outside
from tests.actions.conftest import Talk
from tests.actions.test_dialogue import after, full, keys, new, read, words


def asked_for_phone(**told: str) -> Draft:
    return new(**({"matter": "按摩椅是坏的", "place": "合肥市", "time": "昨天"} | told))


@pytest.mark.parametrize(
    "said",
    [
        "我们这栋楼电梯坏了",
        "我们小区大门口垃圾堆了一周",
        "阿拉小区门口马路高低不平",
        "我门小区天天放鞭炮",
    ],
)
def test_a_place_only_the_speaker_knows_is_still_asked_for(said: str) -> None:
    place = read(said).fields.place
    assert place is None or not tells_where(place)


@pytest.mark.parametrize("said", ["李国强", "欧阳修文", "刘翠兰"])
def test_a_bare_name_is_a_name(said: str) -> None:
    assert bare_name(said) == said
    draft = after(asked_for_phone(), said)
    assert draft.text(Field.NAME) == said
    assert said not in draft.text(Field.MATTER)
    assert draft.next_slot() == Field.PHONE
    at_summary = after(full(), said)
    assert at_summary.text(Field.NAME) == said
    assert said not in at_summary.text(Field.MATTER)


@pytest.mark.parametrize(
    "said", ["马上来", "方便面", "钱没退", "周末也行", "时间长", "路灯", "车没修"]
)
def test_a_word_or_a_short_sentence_is_no_name(said: str) -> None:
    assert bare_name(said) == ""


def test_a_name_behind_the_number_is_taken_though_more_follows() -> None:
    name = find_name("13966551122 王师傅 就在翡翠路和繁华大道那个口")
    assert name is not None
    assert name.text == "王师傅"


@pytest.mark.parametrize("said", ["我住在1202他住1302", "车牌皖A12345"])
def test_digits_that_are_no_number_to_call_are_told_for_the_matter(said: str) -> None:
    outcome = take(asked_for_phone(), words(said), read)
    assert "form_phone_wrong" not in keys(outcome)
    assert outcome.draft is not None
    assert said in outcome.draft.text(Field.MATTER)


def test_a_number_of_too_few_digits_is_still_said_to_be_wrong() -> None:
    for said in ("138000012", "1380000123456", "138 0000 12"):
        assert "form_phone_wrong" in keys(take(asked_for_phone(), words(said), read))


@pytest.mark.parametrize("said", ["我想让他们赔礼道歉", "要求撤销", "要他们退我一百块钱"])
def test_what_is_wanted_stands_where_it_belongs(said: str) -> None:
    draft = after(asked_for_phone(), said)
    assert draft.text(Field.WANTED)
    assert draft.step is Step.COLLECTING


def test_the_place_is_kept_where_something_else_is_not_known() -> None:
    draft = after(new(matter="物业费涨价"), "绿地海顿公馆 物业叫什么我不晓得")
    assert draft.text(Field.PLACE) == "绿地海顿公馆"


def test_fear_is_no_name_and_is_met_with_confidentiality() -> None:
    asked = replace(
        new(matter="食堂的菜有虫子", place="合肥市"),
        by_category=(Field.SUBJECT,),
        needed=(Field.MATTER, Field.SUBJECT, Field.PHONE),
    )
    draft = after(asked, "我不敢说 怕孩子被针对")
    assert draft.get(Field.SUBJECT) == Value("", State.SKIPPED)
    assert draft.privacy is Privacy.CONFIDENTIAL


def test_an_institution_answers_whom_it_is_about() -> None:
    asked = replace(
        new(matter="挂号费收了两次退不回来"), needed=(Field.MATTER, Field.SUBJECT, Field.PHONE)
    )
    draft = after(asked, "安徽省立医院")
    assert draft.text(Field.SUBJECT) == "安徽省立医院"
    assert draft.next_slot() == Field.PHONE


def test_a_question_beside_the_number_is_answered() -> None:
    outcome = take(asked_for_phone(), words("18355556666,你们多久能处理啊"), read)
    assert "form_wait_time" in keys(outcome)
    assert outcome.draft is not None
    assert outcome.draft.text(Field.MATTER) == "按摩椅是坏的"


def test_a_place_beside_a_time_is_not_lost() -> None:
    asked = replace(
        new(matter="等了四十分钟不来", place="226路公交车"),
        needed=(Field.MATTER, Field.TIME, Field.PHONE),
    )
    draft = after(asked, "昨天晚上七点多 在大东门站")
    assert "大东门站" in draft.text(Field.PLACE)
    assert draft.text(Field.TIME) == "昨天晚上七点多"


def test_the_name_of_whom_it_is_told_for_is_kept() -> None:
    draft = after(replace(asked_for_phone(), on_behalf="我爸"), "我爸叫周德胜 我叫周敏 13855109912")
    assert draft.on_behalf == "我爸 周德胜"
    assert draft.text(Field.NAME) == "周敏"


@pytest.mark.parametrize(
    "said",
    [
        "我叫赵敏 13655554444，我爸赵国强 13500001111",
        "13655554444 赵敏，我爸赵国强13500001111",
        "赵敏13655554444 我爸赵国强的电话13500001111",
    ],
)
def test_of_two_contacts_each_is_its_owners(said: str) -> None:
    draft = after(replace(asked_for_phone(), on_behalf="我爸", consent="yes"), said)
    assert (draft.on_behalf, draft.their_phone) == ("我爸 赵国强", "13500001111")
    assert (draft.text(Field.NAME), draft.text(Field.PHONE)) == ("赵敏", "13655554444")
    assert draft.text(Field.MATTER) == asked_for_phone().text(Field.MATTER)


@pytest.mark.parametrize("said", ["我妈高血压 13655554444", "我爸白天 13655554444"])
def test_a_common_word_before_a_number_is_nobodys_name(said: str) -> None:
    draft = after(replace(asked_for_phone(), on_behalf="我妈", consent="yes"), said)
    assert (draft.on_behalf, draft.their_phone) == ("我妈", "")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("烧烤店叫老地方烧烤", "老地方烧烤"),
        ("那家烧烤店名叫老地方", "老地方"),
        ("店叫老地方烧烤", "老地方烧烤店"),
    ],
)
def test_what_whom_it_is_about_is_called_is_no_business_of_the_tellers(
    said: str, name: str
) -> None:
    told = asked_for_phone(matter="楼下烧烤店油烟太大", subject="楼下烧烤店")
    draft = after(told, said)
    assert draft.text(Field.SUBJECT) == name
    assert draft.text(Field.ENTERPRISE) == ""
    assert draft.text(Field.MATTER) == "楼下烧烤店油烟太大"


@pytest.mark.parametrize("said", ["谢谢", "好的谢谢您", "嗯，多谢了", "辛苦了啊"])
def test_thanks_in_the_middle_are_answered_and_are_no_answer(said: str) -> None:
    outcome = take(new(matter="楼道灯坏了"), replace(words(said), intent="thank"), read)
    assert outcome.yields
    assert outcome.draft is not None
    assert outcome.draft.tries == 0


@pytest.mark.parametrize("said", ["从周一开始", "就从上个月20号开始的"])
def test_since_when_it_is_so_begins_nothing_anew(said: str) -> None:
    heard = replace(words(said), intent="start_over", confidence=0.5)
    outcome = take(asked_for_phone(), heard, read)
    assert outcome.draft is not None
    assert outcome.draft.step is Step.COLLECTING
    assert outcome.draft.text(Field.TIME) != asked_for_phone().text(Field.TIME)
    anew = take(asked_for_phone(), replace(heard, text="重新开始"), read)
    assert anew.draft is not None
    assert anew.draft.step is Step.CANCELLING


@pytest.mark.parametrize("said", ["可以不留电话吗", "不留电话可以吗", "能不能不给号码"])
def test_whether_a_number_must_be_left_is_no_word_on_the_place(said: str) -> None:
    draft = after(new(matter="楼道灯坏了"), said)
    phone = draft.get(Field.PHONE)
    assert phone is not None
    assert phone.state is State.SKIPPED
    assert draft.next_slot() == Field.PLACE


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("503", "徽昌苑5栋503"),
        ("就是503的", "徽昌苑5栋503"),
        ("5栋503", "徽昌苑5栋503"),
        ("5栋2单元503室", "徽昌苑5栋2单元503室"),
        ("二单元", "徽昌苑5栋二单元"),
    ],
)
def test_the_flat_of_a_building_told_before_is_where_it_is(said: str, place: str) -> None:
    draft = after(asked_for_phone(place="徽昌苑5栋"), said)
    assert draft.text(Field.PLACE) == place
    assert draft.text(Field.MATTER) == asked_for_phone().text(Field.MATTER)
    elsewhere = after(asked_for_phone(place="黄山路"), "503")
    assert elsewhere.text(Field.PLACE) == "黄山路"


def asked_for_whom(**told: str) -> Draft:
    return replace(asked_for_phone(**told), needed=(Field.MATTER, Field.SUBJECT, Field.PHONE))


@pytest.mark.parametrize("said", ["新安驾校 交了三千八 教练跑了", "是新安驾校，教练跑了"])
def test_which_one_it_is_and_what_goes_on_to_be_told(said: str) -> None:
    known = new(matter="驾校不退钱", subject="驾校")
    draft = after(replace(known, needed=(Field.MATTER, Field.SUBJECT, Field.PHONE)), said)
    assert draft.text(Field.SUBJECT) == "新安驾校"
    assert draft.text(Field.MATTER).endswith("教练跑了")
    assert "新安驾校" not in draft.text(Field.MATTER)


@pytest.mark.parametrize(
    "said", ["对方是华泰建材公司", "欠钱的是华泰建材公司", "对方单位叫华泰建材公司"]
)
def test_a_name_is_kept_without_that_it_is_theirs(said: str) -> None:
    assert after(asked_for_whom(), said).text(Field.SUBJECT) == "华泰建材公司"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("不知道叫啥 工号好像是12", "工号好像是12"),
        ("不清楚姓啥 戴眼镜的", "戴眼镜的"),
        ("忘了叫啥了 高个子", "高个子"),
    ],
)
def test_what_is_told_beside_a_name_not_known_is_kept_whatever_it_sounded_like(
    said: str, told: str
) -> None:
    heard = replace(words(said), intent="ask_identity", confidence=0.57)
    outcome = take(asked_for_phone(), heard, read)
    assert outcome.draft is not None
    assert outcome.draft.text(Field.MATTER).endswith(told)


def test_who_asks_not_to_be_named_is_protected() -> None:
    assert after(asked_for_phone(), "不留名行不行").privacy is Privacy.CONFIDENTIAL


def test_what_is_told_before_handing_in_is_told() -> None:
    assert clauses.before_handing_in("我住在安居苑西村12栋 提交吧") == "我住在安居苑西村12栋"
    assert clauses.before_handing_in("没有了，提交") == ""
    heard = replace(words("路上全是坑，提交吧"), intent="affirm", confidence=0.99)
    agreed = take(full(), heard, read).draft
    assert agreed is not None
    assert agreed.text(Field.MATTER).endswith("路上全是坑")
    draft = after(full(), "车是绿色的面包车，提交吧")
    assert draft.text(Field.MATTER).endswith("车是绿色的面包车")
    assert draft.next_slot() == CONFIRMED


def test_what_is_told_with_the_choice_goes_with_it() -> None:
    assert appeal_words.about_earlier_and_more("补充 今天早上撞车了") == ("add", "今天早上撞车了")
    assert appeal_words.about_earlier_and_more("催办，都三天了") == ("urge", "都三天了")
    assert appeal_words.about_earlier_and_more("催办一下") is None
    same = replace(full(), step=Step.SAME, earlier={"number": "HY1"})
    outcome = take(same, words("补充 今天早上撞车了"), read)
    assert outcome.onto is not None
    assert outcome.draft is not None
    assert "今天早上撞车了" in outcome.draft.text(Field.MATTER)


def test_what_is_put_right_in_the_same_breath_is_read_as_meant() -> None:
    said = "我要投诉花冲公园旁边那个停车场,不对,是花冲公园对面的停车场,乱收费"
    fields = _as_put_right(said, read).fields
    assert fields.place is not None
    assert "对面" in fields.place.text
    assert "旁边" in fields.matter


def test_a_number_may_be_left_out_where_that_is_asked() -> None:
    assert asked_of_us.asks_to_skip("不留电话可以吗")
    assert asked_of_us.asks_to_skip("不想留电话行不行")
    assert not asked_of_us.asks_to_skip("我儿子电话行不行")
    assert not asked_of_us.asks_to_skip("不锈钢的可以吗")


def test_without_the_order_s_number_there_is_another_way() -> None:
    assert _has_no_number(fold("没有编号 上个星期说的 小区噪音那个"))


def test_the_province_is_not_elsewhere() -> None:
    assert not lies_outside("340000", "340100")
    assert lies_outside("320000", "340100")
    assert lies_outside("340200", "340100")


@pytest.mark.parametrize(
    "said",
    [
        "我要举报有人卖假烟,但是我怕他报复,能不说名字吗",
        "我想表扬一下昨天110路公交车的司机师傅,我妈在车上晕倒了他直接把车开到医院",
        "降压药 络活喜",
        "押金我要他全退",
        "找谁都不行我就想你们改改",
        "马路牙子被压碎了 盲道也断了 我是盲人 不敢走",
    ],
)
def test_fear_praise_and_a_medicine_are_no_danger(said: str) -> None:
    assert assess_risk(fold(said)).alarm == ()


@pytest.mark.parametrize("said", ["我要报复他们全家", "我妈晕倒了快来人", "活着没意思", "不想活了"])
def test_danger_is_still_heard(said: str) -> None:
    assert assess_risk(fold(said)).alarm


def test_a_wish_is_no_cancelling() -> None:
    assert phrases.wishes("要求撤销")
    outcome = take(
        asked_for_phone(), replace(words("要求撤销"), intent="cancel", confidence=0.99), read
    )
    assert outcome.draft is not None
    assert outcome.draft.step is Step.COLLECTING


@pytest.mark.parametrize(
    ("said", "told"),
    [("什么破地方 一群废物 路修了半年还没修好", True), ("你们就是一群废物 吃干饭的", False)],
)
async def test_a_matter_told_with_abuse_is_taken(talk: Talk, said: str, told: bool) -> None:
    talk.hear(said, "abuse", 0.99)
    turn = Turn.of(talk.tracker(), talk.services.clock)
    assert outside_form.tells_beside_abuse(talk.services, turn) is told


def test_a_place_before_the_party_is_kept() -> None:
    draft = after(
        new(matter="公司扣了一个月工资", subject="公司"),
        "瑶海区站前路宝业东城广场 公司叫合肥宏图商贸有限公司",
    )
    assert draft.text(Field.SUBJECT) == "合肥宏图商贸有限公司"
    assert "宝业东城广场" in draft.text(Field.PLACE)


def test_a_name_and_a_number_may_answer_another_question() -> None:
    asked = replace(
        new(matter="暖气不热", place="合肥市"), needed=(Field.MATTER, Field.TIME, Field.PHONE)
    )
    assert after(asked, "李秀英").text(Field.NAME) == "李秀英"
    told = after(asked, "13905510129 李")
    assert (told.text(Field.NAME), told.text(Field.PHONE)) == ("李", "13905510129")
    assert told.text(Field.MATTER) == "暖气不热"


def test_a_shopkeeper_s_number_is_their_own() -> None:
    draft = after(asked_for_phone(), "李老板 13905510121")
    assert draft.text(Field.PHONE) == "13905510121"
    theirs = after(asked_for_phone(), "老板叫孙大富 13866778899是他的号")
    assert theirs.text(Field.PHONE) == ""


def test_a_statement_may_end_like_a_question() -> None:
    assert not asked_of_us.is_question("有六十多个家长呢")
    assert asked_of_us.is_question("我的工单呢")
    assert asked_of_us.is_question("他们什么时候来呢")
    draft = after(asked_for_phone(), "有六十多个家长呢")
    assert "六十多个家长" in draft.text(Field.MATTER)


def test_a_cantonese_at_is_no_part_of_the_place() -> None:
    draft = after(asked_for_phone(place="餐厅后巷"), "喺庐阳区城隍庙步行街")
    assert not draft.text(Field.PLACE).startswith("喺")


def test_a_place_named_after_another_city_is_not_there() -> None:
    assert outside._only_a_name("铜陵新村后面那条巷子", "340700")
    assert not outside._only_a_name("铜陵市义安区", "340706")
    assert not outside._only_a_name("铜陵火车站", "340700")


@pytest.mark.parametrize("said", ["13605510216 孩子爸爸", "13905510102 就叫我孩子妈妈吧"])
def test_a_parent_is_called_as_they_say(said: str) -> None:
    draft = after(asked_for_phone(), said)
    assert draft.text(Field.NAME).startswith("孩子")
    assert draft.text(Field.MATTER) == "按摩椅是坏的"
    assert draft.on_behalf is None


def test_a_wish_found_as_such_is_not_told_twice() -> None:
    draft = after(asked_for_phone(), "希望十倍赔偿")
    assert draft.text(Field.WANTED) == "希望十倍赔偿"
    assert draft.text(Field.MATTER) == "按摩椅是坏的"


def test_a_proof_is_nobody_s_name() -> None:
    asked = replace(new(matter="排骨是臭的"), needed=(Field.MATTER, Field.SUBJECT, Field.PHONE))
    assert after(asked, "小票我拍了照片的").text(Field.SUBJECT) == ""
    assert after(asked, "平台是抖音").text(Field.SUBJECT) == "抖音"
    assert after(asked, "瑶海区仲裁院").text(Field.SUBJECT) == "瑶海区仲裁院"


def test_not_to_be_named_is_confidential() -> None:
    assert appeal_words.privacy("不要说是我") is Privacy.CONFIDENTIAL
    assert appeal_words.privacy("不要说我没理") is None


def test_more_of_the_matter_beside_a_time_at_the_summary_is_kept() -> None:
    draft = after(full().without(Field.TIME), "就是他弟弟家有两台车还吃低保，从2023年开始")
    assert "两台车还吃低保" in draft.text(Field.MATTER)
    assert "2023年" in draft.text(Field.TIME)


@pytest.mark.parametrize("said", ["物业叫啥我忘了", "公司叫什么我不记得了", "店家是谁忘了"])
def test_that_a_name_is_forgotten_is_no_name(said: str) -> None:
    told = after(asked_for_phone(), said).text(Field.SUBJECT)
    assert not set("忘啥什谁") & set(told)


def test_whom_it_seems_to_be_is_named() -> None:
    draft = after(asked_for_phone(), "物业叫啥我忘了，好像是安居物业")
    assert draft.text(Field.SUBJECT) == "安居物业"
    assert "安居" not in draft.text(Field.PLACE)
