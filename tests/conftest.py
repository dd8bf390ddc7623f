"""For the whole suite: logs are set up as in production, and none may name a person."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from sqlalchemy import Dialect
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.util import LRUCache

from connectors import logs
from connectors.store import agents
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


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """An engine compiles each statement it is given, once. Nearly every test here opens two
    engines, which would be most of its time: they share what is compiled, by kind of database."""
    compile_one = ClauseElement._compile_w_cache
    dialects: dict[tuple[object, ...], Dialect] = {}
    compiled: LRUCache[Any, Any] = LRUCache(3000)

    def compile_shared(self: Any, dialect: Any, *, compiled_cache: Any, **how: Any) -> Any:
        kind = (type(dialect), dialect._json_serializer, dialect._json_deserializer)
        first = dialects.setdefault(kind, dialect)
        cache = None if compiled_cache is None else compiled
        return compile_one(self, first, compiled_cache=cache, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClauseElement, "_compile_w_cache", compile_shared)
        yield


@pytest.fixture(scope="session", autouse=True)
def dear_passwords() -> Iterator[PasswordHasher]:
    """The hasher in production; a password costs it a fifth of a second, so tests have another."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        dear = agents._hasher
        patch.setattr(agents, "_hasher", cheap)
        patch.setattr(agents, "_NOBODY", cheap.hash("nobody's"))
        yield dear
