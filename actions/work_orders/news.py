"""What a person is told of their order, and asked once it is done; in the caller's transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from actions.work_orders.reach import Notify, Reach
from actions.work_orders.steps import Said, units
from actions.work_orders.way import Step
from connectors.messages import Author, Choice, OrderCard, Outbound, Purpose, Stored, Text
from connectors.store import follow_ups, messages, ticket_sends
from connectors.store.conversations import Conversation
from connectors.store.follow_up_tables import Way, Why
from connectors.store.follow_ups import FollowUp
from connectors.store.work_orders import WorkOrder
from connectors.texts import Texts

ASKED = "asked"  # kind of a choice under the question whether it is solved: "asked:<number>"
TOLD = frozenset({Step.DISPATCH, Step.SIGN, Step.RETURN, Step.APPROVE, Step.REOPEN})
TOLD_IF_AGREED = frozenset({Step.CHECK, Step.ANSWER, Step.REFUSE})


@dataclass(frozen=True, slots=True)
class Teller:
    """Says things about orders, wherever their persons can be written to. Each method gives the
    conversation in which it was said, None when it was said nowhere."""

    texts: Texts
    reach: Reach

    def step(
        self, conn: Connection, order: WorkOrder, step: Step, said: Said, now: datetime
    ) -> Conversation | None:
        """Tells of a step; ``order`` is as it was before. Closing asks whether it is solved."""
        if step is Step.APPROVE:
            return self.ask(conn, order, said.outcome, now)
        if step not in TOLD and not (order.every_step and step in TOLD_IF_AGREED):
            return None
        unit = units(self.texts, said.unit, said.helpers) or self._unit(order)
        return self.say(
            conn,
            order,
            f"order_news_{step.value}",
            now,
            unit=unit,
            answer=order.handling.answer or "",
        )

    def final(
        self, conn: Connection, order: WorkOrder, receipt: str, now: datetime
    ) -> Conversation | None:
        """The ticket system has taken the order: its number is the one to keep."""
        conversation = self.reach.to_tell(conn, order, now)
        if conversation is None:
            return None
        words = self.texts.say(
            "order_final", conversation.channel, receipt=receipt, provisional=order.number
        )
        card = OrderCard(receipt, order.filed.title, self.texts.say("status_accepted"), words)
        outbound = Outbound((card,), Author.SYSTEM, purpose=Purpose.NOTICE)
        messages.add(
            conn,
            conversation,
            outbound,
            now,
            trace_id=_trace(conn, order),
            dedup_key=f"final\x1f{order.number}",
        )
        return conversation

    def say(
        self, conn: Connection, order: WorkOrder, key: str, now: datetime, **values: str
    ) -> Conversation | None:
        """Says a text about an order."""
        told = self.reach.to_tell(conn, order, now)
        if told is not None:
            words = self.texts.say(key, told.channel, **_of(order), **values)
            self._write(conn, order, told, words, now)
        return told

    # 回访 ---------------------------------------------------------------------------------------

    def ask(
        self, conn: Connection, order: WorkOrder, outcome: str, now: datetime
    ) -> Conversation | None:
        """Tells that it is done, and asks whether it is solved, once; where nobody can be written
        to, a person has to call."""
        told = self._reached(conn, order, now)
        if told is not None:
            self._begin(conn, order, told, self._question(conn, order, told, outcome, now), now)
        return told

    def reject(
        self, conn: Connection, order: WorkOrder, reason: str, now: datetime
    ) -> Conversation | None:
        """Tells that it was not taken on, and why; whether they agree is theirs to say."""
        told = self._reached(conn, order, now)
        if told is not None:
            words = self.texts.say("order_news_reject", told.channel, **_of(order), reason=reason)
            self._begin(conn, order, told, self._write(conn, order, told, words, now), now)
        return told

    def ask_by_phone(
        self, conn: Connection, order: WorkOrder, asked: FollowUp, why: Why, now: datetime
    ) -> Conversation | None:
        """The question did not reach them where it was asked: it goes to their phone. Where that
        cannot be written to either, a person has to call, for that reason."""
        told = self.reach.phone(conn, order, now)
        if not isinstance(told, Conversation) or told.id == asked.conversation_id:
            follow_ups.to_call(conn, asked, why)
            return None
        outcome = order.handling.outcome or ""
        message = self._question(conn, order, told, outcome, now)
        follow_ups.asked_at(conn, asked, told.id, message.id)
        return told

    def _reached(self, conn: Connection, order: WorkOrder, now: datetime) -> Conversation | None:
        """Where the question goes; where that is nowhere, who asks instead is noted."""
        talk = self.reach.talk(conn, order)
        if talk is not None:
            return talk
        if order.filed.notify == Notify.CALLER:
            follow_ups.begin(conn, order.number, now, Way.CALLER)
            return None
        found = self.reach.phone(conn, order, now)
        if isinstance(found, Conversation):
            return found
        follow_ups.begin(conn, order.number, now, Way.CALL, why=found)
        return None

    def _question(
        self, conn: Connection, order: WorkOrder, told: Conversation, outcome: str, now: datetime
    ) -> Stored:
        say = self.texts.say
        words = say(
            "order_news_approve",
            told.channel,
            **_of(order),
            unit=self._unit(order),
            answer=order.handling.answer or say("order_answer_unsaid"),
            outcome=say(f"order_outcome_{outcome or 'unsaid'}"),
        )
        choices = (
            Choice("solved", say("order_solved"), _about(order, "rate_good")),
            Choice("unsolved", say("order_unsolved"), _about(order, "rate_bad")),
        )
        return self._write(conn, order, told, words, now, choices)

    def _begin(
        self, conn: Connection, order: WorkOrder, told: Conversation, message: Stored, now: datetime
    ) -> None:
        follow_ups.begin(
            conn,
            order.number,
            now,
            Way.MESSAGE,
            conversation_id=told.id,
            message_id=message.id,
        )

    # --------------------------------------------------------------------------------------------

    def _unit(self, order: WorkOrder) -> str:
        return order.handling.unit or self.texts.say("office_name")

    def _write(
        self,
        conn: Connection,
        order: WorkOrder,
        told: Conversation,
        words: str,
        now: datetime,
        choices: tuple[Choice, ...] = (),
    ) -> Stored:
        outbound = Outbound((Text(words),), Author.SYSTEM, choices, purpose=Purpose.NOTICE)
        return messages.add(conn, told, outbound, now, trace_id=_trace(conn, order))


def _trace(conn: Connection, order: WorkOrder) -> str:
    """The trace of the message an order came of; empty where it came of none."""
    talk, number = order.filed.conversation_id, order.number
    of_talk = messages.last_trace(conn, talk, until=order.created_at) if talk else None
    return ticket_sends.first_trace(conn, number) or of_talk or ""


def _of(order: WorkOrder) -> dict[str, str]:
    """How an order is named: its number, and the matter without its details."""
    return {"number": order.receipt, "title": order.filed.title.partition("：")[0]}


def _about(order: WorkOrder, intent: str) -> str:
    """An answer's payload that names the order: several may have been asked about."""
    return f"/{intent}{json.dumps({'choice': f'{ASKED}:{order.number}'})}"
