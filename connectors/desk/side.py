"""Beside a conversation: the person's orders, passages that answer their question, ready replies.

What the knowledge base says here is what it would say to the citizen: the same code, the same day,
the same region. An agent may ask it something else in their own words.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from aiohttp import web
from sqlalchemy import Connection

from connectors.clock import in_china
from connectors.desk.access import Access
from connectors.desk.office import Office
from connectors.desk.pages import Pages
from connectors.messages import Author
from connectors.store import agents, conversations, messages, notes, order_work
from connectors.store.conversations import Contact
from connectors.store.notes import Note
from connectors.store.order_work import OrderRow
from knowledge.answer import Answer, Answerer, Cited
from knowledge.judge import Verdict
from knowledge.query import Query

QUESTION_MOST = 200  # characters
EARLIER = 3  # of the person's messages: looked at, and given to questions that point back
LOOKED_AT = 40  # messages searched for the person's last ones
AUDIENCES: dict[str, Literal["person", "enterprise"]] = {
    "person": "person",
    "enterprise": "enterprise",
}
REPLIES = ("greeting", "moment", "place", "registered", "other_office", "closing")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A passage and the words an agent would send of it."""

    cited: Cited
    words: str


class SidePanel:
    def __init__(self, office: Office, access: Access, pages: Pages, answerer: Answerer) -> None:
        self._office = office
        self._access = access
        self._pages = pages
        self._answerer = answerer

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/desk/conversations/{id}/side", self._side)]

    async def _side(self, request: web.Request) -> web.Response:
        session = await self._access.session(request)
        conversation_id = request.match_info["id"]

        def unit(conn: Connection) -> tuple[Contact, list[OrderRow], list[str], list[Note]]:
            conversation = conversations.get(conn, conversation_id)
            if conversation is None:
                raise web.HTTPNotFound(text=self._office.texts.say("desk_no_such_conversation"))
            latest = messages.after(conn, conversation_id, 0, LOOKED_AT, newest=True)
            said = [m.text for m in latest if m.author is Author.CITIZEN and m.text.strip()]
            return (
                conversations.contact(conn, conversation.contact_id),
                order_work.of_person(conn, conversation.contact_id, conversation_id),
                said,
                notes.of(conn, conversation_id),
            )

        contact, orders, said, left = await self._office.database.read(unit)
        asked = request.query.get("q", "").strip()[:QUESTION_MOST]
        question, answer = await self._first_answered(asked, said, contact)
        return self._pages.show(
            "side.html",
            conversation_id=conversation_id,
            orders=orders,
            notes=left,
            names={one.id: one.name for one in await self._office.database.read(agents.list_all)},
            question=question,
            asked=asked,
            sure=answer is not None and answer.verdict is Verdict.ANSWER,
            suggestions=self._suggestions(answer),
            replies=[
                (one, self._office.texts.say(f"desk_reply_{one}", agent=session.agent.name))
                for one in REPLIES
            ],
        )

    async def _first_answered(
        self, asked: str, said: list[str], contact: Contact
    ) -> tuple[str, Answer | None]:
        """What the agent asks; else the latest of the person's last words that asks anything."""
        if asked:
            return asked, await self._answer(asked, contact, ())
        for back in range(1, min(EARLIER, len(said)) + 1):
            earlier = tuple(said[:-back])
            answer = await self._answer(said[-back], contact, earlier)
            if answer is not None and answer.verdict is not Verdict.NONE:
                return said[-back], answer
        return (said[-1] if said else ""), None

    async def _answer(
        self, question: str, contact: Contact, earlier: tuple[str, ...]
    ) -> Answer | None:
        if not question:
            return None
        query = Query(
            text=question[:QUESTION_MOST],
            on=in_china(self._office.clock.now()).date(),
            region=contact.region or self._office.settings.region,
            audience=AUDIENCES.get(contact.audience),
            history=earlier[-EARLIER:],
        )
        return await asyncio.to_thread(self._answerer.answer, query)

    def _suggestions(self, answer: Answer | None) -> list[Suggestion]:
        return [Suggestion(one, self._words(one)) for one in answer.passages] if answer else []

    def _words(self, cited: Cited) -> str:
        source = "，".join(part for part in (cited.title, cited.issuer, cited.link) if part)
        return self._office.texts.say("desk_insert", quote=cited.quote, source=source)
