"""What a text costs as SMS."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.segments import Alphabet, alphabet, cost, cut, segments

GSM = "abc XYZ 019 @£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà\n\r"
EXTENDED = "^{}\\[~]|€\f"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("a" * 459, 3),
        ("a" * 460, 4),
        ("好" * 70, 1), ("好" * 71, 2), ("好" * 134, 2), ("好" * 135, 3), ("好" * 201, 3),
        ("好" * 202, 4),
        ("€" * 80, 1), ("€" * 81, 2), ("a" * 159 + "€", 2), ("a" * 158 + "€", 1),
        ("😀" * 35, 1), ("😀" * 36, 2), ("a" * 159 + "好", 3),
        ("", 0), ("\n", 1), ("a", 1),
    ],
)  # fmt: skip
def test_segments_at_every_edge_of_the_standard(text: str, expected: int) -> None:
    assert segments(text) == expected


@pytest.mark.parametrize("character", list(GSM))
def test_a_character_of_the_basic_table_takes_one_septet(character: str) -> None:
    assert (cost(character).alphabet, cost(character).units) == (Alphabet.GSM7, 1)


@pytest.mark.parametrize("character", list(EXTENDED))
def test_a_character_of_the_extension_table_takes_two(character: str) -> None:
    assert (cost(character).alphabet, cost(character).units) == (Alphabet.GSM7, 2)


@pytest.mark.parametrize("character", list("ç`áíóúÁâê“”’—·×、。１ａ\u00a0\u200b\x1b\t😀"))
def test_one_character_outside_both_tables_makes_the_message_ucs2(character: str) -> None:
    assert alphabet("plain text" + character) is Alphabet.UCS2


def test_an_escaped_pair_is_not_divided_between_segments() -> None:
    """152 letters leave one septet free, which a euro sign cannot use."""
    assert [len(piece) for piece in cut("a" * 152 + "€" + "a" * 152)] == [152, 152, 1]
    assert cost("a" * 152 + "€" + "a" * 152).units == 306


def test_a_surrogate_pair_is_not_divided_between_segments() -> None:
    assert [len(piece) for piece in cut("好" * 66 + "😀" + "好" * 66)] == [66, 66, 1]


@given(st.text(max_size=700) | st.text(alphabet="ab€^好😀", max_size=700))
def test_cutting_loses_nothing_and_fills_no_segment_beyond_its_room(text: str) -> None:
    pieces = cut(text)
    assert "".join(pieces) == text
    assert len(pieces) == segments(text)
    chosen = alphabet(text)
    room = {Alphabet.GSM7: 153, Alphabet.UCS2: 67}[chosen]
    for piece in pieces if len(pieces) > 1 else ():
        if chosen is Alphabet.UCS2:
            assert len(piece.encode("utf-16-le", "surrogatepass")) // 2 <= room
        else:
            assert sum(2 if c in EXTENDED else 1 for c in piece) <= room


@given(st.text(max_size=300), st.text(max_size=30))
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert segments(text + more) >= segments(text)
