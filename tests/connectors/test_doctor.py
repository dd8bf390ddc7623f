"""``huiying doctor`` names what an operator would otherwise look for in vain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connectors.cli.doctor import BESIDE_SETTINGS, examine
from connectors.settings import ROOT, InvalidSettings, Settings, load


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
