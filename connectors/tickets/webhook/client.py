"""Posting orders to a ticket system, signed (``docs/tickets.md``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import aiohttp
from pydantic import BaseModel

from actions.work_orders.tickets import (
    Change,
    News,
    OrderRefused,
    Papers,
    Taken,
    TicketError,
    Unreachable,
)
from connectors import tracing
from connectors.clock import Clock
from connectors.outward import Answer, NoAnswer, ask
from connectors.posted import Malformed
from connectors.settings.tickets import WebhookSystem
from connectors.signing import signed_headers
from connectors.store.tickets import Ticket
from connectors.store.work_orders import WorkOrder
from connectors.tickets import answers
from connectors.tickets.webhook import wire

RECEIPT_MOST = 64
LOOK_MOST = 512 * 1024  # bytes of the answer to a look


class WebhookTickets:
    """A ticket system by webhook. It knows a repeat by the key, so ``again`` changes nothing."""

    def __init__(self, settings: WebhookSystem, http: aiohttp.ClientSession, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock

    @property
    def look_every(self) -> timedelta | None:
        return self._settings.look_every

    async def file(self, order: WorkOrder, papers: Papers, *, again: bool) -> Taken:
        said = wire.filed(order, papers)
        answer = await self._post(said, said.key)
        found = self._known(answer)
        number = found.get("number") if isinstance(found, dict) else None
        if isinstance(number, int) and not isinstance(number, bool):
            number = str(number)
        if number is None or number == "":
            return Taken()  # 202: the number comes by an event
        if not isinstance(number, str) or not _is_receipt(number.strip()):
            raise Unreachable("the number in the answer is none we could show to anybody")
        return Taken(number.strip())

    async def update(self, order: WorkOrder, change: Change) -> None:
        ticket = order.ticket or Ticket(order.number, "")
        answer = await self._post(wire.changed(order, ticket, change), change.key)
        if answer.status == 404:  # it took the order at this address, so it is this that is wrong
            raise OrderRefused("status 404: it does not know the order")
        self._known(answer)

    async def look(self, tickets: Sequence[Ticket]) -> Mapping[str, News]:
        asked = wire.Asked(orders=[one.number for one in tickets])
        answer = await self._post(asked, None, LOOK_MOST)
        answers.checked(answer, self._clock.now())
        try:
            found = wire.standings(answer.body)
        except Malformed as error:
            raise Unreachable(f"an answer that cannot be read: {error}") from None
        ours = {one.receipt: one.number for one in tickets if one.receipt}
        asked_for = {one.number for one in tickets}
        news = {}
        for one in found.orders:
            number = one.order or ours.get(one.number or "")
            if number in asked_for:
                news[number] = one.news()
        return news

    async def health(self) -> str | None:
        try:
            answers.checked(await self._post(wire.Ping(), None), self._clock.now())
        except TicketError as error:
            return error.detail or error.code
        return None

    def _known(self, answer: Answer) -> object:
        """The answer's JSON. A 409 says that the system has it already: as good as taken."""
        if answer.status == 409:
            found, _ = answers.parsed(answer.body)
            return found
        return answers.checked(answer, self._clock.now())

    async def _post(self, said: BaseModel, key: str | None, most: int = 64 * 1024) -> Answer:
        body = said.model_dump_json().encode()
        secret = self._settings.secret.get_secret_value()
        headers = signed_headers(secret, body, self._clock.now())
        headers["Content-Type"] = "application/json"
        tracing.carry(headers)
        if key is not None:
            headers["X-Huiying-Key"] = key
        try:
            return await ask(
                self._http,
                "POST",
                self._settings.url,
                timeout=self._settings.timeout,
                body=body,
                headers=headers,
                most=most,
            )
        except NoAnswer as error:
            raise Unreachable(str(error)) from None


def _is_receipt(number: str) -> bool:
    return 0 < len(number) <= RECEIPT_MOST and number.isprintable()
