"""Ticket systems, put together: what goes out, what comes in, what we serve."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import aiohttp
from aiohttp import web

from actions.work_orders.news import Teller
from actions.work_orders.register import LocalRegister
from actions.work_orders.tickets import TicketSystem
from connectors.clock import Clock
from connectors.coordination.coordinator import Coordinator
from connectors.delivery.breaker import Rests
from connectors.settings import Settings
from connectors.store import ticket_sends
from connectors.store.database import Database, StoreUnavailable
from connectors.tickets.courier import Courier, Housekeeping
from connectors.tickets.local import LocalTickets
from connectors.tickets.looking import Looker
from connectors.tickets.open311.callers import Callers
from connectors.tickets.open311.catalogue import Catalogue, Matter
from connectors.tickets.open311.client import Open311Tickets
from connectors.tickets.open311.reading import Reading
from connectors.tickets.open311.server import Open311Server
from connectors.tickets.papers import Links
from connectors.tickets.standing import Standing
from connectors.tickets.telling import Telling
from connectors.tickets.transcript import TranscriptPage
from connectors.tickets.webhook.callbacks import Callbacks
from connectors.tickets.webhook.client import WebhookTickets


@dataclass(frozen=True, slots=True)
class Matters:
    """What the office is told of the category tree and of regions, which are not its business."""

    matters: Callable[[], Sequence[Matter]]
    region_name: Callable[[str], str | None]
    kinds: tuple[str, ...]
    private: tuple[str, ...]
    """Kinds of which nothing is shown to others."""


class TicketOffice:
    def __init__(
        self,
        settings: Settings,
        database: Database,
        coordinator: Coordinator,
        clock: Clock,
        teller: Teller,
        register: LocalRegister,
        known: Matters,
        wake: Callable[[], None],
        signing_key: bytes,
    ) -> None:
        """``wake``: to be called after something was written to people."""
        self._settings = settings
        self._database = database
        self._clock = clock
        self._teller = teller
        self._texts = texts = teller.texts
        self._telling = Telling(coordinator, wake)
        own = settings.tickets
        self._links = Links(signing_key, settings.own_url, own.links_last, clock)
        rests = Rests(own.rest_after, own.first_rest, own.longest_rest)
        self.standings = {
            name: Standing(name, rests, clock) for name in (*own.open311, *own.webhook)
        }
        self._callbacks = Callbacks(
            own.webhook, database, coordinator, clock, teller, self._telling
        )
        self._transcript = TranscriptPage(
            self._links, database, clock, texts, settings.dialogue.session_idle
        )
        catalogue = Catalogue(known.matters)
        callers = Callers(settings.open311, settings.trusted_proxies, coordinator)
        self._server = Open311Server(
            callers,
            Reading(callers, catalogue, database, clock, texts, known.region_name, known.private),
            catalogue,
            register,
            LocalTickets(register, database, clock, texts),
            database,
            clock,
            texts,
            settings.own_url,
            known.kinds,
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        rooms = (self._callbacks, self._transcript, self._server)
        return [route for room in rooms for route in room.routes()]

    def checks(self) -> dict[str, Callable[[], Awaitable[str | None]]]:
        """How each ticket system is, as this gateway has found it."""

        async def check(standing: Standing) -> str | None:
            return standing.wrong

        return {f"ticket_{name}": partial(check, one) for name, one in self.standings.items()}

    def systems(self, http: aiohttp.ClientSession) -> dict[str, TicketSystem]:
        """The systems of the configuration, by name."""
        own, settings = self._settings.tickets, self._settings
        found: dict[str, TicketSystem] = {
            name: Open311Tickets(one, http, self._clock, self._texts, settings.city)
            for name, one in own.open311.items()
        }
        for name, webhook in own.webhook.items():
            found[name] = WebhookTickets(webhook, http, self._clock)
        return found

    def courier(self, name: str, system: TicketSystem) -> Courier:
        own = self._settings.tickets
        configured = own.open311.get(name) or own.webhook[name]
        return Courier(
            name,
            system,
            self.standings[name],
            self._database,
            self._clock,
            self._teller,
            own,
            self._links.papers,
            self._telling,
            configured.parallel,
        )

    def looker(self, name: str, system: TicketSystem) -> Looker:
        return Looker(
            name,
            system,
            self.standings[name],
            self._database,
            self._clock,
            self._teller,
            self._telling,
        )

    async def run(self) -> None:
        """Sends and looks until cancelled."""
        if self._settings.database_url is None:  # claims of a gateway that is gone
            now = self._clock.now()
            with suppress(StoreUnavailable):  # then they run out
                await self._database.transact(lambda conn: ticket_sends.release(conn, now))
        jar = aiohttp.DummyCookieJar()
        async with (
            aiohttp.ClientSession(cookie_jar=jar, headers={"Accept-Encoding": "identity"}) as http,
            asyncio.TaskGroup() as group,
        ):
            systems = self.systems(http)
            couriers = {name: self.courier(name, one) for name, one in systems.items()}
            house = Housekeeping(self._database, self._clock, couriers)
            group.create_task(house.run(), name="tickets")
            for name, system in systems.items():
                group.create_task(couriers[name].run(), name=f"tickets to {name}")
                looker = self.looker(name, system)
                group.create_task(looker.run(), name=f"looks at {name}")
                group.create_task(looker.mind(), name=f"health of {name}")
