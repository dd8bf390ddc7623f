"""The supervisor's page of agents: who there is, what they can do, who is there now."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, select

from connectors import logs
from connectors.conversation.ownership import Owner
from connectors.conversation.skills import Skill
from connectors.coordination.coordinator import Happening
from connectors.desk.access import Access
from connectors.desk.assigning import Assigner
from connectors.desk.live import ACCOUNT, LOGGED_OUT
from connectors.desk.office import Office
from connectors.desk.pages import Pages
from connectors.desk.passwords import Passwords
from connectors.desk.room import Room
from connectors.sanitize import printable, whole_number
from connectors.store import agents, audit, presence
from connectors.store.agents import ROLES, Agent, AgentChanged, LoginTaken
from connectors.store.schema import conversations

log = logs.get(__name__)

_LOGIN = re.compile(r"[^\s@]{1,64}")
NAME_MOST = 64
LOAD_MOST = 100


class BadForm(Exception):
    """The form cannot be kept; ``key`` names the text that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account as the form wants it."""

    name: str
    role: str
    skills: frozenset[str] | None
    max_load: int | None
    active: bool


class StaffPages(Room):
    def __init__(
        self,
        office: Office,
        access: Access,
        pages: Pages,
        assigner: Assigner,
        passwords: Passwords,
    ) -> None:
        super().__init__(office, access, pages)
        self._assigner = assigner
        self._passwords = passwords

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/agents", self._list),
            web.post("/desk/agents", self._add),
            web.post("/desk/agents/{id}", self._change),
            web.post("/desk/agents/{id}/password", self._password),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, "supervisor")
        return await self._show(session)

    async def _show(self, session: Any, status: int = 200, **told: Any) -> web.Response:
        """The page, with what is to be told on it: ``problem``, ``done`` or a new ``password``."""
        desk, now = self._office.settings.desk, self._office.clock.now()

        def unit(conn: Connection) -> tuple[list[Agent], dict[str, presence.Present]]:
            there = {one.agent_id: one for one in presence.everybody(conn)}
            return agents.everybody(conn), {str(key): one for key, one in there.items()}

        everybody, present = await self._office.database.read(unit)
        return self._pages.show(
            "staff.html",
            status=status,
            session=session,
            everybody=everybody,
            present=present,
            gone=now - desk.lost_after,
            roles=ROLES,
            most=desk.max_load,
            **({"problem": "", "password": None, "done": ""} | told),
        )

    async def _add(self, request: web.Request) -> web.Response:
        session = await self._access.acting(request, "supervisor")
        form, now = await request.post(), self._office.clock.now()
        login = str(form.get("login", "")).strip()
        password = secrets.token_urlsafe(9)
        try:
            if not _LOGIN.fullmatch(login):
                raise BadForm("staff_bad_login")
            wanted = self._wanted(form, login)
        except BadForm as error:
            return await self._refuse(session, error.key)
        hashed = await self._passwords.hashed(password)

        def unit(conn: Connection) -> None:
            made = agents.add(conn, login, wanted.name, hashed, wanted.role, now)
            agents.change(
                conn,
                made.id,
                made.version,
                name=wanted.name,
                role=wanted.role,
                skills=wanted.skills,
                max_load=wanted.max_load,
                active=True,
            )
            self._audit(conn, session, made, "agent.added", wanted)

        try:
            await self._office.database.transact(unit)
        except LoginTaken:
            return await self._refuse(session, "staff_login_taken")
        return await self._show(session, password=(login, password))

    async def _change(self, request: web.Request) -> web.StreamResponse:
        session = await self._access.acting(request, "supervisor")
        form, agent_id = await request.post(), request.match_info["id"]
        began_with = whole_number(str(form.get("version", "")))
        try:
            if began_with is None:
                raise BadForm("desk_bad_form")
            wanted = self._wanted(form, "")
            if agent_id == session.agent.id and (
                not wanted.active or wanted.role != session.agent.role
            ):
                raise BadForm("staff_not_oneself")
        except BadForm as error:
            return await self._refuse(session, error.key)

        def unit(conn: Connection) -> list[str]:
            changed = agents.change(
                conn,
                agent_id,
                began_with,
                name=wanted.name,
                role=wanted.role,
                skills=wanted.skills,
                max_load=wanted.max_load,
                active=wanted.active,
            )
            self._audit(conn, session, changed, "agent.changed", wanted)
            if wanted.active:
                return []
            held = select(conversations.c.id).where(
                conversations.c.agent_id == agent_id, conversations.c.owner == Owner.AGENT.value
            )
            return list(conn.execute(held).scalars())

        try:
            held = await self._office.database.transact(unit)
        except AgentChanged as error:
            told = self._office.texts.say("staff_changed", name=error.current.name)
            return await self._show(session, 409, problem=told)
        except LookupError:
            return await self._refuse(session, "desk_no_such_agent")
        if wanted.active:
            await self._tell(agent_id, ACCOUNT, role=wanted.role)
        else:
            await self._put_out(agent_id, held)
        raise web.HTTPSeeOther("/desk/agents")

    async def _put_out(self, agent_id: str, held: list[str]) -> None:
        """Their pages close, and their talks wait for somebody else, before others."""
        for talk in held:
            await self._assigner.give_back(talk, agent_id, "agent_gone", "queue_gone")
        await self._tell(agent_id, LOGGED_OUT)

    async def _password(self, request: web.Request) -> web.Response:
        session = await self._access.acting(request, "supervisor")
        agent_id, password = request.match_info["id"], secrets.token_urlsafe(9)
        hashed = await self._passwords.hashed(password)
        now = self._office.clock.now()

        def unit(conn: Connection) -> Agent | None:
            agent = agents.get(conn, agent_id)
            if agent is not None:
                agents.set_password(conn, agent.login, hashed)
                audit.record(
                    conn, now, actor=session.agent.id, event="agent.password", agent=agent_id
                )
            return agent

        agent = await self._office.database.transact(unit)
        if agent is None:
            return await self._refuse(session, "desk_no_such_agent")
        await self._tell(agent_id, LOGGED_OUT)
        return await self._show(session, password=(agent.login, password))

    async def _tell(self, agent_id: str, kind: str, **data: str) -> None:
        """Tells one agent's pages."""
        await self._office.coordinator.publish(Happening("desk", kind, {"to": agent_id, **data}))

    async def _refuse(self, session: Any, key: str) -> web.Response:
        return await self._show(session, 409, problem=self._office.texts.say(key))

    def _wanted(self, form: Any, login: str) -> Wanted:
        """Raises :class:`BadForm`."""
        name = printable(str(form.get("name", ""))) or login
        role, load = str(form.get("role", "")), str(form.get("max_load", "")).strip()
        if not name or len(name) > NAME_MOST:
            raise BadForm("staff_bad_name")
        if role not in ROLES:
            raise BadForm("desk_bad_form")
        if load and not (load.isascii() and load.isdigit() and 0 < int(load) <= LOAD_MOST):
            raise BadForm("staff_bad_load")
        chosen = frozenset(str(one) for one in form.getall("skills", []))
        if form.get("every") == "1":
            skills = None
        elif chosen and chosen <= set(Skill):
            skills = chosen
        else:
            raise BadForm("staff_no_skill")
        active = form.get("active", "1") == "1"
        return Wanted(name, role, skills, int(load) if load else None, active)

    def _audit(
        self, conn: Connection, session: Any, agent: Agent, event: str, wanted: Wanted
    ) -> None:
        audit.record(
            conn,
            self._office.clock.now(),
            actor=session.agent.id,
            event=event,
            agent=agent.id,
            role=wanted.role,
            skills=None if wanted.skills is None else sorted(wanted.skills),
            max_load=wanted.max_load,
            active=wanted.active,
        )
