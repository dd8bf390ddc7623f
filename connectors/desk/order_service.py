"""A step with an order from the desk, and what its person is told of it, in one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from actions.work_orders import steps
from actions.work_orders.steps import Said, StepRefused
from actions.work_orders.way import ForbiddenStep, Step
from connectors.desk.office import Office, Refused
from connectors.messages import Author, Choice, Outbound, Text
from connectors.store import conversations, messages
from connectors.store.agents import Agent
from connectors.store.conversations import Conversation
from connectors.store.work_orders import WorkOrder

TOLD = frozenset({Step.DISPATCH, Step.SIGN, Step.RETURN, Step.APPROVE, Step.REOPEN})


class OrderService:
    def __init__(self, office: Office) -> None:
        self._office = office

    async def take(self, agent: Agent, number: str, step: Step, said: Said) -> None:
        """Takes a step. Raises :class:`Refused`, and nothing has changed then."""
        office = self._office
        now = office.clock.now()

        def unit(conn: Connection) -> Conversation | None:
            order = steps.take(conn, office.texts, number, step, said, actor=agent.id, now=now)
            return self._tell(conn, order, step, said, now)

        try:
            told = await office.database.transact(unit)
        except LookupError as error:
            raise Refused("desk_no_such_order") from error
        except StepRefused as error:
            raise Refused(error.key) from error
        except ForbiddenStep as error:
            raise Refused("desk_order_elsewhere") from error
        office.sender.wake()
        if told is not None:
            await office.tell(told, "message")

    def _tell(
        self, conn: Connection, order: WorkOrder, step: Step, said: Said, now: datetime
    ) -> Conversation | None:
        """Writes to the person where they filed the order; None when there is nothing to say."""
        talk = order.filed.conversation_id
        conversation = conversations.get(conn, talk) if talk and step in TOLD else None
        if conversation is None:
            return None
        say = self._office.texts.say
        words = say(
            f"order_news_{step.value}",
            conversation.channel,
            number=order.number,
            title=order.filed.title.partition("：")[0],  # the matter, without its details
            unit=said.unit or order.handling.unit or say("office_name"),
            answer=order.handling.answer or "",
            outcome=say(f"order_outcome_{said.outcome}") if said.outcome else "",
        )
        choices: tuple[Choice, ...] = ()
        if step is Step.APPROVE:
            choices = (
                Choice("solved", say("order_solved"), "/rate_good"),
                Choice("unsolved", say("order_unsolved"), "/rate_bad"),
            )
        messages.add(conn, conversation, Outbound((Text(words),), Author.SYSTEM, choices), now)
        return conversation
