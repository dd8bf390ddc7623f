"""Every page of the desk opens on the embedded store and on PostgreSQL, with something to show."""

from __future__ import annotations

from pathlib import Path

from connectors.settings import Settings
from connectors.settings.tickets import Served
from connectors.store.database import Database
from tests.connectors.test_turns import only_conversation
from tests.desk.people import log_in, make_agent
from tests.desk.test_every_route import answers_nonsense
from tests.desk.test_orders import file
from tests.house import House, house


async def test_every_page_opens(settings: Settings, database: Database, tmp_path: Path) -> None:
    async with (
        house(tmp_path, database=database, database_url=settings.database_url) as h,
        h.page() as page,
    ):
        await page.say("转人工", id="one")
        await page.wait("owner", owner="waiting_for_agent")
        talk, number = (await only_conversation(h)).id, (await file(h)).number
        await make_agent(h, "s1", "supervisor")
        await log_in(h, "s1")
        opened = {}
        for path in _pages(h):
            shown = path.replace("/orders/{number}", f"/orders/{number}")
            shown = shown.replace("/conversations/{id}", f"/conversations/{talk}")
            async with h.client.get(shown.replace("{id}", "none")) as answer:
                await answer.read()
                opened[path] = answer.status
    wrong = {path: status for path, status in opened.items() if status != 200}
    assert wrong == {"/desk/files/{id}": 404, "/desk/notices/{id}": 404}
    assert len(opened) > 25


async def test_nonsense_is_refused_by_both_stores(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    served = Served(public=True)
    url = settings.database_url
    async with house(tmp_path, database=database, database_url=url, open311=served) as h:
        await answers_nonsense(h)


def _pages(h: House) -> list[str]:
    """What a browser may get of the desk, by its declared path."""
    found = {
        route.resource.canonical
        for route in h.gateway.app.router.routes()
        if route.method == "GET" and route.resource is not None
    }
    beside = {"/desk/events", "/desk/static"}
    return sorted(path for path in found - beside if path.startswith("/desk"))
