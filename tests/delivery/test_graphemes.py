"""What a reader takes for one character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.delivery.graphemes import graphemes, is_emoji


@pytest.mark.parametrize(
    "one",
    [
        "a", "好", "é", "e\u0301", "ạ̈", "\r\n", "👍", "👍🏽", "❤️", "1️⃣", "🇨🇳", "👨‍👩‍👧‍👦",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "각", "\u1112\u1161\u11ab", "か\u3099", "葛\U000e0100", "👩🏽‍🚒", "🏳️‍🌈",
    ],
)  # fmt: skip
def test_it_is_one_character(one: str) -> None:
    assert list(graphemes(one)) == [one]
    assert list(graphemes(f"前{one}后")) == ["前", one, "后"]


@pytest.mark.parametrize(
    "several", [["🇨🇳", "🇨🇳"], ["\n", "\r"], ["好", "👍"], ["🇨🇳", "🇭"], ["가", "나"], ["👍", "👍🏽"]]
)
def test_they_are_several(several: list[str]) -> None:
    assert list(graphemes("".join(several))) == several


@given(st.text())
def test_joined_again_they_are_the_text(text: str) -> None:
    clusters = list(graphemes(text))
    assert "".join(clusters) == text
    assert all(clusters)


@pytest.mark.parametrize("picture", ["👍", "👍🏽", "❤️", "1️⃣", "🇨🇳", "👨‍👩‍👧‍👦", "☀", "🙏"])
def test_pictures_are_told_from_writing(picture: str) -> None:
    assert is_emoji(picture)


@pytest.mark.parametrize(
    "written", ["好", "a", "1", "①", "→", "·", "％", "【", "±", "㎡", "№", "●"]
)
def test_writing_is_not_taken_for_a_picture(written: str) -> None:
    assert not is_emoji(written)
