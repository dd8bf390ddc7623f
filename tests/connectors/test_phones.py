"""One person, however their number is spelled."""

from __future__ import annotations

import pytest

from connectors.phones import e164, is_mobile, is_service, national

ONE = "+8613800001234"


@pytest.mark.parametrize(
    "given",
    [
        "13800001234",
        "8613800001234",
        "+8613800001234",
        "008613800001234",
        "+86 138 0000 1234",
        "138-0000-1234",
        " 8613800001234",  # a "+" that a query string has eaten
        "１３８００００１２３４",
        "(+86)13800001234",
        "+86-013800001234",
        "tel:+8613800001234",
    ],
)
def test_every_spelling_is_one_number(given: str) -> None:
    assert e164(given) == ONE


@pytest.mark.parametrize(
    ("given", "number", "mobile"),
    [
        ("0551-65551234", "+8655165551234", False),
        ("010 65551234", "+861065551234", False),
        ("+86 21 65551234", "+862165551234", False),
        ("+85291234567", "+85291234567", True),
        ("0085291234567", "+85291234567", True),
        ("+12025550123", "+12025550123", True),
    ],
)
def test_fixed_lines_and_other_countries(given: str, number: str, mobile: bool) -> None:
    assert e164(given) == number
    assert is_mobile(number) is mobile


@pytest.mark.parametrize("given", ["10086", "95588", "12345", "106550101234567", "110", "+10086"])
def test_services_are_nobodys_telephone(given: str) -> None:
    assert e164(given) is None
    assert is_service(given)


@pytest.mark.parametrize(
    "given", ["", "abc", "12800001234", "1380000123", "138000012345", "+86123", "+", "00", "Bank"]
)
def test_what_is_no_number_is_none(given: str) -> None:
    assert e164(given) is None


def test_names_are_no_services() -> None:
    assert not is_service("BANK")
    assert not is_service("")
    assert not is_service(ONE)


def test_a_number_as_it_is_dialled() -> None:
    assert national(ONE) == "13800001234"
    assert national("+8655165551234") == "055165551234"
    assert national("+85291234567") == "0085291234567"
