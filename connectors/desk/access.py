"""Who is at the desk: logging in and out, the session's cookie, the token of its forms, roles."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any, NoReturn

from aiohttp import web

from connectors import logs
from connectors.desk.office import Office
from connectors.desk.pages import Pages
from connectors.desk.passwords import Passwords
from connectors.desk.presence import Attendance
from connectors.origin import caller, origin_allowed
from connectors.sanitize import printable
from connectors.store import agents
from connectors.store.agents import AgentSession
from connectors.webhooks import UNREADABLE

log = logs.get(__name__)

COOKIE = "huiying_desk"
LOGINS_PER_MINUTE = 10  # of one login from one address


class Access:
    def __init__(
        self, office: Office, pages: Pages, attendance: Attendance, passwords: Passwords
    ) -> None:
        self._office = office
        self._pages = pages
        self._attendance = attendance
        self._passwords = passwords

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/login", self._login_page),
            web.post("/desk/login", self._login),
            web.post("/desk/logout", self._logout),
        ]

    async def session(self, request: web.Request, *roles: str) -> AgentSession:
        """The agent of the request, who has one of ``roles`` (none named: any).

        Raises a redirect to the login page when there is nobody, and 403 for a role too low.
        """
        if "\0" in request.query_string:  # PostgreSQL has no place for it
            raise web.HTTPBadRequest(text=self._office.texts.say("desk_bad_form"))
        token = request.cookies.get(COOKIE, "")
        now = self._office.clock.now()
        session = await self._office.database.read(lambda conn: agents.session(conn, token, now))
        if session is None:
            if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
                raise web.HTTPSeeOther("/desk/login")
            raise web.HTTPUnauthorized(text="log in first")
        if roles and session.agent.role not in roles:
            raise web.HTTPForbidden(text=self._office.texts.say("desk_not_your_role"))
        await self._attendance.touch(session.agent.id)
        return session

    async def acting(self, request: web.Request, *roles: str) -> AgentSession:
        """The session of a request that changes something: it must carry the page's CSRF token."""
        session = await self.session(request, *roles)
        form = await self._form(request)
        given = request.headers.get("X-CSRF-Token") or str(form.get("csrf", ""))
        if not hmac.compare_digest(given.encode(), session.csrf.encode()):
            raise web.HTTPForbidden(text=self._office.texts.say("desk_bad_form"))
        return session

    async def _form(self, request: web.Request) -> Mapping[str, Any]:
        """The request's form, which its room can then have for nothing. One that cannot be read is
        a 400."""
        try:
            return await request.post()
        except UNREADABLE:
            raise web.HTTPBadRequest(text=self._office.texts.say("desk_bad_form")) from None

    async def _login_page(self, _request: web.Request) -> web.Response:
        return self._pages.show("login.html", error="")

    async def _login(self, request: web.Request) -> web.StreamResponse:
        office = self._office
        if not origin_allowed(request, (), office.settings.public_url):
            raise web.HTTPForbidden(text="wrong origin")
        form = await self._form(request)
        login, password = printable(str(form.get("login", ""))), str(form.get("password", ""))
        rate = f"login:{caller(request, office.settings.trusted_proxies)}:{login[:64]}"
        if not await office.coordinator.allow(rate, LOGINS_PER_MINUTE, 60):
            error = office.texts.say("desk_login_slow")
            return self._pages.show("login.html", error=error, status=429)
        found = await office.database.read(lambda conn: agents.credentials(conn, login))
        verified = await self._passwords.fits(found[1] if found else None, password[:256])
        if not (found and verified):
            log.warning("desk.login_refused")
            error = office.texts.say("desk_login_failed")
            return self._pages.show("login.html", error=error, status=401)
        agent, now = found[0], office.clock.now()
        token = await office.database.transact(lambda conn: agents.open_session(conn, agent, now))
        response = web.HTTPSeeOther("/desk")
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(agents.SESSION_LIFE.total_seconds()),
            path="/desk",
            httponly=True,
            samesite="Strict",
            secure=request.secure or (office.settings.public_url or "").startswith("https://"),
        )
        log.info("desk.login", agent_id=agent.id)
        raise response

    async def _logout(self, request: web.Request) -> NoReturn:
        await self.acting(request)
        token = request.cookies.get(COOKIE, "")
        await self._office.database.transact(lambda conn: agents.close_session(conn, token))
        response = web.HTTPSeeOther("/desk/login")
        response.del_cookie(COOKIE, path="/desk")
        raise response
