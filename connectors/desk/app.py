"""The desk's pages and its live socket."""

from __future__ import annotations

import asyncio
import hmac
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import jinja2
from aiohttp import WSCloseCode, WSMsgType, web

from connectors import logs, metrics
from connectors.clock import Clock, in_china
from connectors.conversation.ownership import Owner
from connectors.coordination.coordinator import Coordinator
from connectors.delivery.sender import Sender
from connectors.desk.service import DeskService, Refused
from connectors.origin import origin_allowed
from connectors.settings import Settings
from connectors.store import agents, conversations, messages, outbox
from connectors.store.agents import Agent, AgentSession
from connectors.store.database import Database
from connectors.texts import Texts

log = logs.get(__name__)

HERE = Path(__file__).parent
COOKIE = "huiying_desk"
HISTORY = 500


class Desk:
    def __init__(
        self,
        database: Database,
        coordinator: Coordinator,
        clock: Clock,
        texts: Texts,
        settings: Settings,
        service: DeskService,
    ) -> None:
        self._db = database
        self._coordinator = coordinator
        self._clock = clock
        self._texts = texts
        self._settings = settings
        self._service = service
        self._sockets: set[web.WebSocketResponse] = set()
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.filters["clock"] = lambda moment: in_china(moment).strftime("%m-%d %H:%M")

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk", self._home),
            web.get("/desk/login", self._login_page),
            web.post("/desk/login", self._login),
            web.post("/desk/logout", self._logout),
            web.get("/desk/queue", self._queue),
            web.get("/desk/conversations/{id}", self._conversation),
            web.get("/desk/conversations/{id}/messages", self._messages),
            web.get("/desk/conversations/{id}/states", self._states),
            web.post("/desk/conversations/{id}/{action}", self._act),
            web.get("/desk/events", self._events),
            web.static("/desk/static", HERE / "static"),
        ]

    async def close(self) -> None:
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"restarting")

    # Who is there ------------------------------------------------------------------------------

    async def _session(self, request: web.Request) -> AgentSession:
        """The agent of the request. Raises a redirect to the login page when there is none."""
        token = request.cookies.get(COOKIE, "")
        now = self._clock.now()
        session = await self._db.read(lambda conn: agents.session(conn, token, now))
        if session is None:
            if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
                raise web.HTTPSeeOther("/desk/login")
            raise web.HTTPUnauthorized(text="log in first")
        return session

    async def _login_page(self, _request: web.Request) -> web.Response:
        return self._page("login.html", error="")

    async def _login(self, request: web.Request) -> web.StreamResponse:
        if not origin_allowed(request, (), self._settings.public_url):
            raise web.HTTPForbidden(text="wrong origin")
        form = await request.post()
        login, password = str(form.get("login", "")), str(form.get("password", ""))
        if not await self._coordinator.allow(f"login:{request.remote}:{login[:64]}", 10, 60):
            return self._page("login.html", error=self._texts.say("desk_login_slow"), status=429)
        found = await self._db.read(lambda conn: agents.credentials(conn, login))
        verified = await asyncio.to_thread(
            agents.verify_password, found[1] if found else None, password[:256]
        )
        if not (found and verified):
            log.warning("desk.login_refused")
            return self._page("login.html", error=self._texts.say("desk_login_failed"), status=401)
        agent, now = found[0], self._clock.now()
        token = await self._db.transact(lambda conn: agents.open_session(conn, agent, now))
        response = web.HTTPSeeOther("/desk")
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(agents.SESSION_LIFE.total_seconds()),
            path="/desk",
            httponly=True,
            samesite="Strict",
            secure=request.secure or (self._settings.public_url or "").startswith("https://"),
        )
        log.info("desk.login", agent_id=agent.id)
        raise response

    async def _logout(self, request: web.Request) -> NoReturn:
        await self._checked_session(request)
        token = request.cookies.get(COOKIE, "")
        await self._db.transact(lambda conn: agents.close_session(conn, token))
        response = web.HTTPSeeOther("/desk/login")
        response.del_cookie(COOKIE, path="/desk")
        raise response

    async def _checked_session(self, request: web.Request) -> AgentSession:
        """The session of a request that changes something: it must carry the page's CSRF token."""
        session = await self._session(request)
        given = request.headers.get("X-CSRF-Token") or str((await request.post()).get("csrf", ""))
        if not hmac.compare_digest(given.encode(), session.csrf.encode()):
            raise web.HTTPForbidden(text=self._texts.say("desk_bad_form"))
        return session

    # Pages -------------------------------------------------------------------------------------

    async def _home(self, request: web.Request) -> web.Response:
        session = await self._session(request)
        return self._page("desk.html", session=session, lists=await self._lists(), open=None)

    async def _queue(self, request: web.Request) -> web.Response:
        session = await self._session(request)
        current = request.query.get("open", "")
        return self._page("queue.html", session=session, lists=await self._lists(), open=current)

    async def _conversation(self, request: web.Request) -> web.Response:
        session = await self._session(request)
        conversation_id = request.match_info["id"]
        conversation = await self._db.read(lambda conn: conversations.get(conn, conversation_id))
        if conversation is None:
            raise web.HTTPNotFound(text=self._texts.say("desk_no_such_conversation"))
        log_lines = await self._log(conversation_id, 0)
        template = "conversation.html" if request.headers.get("X-Partial") else "desk.html"
        return self._page(
            template,
            session=session,
            lists=await self._lists(),
            open=conversation,
            mine=conversation.agent_id == session.agent.id,
            **log_lines,
        )

    async def _messages(self, request: web.Request) -> web.Response:
        await self._session(request)
        try:
            seq = int(request.query.get("after", "0"))
        except ValueError:
            raise web.HTTPBadRequest(text="after must be a number") from None
        return self._page("messages.html", **await self._log(request.match_info["id"], seq))

    async def _states(self, request: web.Request) -> web.Response:
        await self._session(request)
        conversation_id = request.match_info["id"]
        states = await self._db.read(lambda conn: outbox.states_of(conn, conversation_id))
        return web.json_response(states)

    async def _log(self, conversation_id: str, seq: int) -> dict[str, Any]:
        lines = await self._db.read(
            lambda conn: messages.after(conn, conversation_id, seq, HISTORY, newest=seq == 0)
        )
        states = await self._db.read(lambda conn: outbox.states_of(conn, conversation_id))
        names = {a.id: a.name for a in await self._db.read(agents.list_all)}
        return {"messages": lines, "states": states, "names": names}

    async def _lists(self) -> dict[str, Any]:
        now = self._clock.now()
        read = self._db.read
        return {
            "waiting": await read(lambda c: conversations.list_for_desk(c, Owner.WAITING)),
            "talking": await read(lambda c: conversations.list_for_desk(c, Owner.AGENT)),
            "bot": await read(lambda c: conversations.list_for_desk(c, Owner.BOT, 30)),
            "closed": await read(lambda c: conversations.list_for_desk(c, Owner.CLOSED, 10)),
            "now": now,
        }

    def _page(self, template: str, status: int = 200, **values: Any) -> web.Response:
        text = partial(self._texts.say)
        html = self._pages.get_template(template).render(say=text, Owner=Owner, **values)
        return web.Response(
            text=html,
            status=status,
            content_type="text/html",
            headers={"Cache-Control": "no-store"},
        )

    # Doing -------------------------------------------------------------------------------------

    async def _act(self, request: web.Request) -> web.Response:
        session = await self._checked_session(request)
        agent: Agent = session.agent
        conversation_id, action = request.match_info["id"], request.match_info["action"]
        form = await request.post()
        try:
            match action:
                case "take":
                    await self._service.take(agent, conversation_id)
                case "hand-back":
                    await self._service.hand_back(agent, conversation_id)
                case "close":
                    await self._service.close(agent, conversation_id)
                case "say":
                    client_id = str(form.get("client_id", ""))[:64]
                    if not client_id:
                        raise web.HTTPBadRequest(text="client_id is missing")
                    await self._service.say(
                        agent, conversation_id, str(form.get("text", "")), client_id
                    )
                case "typing":
                    await self._service.typing(agent, conversation_id)
                case _:
                    raise web.HTTPNotFound
        except Refused as refusal:
            return web.json_response(
                {"error": {"code": refusal.key, "message": self._texts.say(refusal.key)}},
                status=409,
            )
        return web.json_response({"done": action})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        await self._session(request)
        if not origin_allowed(request, (), self._settings.public_url):
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
        async with self._coordinator.subscribe("desk") as happenings:
            await socket.send_json({"kind": "hello"})
            async for happening in happenings:
                await socket.send_json({"kind": happening.kind, **happening.data})


def build_desk(
    database: Database,
    coordinator: Coordinator,
    clock: Clock,
    texts: Texts,
    settings: Settings,
    sender: Sender,
) -> Desk:
    service = DeskService(database, coordinator, clock, texts, sender)
    return Desk(database, coordinator, clock, texts, settings, service)
