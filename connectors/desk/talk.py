"""One conversation on the desk: all its person said, and what an agent does in it."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from connectors.conversation.ownership import Owner
from connectors.desk.access import Access
from connectors.desk.noting import Noting
from connectors.desk.office import Office, Refused
from connectors.desk.pages import Pages
from connectors.desk.queue import QueuePages
from connectors.desk.room import WORKERS, Room
from connectors.desk.service import EDITOR, SUPERVISOR, DeskService
from connectors.json_answer import json_answer
from connectors.sanitize import whole_number
from connectors.store import (
    agents,
    audit,
    conversations,
    mentions,
    messages,
    outbox,
    presence,
    threads,
)
from connectors.store.agents import AgentSession
from connectors.store.conversations import Conversation

HISTORY = 500  # messages shown of a long thread, the newest
LISTENED_FOR = 3600.0  # seconds in which looking at a colleague's talk again is the same looking


class TalkPages(Room):
    def __init__(
        self,
        office: Office,
        access: Access,
        pages: Pages,
        service: DeskService,
        queue: QueuePages,
        noting: Noting,
    ) -> None:
        super().__init__(office, access, pages)
        self._service = service
        self._queue = queue
        self._noting = noting

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk", self._home),
            web.post("/desk/ready", self._ready),
            web.get("/desk/conversations/{id}", self._conversation),
            web.get("/desk/conversations/{id}/messages", self._messages),
            web.get("/desk/conversations/{id}/states", self._states),
            web.post("/desk/conversations/{id}/reveal", self._reveal),
            web.post("/desk/conversations/{id}/{action}", self._act),
        ]

    async def _home(self, request: web.Request) -> web.Response:
        session = await self._access.session(request)
        lists = await self._queue.lists(session.agent)
        return self._pages.show(
            "talk.html", session=session, lists=lists, open=None, current="", assign=self._assign
        )

    @property
    def _assign(self) -> str:
        return self._office.settings.desk.assign

    async def _ready(self, request: web.Request) -> web.Response:
        session = await self._access.acting(request, *WORKERS)
        ready = (await request.post()).get("ready") == "1"
        await self._service.set_ready(session.agent, ready)
        return json_answer({"ready": ready})

    async def _conversation(self, request: web.Request) -> web.Response:
        session = await self._access.session(request)
        conversation = await self._found(request)
        agent, now = session.agent, self._office.clock.now()
        await self._note_listening(session, conversation)
        there = now - self._office.settings.desk.lost_after

        def unit(conn: Connection) -> dict[str, Any]:
            seen = {one.agent_id: one.seen_at for one in presence.everybody(conn)}
            others = [
                (one, one.id not in seen or seen[one.id] >= there)
                for one in agents.list_all(conn)
                if one.id != conversation.agent_id and one.role != EDITOR
            ]
            return {"others": others} | self._thread(conn, conversation, {})

        shown = await self._office.database.read(unit)
        mine = conversation.owner is Owner.AGENT and conversation.agent_id == agent.id
        partial = bool(request.headers.get("X-Partial"))
        if await self._office.database.transact(
            lambda conn: mentions.seen(conn, agent.id, conversation.id, now)
        ):
            shown["fresh_mention"] = True
        return self._pages.show(
            "conversation.html" if partial else "talk.html",
            session=session,
            lists=None if partial else await self._queue.lists(agent),
            open=conversation,
            current=conversation.id,
            assign=self._assign,
            mine=mine,
            may_pass=mine
            or (agent.role == SUPERVISOR and conversation.owner in (Owner.AGENT, Owner.WAITING)),
            video=self._office.settings.desk.video_url is not None,
            **shown,
        )

    async def _note_listening(self, session: AgentSession, conversation: Conversation) -> None:
        """Whoever reads a live talk in another's hands is written down; its two never notice."""
        agent = session.agent
        if conversation.owner is not Owner.AGENT or conversation.agent_id == agent.id:
            return
        once = f"listen:{agent.id}:{conversation.id}:{conversation.epoch}"
        if not await self._office.coordinator.allow(once, 1, LISTENED_FOR):
            return
        now = self._office.clock.now()
        await self._office.database.transact(
            lambda conn: audit.record(
                conn,
                now,
                actor=agent.id,
                event="talk.listened",
                conversation_id=conversation.id,
                agent=conversation.agent_id,
            )
        )

    async def _messages(self, request: web.Request) -> web.Response:
        await self._access.session(request)
        conversation = await self._found(request)
        after = _places(request.query.get("after", ""))
        shown = await self._office.database.read(
            lambda conn: self._thread(conn, conversation, after)
        )
        return self._pages.show("messages.html", **shown)

    async def _states(self, request: web.Request) -> web.Response:
        await self._access.session(request)
        conversation = await self._found(request)

        def unit(conn: Connection) -> dict[str, str]:
            return _states(conn, threads.talks(conn, conversation))

        return json_answer(await self._office.database.read(unit))

    async def _reveal(self, request: web.Request) -> web.Response:
        """One message with its numbers readable; who looked is kept."""
        session = await self._access.acting(request, *WORKERS)
        conversation = await self._found(request)
        message_id, now = str((await request.post()).get("message", "")), self._office.clock.now()

        def unit(conn: Connection) -> dict[str, Any]:
            message = messages.get(conn, message_id)
            talks = threads.talks(conn, conversation)
            by_id = {one.id: one.channel for one in talks}
            channel = by_id.get(message.conversation_id) if message is not None else None
            if message is None or channel is None:
                raise web.HTTPNotFound(text=self._office.texts.say("desk_no_such_conversation"))
            audit.record(
                conn,
                now,
                actor=session.agent.id,
                event="talk.revealed",
                conversation_id=message.conversation_id,
                message_id=message.id,
            )
            shown = self._shown(conn, conversation, talks)
            return shown | {"thread": [threads.Threaded(message, channel)], "revealed": True}

        shown = await self._office.database.transact(unit)
        return self._pages.show("messages.html", **shown)

    def _thread(
        self, conn: Connection, conversation: Conversation, after: dict[str, int]
    ) -> dict[str, Any]:
        talks = threads.talks(conn, conversation)
        said = threads.thread(conn, talks, after, HISTORY)
        return self._shown(conn, conversation, talks) | {"thread": said, "revealed": False}

    def _shown(
        self, conn: Connection, conversation: Conversation, talks: list[Conversation]
    ) -> dict[str, Any]:
        """What every piece of a thread needs."""
        return {
            "here": conversation.id,
            "related": [one.id for one in talks[1:]],
            "states": _states(conn, talks),
            "names": {one.id: one.name for one in agents.everybody(conn)},
        }

    async def _found(self, request: web.Request) -> Conversation:
        conversation_id = request.match_info["id"]
        found = await self._office.database.read(
            lambda conn: conversations.get(conn, conversation_id)
        )
        if found is None:
            raise web.HTTPNotFound(text=self._office.texts.say("desk_no_such_conversation"))
        return found

    async def _act(self, request: web.Request) -> web.Response:
        session = await self._access.acting(request, *WORKERS)
        agent = session.agent
        talk, action = request.match_info["id"], request.match_info["action"]
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            match action:
                case "take":
                    await self._service.take(agent, talk)
                case "decline":
                    await self._service.decline(agent, talk)
                case "hand-back":
                    await self._service.hand_back(agent, talk, form.get("then", ""))
                case "video":
                    await self._service.invite(agent, talk)
                case "close":
                    await self._service.close(agent, talk, form.get("reason", ""))
                case "transfer":
                    to, note = form.get("to", ""), form.get("note", "")
                    await self._service.transfer(agent, talk, to, note)
                case "note":
                    await self._noting.note(agent, talk, form.get("note", ""))
                case "say":
                    client_id = form.get("client_id", "")[:64]
                    if not client_id:
                        raise web.HTTPBadRequest(text="client_id is missing")
                    await self._service.say(agent, talk, form.get("text", ""), client_id)
                case "typing":
                    await self._service.typing(agent, talk)
                case _:
                    raise web.HTTPNotFound
        except Refused as refusal:
            message = self._office.texts.say(refusal.key)
            return json_answer({"error": {"code": refusal.key, "message": message}}, status=409)
        return json_answer({"done": action})


def _states(conn: Connection, talks: list[Conversation]) -> dict[str, str]:
    """How far each of our messages got, by its id."""
    found: dict[str, str] = {}
    for talk in talks:
        found |= outbox.states_of(conn, talk.id)
    return found


def _places(text: str) -> dict[str, int]:
    """``c_1:12,c_2:5`` as places in conversations. Raises 400."""
    places: dict[str, int] = {}
    for one in filter(None, text.split(",")):
        talk, _, seq = one.rpartition(":")
        place = whole_number(seq)
        if place is None:
            raise web.HTTPBadRequest(text="after must be conversation:number,…")
        places[talk] = place
    return places
