"""The kind of appeal: named outright, hidden in how one writes, or none at all."""

from __future__ import annotations

import pytest

from actions.understanding.fields import AppealType
from actions.understanding.matter.appeal import Appeal, judge_appeal
from actions.understanding.matter.category import categorise
from actions.understanding.text.folding import fold


def judge(text: str, *ranking: tuple[str, float]) -> Appeal:
    folded = fold(text)
    return judge_appeal(folded, ranking, categorise(folded))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("身份证丢了怎么补办？要带什么材料？", "咨询"),
        ("请问今年居民医保什么时候交", "咨询"),
        ("楼下烧烤店油烟太大，天天熏得开不了窗", "投诉"),
        ("物业收了钱不修电梯，太过分了", "投诉"),
        ("我要举报一家黑诊所无证行医", "举报"),
        ("举报村支书贪污扶贫款", "举报"),
        ("建议在学校门口增设斑马线", "建议"),
        ("公园要是能多装几盏灯就更好了，方便晚上散步", "建议"),
        ("家里老人走失了，求求你们帮忙找找", "求助"),
        ("感谢社区民警帮我找回了钱包，特此表扬", "表扬"),
        ("天不亮就出来铲雪的保洁阿姨们辛苦了，上班路上一点不滑", "表扬"),
        ("抢修师傅冒着雷雨爬杆子接线，半夜就来电了，你们辛苦了", "表扬"),
        ("领导们辛苦了，我们小区停水三天了没人管", "投诉"),
    ],
)
def test_the_kind_is_heard_without_a_classifier(text: str, kind: str) -> None:
    assert judge(text).kind == AppealType(kind)


@pytest.mark.parametrize(
    "closing",
    ["谢谢！", "请有关部门尽快处理，谢谢。", "望领导给予答复为盼！", "希望政府重视，此致敬礼。"],
)
def test_courtesy_does_not_change_the_kind(closing: str) -> None:
    letter = "尊敬的领导您好！公积金异地贷款怎么办理，需要什么材料，多久能批下来？" + closing
    assert judge(letter).kind is AppealType.CONSULT


def test_a_letters_suggestion_is_not_drowned_by_its_grievance() -> None:
    letter = (
        "建议延长8路公交车末班时间\n8路车晚上八点就没有了，加班的人只能走回家，又冷又不安全。"
        "建议把末班车延到十点，半小时一班就够了，望采纳。"
    )
    assert judge(letter).kind is AppealType.SUGGESTION


@pytest.mark.parametrize("text", ["你好", "好的谢谢", "转人工", "你是机器人吗", "再见"])
def test_talk_without_a_matter_is_none(text: str) -> None:
    assert judge(text).kind is None


def test_a_sure_classifier_tips_an_open_text() -> None:
    text = "小区门口有个流动摊位"
    kinds = {
        judge(text, ("make_suggestion", 0.95)).kind,
        judge(text, ("report_violation", 0.95)).kind,
    }
    assert kinds == {AppealType.SUGGESTION, AppealType.REPORT}


def test_a_wrong_classifier_does_not_overrule_plain_words() -> None:
    text = "我要举报这家工厂偷排污水，请严肃查处，我匿名举报，请为我保密，有照片为证。" * 3
    assert judge(text, ("ask_policy", 0.6), ("complain", 0.2)).kind is AppealType.REPORT


def test_shares_sum_to_one_and_lead_with_the_kind() -> None:
    appeal = judge("路灯坏了没人修")
    assert appeal.ranking[0] == (appeal.kind, appeal.confidence)
    assert sum(share for _, share in appeal.ranking) == pytest.approx(1, abs=0.01)
