"""Who may open a chat socket, and who they are then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Entered:
    """Who is there, on which account of the channel, and the token they keep for next time.

    ``anew``: the token they brought was no good any more, so they begin anew; they are told.
    """

    account: str
    address: str
    token: str
    anew: bool = False


class TurnedAway(Exception):
    """Nobody may come in so; ``code`` names what the page is told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Door(Protocol):
    """Lets people in at a socket; ``channel`` is what their messages come in by."""

    channel: str

    async def enter(self, token: str | None, request: web.Request) -> Entered:
        """Who the bearer of the token is. Raises :class:`TurnedAway`."""
        ...

    def located(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Degrees of WGS-84 of a place as the page's own map gives it."""
        ...
