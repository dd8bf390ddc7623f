"""What a person is told of their order, where they filed it; in the caller's transaction."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection

from actions.work_orders.steps import Said, units
from actions.work_orders.way import Step
from connectors.messages import Author, Choice, OrderCard, Outbound, Purpose, Text
from connectors.store import conversations, messages
from connectors.store.conversations import Conversation
from connectors.store.work_orders import WorkOrder
from connectors.texts import Texts

ASKED = "asked"  # kind of a choice under the question whether it is solved: "asked:<number>"
TOLD = frozenset({Step.DISPATCH, Step.SIGN, Step.RETURN, Step.APPROVE, Step.REOPEN})
TOLD_IF_AGREED = frozenset({Step.CHECK, Step.ANSWER, Step.REFUSE})


def tell_step(
    conn: Connection, texts: Texts, order: WorkOrder, step: Step, said: Said, now: datetime
) -> Conversation | None:
    """Tells of a step; where it was told, None when there is nothing or nowhere to say it.

    ``order`` is as it was before the step. Closing asks whether it is solved (回访).
    """
    if step not in TOLD and not (order.every_step and step in TOLD_IF_AGREED):
        return None
    choices: tuple[Choice, ...] = ()
    if step is Step.APPROVE:
        choices = (
            Choice("solved", texts.say("order_solved"), _about(order, "rate_good")),
            Choice("unsolved", texts.say("order_unsolved"), _about(order, "rate_bad")),
        )
    return tell(
        conn,
        texts,
        order,
        f"order_news_{step.value}",
        now,
        choices,
        unit=units(texts, said.unit, said.helpers)
        or order.handling.unit
        or texts.say("office_name"),
        answer=order.handling.answer or "",
        outcome=texts.say(f"order_outcome_{said.outcome}") if said.outcome else "",
    )


def tell_final(
    conn: Connection, texts: Texts, order: WorkOrder, receipt: str, now: datetime
) -> Conversation | None:
    """The ticket system has taken the order: its number is the one to keep."""
    conversation = _where(conn, order)
    if conversation is None:
        return None
    words = texts.say(
        "order_final", conversation.channel, receipt=receipt, provisional=order.number
    )
    card = OrderCard(receipt, order.filed.title, texts.say("status_accepted"), words)
    outbound = Outbound((card,), Author.SYSTEM, purpose=Purpose.NOTICE)
    messages.add(conn, conversation, outbound, now, dedup_key=f"final\x1f{order.number}")
    return conversation


def tell(
    conn: Connection,
    texts: Texts,
    order: WorkOrder,
    key: str,
    now: datetime,
    choices: tuple[Choice, ...] = (),
    **values: str,
) -> Conversation | None:
    """Says a text about an order; None when it was filed nowhere we can write to."""
    conversation = _where(conn, order)
    if conversation is None:
        return None
    title = order.filed.title.partition("：")[0]  # the matter, without its details
    words = texts.say(key, conversation.channel, number=order.receipt, title=title, **values)
    outbound = Outbound((Text(words),), Author.SYSTEM, choices, purpose=Purpose.NOTICE)
    messages.add(conn, conversation, outbound, now)
    return conversation


def _about(order: WorkOrder, intent: str) -> str:
    """An answer's payload that names the order: several may have been asked about."""
    return f"/{intent}{json.dumps({'choice': f'{ASKED}:{order.number}'})}"


def _where(conn: Connection, order: WorkOrder) -> Conversation | None:
    talk = order.filed.conversation_id
    return conversations.get(conn, talk) if talk else None
