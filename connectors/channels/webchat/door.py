"""The web chat's door: open to everybody, who is then known by a token."""

from __future__ import annotations

from aiohttp import web

from connectors.channels.webchat.tokens import InvalidToken, VisitorTokens
from connectors.chat.door import Entered, TurnedAway
from connectors.house import House
from connectors.origin import caller

ACCOUNT = "default"


class OpenDoor:
    channel = "webchat"

    def __init__(self, house: House) -> None:
        self._house = house
        self._tokens = VisitorTokens(house.signing_key, house.settings.webchat.session_life)

    async def enter(self, token: str | None, request: web.Request) -> Entered:
        """The visitor a token names, or a new one, as many of one address as are allowed."""
        now, anew = self._house.clock.now(), False
        if token:
            try:
                return Entered(ACCOUNT, self._tokens.visitor(token, now), token)
            except InvalidToken:
                anew = True
        settings = self._house.settings
        rate = f"webchat-sessions:{caller(request, settings.trusted_proxies)}"
        most = settings.webchat.sessions_per_minute
        if not await self._house.coordinator.allow(rate, most, 60):
            raise TurnedAway("too_fast")
        token = self._tokens.issue(now)
        return Entered(ACCOUNT, self._tokens.visitor(token, now), token, anew)

    def located(self, latitude: float, longitude: float) -> tuple[float, float]:
        return latitude, longitude  # browsers measure in WGS-84
