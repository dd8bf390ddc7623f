"""Stands in for Rasa: says back what it hears, after as long as it was told. ``python -m`` it."""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web


def app(pause: float) -> web.Application:
    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    async def message(request: web.Request) -> web.Response:
        body = await request.json()
        if pause:
            await asyncio.sleep(pause)
        state = {"intent": {"name": "greet", "confidence": 1.0}}
        return web.json_response({"messages": [{"text": body["text"]}], "state": state})

    made = web.Application()
    made.add_routes(
        [
            web.get("/webhooks/huiying/health", health),
            web.post("/webhooks/huiying/message", message),
        ]
    )
    return made


if __name__ == "__main__":
    web.run_app(
        app(float(sys.argv[2])),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=None,
        print=None,
    )
