"""WeChat's side of the pushes, strictly by its documents, asserting that we obey them.

It signs and encrypts by other hands than the product's (``sealing.py``), waits five seconds and
comes again, three times; it reads what it is answered and writes down in ``breaches`` whatever it
would show to the person as "暂时无法提供服务" or not understand. Whether a repeat is signed anew is
not documented, so it can do either.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import secrets
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import aiohttp

from tests.wechat import sealing
from tests.wechat.sealing import Seal, Unseal

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TOKEN = "TokenOfTheConsole0123"
APPID = "wx0123456789abcdef"
RECEIVER = "gh_0123456789ab"

PATIENCE = 5.0  # seconds
REPEATS = 3

Fields = dict[str, Any]

_ids = itertools.count(24_000_000_000_000_01)


def openid(person: str) -> str:
    """The same person, as the account knows them."""
    return f"o{zlib.crc32(person.encode()):08x}-{person.encode().hex()[:14]:0<14}"[:28]


@dataclass(frozen=True, slots=True)
class Told:
    """What the platform was answered: nothing to do, a message, or a failure."""

    status: int
    body: bytes
    fields: Mapping[str, str] = field(default_factory=dict)
    code: str = ""

    @property
    def taken(self) -> bool:
        return self.status == 200 and (self.body in (b"success", b"") or bool(self.fields))

    @property
    def content(self) -> str:
        """The text of a passive reply."""
        return self.fields.get("Content", "")


@dataclass
class Pushing:
    """One account, as the platform has it set up."""

    url: str
    http: aiohttp.ClientSession
    kind: Literal["mini", "official", "kf"] = "mini"
    form: Literal["xml", "json"] = "xml"
    safe: bool = True
    token: str = TOKEN
    appid: str = APPID
    aes_key: str = AES_KEY
    seal: Seal = sealing.seal
    unseal: Unseal = sealing.unseal
    same_nonce: bool = False
    patience: float = PATIENCE
    repeats: int = REPEATS
    apart: float = 0.0  # seconds from one try to the next, at least
    now: Callable[[], float] = time.time
    leeway: float = 60.0  # seconds our clock may differ from WeChat's
    breaches: list[str] = field(default_factory=list)
    ids: itertools.count[int] = field(
        default_factory=lambda: itertools.count(24_000_000_000_000_01)
    )

    # What people do ----------------------------------------------------------------------------

    async def text(self, person: str, content: str, id: object = None, **more: Any) -> Told:  # noqa: A002
        return await self.push(self.message(person, "text", id, Content=content, **more))

    async def event(self, person: str, name: str, **more: Any) -> Told:
        return await self.push(self.happening(person, name, **more))

    def message(self, person: str, kind: str, id: object = None, **more: Any) -> Fields:  # noqa: A002
        """The fields of a message as the documents have them."""
        fields: Fields = {
            "ToUserName": RECEIVER,
            "FromUserName": openid(person),
            "CreateTime": int(self.now()),
            "MsgType": kind,
        }
        return fields | more | {"MsgId": next(_ids) if id is None else id}

    def happening(self, person: str, name: str, **more: Any) -> Fields:
        fields: Fields = {
            "ToUserName": RECEIVER,
            "FromUserName": openid(person),
            "CreateTime": int(self.now()),
            "MsgType": "event",
            "Event": name,
        }
        return fields | more

    # The wire ----------------------------------------------------------------------------------

    async def push(self, fields: Fields) -> Told:
        """Brings it, and again when it is not answered well in time; what it was told last."""
        nonce = self.nonce()
        told = Told(0, b"")
        for _ in range(1 + self.repeats):
            began = time.monotonic()
            try:
                async with asyncio.timeout(self.patience):
                    told = await self.once(fields, nonce)
            except (TimeoutError, aiohttp.ClientError):
                told = Told(0, b"")
            if told.taken:
                return told
            await asyncio.sleep(max(0.0, began + self.apart - time.monotonic()))
            if not self.same_nonce:
                nonce = self.nonce()
        self.breaches.append(f"the person is shown that the service is out of order: {told}")
        return told

    async def once(self, fields: Fields, nonce: str | None = None) -> Told:
        """One try."""
        body = self.write(fields)
        return await self.knock(*self.enclose(body, nonce), fields=fields)

    def write(self, fields: Fields) -> bytes:
        if self.form == "json":
            return json.dumps(fields, ensure_ascii=False).encode()
        return f"<xml>{_xml(fields)}</xml>".encode()

    def nonce(self) -> str:
        return str(secrets.randbelow(10**10))

    def enclose(
        self, body: bytes, nonce: str | None = None, at: float | None = None
    ) -> tuple[dict[str, str], bytes]:
        """Query and body of a request."""
        timestamp, nonce = str(int(self.now() if at is None else at)), nonce or self.nonce()
        query = {
            "signature": sealing.signed(self.token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
        }
        if self.safe:
            sealed = self.seal(body, self.aes_key, self.appid)
            query["encrypt_type"] = "aes"
            query["msg_signature"] = sealing.signed(self.token, timestamp, nonce, sealed)
            body = self.write({"ToUserName": RECEIVER, "Encrypt": sealed})
        if self.kind == "kf":
            del query["signature"]
        return query, body

    async def knock(
        self, query: Mapping[str, str], body: bytes, fields: Fields | None = None
    ) -> Told:
        kind = "text/xml" if self.form == "xml" else "application/json"
        async with self.http.post(
            self.url, params=query, data=io.BytesIO(body), headers={"Content-Type": kind}
        ) as answer:
            told = await answer.read()
            if answer.status != 200 or told in (b"success", b""):
                return Told(answer.status, told, code=_code(told))
            return Told(200, told, self._understood(told, fields or {}))

    async def verify(self, echo: str = "5927782489442352469", **change: str) -> tuple[int, str]:
        """What the console does when the address is entered."""
        timestamp, nonce = str(int(self.now())), self.nonce()
        query = {"timestamp": timestamp, "nonce": nonce, "echostr": echo}
        if self.kind == "kf":
            sealed = self.seal(echo.encode(), self.aes_key, self.appid)
            query["echostr"] = sealed
            query["msg_signature"] = sealing.signed(self.token, timestamp, nonce, sealed)
        else:
            query["signature"] = sealing.signed(self.token, timestamp, nonce)
        async with self.http.get(self.url, params=query | change) as answer:
            return answer.status, await answer.text()

    # What it is answered -----------------------------------------------------------------------

    def _understood(self, body: bytes, asked: Fields) -> dict[str, str]:
        """The fields of a passive reply; what is wrong with it is a breach."""
        try:
            outer = self._read(body)
            if self.safe:
                sealed = outer["Encrypt"]
                signed = sealing.signed(self.token, outer["TimeStamp"], outer["Nonce"], sealed)
                assert outer["MsgSignature"] == signed, "MsgSignature"
                outer = self._read(self.unseal(sealed, self.aes_key, self.appid))
            assert outer["ToUserName"] == asked["FromUserName"], "ToUserName"
            assert outer["FromUserName"] == asked["ToUserName"], "FromUserName"
            assert abs(int(outer["CreateTime"]) - self.now()) < self.leeway, "CreateTime"
            self._allowed(outer, asked)
        except (AssertionError, KeyError, ValueError, ElementTree.ParseError) as error:
            self.breaches.append(f"not understood: {type(error).__name__} {error} in {body!r}")
            return {}
        return outer

    def _allowed(self, reply: dict[str, str], asked: Fields) -> None:
        kind = reply["MsgType"]
        if kind == "transfer_customer_service":
            assert asked["MsgType"] != "event", "a transfer of an event"
        elif self.kind == "mini":
            raise AssertionError("a mini-program cannot answer in the request")
        else:
            assert kind == "text", kind
            assert 0 < len(reply["Content"].encode()) <= 2048, "Content"

    def _read(self, body: bytes) -> dict[str, str]:
        if self.form == "json":
            return {name: str(value) for name, value in json.loads(body).items()}
        root = ElementTree.fromstring(body)
        assert root.tag == "xml", "root"
        names = [child.tag for child in root]
        assert len(names) == len(set(names)), "an element twice"
        return {child.tag: child.text or "" for child in root}


def _xml(fields: Fields) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, dict):
        return f"<{name}>{_xml(value)}</{name}>"
    if isinstance(value, int | float):
        return f"<{name}>{value}</{name}>"
    text = str(value)
    whole = escape(text) if "]]>" in text else f"<![CDATA[{text}]]>"
    return f"<{name}>{whole}</{name}>"


def _code(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""
