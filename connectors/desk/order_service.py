"""A step with an order from the desk, and what its person is told of it, in one transaction."""

from __future__ import annotations

from sqlalchemy import Connection

from actions.work_orders import steps
from actions.work_orders.steps import Said, StepRefused
from actions.work_orders.way import ForbiddenStep, Step
from connectors.desk.office import Office, Refused
from connectors.store.agents import Agent
from connectors.store.conversations import Conversation


class OrderService:
    def __init__(self, office: Office) -> None:
        self._office = office

    async def take(self, agent: Agent, number: str, step: Step, said: Said) -> None:
        """Takes a step. Raises :class:`Refused`, and nothing has changed then."""
        office = self._office
        now = office.clock.now()

        def unit(conn: Connection) -> Conversation | None:
            clean = steps.checked(step, said)
            order = steps.take(conn, office.texts, number, step, clean, actor=agent.id, now=now)
            return office.teller.step(conn, order, step, clean, now)

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
