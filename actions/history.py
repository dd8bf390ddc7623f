"""What was said before in this conversation, read off the tracker's events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rasa_sdk.interfaces import Tracker

EARLIER_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance of the bot: its words, its card, its ready answers."""

    text: str | None
    custom: dict[str, Any] | None
    buttons: tuple[dict[str, str], ...]

    @property
    def is_effect(self) -> bool:
        return bool(self.custom) and "effect" in (self.custom or {})


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message of the person and what the bot said to it."""

    text: str
    words: tuple[Said, ...]


def last_words(tracker: Tracker) -> tuple[Said, ...]:
    """What the bot said in its last turn that said anything, in order, without effects."""
    events = _before_latest_message(tracker)
    words: list[Said] = []
    for event in reversed(events):
        if event["event"] == "bot":
            words.append(_said(event))
        elif event["event"] == "user" and any(not said.is_effect for said in words):
            break
    return tuple(said for said in reversed(words) if not said.is_effect)


def last_choices(tracker: Tracker) -> tuple[dict[str, str], ...]:
    """The ready answers that stand open: those of the last utterance that had any."""
    for said in reversed(last_words(tracker)):
        if said.buttons:
            return said.buttons
    return ()


def message_before(tracker: Tracker) -> str | None:
    """The id of the person's message before this one."""
    for event in reversed(_before_latest_message(tracker)):
        if event["event"] == "user":
            told = (event.get("metadata") or {}).get("message_id") or event.get("message_id")
            return str(told) if told else None
    return None


def earlier_questions(tracker: Tracker) -> tuple[str, ...]:
    """The person's latest messages before this one, oldest first; payloads left out."""
    texts = [
        str(event.get("text") or "")
        for event in _before_latest_message(tracker)
        if event["event"] == "user"
    ]
    words = [text for text in texts if text and not text.startswith("/")]
    return tuple(words[-EARLIER_QUESTIONS:])


def exchanges(tracker: Tracker) -> tuple[Exchange, ...]:
    """The person's messages before this one, oldest first, each with what the bot said to it."""
    found: list[Exchange] = []
    for event in _before_latest_message(tracker):
        if event["event"] == "user":
            found.append(Exchange(str(event.get("text") or ""), ()))
        elif event["event"] == "bot" and found:
            last = found.pop()
            found.append(Exchange(last.text, (*last.words, _said(event))))
    return tuple(found)


def _before_latest_message(tracker: Tracker) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = tracker.applied_events()
    for index in range(len(events) - 1, -1, -1):
        if events[index]["event"] == "user":
            return events[:index]
    return events


def _said(event: dict[str, Any]) -> Said:
    data = event.get("data") or {}
    buttons: Iterable[dict[str, str]] = data.get("buttons") or ()
    return Said(event.get("text"), data.get("custom") or None, tuple(buttons))
