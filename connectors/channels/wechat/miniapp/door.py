"""The mini-program's door: open to who has logged in, at the socket and beside it."""

from __future__ import annotations

from aiohttp import web

from connectors.channels.wechat.gcj02 import to_wgs84
from connectors.channels.wechat.miniapp.tokens import InvalidToken, SealedTokens
from connectors.chat.door import Entered, TurnedAway
from connectors.house import House
from connectors.webhooks import Refused

REQUESTS = 120  # of one person in a minute, beside the socket


class SignedInDoor:
    """No origin is asked for: whoever brings the token is the person, and nothing else that a
    foreign page could borrow, such as a cookie, lets anybody in."""

    def __init__(self, house: House, channel: str, tokens: SealedTokens) -> None:
        self.channel = channel
        self._house = house
        self._tokens = tokens

    async def enter(self, token: str | None, request: web.Request) -> Entered:
        """The person a token names; their app logs in anew when it is over."""
        try:
            who = self._tokens.open(token or "", self._house.clock.now())
        except InvalidToken:
            raise TurnedAway("sign_in") from None
        if who.account not in self._house.settings.wechat.mini:
            raise TurnedAway("sign_in")
        return Entered(who.account, who.openid, token or "")

    async def bearer(self, request: web.Request) -> Entered:
        """Who makes a request. Raises :class:`Refused`."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            who = await self.enter(token if scheme.lower() == "bearer" else None, request)
        except TurnedAway as away:
            raise Refused(401, away.code, self._house.texts.say("webchat_sign_in")) from None
        key = f"miniapp-requests:{who.account}:{who.address}"
        if not await self._house.coordinator.allow(key, REQUESTS, 60):
            raise Refused(429, "too_fast", self._house.texts.say("webchat_too_fast"))
        return who

    def located(self, latitude: float, longitude: float) -> tuple[float, float]:
        """WeChat's map is shifted as all maps in China are."""
        return to_wgs84(latitude, longitude)
