"""What the rooms that file orders share: the form's page, reading words into it, completing it."""

from __future__ import annotations

import asyncio

from aiohttp import web

from actions.work_orders.linking import linked
from actions.work_orders.register import LocalRegister
from connectors.desk import order_form
from connectors.desk.access import Access
from connectors.desk.fields import Prefill
from connectors.desk.office import Office
from connectors.desk.pages import Pages
from connectors.desk.room import Room
from connectors.store.agents import AgentSession
from connectors.store.work_orders import NewWorkOrder


class OrderRoom(Room):
    def __init__(
        self,
        office: Office,
        access: Access,
        pages: Pages,
        register: LocalRegister,
        prefill: Prefill,
    ) -> None:
        super().__init__(office, access, pages)
        self._register = register
        self._prefill = prefill

    async def _read(self, words: str) -> NewWorkOrder:
        """An order as it is read out of words, to be looked over."""
        now, region = self._office.clock.now(), self._office.settings.region
        return await asyncio.to_thread(self._prefill, words, now, region)

    async def _completed(self, order: NewWorkOrder, contact_id: str | None) -> NewWorkOrder:
        """An order the form of which is right, with all that is known of it when it is filed."""
        whole = order_form.completed(order, await self._read(order.content))
        return await linked(self._office.database, whole, self._office.clock.now(), contact_id)

    def _form(
        self,
        session: AgentSession,
        order: NewWorkOrder,
        token: str,
        *,
        here: str,
        back: str,
        sources: tuple[str, ...] = (),
        problem: str = "",
    ) -> web.Response:
        """``here``: where it is sent to; ``back``: what is left for it; ``problem``: the key of the
        text that says what is wrong with it."""
        return self._pages.show(
            "new_order.html",
            session=session,
            here=here,
            back=back,
            sources=sources,
            order=order,
            token=token,
            kinds=tuple(self._office.settings.orders.due_days),
            problem=self._office.texts.say(problem) if problem else "",
        )
