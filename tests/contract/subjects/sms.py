"""Text messages on the stand, once for each driver."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlsplit

from aiohttp import ClientError
from yarl import URL

from connectors.channel import (
    ConnectionFailed,
    ContentRefused,
    MisconfiguredAccount,
    ReceiptState,
    RecipientRefused,
)
from tests.contract.peer import (
    Behaviour,
    Peer,
    Received,
    answers,
    dribbles,
    floods,
    hangs,
    hangs_up,
)
from tests.contract.subject import PERSON, Answer, Line, PeerError, Subject

SECRET = "callback-secret-of-the-carrier-01"
OTHER = "callback-secret-of-another-one-02"
PASSWORD = "a-password-of-kannel-03"
SIGNATURE = "【12345】"


def number(person: str) -> str:
    """A telephone for each person of the tests."""
    return f"+86139{zlib.crc32(person.encode()) % 10**8:08}"


class SmsSubject(Subject):
    name = "sms"
    secrets = (SECRET, OTHER, PASSWORD)

    def __init__(self, house: Any, peer: Peer) -> None:
        super().__init__(house, peer)
        self.open_writers: list[asyncio.StreamWriter] = []

    @property
    def address(self) -> tuple[str, str]:
        return "carrier", number(PERSON)

    @contextlib.asynccontextmanager
    async def present(self) -> AsyncIterator[None]:
        yield
        for writer in self.open_writers:
            writer.close()
            await writer.wait_closed()

    async def call(
        self,
        what: str,
        query: str = "",
        body: bytes = b"",
        *,
        account: str = "carrier",
        secret: str = SECRET,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One callback of the platform."""
        url = str(self.house.client.make_url(f"/sms/{account}/{secret}/{what}"))
        whole = URL(f"{url}?{query}" if query else url, encoded=True)
        session = self.house.client.session
        method = "POST" if body else "GET"
        try:
            async with session.request(method, whole, data=body or None, headers=headers) as answer:
                told = await answer.text()
                code = "" if answer.ok else (await answer.json())["error"]["code"]
                return Answer(answer.ok, code, answer.status, told)
        except (ClientError, ValueError):
            return Answer(taken=False, code="closed", status=400)

    def hold_back(self) -> Behaviour:
        return hangs


# Kannel ---------------------------------------------------------------------------------------


def mo(**change: str | None) -> Any:
    async def attack(self: KannelSubject, line: Line) -> Answer:
        return await self.call("inbound", self.query(line, **change))

    return attack


def through(**how: Any) -> Any:
    async def attack(self: KannelSubject, line: Line) -> Answer:
        return await self.call("inbound", self.query(line), **how)

    return attack


def dlr(query: str, **how: Any) -> Any:
    async def attack(self: KannelSubject, line: Line) -> Answer:
        return await self.call("receipts", query.replace("KEY", line.id), **how)

    return attack


async def half_a_body(self: KannelSubject, line: Line) -> Answer:
    url = self.house.client.make_url(f"/sms/carrier/{SECRET}/inbound")
    _, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST {url.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n["
    writer.write(head.encode())
    await writer.drain()
    self.open_writers.append(writer)
    return Answer(taken=False)


class KannelSubject(SmsSubject):
    title = "sms by kannel"

    forged: ClassVar = {
        "a wrong secret": through(secret="x" * 24),
        "no secret": through(secret="-"),
        "an empty secret, escaped": through(secret="%20"),
        "another account's secret": through(secret=OTHER),
        "an account that is not there": through(account="nobody"),
        "an address that is not allowed": through(
            account="elsewhere", secret=OTHER, headers={"X-Forwarded-For": "203.0.113.9"}
        ),
        "an address it only pretends": through(
            account="elsewhere",
            secret=OTHER,
            headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.9"},
        ),
    }
    replayed: ClassVar = {"the same request again": mo()}
    malformed: ClassVar = {
        "nothing": lambda self, line: self.call("inbound"),
        "no sender": mo(**{"from": None}),
        "a sender of signs": mo(**{"from": "<script>"}),
        "an endless sender": mo(**{"from": "1" * 200}),
        "no id": mo(id=None),
        "an id of signs": mo(id="a b<>"),
        "a zero byte": mo(id="a b\x00"),
        "no text": mo(text=None),
    }
    oversized: ClassVar = {
        "a body beyond all measure": lambda self, line: self.call(
            "inbound", self.query(line), b"x" * 800_000
        ),
    }
    unending: ClassVar = {"half a body": half_a_body}
    peer_errors: ClassVar = {
        "hangs up": PeerError(hangs_up, ConnectionFailed),
        "does not answer": PeerError(hangs, ConnectionFailed),
        "begins to answer": PeerError(dribbles, ConnectionFailed),
        "a flood": PeerError(floods, ConnectionFailed),
        "another server": PeerError(answers(200, "<html>", "text/html"), ConnectionFailed),
        "full for now": PeerError(
            answers(503, "Temporal failure, try again later."), ConnectionFailed
        ),
        "500": PeerError(answers(500, "oops"), ConnectionFailed),
        "a redirect": PeerError(answers(302, Location="http://127.0.0.1:1/"), MisconfiguredAccount),
        "a wrong password": PeerError(
            answers(403, "Authorization failed for sendsms"), MisconfiguredAccount
        ),
        "no route": PeerError(
            answers(403, "Not routable. Do not try again."), MisconfiguredAccount
        ),
        "denied": PeerError(answers(403, "Denied."), MisconfiguredAccount),
        "not found": PeerError(answers(404, ""), MisconfiguredAccount),
        "no receiver": PeerError(
            answers(400, "Missing receiver number, rejected"), RecipientRefused
        ),
        "an empty text": PeerError(
            answers(400, "Empty text not allowed, rejected"), ContentRefused
        ),
        "anything else": PeerError(answers(400, "rejected"), ContentRefused),
    }
    receipts = (ReceiptState.SENT, ReceiptState.DELIVERED)
    forged_receipts: ClassVar = {
        "a wrong secret": dlr("key=KEY&status=1", secret="x" * 24),
        "by another account": dlr("key=KEY&status=1", account="other", secret=OTHER),
        "no key": dlr("status=1"),
        "no status": dlr("key=KEY"),
        "a status that is none": dlr("key=KEY&status=well"),
        "a status nobody knows": dlr("key=KEY&status=64"),
        "only queued": dlr("key=KEY&status=4"),
    }
    excused: ClassVar = {
        "stale": "Kannel sends no timestamp that could be checked; repeats are known by their id",
        "unknown": "there is one kind of message",
    }

    @classmethod
    def settings(cls, peer: Peer) -> dict[str, Any]:
        common = {
            "url": f"{peer.url}/cgi-bin/sendsms",
            "username": "huiying",
            "password": PASSWORD,
            "number": "12345",
            "timeout": 3.0,
        }
        peer.good = answers(202, "0: Accepted for delivery", "text/html")
        only = {"allow_from": ["192.0.2.0/24"], "callback_secret": OTHER}
        return {
            "sms": {
                "order": ["carrier"],
                "join_within": 0,
                "kannel": {
                    "carrier": common | {"callback_secret": SECRET},
                    "other": common | {"callback_secret": OTHER},
                    "elsewhere": common | only,
                },
            }
        }

    def query(self, line: Line, **change: str | None) -> str:
        """Kannel's get-url for a message in UCS-2, recoded to UTF-8."""
        fields: dict[str, str | None] = {
            "from": number(line.person),
            "to": "12345",
            "text": line.text,
            "coding": "2",
            "charset": "UTF-8",
            "ts": "2026-03-02 04:00:00",
            "smscid": "fake",
            "id": line.id,
            "udh": "",
        }
        given = {k: v for k, v in (fields | change).items() if v is not None}
        return "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())

    async def say(self, line: Line) -> Answer:
        return await self.call("inbound", self.query(line))

    async def heard(self, person: str = PERSON) -> list[str]:
        sent = [parse_qs(urlsplit(one.path).query) for one in self.peer.taken]
        mine = [one["text"][0] for one in sent if one["to"] == [number(person)]]
        assert all(text.startswith(SIGNATURE) for text in mine)
        return [text.removeprefix(SIGNATURE) for text in mine]

    def key_of(self, received: Received) -> str:
        told = parse_qs(urlsplit(received.path).query)["dlr-url"][0]
        return parse_qs(urlsplit(told).query)["key"][0]

    async def tell(self, key: str, state: ReceiptState) -> Answer:
        status = {ReceiptState.SENT: 8, ReceiptState.DELIVERED: 1}[state]
        return await self.call("receipts", f"key={key}&status={status}&answer=")
