"""Beside a conversation: what it was about, whose it is, their orders, passages, ready replies.

What the knowledge base says here is what it would say to the citizen: the same code, the same day,
the same region. An agent may ask it something else in their own words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web
from sqlalchemy import Connection

from connectors.clock import in_china
from connectors.desk.access import Access
from connectors.desk.fields import BESIDE, Prefill, corrected
from connectors.desk.office import Office
from connectors.desk.pages import Pages
from connectors.desk.room import Room
from connectors.desk.summary import summarise
from connectors.json_answer import json_answer
from connectors.messages import Author
from connectors.store import (
    agents,
    conversations,
    fields,
    messages,
    notes,
    order_work,
    ratings,
)
from connectors.store.conversations import Contact
from connectors.store.identity import people, portrait
from connectors.store.identity.people import CannotLink
from connectors.store.order_work import OrderRow
from connectors.store.work_orders import NewWorkOrder
from knowledge.answer import Answer, Answerer
from knowledge.citing import Cited
from knowledge.judging.judge import Verdict
from knowledge.query import Query

QUESTION_MOST = 200  # characters
EARLIER = 3  # of the person's messages: looked at, and given to questions that point back
LOOKED_AT = 200  # messages read for summary and fields
SAID_MOST = 5000  # characters
AUDIENCES: dict[str, Literal["person", "enterprise"]] = {
    "person": "person",
    "enterprise": "enterprise",
}
REPLIES = ("greeting", "moment", "place", "place_right", "registered", "other_office", "closing")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A passage and the words an agent would send of it."""

    cited: Cited
    words: str


class SidePanel(Room):
    def __init__(
        self,
        office: Office,
        access: Access,
        pages: Pages,
        answerer: Answerer,
        prefill: Prefill,
    ) -> None:
        super().__init__(office, access, pages)
        self._answerer = answerer
        self._prefill = prefill

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/conversations/{id}/side", self._side),
            web.post("/desk/conversations/{id}/unlink", self._unlink),
        ]

    async def _side(self, request: web.Request) -> web.Response:
        session = await self._access.session(request)
        conversation_id = request.match_info["id"]

        def unit(conn: Connection) -> dict[str, Any]:
            conversation = conversations.get(conn, conversation_id)
            if conversation is None:
                raise web.HTTPNotFound(text=self._office.texts.say("desk_no_such_conversation"))
            latest = messages.after(conn, conversation_id, 0, LOOKED_AT, newest=True)
            person = portrait.of(conn, conversation.contact_id)
            return {
                "contact": conversations.contact(conn, conversation.contact_id),
                "summary": summarise(latest),
                "said": [m.text for m in latest if m.author is Author.CITIZEN and m.text.strip()],
                "orders": order_work.of_person(conn, conversation.contact_id, conversation_id),
                "notes": notes.of(conn, conversation_id),
                "names": {one.id: one.name for one in agents.everybody(conn)},
                "person": person,
                "ratings": ratings.of(conn, [one.conversation_id for one in person.addresses]),
                "corrected": fields.of(conn, conversation_id),
                "reason": conversation.handoff_reason,
            }

        found = await self._office.database.read(unit)
        said: list[str] = found.pop("said")
        asked = request.query.get("q", "").strip()[:QUESTION_MOST]
        question, answer = await self._first_answered(asked, said, found["contact"])
        order = await self._read(said, found["corrected"].fields)
        return self._pages.show(
            "side.html",
            session=session,
            conversation_id=conversation_id,
            question=question,
            asked=asked,
            sure=answer is not None and answer.verdict is Verdict.ANSWER,
            suggestions=self._suggestions(answer),
            order=order,
            beside=BESIDE,
            kinds=tuple(self._office.settings.orders.due_days),
            replies=self._replies(session.agent.name, order, found["orders"]),
            **found,
        )

    def _replies(self, agent: str, order: NewWorkOrder, orders: list[OrderRow]) -> list[str]:
        """The ready replies with what is known of this talk; what is not is a gap to be filled."""
        say, name = self._office.texts.say, order.contact_name or ""
        known = {
            "agent": agent,
            "name": say("desk_reply_name", name=name) if len(name) > 1 else "",
            "number": orders[0].number if orders else say("desk_reply_gap_number"),
            "place": order.place_text or say("desk_reply_gap_place"),
        }
        return [say(f"desk_reply_{one}", **known) for one in REPLIES]

    async def _read(self, said: list[str], by_hand: Mapping[str, str]) -> NewWorkOrder:
        """The fields of an order, as far as they were said or written by hand."""
        text = "\n".join(said)[-SAID_MOST:]
        now, region = self._office.clock.now(), self._office.settings.region
        return corrected(await asyncio.to_thread(self._prefill, text, now, region), by_hand)

    async def _unlink(self, request: web.Request) -> web.Response:
        """Takes a link between two of the person's addresses away; a supervisor's decision."""
        session = await self._access.acting(request, "supervisor")
        link_id, now = str((await request.post()).get("link", ""))[:40], self._office.clock.now()
        talk = request.match_info["id"]

        def unit(conn: Connection) -> None:
            conversation = conversations.get(conn, talk)
            if conversation is None:
                raise web.HTTPNotFound(text=self._office.texts.say("desk_no_such_conversation"))
            links = portrait.of(conn, conversation.contact_id).links
            if link_id not in {one.id for one in links if one.undone_at is None}:
                raise CannotLink("not of this person")
            people.unlink(
                conn, link_id, now, actor=session.agent.id, conversation_id=conversation.id
            )

        try:
            await self._office.database.transact(unit)
        except CannotLink:
            error = {
                "code": "desk_cannot_unlink",
                "message": self._office.texts.say("desk_cannot_unlink"),
            }
            return json_answer({"error": error}, status=409)
        return json_answer({"done": "unlink"})

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
