"""What is said about the form while it is filled in is no part of the matter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.complaint import matters
from actions.complaint.dialogue import take
from actions.complaint.record.draft import CONFIRMED, Field, Privacy, Value
from actions.complaint.record.on_record import without_contact
from actions.complaint.steering import putting_right
from actions.complaint.told import intake
from actions.complaint.wording import appeal_words
from actions.complaint.wording.asked_of_us import goes_on, is_question, question_first
from actions.understanding.danger.risk import assess_risk
from actions.understanding.fields import AppealType
from actions.understanding.matter.cleaning import clean_matter
from tests.actions.conftest import Talk
from tests.actions.test_complaint_form import answered, opened
from tests.actions.test_dialogue import after, full, keys, new, read, words


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("等等 我先问一下 摔跤的药钱给不给报", "摔跤的药钱给不给报"),
        ("对了我想问一下，低保要多久", "低保要多久"),
        ("打断一下，请问身份证丢了怎么补", "身份证丢了怎么补"),
        ("我先问个事", ""),
        ("等一下，我问一句", ""),
        ("等等", None),
        ("我想问一下我们小区的路灯坏了", None),
        ("问题是他不承认", None),
        ("问了三次都没人管", None),
    ],
)
def test_a_question_that_is_announced_is_told_from_waiting(said: str, question: str | None) -> None:
    assert question_first(said) == question


def test_a_question_announced_as_one_is_asked_and_not_written_down() -> None:
    outcome = take(full(), words("等等，我先问一下，药钱给不给报销", "wait"), read)
    assert outcome.asks == "药钱给不给报销"
    assert outcome.draft == full()
    assert keys(take(full(), words("等一下我问个事", "wait"), read)) == ["form_ask_away"]


async def test_it_is_answered_and_the_form_asks_again(talk: Talk) -> None:
    await opened(talk)
    reply = await answered(talk, "等等，我先问一下，火星移民怎么办理", "wait")
    assert reply.text.startswith("这个问题我手上没有可靠的依据")
    assert talk.slots["requested_slot"] == "contact_phone"


@pytest.mark.parametrize("said", ["好的那你接着弄", "行，你继续问吧", "没事了，接着登记吧"])
def test_going_on_adds_nothing(said: str) -> None:
    assert goes_on(said)
    assert take(full(), words(said), read).draft == full()


@pytest.mark.parametrize("said", ["继续漏水", "他接着骂", "接着就跑了"])
def test_what_goes_on_in_the_matter_is_told(said: str) -> None:
    assert not goes_on(said)


@pytest.mark.parametrize("lead", ["再加一句", "再写一条，", "再说一句 "])
def test_an_addition_is_kept_without_its_lead(lead: str) -> None:
    draft = after(full(), f"{lead} 最好晚上九点以后也有车")
    assert draft.text(Field.MATTER) == "工地半夜施工\n最好晚上九点以后也有车"


def test_what_was_never_told_is_corrected_in_the_matter() -> None:
    known = new(matter="路灯坏了", place="黄山路", time="昨天")
    answered_last = after(known, "13800001234")
    assert answered_last.next_slot() == CONFIRMED
    draft = after(answered_last, "包裹不是两百八 是三百二")
    assert draft.next_slot() == CONFIRMED
    assert draft.text(Field.MATTER).endswith("包裹不是两百八 是三百二")
    building = after(answered_last, "不是1单元是2单元")
    assert building.text(Field.PLACE) == "黄山路2单元"


def test_a_number_is_still_put_right() -> None:
    given = after(new(matter="快递没收到", place="黄山路", time="昨天"), "13800001234")
    assert after(given, "不对，是13800001235").text(Field.PHONE) == "13800001235"


def test_whether_it_should_be_a_report_is_answered_with_the_kinds() -> None:
    assert keys(take(full(), words("我是不是应该举报他们啊"), read)) == ["form_which_kind"]


def test_a_question_at_the_lines_to_check_is_looked_up() -> None:
    draft = full().with_value(Field.MATTER, Value("工地半夜施工"))
    assert take(draft, words("工地最晚能干到几点啊"), read).asks == "工地最晚能干到几点啊"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("孩子吃了拉肚子。我不想让学校知道是我说的", "孩子吃了拉肚子。"),
        ("仓库里存了汽油，请给我保密", "仓库里存了汽油"),
        ("他不想让邻居知道漏水", "他不想让邻居知道漏水"),
        ("酒店泄露了我的身份信息", "酒店泄露了我的身份信息"),
    ],
)
def test_who_must_not_know_is_no_part_of_the_matter(told: str, kept: str) -> None:
    assert without_contact(told) == kept


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("那个喂听得到吧我们这路灯瞎了好几盏", "我们这路灯瞎了好几盏"),
        ("喂同志你好啊，路灯瞎了好几盏", "路灯瞎了好几盏"),
        ("喂猪的臭味熏死人", "喂猪的臭味熏死人"),
    ],
)
def test_how_somebody_begins_to_talk_is_no_part_of_it(told: str, kept: str) -> None:
    assert clean_matter(told) == kept


def test_anonymity_taken_back_with_a_number_keeps_it_from_them() -> None:
    report = replace(full(AppealType.REPORT), privacy=Privacy.ANONYMOUS).without(Field.PHONE)
    draft = after(report, "算了不匿名了 你们打我电话 13866107752 但别告诉他")
    assert draft.privacy is Privacy.CONFIDENTIAL
    assert draft.text(Field.PHONE) == "13866107752"


def test_what_they_are_called_is_taken_at_the_lines_to_check() -> None:
    draft = replace(full(), on_behalf="我妈", consent="yes")
    assert after(draft, "母亲叫陶桂兰").on_behalf == "我妈 陶桂兰"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("62855123 0551", "0551-62855123"),
        ("62855123，前面加0551", "0551-62855123"),
        ("0551的 6285 5123", "0551-62855123"),
    ],
)
def test_an_area_code_told_apart_belongs_to_the_number(said: str, number: str) -> None:
    asked = new(matter="路灯坏了", place="黄山路", time="昨晚")
    draft = after(asked, said)
    assert draft.text(Field.PHONE) == number
    assert draft.text(Field.MATTER) == "路灯坏了"


def test_an_area_code_told_later_is_put_before_the_number() -> None:
    asked = new(matter="路灯坏了", place="黄山路", time="昨晚")
    draft = after(asked, "62855123", "哦 前面加0551")
    assert draft.text(Field.PHONE) == "0551-62855123"


def test_a_number_of_kin_is_the_number_to_call() -> None:
    asked = new(matter="树挡光", place="黄山路", time="一直")
    draft = after(asked, "我没有手机 打我儿子的 13655510923 他姓邵")
    assert draft.text(Field.PHONE) == "13655510923"
    assert draft.text(Field.NAME) == "邵"
    assert draft.text(Field.MATTER) == "树挡光"


@pytest.mark.parametrize("said", ["她住瑶海区安纺二村19栋", "我妈她一个人住在瑶海区安纺二村19栋"])
def test_who_lives_there_is_no_part_of_the_place(said: str) -> None:
    asked = new(matter="树挡光", time="一直")
    assert after(asked, said).text(Field.PLACE) == "瑶海区安纺二村19栋"


def test_the_day_counted_is_when_it_began() -> None:
    when = read("都停水第三天了！家里没水").fields.time
    assert when is not None
    assert (when.text, when.begin and when.begin.day) == ("第三天", 20)


def test_since_a_holiday_has_no_end() -> None:
    when = read("国庆节之后就不能用了").fields.time
    assert when is not None
    assert (when.text, when.finish) == ("国庆节之后", None)


def test_where_kin_live_is_not_where_it_happened() -> None:
    place = read("我在上海儿子那边看的病，医保局不给报销").fields.place
    assert place is None
    scene = read("我在上海看的病，医保局不给报销").fields.place
    assert scene is not None


def test_a_place_somebody_is_only_from_is_asked_more_exactly() -> None:
    told = "我是翡翠湖那边的业主，隔壁那户搞民宿天天半夜吵"
    draft = replace(intake.told(new(), read(told), told), needed=(Field.PLACE,))
    assert draft.too_wide()
    estate = "我是翡翠湖花园的业主，隔壁那户搞民宿天天半夜吵"
    assert not intake.told(new(), read(estate), estate).too_wide()


@pytest.mark.parametrize(
    ("told", "whom"),
    [
        ("投诉滴滴司机绕路，多收了我三十多块", "滴滴司机"),
        ("房东不退押金，房东姓鲍", "房东姓鲍"),
        ("老板不给工钱，一共欠了两万，老板叫徐大海", "老板徐大海"),
        ("门口水渠堵了两年，村里说归水利局管，水利局说归镇里管", ""),
    ],
)
def test_whom_it_is_about(told: str, whom: str) -> None:
    assert intake.told(new(), read(told), told).text(Field.SUBJECT) == whom


def test_matters_as_many_as_announced_are_taken_apart() -> None:
    told = "三个事啊，第一电梯天天坏，第二门口的早餐摊油烟呛死人，第三物业费乱涨价"
    assert len(matters.apart(told)) == 3


@pytest.mark.parametrize(
    ("told", "alarms"),
    [
        ("农村老房子快塌了能补助吗", False),
        ("房子快要塌了怎么申请危房改造", False),
        ("老房子快塌了", True),
        ("我家房子现在就要塌了能不能派人来", True),
    ],
)
def test_who_asks_for_a_subsidy_is_not_in_danger_now(told: str, alarms: bool) -> None:
    assert bool(assess_risk(told).alarm) is alarms


def test_a_business_named_late_is_the_one_that_tells_it() -> None:
    asked = replace(new(matter="变更跑了四趟", place="政务中心", time="上月"), for_enterprise=True)
    asked = replace(asked, needed=(Field.ENTERPRISE, Field.CREDIT_CODE, Field.PHONE))
    draft = after(asked, "不记得了", "合肥瑞禾环保科技有限公司")
    assert draft.text(Field.ENTERPRISE) == "合肥瑞禾环保科技有限公司"
    assert draft.text(Field.SUBJECT) == ""


async def test_somebody_elses_staff_is_not_asked_for(talk: Talk) -> None:
    talk.hear("我刚才被骗了 有人说是京东客服 让我转了九千八", "ask_human", 0.77)
    reply = await talk.run("action_handoff")
    heard = [
        event["parse_data"]["intent"]["name"] for event in reply.events if "parse_data" in event
    ]
    assert heard == ["complain"]


async def test_a_wait_after_a_rule_is_a_matter(talk: Talk) -> None:
    talk.hear("身份证丢了怎么补办", "ask_policy")
    await talk.run("action_answer")
    talk.hear("老板拖着工钱一年没给我，你们帮忙催催", "urge_order", 0.92)
    await talk.run("action_open_order")
    assert "工钱" in talk.slots["matter"]


def test_a_business_is_not_complained_of_by_itself() -> None:
    told = "我们公司办营业执照变更，窗口让跑了四趟，每次都说材料不对"
    firm = replace(new(), for_enterprise=True)
    assert intake.told(firm, read(told), told).text(Field.SUBJECT) == ""


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("姑娘啊我跟你讲个事情啊，盲道被单车占了", "盲道被单车占了"),
        ("我想跟你们反映一个情况，盲道被单车占了", "盲道被单车占了"),
        ("我跟你们说的事没人管", "我跟你们说的事没人管"),
    ],
)
def test_that_something_will_be_told_is_no_part_of_it(told: str, kept: str) -> None:
    assert clean_matter(told) == kept


@pytest.mark.parametrize(
    ("known", "said", "whole"),
    [
        ("今天下午五点二十左右", "昨天下午", "昨天下午五点二十左右"),
        ("今天下午五点二十", "昨天", "昨天下午五点二十"),
        ("今天下午五点", "昨天早上", "昨天早上"),
        ("今天下午五点", "昨天三点", "昨天三点"),
        ("每天下午五点", "昨天", "昨天"),
        ("半夜", "昨天", "昨天"),
    ],
)
def test_a_day_put_right_keeps_its_hour(known: str, said: str, whole: str) -> None:
    assert putting_right.with_the_hour(known, said) == whole


def test_the_day_alone_is_put_right() -> None:
    draft = after(full().with_value(Field.TIME, Value("今天上午十点")), "时间错了是昨天上午")
    assert draft.text(Field.TIME) == "昨天上午十点"
    assert draft.values[Field.TIME].detail["from"] == "2026-11-21T10:00:00+08:00"


def test_how_long_something_is_free_is_not_when_it_was() -> None:
    assert read("建议医院门口停车前半小时免费").fields.time is None


@pytest.mark.parametrize(
    ("told", "whom"),
    [
        ("网上买的羽绒服穿一次就跑毛商家不给退", "商家"),
        ("体育馆对面楼上有个老师在偷偷补课", ""),
    ],
)
def test_whom_a_matter_is_about_and_no_more(told: str, whom: str) -> None:
    assert intake.told(new(), read(told), told).text(Field.SUBJECT) == whom


def test_an_employer_is_asked_for_by_name() -> None:
    told = "我们单位不给交社保，问了老板就说爱干不干"
    assert intake.told(new(), read(told), told).next_slot() == Field.SUBJECT


def test_swearing_is_no_part_of_a_place() -> None:
    draft = after(new(matter="漏水", time="一年"), "问问问，问个屁，绿怡居12栋2904")
    assert draft.text(Field.PLACE) == "绿怡居12栋2904"


def test_how_it_is_is_no_place() -> None:
    draft = after(new(matter="对门老人不应门", time="这两天"), "没有味道 电视一直响着")
    assert draft.text(Field.PLACE) == ""
    assert draft.text(Field.MATTER).endswith("电视一直响着")


def test_who_asks_whether_the_other_is_told_is_kept_from_them() -> None:
    asked = new(matter="单位不交社保", place="黄山路", time="一年")
    draft = after(asked, "你们会不会告诉我老板是我说的")
    assert draft.privacy is Privacy.CONFIDENTIAL


def test_a_place_may_be_taken_back_after_a_second_look() -> None:
    draft = after(full(), "不对，是望江西路", "啊 我再看看……还是黄山路吧")
    assert draft.text(Field.PLACE) == "黄山路"


def test_a_tree_that_hit_nobody_is_no_emergency() -> None:
    assert not assess_risk("昨晚刮大风把一棵树刮倒了，压在电动车上面，没伤到人").alarm
    assert assess_risk("房子着火了，没伤到人").alarm


def test_whom_is_praised_is_told_by_name() -> None:
    praise = full(AppealType.PRAISE).with_value(Field.SUBJECT, Value("小吴医生"))
    assert after(praise, "哦他叫吴晓峰").text(Field.SUBJECT) == "小吴医生 吴晓峰"


async def test_a_matter_is_no_wish_to_hear_the_last_words_again(talk: Talk) -> None:
    talk.hear("我耳朵听不见 我们这边公交站牌太高字太小 老年人看不清", "repeat_last", 0.7)
    reply = await talk.run("action_repeat")
    assert any("parse_data" in event for event in reply.events)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("不能打电话 只能发短信 13956063312", "不能打电话 只能发短信"),
        ("电话13956063312，谢谢", ""),
        ("我的手机号是13956063312，再补充一下 站牌在路口", "站牌在路口"),
        ("忘说了 是两辆电动车", "两辆电动车"),
    ],
)
def test_what_is_said_beside_a_number_is_kept_whole(said: str, told: str) -> None:
    draft = after(new(matter="站牌太高", place="三里街", time="一直"), said)
    assert draft.text(Field.MATTER) == ("站牌太高\n" + told).strip()


def test_thanks_to_a_young_comrade_agree() -> None:
    outcome = take(full(), words("好 谢谢你小同志", "thank"), read)
    assert outcome.draft is not None
    assert outcome.draft.confirmed


def test_a_report_of_nobody_known_is_asked_where() -> None:
    report = new(AppealType.REPORT, matter="有人偷偷补课")
    report = replace(report, needed=(Field.MATTER, Field.SUBJECT, Field.PHONE))
    assert report.next_slot() == Field.SUBJECT
    assert after(report, "不知道").next_slot() == Field.PLACE


def test_what_every_town_has_is_no_place() -> None:
    told = "社区卫生站的小吴医生半夜跑来看我爸，我们全家感谢他"
    assert intake.told(new(AppealType.PRAISE), read(told), told).text(Field.PLACE) == ""


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("狗证丢了咋补", True),
        ("婚姻登记处周六上班不", True),
        ("他死活不肯，打电话也不接", False),
        ("电话打了他也不", False),
    ],
)
def test_questions_in_plain_words(said: str, asks: bool) -> None:
    assert is_question(said) is asks


def test_an_office_asked_after_in_the_middle_is_no_place() -> None:
    asked = new(matter="窨井盖松了", time="四五天")
    outcome = take(asked, words("对了 包河区婚姻登记处周六上班不"), read)
    assert outcome.asks
    assert outcome.draft == asked


@pytest.mark.parametrize("said", ["来了来了", "好了，回来了"])
def test_being_here_again_adds_nothing(said: str) -> None:
    asked = new(matter="车位卖了", time="去年")
    assert take(asked, words(said), read).draft == asked


def test_how_a_name_is_written_is_no_part_of_the_matter() -> None:
    draft = after(full().without(Field.NAME), "嗯嗯 对 我姓许 许多的许")
    assert draft.text(Field.NAME) == "许"
    assert draft.text(Field.MATTER) == "工地半夜施工"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("领导你好我们是玉皇新村的，房产证办不下来", "我们是玉皇新村的，房产证办不下来"),
        ("姑娘 我问下我家煤气灶打不着火", "我家煤气灶打不着火"),
        ("我问下我家的低保怎么停了", "我问下我家的低保怎么停了"),
    ],
)
def test_a_greeting_is_no_part_of_a_letter(told: str, kept: str) -> None:
    assert clean_matter(told) == kept


def test_how_many_matters_there_are_is_no_part_of_the_first() -> None:
    told = "我说三个事哈，头一个楼下那条路坑坑洼洼一下雨全是水，再一个路口红绿灯不亮了"
    told += "，还有就是垃圾桶满了没人倒"
    assert matters.apart(told)[0] == "楼下那条路坑坑洼洼一下雨全是水，"


@pytest.mark.parametrize(
    ("told", "kind", "whom"),
    [
        ("表扬111路的一个师傅，我妈晕车他还给倒水", AppealType.PRAISE, "111路的一个师傅"),
        ("我在公交车上不方便说，社保大厅叫号机坏了", AppealType.COMPLAINT, "社保大厅"),
    ],
)
def test_a_line_and_who_drives_it(told: str, kind: AppealType, whom: str) -> None:
    assert intake.told(new(kind), read(told), told).text(Field.SUBJECT) == whom


def test_a_village_secretary_is_asked_for_by_village() -> None:
    told = "村支书把他侄子报成贫困户，其实家里有小轿车"
    report = replace(new(AppealType.REPORT), needed=(Field.MATTER, Field.SUBJECT, Field.PHONE))
    draft = report.with_value(Field.MATTER, Value(told)).with_value(Field.SUBJECT, Value("村支书"))
    assert draft.next_slot() == Field.SUBJECT
    assert appeal_words.fears("我怕他晓得是我讲的") is Privacy.CONFIDENTIAL


def test_a_code_is_no_name_of_a_business() -> None:
    asked = replace(new(matter="质保金拖欠", place="东方大道", time="三年"), for_enterprise=True)
    asked = replace(asked, needed=(Field.ENTERPRISE, Field.CREDIT_CODE, Field.PHONE))
    outcome = take(asked, words("91340100MA2N1A2B3X"), read)
    assert outcome.draft is not None
    assert outcome.draft.text(Field.ENTERPRISE) == ""
    assert keys(outcome) == ["form_credit_code_wrong"]
