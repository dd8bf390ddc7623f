"""Names as said, numbers that can be dialled, identity numbers checked."""

from __future__ import annotations

import pytest

from actions.understanding.people.contact import (
    find_id_number,
    find_name,
    find_phone,
    is_id_number,
    is_mobile,
)
from actions.understanding.text.folding import fold


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我姓王，电话13800001234", "王"),
        ("联系人李强，请回电", "李强"),
        ("我是张女士，楼上漏水", "张女士"),
        ("免贵姓欧阳", "欧阳"),
        ("姓名：赵某某，电话见下", "赵某某"),
        ("路灯坏了，刘先生13800001234", "刘先生"),
        ("叫我老周就行", "老周"),
        ("我叫陈小明，住在三楼", "陈小明"),
        ("垃圾没人收。女儿龚女士，13800001234", "龚女士"),
    ],
)
def test_a_name_is_found_as_said(text: str, name: str) -> None:
    found = find_name(fold(text))
    assert found is not None
    assert found.text == name


@pytest.mark.parametrize(
    "text",
    [
        "我是业主",
        "我是一个学生",
        "联系方式没有",
        "王阿婆三天没看到人了",
        "我是向阳路的居民",
        "我叫不出名字",
        "我叫不便透露",
    ],
)
def test_what_only_sounds_like_a_name_is_none(text: str) -> None:
    assert find_name(fold(text)) is None


@pytest.mark.parametrize(
    ("text", "said", "value"),
    [
        ("电话13800001234", "13800001234", "13800001234"),
        ("电话138 0000 1234", "138 0000 1234", "13800001234"),
        ("电话138-0000-1234", "138-0000-1234", "13800001234"),
        ("+8613800001234找我", "+8613800001234", "13800001234"),
        ("电话１３８００００１２３４", "１３８００００１２３４", "13800001234"),
        ("座机0551-62990000", "0551-62990000", "0551-62990000"),
        ("座机0551-6299 0000", "0551-6299 0000", "0551-62990000"),
        ("号码一三八零零零零幺二三四", "一三八零零零零幺二三四", "13800001234"),
    ],
)
def test_a_phone_is_found_however_it_is_written(text: str, said: str, value: str) -> None:
    phone = find_phone(fold(text))
    assert phone is not None
    assert text[phone.start : phone.end] == said
    assert (phone.value, phone.valid) == (value, True)


def test_a_phone_with_a_wrong_digit_count_is_found_and_invalid() -> None:
    phone = find_phone("我的手机号是1380000123")
    assert phone is not None
    assert phone.value == "1380000123"
    assert not phone.valid


def test_ones_own_phone_comes_before_anothers() -> None:
    phone = find_phone("对方电话13900005678，我的电话13800001234")
    assert phone is not None
    assert phone.value == "13800001234"


@pytest.mark.parametrize(
    "text", ["打了12345没用", "工单2024010112345678", "110和120都打了", "房号1380"]
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert find_phone(text) is None


def test_a_number_within_an_identity_number_is_no_phone() -> None:
    assert find_phone("身份证11010519491231002X") is None


def test_identity_numbers_are_checked_by_gb_11643() -> None:
    assert is_id_number("11010519491231002X")
    assert not is_id_number("110105194912310021")
    assert not is_id_number("110105194902310020")  # no 31st of February
    assert not is_id_number("1101051949")
    good = find_id_number("身份证11010519491231002x。")
    assert good is not None
    assert good.valid
    bad = find_id_number("身份证110105194912310029")
    assert bad is not None
    assert not bad.valid


@pytest.mark.parametrize(
    ("digits", "mobile"), [("13800001234", True), ("12800001234", False), ("1380000123", False)]
)
def test_mobile_numbers(digits: str, mobile: bool) -> None:
    assert is_mobile(digits) is mobile
