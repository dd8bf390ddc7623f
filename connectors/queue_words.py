"""What somebody who waits for a person is told: their place, and how long it will take."""

from __future__ import annotations

from connectors.texts import Texts

LONG = 30  # minutes, beyond which no number is honest


def place_words(
    texts: Texts, key: str, variant: str, place: int, minutes: int | None, **values: object
) -> str:
    """The text of ``key`` with the place from 1 and the minutes still to wait (None: unknown)."""
    where = (
        texts.say("queue_next", variant)
        if place <= 1
        else texts.say("queue_ahead", variant, ahead=place - 1)
    )
    return texts.say(key, variant, place=where, wait=_wait(texts, variant, minutes), **values)


def _wait(texts: Texts, variant: str, minutes: int | None) -> str:
    if minutes is None:
        return ""
    if minutes == 0:
        return texts.say("queue_soon", variant)
    if minutes > LONG:
        return texts.say("queue_long", variant)
    return texts.say("queue_minutes", variant, minutes=minutes)


def worth_telling(told: tuple[int, int | None], place: int, minutes: int | None) -> bool:
    """Whether place or time has changed enough since it was told to say so again: the place by a
    third or to the front, the time by a third and two minutes at least, for better or worse."""
    told_place, told_minutes = told
    if place != told_place and (place == 1 or abs(place - told_place) * 3 >= told_place):
        return True
    if minutes is None or told_minutes is None:
        return False
    change = abs(minutes - told_minutes)
    return change >= 2 and change * 3 >= told_minutes
