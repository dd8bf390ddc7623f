"""``huiying outbox costs``, as an operator types it."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner

from connectors.cli.outbox import app
from connectors.store import costs
from connectors.store.open import FILE, open_embedded


async def _fill(path: Path) -> None:
    def unit(conn: Connection) -> None:
        for purpose, units in (("answer", 2), ("answer", 1), ("notice", 1)):
            costs.note(conn, ("x", "carrier"), date(2026, 3, 2), purpose, units)
        costs.note(conn, ("x", "carrier"), date(2026, 3, 3), "answer", 1)

    store = open_embedded(path)
    await store.transact(unit)
    await store.close()


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    accounts = {
        "carrier": {
            "username": "u",
            "password": "p",
            "number": "12345",
            "callback_secret": "0123456789abcdef01234567",
            "price": 0.045,
        }
    }
    monkeypatch.setenv("HUIYING_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HUIYING_SMS__KANNEL", json.dumps(accounts))
    asyncio.run(_fill(tmp_path / FILE))
    return CliRunner()


def test_the_ledger_adds_up(typed: CliRunner) -> None:
    done = typed.invoke(app, ["costs", "--from", "2026-03-02", "--to", "2026-03-02", "--json"])
    assert done.exit_code == 0, done.output
    rows = {row["purpose"]: row for row in json.loads(done.stdout)}
    assert (rows["answer"]["messages"], rows["answer"]["segments"]) == (2, 3)
    assert rows["answer"]["yuan"] == 0.135
    assert rows["notice"]["segments"] == 1
    shown = typed.invoke(app, ["costs", "--from", "2026-03-01", "--to", "2026-03-31"])
    assert shown.stdout.splitlines()[-1] == "4 messages, 5 segments, 0.225 yuan"


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--from", "yesterday"], "is no day"),
        (["--from", "2026-03-03", "--to", "2026-03-02"], "is after"),
        (["--account", "nobody"], "there are: carrier"),
    ],
)
def test_mistakes_say_what_to_do(typed: CliRunner, arguments: list[str], what: str) -> None:
    done = typed.invoke(app, ["costs", *arguments])
    assert done.exit_code == 2
    assert what in done.output


def test_nothing_sent_is_said(typed: CliRunner) -> None:
    done = typed.invoke(app, ["costs", "--from", "2025-01-01", "--to", "2025-01-02"])
    assert "nothing was sent" in done.output
