"""Known incidents on the desk: notices posted, changed and ended, and surges that ask for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn

from aiohttp import web
from sqlalchemy import Connection

from connectors import logs
from connectors.clock import CHINA, in_china
from connectors.coordination.coordinator import Happening
from connectors.desk.access import Access
from connectors.desk.office import Office, Refused
from connectors.desk.pages import Pages
from connectors.desk.room import Room
from connectors.sanitize import printable, whole_number
from connectors.store import agents, audit, incidents, surges
from connectors.store.incidents import Changed, NewNotice, Notice
from connectors.store.surges import Rule, Surge
from knowledge.regions import gazetteer, is_region_code

log = logs.get(__name__)

SUPERVISOR: Final = "supervisor"
TEXT_MOST: Final = 300  # characters of what people are told
WORDS_MOST: Final = 20
UNTIL: Final = "%Y-%m-%dT%H:%M"  # as a browser's field of date and time has it
LONGEST: Final = timedelta(days=30)
LOOK_BACK: Final = timedelta(hours=12)  # for how long an ended surge is still shown

Category = tuple[str, ...]


class IncidentPages(Room):
    def __init__(
        self, office: Office, access: Access, pages: Pages, categories: Sequence[Category]
    ) -> None:
        """``categories``: every path of the tree there is, and its beginnings."""
        super().__init__(office, access, pages)
        self._categories = {"/".join(path): path for path in categories}

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/notices", self._list),
            web.get("/desk/notices/new", self._new),
            web.post("/desk/notices", self._post),
            web.get("/desk/notices/{id}", self._edit),
            web.post("/desk/notices/{id}", self._change),
            web.post("/desk/notices/{id}/end", self._end),
            web.post("/desk/surges/{id}/settle", self._settle),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, SUPERVISOR)
        now, read = self._office.clock.now(), self._office.database.read
        shown = await read(incidents.latest)
        return self._pages.show(
            "notices.html",
            session=session,
            notices=[
                (one, told, one.stands(now), self._area(one.said.region)) for one, told in shown
            ],
            surges=await raised(self._office, now),
            names={agent.id: agent.name for agent in await read(agents.list_all)},
        )

    async def _new(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, SUPERVISOR)
        surge_id = request.query.get("surge", "")
        surge = await self._office.database.read(lambda conn: surges.get(conn, surge_id))
        until = in_china(self._office.clock.now() + timedelta(hours=12)).strftime(UNTIL)
        form = {"region": self._office.settings.region or "", "until": until}
        if surge is not None:
            form |= {"region": surge.region or form["region"], "category": "/".join(surge.category)}
        return self._form(session, form, surge=surge)

    async def _edit(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, SUPERVISOR)
        notice = await self._found(request)
        return self._form(session, _filled(notice), notice=notice)

    async def _post(self, request: web.Request) -> web.StreamResponse:
        session = await self._access.acting(request, SUPERVISOR)
        form, now, actor = await _fields(request), self._office.clock.now(), session.agent.id
        try:
            new = self._read(form, now)
        except Refused as refusal:
            return self._form(session, form, problem=refusal.key, status=422)
        surge_id = form.get("surge", "")

        def unit(conn: Connection) -> Notice:
            posted = incidents.post(conn, new, actor, now)
            if surge_id:
                surges.settle(conn, surge_id, actor)
            audit.record(conn, now, actor=actor, event="notice.posted", notice=posted.id)
            return posted

        await self._office.database.transact(unit)
        raise web.HTTPSeeOther("/desk/notices")

    async def _change(self, request: web.Request) -> web.StreamResponse:
        session = await self._access.acting(request, SUPERVISOR)
        form, now, actor = await _fields(request), self._office.clock.now(), session.agent.id
        notice = await self._found(request)
        try:
            new, seen = self._read(form, now), _version(form)
        except Refused as refusal:
            return self._form(session, form, notice=notice, problem=refusal.key, status=422)

        def unit(conn: Connection) -> None:
            incidents.change(conn, notice.id, seen, new, actor, now)
            audit.record(conn, now, actor=actor, event="notice.changed", notice=notice.id)

        try:
            await self._office.database.transact(unit)
        except Changed as conflict:
            return await self._conflict(session, form, conflict.latest)
        raise web.HTTPSeeOther("/desk/notices")

    async def _end(self, request: web.Request) -> web.StreamResponse:
        session = await self._access.acting(request, SUPERVISOR)
        form, now, actor = await _fields(request), self._office.clock.now(), session.agent.id
        notice = await self._found(request)
        seen = _version(form)

        def unit(conn: Connection) -> None:
            incidents.end(conn, notice.id, seen, actor, now)
            audit.record(conn, now, actor=actor, event="notice.ended", notice=notice.id)

        try:
            await self._office.database.transact(unit)
        except Changed as conflict:
            return await self._conflict(session, _filled(notice), conflict.latest)
        raise web.HTTPSeeOther("/desk/notices")

    async def _settle(self, request: web.Request) -> NoReturn:
        """A surge is seen to without a notice."""
        session = await self._access.acting(request, SUPERVISOR)
        surge_id, now, actor = request.match_info["id"], self._office.clock.now(), session.agent.id

        def unit(conn: Connection) -> None:
            if surges.settle(conn, surge_id, actor):
                audit.record(conn, now, actor=actor, event="surge.settled", surge=surge_id)

        await self._office.database.transact(unit)
        raise web.HTTPSeeOther("/desk/notices")

    async def _found(self, request: web.Request) -> Notice:
        notice_id = request.match_info["id"]
        notice = await self._office.database.read(lambda conn: incidents.get(conn, notice_id))
        if notice is None:
            raise web.HTTPNotFound(text=self._office.texts.say("notice_unknown"))
        return notice

    async def _conflict(
        self, session: agents.AgentSession, form: dict[str, str], latest: Notice
    ) -> web.Response:
        """What this supervisor wrote stays in the form; beside it stands what is in force now."""
        everybody = await self._office.database.read(agents.list_all)
        names = {str(agent.id): agent.name for agent in everybody}
        return self._form(
            session,
            form,
            notice=latest,
            latest=latest,
            by=names.get(latest.updated_by, ""),
            problem="notice_changed",
            status=409,
        )

    def _form(
        self,
        session: agents.AgentSession,
        form: dict[str, str],
        *,
        notice: Notice | None = None,
        latest: Notice | None = None,
        surge: Surge | None = None,
        by: str = "",
        problem: str = "",
        status: int = 200,
    ) -> web.Response:
        return self._pages.show(
            "notice.html",
            status,
            session=session,
            form=form,
            notice=notice,
            latest=_filled(latest) if latest else None,
            surge=surge,
            categories=sorted(self._categories),
            problem=self._office.texts.say(problem, by=by) if problem else "",
        )

    def _read(self, form: dict[str, str], now: datetime) -> NewNotice:
        """Raises :class:`Refused` with what is missing."""
        text, region = form.get("text", ""), form.get("region", "")
        if not text or len(text) > TEXT_MOST:
            raise Refused("notice_text_missing")
        if region and not is_region_code(region):
            raise Refused("notice_region_wrong")
        category = self._categories.get(form.get("category", ""), ())
        if form.get("category") and not category:
            raise Refused("notice_category_unknown")
        words = _words(form.get("words", ""))
        if not category and not words:
            raise Refused("notice_matter_missing")
        try:
            until = datetime.strptime(form.get("until", ""), UNTIL).replace(tzinfo=CHINA)
        except ValueError:
            raise Refused("notice_until_missing") from None
        if not now < until <= now + LONGEST:
            raise Refused("notice_until_wrong")
        return NewNotice(
            text, until, region or None, _words(form.get("places", "")), category, words
        )

    def _area(self, region: str | None) -> str:
        return gazetteer().name(region) if region else ""


async def raised(office: Office, now: datetime) -> list[tuple[Surge, str]]:
    """Surges nobody has seen to, each with the name of its area."""
    found = await office.database.read(lambda conn: surges.unsettled(conn, now - LOOK_BACK))
    return [(one, gazetteer().name(one.region) if one.region else "") for one in found]


class SurgeWatch:
    """Looks for surges; a new one is told to every open desk once."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def look(self) -> int:
        settings = self._office.settings.incidents
        rule = Rule(settings.surge_factor, settings.surge_least, settings.surge_days)
        now = self._office.clock.now()
        fresh = await self._office.database.transact(lambda conn: surges.look(conn, now, rule))
        for one in fresh:
            log.warning("surge.began", surge=one.id, region=one.region, orders=one.most)
            await self._office.coordinator.publish(Happening("desk", "surge", {"surge": one.id}))
        return len(fresh)


async def _fields(request: web.Request) -> dict[str, str]:
    return {name: printable(str(value)) for name, value in (await request.post()).items()}


def _words(written: str) -> tuple[str, ...]:
    """Words with blanks, commas or lines between them."""
    for sign in "，,、；;\n":
        written = written.replace(sign, " ")
    return tuple(dict.fromkeys(written.split()))[:WORDS_MOST]


def _version(form: dict[str, str]) -> int:
    version = whole_number(form.get("version", ""))
    if version is None:
        raise web.HTTPBadRequest(text="version is missing")
    return version


def _filled(notice: Notice) -> dict[str, Any]:
    said = notice.said
    return {
        "version": str(notice.version),
        "region": said.region or "",
        "places": " ".join(said.places),
        "category": "/".join(said.category),
        "words": " ".join(said.words),
        "text": said.text,
        "until": in_china(said.until).strftime(UNTIL),
        "ended": notice.ended_at is not None,
    }
