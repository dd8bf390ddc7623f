"""What people say of the form while it is taken: what their matter is not, no number after
all, what is only said to us, something else beside an order there is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.complaint.matters import apart
from actions.complaint.record.draft import Draft, Field, Privacy, Step, Value
from actions.complaint.told import contents
from actions.complaint.wording import asked_of_us, said_to_us
from actions.understanding.fields import AppealType
from actions.work_orders.register import RecordKind
from tests.actions.test_dialogue import after, full, keys, new, read, take, words


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("算不上举报", AppealType.COMPLAINT),
        ("我这不是举报", AppealType.COMPLAINT),
        ("不是举报，就是提个意见", AppealType.SUGGESTION),
        ("就是提点建议", AppealType.SUGGESTION),
        ("谈不上投诉，算个建议吧", AppealType.SUGGESTION),
    ],
)
def test_what_it_is_not_changes_the_kind(said: str, kind: AppealType) -> None:
    told = after(full(AppealType.REPORT), said)
    assert told.kind is kind
    assert told.text(Field.MATTER) == full().text(Field.MATTER)


def test_what_it_is_not_anyway_changes_nothing() -> None:
    assert after(full(), "这不算举报吧") == full()


@pytest.mark.parametrize("said", ["不留电话了", "电话不留了", "还是别留电话了", "电话就不用登记了"])
def test_a_number_may_be_left_out_again_at_the_summary(said: str) -> None:
    outcome = take(full(), words(said), read)
    assert keys(outcome) == ["form_dropped"]
    assert outcome.draft is not None
    assert outcome.draft.text(Field.PHONE) == ""


@pytest.mark.parametrize(
    ("known", "said", "now"),
    [
        ("15号晚上", "不是15号 是5号", "5号晚上"),
        ("11月12号", "不是12号，是2号", "11月2号"),
        ("早上五点多", "不对，是五点多", "早上五点多"),
    ],
)
def test_a_day_put_right_is_no_end_of_the_day_before(known: str, said: str, now: str) -> None:
    assert after(full().with_value(Field.TIME, Value(known)), said).text(Field.TIME) == now


def test_the_other_side_of_a_building_takes_its_place() -> None:
    draft = full().with_value(Field.PLACE, Value("国购后头"))
    assert after(draft, "不是国购后头 是国购对面").text(Field.PLACE) == "国购对面"
    assert after(draft, "不是后头 是对面").text(Field.PLACE) == "国购对面"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "我想反映两个问题一个是小区北门路灯坏了好几盏还有就是地下车库老是进水",
            ("小区北门路灯坏了好几盏", "地下车库老是进水"),
        ),
        ("一个是电梯老坏还有就是门口烧烤油烟大", ("电梯老坏", "门口烧烤油烟大")),
    ],
)
def test_two_matters_counted_in_speech_without_a_mark(text: str, parts: tuple[str, ...]) -> None:
    assert apart(text) == parts


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("废话，每天晚上都吵", "每天晚上都吵"),
        ("没有手机 就家里座机", ""),
        ("代码不记得了，晚点补", ""),
        ("不需要联系我", ""),
        ("那算了，我想另外反映下，盲道被占满了", "盲道被占满了"),
        ("我有照片要发，楼上往下扔垃圾", "楼上往下扔垃圾"),
        ("商家不退钱，我能投诉吗", "商家不退钱"),
        ("我要举报", ""),
        ("就今天上午 别啰嗦", "就今天上午"),
        ("车牌没记住，往火车站方向", "车牌没记住，往火车站方向"),
        ("老板不给钱，也不接电话", "老板不给钱，也不接电话"),
        ("物业说没有电话，不给联系", "物业说没有电话，不给联系"),
        ("医生不联系家属", "医生不联系家属"),
    ],
)
def test_what_is_only_said_to_us_is_no_part_of_the_matter(said: str, left: str) -> None:
    assert said_to_us.without_talk(said) == left


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("就是那家KTV啊", ""),
        ("就在铜陵路", ""),
        ("就是那家KTV 昨晚又吵", "昨晚又吵"),
        ("铜陵路的路灯坏了", "铜陵路的路灯坏了"),
    ],
)
def test_what_is_only_said_again_is_not_added(said: str, left: str) -> None:
    assert said_to_us.without_known(said, "楼下那个KTV又吵了\n铜陵路") == left


def test_words_to_us_beside_the_number_asked_for_add_nothing() -> None:
    draft = new(matter="KTV太吵", place="铜陵路", time="昨晚")
    assert after(draft, "代码不记得了，晚点补").text(Field.MATTER) == "KTV太吵"
    assert after(draft, "对了 发票也没给我").text(Field.MATTER) == "KTV太吵\n发票也没给我"


def test_a_statement_is_no_place() -> None:
    draft = after(new(matter="饭店结账多收了我钱"), "对了 发票也没给我")
    assert draft.text(Field.PLACE) == ""
    assert draft.text(Field.MATTER).endswith("发票也没给我")


def met() -> Draft:
    earlier = {"number": "HY20261122-000001-5", "month": "11", "day": "20", "node": "派单"}
    draft = replace(full(), step=Step.SAME, earlier=earlier, category=("市容环卫与城市管理",))
    return draft.with_value(Field.MATTER, Value("门口垃圾三天没人收"))


def test_something_else_beside_an_order_shown_waits_for_its_turn() -> None:
    outcome = take(met(), words("另外，我家楼下路灯也坏了好几盏，天黑看不见"), read)
    assert keys(outcome) == ["form_another_kept"]
    assert outcome.draft is not None
    assert outcome.draft.step is Step.SAME
    settled = take(outcome.draft, words("催一下"), read)
    assert settled.onto is RecordKind.URGE
    assert settled.draft is not None
    assert settled.draft.others == ("我家楼下路灯也坏了好几盏，天黑看不见",)


@pytest.mark.parametrize(
    "said", ["另外垃圾桶也满了", "另外垃圾桶早就满出来了，苍蝇到处飞，味道很大"]
)
def test_more_of_an_order_shown_makes_no_new_one(said: str) -> None:
    outcome = take(met(), words(said), read)
    assert outcome.draft is not None
    assert outcome.draft.step is Step.SAME
    assert "垃圾桶" in outcome.draft.text(Field.MATTER)


def test_another_order_is_still_one_when_asked_for() -> None:
    outcome = take(met(), words("另外登记一个"), read)
    assert outcome.draft is not None
    assert outcome.draft.step is Step.COLLECTING


def test_an_anonymous_report_has_no_number_to_leave_out() -> None:
    draft = replace(full(AppealType.REPORT), privacy=Privacy.ANONYMOUS).without(Field.PHONE)
    assert after(draft, "不用登记我电话").text(Field.MATTER) == full().text(Field.MATTER)


def test_who_complains_of_us_is_not_merely_heard_as_urging() -> None:
    outcome = take(met(), words("我要投诉你们不作为"), read)
    assert outcome.onto is None
    assert outcome.draft is not None
    assert outcome.draft.text(Field.SUBJECT) == "12345热线"
    assert take(met(), words("催一下"), read).onto is RecordKind.URGE


@pytest.mark.parametrize("said", ["也不对 应该是从上周六开始的", "不对，是从上周六开始"])
def test_a_second_correction_corrects_too(said: str) -> None:
    told = after(full(), said)
    assert told.text(Field.TIME).startswith("从上周六开始")
    assert told.text(Field.WANTED) == ""
    assert told.text(Field.MATTER) == full().text(Field.MATTER)


def test_how_long_it_has_gone_on_is_a_time_and_loses_no_word() -> None:
    draft = new(matter="绿化带浇大粪", place="振徽苑")
    phone = replace(draft, needed=(Field.PHONE,))
    assert after(phone, "大概有半个月了吧").text(Field.TIME) == "半个月"
    told = after(phone, "臭了快一个月了")
    assert told.text(Field.TIME) == "一个月"
    assert "臭了" in told.text(Field.MATTER)


def test_no_more_to_tell_ends_a_question_that_may_be_left_out() -> None:
    praise = Draft(key="k", kind=AppealType.PRAISE, needed=(Field.MATTER, Field.PHONE))
    told = praise.with_value(Field.MATTER, Value("司机扶我下车"))
    assert after(told, words("就这些 谢谢", "thank")).next_slot() == "confirmed"


def test_a_name_and_a_place_are_no_matter() -> None:
    draft = after(new(), "叫启航作文，在政务区天鹅湖万达楼上")
    assert draft.text(Field.SUBJECT) == "启航作文"
    assert draft.text(Field.PLACE) == "政务区天鹅湖万达楼上"
    assert draft.next_slot() == Field.MATTER


def test_a_place_said_again_more_exactly_takes_its_place() -> None:
    draft = full().with_value(Field.PLACE, Value("肥东店埠镇")).without(Field.PHONE)
    told = after(draft, "具体就是肥东县店埠镇人民路和公园路那边")
    assert told.text(Field.PLACE) == "肥东县店埠镇人民路和公园路"
    assert told.text(Field.MATTER) == full().text(Field.MATTER)


def test_an_hour_at_night_takes_the_place_of_the_night() -> None:
    draft = full().with_value(Field.TIME, Value("夜里")).without(Field.PHONE)
    assert after(draft, "每天晚上十点到一点多").text(Field.TIME) == "每天晚上十点到一点多"


@pytest.mark.parametrize(
    ("text", "subject"),
    [("地下车库老是进水物业也不抽", "物业"), ("万科物业不管电梯", "万科物业")],
)
def test_what_happens_is_no_part_of_a_name(text: str, subject: str) -> None:
    found = read(text).fields.subject
    assert found is not None
    assert found.text == subject


def test_an_errand_at_a_counter_is_no_report() -> None:
    assert read("去政务中心办证，材料不对也不讲缺什么，让我跑了三趟").fields.reported_before is None
    assert read("为这事社区跑了三趟没人管").fields.reported_before is not None


def test_whoever_is_named_beside_their_kind_is_known_by_name() -> None:
    draft = full().with_value(Field.SUBJECT, Value("老板"))
    assert after(draft, "老板叫周大勇 皖建劳务的").text(Field.SUBJECT) == "老板 周大勇"


@pytest.mark.parametrize(
    ("text", "grievance"),
    [
        ("想反映一下许可证变更交了一个多月没动静", True),
        ("我家门口那堆建筑垃圾到底拉不拉", True),
        ("建筑垃圾怎么处理", False),
        ("对门天天打麻将你们能不能去讲讲他", True),
        ("你们能不能开居住证明", False),
        ("想反映问题打什么电话", False),
        ("居住证到底要不要本人去办", False),
    ],
)
def test_what_wants_to_be_seen_to_is_no_question(text: str, grievance: bool) -> None:
    assert asked_of_us.wants_it_seen_to(text) is grievance


def test_another_kind_may_be_said_with_what_it_is() -> None:
    draft = new(AppealType.SUGGESTION, matter="公园多装垃圾桶", place="蜀山森林公园")
    told = after(draft, "其实也不算建议，我就是投诉他们根本没人打扫")
    assert told.kind is AppealType.COMPLAINT
    assert "没人打扫" in told.text(Field.MATTER)


@pytest.mark.parametrize(
    ("known", "said", "now"),
    [
        ("元一美邦 8栋1502", "楼号写错了 是9栋", "元一美邦 9栋1502"),
        ("元一美邦8栋2单元", "地址不对，是3单元", "元一美邦8栋3单元"),
        ("元一美邦", "地址错了，是9栋", "元一美邦9栋"),
        ("元一美邦8栋", "地址不对，是望江西路", "望江西路"),
    ],
)
def test_a_building_put_right_keeps_its_estate(known: str, said: str, now: str) -> None:
    draft = full().with_value(Field.PLACE, Value(known))
    assert after(draft, said).text(Field.PLACE) == now


def test_a_line_is_written_anew_by_its_label() -> None:
    assert after(full(), "涉及对象写 1602 那户").text(Field.SUBJECT) == "1602 那户"


@pytest.mark.parametrize("said", ["挺好 提交", "蛮好的", "没毛病，交吧"])
def test_fine_is_said_in_many_words(said: str) -> None:
    assert after(full(), said).confirmed


def test_thanks_at_the_summary_hand_nothing_in_and_say_so() -> None:
    outcome = take(full(), words("谢谢", "thank"), read)
    assert keys(outcome) == ["form_not_yet_filed"]
    assert outcome.quiet


def test_a_number_of_an_order_that_is_not_at_hand_is_not_asked_for() -> None:
    draft = full().without(Field.PHONE)
    outcome = take(draft, words("编号我没存", "query_progress"), read)
    assert keys(outcome) == ["form_never_mind"]
    assert not outcome.yields


def test_a_business_without_its_code_at_hand_skips_it() -> None:
    firm = replace(full(), for_enterprise=True, needed=(Field.CREDIT_CODE, Field.PHONE))
    told = after(firm.without(Field.PHONE), "信用代码在财务那里我现在没有")
    assert told.next_slot() == Field.PHONE
    assert told.text(Field.MATTER) == full().text(Field.MATTER)


def test_whose_courier_it_is_is_no_place() -> None:
    said = "顺丰的快递员把我包裹丢了不赔"
    assert contents.with_firms(said, read(said).fields).place is None


def test_two_things_numbered_without_a_mark() -> None:
    said = "第一件事是楼下早餐店天天凌晨四点剁肉第二件事是小区门口的窨井盖翘起来了"
    parts = apart(said)
    assert parts == ("楼下早餐店天天凌晨四点剁肉", "小区门口的窨井盖翘起来了")


def test_a_time_that_ends_in_a_hurried_word_is_a_time() -> None:
    draft = new(matter="站台顶棚漏雨", place="黄山路科学大道站")
    assert after(draft, "上个星期就这样").text(Field.TIME).startswith("上个星期")
    assert after(draft, "就这样吧").text(Field.TIME) == ""


def test_the_name_of_something_is_not_the_tellers() -> None:
    shown = full().with_value(Field.PLACE, Value("淮河路步行街地下停车场"))
    told = after(shown, "停车场名字不对 应该是 百大鼓楼停车场")
    assert told.text(Field.NAME) == "张先生"
    assert "百大鼓楼停车场" in told.text(Field.PLACE)
    assert after(full(), "名字不对，是王女士").text(Field.NAME) == "王女士"


def test_what_is_wanted_is_told_once() -> None:
    draft = new(matter="医院乱收费", place="省立医院南区", time="前天")
    told = after(draft, "想要退费")
    assert told.text(Field.WANTED) == "想要退费"
    assert told.text(Field.MATTER) == "医院乱收费"


def test_who_was_asked_to_call_has_the_others_consent() -> None:
    draft = replace(full(), on_behalf="我婆婆").without(Field.PHONE)
    assert after(draft, "知道的 她让我打的").consent == "yes"


def test_how_to_send_is_answered() -> None:
    outcome = take(full().without(Field.PHONE), words("怎么发给你"), read)
    assert keys(outcome) == ["form_files_welcome"]
