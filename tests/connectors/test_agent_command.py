"""``huiying agent``: who makes an account or a password from the shell stands in the trail."""

from __future__ import annotations

import asyncio
import getpass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.cli.root import app
from connectors.store import trail
from connectors.store.open import FILE, open_embedded
from connectors.store.trail import Sought


def test_accounts_and_passwords_made_in_the_shell_are_in_the_trail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYING_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for words in (["add", "boss", "--role", "supervisor"], ["password", "boss"]):
        assert CliRunner().invoke(app, ["agent", *words]).exit_code == 0
    assert CliRunner().invoke(app, ["agent", "password", "nobody"]).exit_code == 2

    async def noted() -> list[tuple[str, str]]:
        database = open_embedded(tmp_path / FILE)
        rows = await database.read(lambda conn: trail.search(conn, Sought(), 10))
        await database.close()
        return [(row.actor, row.event) for row in rows]

    who = f"cli:{getpass.getuser()}"
    assert asyncio.run(noted()) == [(who, "agent.password"), (who, "agent.added")]
