"""What the answers of Rasa, and of whatever stands before it, mean to the worker."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.conversation.dialogue import (
    DialogueFailed,
    DialogueUnavailable,
    RasaDialogue,
    TurnReply,
    TurnRequest,
)

REQUEST = TurnRequest("c_1.1", "m_1", "路灯坏了 \U0001f4a1", "portal", {"plain": True})
PAGE = b"<html>Bad Gateway</html>"


async def answered(status: int, body: bytes, heard: list[Any] | None = None) -> TurnReply:
    async def message(request: web.Request) -> web.Response:
        if heard is not None:
            heard.append((dict(request.headers), json.loads(await request.read())))
        return web.Response(status=status, body=body)

    app = web.Application()
    app.add_routes([web.post("/webhooks/huiying/message", message)])
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        return await RasaDialogue(http, str(server.make_url("")).rstrip("/"), "key", 5).turn(
            REQUEST
        )


async def test_a_turn_is_asked_for_and_its_reply_read() -> None:
    heard: list[Any] = []
    reply = await answered(
        200, '{"messages": [{"text": "您好"}], "state": {"a": 1}}'.encode(), heard
    )
    assert [one.parts[0].text for one in reply.outbounds] == ["您好"]  # type: ignore[union-attr]
    assert reply.state == {"a": 1}
    headers, body = heard[0]
    assert headers["Content-Type"] == "application/json"
    assert headers["Authorization"] == "Bearer key"
    assert body == {
        "sender": "c_1.1",
        "message_id": "m_1",
        "text": "路灯坏了 \U0001f4a1",
        "channel": "portal",
        "metadata": {"plain": True},
    }


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, PAGE),  # a proxy's own page
        (504, b""),
        (404, b'"Not Found"'),
        (503, b'{"error": {"code": "not_ready"}}'),
    ],
)
async def test_who_is_not_there_is_waited_for(status: int, body: bytes) -> None:
    with pytest.raises(DialogueUnavailable):
        await answered(status, body)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, PAGE),
        (200, b"[]"),
        (200, b'{"messages": [{"text": "cut o'),
        (200, b'{"messages": 7}'),
        (500, PAGE),
        (500, b'{"error": {"code": "turn_failed"}}'),
        (401, b'{"error": {"code": "unauthorized"}}'),
    ],
)
async def test_what_cannot_be_understood_is_a_failed_turn(status: int, body: bytes) -> None:
    with pytest.raises(DialogueFailed):
        await answered(status, body)
