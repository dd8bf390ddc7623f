"""The least a gateway can be: takes a portal's message, asks Rasa, brings the portal the answer.

It keeps nothing, checks nothing and forgets all when it ends: what the HTTP of a turn costs by
itself, and so the bare ceiling of what a gateway may add. ``python -m`` it with its port, Rasa's
address, its token and the portal's callback.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web


def app(rasa_url: str, token: str, callback: str) -> web.Application:
    under_way: set[asyncio.Task[None]] = set()
    http: list[aiohttp.ClientSession] = []

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({})

    async def message(request: web.Request) -> web.Response:
        body = await request.json()
        message_id = uuid.uuid4().hex
        task = asyncio.create_task(turn(body, message_id))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        return web.json_response({"message_id": message_id})

    async def turn(body: dict[str, str], message_id: str) -> None:
        sender = f"c-{body['from']}.1"
        asked = {
            "sender": sender,
            "message_id": message_id,
            "text": body["text"],
            "channel": "portal",
            "metadata": {"channel": "portal", "conversation_id": sender, "plain": True},
        }
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{rasa_url}/webhooks/huiying/message"
        async with http[0].post(url, json=asked, headers=headers) as response:
            reply = await response.json()
        answer = {"from": "bot", "in_reply_to": message_id, "messages": reply["messages"]}
        async with http[0].post(callback, json=answer) as response:
            await response.read()

    async def session(_app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as opened:
            http.append(opened)
            yield

    made = web.Application()
    made.cleanup_ctx.append(session)
    made.add_routes(
        [web.get("/health/live", health), web.post("/portal/{account}/messages", message)]
    )
    return made


if __name__ == "__main__":
    port, rasa_url, token, callback = sys.argv[1:]
    web.run_app(
        app(rasa_url, token, callback),
        host="127.0.0.1",
        port=int(port),
        access_log=None,
        print=None,
    )
