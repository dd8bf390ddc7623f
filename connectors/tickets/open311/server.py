"""Our register served by Open311 GeoReport v2: services, filing, how orders stand.

What anybody may read of others' orders holds no words of anybody: the matter, the district, the
state. Whoever filed an order by their key reads all of it but the contact they gave.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from actions.work_orders import nodes as stations
from actions.work_orders.register import LocalRegister
from actions.work_orders.tickets import News, Status, TicketError
from connectors import logs, metrics
from connectors.clock import Clock, in_china
from connectors.coordination.coordinator import Coordinator
from connectors.settings.tickets import Served
from connectors.store import order_public
from connectors.store.database import Database
from connectors.store.order_public import Wanted
from connectors.store.work_orders import NewWorkOrder, WorkOrder
from connectors.texts import Texts
from connectors.tickets.local import LocalTickets, standing
from connectors.tickets.open311 import incoming
from connectors.tickets.open311.answering import FORMAT, Fault, alone, failed, listed
from connectors.tickets.open311.catalogue import Catalogue, code_of
from connectors.tickets.open311.incoming import CHANNEL, Form
from connectors.tickets.open311.wire import moment
from connectors.tickets.open311.xml import Record

log = logs.get(__name__)

SPAN = timedelta(days=90)  # looked back without dates, by the standard
PAGE, PAGE_MOST = 50, 100
DONE = (stations.ASKED, stations.ARCHIVED)
_OVER = frozenset({Status.CLOSED, Status.WITHDRAWN, Status.REJECTED, Status.ARCHIVED})

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Open311Server:
    settings: Served
    catalogue: Catalogue
    register: LocalRegister
    local: LocalTickets
    database: Database
    coordinator: Coordinator
    clock: Clock
    texts: Texts
    own_url: str
    region_name: Callable[[str], str | None]
    kinds: tuple[str, ...]
    private: tuple[str, ...]

    def routes(self) -> list[web.AbstractRouteDef]:
        """None at all where nobody may read or file."""
        if not (self.settings.public or self.settings.api_keys):
            return []
        at, kept, ext = "/open311/v2", self._kept, FORMAT
        return [
            web.get(f"/open311/discovery.{ext}", kept(self._discovery)),
            web.get(f"{at}/services.{ext}", kept(self._services)),
            web.get(f"{at}/services/{{id}}.{ext}", kept(self._service)),
            web.get(f"{at}/requests.{ext}", kept(self._requests)),
            web.post(f"{at}/requests.{ext}", kept(self._file)),
            web.get(f"{at}/requests/{{id}}.{ext}", kept(self._request)),
            web.get(f"{at}/tokens/{{id}}.{ext}", kept(self._token)),
            web.post(f"{at}/servicerequestupdates.{ext}", kept(self._update)),
        ]

    def _kept(self, handler: Handler) -> Handler:
        """A handler whose faults are told by the standard, and that nobody calls too often."""

        async def handle(request: web.Request) -> web.Response:
            try:
                who = self._caller(request.query.get("api_key", "")) or request.remote or ""
                if not await self.coordinator.allow(f"open311:{who}", self.settings.per_minute, 60):
                    raise Fault(429, "too many requests", **{"Retry-After": "10"})
                answer = await handler(request)
            except Fault as fault:
                metrics.inbound_total.labels(CHANNEL, str(fault.status)).inc()
                return failed(request, fault)
            return answer

        return handle

    # Reading -----------------------------------------------------------------------------------

    async def _discovery(self, request: web.Request) -> web.Response:
        since = "2026-11-22T00:00:00+08:00"
        return alone(
            request,
            "discovery",
            {
                "changeset": since,
                "contact": self.settings.contact,
                "key_service": self.settings.contact,
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
        self._jurisdiction(request.query)
        return listed(request, "services", "service", self.catalogue.services())

    async def _service(self, request: web.Request) -> web.Response:
        self._jurisdiction(request.query)
        code = request.match_info["id"]
        if self.catalogue.path(code) is None:
            raise Fault(404, "service_code was not found")
        return alone(
            request, "service_definition", self.catalogue.definition(code, self.kinds, self.texts)
        )

    async def _requests(self, request: web.Request) -> web.Response:
        given = request.query
        self._jurisdiction(given)
        wanted = self._wanted(given)
        page, size = _number(given, "page", 1), _number(given, "page_size", PAGE)
        size = min(size, PAGE_MOST)
        return await self._shown(request, wanted, size, (page - 1) * size)

    async def _request(self, request: web.Request) -> web.Response:
        self._jurisdiction(request.query)
        wanted = self._wanted(request.query, request.match_info["id"])
        return await self._shown(request, wanted, 2, 0, needed=True)

    async def _token(self, request: web.Request) -> web.Response:
        self._jurisdiction(request.query)
        token = request.match_info["id"]
        wanted = Wanted(names=(token,), keys=f"{CHANNEL}:")
        found = await self.database.read(lambda conn: order_public.listed(conn, wanted, 1))
        if not found:
            raise Fault(404, "token was not found")
        receipt = "" if found[0].provisional else found[0].receipt
        record: Record = {"service_request_id": receipt, "token": token}
        return listed(request, "service_requests", "request", [record])

    async def _shown(
        self,
        request: web.Request,
        wanted: Wanted,
        limit: int,
        offset: int,
        *,
        needed: bool = False,
    ) -> web.Response:
        extensions = request.query.get("extensions", "").lower() == "true"

        def unit(conn: Connection) -> list[Record]:
            found = order_public.listed(conn, wanted, limit, offset)
            return [self._record(one, standing(conn, one), wanted, extensions) for one in found]

        records = await self.database.read(unit)
        if needed and not records:
            raise Fault(404, "service_request_id was not found")
        return listed(request, "service_requests", "request", records)

    def _record(
        self, order: WorkOrder, news: News, wanted: Wanted, extensions: bool
    ) -> dict[str, Any]:
        filed, own = order.filed, bool(wanted.keys) and order.filed.key.startswith(wanted.keys)
        over = news.status in _OVER
        notes = news.answer or news.note or _outcome(self.texts, news)
        record: dict[str, Any] = {
            "service_request_id": order.receipt,
            "status": "closed" if over else "open",
            "status_notes": notes if own else _outcome(self.texts, news),
            "service_name": filed.category[-1] if filed.category else "",
            "service_code": code_of(filed.category) if filed.category else "",
            "description": filed.content if own else "",
            "agency_responsible": news.unit,
            "service_notice": "",
            "requested_datetime": _time(order.created_at),
            "updated_datetime": _time(news.at),
            "expected_datetime": _time(filed.due_at),
            "address": (filed.place_text or "") if own else self._district(filed),
            "address_id": "",
            "zipcode": "",
            "lat": filed.latitude if own else None,
            "long": filed.longitude if own else None,
            "media_url": "",
        }
        if extensions:
            record["extended_attributes"] = {
                "detailed_status": news.status.value,
                "outcome": news.outcome,
            }
        return record

    def _district(self, filed: NewWorkOrder) -> str:
        return (self.region_name(filed.place_region) or "") if filed.place_region else ""

    def _wanted(self, given: Mapping[str, str], name: str | None = None) -> Wanted:
        """Which orders a query asks for. Raises :class:`Fault`."""
        caller = self._caller(given.get("api_key", ""))
        if given.get("api_key") and caller is None:
            raise Fault(403, "api_key is not known here")
        if caller is None and not self.settings.public:
            raise Fault(403, "an api_key is needed")
        names = (name,) if name is not None else _list(given, "service_request_id")
        wanted = Wanted(
            names=names,
            keys=f"{CHANNEL}:{caller}:" if caller else "",
            others=self.settings.public,
            private=self.private,
            done=DONE,
        )
        if names:
            return wanted
        codes = _list(given, "service_code")
        paths = tuple(path for code in codes if (path := self.catalogue.path(code)))
        if len(paths) < len(codes):
            raise Fault(404, "service_code was not found")
        until = _moment(given, "end_date")
        since = _moment(given, "start_date") or (until or self.clock.now()) - SPAN
        return replace(wanted, closed=_closed(given), since=since, until=until, categories=paths)

    # Filing ------------------------------------------------------------------------------------

    async def _file(self, request: web.Request) -> web.Response:
        form, caller = await self._signed(request)
        code = form.said("service_code", 64)
        if not code:
            raise Fault(400, "service_code was not provided")
        if (path := self.catalogue.path(code)) is None:
            raise Fault(404, "service_code was not found")
        key = incoming.key(request, caller)
        order = incoming.order(form, path, key, self.kinds, self.texts)
        filed = await self.register.file(order)
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
        self._jurisdiction(form.values)
        caller = self._caller(form.values.get("api_key", ""))
        if caller is None:
            raise Fault(403, "api_key is missing or not known here")
        if not await self.coordinator.allow(f"open311:{caller}", self.settings.per_minute, 60):
            raise Fault(429, "too many requests", **{"Retry-After": "10"})
        return form, caller

    def _caller(self, given: str) -> str | None:
        """Whose key this is; every key is compared, in the same time."""
        found = None
        for name, key in self.settings.api_keys.items():
            if hmac.compare_digest(key.get_secret_value().encode(), given.encode()):
                found = name
        return found

    def _jurisdiction(self, given: Mapping[str, str]) -> None:
        ours = self.settings.jurisdiction_id
        if ours is None:
            return
        told = given.get("jurisdiction_id")
        if not told:
            raise Fault(400, "jurisdiction_id was not provided")
        if told != ours:
            raise Fault(404, "jurisdiction_id was not found")


def _outcome(texts: Texts, news: News) -> str:
    return texts.say(f"order_outcome_{news.outcome}") if news.outcome else ""


def _list(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in given.get(name, "").split(",") if one.strip())[:100]


def _closed(given: Mapping[str, str]) -> bool | None:
    asked = {one.lower() for one in _list(given, "status")}
    if not asked <= {"open", "closed"}:
        raise Fault(400, "status is open or closed")
    return None if len(asked) != 1 else asked == {"closed"}


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    if not given.get(name):
        return None
    read = moment(given[name].replace(" ", "+"))
    if read is None:
        raise Fault(400, f"{name} must be a time such as 2026-01-02T15:04:05Z")
    return read


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    said = given.get(name, "")
    if not said:
        return default
    if not (said.isascii() and said.isdigit() and 0 < int(said[:9]) < 100_000):
        raise Fault(400, f"{name} must be a number from 1")
    return int(said)


def _time(at: datetime | None) -> str:
    return in_china(at).isoformat(timespec="seconds") if at else ""
