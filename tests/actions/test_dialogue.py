"""What messages do to a complaint being taken: named cases, then every step × every event."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from actions.complaint.dialogue import take
from actions.complaint.record.draft import CONFIRMED, Draft, Field, Privacy, State, Step, Value
from actions.complaint.record.needs import needed
from actions.complaint.steering.interruptions import INTERRUPTIONS
from actions.complaint.steering.moves import Message, Outcome
from actions.complaint.told import intake
from actions.identity.moving import speaks_of_it
from actions.understanding.fields import AppealType
from actions.understanding.understand import Nlu, Understanding, understand
from actions.work_orders.register import RecordKind

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=timezone(timedelta(hours=8)))
NOISE = "楼下工地半夜还在施工，吵得睡不着，在蜀山区黄山路与科学大道交口"


def read(text: str) -> Understanding:
    return understand(text, Nlu("inform", 0.5), NOW, home_region="340100")


def words(text: str, intent: str = "inform", confidence: float = 0.9) -> Message:
    return Message(text, intent, confidence)


def button(intent: str, choice: str | None = None) -> Message:
    return Message(f"/{intent}", intent, 1.0, choice, is_payload=True)


def new(kind: AppealType = AppealType.COMPLAINT, **values: str) -> Draft:
    """A draft of some kind with these fields said."""
    draft = Draft(key="k", kind=kind, needed=needed(kind, Privacy.OPEN, (Field.PLACE, Field.TIME)))
    for name, text in values.items():
        draft = draft.with_value(Field(name), Value(text))
    return draft


def full(kind: AppealType = AppealType.COMPLAINT) -> Draft:
    return new(
        kind,
        matter="工地半夜施工",
        place="黄山路",
        time="半夜",
        subject="工地",
        contact_name="张先生",
        contact_phone="13800001234",
    )


def after(draft: Draft, *messages: Message | str) -> Draft:
    for message in messages:
        outcome = take(draft, words(message) if isinstance(message, str) else message, read)
        assert outcome.draft is not None
        draft = outcome.draft
    return draft


def keys(outcome: Outcome) -> list[str]:
    return [line.key for line in outcome.lines]


def test_a_first_message_that_says_everything_leaves_only_the_phone() -> None:
    draft = intake.told(new(), read(NOISE), NOISE)
    assert draft.text(Field.PLACE) == "蜀山区黄山路与科学大道交口"
    assert draft.text(Field.TIME) == "半夜"
    assert draft.open_fields() == (Field.PHONE,)


def test_a_phone_with_88_is_no_goodbye() -> None:
    draft = new(matter="路灯坏了", place="黄山路", time="昨晚")
    outcome = take(draft, words("13888888888", "goodbye", 0.99), read)
    assert outcome.draft is not None
    assert outcome.draft.text(Field.PHONE) == "13888888888"


def test_name_and_phone_in_one_answer_are_both_taken() -> None:
    draft = after(new(matter="路灯坏了", place="黄山路", time="昨晚"), "张先生13800001234")
    assert draft.text(Field.NAME) == "张先生"
    assert draft.text(Field.PHONE) == "13800001234"
    assert draft.next_slot() == CONFIRMED


@pytest.mark.parametrize(("said", "digits"), [("1380000123", "10"), ("138000012345", "12")])
def test_a_phone_of_wrong_length_is_told_its_length(said: str, digits: str) -> None:
    draft = new(matter="路灯坏了", place="黄山路", time="昨晚")
    outcome = take(draft, words(said), read)
    assert keys(outcome) == ["form_phone_wrong"]
    assert outcome.lines[0].values["digits"] == digits
    assert outcome.draft is not None
    assert outcome.draft.next_slot() == Field.PHONE


def test_after_two_wrong_phones_help_is_offered() -> None:
    draft = new(matter="路灯坏了", place="黄山路", time="昨晚")
    outcome = take(after(draft, "1380000123"), words("13800"), read)
    assert keys(outcome) == ["form_phone_wrong", "form_offer_help"]


def test_what_stands_beside_a_phone_is_added_to_the_matter() -> None:
    draft = new(matter="司机甩站", place="三里庵站", time="昨天早上八点")
    draft = after(draft, words("13800001234，再补充一下，车牌皖A12345", "supplement_order"))
    assert draft.text(Field.PHONE) == "13800001234"
    assert draft.text(Field.MATTER) == "司机甩站\n车牌皖A12345"


@pytest.mark.parametrize(
    "text", ["我的电话是13800001234", "请打13800001234，谢谢", "张先生，手机13800001234"]
)
def test_the_words_around_a_phone_are_not_added(text: str) -> None:
    draft = new(matter="路灯坏了", place="黄山路", time="昨晚")
    assert after(draft, text).text(Field.MATTER) == "路灯坏了"


def test_a_place_that_only_points_is_asked_again_once_and_then_taken() -> None:
    draft = new(matter="路灯坏了", time="昨晚", contact_phone="13800001234")
    outcome = take(draft, words("我们小区"), read)
    assert keys(outcome) == ["form_which_place"]
    assert outcome.draft is not None
    assert after(outcome.draft, "翠竹园小区3栋").text(Field.PLACE) == "翠竹园小区3栋"
    assert after(outcome.draft, "就是我们小区").text(Field.PLACE) == "我们小区"


@pytest.mark.parametrize(
    ("message", "field", "value"),
    [
        ("地址不对，是望江西路", Field.PLACE, "望江西路"),
        ("刚才电话打错一位，是13800001235", Field.PHONE, "13800001235"),
        ("时间改成昨晚十点", Field.TIME, "昨晚十点"),
        ("不对，是望江西路88号", Field.PLACE, "望江西路88号"),
        ("不对，是13800001235", Field.PHONE, "13800001235"),
    ],
)
@pytest.mark.parametrize("where", ["at the summary", "while a phone is asked for"])
def test_any_field_is_corrected_at_any_time(
    message: str, field: Field, value: str, where: str
) -> None:
    draft = full() if where == "at the summary" else full().without(Field.PHONE)
    outcome = take(draft, words(message, "correct_field"), read)
    assert outcome.draft is not None
    assert outcome.draft.text(field) == value
    assert keys(outcome) == ["form_changed"]


@pytest.mark.parametrize(
    "said", ["不对，时间是前天下午", "哦不对，我说错了，是前天下午", "错了，时间应该是前天下午"]
)
def test_wrong_first_and_then_what_it_is(said: str) -> None:
    draft = after(full(), said)
    assert draft.text(Field.TIME) == "前天下午"


def test_a_corrected_time_keeps_its_normal_form() -> None:
    draft = after(full(), "时间改成昨晚十点")
    value = draft.get(Field.TIME)
    assert value is not None
    assert value.detail["from"].startswith("2026-11-21T22:00")


def test_a_correction_without_a_value_asks_for_it_and_takes_the_next_words() -> None:
    draft = after(full(), words("电话错了", "correct_field"))
    assert draft.next_slot() == Field.PHONE
    draft = after(draft, "13900001234")
    assert draft.text(Field.PHONE) == "13900001234"
    assert draft.next_slot() == CONFIRMED


def test_no_at_the_summary_asks_which_field_and_every_field_can_be_named() -> None:
    draft = after(full(), words("不对", "deny"))
    assert draft.step is Step.CHOOSING
    for word, name in (("地址", Field.PLACE), ("时间", Field.TIME), ("电话", Field.PHONE),
                       ("内容", Field.MATTER), ("称呼", Field.NAME)):  # fmt: skip
        assert after(draft, words(word, "nlu_fallback", 0.3)).next_slot() == name


@pytest.mark.parametrize("name", list(Field))
def test_every_row_of_the_summary_can_be_tapped_and_changed(name: Field) -> None:
    draft = after(full(), button("correct_field", f"field:{name}"))
    assert draft.next_slot() == name
    value = {
        Field.PHONE: "13900001234", Field.NAME: "李女士", Field.CREDIT_CODE: "91350100M000100Y43",
    }.get(name, "望江西路")  # fmt: skip
    changed = after(draft, value)
    assert changed.text(name) == value
    assert changed.next_slot() == CONFIRMED


def test_yes_confirms_and_nothing_else_does() -> None:
    assert after(full(), words("确认", "affirm")).confirmed
    assert after(full(), button("affirm")).confirmed
    assert not after(full(), words("不对", "deny")).confirmed
    assert not after(full(), words("再补充一点，还有高音喇叭", "supplement_order")).confirmed


def test_a_change_after_yes_must_be_confirmed_again() -> None:
    draft = replace(full(), confirmed=True)
    assert not after(draft, "地址不对，是望江西路").confirmed


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (AppealType.COMPLAINT, Field.TIME),
        (AppealType.REPORT, Field.SUBJECT),
        (AppealType.REPORT, Field.PHONE),
        (AppealType.SUGGESTION, Field.PHONE),
        (AppealType.PRAISE, Field.PHONE),
    ],
)
@pytest.mark.parametrize("how", ["没有", "跳过", "button"])
def test_what_may_be_skipped_is_skipped_at_once(kind: AppealType, field: Field, how: str) -> None:
    draft = full(kind).without(field)
    if field is Field.SUBJECT:  # a report that says where is not asked whom
        draft = replace(draft.without(Field.PLACE), needed=needed(kind, Privacy.OPEN))
    assert draft.next_slot() == field
    message = button("skip_field") if how == "button" else words(how, "skip_field")
    value = after(draft, message).get(field)
    assert value is not None
    assert value.state is State.SKIPPED


@pytest.mark.parametrize("field", [Field.PLACE, Field.PHONE])
def test_what_is_needed_is_explained_once_and_then_nobody_is_turned_away(field: Field) -> None:
    draft = full().without(field)
    outcome = take(draft, words("不想给", "skip_field"), read)
    assert keys(outcome) == [f"form_needed_{field}"]
    assert outcome.draft is not None
    again = after(outcome.draft, words("不方便说", "skip_field"))
    assert again.next_slot() == CONFIRMED


def test_cancelling_asks_once_and_may_be_taken_back() -> None:
    draft = after(full(), words("算了", "cancel"))
    assert draft.step is Step.CANCELLING
    back = after(draft, words("不", "deny"))
    assert back.step is Step.COLLECTING
    assert back.values == full().values
    assert after(draft, words("不取消", "cancel")).step is Step.COLLECTING
    assert after(draft, words("继续吧", "affirm")).step is Step.COLLECTING
    assert take(draft, words("是", "affirm"), read).draft is None
    assert take(draft, button("affirm"), read).draft is None


def test_instead_of_yes_or_no_to_cancelling_a_correction_is_taken() -> None:
    draft = after(full(), words("算了", "cancel"))
    assert after(draft, "地址不对，是望江西路").text(Field.PLACE) == "望江西路"


def test_a_complaint_that_becomes_a_report_is_offered_protection() -> None:
    from actions.complaint.replies.questions import offers_privacy

    draft = after(full().without(Field.PHONE), words("我要举报", "report_violation"))
    assert draft.kind is AppealType.REPORT
    assert offers_privacy(draft, Field.PHONE)


def test_an_anonymous_report_forgets_who_spoke_and_asks_for_nobody() -> None:
    draft = after(full(AppealType.REPORT), words("匿名吧", "request_anonymous"))
    assert draft.privacy is Privacy.ANONYMOUS
    assert draft.text(Field.PHONE) == draft.text(Field.NAME) == ""
    assert Field.PHONE not in draft.needed
    assert draft.next_slot() == CONFIRMED


def test_a_complaint_cannot_be_anonymous_but_is_kept_confidential() -> None:
    outcome = take(full(), words("我要匿名", "request_anonymous"), read)
    assert keys(outcome) == ["form_confidential_instead"]
    assert outcome.draft is not None
    assert outcome.draft.privacy is Privacy.CONFIDENTIAL
    assert outcome.draft.text(Field.PHONE) == "13800001234"  # said once, not asked again


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("为什么要电话", "why_need_info"),
        ("身份证丢了怎么补办？", "ask_policy"),
        ("你是真人吗", "ask_identity"),
        ("转人工", "ask_human"),
        ("听不懂你说什么", "explain_again"),
        ("你个废物", "abuse"),
        ("谢谢", "thank"),
    ],
)
def test_an_interruption_is_left_to_its_rule_and_changes_nothing(text: str, intent: str) -> None:
    draft = full().without(Field.PHONE)
    outcome = take(draft, words(text, intent), read)
    assert outcome.yields
    assert outcome.draft == draft


@pytest.mark.parametrize(
    ("text", "intent"), [("等一下", "wait"), ("再见", "goodbye"), ("拜拜，先这样", "goodbye")]
)
def test_whoever_waits_or_leaves_is_not_pressed(text: str, intent: str) -> None:
    draft = full().without(Field.PHONE)
    outcome = take(draft, words(text, intent), read)
    assert outcome.quiet
    assert outcome.draft == draft


def test_the_question_is_repeated_without_counting_as_a_failure() -> None:
    outcome = take(full().without(Field.PHONE), words("再说一遍", "repeat_last"), read)
    assert not outcome.lines
    assert outcome.draft is not None
    assert outcome.draft.tries == 0


def test_an_addition_announced_is_waited_for() -> None:
    draft = after(full(), words("我还要补充", "supplement_order"))
    assert draft.step is Step.ADDING
    draft = after(draft, words("他们还用高音喇叭", "complain"))
    assert draft.text(Field.MATTER) == "工地半夜施工\n他们还用高音喇叭"
    assert draft.step is Step.COLLECTING


def test_more_told_at_the_summary_is_added() -> None:
    draft = after(full(), words("他们每天晚上十一点以后还在打混凝土，老人孩子都受不了", "complain"))
    assert "打混凝土" in draft.text(Field.MATTER)


def test_a_place_told_while_the_phone_is_asked_for_is_taken() -> None:
    draft = new(matter="路灯坏了", place="我们小区", time="昨晚")
    draft = after(draft, "翠竹园小区3栋")
    assert draft.text(Field.PLACE) == "翠竹园小区3栋"
    assert draft.next_slot() == Field.PHONE


@pytest.mark.parametrize(
    ("asked", "said", "field", "value"),
    [
        (Field.TIME, "13900001234", Field.PHONE, "13900001234"),
        (Field.TIME, "我的电话是13900001234", Field.PHONE, "13900001234"),
        (Field.PLACE, "昨天晚上", Field.TIME, "昨天晚上"),
        (Field.TIME, "在庐阳区翠竹园小区", Field.PLACE, "庐阳区翠竹园小区"),
    ],
)
def test_what_answers_another_question_goes_to_that_field(
    asked: Field, said: str, field: Field, value: str
) -> None:
    open_fields = {"matter": "停电了"} | ({} if asked is Field.PLACE else {"place": "翠竹园小区"})
    before = new(**open_fields)
    assert before.next_slot() == asked
    draft = after(before, said)
    assert draft.text(field) == value
    assert draft.get(asked) is None or field is Field.PLACE
    assert draft.next_slot() == asked


def test_a_matter_told_while_the_phone_is_asked_for_is_not_lost() -> None:
    draft = new(matter="我想替我妈反映个事，她不会用手机", place="庐阳区", time="今天")
    draft = after(draft, "她的养老金这个月没到账，都过了发放日半个月了")
    assert "养老金这个月没到账" in draft.text(Field.MATTER)
    assert draft.category[:2] == ("劳动和社会保障", "养老保险")
    assert draft.next_slot() == Field.PHONE


def test_the_number_of_the_one_it_is_told_for_is_kept_apart() -> None:
    draft = replace(new(matter="养老金没到账", place="庐阳区", time="今天"), on_behalf="替我妈反映")
    outcome = take(draft, words("她叫王秀英，电话13900005678"), read)
    assert outcome.draft is not None
    assert keys(outcome) == ["form_their_phone"]
    assert outcome.draft.their_phone == "13900005678"
    assert outcome.draft.get(Field.PHONE) is None


def test_a_region_said_later_says_where_the_place_lies() -> None:
    draft = after(new(matter="电梯坏了", place="锦绣花园三号楼", time="今天"), "是合肥市包河区的")
    assert draft.text(Field.PLACE) == "合肥市包河区锦绣花园三号楼"
    assert draft.next_slot() == Field.PHONE


def test_a_matter_told_late_is_understood_whole() -> None:
    draft = after(new(), words(NOISE, "complain"))
    assert draft.text(Field.MATTER).startswith("楼下工地")
    assert draft.text(Field.PLACE) == "蜀山区黄山路与科学大道交口"
    assert draft.category


@pytest.mark.parametrize(
    "answer", [words("南京的"), words("江苏省南京市"), button("inform", "city:320106")]
)
def test_a_place_in_several_cities_is_asked_which(answer: Message) -> None:
    def anywhere(text: str) -> Understanding:
        return understand(text, Nlu("inform", 0.5), NOW)

    text = "鼓楼区中山北路路灯坏了一个月没人修"
    draft = intake.told(new(), anywhere(text), text)
    assert "320106" in draft.which_city()
    assert draft.next_slot() == Field.PLACE
    outcome = take(draft, answer, anywhere)
    assert outcome.draft is not None
    place = outcome.draft.get(Field.PLACE)
    assert place is not None
    assert (place.text, place.detail["region"]) == ("江苏省南京市鼓楼区中山北路", "320106")
    assert outcome.draft.next_slot() != Field.PLACE


def test_whoever_does_not_know_the_city_is_not_asked_again() -> None:
    place = Value("鼓楼区中山北路", detail={"candidates": "320106,410204"})
    draft = new(matter="路灯坏了", time="昨晚").with_value(Field.PLACE, place)
    draft = after(draft, words("不知道", "skip_field"))
    assert draft.text(Field.PLACE) == "鼓楼区中山北路"
    assert draft.next_slot() == Field.PHONE


def test_a_day_that_has_not_come_is_asked_again_once() -> None:
    draft = new(matter="路灯坏了", place="黄山路")
    outcome = take(draft, words("下个月3号"), read)
    assert keys(outcome) == ["form_time_future"]
    assert outcome.draft is not None
    assert after(outcome.draft, "就是下个月3号").text(Field.TIME)
    assert after(outcome.draft, "上个月3号").text(Field.TIME) == "上个月3号"


@pytest.mark.parametrize(
    ("said", "consent", "phone"),
    [
        ("同意，她电话13900001234", "yes", "13900001234"),
        ("知道的", "yes", ""),
        ("还没跟她说", "no", ""),
        ("不知道", "no", ""),
        ("跳过", "unknown", ""),
    ],
)
def test_who_acts_for_another_is_asked_for_consent_once(
    said: str, consent: str, phone: str
) -> None:
    draft = replace(full(), on_behalf="我妈")
    assert draft.asks_consent()
    draft = after(draft, said)
    assert (draft.consent, draft.their_phone) == (consent, phone)
    assert draft.text(Field.PHONE) == "13800001234"
    assert not draft.asks_consent()
    assert after(draft, words("确认", "affirm")).confirmed


def test_it_may_be_ones_own_matter_after_all() -> None:
    draft = after(replace(full(), on_behalf="我妈"), "是我自己的事")
    assert draft.on_behalf is None
    assert not draft.asks_consent()


def test_yes_to_consent_does_not_hand_in() -> None:
    draft = replace(full(), on_behalf="我妈")
    for message in (words("好的", "affirm"), button("affirm")):
        assert after(draft, message).consent == "yes"
        assert not after(draft, message).confirmed


@pytest.mark.parametrize(
    ("said", "onto"),
    [("催办", RecordKind.URGE), ("帮我催一下", RecordKind.URGE),
     ("补充进去", RecordKind.SUPPLEMENT),
     ("不是一件事", None), ("另外登记", None), ("重新登记吧", None)],
)  # fmt: skip
def test_a_matter_told_before_is_urged_added_or_new(said: str, onto: RecordKind | None) -> None:
    draft = replace(full(), step=Step.SAME, earlier={"number": "HY1"})
    outcome = take(draft, words(said), read)
    assert outcome.onto is onto
    assert outcome.draft is not None
    assert (outcome.draft.step is Step.COLLECTING) is (onto is None)


def test_yes_to_which_of_three_confirms_nothing() -> None:
    draft = replace(full(), step=Step.SAME, earlier={"number": "HY1"})
    for message in (words("好的", "affirm"), button("affirm")):
        assert not after(draft, message).confirmed


# --- every step × every event

STEPS: dict[str, Draft] = {
    "matter asked": new(),
    "place asked": full().without(Field.PLACE),
    "time asked": full().without(Field.TIME),
    "phone asked": full().without(Field.PHONE),
    "report, subject asked": full(AppealType.REPORT).without(Field.SUBJECT),
    "suggestion, phone asked": full(AppealType.SUGGESTION).without(Field.PHONE),
    "summary": full(),
    "choosing": replace(full(), step=Step.CHOOSING),
    "changing place": replace(full(), step=Step.CHANGING, changing=Field.PLACE),
    "changing phone": replace(full(), step=Step.CHANGING, changing=Field.PHONE),
    "adding": replace(full(), step=Step.ADDING),
    "cancelling": replace(full(), step=Step.CANCELLING),
    "consent asked": replace(full(), on_behalf="我妈"),
    "same as before": replace(full(), step=Step.SAME, earlier={"number": "HY1"}),
}
EVENTS: dict[str, Message] = {
    "place": words("望江西路88号"),
    "time": words("昨晚十点"),
    "phone": words("13800001234"),
    "wrong phone": words("1380000"),
    "name": words("我姓王"),
    "yes": words("好的", "affirm"),
    "no": words("不对", "deny"),
    "skip": words("没有", "skip_field"),
    "cancel": words("算了", "cancel"),
    "start over": words("重新来", "start_over"),
    "correction": words("地址不对，是望江西路", "correct_field"),
    "correction, bare": words("改一下", "correct_field"),
    "kind": words("我要举报", "report_violation"),
    "anonymous": words("匿名", "request_anonymous"),
    "confidential": words("要保密", "request_confidential"),
    "addition": words("再补充一点，还有高音喇叭", "supplement_order"),
    "addition, bare": words("我要补充", "supplement_order"),
    "question": words("身份证丢了怎么办？", "ask_policy"),
    "why": words("为什么要这个", "why_need_info"),
    "human": words("转人工", "ask_human"),
    "abuse": words("滚", "abuse"),
    "repeat": words("再说一遍", "repeat_last"),
    "wait": words("等一下", "wait"),
    "goodbye": words("再见", "goodbye"),
    "nonsense": words("嗯嗯啊啊", "nlu_fallback", 0.3),
    "empty": words("   "),
    "novel": words("我住在这里很多年了，" * 200, "complain"),
    "button affirm": button("affirm"),
    "button deny": button("deny"),
    "button skip": button("skip_field"),
    "button cancel": button("cancel"),
    "button change": button("correct_field"),
    "button field": button("correct_field", "field:place"),
    "button privacy": button("request_anonymous", "privacy:anonymous"),
    "button kind": button("complain", "kind:举报"),
    "button same, urge": button("urge_order", "same:urge"),
    "button same, new": button("urge_order", "same:new"),
    "button strange": button("greet"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_in_every_step_leads_somewhere(step: str, event: str) -> None:
    draft, message = STEPS[step], EVENTS[event]
    outcome = take(draft, message, read)
    if outcome.draft is None:
        assert draft.step is Step.CANCELLING, "only a confirmed cancelling ends a form"
        return
    assert Draft.from_json(outcome.draft.to_json()) == outcome.draft
    assert outcome.draft.next_slot() in {*Field, CONFIRMED, None}
    assert outcome.yields or outcome.draft.confirmed or not outcome.quiet or outcome.lines
    if outcome.yields:  # a question instead of yes or no: no longer cancelling, nothing else
        assert outcome.draft.step in (draft.step, Step.COLLECTING)
        assert replace(outcome.draft, step=draft.step) == draft
    if outcome.draft.confirmed:
        assert outcome.draft.step is Step.COLLECTING
        assert not outcome.draft.open_fields()
    anonymous = outcome.draft.privacy is Privacy.ANONYMOUS
    for name in (Field.MATTER, Field.PLACE, Field.TIME):  # what was told is never lost
        if draft.text(name) and not (draft.step is Step.CHANGING and draft.changing is name):
            assert outcome.draft.text(name)
    if draft.text(Field.PHONE) and event not in ("anonymous", "button privacy"):
        assert outcome.draft.text(Field.PHONE) or anonymous


def test_interruptions_are_intents_with_a_rule() -> None:
    import yaml

    from connectors.settings import ROOT

    ruled: set[str] = set()
    for rule in (
        rule
        for file in (ROOT / "bot/data").glob("rules*.yml")
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]
    ):
        first = rule["steps"][0]
        ruled |= {first["intent"]} if "intent" in first else set()
        ruled |= {option["intent"] for option in first.get("or", ())}
    assert ruled >= INTERRUPTIONS


@pytest.mark.parametrize("said", ["先不说了，忙", "先不说了", "我先不弄了，上班去"])
def test_who_stops_for_now_cancels_nothing_and_leaves_nothing_out(said: str) -> None:
    outcome = take(new(matter="村里的井水有怪味"), words(said, "cancel"), read)
    assert keys(outcome) == ["form_rests"]
    assert outcome.draft is not None
    assert outcome.draft.step is Step.COLLECTING


def test_who_wants_one_of_two_handed_in_first_takes_nothing_back() -> None:
    outcome = take(new(matter="路灯不亮"), words("先把路灯的报了", "cancel"), read)
    assert outcome.draft is not None
    assert outcome.draft.step is not Step.CANCELLING


def test_an_order_s_number_beside_a_complaint_is_no_part_of_it() -> None:
    asked = words("查一下HY20261122-000001-5", "query_progress")
    outcome = take(full(), asked, read)
    assert outcome.yields
    assert outcome.draft is not None
    assert outcome.draft.text(Field.MATTER) == full().text(Field.MATTER)


@pytest.mark.parametrize("said", ["继续", "好的，继续吧", "昨天那个接着来"])
def test_who_says_no_more_than_go_on_points_back(said: str) -> None:
    assert speaks_of_it(said)


@pytest.mark.parametrize(
    ("said", "noted"), [("报吧", "unknown"), ("还没告诉他", "no"), ("知道的，同意", "yes")]
)
def test_handing_in_says_nothing_of_whom_it_is_told_for(said: str, noted: str) -> None:
    asked = replace(full(), on_behalf="我邻居李师傅")
    assert asked.asks_consent()
    outcome = take(asked, words(said, "affirm"), read)
    assert outcome.draft is not None
    assert outcome.draft.consent == noted
