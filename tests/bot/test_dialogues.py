"""Whole conversations of many kinds of people, word for word, with a real Rasa and the real
actions: what is asked after each message, and that nothing is asked that was said."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.bot.conftest import Person, Turn

pytestmark = pytest.mark.rasa

DIALOGUES = yaml.safe_load((Path(__file__).parent / "dialogues.yml").read_text(encoding="utf-8"))


def after(turn: Turn) -> str:
    """What stands after a message: an order filed, a person called, the slot asked for, or talk."""
    cards = turn.cards
    if any(card.get("effect") == "handoff" for card in cards):
        return "a person"
    if any(card.get("part") == "order" for card in cards):
        return "filed" if turn.asked is None else f"filed, {turn.asked}"
    return turn.asked or "talk"


async def say(person: Person, text: str, before: Turn | None) -> Turn:
    if text.startswith("[") and before is not None:
        pressed = next(b for b in before.buttons if b["title"] == text.strip("[]"))
        return await person.say(pressed["payload"])
    return await person.say(text)


@pytest.mark.parametrize("name", DIALOGUES)
async def test_the_conversation_goes_as_it_should(person: Person, name: str) -> None:
    turn: Turn | None = None
    for text, expected in DIALOGUES[name]:
        turn = await say(person, text, turn)
        assert turn.status == 200, text
        assert after(turn) == expected, text


def test_there_are_enough_of_them_and_they_differ() -> None:
    assert len(DIALOGUES) >= 60
    endings = {dialogue[-1][1] for dialogue in DIALOGUES.values()}
    assert {"filed", "a person", "talk"} <= endings
    lines = [text for dialogue in DIALOGUES.values() for text, _ in dialogue]
    assert len(set(lines)) >= 180
