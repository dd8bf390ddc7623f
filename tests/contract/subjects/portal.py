"""The portal channel on the stand."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from aiohttp import ClientError

from connectors.channel import (
    ConnectionFailed,
    ContentRefused,
    MisconfiguredAccount,
    ReceiptState,
    RecipientRefused,
    Throttled,
    WindowClosed,
)
from connectors.signing import NONCE, SIGNATURE, TIMESTAMP, sign
from tests.contract.peer import Behaviour, Peer, answers, dribbles, floods, hangs, hangs_up
from tests.contract.subject import PERSON, Answer, Line, PeerError, Subject

SECRET = "s3cret-of-the-letterbox-0123456789abcdef"
OTHER = "s3cret-of-another-portal-0123456789abcdef"


def raw(body: bytes) -> Any:
    async def attack(self: PortalSubject, _: Line) -> Answer:
        return await self.knock(body)

    return attack


def said(**fields: object) -> Any:
    async def attack(self: PortalSubject, line: Line) -> Answer:
        return await self.knock(self.body(line, **fields))

    return attack


def sent(**how: Any) -> Any:
    async def attack(self: PortalSubject, line: Line) -> Answer:
        return await self.knock(self.body(line), **how)

    return attack


async def altered(self: PortalSubject, line: Line) -> Answer:
    body = self.body(line)
    signed = self.headers(body)
    return await self.knock(body.replace(b"text", b"TEXT"), headers=signed)


async def twice(self: PortalSubject, line: Line) -> Answer:
    body = self.body(line)
    signed = self.headers(body)
    await self.knock(body, headers=signed)
    return await self.knock(body, headers=signed)


async def half_a_body(self: PortalSubject, line: Line) -> Answer:
    url = self.house.client.make_url("/portal/letterbox/messages")
    _, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(
        b"POST /portal/letterbox/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n{"
    )
    await writer.drain()
    self.open_writers.append(writer)
    return Answer(taken=False)


async def receipt_by_another(self: PortalSubject, line: Line) -> Answer:
    body = json.dumps({"receipts": [{"key": line.id, "state": "seen"}]}).encode()
    return await self.knock(body, account="other", secret=OTHER, path="receipts")


async def unsigned_receipt(self: PortalSubject, line: Line) -> Answer:
    body = json.dumps({"receipts": [{"key": line.id, "state": "seen"}]}).encode()
    return await self.knock(body, headers={}, path="receipts")


class PortalSubject(Subject):
    name = "portal"
    secrets = (SECRET, OTHER)

    forged: ClassVar = {
        "no signature": sent(headers={}),
        "a wrong secret": sent(secret="x" * 40),
        "another account's secret": sent(secret=OTHER),
        "an account that is not there": sent(account="nobody"),
        "a body that was altered": altered,
        "an empty signature": sent(change={SIGNATURE: ""}),
        "half a signature": sent(change={SIGNATURE: "v1=abcdef"}),
        "a signature that is no text": sent(change={SIGNATURE: "v1=\udcff签名"}),
        "another scheme": sent(change={SIGNATURE: "v0=" + "0" * 64}),
        "no nonce": sent(change={NONCE: ""}),
        "a nonce too short": sent(nonce="short"),
        "a time that is no number": sent(change={TIMESTAMP: "now"}),
    }
    stale: ClassVar = {
        "six minutes old": sent(off=timedelta(minutes=-6)),
        "from the future": sent(off=timedelta(minutes=6)),
        "from the beginning of time": sent(off=timedelta(days=-20_000)),
    }
    replayed: ClassVar = {"the same bytes again": twice}
    malformed: ClassVar = {
        "nothing": raw(b""),
        "no JSON": raw(b"hello"),
        "half of it": raw(b'{"type":"message","id":"'),
        "not UTF-8": raw('{"type":"message","text":"路灯"}'.encode("gbk")),
        "UTF-16": raw('{"type":"message"}'.encode("utf-16")),
        "a list": raw(b"[]"),
        "null": raw(b"null"),
        "nested without end": raw(b"[" * 60_000),
        "a surrogate alone": raw(b'{"type":"message","id":"a","from":"p","text":"\\ud800"}'),
        "no id": said(id=None),
        "an id with blanks": said(id="a b"),
        "a very long id": said(id="a" * 65),
        "no person": said(**{"from": ""}),
        "a text that is none": said(text=7),
        "nothing said": said(text=" \n\u200b"),
        "a place off the globe": said(location={"latitude": 91, "longitude": 0}),
        "a place that is no number": said(location={"latitude": "NaN", "longitude": 0}),
        "a file that is no link": said(attachments=[{"url": "file:///etc/passwd"}]),
        "a link with a script": said(attachments=[{"url": "javascript:alert(1)"}]),
        "ten files": said(attachments=[{"url": "https://a.cn/1"}] * 10),
        "a choice nobody offered": said(choice={"message_id": "m_1", "id": "k_1"}),
    }
    oversized: ClassVar = {
        "a text beyond the limit": said(text="长" * 4001),
        "a body beyond all measure": said(padding="x" * 300_000),
        "a body above the whole gateway's limit": said(padding="x" * 2_000_000),
    }
    unknown: ClassVar = {
        "an unknown type": said(type="dance"),
        "a type that is none": said(type=7),
    }
    unending: ClassVar = {"half a body": half_a_body}
    peer_errors: ClassVar = {
        "hangs up": PeerError(hangs_up, ConnectionFailed),
        "does not answer": PeerError(hangs, ConnectionFailed),
        "begins to answer": PeerError(dribbles, ConnectionFailed),
        "a flood": PeerError(floods, ConnectionFailed),
        "500": PeerError(answers(500, "oops"), ConnectionFailed),
        "502 with a page": PeerError(answers(502, "<html>", "text/html"), ConnectionFailed),
        "503": PeerError(answers(503, "{}"), ConnectionFailed),
        "200 with a page": PeerError(answers(200, "<html>", "text/html"), ConnectionFailed),
        "429": PeerError(answers(429, "{}", Retry_After="1"), Throttled),
        "401": PeerError(answers(401), MisconfiguredAccount),
        "403": PeerError(answers(403, f'{{"told":"{PERSON}"}}'), MisconfiguredAccount),
        "404": PeerError(answers(404), MisconfiguredAccount),
        "a redirect": PeerError(answers(302, Location="http://127.0.0.1:1/"), MisconfiguredAccount),
        "400": PeerError(answers(400), ContentRefused),
        "422": PeerError(answers(422), ContentRefused),
        "410": PeerError(answers(410), RecipientRefused),
        "names the person's refusal": PeerError(
            answers(400, '{"error":{"code":"recipient_refused"}}'), RecipientRefused
        ),
        "names a shut window": PeerError(
            answers(403, '{"error":{"code":"window_closed"}}'), WindowClosed
        ),
    }
    receipts = (ReceiptState.SENT, ReceiptState.DELIVERED, ReceiptState.SEEN)
    forged_receipts: ClassVar = {
        "unsigned": unsigned_receipt,
        "by another account": receipt_by_another,
    }

    def __init__(self, house: Any, peer: Peer) -> None:
        super().__init__(house, peer)
        self.open_writers: list[asyncio.StreamWriter] = []
        self.nonces = 0

    @classmethod
    def settings(cls, peer: Peer) -> dict[str, Any]:
        letterbox = {"secret": SECRET, "callback_url": f"{peer.url}/callback", "timeout": 3.0}
        other = {"secret": OTHER, "callback_url": f"{peer.url}/other"}
        return {"portal": {"accounts": {"letterbox": letterbox, "other": other}}}

    @property
    def address(self) -> tuple[str, str]:
        return "letterbox", PERSON

    def body(self, line: Line, **changes: object) -> bytes:
        fields: dict[str, object] = {
            "type": "message",
            "id": line.id,
            "from": line.person,
            "text": line.text,
        }
        given = {k: v for k, v in (fields | changes).items() if v is not None}
        return json.dumps(given).encode()

    def headers(
        self,
        body: bytes,
        secret: str = SECRET,
        off: timedelta = timedelta(0),
        nonce: str | None = None,
    ) -> dict[str, str]:
        self.nonces += 1
        timestamp = str(max(0, int((datetime.now(UTC) + off).timestamp())))
        nonce = nonce or f"nonce-{id(self)}-{self.nonces:06}"
        signature = sign(secret, timestamp, nonce, body)
        return {TIMESTAMP: timestamp, NONCE: nonce, SIGNATURE: signature}

    async def knock(
        self,
        body: bytes,
        *,
        account: str = "letterbox",
        path: str = "messages",
        headers: dict[str, str] | None = None,
        change: dict[str, str] | None = None,
        **how: Any,
    ) -> Answer:
        signed = self.headers(body, **how) if headers is None else headers
        signed = signed | (change or {})
        client = self.house.client
        encoded = {k: v.encode("utf-8", "replace").decode("latin-1") for k, v in signed.items()}
        url = f"/portal/{account}/{path}"
        try:
            async with client.post(url, data=io.BytesIO(body), headers=encoded) as response:
                told = await response.text()
        except ClientError:  # it stopped listening before we had said all
            return Answer(taken=False, code="closed", status=413)
        code = "" if response.ok else json.loads(told)["error"]["code"]
        return Answer(response.ok, code, response.status, told)

    @contextlib.asynccontextmanager
    async def present(self) -> AsyncIterator[None]:
        yield
        for writer in self.open_writers:
            writer.close()
            await writer.wait_closed()

    async def say(self, line: Line) -> Answer:
        return await self.knock(self.body(line))

    async def heard(self, person: str = PERSON) -> list[str]:
        posts = [received.json for received in self.peer.taken if received.path == "/callback"]
        return [post["text"] for post in posts if post["to"] == person]

    async def tell(self, key: str, state: ReceiptState) -> Answer:
        body = json.dumps({"receipts": [{"key": key, "state": state.value}]}).encode()
        return await self.knock(body, path="receipts")

    def hold_back(self) -> Behaviour:
        return hangs
