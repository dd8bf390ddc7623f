"""The address WeChat calls: verify, parse, hand on, and only then acknowledge.

WeChat waits five seconds and then comes again, three times in all. What it is answered with makes
it come again, or not: anything but ``success``, an empty body or a message of its own form is a
failure to it, and the person is told that the service is out of order.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from connectors import logs
from connectors.channels.wechat import arrivals
from connectors.channels.wechat.arrivals import Happened, Malformed, Said
from connectors.channels.wechat.door import HELP, LEEWAY, Door, Pushed
from connectors.house import House
from connectors.ids import MessageId
from connectors.settings.wechat import KfAccount, WechatAccount
from connectors.store.database import StoreUnavailable
from connectors.webhooks import Refused, read_body

log = logs.get(__name__)

BODY_MOST = 256 * 1024  # bytes; the longest message has some ten thousand
BODY_WITHIN = 3.0  # seconds
SAFE_WITHIN = 4.6  # seconds after which WeChat had better come again
THANKS = b"success"


@dataclass(frozen=True, slots=True)
class Answer:
    """What WeChat is answered with instead of ``success``: the fields of a message of its form.

    ``written`` is told once WeChat has it.
    """

    fields: Mapping[str, str | int]
    written: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One genuine push: whose account, what, when it came, and what to call its sender."""

    account: str
    what: Said | Happened
    at: datetime
    pushed: Pushed

    def reply(self, kind: str, now: datetime, **fields: str) -> dict[str, str | int]:
        """The fields of an answer: to whom wrote, from whom they wrote to."""
        return {
            "ToUserName": self.what.person,
            "FromUserName": arrivals.word(self.pushed.fields, "ToUserName"),
            "CreateTime": int(now.timestamp()),
            "MsgType": kind,
            **fields,
        }


Take = Callable[[Arrival], Awaitable[MessageId | None]]
"""Makes what has come durable; when it returns WeChat may be answered. The id is that of what can
be answered in the same request, if anything can. Raises ``StoreUnavailable``."""

Respond = Callable[[Arrival, MessageId | None], Awaitable[Answer | None]]
"""The answer to what was taken, or None for ``success``, before WeChat's patience ends."""


class Receiving:
    """The two routes of one kind of account."""

    def __init__(
        self,
        house: House,
        channel: str,
        accounts: Mapping[str, WechatAccount] | Mapping[str, KfAccount],
        take: Take,
        respond: Respond | None = None,
    ) -> None:
        self._house = house
        self._channel = channel
        self._doors = {name: Door(account) for name, account in accounts.items()}
        self._take = take
        self._respond = respond

    def routes(self, path: str) -> list[web.AbstractRouteDef]:
        return [web.get(path, self._greet), web.post(path, self._receive)]

    async def _greet(self, request: web.Request) -> web.StreamResponse:
        try:
            _, door = self._door(request)
            return web.Response(text=door.greet(request.query, self._house.clock.now()))
        except Refused as refused:
            return refused.response(self._channel)

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        at = self._house.clock.now()
        try:
            name, door = self._door(request)
            body = await read_body(request, BODY_MOST, BODY_WITHIN)
            pushed = door.open(request.query, body, at)
            arrival = Arrival(name, arrivals.read(pushed.fields), at, pushed)
            await self._nonce_is_its_own(arrival)
            message_id = await self._taken(arrival)
        except Malformed as error:
            return Refused(400, "malformed", str(error)).response(self._channel)
        except Refused as refused:
            return refused.response(self._channel)
        answer = await self._answer(arrival, message_id)
        if answer is None:
            return web.Response(body=THANKS)
        return await self._write(request, answer, door, arrival)

    def _door(self, request: web.Request) -> tuple[str, Door]:
        """Raises :class:`Refused`, in the words of a wrong signature."""
        name = request.match_info["account"]
        door = self._doors.get(name)
        if door is None:
            raise Refused(403, "bad_signature", f"not signed with this account's Token; {HELP}")
        return name, door

    async def _nonce_is_its_own(self, arrival: Arrival) -> None:
        """Raises :class:`Refused`: the nonce was another message's."""
        pushed = arrival.pushed
        message = hashlib.sha256(arrival.what.external_id.encode("utf-8", "replace")).hexdigest()
        life = max(60.0, pushed.timestamp + LEEWAY + 60 - arrival.at.timestamp())
        key = f"wechat-nonce:{self._channel}:{arrival.account}:{pushed.timestamp}:{pushed.nonce}"
        first = await self._house.coordinator.keep_first(key, message[:16], life)
        if first != message[:16]:
            raise Refused(403, "replayed", "this nonce was another message's")

    async def _taken(self, arrival: Arrival) -> MessageId | None:
        """Raises ``StoreUnavailable``: it is not safe, or not in time."""
        try:
            async with asyncio.timeout(self._left(arrival.at)):
                return await self._take(arrival)
        except TimeoutError:
            raise StoreUnavailable("not stored within the platform's patience") from None

    def _left(self, at: datetime) -> float:
        ends = at + timedelta(seconds=SAFE_WITHIN)
        return max(0.1, (ends - self._house.clock.now()).total_seconds())

    async def _answer(self, arrival: Arrival, message_id: MessageId | None) -> Answer | None:
        """What was taken is safe: no trouble with an answer makes WeChat bring it again."""
        if self._respond is None:
            return None
        try:
            return await self._respond(arrival, message_id)
        except Exception:
            log.exception("wechat.no_answer", channel=self._channel, account=arrival.account)
            return None

    async def _write(
        self, request: web.Request, answer: Answer, door: Door, arrival: Arrival
    ) -> web.StreamResponse:
        pushed = arrival.pushed
        body = door.answer(answer.fields, pushed, self._house.clock.now())
        kind = "application/xml" if pushed.form == "xml" else "application/json"
        response = web.Response(body=body, content_type=kind, charset="utf-8")
        try:
            await response.prepare(request)
            await response.write_eof()
        except ConnectionError:  # it did not wait; what was to be written goes another way
            log.info("wechat.gone", channel=self._channel, account=arrival.account)
            return response
        if answer.written is not None:
            await answer.written()
        return response
