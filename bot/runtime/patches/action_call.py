"""Calls of actions go over connections that are kept.

Rasa opens a session and a connection for each call and closes both: three times a turn.
"""

from __future__ import annotations

from typing import Any

_KEPT = "_kept_session"


def install() -> None:
    from rasa.utils.endpoints import EndpointConfig

    opened = EndpointConfig.session

    def session(self: EndpointConfig) -> _Kept:
        kept = self.__dict__.get(_KEPT)
        if kept is None or kept.closed:
            kept = self.__dict__[_KEPT] = opened(self)
            _sessions.append(kept)
        return _Kept(kept)

    EndpointConfig.session = session


_sessions: list[Any] = []


async def close() -> None:
    """Closes what was kept, when the server stops."""
    while _sessions:
        await _sessions.pop().close()


class _Kept:
    """Goes where Rasa's code opens and closes a session of its own."""

    def __init__(self, session: Any) -> None:
        self._session = session

    async def __aenter__(self) -> Any:
        return self._session

    async def __aexit__(self, *_: object) -> None:
        """The session stays open."""
