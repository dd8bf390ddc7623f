"""One person's number is one number, however it is spelt; what is no mobile is told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import phones
from connectors.phones import Fault

# Every prefix of eleven-digit mobiles the plan has known for years, carriers' and resellers'.
PREFIXES = ("130", "138", "139", "147", "150", "159", "166", "170", "177", "186", "189", "198")
mobiles = st.builds(
    lambda prefix, rest: f"{prefix}{rest:08d}", st.sampled_from(PREFIXES), st.integers(0, 10**8 - 1)
)
FULL_WIDTH = str.maketrans("0123456789+", "０１２３４５６７８９＋")


def grouped(number: str, sign: str) -> str:
    return sign.join((number[:3], number[3:7], number[7:]))


spellings = st.tuples(
    st.sampled_from(["", "+86", "0086", "86", "+86 ", "0086 ", "(+86)", "+86-"]),
    st.sampled_from(["", " ", "-", "－", "·"]),
    st.booleans(),
)


@given(mobiles, spellings)
def test_all_spellings_of_a_mobile_are_one_number(
    number: str, spelling: tuple[str, str, bool]
) -> None:
    country, sign, wide = spelling
    written = country + grouped(number, sign)
    if wide:
        written = written.translate(FULL_WIDTH)
    assert phones.normal(written) == f"+86{number}"
    assert phones.mobile(f"我的手机号是{written}，谢谢").phone == f"+86{number}"


@given(mobiles, mobiles)
def test_two_mobiles_are_never_one(first: str, second: str) -> None:
    assert (phones.normal(first) == phones.normal(f"86{second}")) == (first == second)


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error_and_what_is_read_stays(text: str) -> None:
    read = phones.normal(text)
    assert read is None or phones.normal(read) == read
    reading = phones.mobile(text)
    assert (reading.phone is None) != (reading.fault is None)
    if reading.phone is not None:
        assert phones.normal(reading.phone) == reading.phone


@given(mobiles)
def test_a_number_is_shown_as_people_write_it_and_masked_beyond_recognition(number: str) -> None:
    assert phones.shown(f"+86{number}") == number
    assert phones.masked(f"+86{number}") == f"{number[:3]}****{number[-4:]}"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.NONE),
        ("没有", Fault.NONE),
        ("1380000123", Fault.TOO_SHORT),
        ("138000012345", Fault.TOO_LONG),
        ("138 0000 1234 5678", Fault.TOO_LONG),
        ("1064912345678", Fault.TOO_LONG),  # a machine's card
        ("12000001234", Fault.UNKNOWN),
        ("010-65251234", Fault.LANDLINE),
        ("0551 62345678", Fault.LANDLINE),
        ("62345678", Fault.LANDLINE),
        ("12345", Fault.SERVICE),
        ("10086", Fault.SERVICE),
        ("95588", Fault.SERVICE),
        ("400-800-1234", Fault.SERVICE),
        ("+1 202 555 0123", Fault.FOREIGN),
        ("+852 9123 4567", Fault.FOREIGN),
    ],
)
def test_what_no_code_can_be_sent_to_says_why(text: str, fault: Fault) -> None:
    assert phones.mobile(text).fault is fault


def test_other_countries_can_be_let_in() -> None:
    assert phones.mobile("+852 9123 4567", ["CN", "HK"]).phone == "+85291234567"


@pytest.mark.parametrize("sender", ["12345", "106575258188", "HUIYING", "someone-privately"])
def test_a_sender_that_is_no_number_of_the_plan_stands_for_itself(sender: str) -> None:
    assert phones.normal(sender) is None
