"""What is said in one breath with something else: asked of us, taken back, agreed to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.complaint import matters, next_matter
from actions.complaint.dialogue import take
from actions.complaint.record.draft import Draft, Field, Step, Value
from actions.complaint.record.party import only_a_trade
from actions.complaint.steering import moves
from actions.complaint.wording import appeal_words, asked_of_us, clauses, said_to_us
from actions.understanding.fields import AppealType
from tests.actions.conftest import Talk
from tests.actions.test_dialogue import NOW, after, full, keys, new, read, words


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("你们12345到底管不管事!我们小区停电", "我们小区停电"),
        ("哎哟你们管管嘛 楼底下那个火锅店油烟大", "楼底下那个火锅店油烟大"),
        ("井盖没了 我拍了照片能发吗", "井盖没了"),
        ("人都走不过去臭得很请问你们什么时候能来通一下", "人都走不过去臭得很"),
        ("一直没给钉门牌 能帮催一下不", "一直没给钉门牌"),
        ("路灯坏了 这个归谁管啊", "路灯坏了"),
        ("我回来了", ""),
        ("什么时候才能通车", "什么时候才能通车"),
        ("物业没人管", "物业没人管"),
        ("你们供电公司能不能快点修", "你们供电公司能不能快点修"),
        ("我打电话问一下 他们就骂人", "我打电话问一下 他们就骂人"),
    ],
)
def test_what_is_asked_of_us_is_no_part_of_the_matter(said: str, left: str) -> None:
    assert said_to_us.without_talk(said) == left


def test_what_may_be_sent_is_answered_where_it_is_asked() -> None:
    lines = moves.answers_beside(full(), "井盖没了 我拍了照片能发吗")
    assert [line.key for line in lines] == ["form_files_welcome"]
    added = take(full(), words("对了，还有人摔倒了，照片能发吗"), read)
    assert "form_files_welcome" in keys(added)


@pytest.mark.parametrize(
    "said",
    [
        "嗯提交吧，多久有结果",
        "嗯提交吧多久有结果",
        "可以 这个归谁管啊",
        "好的 你们能不能快点",
        "确认，什么时候有回复",
        "好的，什么时候能给我打电话",
        "行 大概几天能答复我",
        "提交，他们啥时候跟我联系啊",
        "没错，多久有人来处理",
    ],
)
def test_a_yes_that_asks_how_it_goes_on_is_handed_in_and_answered(said: str) -> None:
    outcome = take(full(), words(said, "affirm"), read)
    assert outcome.draft is not None
    assert outcome.draft.confirmed
    assert keys(outcome) == ["form_wait_time"]


def test_a_yes_that_asks_something_else_is_handed_in_and_the_base_asked() -> None:
    outcome = take(full(), words("没问题 公积金可以租房提取吗"), read)
    assert outcome.draft is not None
    assert outcome.draft.confirmed
    assert outcome.asks == "公积金可以租房提取吗"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("3号…哦不 是5号", "5号"),
        ("包河区宁国路3号…哦不 是5号", "包河区宁国路5号"),
        ("翠竹园3栋，不对，是5栋", "翠竹园5栋"),
        ("上周三，啊不对，上周四晚上", "上周四晚上"),
        ("昨天，不对是前天", "前天"),
        ("这个不是物业的事是社区的", "这个不是物业的事是社区的"),
        ("味道不对的饭菜", "味道不对的饭菜"),
    ],
)
def test_what_is_taken_back_in_the_same_breath_is_not_meant(said: str, meant: str) -> None:
    assert clauses.as_put_right(said) == meant


def test_an_answer_put_right_at_once_is_taken_as_meant() -> None:
    draft = after(new(matter="电梯坏了"), "包河区宁国路3号…哦不 是5号")
    assert draft.text(Field.PLACE) == "包河区宁国路5号"


def _asked_for_party() -> Draft:
    draft = new(matter="门口的店很吵", place="黄山路", time="昨晚")
    return replace(draft, needed=(*draft.needed, Field.SUBJECT))


@pytest.mark.parametrize(
    "said", ["收了钱不办事", "说好给退钱 一直拖着", "没有营业执照", "老板态度特别差还骂人"]
)
def test_the_matter_told_where_the_party_is_asked_is_no_party(said: str) -> None:
    draft = after(_asked_for_party(), said)
    assert said not in draft.text(Field.SUBJECT)
    assert said in draft.text(Field.MATTER)


def test_a_party_is_called_without_the_blank_before_it() -> None:
    assert after(_asked_for_party(), "叫 启航学堂").text(Field.SUBJECT) == "启航学堂"


def test_what_cannot_be_said_of_the_party_is_not_kept_as_it() -> None:
    draft = after(_asked_for_party(), "具体哪家我说不上来")
    assert draft.text(Field.SUBJECT) == ""
    assert draft.text(Field.MATTER) == "门口的店很吵"


def _asked_for_firm(*known: Field) -> Draft:
    draft = new(matter="门口修路没生意", place="肥西路", time="昨天")
    draft = replace(draft, for_enterprise=True)
    needed = (*draft.needed, Field.ENTERPRISE, Field.CREDIT_CODE)
    for name in known:
        draft = draft.with_value(name, Value("老徐家牛肉汤"))
    return replace(draft, needed=needed)


def test_the_sort_of_a_business_is_not_its_name() -> None:
    draft = after(_asked_for_firm(), "就一个小餐饮店 老徐家牛肉汤")
    assert draft.text(Field.ENTERPRISE) == "老徐家牛肉汤"
    assert after(_asked_for_firm(), "小超市").next_slot() == Field.ENTERPRISE
    assert only_a_trade("餐饮店")
    assert not only_a_trade("老徐家牛肉汤店")


@pytest.mark.parametrize("said", ["92340104MA2N", "没有记得 好像是92340104MA2N"])
def test_a_code_of_wrong_length_is_said_to_be_wrong(said: str) -> None:
    outcome = take(_asked_for_firm(Field.ENTERPRISE), words(said), read)
    assert keys(outcome) == ["form_credit_code_wrong"]
    assert outcome.draft is not None
    assert outcome.draft.text(Field.MATTER) == "门口修路没生意"


def test_a_code_told_where_the_place_is_asked_is_no_place() -> None:
    draft = _asked_for_firm(Field.ENTERPRISE).without(Field.PLACE)
    assert keys(take(draft, words("91340100MA2N"), read)) == ["form_credit_code_wrong"]


@pytest.mark.parametrize(
    "said", ["嗯电话是一八七五六零零一二三四", "要留电话吗 那留一个吧 18756001234"]
)
def test_words_around_a_number_are_no_part_of_the_matter(said: str) -> None:
    draft = after(new(matter="路灯不亮", place="黄山路", time="昨晚"), said)
    assert draft.text(Field.PHONE) == "18756001234"
    assert draft.text(Field.MATTER) == "路灯不亮"


def test_where_somebody_lives_is_told_without_that_they_do() -> None:
    assert after(new(matter="楼上吵"), "我住琥珀山庄").text(Field.PLACE) == "琥珀山庄"


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("对了 司机还骂人", "司机还骂人"),
        ("对了，公积金可以租房提取吗", ""),
        ("对了 我还要投诉物业", ""),
    ],
)
def test_by_the_way_after_filing_adds_to_the_order(said: str, more: str) -> None:
    assert appeal_words.supplement(said) == more


def test_the_second_matter_of_a_complaint_is_a_complaint() -> None:
    """Told with the first, it is asked nothing that only a report is (举报) asked."""
    assert read("旁边那个工地晚上十一点还在打桩").appeal_type is AppealType.REPORT
    draft = replace(full(), others=("旁边那个工地晚上十一点还在打桩",))
    said: list[str] = []
    told = next_matter.next_matter(draft, _Turn(), "340100", _Speaker(said))  # type: ignore[arg-type]
    assert told is not None
    assert told.kind is AppealType.COMPLAINT
    assert said == ["form_next_matter"]


class _Turn:
    now = NOW
    message_id = "m"


class _Speaker:
    def __init__(self, said: list[str]) -> None:
        self._said = said

    def say(self, key: str, buttons: object = (), **_values: str) -> None:
        self._said.append(key)


@pytest.mark.parametrize(
    "said", ["什么时候公司有人给发工资", "什么时候才能通车", "他们几号给我发的货"]
)
def test_when_something_else_comes_is_not_asked_of_us(said: str) -> None:
    assert not asked_of_us.asks_how_long(said)


@pytest.mark.parametrize("said", ["三天了吧", "上个月撤的", "昨天取消的", "停了两个礼拜了"])
def test_when_it_was_takes_nothing_back(said: str) -> None:
    asked = new(matter="公交站没有了", place="黄山路")
    outcome = take(asked, words(said, "withdraw_order"), read)
    assert outcome.draft is not None
    assert outcome.draft.step is Step.COLLECTING
    assert outcome.draft.text(Field.TIME)


def test_taking_it_back_where_the_time_is_asked_is_asked_about() -> None:
    asked = new(matter="公交站没有了", place="黄山路")
    outcome = take(asked, words("还是撤掉吧", "withdraw_order"), read)
    assert outcome.draft is not None
    assert outcome.draft.step is Step.CANCELLING


@pytest.mark.parametrize(
    "said",
    [
        "哎呀少打一位 13956901234",
        "不好意思，漏输了一个数字，13956901234",
        "可以留 13956901234 我姓鲍",
        "可以给，13956901234",
    ],
)
def test_what_is_said_of_giving_a_number_is_no_part_of_the_matter(said: str) -> None:
    draft = after(new(matter="路灯不亮", place="黄山路", time="昨晚"), said)
    assert draft.text(Field.PHONE) == "13956901234"
    assert draft.text(Field.MATTER) == "路灯不亮"


@pytest.mark.parametrize(
    "said", ["电话最后是1235不是1234", "最后应该是35，不是34", "号码最后不是1234是1235"]
)
def test_the_end_of_a_number_is_put_right(said: str) -> None:
    draft = after(full(), said)
    assert draft.text(Field.PHONE) == "13800001235"
    assert draft.text(Field.MATTER) == full().text(Field.MATTER)


@pytest.mark.parametrize(
    "said", ["我电话15256780001 我妈的是15256780002", "我妈的15256780002，我的15256780001"]
)
def test_the_number_of_whom_it_is_told_for_is_theirs(said: str) -> None:
    draft = new(matter="我妈被骗了", place="黄山路", time="昨晚")
    draft = after(replace(draft, on_behalf="我妈"), said)
    assert draft.their_phone == "15256780002"
    assert draft.text(Field.PHONE) == "15256780001"
    assert draft.text(Field.MATTER) == "我妈被骗了"


@pytest.mark.parametrize(
    "said", ["自己查去", "你们不是有记录吗 自己查去", "还问哪里", "自己不会看啊"]
)
def test_talk_about_the_asking_is_no_place(said: str) -> None:
    draft = after(new(matter="电梯坏了"), said)
    assert draft.text(Field.PLACE) == ""
    assert draft.tries == 1


@pytest.mark.parametrize(
    "said", ["好了 刚打完 在 庐阳区 濉溪路幼儿园 门口", "还问哪里，庐阳区 濉溪路幼儿园 门口"]
)
def test_talk_before_a_place_is_no_part_of_it(said: str) -> None:
    place = after(new(matter="电梯坏了"), said).text(Field.PLACE)
    assert place.startswith("庐阳区")
    assert place.endswith("门口")


def test_home_told_in_anger_is_asked_which_it_is() -> None:
    outcome = take(new(matter="水是黄的"), words("还问哪里,我家啊"), read)
    assert keys(outcome) == ["form_which_place"]


@pytest.mark.parametrize("said", ["刚看到的", "我刚刚路过看见", "刚才发现的"])
def test_just_now_is_when_it_was(said: str) -> None:
    asked = new(matter="电线掉下来了", place="长江西路")
    outcome = take(asked, words(said, "repeat_last"), read)
    assert outcome.draft is not None
    assert outcome.draft.text(Field.TIME)


def test_what_was_just_said_to_us_is_not_when_it_was() -> None:
    asked = new(matter="电线掉下来了", place="长江西路")
    outcome = take(asked, words("刚才你说什么", "repeat_last"), read)
    assert outcome.draft is not None
    assert not outcome.draft.text(Field.TIME)


@pytest.mark.parametrize(
    ("said", "many"),
    [
        ("公交车总是不准点而且学校食堂饭菜有虫", 2),
        ("路灯坏了一个月没人修，而且隔壁饭店油烟往我家飘", 2),
        ("公交车半天不来而且司机态度差", 1),
        ("幼儿园饭菜不新鲜而且老师体罚孩子", 1),
        ("开发商延期交房而且房子漏水", 1),
    ],
)
def test_two_matters_joined_by_a_mere_and(said: str, many: int) -> None:
    assert len(matters.apart(said)) == many


@pytest.mark.parametrize(
    "said", ["你帮我登记吧 我们物业收费不给打折", "好的，帮我登记一下，楼道的灯坏了半个月"]
)
async def test_a_wish_to_register_that_tells_the_matter_opens_the_form(
    talk: Talk, said: str
) -> None:
    talk.hear(said, "affirm")
    reply = await talk.run("action_affirm")
    assert reply.has("followup", name="complaint_form")
    assert "登记" not in talk.slots["complaint"]["values"]["matter"]["text"]


async def test_a_wish_to_register_that_tells_nothing_opens_no_form(talk: Talk) -> None:
    talk.hear("好的，帮我登记一下，谢谢", "affirm")
    assert not (await talk.run("action_affirm")).has("followup", name="complaint_form")
