"""``huiying doctor`` names what an operator would otherwise look for in vain."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from connectors.cli.doctor import BESIDE_SETTINGS, _language_model, examine
from connectors.settings import ROOT, InvalidSettings, Settings, load
from connectors.store.open import open_embedded
from tests.model_server import ModelServer


def configuration() -> tuple[str, str]:
    found = next(one for one in examine() if one.check == "configuration")
    return found.state, found.detail + found.fix


def test_a_configuration_that_is_not_where_it_is_named_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "huiying.yml"
    monkeypatch.setenv("HUIYING_CONFIG", str(file))
    state, told = configuration()
    assert state == "warning"
    assert str(file) in told
    file.write_text("city: 合肥市\n")
    assert configuration()[0] == "ok"


def test_a_mistake_in_it_is_named_with_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "huiying.yml"
    file.write_text("prot: 8080\n")
    monkeypatch.setenv("HUIYING_CONFIG", str(file))
    state, told = configuration()
    assert state == "error"
    assert "prot" in told


def test_a_mistake_in_a_section_is_named_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYING_OUTBOX__PARRALEL", "4")
    with pytest.raises(InvalidSettings, match=r"outbox\.parralel: there is no such setting"):
        load()


def test_whether_the_store_can_be_used_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def store() -> tuple[str, str, str]:
        found = next(one for one in examine() if one.check == "store")
        return found.state, found.detail, found.fix

    monkeypatch.setenv("HUIYING_DATA_DIR", str(tmp_path))
    assert store()[0] == "ok"  # none yet, and looking made none
    assert not list(tmp_path.iterdir())
    file = tmp_path / "huiying.db"
    open_embedded(file).let_go()
    assert store()[0] == "ok"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(
            "INSERT INTO conversations (id, contact_id, channel, account, address, owner,"
            " waiting_since, created_at) VALUES ('c_1', 'p_1', 'sms', '', 'a', 'waiting_for_agent',"
            " 'soon', '2026-11-01 00:00:00.000000')"
        )
    state, told, fix = store()
    assert (state, "c_1" in told, "gateway" in fix) == ("error", True, True)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    state, told, fix = store()
    assert state == "error"
    assert "9999" in told
    assert "`huiying store restore FILE`" in fix
    file.write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    state, told, fix = store()
    assert (state, "restore a backup" in fix) == ("error", True)
    monkeypatch.setenv("HUIYING_DATABASE_URL", "postgresql+asyncpg://huiying@127.0.0.1:1/huiying")
    state, told, fix = store()
    assert (state, "server" in fix) == ("error", True)


def test_a_variable_that_nothing_reads_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def environment() -> tuple[str, str]:
        found = next(one for one in examine() if one.check == "environment")
        return found.state, found.detail

    monkeypatch.setenv("HUIYING_RASA_URL", "http://127.0.0.1:5005")
    monkeypatch.setenv("HUIYING_OUTBOX__PARALLEL", "4")
    assert environment()[0] == "ok"
    monkeypatch.setenv("HUIYING_RASSA_URL", "http://127.0.0.1:5005")
    state, told = environment()
    assert state == "warning"
    assert "HUIYING_RASSA_URL" in told


def test_what_is_read_beside_the_settings_is_known() -> None:
    files = [
        file
        for room in ("connectors", "actions", "knowledge", "bot")
        for ending in ("py", "yml")
        for file in (ROOT / room).rglob(f"*.{ending}")
        if ".venv" not in file.parts and file.name != "doctor.py"
    ]
    text = "\n".join(file.read_text("utf-8") for file in files)
    settings = {f"HUIYING_{name.upper()}" for name in Settings.model_fields}
    read = set(re.findall(r"environ(?:\.get\(|\[)\s*\"(HUIYING_\w+)\"", text))
    assert read - settings <= BESIDE_SETTINGS
    assert set(re.findall(r"HUIYING_\w+", text)) >= BESIDE_SETTINGS


@pytest.mark.parametrize(
    ("fault", "says", "ends", "state", "told"),
    [
        ("", "ready", "stop", "ok", "m answered in"),
        ("401", "", None, "warning", "HTTP 401"),
        ("an error inside", "", None, "warning", "out of memory"),
        ("hangs", "", None, "warning", "within llm.seconds (0.3 s)"),
        ("", "<think>What may be meant by", "length", "warning", "thinks longer"),
        ("", "", "stop", "warning", "empty"),
    ],
)
async def test_whether_the_language_model_answers_is_told(
    fault: str, says: str, ends: str | None, state: str, told: str
) -> None:
    server = ModelServer(says, fault, ends)
    await server.start()
    llm = {"url": server.url, "model": "m", "seconds": 0.3}
    settings = Settings.model_validate({"llm": llm})
    try:
        found = await asyncio.to_thread(_language_model, settings)  # it has a loop of its own
    finally:
        await server.stop()
    assert found.state == state
    assert told in found.detail
    assert bool(found.fix) is (state == "warning")


def test_no_language_model_is_needed() -> None:
    assert _language_model(Settings()).state == "ok"
