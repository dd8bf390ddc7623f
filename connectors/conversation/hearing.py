"""What a person typed in Latin letters is put into Chinese before anything else looks at it.

Whoever has a plain phone, or no Chinese keyboard, types pinyin. What it says is probable, never
certain: where it is not sure enough, the person is asked before anything is done.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from connectors.conversation import choices
from connectors.conversation.turn import Turn, Voice
from connectors.ids import new_id
from connectors.messages import Author, Choice, Outbound
from connectors.store import messages
from connectors.store.database import Database

NOT_MEANT = "/not_what_i_typed"

_LATIN = re.compile("[A-Za-zÀ-ǜＡ-Ｚａ-ｚ].*[A-Za-zÀ-ǜＡ-Ｚａ-ｚ]", re.S)
_CHINESE = re.compile("[\u3400-\u9fff]")
_ASKED_ABOUT = 200  # characters that are shown when asking


class Reading(Protocol):
    """What a message says in Chinese. ``others``: what it may say instead, the next best first."""

    @property
    def text(self) -> str: ...

    @property
    def sure(self) -> bool: ...

    @property
    def others(self) -> tuple[str, ...]: ...


Read = Callable[[str], Reading | None]
"""None when the words are no Chinese in Latin letters. Takes its time: run in a thread."""


class Hearing:
    def __init__(self, database: Database, voice: Voice, read: Read) -> None:
        self._db = database
        self._voice = voice
        self._read = read

    async def hear(self, turn: Turn) -> Turn:
        """The turn in Chinese; ``instead`` is filled where that is not sure."""
        text = turn.text
        if text.startswith("/") or not _LATIN.search(text) or _CHINESE.search(text):
            return turn
        reading = await asyncio.to_thread(self._read, text)
        if reading is None:
            return turn
        message = turn.message
        offer = await self._db.read(
            lambda conn: messages.latest_offer(conn, message.conversation_id, message.seq)
        )
        for meant in (reading.text, *reading.others):
            chosen = choices.pick(meant, offer.choices) if offer is not None else None
            if chosen is not None:
                return replace(turn, text=chosen.payload)
        return replace(turn, text=reading.text, instead=None if reading.sure else reading.others)

    def ask(self, turn: Turn) -> Outbound:
        """Asks whether this is what was meant, and offers the next best reading."""
        channel = turn.conversation.channel
        variant = self._voice.capabilities(channel).texts

        def say(key: str) -> str:
            return self._voice.texts.say(key, variant)

        offered = [Choice(new_id("k"), say("gateway_typed_yes"), turn.text)]
        offered += [
            Choice(new_id("k"), other, other)
            for other in (turn.instead or ())[:1]
            if len(other) <= _ASKED_ABOUT // 4
        ]
        offered.append(Choice(new_id("k"), say("gateway_typed_no"), NOT_MEANT))
        meant = turn.text[:_ASKED_ABOUT]
        asked = self._voice.say("gateway_typed_meant", channel, Author.BOT, meant=meant)
        return replace(asked, choices=tuple(offered))

    def again(self, turn: Turn) -> Outbound:
        """Asks to write it another way."""
        return self._voice.say("gateway_typed_again", turn.conversation.channel, Author.BOT)
