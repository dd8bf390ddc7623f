"""Who is at the desk: logging in and out, the session's cookie, the token of its forms, roles."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import urlencode

from aiohttp import web

from connectors import logs
from connectors.desk.office import Office
from connectors.desk.pages import Pages
from connectors.desk.passwords import Passwords
from connectors.desk.presence import Attendance
from connectors.desk.returning import going, kept, remembered, written
from connectors.origin import caller, origin_allowed
from connectors.sanitize import printable
from connectors.store import agents
from connectors.store.agents import Agent, AgentSession
from connectors.webhooks import UNREADABLE

log = logs.get(__name__)

COOKIE = "huiying_desk"
LOGINS_PER_MINUTE = 10  # of one login from one address
HOME = {"editor": "/desk/knowledge"}  # where a role begins; the others with the conversations


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
            if request.method == "GET" and _page(request):
                then = going(request)
                raise web.HTTPSeeOther("/desk/login" + (f"?{urlencode(then)}" if then else ""))
            raise web.HTTPUnauthorized(text="log in first")
        if roles and session.agent.role not in roles:
            raise web.HTTPForbidden(text=self._office.texts.say("desk_not_your_role"))
        await self._attendance.touch(session.agent.id)
        return session

    async def acting(self, request: web.Request, *roles: str, keeps: bool = False) -> AgentSession:
        """The session of a request that changes something: it must carry the page's CSRF token.

        ``keeps``: who has been logged out meanwhile finds again what they wrote.
        """
        form = await self._form(request) if keeps else {}
        try:
            session = await self.session(request, *roles)
        except web.HTTPUnauthorized:
            if keeps and _page(request):
                shown = self._login_again({**going(request), **kept(form)})
                raise web.HTTPUnauthorized(text=shown, content_type="text/html") from None
            raise
        form = form or await self._form(request)
        given = request.headers.get("X-CSRF-Token") or str(form.get("csrf", ""))
        if not hmac.compare_digest(given.encode(), session.csrf.encode()):
            raise web.HTTPForbidden(text=self._office.texts.say("desk_bad_form"))
        return session

    async def _form(self, request: web.Request) -> Mapping[str, Any]:
        """The request's form, which its room can then have for nothing. One that cannot be read is
        a 400."""
        try:
            return await request.post()
        except web.HTTPRequestEntityTooLarge as error:
            error.text = self._office.texts.say("desk_form_too_long")
            raise
        except UNREADABLE:
            raise web.HTTPBadRequest(text=self._office.texts.say("desk_bad_form")) from None

    async def _login_page(self, request: web.Request) -> web.Response:
        return self._pages.show("login.html", error="", hidden=remembered(request.query))

    def _login_again(self, hidden: Mapping[str, str]) -> str:
        error = self._office.texts.say("desk_logged_out_writing")
        return self._pages.fragment("login.html", error=error, hidden=hidden)

    async def _login(self, request: web.Request) -> web.StreamResponse:
        office = self._office
        if not origin_allowed(request, (), office.settings.public_url):
            raise web.HTTPForbidden(text="wrong origin")
        form = await self._form(request)
        login, password = printable(str(form.get("login", ""))), str(form.get("password", ""))
        hidden = remembered(form)
        rate = f"login:{caller(request, office.settings.trusted_proxies)}:{login[:64]}"
        if not await office.coordinator.allow(rate, LOGINS_PER_MINUTE, 60):
            error = office.texts.say("desk_login_slow")
            return self._pages.show("login.html", error=error, hidden=hidden, status=429)
        found = await office.database.read(lambda conn: agents.credentials(conn, login))
        verified = await self._passwords.fits(found[1] if found else None, password[:256])
        if not (found and verified):
            log.warning("desk.login_refused")
            error = office.texts.say("desk_login_failed")
            return self._pages.show("login.html", error=error, hidden=hidden, status=401)
        agent, now = found[0], office.clock.now()
        token = await office.database.transact(lambda conn: agents.open_session(conn, agent, now))
        response = await self._going_on(token, agent, hidden)
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
        return response

    async def _going_on(
        self, token: str, agent: Agent, hidden: Mapping[str, str]
    ) -> web.StreamResponse:
        """Where they wanted to go, with what they had written: sent only when they say so."""
        if not (fields := written(hidden)):
            then = hidden.get("then") or HOME.get(agent.role, "/desk")
            return web.Response(status=303, headers={"Location": then})
        now = self._office.clock.now()
        session = await self._office.database.read(lambda conn: agents.session(conn, token, now))
        return self._pages.show("resume.html", session=session, then=hidden["then"], fields=fields)

    async def _logout(self, request: web.Request) -> NoReturn:
        await self.acting(request)
        token = request.cookies.get(COOKIE, "")
        await self._office.database.transact(lambda conn: agents.close_session(conn, token))
        response = web.HTTPSeeOther("/desk/login")
        response.del_cookie(COOKIE, path="/desk")
        raise response


def _page(request: web.Request) -> bool:
    """Whether the answer is shown by a browser as a page."""
    return "text/html" in request.headers.get("Accept", "")
