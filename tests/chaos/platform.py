"""A platform that pushes as platforms do, and keeps the log that decides what was lost.

It posts each person's messages in order, waits five seconds for an answer and tries again until
it is told the message is safe; it takes our answers at a callback, sometimes answering late or
with an error, and writes down what it was sent, byte for byte, before it answers.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from connectors.signing import signed_headers, verify

ANSWER_WITHIN = 5.0  # seconds, as WeChat waits
TRIES = 60


@dataclass
class Verdict:
    """What the platform's own log proves."""

    sent: int
    acknowledged: int
    pushes: int
    answers: int
    lost: list[str] = field(default_factory=list)
    answered_twice: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    repeated_at_the_edge: int = 0

    @property
    def clean(self) -> bool:
        whole = self.acknowledged == self.sent
        return whole and not (self.lost or self.answered_twice or self.out_of_order)


class Platform:
    """``trouble``: the share of callbacks it answers with an error or too late."""

    def __init__(self, url: str, secret: str, *, trouble: float = 0.0, seed: int = 1) -> None:
        self._url = url
        self._secret = secret
        self._trouble = trouble
        self._random = random.Random(seed)
        self._http: aiohttp.ClientSession | None = None
        self.pushes = 0
        self.acknowledged: dict[str, str] = {}  # our message id by the platform's id
        self.said: defaultdict[str, list[str]] = defaultdict(list)
        self.received: list[dict[str, object]] = []

    @asynccontextmanager
    async def open(self, port: int) -> AsyncIterator[Platform]:
        app = web.Application()
        app.add_routes([web.post("/callback", self._callback)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        async with aiohttp.ClientSession() as self._http:
            yield self
        await runner.cleanup()

    async def _callback(self, request: web.Request) -> web.Response:
        body = await request.read()
        verify([self._secret], request.headers, body, datetime.now(UTC))
        dice = self._random.random()
        if dice < self._trouble / 2:
            return web.Response(status=503)
        self.received.append(json.loads(body))
        if dice < self._trouble:
            return web.Response(status=500)  # it took the message and fell over saying so
        return web.json_response({})

    async def push(self, person: str, number: int, text: str) -> None:
        """One message of a person, again and again until it is safe."""
        external = f"{person}-{number}"
        self.said[person].append(external)
        message = {"type": "message", "id": external, "from": person, "text": text}
        body = json.dumps(message, ensure_ascii=False).encode()
        assert self._http is not None
        for attempt in range(TRIES):
            self.pushes += 1
            headers = signed_headers(self._secret, body, datetime.now(UTC))
            try:
                async with self._http.post(
                    self._url,
                    data=body,
                    headers=headers | {"Content-Type": "application/json"},
                    timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN),
                ) as response:
                    if response.status == 200:
                        self.acknowledged[external] = (await response.json())["message_id"]
                        if self._random.random() < 0.05:
                            continue  # the answer got lost on the way: the platform repeats
                        return
                    if response.status not in (429, 500, 502, 503, 504):
                        raise AssertionError(f"{response.status}: {await response.text()}")
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            await asyncio.sleep(min(2.0, 0.2 * 1.5**attempt))

    def verdict(self) -> Verdict:
        """Judges from the log alone."""
        people = {external: person for person, said in self.said.items() for external in said}
        ours = {message: external for external, message in self.acknowledged.items()}
        seen: set[str] = set()
        told: defaultdict[str, list[tuple[int, str, str]]] = defaultdict(list)
        repeated = 0
        for answer in self.received:
            key = str(answer["key"])
            if key in seen:
                repeated += 1
                continue
            seen.add(key)
            external = ours.get(str(answer.get("in_reply_to")))
            if external is not None and answer["from"] == "bot":
                told[people[external]].append(
                    (int(str(answer["seq"])), external, str(answer["text"]))
                )
        verdict = Verdict(
            sent=len(people),
            acknowledged=len(self.acknowledged),
            pushes=self.pushes,
            answers=sum(map(len, told.values())),
            repeated_at_the_edge=repeated,
        )
        for person, said in self.said.items():
            answered = [external for _, external, _ in told[person]]
            verdict.lost += [external for external in said if external not in set(answered)]
            verdict.answered_twice += [
                external
                for (external, _text), times in Counter(
                    (external, text) for _, external, text in told[person]
                ).items()
                if times > 1
            ]
            positions = [said.index(external) for external in answered]
            if positions != sorted(positions) or sorted(told[person]) != told[person]:
                verdict.out_of_order.append(person)
        return verdict
