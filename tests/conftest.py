"""For the whole suite: logs are set up as in production, and none may name a person."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from connectors import logs
from tests.leaks import PERSONAL

# A property holds or does not; how long a busy machine takes to see it says nothing.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


class ScannedStream(io.TextIOBase):
    """Passes log lines on and keeps those in which a person could be recognised."""

    def __init__(self) -> None:
        self.leaks: list[str] = []

    def write(self, text: str) -> int:
        if PERSONAL.search(text):
            self.leaks.append(text)
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


_stream = ScannedStream()


@pytest.fixture(scope="session", autouse=True)
def production_logs() -> None:
    logs.configure("debug", "json", _stream)


@pytest.fixture(autouse=True)
def no_personal_data_in_logs(production_logs: None) -> Iterator[None]:
    _stream.leaks.clear()
    yield
    assert _stream.leaks == []
