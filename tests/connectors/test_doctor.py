"""``huiying doctor`` names what an operator would otherwise look for in vain."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.cli.doctor import examine


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
