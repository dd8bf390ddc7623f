"""Who may call what at the desk, for every route there is; and nonsense sent to all of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from yarl import URL

from tests.desk.people import csrf, log_in, make_agent
from tests.house import House, house

ALL = frozenset({"agent", "supervisor", "editor"})
WORKERS = frozenset({"agent", "supervisor"})
EDITORS = frozenset({"editor", "supervisor"})
SUPERVISOR = frozenset({"supervisor"})

ANYBODY = ("GET /desk/login", "POST /desk/login", "GET /desk/static", "GET /desk/static/words.js")
WHO = {
    "POST /desk/logout": ALL,
    "GET /desk": ALL,
    "GET /desk/queue": ALL,
    "GET /desk/events": ALL,
    "GET /desk/files/{id}": ALL,
    "GET /desk/conversations/{id}": ALL,
    "GET /desk/conversations/{id}/messages": ALL,
    "GET /desk/conversations/{id}/states": ALL,
    "GET /desk/conversations/{id}/side": ALL,
    "GET /desk/conversations/{id}/order": WORKERS,
    "POST /desk/conversations/{id}/order": WORKERS,
    "POST /desk/conversations/{id}/fields": WORKERS,
    "POST /desk/conversations/{id}/reveal": WORKERS,
    "POST /desk/conversations/{id}/{action}": WORKERS,
    "POST /desk/conversations/{id}/unlink": SUPERVISOR,
    "POST /desk/ready": WORKERS,
    "GET /desk/orders": WORKERS,
    "GET /desk/orders/new": WORKERS,
    "POST /desk/orders/new": WORKERS,
    "GET /desk/orders/{number}": WORKERS,
    "POST /desk/orders/{number}/reveal": WORKERS,
    "POST /desk/orders/{number}/{step}": WORKERS,
    "GET /desk/calls": WORKERS,
    "POST /desk/calls/{number}": WORKERS,
    "GET /desk/knowledge": EDITORS,
    "GET /desk/knowledge/entries": EDITORS,
    "GET /desk/knowledge/places": EDITORS,
    "GET /desk/knowledge/gaps": EDITORS,
    "POST /desk/knowledge/gaps": EDITORS,
    "GET /desk/knowledge/ending": EDITORS,
    "GET /desk/knowledge/entry": EDITORS,
    "POST /desk/knowledge/entry": EDITORS,
    "GET /desk/orders.csv": SUPERVISOR,
    "GET /desk/board": SUPERVISOR,
    "POST /desk/alerts/{id}": SUPERVISOR,
    "GET /desk/tickets": SUPERVISOR,
    "POST /desk/tickets": SUPERVISOR,
    "POST /desk/tickets/{id}/resend": SUPERVISOR,
    "POST /desk/tickets/{id}/here": SUPERVISOR,
    "GET /desk/notices": SUPERVISOR,
    "GET /desk/notices/new": SUPERVISOR,
    "POST /desk/notices": SUPERVISOR,
    "GET /desk/notices/{id}": SUPERVISOR,
    "POST /desk/notices/{id}": SUPERVISOR,
    "POST /desk/notices/{id}/end": SUPERVISOR,
    "POST /desk/surges/{id}/settle": SUPERVISOR,
    "GET /desk/hours": SUPERVISOR,
    "POST /desk/hours": SUPERVISOR,
    "GET /desk/agents": SUPERVISOR,
    "POST /desk/agents": SUPERVISOR,
    "POST /desk/agents/{id}": SUPERVISOR,
    "POST /desk/agents/{id}/password": SUPERVISOR,
    "GET /desk/audit": SUPERVISOR,
    "GET /desk/audit.csv": SUPERVISOR,
    "GET /desk/undelivered": SUPERVISOR,
    "POST /desk/undelivered": SUPERVISOR,
    "POST /desk/undelivered/{id}": SUPERVISOR,
}
# What a stranger or a slip of the keyboard may put where a number or a name should be.
NONSENSE = ("00000000019999999999", "4294967296", "%C2%B2", "a%00b")


async def test_every_route_of_the_desk_is_for_somebody_named_here(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        assert _routes(h) == {*WHO, *ANYBODY}


@pytest.mark.parametrize("role", [None, "agent", "supervisor", "editor"])
async def test_nobody_gets_in_whom_it_is_not_for(tmp_path: Path, role: str | None) -> None:
    async with house(tmp_path) as h:
        if role is not None:
            await make_agent(h, "me", role)
            await log_in(h, "me")
        for route, roles in WHO.items():
            status = await _status(h, route)
            if role is None:
                assert status == 401, route
            elif role not in roles or route.startswith("POST"):  # a post without its form's token
                assert status == 403, route
            else:
                assert status not in (401, 403), route


async def answers_nonsense(h: House) -> None:
    """Sends it to every place of every route, as the supervisor, and fails for an answer of 500."""
    await make_agent(h, "me", "supervisor")
    await log_in(h, "me")
    token = await csrf(h)
    places = (
        "before",
        "after",
        "version",
        "page",
        "seen",
        "q",
        "surge",
        "channel",
        "ids",
        "login",
        "service_request_id",
    )
    for route in sorted(_routes(h, "/")):
        if route.endswith(("/logout", "/static", "/page")):
            continue
        for said in NONSENSE:
            fields = "&".join(f"{place}={said}" for place in places)
            status = await _status(h, route, said, fields, token)
            assert status < 500 or route == "GET /health/ready", (route, said)


def _routes(h: House, below: str = "/desk") -> set[str]:
    return {
        f"{route.method} {route.resource.canonical}"
        for route in h.gateway.app.router.routes()
        if route.method != "HEAD" and route.resource and route.resource.canonical.startswith(below)
    }


async def _status(
    h: House, route: str, said: str = "none", fields: str = "", token: str = ""
) -> int:
    method, path = route.split(" ")
    path = re.sub(r"\{format\}", ".json", path)
    path = re.sub(r"\{\w+\}", said, path)
    if method == "GET":
        url, body = URL(f"{path}?{fields}", encoded=True), None
    else:
        url, body = URL(path, encoded=True), fields.encode()
    headers = {"X-CSRF-Token": token, "Content-Type": "application/x-www-form-urlencoded"}
    async with h.client.request(
        method, url, data=body, headers=headers, allow_redirects=False
    ) as answer:
        await answer.read()
        return answer.status
