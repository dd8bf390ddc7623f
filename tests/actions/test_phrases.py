"""How people steer a form, phrase by phrase."""

from __future__ import annotations

import pytest

from actions.complaint.record.draft import Field, Privacy
from actions.complaint.steering import corrections
from actions.complaint.wording import appeal_words, asked_of_us, phrases
from actions.understanding.fields import AppealType
from actions.understanding.matter.cleaning import clean_matter
from actions.understanding.matter.wanted import find_wanted
from actions.understanding.text.folding import fold


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("地址不对，是望江西路", Field.PLACE, "望江西路"),
        ("地址不对", Field.PLACE, None),
        ("地址写错了，应该是黄山路88号", Field.PLACE, "黄山路88号"),
        ("刚才电话打错一位，是13800001235", Field.PHONE, "13800001235"),
        ("电话错了", Field.PHONE, None),
        ("手机号改成13900001234", Field.PHONE, "13900001234"),
        ("时间改成昨晚十点", Field.TIME, "昨晚十点"),
        ("时间应该是今天早上", Field.TIME, "今天早上"),
        ("改一下地址", Field.PLACE, None),
        ("修改电话", Field.PHONE, None),
        ("名字不对，我姓李", Field.NAME, "我姓李"),
        ("投诉对象不对，是隔壁那家饭店", Field.SUBJECT, "隔壁那家饭店"),
        ("不对，是望江西路", None, "望江西路"),
        ("说错了，是三号楼", None, "三号楼"),
        ("不是黄山路，是望江西路", None, "望江西路"),
        ("不对", None, None),
        ("改一下", None, None),
        ("地點改為望江西路", Field.PLACE, "望江西路"),
        ("等等不是昨晚，前天晚上，打到两点", None, "前天晚上，打到两点"),
        ("地址门牌写详细点，西园新村北门", Field.PLACE, "西园新村北门"),
        ("要求加一条，希望天天清", Field.WANTED, "希望天天清"),
    ],
)
def test_a_correction_names_its_field_and_its_value(
    text: str, field: Field | None, value: str | None
) -> None:
    found = corrections.find(fold(text))
    assert found is not None
    assert (found.field, found.value) == (field, value)


@pytest.mark.parametrize(
    "text",
    [
        "黄山路和科学大道交口",
        "13800001234",
        "昨晚十点",
        "工地半夜施工，吵得睡不着",
        "没有",
        "确认",
        "是的",
        "我家地址在望江西路",
        "他们的态度不好",
    ],
)
def test_an_answer_is_no_correction(text: str) -> None:
    assert corrections.find(fold(text)) is None


@pytest.mark.parametrize(
    "text",
    ["没有", "没有了", "不知道", "我不知道", "不清楚", "记不清了", "跳过", "不用了", "不方便说",
     "真的不记得了", "没有电话", "不想给", "不留", "不想留电话", "不愿说",  "暂无", "嗯没有", "無"],
)  # fmt: skip
def test_these_leave_a_field_out(text: str) -> None:
    assert phrases.is_skip(fold(text))


@pytest.mark.parametrize(
    "text", ["没有路灯的那条巷子", "不知道是哪家的狗", "没有人管", "随便停车", "黄山路"]
)
def test_these_do_not_leave_it_out(text: str) -> None:
    assert not phrases.is_skip(fold(text))


@pytest.mark.parametrize(
    "text",
    ["取消", "算了", "不投诉了", "那算了吧", "我不反映了", "不弄了", "退出", "算了，不投诉了"],
)
def test_these_stop(text: str) -> None:
    assert phrases.is_cancel(fold(text))


@pytest.mark.parametrize("text", ["取消了我的低保", "物业说算了", "不投诉了就没人管"])
def test_these_do_not_stop(text: str) -> None:
    assert not phrases.is_cancel(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "确认",
        "好的",
        "好的，提交吧",
        "没问题",
        "对，就这样",
        "嗯嗯",
        "OK",
        "可以可以",
        "没错，提交",
    ],
)
def test_these_mean_yes(text: str) -> None:
    assert phrases.is_yes(fold(text))


@pytest.mark.parametrize("text", ["不", "不对", "先不提交", "可以补充吗", "好的地址错了", ""])
def test_these_do_not_mean_yes(text: str) -> None:
    assert not phrases.is_yes(fold(text))


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("再补充一点，他们还用高音喇叭", "他们还用高音喇叭"),
        ("还有一个问题，垃圾也没人清", "垃圾也没人清"),
        ("我要补充", ""),
        ("另外路灯也坏了", "路灯也坏了"),
        ("路灯也坏了", None),
    ],
)
def test_an_addition_is_what_follows_its_announcement(text: str, rest: str | None) -> None:
    assert appeal_words.addition(fold(text)) == rest


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("匿名", Privacy.ANONYMOUS),
        ("我不想留名字", Privacy.ANONYMOUS),
        ("要保密", Privacy.CONFIDENTIAL),
        ("别让他们知道是我举报的", Privacy.CONFIDENTIAL),
        ("实名", Privacy.OPEN),
        ("不用保密", Privacy.OPEN),
        ("黄山路", None),
    ],
)
def test_wishes_for_privacy(text: str, wish: Privacy | None) -> None:
    assert appeal_words.privacy(fold(text)) == wish


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我要举报", AppealType.REPORT),
        ("举报", AppealType.REPORT),
        ("举报吧", AppealType.REPORT),
        ("改成举报", AppealType.REPORT),
        ("这其实是建议", AppealType.SUGGESTION),
        ("我要举报的是隔壁那家饭店天天往下水道倒油", None),
        ("黄山路", None),
    ],
)
def test_a_change_of_mind_about_the_kind(text: str, kind: AppealType | None) -> None:
    assert appeal_words.kind(fold(text)) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我要投诉", AppealType.COMPLAINT),
        ("投诉", AppealType.COMPLAINT),
        ("我想反映个问题", AppealType.COMPLAINT),
        ("我要举报", AppealType.REPORT),
        ("有个建议想提", AppealType.SUGGESTION),
        ("投诉举报", None),
        ("除了投诉还能干别的吗", None),
        ("有个事", None),
    ],
)
def test_a_matter_announced_but_not_told(text: str, kind: AppealType | None) -> None:
    assert appeal_words.announced(fold(text)) == kind


@pytest.mark.parametrize("text", ["我家楼下", "我们小区", "就在我们小区门口", "这里", "楼下"])
def test_these_places_only_point(text: str) -> None:
    assert phrases.points_only(fold(text))


@pytest.mark.parametrize("text", ["翠竹园小区", "黄山路", "三里庵", "村东头老槐树"])
def test_these_places_tell(text: str) -> None:
    assert not phrases.points_only(fold(text))


@pytest.mark.parametrize(
    "word", ["对", "好", "嗯", "就在", "没有了", "刚才", "联系", "求求", "帮帮"]
)
def test_a_word_said_over_and_over_is_read_at_once(word: str) -> None:
    """Each of these took minutes where its rule tried all ways of cutting it up."""
    said = f"{word * 60}马"
    assert not phrases.is_yes(said)
    assert not phrases.is_fine(said)
    assert not phrases.points_only(said)
    assert not asked_of_us.asks_if_filed(said)
    assert clean_matter(said) == said
    wish = find_wanted(said, None)
    assert wish is None or wish.text in said
