"""Which platform messages a delivery goes out as, when it is its turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from connectors.channel import Capabilities, Channel, Rendered, SendError
from connectors.delivery import clearance
from connectors.delivery.codes import Codes
from connectors.delivery.fitting import fitted
from connectors.delivery.rendering import Piece, render
from connectors.messages import Person, Purpose, Stored
from connectors.store import conversations, deliveries, joining, messages
from connectors.store.joining import Cut
from connectors.store.outbox import Delivery
from connectors.texts import Texts

KEPT = 2  # of the sends left to a person, not used up by one long answer: more may have to be said


class NothingToShow(SendError):
    """The message is empty on this channel, or its stored form cannot be read."""

    code = "nothing_to_show"


@dataclass(frozen=True, slots=True)
class Plan:
    """``pieces`` in order, ``gone`` those sent already. ``joined`` are later deliveries of the same
    conversation that the pieces carry too; ``cut`` says how they were made to fit, if they were."""

    pieces: list[Rendered]
    gone: frozenset[int] = frozenset()
    joined: tuple[Delivery, ...] = ()
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A message that has just been written, and whom it goes to."""

    message: Stored
    person: Person


@dataclass(frozen=True, slots=True)
class Planner:
    texts: Texts
    codes: Codes

    def plan(self, conn: Connection, delivery: Delivery, channel: Channel, now: datetime) -> Plan:
        """All platform messages of the delivery. Raises :class:`NothingToShow`."""
        capabilities = channel.capabilities.of(delivery.account)
        message = self._message(conn, delivery, capabilities)
        limits = capabilities.limits_of(delivery.account)
        left = clearance.sends_left(conn, delivery, capabilities, limits, now)
        retried = delivery.attempts > 1
        gone = deliveries.pieces_sent(conn, delivery.id) if retried else frozenset()
        if left == 0 and clearance.may_go_shut(delivery, capabilities):
            whole = Piece(message.parts, message.choices)
            person = self._person(conn, delivery)
            return Plan(_rendered(delivery, message, person, [whole], shut=True))
        cut = joining.cut_of(conn, delivery.id) if gone else None
        joined: tuple[Delivery, ...] = ()
        others: list[Stored] = []
        pieces = render(message, capabilities, self.texts)
        if capabilities.elsewhere_at_need and (cut is not None or (left and not gone)):
            joined = tuple(joining.following(conn, delivery, now, cut.up_to if cut else None))
            others = [self._message(conn, one, capabilities) for one in joined]
            if cut is None and left is not None:
                sends = max(1, left - KEPT)
                asked = [len(render(one, capabilities, self.texts)) for one in others]
                if len(pieces) + sum(asked) > sends:
                    cut = Cut(sends, joined[-1].seq if joined else delivery.seq)
            if cut is not None:
                pieces = fitted([message, *others], capabilities, self.texts, cut.sends)
            else:
                joined, others = (), []
        if not pieces:
            raise NothingToShow("nothing of the message can be shown")
        person = self._person(conn, delivery)
        rendered = _rendered(delivery, message, person, pieces, joined=tuple(others))
        return Plan(rendered, gone, joined, cut)

    def plan_said(self, delivery: Delivery, channel: Channel, said: Said) -> Plan:
        """The same of a first try on a channel that counts no sends, without looking at the store.
        Raises :class:`NothingToShow`."""
        capabilities = channel.capabilities.of(delivery.account)
        message = self.codes.filled(said.message, capabilities.texts)
        pieces = render(message, capabilities, self.texts)
        if not pieces:
            raise NothingToShow("nothing of the message can be shown")
        return Plan(_rendered(delivery, message, said.person, pieces))

    def _message(self, conn: Connection, delivery: Delivery, capabilities: Capabilities) -> Stored:
        message = messages.get(conn, delivery.message_id)
        if message is None:
            raise NothingToShow("the message is not there")
        return self.codes.filled(message, capabilities.texts)

    def _person(self, conn: Connection, delivery: Delivery) -> Person:
        conversation = conversations.get(conn, delivery.conversation_id)
        if conversation is None:
            raise NothingToShow("the message is not there")
        return conversation.person


def _rendered(
    delivery: Delivery,
    message: Stored,
    person: Person,
    pieces: Sequence[Piece],
    *,
    shut: bool = False,
    joined: tuple[Stored, ...] = (),
) -> list[Rendered]:
    return [
        Rendered(
            replace(person, account=delivery.account),
            message,
            piece.parts,
            delivery.id,
            choices=piece.choices,
            piece=number,
            pieces=len(pieces),
            purpose=Purpose(delivery.purpose),
            shut=shut,
            joined=joined,
        )
        for number, piece in enumerate(pieces)
    ]
