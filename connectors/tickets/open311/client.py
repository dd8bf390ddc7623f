"""A ticket system that speaks Open311 GeoReport v2, with the ways real servers deviate from it.

The standard knows no key that makes a repeat recognisable. So our number stands in the description,
and where a try may have got through, the server's requests are looked through for it before the
order is posted again. It knows no updates either: they go as another request about the first one,
or by FixMyStreet's ``servicerequestupdates`` where the settings say so.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from actions.work_orders.tickets import (
    Change,
    ChangeKind,
    Misconfigured,
    News,
    NotCarried,
    OrderRefused,
    Papers,
    Status,
    Taken,
    TicketError,
    Unreachable,
)
from connectors import tracing
from connectors.clock import Clock
from connectors.outward import Answer, NoAnswer, ask
from connectors.settings.tickets import Open311System
from connectors.store.tickets import Ticket
from connectors.store.work_orders import WorkOrder
from connectors.texts import Texts
from connectors.tickets.open311 import compose, wire
from connectors.tickets.open311.wire import Attribute, Record, Service

FRESH = 3600.0  # seconds for which services and their attributes are remembered
ANSWER_MOST = 4 * 1024 * 1024  # bytes: a list of services or requests may be long
PAGES = 5  # of requests looked through for an order of ours
RECEIPT_MOST = 64
_CLOSES = frozenset({ChangeKind.FOLLOW_UP, ChangeKind.WITHDRAW})
"""After these there is nothing to be done: an update that says open would open the request anew."""


@dataclass(frozen=True, slots=True)
class _Kept:
    services: tuple[Service, ...]
    until: float


class Open311Tickets:
    def __init__(
        self,
        settings: Open311System,
        http: aiohttp.ClientSession,
        clock: Clock,
        texts: Texts,
        city: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``city`` is where an order happened that names no place."""
        self._settings = settings
        self._http = http
        self._clock = clock
        self._texts = texts
        self._city = city
        self._monotonic = monotonic
        self._base: str | None = None if settings.discovery else settings.url.rstrip("/")
        self._kept: _Kept | None = None
        self._asked: dict[str, tuple[Attribute, ...]] = {}

    @property
    def look_every(self) -> timedelta | None:
        return self._settings.look_every

    # The port ----------------------------------------------------------------------------------

    async def file(self, order: WorkOrder, papers: Papers, *, again: bool) -> Taken:
        fields = compose.fields(order, papers, self._texts, self._city)
        return await self._filed(order, fields, order.number, again=again)

    async def update(self, order: WorkOrder, change: Change) -> None:
        words = compose.told(order, change, self._texts)
        if self._settings.updates == "service_request_updates":
            await self._updated(order, change, words)
        elif change.kind is ChangeKind.FOLLOW_UP:
            raise NotCarried("a request says nothing of how people found it")
        else:
            fields = compose.fields(order, Papers(), self._texts, self._city)
            foot = self._texts.say("ticket_number", number=change.key)
            fields["description"] = f"{words}\n{foot}"[: compose.DESCRIPTION_MOST]
            await self._filed(order, fields, change.key, again=True)

    async def look(self, tickets: Sequence[Ticket]) -> Mapping[str, News]:
        found: dict[str, News] = {}
        numbered = {one.receipt: one.number for one in tickets if one.receipt}
        if numbered:
            listed = await self._get(
                "requests", {"service_request_id": ",".join(numbered), "extensions": "true"}
            )
            for one in wire.records(listed, "request", self._clock.now()):
                number = numbered.pop(one.get("service_request_id", ""), None)
                if number is not None:
                    found[number] = self._news(one)
        for receipt, number in numbered.items():  # a server that reads no lists
            if (alone := await self._one(receipt)) is not None:
                found[number] = self._news(alone)
        for one_ticket in tickets:
            if one_ticket.receipt is None and one_ticket.token:
                got = await self._token(one_ticket.token)
                if got is not None:
                    found[one_ticket.number] = News(Status.ACCEPTED, self._clock.now(), receipt=got)
        return found

    async def health(self) -> str | None:
        self._kept = None
        try:
            services = await self._services()
        except TicketError as error:
            return error.detail or error.code
        return None if services else "it has no services"

    # Filing ------------------------------------------------------------------------------------

    async def _filed(
        self, order: WorkOrder, fields: Mapping[str, str], key: str, *, again: bool
    ) -> Taken:
        service = compose.service_of(order, await self._services(), self._settings)
        if again and (there := await self._there(order, service, key)) is not None:
            return Taken(there)
        form = {**fields, **await self._attributes(order, service)}
        form |= {"api_key": self._settings.api_key.get_secret_value()}
        form |= {"service_code": service.code}
        answer = await self._ask("POST", "requests", form=form, key=key)
        if answer.status in (400, 404, 422):
            raise await self._refusal(answer, service)
        for one in wire.records(answer, "request", self._clock.now()):
            receipt, token = one.get("service_request_id", ""), one.get("token", "")
            if receipt and len(receipt) <= RECEIPT_MOST and receipt.isprintable():
                return Taken(receipt)
            if token and len(token) <= RECEIPT_MOST:
                return Taken(token=token)
        raise Unreachable("an answer with neither number nor token")

    async def _refusal(self, answer: Answer, service: Service) -> TicketError:
        """Why a request was not taken: the standard and servers differ in 400 and 404. Where the
        server still has its services, it is this request that is wrong."""
        said = wire.failure(answer, self._clock.now())
        self._kept = None
        self._asked.clear()
        if service.code not in {one.code for one in await self._services()}:
            return Unreachable(f"{said.detail}; its services have changed")
        return OrderRefused(said.detail)

    async def _there(self, order: WorkOrder, service: Service, key: str) -> str | None:
        """The number of a request that holds our key, when an earlier try got through after all."""
        since = (order.created_at - timedelta(hours=1)).isoformat(timespec="seconds")
        query = {
            "service_code": service.code,
            "start_date": since.replace("+00:00", "Z"),
        }
        sign = re.compile(re.escape(self._texts.say("ticket_number", number=key)) + r"(?![\w:])")
        before: list[Record] = []
        for page in range(1, PAGES + 1):
            try:
                answer = await self._get("requests", {**query, "page": str(page)})
                listed = wire.records(answer, "request", self._clock.now())
            except (OrderRefused, Misconfigured, NotCarried):
                return None  # it shows no requests; then it is posted again
            if not listed or listed == before:
                return None
            for one in listed:
                if sign.search(one.get("description", "")):
                    return one.get("service_request_id") or None
            before = listed
        return None

    async def _attributes(self, order: WorkOrder, service: Service) -> dict[str, str]:
        if not service.metadata:
            return {}
        if service.code not in self._asked:
            answer = await self._get(f"services/{service.code}", {})
            self._asked[service.code] = wire.definition(answer, self._clock.now())
        return compose.attributes(order, self._asked[service.code], self._settings)

    async def _updated(self, order: WorkOrder, change: Change, words: str) -> None:
        filed = order.filed
        form = {
            "api_key": self._settings.api_key.get_secret_value(),
            "service_request_id": order.receipt,
            "update_id": change.key,
            "updated_datetime": change.at.isoformat(timespec="seconds"),
            "status": "CLOSED" if change.kind in _CLOSES else "OPEN",
            "description": words,
            "attribute[kind]": change.kind.value,
            "attribute[text]": change.text,
            "attribute[solved]": "" if change.solved is None else str(change.solved).lower(),
            "attribute[rating]": str(change.rating or ""),
            "last_name": "" if filed.anonymous else filed.contact_name or "",
        }
        form = {name: value for name, value in form.items() if value}
        answer = await self._ask("POST", "servicerequestupdates", form=form, key=change.key)
        if answer.status in (
            400,
            404,
            422,
        ):  # the server took the order, so it is this that is wrong
            raise OrderRefused(wire.failure(answer, self._clock.now()).detail)
        wire.records(answer, "request_update", self._clock.now())

    # Asking ------------------------------------------------------------------------------------

    async def _services(self) -> tuple[Service, ...]:
        if self._kept is None or self._kept.until < self._monotonic():
            answer = await self._get("services", {})
            found = wire.services(answer, self._clock.now())
            self._kept = _Kept(found, self._monotonic() + FRESH)
            self._asked.clear()
        return self._kept.services

    async def _one(self, receipt: str) -> Record | None:
        answer = await self._get(f"requests/{receipt}", {"extensions": "true"})
        if answer.status == 404:
            return None
        return next(iter(wire.records(answer, "request", self._clock.now())), None)

    async def _token(self, token: str) -> str | None:
        """The number a token stands for, once there is one."""
        answer = await self._get(f"tokens/{token}", {})
        if answer.status == 404:
            return None
        told = wire.records(answer, "request", self._clock.now())
        receipt = next((one.get("service_request_id", "") for one in told), "")
        return receipt if 0 < len(receipt) <= RECEIPT_MOST else None

    def _news(self, one: Record) -> News:
        now = self._clock.now()
        closed = one.get("status", "").lower() == "closed"
        unit = one.get("agency_responsible", "")
        named = one.get("extended_attributes.detailed_status", "").lower()
        if named in set(Status):
            status = Status(named)
        else:
            status = Status.CLOSED if closed else Status.SIGNED if unit else Status.ACCEPTED
        notes, outcome = one.get("status_notes", ""), one.get("extended_attributes.outcome", "")
        helpers = one.get("extended_attributes.helpers", "")
        answered = status in (Status.CLOSED, Status.ANSWERED)
        updated = wire.moment(one.get("updated_datetime", ""))
        asked = wire.moment(one.get("requested_datetime", ""))
        return News(
            status,
            updated or asked or now,
            receipt=one.get("service_request_id") or None,
            unit=unit,
            helpers=tuple(one for one in helpers.split("、") if one),
            note="" if answered else notes,
            answer=notes if answered else "",
            outcome=outcome if outcome in ("solved", "partly", "procedural") else "",
            due_at=wire.moment(one.get("expected_datetime", "")),
        )

    async def _get(self, path: str, query: Mapping[str, str]) -> Answer:
        """Asks with our key too: the standard needs none, but servers show more to whose it is."""
        key = {"api_key": self._settings.api_key.get_secret_value()}
        return await self._ask("GET", path, query={**query, **key})

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> Answer:
        settings = self._settings
        if self._base is None:
            self._base = wire.endpoint(await self._raw("GET", settings.url), self._clock.now())
        url = f"{self._base}/{path}.{settings.format}"
        jurisdiction = {"jurisdiction_id": settings.jurisdiction_id or ""}
        named = {name: value for name, value in jurisdiction.items() if value}
        body = aiohttp.FormData({**form, **named}) if form is not None else None
        headers = tracing.carry({"Idempotency-Key": key} if key is not None else {})
        whole = {**(query or {}), **named} if form is None else None
        return await self._raw(method, url, query=whole, body=body, headers=headers)

    async def _raw(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        body: aiohttp.FormData | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        try:
            return await ask(
                self._http,
                method,
                url,
                timeout=self._settings.timeout,
                query=query,
                body=body,
                headers=headers,
                most=ANSWER_MOST,
            )
        except NoAnswer as error:
            raise Unreachable(str(error)) from None
