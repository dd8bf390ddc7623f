"""A turn: what a person said, and what its commit will write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from connectors.channel import Capabilities
from connectors.clock import in_china
from connectors.conversation.dialogue import Effect
from connectors.conversation.wishes import Wish
from connectors.ids import new_id
from connectors.messages import Attachment, Author, Choice, Location, Outbound, Stored, Text
from connectors.queue_words import place_words
from connectors.store.conversations import Contact, Conversation
from connectors.store.incidents import Notice
from connectors.texts import Texts


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn under way: what was pending, and the fence and epoch its commit must find.

    ``message`` is the one answered; ``joined`` are all this turn takes in, it among them.
    ``instead``: where it is not sure that ``text`` is what the person typed, what it may be else.
    """

    conversation: Conversation
    contact: Contact
    message: Stored
    joined: tuple[Stored, ...]
    text: str
    fence: int
    instead: tuple[str, ...] | None = None


def sent_beside(joined: Iterable[Stored]) -> dict[str, Any]:
    """The files and the place sent in these messages, as the dialogue is told of them; nothing
    where there are none."""
    told: dict[str, Any] = {}
    for part in (part for message in joined for part in message.parts):
        match part:
            case Attachment():
                one: dict[str, Any] = {"id": part.attachment_id, "media": part.media}
                if part.latitude is not None:
                    one |= {"latitude": part.latitude, "longitude": part.longitude}
                told.setdefault("files", []).append(one)
            case Location():
                told["location"] = {
                    "latitude": part.latitude,
                    "longitude": part.longitude,
                    "label": part.label,
                }
    return told


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the commit of a turn writes. ``state``: where the dialogue stands, if it took part.
    ``place``: whoever waits is told their place in the queue. ``incident``: the id of the notice
    that is told."""

    outbounds: tuple[Outbound, ...] = ()
    effects: tuple[Effect, ...] = ()
    reopen: bool = False
    withdraw: bool = False
    failed: bool = False
    wish: Wish | None = None
    place: bool = False
    state: Mapping[str, Any] | None = None
    incident: str | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """What the house itself says, in the variant that suits the person's channel."""

    texts: Texts
    capabilities: Callable[[str], Capabilities]

    def variant(self, channel: str, *, care: bool) -> str:
        """``care``: the page is in its care mode, which has shorter sentences (关怀模式)."""
        told = self.capabilities(channel).texts
        return "care" if care and told == "text" else told

    def say(
        self,
        key: str,
        channel: str,
        author: Author = Author.SYSTEM,
        *,
        care: bool = False,
        **values: object,
    ) -> Outbound:
        variant = self.variant(channel, care=care)
        return Outbound((Text(self.texts.say(key, variant, **values)),), author)

    def incident(self, notice: Notice, said: str, channel: str, *, care: bool = False) -> Outbound:
        """What is known, and the way to be heard all the same."""
        variant = self.variant(channel, care=care)
        until = in_china(notice.said.until)
        words = self.texts.say(
            "incident_known", variant, text=notice.said.text.rstrip("。"), until=until
        )
        choices = (
            Choice(new_id("k"), self.texts.say("button_insist", variant), said),
            Choice(new_id("k"), self.texts.say("button_understood", variant), "/thank"),
        )
        return Outbound((Text(words),), Author.BOT, choices)

    def no_emergency(self, said: str, channel: str, *, care: bool = False) -> Outbound:
        """The wait for a person is over, as there was no emergency; what was ``said`` can be
        registered."""
        variant = self.variant(channel, care=care)
        choices = (
            Choice(new_id("k"), self.texts.say("button_insist", variant), said),
            Choice(new_id("k"), self.texts.say("button_understood", variant), "/thank"),
        )
        words = self.texts.say("gateway_no_emergency", variant)
        return Outbound((Text(words),), Author.BOT, choices)

    def in_turn(self, outbounds: tuple[Outbound, ...], channel: str) -> list[Outbound]:
        """What one turn says, as the channel wants it: one message where each costs, and then one
        list to choose from, since a number picks from the last list alone."""
        if not self.capabilities(channel).joins_turn:
            return list(outbounds)
        joined: list[Outbound] = []
        for one in outbounds:
            last = joined[-1] if joined else None
            if last is not None and last.author is one.author:
                offered = {choice.payload for choice in one.choices}
                earlier = (choice for choice in last.choices if choice.payload not in offered)
                joined[-1] = replace(
                    one, parts=(*last.parts, *one.parts), choices=(*one.choices, *earlier)
                )
            else:
                joined.append(one)
        return joined

    def queued(
        self, key: str, channel: str, place: int, minutes: int | None, *, care: bool = False
    ) -> Outbound:
        """Tells the place in the queue and, where it is known, how long it will take."""
        variant = self.variant(channel, care=care)
        words = place_words(self.texts, key, variant, place, minutes)
        return Outbound((Text(words),), Author.SYSTEM)
