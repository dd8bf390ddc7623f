"""The settings and metrics in the documents are those of the code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from connectors.settings import Settings
from tests.docs import tables


@pytest.mark.parametrize("part", sorted(tables.PARTS))
def test_a_generated_table_is_what_the_code_says(part: str) -> None:
    path, make = tables.PARTS[part]
    assert tables.written(part) == make(), (
        f"{path.name}: run `.venv/bin/python -m tests.docs.tables`"
    )


def test_every_setting_says_what_it_means() -> None:
    silent = [setting.key for setting in tables.settings() if not setting.meaning]
    assert not silent, f"give a description in connectors/settings/: {silent}"


def test_no_meaning_is_kept_of_a_setting_that_is_gone() -> None:
    assert set(tables.MEANINGS) <= {setting.key for setting in tables.settings()}


def test_the_example_file_is_what_the_code_says() -> None:
    shown = tables.EXAMPLE.read_text(encoding="utf-8")
    assert shown == tables.example_file(), "run `.venv/bin/python -m tests.docs.tables`"


def test_the_example_file_loads_as_the_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for setting in tables.settings():
        monkeypatch.delenv(setting.variable, raising=False)
    monkeypatch.setenv("HUIYING_CONFIG", str(tmp_path / "none.yml"))
    defaults = Settings()
    monkeypatch.setenv("HUIYING_CONFIG", str(tables.EXAMPLE))
    assert Settings() == defaults
    leaves = yaml.safe_load(tables.EXAMPLE.read_text(encoding="utf-8"))
    assert set(leaves) == set(Settings.model_fields)


def test_every_setting_can_be_given_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUIYING_CONFIG", str(tmp_path / "none.yml"))
    monkeypatch.setenv("HUIYING_WEBCHAT__MAX_TEXT", "321")
    monkeypatch.setenv("HUIYING_DIALOGUE__SESSION_IDLE", "PT30M")
    changed = Settings()
    assert changed.webchat.max_text == 321
    assert changed.dialogue.session_idle.total_seconds() == 1800
