"""Conversations on the desk: the queue, one conversation, and what an agent does in it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from connectors.conversation.ownership import Owner
from connectors.desk.access import Access
from connectors.desk.office import Office, Refused
from connectors.desk.pages import Pages
from connectors.desk.service import EDITOR, SUPERVISOR, DeskService
from connectors.store import agents, conversations, desk_lists, messages, outbox

WORKERS = ("agent", "supervisor")  # an editor reads
HISTORY = 500  # messages shown of a long conversation, the newest


class TalkPages:
    def __init__(self, office: Office, access: Access, pages: Pages, service: DeskService) -> None:
        self._office = office
        self._access = access
        self._pages = pages
        self._service = service

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk", self._home),
            web.get("/desk/queue", self._queue),
            web.get("/desk/conversations/{id}", self._conversation),
            web.get("/desk/conversations/{id}/messages", self._messages),
            web.get("/desk/conversations/{id}/states", self._states),
            web.post("/desk/conversations/{id}/{action}", self._act),
        ]

    async def _home(self, request: web.Request) -> web.Response:
        session = await self._access.session(request)
        return self._pages.show("talk.html", session=session, lists=await self._lists(), open=None)

    async def _queue(self, request: web.Request) -> web.Response:
        session = await self._access.session(request)
        current = request.query.get("open", "")
        lists = await self._lists()
        return self._pages.show("queue.html", session=session, lists=lists, open=current)

    async def _conversation(self, request: web.Request) -> web.Response:
        session = await self._access.session(request)
        conversation_id = request.match_info["id"]
        read = self._office.database.read
        conversation = await read(lambda conn: conversations.get(conn, conversation_id))
        if conversation is None:
            raise web.HTTPNotFound(text=self._office.texts.say("desk_no_such_conversation"))
        log_lines = await self._log(conversation_id, 0)
        return self._pages.show(
            "conversation.html" if request.headers.get("X-Partial") else "talk.html",
            session=session,
            lists=await self._lists(),
            open=conversation,
            mine=conversation.agent_id == session.agent.id,
            may_pass=conversation.owner is Owner.AGENT
            and (conversation.agent_id == session.agent.id or session.agent.role == SUPERVISOR),
            others=[
                one
                for one in await read(agents.list_all)
                if one.id != conversation.agent_id and one.role != EDITOR
            ],
            **log_lines,
        )

    async def _messages(self, request: web.Request) -> web.Response:
        await self._access.session(request)
        try:
            seq = int(request.query.get("after", "0"))
        except ValueError:
            raise web.HTTPBadRequest(text="after must be a number") from None
        return self._pages.show("messages.html", **await self._log(request.match_info["id"], seq))

    async def _states(self, request: web.Request) -> web.Response:
        await self._access.session(request)
        conversation_id = request.match_info["id"]
        read = self._office.database.read
        return web.json_response(await read(lambda conn: outbox.states_of(conn, conversation_id)))

    async def _log(self, conversation_id: str, seq: int) -> dict[str, Any]:
        read = self._office.database.read
        lines = await read(
            lambda conn: messages.after(conn, conversation_id, seq, HISTORY, newest=seq == 0)
        )
        states = await read(lambda conn: outbox.states_of(conn, conversation_id))
        names = {agent.id: agent.name for agent in await read(agents.list_all)}
        return {"messages": lines, "states": states, "names": names}

    async def _lists(self) -> dict[str, Any]:
        read = self._office.database.read
        return {
            "waiting": await read(lambda c: desk_lists.listed(c, Owner.WAITING)),
            "talking": await read(lambda c: desk_lists.listed(c, Owner.AGENT)),
            "bot": await read(lambda c: desk_lists.listed(c, Owner.BOT, 30)),
            "closed": await read(lambda c: desk_lists.listed(c, Owner.CLOSED, 10)),
        }

    async def _act(self, request: web.Request) -> web.Response:
        session = await self._access.acting(request, *WORKERS)
        agent = session.agent
        conversation_id, action = request.match_info["id"], request.match_info["action"]
        form = await request.post()
        try:
            match action:
                case "take":
                    await self._service.take(agent, conversation_id)
                case "hand-back":
                    await self._service.hand_back(agent, conversation_id)
                case "close":
                    reason = str(form.get("reason", ""))
                    await self._service.close(agent, conversation_id, reason)
                case "transfer":
                    to, note = str(form.get("to", "")), str(form.get("note", ""))
                    await self._service.transfer(agent, conversation_id, to, note)
                case "note":
                    await self._service.note(agent, conversation_id, str(form.get("note", "")))
                case "say":
                    client_id = str(form.get("client_id", ""))[:64]
                    if not client_id:
                        raise web.HTTPBadRequest(text="client_id is missing")
                    text = str(form.get("text", ""))
                    await self._service.say(agent, conversation_id, text, client_id)
                case "typing":
                    await self._service.typing(agent, conversation_id)
                case _:
                    raise web.HTTPNotFound
        except Refused as refusal:
            message = self._office.texts.say(refusal.key)
            return web.json_response(
                {"error": {"code": refusal.key, "message": message}}, status=409
            )
        return web.json_response({"done": action})
