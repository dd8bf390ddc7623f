"""The knowledge editor's pages: search as production would, gaps, what ends soon, one entry."""

from __future__ import annotations

import asyncio
from datetime import date
from secrets import token_hex
from typing import Any, Literal, NoReturn
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from connectors import logs
from connectors.clock import in_china
from connectors.desk.access import Access
from connectors.desk.entry_form import changes, drafted, pieces, shown, values_of
from connectors.desk.gap_groups import Group, grouped
from connectors.desk.office import Office
from connectors.desk.pages import Pages
from connectors.desk.room import Room
from connectors.sanitize import whole_number
from connectors.store import audit, gaps, votes
from connectors.store.agents import AgentSession
from connectors.store.gaps import Gap
from connectors.store.votes import Complaint, Tally
from knowledge.answer import Answerer
from knowledge.evaluation.explain import explain_json
from knowledge.published.editor import Editor, RefusedError
from knowledge.published.publish import BaseBusyError
from knowledge.query import Query
from knowledge.regions import gazetteer
from knowledge.sources.values import region_of

EDITORS = ("editor", "supervisor")
QUESTION_MOST = 500  # characters
TEXT_MOST = 300_000  # characters of one field; what is longer is refused, never cut
GROUPS = 100
FAILING = 50  # entries shown of those whose answers did not help
AHEAD = 30  # days


class KnowledgePages(Room):
    def __init__(self, office: Office, access: Access, pages: Pages, answerer: Answerer) -> None:
        super().__init__(office, access, pages)
        self._answerer = answerer
        self._editor = Editor(answerer.base.folder)

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/knowledge", self._search),
            web.get("/desk/knowledge/gaps", self._gaps),
            web.post("/desk/knowledge/gaps", self._settle),
            web.get("/desk/knowledge/ending", self._ending),
            web.get("/desk/knowledge/entry", self._entry),
            web.post("/desk/knowledge/entry", self._change),
        ]

    # Search, exactly as production does ---------------------------------------------------------

    async def _search(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, *EDITORS)
        question = request.query.get("q", "").strip()[:QUESTION_MOST]
        today = in_china(self._office.clock.now()).date()
        problem, found = "", None
        region = None
        try:
            region = region_of(request.query.get("region", ""))
            on = date.fromisoformat(request.query.get("on") or today.isoformat())
            query = Query(
                text=question,
                on=on,
                region=region or self._office.settings.region,
                audience=_audience(request.query.get("audience", "")),
            )
            if question:
                found = await asyncio.to_thread(self._explained, query)
        except ValueError as error:
            bad_day = self._office.texts.say("desk_bad_search")
            problem = str(error) if region is None else bad_day
        return self._pages.show(
            "knowledge.html",
            session=session,
            question=question,
            region=request.query.get("region", ""),
            on=request.query.get("on", ""),
            audience=request.query.get("audience", ""),
            problem=problem,
            found=found,
            places="、".join(gazetteer().name(code) for code in found["regions"]) if found else "",
        )

    def _explained(self, query: Query) -> dict[str, Any]:
        answer, found = self._answerer.consider(query)
        told = explain_json(answer, found, detailed=True)
        for cited in (*told["passages"], *told["history"]):
            cited["pieces"] = pieces(cited["quote"], cited["marks"])
        return told

    # What is missing, what ends ------------------------------------------------------------------

    async def _gaps(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, *EDITORS)

        def unit(conn: Connection) -> tuple[list[Gap], list[Tally], dict[str, str]]:
            return gaps.latest(conn), votes.tallies(conn), votes.failed(conn)

        found, tallies, failed = await self._office.database.read(unit)
        failing = [tally for tally in tallies if tally.down][:FAILING]
        ids = {*(tally.entry_id for tally in failing), *failed.values()}
        titles = await asyncio.to_thread(self._titles, sorted(ids))

        def shown_for(group: Group) -> list[str]:
            """The entries that were shown and did not help: better mended than written anew."""
            asked = [gap.question for gap in group.gaps if gap.reason == gaps.UNHELPFUL]
            return [one for one in dict.fromkeys(map(failed.get, asked)) if one and one in titles]

        return self._pages.show(
            "gaps.html",
            session=session,
            groups=(await asyncio.to_thread(grouped, found))[:GROUPS],
            failing=failing,
            shown_for=shown_for,
            titles=titles,
            mask=logs.mask,
        )

    def _titles(self, ids: list[str]) -> dict[str, str]:
        """Titles of entries that are still there."""
        found = {entry_id: self._editor.entry(entry_id) for entry_id in ids}
        return {entry_id: entry.title for entry_id, entry in found.items() if entry}

    async def _settle(self, request: web.Request) -> NoReturn:
        session = await self._access.acting(request, *EDITORS)
        form = await request.post()
        await self._settled(session.agent.id, _ids(str(form.get("ids", ""))))
        raise web.HTTPSeeOther("/desk/knowledge/gaps")

    async def _settled(self, agent_id: str, ids: list[int]) -> None:
        now = self._office.clock.now()

        def unit(conn: Connection) -> None:
            count = gaps.settle(conn, ids)
            audit.record(conn, now, actor=agent_id, event="gaps.settled", count=count)

        if ids:
            await self._office.database.transact(unit)

    async def _ending(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, *EDITORS)
        today = in_china(self._office.clock.now()).date()
        endings = await asyncio.to_thread(self._editor.ending, today, AHEAD)
        return self._pages.show("ending.html", session=session, endings=endings, days=AHEAD)

    # One entry -----------------------------------------------------------------------------------

    async def _entry(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, *EDITORS)
        entry_id = request.query.get("id", "")
        entry = await asyncio.to_thread(self._editor.entry, entry_id) if entry_id else None
        if entry_id and entry is None:
            return await self._taken_out(session, entry_id)
        if entry is None:
            ids = _ids(request.query.get("gaps", ""))
            found = await self._office.database.read(lambda conn: gaps.some(conn, ids))
            return await self._form(session=session, values=drafted(found), entry_id="")
        version = _ids(request.query.get("version", ""))
        versions = await asyncio.to_thread(self._editor.versions, entry_id) if version else ()
        old = next((one.entry for one in versions if one.number == version[0]), None)
        return await self._form(
            session=session,
            values=shown(entry),
            entry_id=entry_id,
            preview=old,
            looked_at=version[0] if old else 0,
            changed=changes(old, entry) if old else (),
        )

    async def _taken_out(self, session: AgentSession, entry_id: str) -> web.Response:
        """An entry that is no more, as it last was; 404 for one that never was."""
        versions = await asyncio.to_thread(self._editor.versions, entry_id)
        last = next((one for one in versions if one.entry), None)
        if last is None or last.entry is None:
            raise web.HTTPNotFound(text=self._office.texts.say("desk_no_such_entry"))
        return await self._form(
            session=session,
            values=shown(last.entry),
            entry_id=entry_id,
            problem=self._office.texts.say("desk_entry_taken_out"),
            preview=last.entry,
            looked_at=last.number,
        )

    async def _change(self, request: web.Request) -> web.StreamResponse:
        """Previews, saves, takes out or brings back, by the button that was pressed."""
        session = await self._access.acting(request, *EDITORS, keeps=True)
        form = {key: str(value) for key, value in (await request.post()).items()}
        if any(len(value) > TEXT_MOST for value in form.values()):
            raise web.HTTPRequestEntityTooLarge(
                max_size=TEXT_MOST, text=self._office.texts.say("desk_form_too_long")
            )
        if not form.get("id", "").strip():
            form["id"] = f"entry-{in_china(self._office.clock.now()):%Y%m%d}-{token_hex(3)}"
        entry_id, what = form["id"].strip(), form.get("what", "preview")
        who, why = session.agent.login, form.get("why", "").strip()[:200]
        if what != "preview" and not why:
            problem = self._office.texts.say("desk_entry_needs_why")
            return await self._form(
                session=session, values=form, entry_id=form.get("known", ""), problem=problem
            )
        if what in ("save", "remove") and (problem := await self._overtaken(form)):
            form.pop("seen")  # told once; whoever saves again has seen it
            return await self._form(
                session=session, values=form, entry_id=form.get("known", ""), problem=problem
            )
        try:
            match what:
                case "save":
                    there = await asyncio.to_thread(self._editor.entry, entry_id)
                    if there is not None and not form.get("known"):
                        raise RefusedError(self._office.texts.say("desk_entry_exists"))
                    entry, _ = await asyncio.to_thread(self._editor.draft, values_of(form))
                    await asyncio.to_thread(self._editor.save, entry, who, why)
                    await self._settled(session.agent.id, _ids(form.get("gaps", "")))
                case "remove":
                    await asyncio.to_thread(self._editor.remove, entry_id, who, why)
                    raise web.HTTPSeeOther("/desk/knowledge")
                case "restore":
                    version = int(form.get("version", "0") or 0)
                    await asyncio.to_thread(self._editor.restore, entry_id, version, who, why)
                case _:
                    entry, doubts = await asyncio.to_thread(self._editor.draft, values_of(form))
                    return await self._form(
                        session=session,
                        values=form,
                        entry_id=form.get("known", ""),
                        preview=entry,
                        doubts=doubts,
                    )
        except (RefusedError, ValueError) as error:
            return await self._form(
                session=session, values=form, entry_id=form.get("known", ""), problem=str(error)
            )
        except BaseBusyError:
            problem = self._office.texts.say("desk_base_busy")
            return await self._form(
                session=session, values=form, entry_id=form.get("known", ""), problem=problem
            )
        raise web.HTTPSeeOther(f"/desk/knowledge/entry?{urlencode({'id': entry_id})}")

    async def _overtaken(self, form: dict[str, str]) -> str:
        """That somebody has changed the entry since its form was opened, "" if nobody has."""
        seen = form.get("seen", "")
        if not seen.isdecimal():
            return ""
        versions = await asyncio.to_thread(self._editor.versions, form.get("known", ""))
        if not versions or versions[0].number == int(seen):
            return ""
        newest = versions[0]
        return self._office.texts.say(
            "desk_entry_overtaken",
            who=newest.who or "—",
            number=newest.number,
            why=newest.why or "—",
        )

    async def _form(self, *, entry_id: str, **values: Any) -> web.Response:
        versions = await asyncio.to_thread(self._editor.versions, entry_id) if entry_id else ()

        def unit(conn: Connection) -> tuple[Tally | None, list[Complaint]]:
            return next(iter(votes.tallies(conn, [entry_id])), None), votes.unhelped(conn, entry_id)

        tally, unhelped = await self._office.database.read(unit) if entry_id else (None, [])
        defaults = {"problem": "", "preview": None, "doubts": (), "looked_at": 0, "changed": ()}
        return self._pages.show(
            "entry.html",
            known=entry_id,
            versions=versions,
            tally=tally,
            unhelped=unhelped,
            mask=logs.mask,
            place=gazetteer().name,
            **{**defaults, **values},
        )


def _ids(said: str) -> list[int]:
    numbers = (whole_number(one) for one in said.split(","))
    return [one for one in numbers if one is not None][:1000]


def _audience(text: str) -> Literal["person", "enterprise"] | None:
    match text:
        case "person":
            return "person"
        case "enterprise":
            return "enterprise"
        case _:
            return None
