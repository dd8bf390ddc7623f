"""A portal that pushes as WeChat does, and keeps the log that decides what was lost.

It posts each person's messages one after the other, waits five seconds for each answer and tries
three times with the same id. What is not acknowledged then it gives up: that message is its loss,
and ours if we answer it twice all the same. It takes our answers at a callback, sometimes answering
late or with an error, and writes down what it was sent, byte for byte, before it answers.
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from connectors.signing import TIMESTAMP, signed_headers, verify
from connectors.texts import Texts
from tests.chaos.faults import Span
from tests.chaos.verdict import Verdict

SECRET = "chaos-" + "s" * 32
ANSWER_WITHIN = 5.0  # seconds
TRIES = 3
WAIT = Texts.load().say("gateway_received")  # is told while Rasa is away, and no answer


class Portal:
    """``trouble``: the share of callbacks it answers with an error or too late."""

    def __init__(
        self,
        url: str,
        *,
        trouble: float = 0.0,
        seed: int = 1,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._url = f"{url}/portal/city/messages"
        self._trouble = trouble
        self._random = random.Random(seed)
        self._tls = tls
        self._http: aiohttp.ClientSession | None = None
        self.pushes = 0
        self.acknowledged: dict[str, str] = {}  # our message id by the platform's id
        self.given_up: set[str] = set()
        self.said: defaultdict[str, list[str]] = defaultdict(list)
        self.received: list[dict[str, object]] = []
        self.log: list[str] = []

    @staticmethod
    def settings(port: int) -> dict[str, str]:
        """What the gateway must know of it; it takes answers at ``port``."""
        account = {
            "secret": SECRET,
            "callback_url": f"http://127.0.0.1:{port}/callback",
            "per_minute": 100_000,
        }
        return {"HUIYING_PORTAL__ACCOUNTS": json.dumps({"city": account})}

    @asynccontextmanager
    async def open(self, port: int, lines: Sequence[str] = ()) -> AsyncIterator[Portal]:
        app = web.Application()
        app.add_routes([web.post("/callback", self._callback)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        connector = aiohttp.TCPConnector(ssl=self._tls or True)
        async with aiohttp.ClientSession(connector=connector) as self._http:
            yield self
        await runner.cleanup()

    async def _callback(self, request: web.Request) -> web.Response:
        body = await request.read()
        # A gateway whose clock is wrong is still the one who holds the secret.
        said_at = datetime.fromtimestamp(int(request.headers[TIMESTAMP]), UTC)
        verify([SECRET], request.headers, body, said_at)
        dice = self._random.random()
        if dice < self._trouble / 2:
            return web.Response(status=503)
        self.received.append(json.loads(body))
        self.log.append(f"{time.time():.3f} is sent {body.decode()}")
        if dice < self._trouble:
            return web.Response(status=500)  # it took the message and fell over saying so
        return web.json_response({})

    async def push(self, person: str, number: int, text: str) -> bool:
        """One message of a person, tried again until it is acknowledged or given up; which."""
        external = f"{person}-{number}"
        self.said[person].append(external)
        message = {"type": "message", "id": external, "from": person, "text": text}
        body = json.dumps(message, ensure_ascii=False).encode()
        for _ in range(TRIES):
            began = time.monotonic()
            acknowledged = await self._try(body)
            if acknowledged is not None:
                self.acknowledged[external] = acknowledged
                self.log.append(f"{time.time():.3f} {external} is acknowledged as {acknowledged}")
                if self._random.random() >= 0.05:
                    return True
                continue  # the answer got lost on the way: the platform repeats at once
            await asyncio.sleep(max(0.0, ANSWER_WITHIN - (time.monotonic() - began)))
        if external in self.acknowledged:
            return True
        self.log.append(f"{time.time():.3f} gives up {external}")
        self.given_up.add(external)
        return False

    async def _try(self, body: bytes) -> str | None:
        """Our id of the message, or None when it was not acknowledged."""
        assert self._http is not None
        self.pushes += 1
        headers = signed_headers(SECRET, body, datetime.now(UTC))
        try:
            async with self._http.post(
                self._url,
                data=body,
                headers=headers | {"Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN),
            ) as response:
                if response.status == 200:
                    return str((await response.json())["message_id"])
                told = await response.text()
        except (aiohttp.ClientError, OSError, TimeoutError):
            return None
        # 401 is what a gateway with a wrong clock takes us for.
        if response.status not in (401, 429, 500, 502, 503, 504):
            raise AssertionError(f"{response.status}: {told}")
        return None

    @property
    def heard(self) -> int:
        """How much it was sent so far."""
        return len(self.received)

    def unanswered(self) -> bool:
        """Whether something we acknowledged is not answered yet."""
        answered = {str(answer.get("in_reply_to")) for answer in self.received}
        return any(message not in answered for message in self.acknowledged.values())

    def verdict(self, spans: Sequence[Span] = ()) -> Verdict:
        """Judges from the log alone. Each message of these dialogues has exactly one answer: the
        bot's, or the house's own where the bot stood back because Rasa failed three times."""
        people = {external: person for person, said in self.said.items() for external in said}
        ours = {message: external for external, message in self.acknowledged.items()}
        seen: set[str] = set()
        replied: set[str] = set()
        answers: defaultdict[str, int] = defaultdict(int)  # by our message id
        told: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        repeated = 0
        for answer in self.received:
            key, message = str(answer["key"]), str(answer.get("in_reply_to"))
            if key in seen:
                repeated += 1
                continue
            seen.add(key)
            if answer["text"] != WAIT:
                replied.add(message)
            if answer["from"] != "bot":
                continue
            answers[message] += 1
            if message in ours:
                external = ours[message]
                told[people[external]].append((int(str(answer["seq"])), external))
        verdict = Verdict(
            sent=len(people),
            acknowledged=len(self.acknowledged),
            given_up=len(self.given_up),
            pushes=self.pushes,
            answers=sum(answers.values()),
            repeated_at_the_edge=repeated,
        )
        verdict.answered_twice = [ours.get(m, m) for m, times in answers.items() if times > 1]
        for person, said in self.said.items():
            answered = [external for _, external in told[person]]
            verdict.lost += [
                e for e in said if e in self.acknowledged and self.acknowledged[e] not in replied
            ]
            positions = [said.index(external) for external in answered]
            if positions != sorted(positions) or sorted(told[person]) != told[person]:
                verdict.out_of_order.append(person)
        return verdict
