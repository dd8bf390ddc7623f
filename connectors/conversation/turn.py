"""A turn: what a person said, and what its commit will write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectors.channel import Capabilities
from connectors.conversation.dialogue import Effect
from connectors.messages import Author, Outbound, Stored, Text
from connectors.store.conversations import Contact, Conversation
from connectors.texts import Texts


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn under way: what was pending, and the fence and epoch its commit must find.

    ``message`` is the one answered; ``joined`` are all this turn takes in, it among them.
    """

    conversation: Conversation
    contact: Contact
    message: Stored
    joined: tuple[Stored, ...]
    text: str
    fence: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the commit of a turn writes."""

    outbounds: tuple[Outbound, ...] = ()
    effects: tuple[Effect, ...] = ()
    reopen: bool = False
    withdraw: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """What the house itself says, in the variant that suits the person's channel."""

    texts: Texts
    capabilities: Callable[[str], Capabilities]

    def say(
        self, key: str, channel: str, author: Author = Author.SYSTEM, **values: object
    ) -> Outbound:
        variant = self.capabilities(channel).texts
        return Outbound((Text(self.texts.say(key, variant, **values)),), author)

    def queued(self, key: str, channel: str, position: int) -> Outbound:
        """Tells the place in the queue; whoever is first is told so, not "0 before you"."""
        if position <= 1:
            return self.say(f"{key}_first", channel)
        return self.say(key, channel, ahead=position - 1)
