"""A gateway that cannot start says why in one line, and whether trying again would help."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from connectors.lifecycle import CANNOT_START
from connectors.store.open import FILE, open_embedded
from tests.servers import ROOT, free_port


def start(folder: Path, **settings: str) -> tuple[int, str]:
    """The exit status of ``huiying gateway`` and what it printed."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("HUIYING_")}
    env = ours | {
        "HUIYING_DATA_DIR": str(folder),
        "HUIYING_PORT": str(free_port()),
        "HUIYING_ACTIONS_PORT": str(free_port()),
        "HUIYING_RASA_PORT": str(free_port()),
        **settings,
    }
    ended = subprocess.run(
        [sys.executable, "-m", "connectors.cli", "gateway"],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return ended.returncode, ended.stderr


async def test_a_server_that_is_away_is_worth_another_try(tmp_path: Path) -> None:
    address = f"postgresql+asyncpg://huiying:secret@127.0.0.1:{free_port()}/huiying"
    status, told = await asyncio.to_thread(start, tmp_path, HUIYING_DATABASE_URL=address)
    assert status not in (0, CANNOT_START)
    assert "huiying: the store cannot be used now: PostgreSQL: ConnectionRefusedError" in told
    assert "Traceback" not in told
    assert "secret" not in told


async def test_a_store_of_a_newer_version_is_not(tmp_path: Path) -> None:
    open_embedded(tmp_path / FILE).let_go()
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("UPDATE alembic_version SET version_num = '7777'")
    db.close()
    status, told = await asyncio.to_thread(start, tmp_path)
    assert status == CANNOT_START
    assert "restore a backup made before its upgrade" in told
    assert "Traceback" not in told


async def test_nor_is_a_list_of_duties_that_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "duties.csv"
    file.write_text("事项,主办单位\n供水,\n", encoding="utf-8")
    status, told = await asyncio.to_thread(start, tmp_path, HUIYING_ORDERS__DUTIES=str(file))
    assert status == CANNOT_START
    assert f"huiying: {file}: line 2: 主办单位 is empty" in told
    assert "Traceback" not in told
