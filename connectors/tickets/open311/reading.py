"""How orders stand, by Open311: for whoever filed them by their key, and for anybody.

What anybody may read of others' orders holds no words of anybody: the matter, the district, the
state. Whoever filed an order by their key reads all of it but the contact they gave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from actions.work_orders import nodes as stations
from actions.work_orders.tickets import News, Status
from connectors.clock import Clock, in_china
from connectors.sanitize import whole_number
from connectors.store import order_public
from connectors.store.database import Database
from connectors.store.order_public import Wanted
from connectors.store.work_orders import NewWorkOrder, WorkOrder
from connectors.texts import Texts
from connectors.tickets.local import standings
from connectors.tickets.open311.answering import Fault, listed
from connectors.tickets.open311.callers import Callers
from connectors.tickets.open311.catalogue import Catalogue, code_of
from connectors.tickets.open311.incoming import CHANNEL
from connectors.tickets.open311.wire import moment
from connectors.tickets.open311.xml import Record

SPAN = timedelta(days=90)  # looked back without dates, by the standard
PAGE, PAGE_MOST = 50, 100
NUMBER_MOST = 100_000
_OVER = frozenset({Status.CLOSED, Status.WITHDRAWN, Status.REJECTED, Status.ARCHIVED})


@dataclass(frozen=True, slots=True)
class Reading:
    """``private``: the kinds of which nothing is shown to others."""

    callers: Callers
    catalogue: Catalogue
    database: Database
    clock: Clock
    texts: Texts
    region_name: Callable[[str], str | None]
    private: tuple[str, ...]

    async def list(self, request: web.Request) -> web.Response:
        given = request.query
        self.callers.at_home(given)
        wanted = self._wanted(given)
        page, size = _number(given, "page", 1), _number(given, "page_size", PAGE)
        size = min(size, PAGE_MOST)
        return await self._shown(request, wanted, size, (page - 1) * size)

    async def one(self, request: web.Request) -> web.Response:
        self.callers.at_home(request.query)
        wanted = self._wanted(request.query, request.match_info["id"])
        return await self._shown(request, wanted, 2, 0, needed=True)

    async def token(self, request: web.Request) -> web.Response:
        self.callers.at_home(request.query)
        self.callers.reader(request.query)
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
            news = standings(conn, found)
            return [self._record(one, news[one.number], wanted, extensions) for one in found]

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
                "helpers": "、".join(news.helpers),
            }
        return record

    def _district(self, filed: NewWorkOrder) -> str:
        return (self.region_name(filed.place_region) or "") if filed.place_region else ""

    def _wanted(self, given: Mapping[str, str], name: str | None = None) -> Wanted:
        """Which orders a query asks for. Raises :class:`Fault`."""
        caller = self.callers.reader(given)
        names = (name,) if name is not None else _list(given, "service_request_id")
        wanted = Wanted(
            names=names,
            keys=f"{CHANNEL}:{caller}:" if caller else "",
            others=self.callers.settings.public,
            private=self.private,
            done=stations.DONE,
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
    number = whole_number(said)
    if not number or number >= NUMBER_MOST:
        raise Fault(400, f"{name} must be a number from 1")
    return number


def _time(at: datetime | None) -> str:
    return in_china(at).isoformat(timespec="seconds") if at else ""
