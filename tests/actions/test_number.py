"""The number of a work order catches what people get wrong."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.work_orders.number import check_digit, compose, read

NUMBER = "HY20261122-000017-9"
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 12, 31))
serials = st.integers(min_value=1, max_value=999_999)


def test_a_number_holds_its_day_serial_and_check_digit() -> None:
    assert compose(date(2026, 11, 22), 17) == NUMBER
    assert check_digit("572") == 4  # the worked example of Damm's method


@given(days, serials)
def test_a_composed_number_is_read_back(day: date, serial: int) -> None:
    number = compose(day, serial)
    reading = read(f"我的工单是{number}，办到哪了")
    assert reading is not None
    assert reading.number == number


@given(days, serials, st.integers(0, 14), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(day: date, serial: int, place: int, shift: int) -> None:
    number = compose(day, serial)
    digits = [i for i, c in enumerate(number) if c.isdigit()]
    at = digits[place]
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    reading = read(wrong)
    assert reading is None or reading.number is None


@given(days, serials, st.integers(0, 13))
def test_neighbouring_digits_swapped_are_noticed(day: date, serial: int, place: int) -> None:
    number = compose(day, serial)
    digits = [i for i, c in enumerate(number) if c.isdigit()]
    a, b = digits[place], digits[place + 1]
    swapped = list(number)
    swapped[a], swapped[b] = swapped[b], swapped[a]
    if swapped[a] == swapped[b]:
        return
    reading = read("".join(swapped))
    assert reading is None or reading.number is None


@pytest.mark.parametrize(
    "written",
    [
        "hy20261122-000017-9",
        "HY20261122 000017 9",
        "HY202611220000179",
        "20261122-000017-9",
        "ＨＹ２０２６１１２２－０００１７－９".replace("０００１７", "００００１７"),
        "HY20261122—000017—9",
        "查一下工单HY20261122-000017-9，尾号1234",
        "202611220000179",
    ],
)
def test_a_number_is_read_however_it_is_written(written: str) -> None:
    reading = read(written)
    assert reading is not None
    assert reading.number == NUMBER


@pytest.mark.parametrize(
    "written",
    ["HY20261122-000017", "HY20261122-000017-5", "HY20261332-000017-1", "HY20261122-0017-4"],
)
def test_a_number_with_a_mistake_is_a_reading_without_a_number(written: str) -> None:
    reading = read(written)
    assert reading is not None
    assert reading.number is None


@pytest.mark.parametrize("text", ["", "13800001234", "昨晚十点", "2026年11月22日", "我要投诉"])
def test_what_is_no_order_number_is_none(text: str) -> None:
    assert read(text) is None
