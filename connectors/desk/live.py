"""The desk's sockets: they say that something changed; the page then asks for it.

One listener a gateway hears what happens and passes it on to the pages it concerns: words in a talk
to those who have it before them, a change of the queue to all who serve it, with the line of the
list already rendered, so that a change costs one rendering and not one a page.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterable, Sequence

from aiohttp import WSCloseCode, WSMsgType, web

from connectors import logs, metrics
from connectors.conversation.ownership import Owner
from connectors.conversation.skills import may_serve
from connectors.coordination.coordinator import RESUMED, Happening
from connectors.desk.access import Access
from connectors.desk.office import Office
from connectors.desk.pages import Pages
from connectors.desk.presence import Attendance
from connectors.json_codec import dumps
from connectors.origin import origin_allowed
from connectors.store import agents, desk_lists
from connectors.store.agents import AgentSession
from connectors.store.database import StoreUnavailable
from connectors.store.desk_lists import DeskRow

log = logs.get(__name__)

BACKLOG = 256  # events a page may fall behind; then it is told to look at everything
MINDED_EVERY = 5.0  # seconds; what ends a session elsewhere, such as a command, tells no gateway
HEARTBEAT = 10.0  # seconds between pings: a laptop that was closed is noticed in half as much more
WATCHED_MOST = 200  # talks one page may ask to hear of
LOGGED_OUT = "logged-out"
ACCOUNT = "account"  # what an agent may do or serves has changed
IN_A_TALK = frozenset({"message", "typing", "seen", "note", "fields"})


class Line:
    """One page's socket, and what is still to be written to it."""

    def __init__(self, socket: web.WebSocketResponse, session: AgentSession) -> None:
        self.socket = socket
        self.session = session.key
        self.agent = session.agent
        self.watched: frozenset[str] = frozenset()
        self._waiting: deque[str] = deque()
        self._ready = asyncio.Event()
        self._over = False

    def put(self, frame: str) -> None:
        """Never waits: a page that does not keep up is told to look again."""
        if len(self._waiting) >= BACKLOG:
            self._waiting.clear()
            frame = dumps({"kind": RESUMED})
        self._waiting.append(frame)
        self._ready.set()

    def log_out(self) -> None:
        """The socket is closed once all that was put in is written."""
        self._over = True
        self._ready.set()

    async def write(self) -> None:
        while True:
            await self._ready.wait()
            self._ready.clear()
            while self._waiting:
                await self.socket.send_str(self._waiting.popleft())
            if self._over:
                await self.socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"logged out")
                return


class Live:
    def __init__(
        self, office: Office, access: Access, pages: Pages, attendance: Attendance
    ) -> None:
        self._office = office
        self._access = access
        self._pages = pages
        self._attendance = attendance
        self._lines: set[Line] = set()
        self._listening = asyncio.Event()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/desk/events", self._events)]

    async def close(self) -> None:
        """All at once: a page that does not read keeps its socket for some seconds."""
        await asyncio.gather(
            *(
                line.socket.close(code=WSCloseCode.GOING_AWAY, message=b"restarting")
                for line in self._lines
            )
        )

    async def run(self) -> None:
        """Passes on what happens, and closes what is logged out, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pass_on(), name="desk events")
            group.create_task(self._mind(), name="desk sessions")

    async def _mind(self) -> None:
        while True:
            await asyncio.sleep(MINDED_EVERY)
            try:
                await self._close_ended()
            except StoreUnavailable as error:
                log.error("store.unavailable", reason=str(error))
            except Exception:
                log.exception("desk.round_failed", round="sessions")

    async def _close_ended(self) -> None:
        lines = tuple(self._lines)
        if not lines:
            return
        keys, now = {line.session for line in lines}, self._office.clock.now()
        going_on = await self._office.database.read(lambda conn: agents.still_open(conn, keys, now))
        _log_out([line for line in lines if line.session not in going_on])

    async def _pass_on(self) -> None:
        async with self._office.coordinator.subscribe("desk") as happenings:
            self._listening.set()
            async for happening in happenings:
                try:
                    await self._spread(happening)
                except StoreUnavailable as error:
                    log.error("store.unavailable", reason=str(error))
                except Exception:
                    log.exception("desk.event_failed", kind=happening.kind)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        session = await self._access.session(request)
        if not origin_allowed(request, (), self._office.settings.public_url):
            raise web.HTTPForbidden(text="wrong origin")
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=32 * 1024)
        await socket.prepare(request)
        await self._listening.wait()
        line = Line(socket, session)
        line.put(dumps({"kind": "hello", "now": self._office.clock.now().isoformat()}))
        self._lines.add(line)
        left = (session.expires_at - self._office.clock.now()).total_seconds()
        expiry = asyncio.get_running_loop().call_later(left, _log_out, [line])
        metrics.sockets_open.labels("desk").inc()
        writer = asyncio.create_task(line.write(), name="desk push")
        try:
            with self._attendance.page(session.agent.id):
                async for frame in socket:
                    if frame.type is not WSMsgType.TEXT:
                        break
                    line.watched = _watched(frame.data)
        finally:
            expiry.cancel()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            self._lines.discard(line)
            metrics.sockets_open.labels("desk").dec()
        return socket

    # Passing on ----------------------------------------------------------------------------------

    async def _spread(self, happening: Happening) -> None:
        if not self._lines:
            return
        kind, data = happening.kind, happening.data
        talk, to = str(data.get("conversation_id", "")), data.get("to")
        if to is not None:
            mine = [line for line in self._lines if line.agent.id == to]
            if kind == LOGGED_OUT:
                _log_out(mine)
            else:
                if kind == ACCOUNT:
                    await self._look_again(str(to), mine)
                _put(mine, {"kind": kind, **data})
        elif kind == "owner":
            await self._spread_owner(talk, data)
        elif kind == "alert":
            _put((x for x in self._lines if x.agent.role == "supervisor"), {"kind": kind, **data})
        elif kind in IN_A_TALK:
            _put((line for line in self._lines if talk in line.watched), {"kind": kind, **data})
        else:
            _put(self._lines, {"kind": kind, **data})

    async def _look_again(self, agent_id: str, lines: Iterable[Line]) -> None:
        found = await self._office.database.read(lambda conn: agents.get(conn, agent_id))
        for line in lines:
            line.agent = found or line.agent

    async def _spread_owner(self, talk: str, data: dict[str, str | int | bool | None]) -> None:
        """The talk's line for whoever may have it in a list; for the others, that it is not."""
        row = await self._office.database.read(lambda conn: desk_lists.one(conn, talk))
        if row is None:
            return
        owner, holder = row.conversation.owner, row.conversation.agent_id
        told = {"kind": "owner", **data, "owner": owner.value, "agent_id": holder}
        shown = dumps({**told, "row": self._row(row)})
        bare = dumps(told)
        for line in self._lines:
            agent = line.agent
            waits_for_them = owner is Owner.WAITING and (
                agent.role == "supervisor" or may_serve(agent.skills, row.conversation.skill)
            )
            line.put(shown if waits_for_them or holder == agent.id else bare)

    def _row(self, row: DeskRow) -> str:
        return self._pages.fragment("queue_row.html", item=row, current="")


def _log_out(lines: Sequence[Line]) -> None:
    _put(lines, {"kind": LOGGED_OUT})
    for line in lines:
        line.log_out()


def _put(lines: Iterable[Line], data: dict[str, object]) -> None:
    frame = dumps(data)
    for line in lines:
        line.put(frame)


def _watched(frame: str) -> frozenset[str]:
    """The talks a page wants to hear of; nonsense names none."""
    try:
        named = json.loads(frame)["watch"]
        return frozenset(str(one)[:40] for one in named[:WATCHED_MOST])
    except (ValueError, KeyError, TypeError):
        return frozenset()
