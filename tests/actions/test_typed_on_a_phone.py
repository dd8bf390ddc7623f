"""What people type on a phone beside the straight answer: where they come from, what they would
have, that they are back, what they have not at hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.complaint import matters
from actions.complaint.dialogue import take
from actions.complaint.record.draft import Draft, Field, Privacy, State, Step, Value
from actions.complaint.steering.putting_right import change
from actions.complaint.wording import appeal_words, phrases
from actions.identity.moving import speaks_of_it
from actions.understanding.fields import AppealType
from actions.understanding.matter.flags import find_flags, whom
from actions.understanding.matter.wanted import find_wanted
from actions.understanding.people.contact import find_name
from actions.understanding.text.folding import fold
from tests.actions.conftest import Talk
from tests.actions.test_complaint_form import answered, asked, opened
from tests.actions.test_dialogue import after, full, keys, read, words


@pytest.mark.parametrize("text", ["那继续吧", "嗯那接着说", "好那我们继续"])
def test_being_ready_to_go_on_is_no_place(text: str) -> None:
    draft = after(full().without(Field.PLACE), text)
    assert draft.text(Field.PLACE) == ""


def test_a_kind_of_party_is_asked_about_however_long_the_matter_is() -> None:
    needs = (Field.MATTER, Field.SUBJECT, Field.PHONE)
    told = Draft("k", AppealType.COMPLAINT, needed=needs, by_category=(Field.SUBJECT,))
    matter = "我去年在楼下那个健身房办的卡，今天一看门锁了，微信群也解散了，钱还要得回来不"
    told = told.with_value(Field.MATTER, Value(matter))
    assert told.with_value(Field.SUBJECT, Value("楼下那个健身房")).next_slot() == Field.SUBJECT
    assert told.with_value(Field.SUBJECT, Value("燃动健身房")).next_slot() == Field.PHONE
    named = told.with_value(Field.MATTER, Value(matter.replace("那个", "燃动")))
    assert named.with_value(Field.SUBJECT, Value("健身房")).next_slot() == Field.PHONE


@pytest.mark.parametrize(
    ("matter", "asked"),
    [
        ("孩子在学校被同学打了，班主任说是闹着玩", True),
        ("孩子在五十中被同学打了，班主任说是闹着玩", False),
        ("琥珀小学的班主任说是闹着玩", False),
    ],
)
def test_a_teacher_alone_does_not_say_of_which_school(matter: str, *, asked: bool) -> None:
    needs = (Field.MATTER, Field.SUBJECT, Field.PHONE)
    told = Draft("k", AppealType.COMPLAINT, needed=needs, by_category=(Field.SUBJECT,))
    told = told.with_value(Field.MATTER, Value(matter))
    told = told.with_value(Field.SUBJECT, Value("班主任"))
    assert (told.next_slot() == Field.SUBJECT) is asked


@pytest.mark.parametrize("text", ["我不是提建议，我要投诉", "不是要建议，是要投诉"])
def test_the_kind_it_is_not_is_no_part_of_the_matter(text: str) -> None:
    assert appeal_words.kind_not_another(text) is AppealType.COMPLAINT


@pytest.mark.parametrize("text", ["没带在身上", "执照没带在身边", "代码在公司，没带"])
def test_a_code_that_is_not_at_hand_is_left_out(text: str) -> None:
    draft = replace(full(), for_enterprise=True, needed=(*full().needed, Field.CREDIT_CODE))
    value = after(draft, text).get(Field.CREDIT_CODE)
    assert value is not None
    assert value.state is State.SKIPPED


def test_how_to_be_written_down_is_a_name() -> None:
    found = find_name(fold("我不想留真名，就写李女士"))
    assert found is not None
    assert found.text == "李女士"
    draft = after(full(), "我不想留真名，就写李女士")
    assert draft.text(Field.NAME) == "李女士"
    assert draft.privacy is Privacy.OPEN


@pytest.mark.parametrize("text", ["退一赔三", "照价赔", "让他把墙拆了", "全额退款", "退钱道歉"])
def test_a_wish_may_be_told_without_a_word_of_wishing(text: str) -> None:
    draft = after(full().without(Field.PHONE).without(Field.WANTED), text)
    assert draft.text(Field.WANTED) == text


@pytest.mark.parametrize("text", ["让他打了一顿", "退休了", "退了两次货"])
def test_what_happened_is_no_wish(text: str) -> None:
    assert not phrases.wishes(text)


def test_an_hour_said_again_keeps_its_part_of_the_day() -> None:
    told = full().with_value(Field.TIME, Value("早上五点多", detail={"recurrence": "daily"}))
    changed = change(told, Field.TIME, "五点多", read("五点多").fields).draft
    assert changed is not None
    assert changed.text(Field.TIME) == "早上五点多"


def test_neighbours_of_one_kind_are_one_order_beside_another() -> None:
    first = "楼上装修天天早上六点就砸墙，还有我们楼道堆满了纸箱子，消防通道都堵了"
    parts = matters.apart(f"{first}，另外小区门口卖早点的油烟熏死人")
    assert len(parts) == 2
    assert "纸箱子" in parts[0]
    assert parts[1].startswith("小区门口")


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("不是我，是帮我二叔问的", "我二叔"),
        ("替我大姨反映个事", "我大姨"),
        ("隔壁的王奶奶托我问问", "隔壁的王奶奶"),
    ],
)
def test_a_relative_by_number_is_one(text: str, relative: str) -> None:
    found = find_flags(fold(text)).on_behalf
    assert found is not None
    assert whom(found.text) == relative


def test_what_is_said_at_length_is_kept_though_it_asks() -> None:
    draft = full().without(Field.PHONE)
    said = "那我就是想让你们帮我问问社保局，为什么不给我报"
    assert said in after(draft, said).text(Field.MATTER)


def test_the_line_that_was_tapped_is_told_of() -> None:
    draft = full().with_value(Field.MATTER, Value("杏花村站B口的扶梯坏了"))
    draft = draft.with_value(Field.PLACE, Value("杏花村站B口"))
    tapped = replace(draft, step=Step.CHANGING, changing=Field.PLACE)
    outcome = take(tapped, words("C口，不是B口"), read)
    assert keys(outcome) == ["form_changed"]
    assert outcome.lines[0].values == {"field": "place", "value": "杏花村站C口"}


async def test_which_one_of_a_kind_it_is_is_asked_by_name_or_place(talk: Talk) -> None:
    await opened(talk, "在健身房办的卡，今天去一看门锁了，会员费两千八不退")
    assert "哪一家" in (await asked(talk)).text
    await answered(talk, "瑶海区临泉路上那个")
    assert talk.slots["requested_slot"] == Field.PHONE
    assert "临泉路" in talk.slots["complaint"]["values"]["place"]["text"]


@pytest.mark.parametrize("text", ["哦 那登记吧", "那你登记一下吧", "登记吧"])
def test_that_it_shall_be_registered_is_no_place(text: str) -> None:
    assert after(full().without(Field.PLACE), text).text(Field.PLACE) == ""


@pytest.mark.parametrize("text", ["不要跟院长讲是我说的", "别跟老板说"])
def test_whom_it_shall_not_be_told_is_a_wish_for_confidence(text: str) -> None:
    assert appeal_words.privacy(text) is Privacy.CONFIDENTIAL


def test_a_wish_said_outright_goes_before_one_read_out_of_the_matter() -> None:
    draft = full().with_value(Field.MATTER, Value("驿站弄丢了快递，赔我10块钱"))
    draft = draft.with_value(Field.WANTED, Value("赔我10块钱"))
    assert after(draft, "照价赔").text(Field.WANTED) == "照价赔"


def test_what_was_given_to_us_is_no_wish() -> None:
    said = "给我家装的那个三格化粪池是坏的，一用就堵"
    assert find_wanted(said, AppealType.COMPLAINT) is None


def test_a_building_alone_is_asked_about_once() -> None:
    draft = full().without(Field.PLACE)
    draft = replace(draft, by_category=(Field.PLACE,), needed=(*draft.needed, Field.PLACE))
    building = after(draft, "12栋2803")
    assert building.next_slot() == Field.PLACE
    whole = after(building, "金星家园")
    assert whole.text(Field.PLACE) == "金星家园12栋2803"
    assert whole.next_slot() != Field.PLACE
    assert after(building, "不知道").text(Field.PLACE) == "12栋2803"


def test_yesterday_s_talk_is_spoken_of_by_how_far_it_came() -> None:
    assert speaks_of_it("早上好，我昨天说到电梯，地址是和昌中央城邦4栋")
    assert not speaks_of_it("昨天物业说电梯要修")


async def test_a_complaint_just_cancelled_is_taken_up_again(talk: Talk) -> None:
    await opened(talk, "隔壁邻居在公共走廊放鞋柜")
    await answered(talk, "算了吧", "cancel")
    await answered(talk, "确定取消", "cancel")
    talk.loop = None
    talk.hear("哎还是报吧，越想越气", "cancel")
    reply = await talk.run("action_cancel_outside")
    assert reply.has("followup", name="complaint_form")
    assert "鞋柜" in talk.slots["complaint"]["values"]["matter"]["text"]


async def test_thanks_after_cancelling_open_nothing(talk: Talk) -> None:
    await opened(talk, "隔壁邻居在公共走廊放鞋柜")
    await answered(talk, "算了吧", "cancel")
    await answered(talk, "确定取消", "cancel")
    talk.loop = None
    talk.hear("好的", "affirm")
    reply = await talk.run("action_affirm")
    assert not reply.has("followup", name="complaint_form")


async def test_who_speaks_of_what_was_half_told_corrects_nothing(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def left(*_: object) -> bool:
        return True

    monkeypatch.setattr("actions.steering.comes_back", left)
    talk.hear("早上好，我昨天说到电梯，地址是和昌中央城邦4栋", "correct_field")
    reply = await talk.run("action_correct_outside")
    assert [
        one["parse_data"]["intent"]["name"] for one in reply.events if one["event"] == "user"
    ] == ["continue_elsewhere"]


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("小天使托育，在滨湖世纪城振徽苑", "小天使托育"),
        ("不知道，在滨湖世纪城振徽苑", ""),
        ("老板跑了，在滨湖世纪城振徽苑", ""),
    ],
)
def test_a_name_before_where_it_is_is_whom_it_is_about(text: str, whom: str) -> None:
    needs = (Field.MATTER, Field.SUBJECT, Field.PHONE)
    told = Draft("k", AppealType.COMPLAINT, needed=needs, by_category=(Field.SUBJECT,))
    told = told.with_value(Field.MATTER, Value("托班关门了，学费还剩六千"))
    draft = after(told, text)
    assert draft.text(Field.SUBJECT) == whom
    assert "振徽苑" in draft.text(Field.PLACE)


@pytest.mark.parametrize(
    ("said", "died"),
    [
        ("我爸上个月在人民医院做手术去世了，医院一直不给病历", True),
        ("送到医院人没救过来，说好的赔偿到现在没有给", True),
        ("俺老公在工地上干活，从架子上掉下来抢救无效", True),
        ("我们家孩子差点没救过来，那个井盖一直没人管", False),
        ("我养的鱼死了，上游厂里排的水", False),
        ("隔壁办丧事放炮吵死了，我家老人睡不着", False),
        ("我妈吵得快死了", False),
    ],
)
async def test_a_death_in_the_family_is_met_with_a_word_of_its_own(
    talk: Talk, said: str, died: bool
) -> None:
    talk.hear(said, "complain")
    reply = await talk.run("action_open_complaint")
    assert ("节哀" in reply.text) is died
