"""Our register served by Open311 GeoReport v2: services, filing, how orders stand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from actions.work_orders.linking import linked
from actions.work_orders.register import LocalRegister
from actions.work_orders.tickets import TicketError
from connectors import logs, metrics
from connectors.clock import Clock
from connectors.store import order_public
from connectors.store.database import Database
from connectors.store.order_public import Wanted
from connectors.texts import Texts
from connectors.tickets.local import LocalTickets
from connectors.tickets.open311 import incoming
from connectors.tickets.open311.answering import FORMAT, Fault, alone, failed, listed
from connectors.tickets.open311.callers import Callers
from connectors.tickets.open311.catalogue import Catalogue
from connectors.tickets.open311.incoming import CHANNEL, Form
from connectors.tickets.open311.reading import Reading
from connectors.tickets.open311.xml import Record

log = logs.get(__name__)

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Open311Server:
    callers: Callers
    reading: Reading
    catalogue: Catalogue
    register: LocalRegister
    local: LocalTickets
    database: Database
    clock: Clock
    texts: Texts
    own_url: str
    kinds: tuple[str, ...]

    def routes(self) -> list[web.AbstractRouteDef]:
        """None at all where nobody may read or file."""
        settings = self.callers.settings
        if not (settings.public or settings.api_keys):
            return []
        at, kept, ext, name = "/open311/v2", self._kept, FORMAT, "{id:[^/]+?}"
        return [
            web.get(f"/open311/discovery{ext}", kept(self._discovery)),
            web.get(f"{at}/services{ext}", kept(self._services)),
            web.get(f"{at}/services/{name}{ext}", kept(self._service)),
            web.get(f"{at}/requests{ext}", kept(self.reading.list)),
            web.post(f"{at}/requests{ext}", kept(self._file)),
            web.get(f"{at}/requests/{name}{ext}", kept(self.reading.one)),
            web.get(f"{at}/tokens/{name}{ext}", kept(self.reading.token)),
            web.post(f"{at}/servicerequestupdates{ext}", kept(self._update)),
        ]

    def _kept(self, handler: Handler) -> Handler:
        """A handler whose faults are told by the standard, and that nobody calls too often."""

        async def handle(request: web.Request) -> web.Response:
            try:
                await self.callers.may_go_on(request)
                if "\0" in request.query_string:  # PostgreSQL has no place for it
                    raise Fault(400, "a zero byte in the address")
                answer = await handler(request)
            except Fault as fault:
                metrics.inbound_total.labels(CHANNEL, str(fault.status)).inc()
                return failed(request, fault)
            return answer

        return handle

    async def _discovery(self, request: web.Request) -> web.Response:
        since = "2026-11-22T00:00:00+08:00"
        return alone(
            request,
            "discovery",
            {
                "changeset": since,
                "contact": self.callers.settings.contact,
                "key_service": self.callers.settings.contact,
                "endpoints": [
                    {
                        "specification": "http://wiki.open311.org/GeoReport_v2",
                        "url": f"{self.own_url}/open311/v2",
                        "changeset": since,
                        "type": "production",
                        "formats": ["text/xml", "application/json"],
                    }
                ],
            },
        )

    async def _services(self, request: web.Request) -> web.Response:
        self.callers.at_home(request.query)
        return listed(request, "services", "service", self.catalogue.services())

    async def _service(self, request: web.Request) -> web.Response:
        self.callers.at_home(request.query)
        code = request.match_info["id"]
        if self.catalogue.path(code) is None:
            raise Fault(404, "service_code was not found")
        return alone(
            request, "service_definition", self.catalogue.definition(code, self.kinds, self.texts)
        )

    async def _file(self, request: web.Request) -> web.Response:
        form, caller = await self._signed(request)
        code = form.said("service_code", 64)
        if not code:
            raise Fault(400, "service_code was not provided")
        if (path := self.catalogue.path(code)) is None:
            raise Fault(404, "service_code was not found")
        key = incoming.key(request, caller)
        order = incoming.order(form, path, key, self.kinds, self.texts)
        filed = await self.register.file(
            await linked(self.database, order, self.clock.now(), contact_id=None)
        )
        metrics.inbound_total.labels(CHANNEL, "accepted").inc()
        log.info("open311.filed", caller=caller, number=filed.number)
        code_text = filed.query_code or ""
        notice = self.texts.say("open311_notice", code=code_text) if code_text else ""
        answer: dict[str, Any] = {"service_notice": notice, "account_id": ""}
        named = "token" if filed.provisional else "service_request_id"
        return listed(request, "service_requests", "request", [{named: filed.receipt, **answer}])

    async def _update(self, request: web.Request) -> web.Response:
        """FixMyStreet's addition to the standard: what happened to a request where it was filed."""
        form, caller = await self._signed(request)
        number, update = form.said("service_request_id", 64), form.said("update_id", 80)
        if not number or not update:
            raise Fault(400, "service_request_id and update_id are needed")
        wanted = Wanted(names=(number,), keys=f"{CHANNEL}:{caller}:")
        found = await self.database.read(lambda conn: order_public.listed(conn, wanted, 1))
        if not found:
            raise Fault(404, "service_request_id was not found")
        change = incoming.change(form, f"{CHANNEL}:{caller}:{update}"[:80], self.clock.now())
        try:
            await self.local.update(found[0], change)
        except TicketError as error:
            raise Fault(400, error.detail) from None
        record: Record = {"update_id": update}
        return listed(request, "service_request_updates", "request_update", [record])

    async def _signed(self, request: web.Request) -> tuple[Form, str]:
        """The form of a caller who may write. Raises :class:`Fault`."""
        form = await incoming.read(request)
        self.callers.at_home(form.values)
        return form, await self.callers.signed(form.values)
