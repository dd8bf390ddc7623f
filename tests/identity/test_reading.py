"""What a message inside a verification holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.identity import reading

CODES = st.integers(0, 999_999).map(lambda n: f"{n:06d}")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")


@given(
    CODES,
    st.sampled_from(["", " ", "-", "、"]),
    st.sampled_from(
        ["{}", "验证码是{}", "{}，对吗", "短信里写的{}。", "code:{}", "【12345】验证码：{}"]
    ),
    st.sampled_from(["plain", "wide", "spoken"]),
)
def test_six_digits_are_read_however_they_are_written(
    code: str, sign: str, sentence: str, spelling: str
) -> None:
    written = sign.join(code)
    if spelling == "wide":
        written = written.translate(WIDE)
    if spelling == "spoken":
        written = code.translate(SPOKEN)
    said = sentence.format(written)
    if "12345" in sentence and sign in (" ", "-", "、"):
        said = said.replace("【12345】", "")
    assert reading.code(said) == code


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    code = reading.code(text)
    assert code is None or (len(code) == 6 and code.isdecimal())
    assert reading.phone(text, ["CN"]) is not None
    reading.wants_another_code(text), reading.wants_another_number(text), reading.wants_apart(text)


@pytest.mark.parametrize(
    "text", ["", "12345", "1234567", "13800001234", "HY20260101-000001-5", "好的", "验证码"]
)
def test_what_is_not_six_digits_is_no_code(text: str) -> None:
    assert reading.code(text) is None


@pytest.mark.parametrize("text", ["12345", "483", "1234567"])
def test_digits_of_another_count_are_told_from_words(text: str) -> None:
    assert reading.tries_a_code(text)
    assert not reading.tries_a_code("没收到")


@pytest.mark.parametrize(
    "text",
    [
        "没收到",
        "我还没收到短信",
        "收不到验证码",
        "一直没收到",
        "重发",
        "重新发送",
        "再发一次",
        "重新获取",
        "没有收到",
    ],
)
def test_another_code_is_wanted(text: str) -> None:
    assert reading.wants_another_code(text)


@pytest.mark.parametrize("text", ["收到了", "发给你了", "483920", "好的", "为什么要验证码"])
def test_no_other_code_is_wanted(text: str) -> None:
    assert not reading.wants_another_code(text)


@pytest.mark.parametrize(
    "text", ["换个号码", "换一个手机号", "号码写错了", "手机号输错了", "不是这个号"]
)
def test_another_number_is_wanted(text: str) -> None:
    assert reading.wants_another_number(text)


@pytest.mark.parametrize("text", ["解绑手机", "取消绑定", "不想关联了", "解除关联", "退出登录"])
def test_somebody_wants_to_be_known_no_longer(text: str) -> None:
    assert reading.wants_apart(text)


@pytest.mark.parametrize("text", ["验证手机号", "取消验证码", "绑定手机", "关联我的手机"])
def test_somebody_wants_to_be_known(text: str) -> None:
    assert not reading.wants_apart(text)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("幺三八零零零零幺二三四", "+8613800001234"),
        ("一三八 零零零零 一二三四", "+8613800001234"),
        ("我号码１３８００００１２３４", "+8613800001234"),
    ],
)
def test_a_number_read_out_is_a_number(text: str, phone: str) -> None:
    assert reading.phone(text, ["CN"]).phone == phone
