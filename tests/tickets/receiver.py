"""A reference ticket system: receives orders by signed webhook and tells what becomes of them.

``python -m tests.tickets.receiver --port 9100 --secret … --tell http://…/tickets/core/events``
runs it alone; docs/tickets.md walks through it. In the tests it runs in the same process. It needs
nothing of Huiying but the signature scheme, which an integrator writes in their own language.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

from connectors.signing import NotGenuine, signed_headers, verify


@dataclass
class Receiver:
    """``orders`` by our number, ``told`` everything that came once, ``tell`` where events go."""

    secret: str
    tell: str = ""
    numbers: Callable[[int], str] = lambda n: f"GD-2026-{n:06d}"
    late: bool = False  # 202 without a number, which comes by an event
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    misbehave: Callable[[web.Request], Awaitable[web.StreamResponse | None]] | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/orders", self.receive), web.get("/orders", self.show)])
        return app

    async def show(self, _request: web.Request) -> web.Response:
        return web.json_response({"orders": self.orders, "told": self.told})

    async def receive(self, request: web.Request) -> web.StreamResponse:
        if self.misbehave is not None:
            odd = await self.misbehave(request)
            if odd is not None:
                return odd
        body = await request.read()
        try:
            nonce = verify([self.secret], request.headers, body, self.now())
        except NotGenuine as error:
            return web.json_response({"error": {"code": error.code}}, status=401)
        if nonce in self.nonces:
            return web.json_response({"error": {"code": "replayed"}}, status=409)
        self.nonces.add(nonce)
        said = json.loads(body)
        key = said.get("key")
        if key in self.keys:  # a repeat is answered as it was
            return web.json_response(self.keys[key])
        answer = self._take(said)
        if key:
            self.keys[key] = answer
            self.told.append(said)
        return web.json_response(answer, status=202 if answer == {"taken": True} else 200)

    def _take(self, said: dict[str, Any]) -> dict[str, Any]:
        match said["type"]:
            case "order.filed":
                number = self.numbers(len(self.orders) + 1)
                ours = said["order"]["number"]
                self.orders[ours] = {"number": number, **said["order"], "number_here": number}
                return {"taken": True} if self.late else {"number": number}
            case "orders.status":
                known = (self.orders.get(one) for one in said["orders"])
                return {"orders": [one["status"] for one in known if one and "status" in one]}
        return {}

    def event(self, order: str, status: str, **said: str) -> dict[str, Any]:
        """An event about an order, as :meth:`say` posts it."""
        number = self.orders[order]["number_here"] if order in self.orders else None
        event = {
            "id": f"evt-{secrets.token_hex(8)}",  # never again, whatever restarts
            "order": order,
            "number": number,
            "status": status,
            "at": self.now().isoformat(),
            **said,
        }
        if order in self.orders:
            self.orders[order]["status"] = event
        return event

    async def say(self, event: dict[str, Any], secret: str | None = None) -> tuple[int, Any]:
        """Posts an event; status and JSON of the answer."""
        body = json.dumps(event).encode()
        headers = signed_headers(secret or self.secret, body, self.now())
        headers["Content-Type"] = "application/json"
        async with (
            aiohttp.ClientSession() as http,
            http.post(self.tell, data=body, headers=headers) as response,
        ):
            return response.status, await response.json()


async def _serve(receiver: Receiver, port: int) -> None:
    runner = web.AppRunner(receiver.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    known: set[str] = set()
    while True:  # handles each order on its own, in three steps
        for ours in set(receiver.orders) - known:
            known.add(ours)
            for status, said in (
                ("dispatched", {"unit": "区城管局"}),
                ("signed", {"unit": "区城管局"}),
                ("closed", {"answer": "已现场处理完毕。", "outcome": "solved"}),
            ):
                await asyncio.sleep(1)
                print(status, await receiver.say(receiver.event(ours, status, **said)))
        await asyncio.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--secret", default=secrets.token_hex(32))
    parser.add_argument("--tell", default="http://127.0.0.1:8080/tickets/core/events")
    given = parser.parse_args()
    asyncio.run(_serve(Receiver(given.secret, given.tell), given.port))


if __name__ == "__main__":
    main()
