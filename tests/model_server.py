"""A chat model behind an OpenAI-compatible interface: obedient, or broken in a chosen way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


@dataclass
class ModelServer:
    """``says``: what it answers, whatever it is asked. ``fault``: how it is broken, or of another
    make. ``ends``: why it stopped, as it says itself. ``asked``: the bodies of the requests it
    got."""

    says: str = "无"
    fault: str = ""
    ends: str | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    _server: TestServer | None = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        assert self._server is not None
        return str(self._server.make_url("/v1"))

    @property
    def heard(self) -> str:
        """All that was sent to it."""
        return json.dumps(self.asked, ensure_ascii=False)

    async def start(self) -> None:
        app = web.Application()
        app.add_routes([web.post("/v1/chat/completions", self._complete)])
        self._server = TestServer(app)
        await self._server.start_server()

    async def stop(self) -> None:
        self._over.set()
        if self._server is not None:
            await self._server.close()

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization", ""))
        match self.fault:
            case "500" | "401" | "429":
                return web.json_response({"error": {"message": "no"}}, status=int(self.fault))
            case "a long page":
                return web.Response(text="<p>bad gateway</p>" * 9000, status=502)
            case "redirect":
                raise web.HTTPFound("http://127.0.0.1:1/elsewhere")
            case "hangs":
                await self._over.wait()
                return web.Response()
            case "not json":
                return web.Response(text="<html>proxy</html>")
            case "wrong shape":
                return web.json_response({"choices": [{"message": {"content": 7}}]})
            case "an error inside":
                return web.json_response({"error": "out of memory"})
            case "whole":
                return web.json_response(self._whole())
            case "in two parts":
                return await self._in_parts(request)
        return await self._stream(request)

    def _whole(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.says, "reasoning_content": None}
        return {
            "error": None,
            "choices": [{"index": 0, "message": message, "finish_reason": self.ends}],
            "usage": {"prompt_tokens": 900, "completion_tokens": None},
        }

    async def _in_parts(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        raw = json.dumps(self._whole()).encode()
        await response.write(raw[:40])
        await asyncio.sleep(0.02)
        await response.write(raw[40:])
        return response

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if self.fault == "a line without end":
            await response.write(b"data: " + b"x" * 200_000)
            return response
        size = max(1, len(self.says) // 3)
        for at in range(0, len(self.says), size):
            if self.fault == "breaks off" and at:
                return response
            if self.fault == "junk in the middle" and at:
                await response.write(b"data: {not json\n\n")
            piece: dict[str, Any] = {"choices": [{"delta": {"content": self.says[at : at + size]}}]}
            if self.fault == "another make":  # keeps alive, and has a place for errors
                await response.write(b": keep-alive\r\n\r\n")
                piece |= {"error": None, "usage": None}
            await response.write(f"data: {json.dumps(piece)}\n\n".encode())
            if self.fault == "drips":
                await self._over.wait()
        if self.ends is not None:
            last = {"choices": [{"delta": {}, "finish_reason": self.ends}]}
            await response.write(f"data: {json.dumps(last)}\n\n".encode())
        if self.fault == "no word that it is done":
            return response
        usage = {"prompt_tokens": 900, "completion_tokens": 100}
        await response.write(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response
