"""Kannel as the platform: what people write comes in parts, in any order and some of them twice.

It tries each part three times and gives up the message then. It takes our answers at its sendsms,
sometimes busy, sometimes falling over after it took one, and tells what became of each in any
order.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import quote

import aiohttp
from aiohttp import web
from yarl import URL

from tests.chaos.faults import Span
from tests.chaos.talks import PROBE, Talks
from tests.chaos.verdict import Verdict

SECRET = "callback-secret-of-the-carrier-01"
ANSWER_WITHIN = 5.0  # seconds
TRIES = 3
SIGNATURE = "【12345】"
TWICE = 0.1  # share of parts that come again although we took them
LONGEST_PART = 12  # bytes: a real one holds 134, but then no line of ours had two
SUBMITTED, DELIVERED = "8", "1"
_LINK = re.compile(r"https?://[!-~]+")  # leads to one message: no two are alike


class Sms:
    """One account. ``trouble``: the share of our sends it does not take well."""

    def __init__(
        self, url: str, *, trouble: float = 0.0, seed: int = 1, tls: ssl.SSLContext | None = None
    ) -> None:
        self._url = f"{url}/sms/carrier/{SECRET}/inbound"
        self._trouble = trouble
        self._random = random.Random(seed)
        self._tls = tls
        self._http: aiohttp.ClientSession | None = None
        self._talks = Talks("sms")
        self._names: dict[str, str] = {}  # of people, by their number
        self._receipts: set[asyncio.Task[None]] = set()
        self.pushes = 0

    @staticmethod
    def settings(port: int) -> dict[str, str]:
        account = {
            "url": f"http://127.0.0.1:{port}/cgi-bin/sendsms",
            "username": "huiying",
            "password": "password-of-kannel",
            "number": "12345",
            "callback_secret": SECRET,
            "timeout": 15,
        }
        return {
            "HUIYING_SMS__KANNEL": json.dumps({"carrier": account}),
            "HUIYING_SMS__SIGNATURE": SIGNATURE,
            "HUIYING_SMS__JOIN_WITHIN": "PT0S",  # each line has an answer of its own
            "HUIYING_SMS__PART_WAIT": "P1D",  # nor is half of one that was given up answered
            "HUIYING_SMS__PER_NUMBER_HOUR": "100000",
            "HUIYING_SMS__PER_NUMBER_DAY": "100000",
        }

    @asynccontextmanager
    async def open(self, port: int, lines: Sequence[str]) -> AsyncIterator[Sms]:
        app = web.Application()
        app.add_routes([web.get("/cgi-bin/sendsms", self._sends)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        connector = aiohttp.TCPConnector(ssl=self._tls or True, limit=0)
        async with aiohttp.ClientSession(connector=connector) as self._http:
            trouble, self._trouble = self._trouble, 0.0
            await self._talks.learn(self.push, lines)
            self._trouble = trouble
            yield self
            for task in self._receipts:
                task.cancel()
        await runner.cleanup()

    # What people do ----------------------------------------------------------------------------

    async def push(self, person: str, number: int, text: str) -> bool:
        """One message of a person, its parts tried until they are taken or given up; which."""
        self._names[_phone(person)] = person
        self._talks.says(person, text)
        parts = list(enumerate(_cut(text.encode("utf-16-be")), 1))
        total = len(parts)
        parts += [part for part in parts if self._random.random() < TWICE]
        self._random.shuffle(parts)
        taken = True
        for place, content in parts:
            udh = bytes([5, 0, 3, number % 256, total, place]) if total > 1 else b""
            taken = taken and await self._bring(person, f"{person}-{number}-{place}", udh, content)
        self._talks.is_heard(person, taken=taken)
        return taken

    async def _bring(self, person: str, name: str, udh: bytes, content: bytes) -> bool:
        fields = {"from": _phone(person), "id": name, "charset": "UTF-16BE", "coding": "2"}
        query = "&".join(f"{key}={quote(value)}" for key, value in fields.items())
        url = f"{self._url}?{query}&udh={_escaped(udh)}&text={_escaped(content)}"
        for _ in range(TRIES):
            began = time.monotonic()
            if await self._reaches(url):
                return True
            await asyncio.sleep(max(0.0, ANSWER_WITHIN - (time.monotonic() - began)))
        return False

    async def _reaches(self, url: str) -> bool:
        assert self._http is not None
        self.pushes += 1
        limit = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
        try:
            async with self._http.get(URL(url, encoded=True), timeout=limit) as response:
                if response.status not in (200, 429, 500, 502, 503, 504):
                    raise AssertionError(f"{response.status}: {await response.text()}")
                return response.status == 200
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    # What we do --------------------------------------------------------------------------------

    async def _sends(self, request: web.Request) -> web.Response:
        dice = self._random.random()
        if dice < self._trouble / 2:
            return web.Response(status=503, text="Temporal failure, try again later.")
        told = dice >= self._trouble
        text = _LINK.sub("<link>", request.query["text"].removeprefix(SIGNATURE))
        self._talks.show(self._names[request.query["to"]], text, told=told)
        receipts = asyncio.create_task(self._tells(request.query["dlr-url"]))
        self._receipts.add(receipts)
        receipts.add_done_callback(self._receipts.discard)
        if not told:  # it took the message and fell over saying so
            return web.Response(status=500)
        return web.Response(status=202, text="0: Accepted for delivery")

    async def _tells(self, address: str) -> None:
        """What became of a message, in any order, one of it twice."""
        told = [SUBMITTED, DELIVERED, self._random.choice([SUBMITTED, DELIVERED])]
        self._random.shuffle(told)
        for status in told:
            await asyncio.sleep(self._random.uniform(0, 2))
            url = address.replace("%d", status).replace("%A", "")
            for _ in range(TRIES):
                if await self._reaches(url):
                    break
                await asyncio.sleep(1)

    # What came of it ---------------------------------------------------------------------------

    @property
    def log(self) -> Sequence[str]:
        return self._talks.log

    @property
    def heard(self) -> int:
        return self._talks.heard

    def unanswered(self) -> bool:
        return self._talks.unanswered()

    def verdict(self, spans: Sequence[Span]) -> Verdict:
        return self._talks.verdict(self.pushes, spans)


def _phone(person: str) -> str:
    number = 0 if person == PROBE else int(person[1:]) + 1
    return f"+86139{number:08}"


def _cut(content: bytes) -> list[bytes]:
    return [content[n : n + LONGEST_PART] for n in range(0, len(content), LONGEST_PART)]


def _escaped(content: bytes) -> str:
    return "".join(f"%{byte:02X}" for byte in content)
