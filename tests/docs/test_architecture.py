"""docs/architecture.md draws the house as it stands."""

from __future__ import annotations

import re

from connectors.conversation.ownership import TRANSITIONS, Event, Owner
from tests.docs import tables
from tests.docs.test_pages import TOPS
from tests.structure.source import ROOT, modules
from tests.structure.test_arrows import MAY

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURE = PAGE.split("```")[1]


def test_everything_in_the_picture_exists() -> None:
    folders = re.findall(rf"\b(?:{'|'.join(TOPS)})/[\w./]*", PICTURE)
    assert len(folders) > 8
    for name in folders:
        assert (ROOT / name).exists(), name
    everywhere = {module.path.rsplit("/", 1)[1] for module in modules()}
    files = set(re.findall(r"(?<![\w/])\w+\.py", PICTURE))
    assert files
    assert files <= everywhere, files - everywhere


def test_every_room_is_drawn_or_listed_with_what_it_is_for() -> None:
    assert set(tables.PURPOSES) == set(MAY)
    for folder in ("conversation", "delivery", "desk", "store", "channels/webchat"):
        assert f"connectors/{folder}/" in PICTURE


def test_every_folder_of_the_gateway_is_on_the_page() -> None:
    folders = {
        module.path.split("/")[1]
        for module in modules()
        if module.path.startswith("connectors/") and module.path.count("/") > 1
    }
    missing = {folder for folder in folders if f"connectors/{folder}/" not in PAGE}
    assert not missing


def test_no_page_loads_anything_from_elsewhere() -> None:
    pages = [*(ROOT / "connectors").rglob("*.html"), *(ROOT / "connectors").rglob("*.css")]
    pages += (ROOT / "connectors").rglob("*.js")
    assert len(pages) > 8
    loads = re.compile(r"(?:src=|@import|import\s[^;]*from|url\(|<link[^>]*href=)[\s\"'(]*https?:")
    assert not [str(page) for page in pages if loads.search(page.read_text(encoding="utf-8"))]


def test_the_table_of_owners_is_the_one_in_the_code() -> None:
    lines = PAGE.split("### Who answers")[1].splitlines()
    head, _, *rows = [line for line in lines if line.startswith("|")]
    events = [cell.strip().replace(" ", "_") for cell in head.strip("|").split("|")[1:]]
    assert events == [event.value for event in Event]
    drawn = {}
    for row in rows:
        name, *cells = [cell.strip(" *") for cell in row.strip("|").split("|")]
        for event, cell in zip(events, cells, strict=True):
            if cell:
                drawn[Owner(name), Event(event)] = Owner(cell.replace("waiting", Owner.WAITING))
    assert drawn == TRANSITIONS
