"""docs/operate.md tells an operator what is so."""

from __future__ import annotations

import re

import pytest

from connectors import metrics
from tests.docs.tables import settings
from tests.docs.test_compose import known_to_the_bot, routes
from tests.structure.source import ROOT, spelt

PAGE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")


VARIABLE = re.compile(r"HUIYING_[A-Z0-9_]*[A-Z0-9]")


def test_every_variable_named_is_read_by_somebody() -> None:
    read = {setting.variable for setting in settings()} | known_to_the_bot() | in_code()
    assert set(VARIABLE.findall(PAGE)) <= read


def test_every_variable_that_is_read_is_named() -> None:
    assert in_code() | known_to_the_bot() <= set(VARIABLE.findall(PAGE))


def in_code() -> set[str]:
    """Variables the gateway's code spells out."""
    return {text for text in spelt() if VARIABLE.fullmatch(text)}


def test_every_setting_named_in_the_text_exists() -> None:
    keys = {setting.key for setting in settings()}
    named = set(re.findall(r"`((?:[a-z]+\.)?[a-z]+_[a-z_]+)`", PAGE.split("## Watch")[0]))
    assert named & keys
    assert named - keys <= {"not_ready"}, named - keys


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_every_address_to_watch_is_served(path: str) -> None:
    assert f"| `{path}` |" in PAGE
    assert path in routes()


def test_every_metric_named_is_collected() -> None:
    text = PAGE.split("<!-- end of metrics -->")[1]
    named = set(re.findall(r"`(huiying_\w+)`", text))
    collected = {name for names in metrics.registry._collector_to_names.values() for name in names}
    assert named
    assert named <= collected


def test_every_event_to_look_for_is_logged() -> None:
    rows = re.findall(
        r"^\| (`[\w.]+`(?:, `[\w.]+`)*) \|", PAGE.split("Events to look for")[1], re.M
    )
    events = {event for row in rows for event in re.findall(r"`(\w+\.\w+)`", row)}
    events -= {"huiying.db", "rasa.db", "internal.secret", "sessions.secret"}
    assert len(events) > 5
    assert events <= spelt(), events - spelt()


def test_what_is_to_be_backed_up_has_these_names() -> None:
    table = PAGE.split("## Back up")[1].split("## ")[0]
    code = "\n".join(spelt())
    for name in ("huiying.db", "rasa.db", "knowledge"):
        assert name in table
        assert name in code
    for secret in re.findall(r"`(\w+)\.secret`", table):
        assert secret in spelt()
