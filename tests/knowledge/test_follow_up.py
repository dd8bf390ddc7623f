"""What a question without a subject adds, and whether the rule talked of says it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.answer import Answer, Answerer
from knowledge.judging.judge import Verdict
from knowledge.model import Entry, Field
from knowledge.query import Query
from knowledge.questions.follow_up import (
    as_written,
    belongs,
    goes_on,
    lacks,
    says_nothing,
    speaks_of,
)
from knowledge.questions.question import points_back, prepare, subject_before, what_about
from knowledge.text import fold
from tests.knowledge.conftest import TODAY, BaseOf, entry

JOBLESS = entry(
    "jobless",
    "申领失业保险金",
    "缴失业保险满1年、不是自己主动辞职的，可以申领失业保险金，10个工作日内办结。",
    questions=["失业金怎么领", "临时工能领失业金吗"],
    sections=[("办理地点", "参保地社保窗口。", "place")],
)
MONTHS = entry(
    "months",
    "失业金能领几个月",
    "失业保险金最长领24个月。领取期间的医保费由失业保险基金缴。",
    questions=["失业金领多久"],
)
REPORTING = entry(
    "yearly",
    "个体工商户年报",
    "每年6月30日前报送上一年度年报。逾期不报的，会被标记为经营异常。",
    questions=["个体户年报怎么报"],
)
BRIDGES = entry("bridge", "桥梁养护", "桥梁由交通部门养护，发现破损可以拨打12328。")


@pytest.fixture
def answerer(base_of: BaseOf) -> Answerer:
    return Answerer(base_of(JOBLESS, MONTHS, REPORTING, BRIDGES))


def ask(answerer: Answerer, *talk: str) -> Answer:
    return answerer.answer(Query(talk[-1], TODAY, history=talk[:-1]))


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("外地的呢", "外地"),
        ("那孩子呢？", "孩子"),
        ("如果是二套呢", "二套"),
        ("小孩的也一样吗", "小孩"),
        ("那退休的也算吗", "退休"),
        ("他在哪呢", ""),
        ("晚饭吃什么呢", ""),
        ("你呢", ""),
        ("身份证怎么办", ""),
    ],
)
def test_what_about_is_asked_of_what_was_talked_of(text: str, about: str) -> None:
    assert what_about(fold(text)) == about
    assert points_back(fold(text)) or not about


def test_what_was_narrowed_down_stays_narrowed_down() -> None:
    assert "外地" in subject_before(("结婚登记怎么办", "外地的呢"))
    assert "结婚登记" in subject_before(("结婚登记怎么办", "不去会怎样"))


def test_an_exception_is_asked_of_the_rule_before(answerer: Answerer) -> None:
    answer = ask(answerer, "失业金怎么领", "自己辞职的呢")
    assert (answer.verdict, answer.unsaid) == (Verdict.ANSWER, False)
    assert answer.passages[0].entry_id == "jobless"
    late = ask(answerer, "个体户年报怎么报", "不报会怎样")
    assert late.passages[0].entry_id == "yearly"


def test_another_rule_on_the_matter_that_speaks_of_it_is_offered_first(answerer: Answerer) -> None:
    answer = ask(answerer, "失业金怎么领", "那医保呢")
    assert answer.passages[0].entry_id == "months"


def test_only_to_ask_whether_is_no_new_subject() -> None:
    assert "结婚登记" in subject_before(("结婚登记要带什么", "外地户口行吗"))
    assert "护照" in subject_before(("结婚登记要带什么", "护照在哪办"))


def test_what_is_narrowed_down_anew_is_no_longer_what_it_was() -> None:
    talk = ("公司辞退我能赔多少", "我怀孕了呢")
    assert "怀孕" not in prepare("没签合同的呢", talk).folded
    assert "怀孕" in prepare("要多久", talk).folded


CARD = entry("card", "社会保障卡申领、补领", "到经办银行网点申领。", questions=["社保卡丢了怎么补"])


@pytest.mark.parametrize(
    ("text", "its"),
    [
        ("补卡收费吗", True),
        ("补卡要多久", True),
        ("苹果多少钱一斤", False),
        ("补卡", False),  # asks nothing of it
    ],
)
def test_what_one_asks_of_any_rule_is_asked_of_the_one_so_called(text: str, its: bool) -> None:
    assert belongs(CARD, fold(text)) is its
    assert not speaks_of(CARD, fold(text))


@pytest.mark.parametrize(("text", "back"), [("这个手机多少钱", False), ("用手机能办吗", True)])
def test_a_telephone_to_buy_is_no_way_of_getting_it_done(text: str, back: bool) -> None:
    assert points_back(fold(text)) is back


RENEWAL = entry(
    "renewal",
    "驾驶证到期换证",
    "驾驶证有效期满前90日内，可以在手机上换领，也可以到车管所换领。",
    questions=["驾驶证快到期了怎么换", "驾照过期了怎么办"],
)
PAPERS = entry(
    "papers",
    "换发出入境证件全程网办",
    "换发护照可以在网上申请，在网上交费。",
    questions=["护照可以在网上换吗", "可以网上换证吗"],
)


@pytest.fixture
def papers(base_of: BaseOf) -> Answerer:
    return Answerer(base_of(RENEWAL, PAPERS, JOBLESS, MONTHS, BRIDGES))


@pytest.mark.parametrize(
    ("before", "text", "entry_id"),
    [
        ("驾驶证快到期了怎么换", "失业金怎么领", "jobless"),
        ("失业金怎么领", "驾照过期了怎么办", "renewal"),
        ("失业金怎么领", "护照可以在网上换吗", "papers"),
    ],
)
def test_a_few_words_with_a_subject_of_their_own_begin_anew(
    papers: Answerer, before: str, text: str, entry_id: str
) -> None:
    assert ask(papers, before, text).passages[0].entry_id == entry_id


@pytest.mark.parametrize("small_talk", ["今天天气怎么样", "红烧肉怎么做", "讲个笑话吧"])
def test_small_talk_after_an_answer_is_not_about_it(answerer: Answerer, small_talk: str) -> None:
    assert ask(answerer, "失业金怎么领", small_talk).verdict is Verdict.NONE


@pytest.mark.parametrize(
    ("rule", "text", "nothing"),
    [
        (JOBLESS, "外地的呢", True),
        (JOBLESS, "可以邮寄吗", True),
        (JOBLESS, "临时工的呢", True),  # asked of it, but not said
        (JOBLESS, "自己辞职的呢", False),
        (JOBLESS, "在哪办好", False),
        (MONTHS, "那医保呢", False),
        (REPORTING, "没报会怎样", False),
        (MONTHS, "男的呢", True),
        (REPORTING, "逾期了呢", False),
    ],
)
def test_whether_a_rule_speaks_of_what_is_added(rule: Entry, text: str, nothing: bool) -> None:
    assert says_nothing(rule, text) is nothing


RETURNS = entry(
    "returns",
    "七日无理由退货",
    "收到商品之日起7日内可以退货。",
    sections=[
        ("注意事项", "定作的、鲜活易腐的不适用。蓄电池另有规定。", ""),
        ("费用", "免费。", "fee"),
    ],
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("定做的呢", "定作的呢"),
        ("没用的呢", "未用的呢"),
        ("退货的呢", "退货的呢"),
        ("怎么退", "怎么退"),
    ],
)
def test_what_is_asked_about_is_read_in_the_characters_of_the_rule(text: str, written: str) -> None:
    assert as_written(text, "定作的不适用") == written


@pytest.mark.parametrize("text", ["定做的呢", "换成电池拿上去呢"])
def test_what_stands_further_down_in_a_rule_is_shown(base_of: BaseOf, text: str) -> None:
    answer = ask(Answerer(base_of(RETURNS, JOBLESS, BRIDGES)), "七天无理由退货", text)
    assert (answer.verdict, answer.unsaid) == (Verdict.ANSWER, False)
    assert answer.passages[0].heading == "注意事项"


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("刚工作半年的有吗", True),
        ("孩子可以吗", True),
        ("能邮寄吗", True),
        ("要几张", True),
        ("医保报多少", False),  # names a matter the rule does not
        ("彩票怎么领", False),
    ],
)
def test_what_is_asked_in_a_few_words_goes_on_about_a_rule(text: str, goes: bool) -> None:
    assert goes_on(JOBLESS, fold(text)) is goes


@pytest.mark.parametrize(
    ("rule", "question", "missing"),
    [
        (JOBLESS, "失业金申领要多久", False),
        (JOBLESS, "申领失业金电话多少", True),
        (BRIDGES, "桥梁养护多少钱", True),
        (BRIDGES, "桥梁养护打什么电话", False),
        (BRIDGES, "桥梁养护找哪个部门", False),
    ],
)
def test_an_amount_a_time_or_a_number_a_rule_does_not_have(
    rule: Entry, question: str, missing: bool
) -> None:
    assert lacks(rule, fold(question)) is missing


def test_what_a_rule_does_not_say_is_told(answerer: Answerer) -> None:
    assert ask(answerer, "桥梁养护多少钱").unsaid
    assert not ask(answerer, "桥梁养护归谁管").unsaid


def test_a_place_without_a_rule_of_its_own_is_named(base_of: BaseOf) -> None:
    local = entry("local", "公租房申请", "本市公租房向街道申请。", region="440300")
    wide = entry("wide", "公租房申请", "公租房向住房保障部门申请。")
    answerer = Answerer(base_of(local, wide, BRIDGES))

    def wider(question: str, region: str | None) -> str:
        return answerer.answer(Query(question, TODAY, region)).wider

    assert wider("广州的公租房申请向住房保障部门提出吗", "340100") == "广东省广州市"
    assert wider("深圳公租房怎么申请", "340100") == ""
    assert wider("公租房怎么申请", "340100") == ""


def test_a_charge_is_not_read_out_of_a_condition_of_a_service_item() -> None:
    rows = (Field("condition", "办理条件", "已办理税务登记的纳税人。"),)
    item = replace(entry("item", "代开发票", "已办理税务登记的纳税人。"), fields=rows)
    assert lacks(item, fold("代开发票收费吗"))
    assert not lacks(replace(item, fields=()), fold("代开发票收费吗"))


def test_how_much_is_answered_by_what_has_an_amount(base_of: BaseOf) -> None:
    water = entry(
        "water",
        "居民用水价格",
        "居民用水每立方米2.5元。",
        sections=[("费用", "含水资源费，不含污水处理费。", "fee")],
    )
    answer = Answerer(base_of(water, JOBLESS, BRIDGES)).answer(Query("居民用水多少钱", TODAY))
    assert "2.5元" in answer.passages[0].quote


def test_what_is_asked_with_what_narrows_nothing_down() -> None:
    assert prepare("一方在外地呢", ("结婚登记要什么",)).folded.startswith("结婚登记")


def test_a_few_words_that_open_a_talk_are_its_subject() -> None:
    assert prepare("不满意呢", ("踏勘怎么提",)).folded.startswith("踏勘")
    assert not prepare("不满意呢", ("好的踏勘",)).carried


INJURY = entry("injury", "申请石工伤害认定", "单位在三十日内申请石工伤害认定，认定后享受待遇。")
BENEFITS = entry("benefits", "石工伤害待遇", "停工期间工资照发，评上等级的领补助。")
BILLS = entry("bills", "商家不给收据怎么处理", "商家不给收据的，可以向税务部门举报。")


@pytest.fixture
def stones(base_of: BaseOf) -> Answerer:
    return Answerer(base_of(INJURY, BENEFITS, BILLS))


def going_on(answerer: Answerer, text: str) -> Answer | None:
    query = Query(text=text, on=TODAY)
    return answerer.going_on("injury", query, answerer.answer(query))


@pytest.mark.parametrize(
    ("text", "of_it"),
    [
        ("需要收据吗", True),
        ("没收据了还给认吗", True),
        ("收据商家不给怎么处理", False),
        ("石工伤害待遇", False),
        ("不弄会怎样", True),
        ("第三条什么意思", True),
    ],
)
def test_what_goes_on_about_the_rule_just_shown_and_what_another_is_named_after(
    stones: Answerer, text: str, of_it: bool
) -> None:
    assert (going_on(stones, text) is not None) is of_it


def test_an_act_asked_about_next_is_answered_by_the_rule_named_after_it(base_of: BaseOf) -> None:
    first = entry("first", "采石证首次申请", "带身份证到窗口申请，有效期五年，到期前来人。")
    again = entry("again", "采石证换发", "到期的带旧证换发。")
    answerer = Answerer(base_of(first, again, BRIDGES))
    assert ask(answerer, "采石证怎么办", "延续呢").passages[0].entry_id == "again"
