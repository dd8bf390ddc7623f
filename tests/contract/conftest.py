"""For every test of a channel: no network beyond this machine, and nothing private in a log."""

from __future__ import annotations

import io
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors import logs
from tests.conftest import _stream
from tests.contract.stand import Stand, stand_for
from tests.contract.subject import ID_NUMBER, MARKER, PERSON, PHONE, Subject
from tests.contract.subjects import SUBJECTS


class NetworkTouched(AssertionError):
    """A test tried to leave this machine."""


def _is_here(address: Any) -> bool:
    host = address[0] if isinstance(address, tuple) else address
    return str(host) in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "") or "/" in str(host)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuses connections and name look-ups beyond loopback."""
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded(real: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if not _is_here(address):
                raise NetworkTouched(f"a connection to {address}")
            return real(self, address)

        return call

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_here((host or "",)):
            raise NetworkTouched(f"a look-up of {host}")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


@pytest.fixture(autouse=True)
def logged(production_logs: None) -> Iterator[io.StringIO]:
    """What the test logs, as in production; at its end nothing private may stand there."""
    stream = io.StringIO()
    logs.configure("debug", "json", stream)
    yield stream
    logs.configure("debug", "json", _stream)
    _stream.write(stream.getvalue())  # scanned like the rest
    secrets = {secret for subject in SUBJECTS for secret in subject.secrets}
    text = stream.getvalue()
    for private in {PHONE, ID_NUMBER, MARKER, PERSON, *secrets}:
        assert private not in text, f"{private!r} stands in the log"


@pytest.fixture
async def stand(channel: type[Subject], tmp_path: Path) -> AsyncIterator[Stand]:
    async with stand_for(channel, tmp_path) as opened:
        yield opened
