"""docs/tickets.md says what is so: its schema is the code's, its commands work as they stand."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

import pytest

from actions.work_orders import nodes as stations
from actions.work_orders import way
from actions.work_orders.tickets import Papers, Status
from connectors.store.work_orders import WorkOrder
from connectors.tickets.webhook import wire
from tests.store.people import NOON
from tests.structure.source import ROOT
from tests.tickets.stand import stand
from tests.tickets.subjects import KEY, new_order

SCHEMA = ROOT / "docs" / "tickets.schema.json"
GUIDE = (ROOT / "docs" / "tickets.md").read_text(encoding="utf-8")


def test_the_schema_is_the_codes() -> None:
    """Written anew by ``python -m tests.tickets.schema``."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json.loads(json.dumps(wire.schema()))


def test_what_we_post_has_the_fields_of_the_schema() -> None:
    defined = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]
    order = WorkOrder("HY1", NOON, "open", None, new_order())
    posted = json.loads(wire.filed(order, Papers()).model_dump_json())
    assert set(posted) == set(defined["Filed"]["properties"])
    assert set(posted["order"]) == set(defined["Order"]["properties"])
    assert set(posted["order"]["person"]) == set(defined["Person"]["properties"])


def test_every_status_and_type_stands_in_the_guide() -> None:
    types = re.findall(r"orders?\.[a-z_]+|ping", json.dumps(wire.schema()["$defs"]["Posted"]))
    for word in (*Status, *types):
        assert f"`{word}`" in GUIDE, word


async def test_the_commands_of_the_guide_work(tmp_path: Path) -> None:
    script = GUIDE.split("test_guide.py -->")[1].split("```sh\n")[1].split("```")[0]
    async with stand(tmp_path) as s:
        order = await s.file()
        given = {"URL": s.receiver.tell, "SECRET": KEY, "ORDER": order.number}
        process = await asyncio.create_subprocess_exec(
            "bash", "-euc", script, env=os.environ | given,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        assert out, err.decode()
        assert json.loads(out) == {"state": "applied"}
        moved = await s.look(order)
        assert (way.station(moved), moved.receipt) == (stations.SIGNED, "GD-1")


@pytest.mark.parametrize("path", re.findall(r"`((?:actions|connectors|tests)/[\w/]+\.py)`", GUIDE))
def test_what_the_guide_names_is_there(path: str) -> None:
    assert (ROOT / path).is_file()
