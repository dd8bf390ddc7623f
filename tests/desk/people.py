"""Those who sit at the desk in these tests."""

from __future__ import annotations

import re

from connectors.store import agents
from connectors.store.agents import Agent
from tests.house import House

PASSWORD = "correct horse"


async def make_agent(h: House, login: str = "a1", role: str = "agent") -> Agent:
    hashed = agents.hash_password(PASSWORD)
    now = h.clock.now()
    return await h.database.transact(
        lambda conn: agents.add(conn, login, "3号座席", hashed, role, now)
    )


async def log_in(h: House, login: str = "a1", password: str = PASSWORD) -> int:
    response = await h.client.post(
        "/desk/login", data={"login": login, "password": password}, allow_redirects=False
    )
    return response.status


async def csrf(h: House) -> str:
    """The token of the forms of whoever is logged in."""
    found = re.search(r'name="csrf" content="([^"]+)"', await (await h.client.get("/desk")).text())
    assert found
    return found[1]
