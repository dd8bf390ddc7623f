"""The desk's socket: says that something changed; the page then asks for it."""

from __future__ import annotations

import asyncio

from aiohttp import WSCloseCode, WSMsgType, web

from connectors import metrics
from connectors.desk.access import Access
from connectors.desk.office import Office
from connectors.origin import origin_allowed


class Live:
    def __init__(self, office: Office, access: Access) -> None:
        self._office = office
        self._access = access
        self._sockets: set[web.WebSocketResponse] = set()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/desk/events", self._events)]

    async def close(self) -> None:
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"restarting")

    async def _events(self, request: web.Request) -> web.StreamResponse:
        await self._access.session(request)
        if not origin_allowed(request, (), self._office.settings.public_url):
            raise web.HTTPForbidden(text="wrong origin")
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=1024)
        await socket.prepare(request)
        self._sockets.add(socket)
        metrics.sockets_open.labels("desk").inc()
        pusher = asyncio.create_task(self._push(socket), name="desk push")
        try:
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    break
        finally:
            pusher.cancel()
            await asyncio.gather(pusher, return_exceptions=True)
            self._sockets.discard(socket)
            metrics.sockets_open.labels("desk").dec()
        return socket

    async def _push(self, socket: web.WebSocketResponse) -> None:
        async with self._office.coordinator.subscribe("desk") as happenings:
            await socket.send_json({"kind": "hello"})
            async for happening in happenings:
                await socket.send_json({"kind": happening.kind, **happening.data})
