"""Logging in: WeChat's code in, our session out. What WeChat says of the person stays here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from connectors import logs, metrics
from connectors.channel import SendError
from connectors.channels.wechat.api.wechat import LoginRefused, Session
from connectors.channels.wechat.miniapp.tokens import SealedTokens, SignedIn
from connectors.house import House
from connectors.origin import caller
from connectors.webhooks import Refused, read_body

log = logs.get(__name__)

BODY_MOST = 4096  # bytes


class LogsIn(Protocol):
    """WeChat, as far as logging in goes."""

    async def log_in(self, code: str) -> Session: ...


class Asked(BaseModel):
    appid: str = Field(max_length=64)
    code: str = Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")


class Login:
    def __init__(
        self, house: House, channel: str, apis: Mapping[str, LogsIn], tokens: SealedTokens
    ) -> None:
        self._house = house
        self._channel = channel
        self._apis = apis
        self._tokens = tokens

    async def answer(self, request: web.Request) -> tuple[str, str]:
        """The account somebody logged in on, and their token. Raises :class:`Refused`."""
        say, settings = self._house.texts.say, self._house.settings
        address = caller(request, settings.trusted_proxies)
        if not await self._house.coordinator.allow(
            f"miniapp-logins:{address}", settings.miniapp.logins_per_minute, 60
        ):
            raise Refused(429, "too_fast", say("webchat_too_fast"), **{"Retry-After": "60"})
        try:
            asked = Asked.model_validate_json(await read_body(request, BODY_MOST))
        except ValidationError:
            raise Refused(400, "malformed", say("miniapp_malformed")) from None
        accounts = settings.wechat.mini
        account = next((n for n, one in accounts.items() if one.appid == asked.appid), None)
        if account is None:
            log.warning("miniapp.unknown_app", hint="its appid is in no account of wechat.mini")
            raise Refused(403, "unknown_app", say("miniapp_unknown_app"))
        try:
            session = await self._apis[account].log_in(asked.code)
            who = SignedIn(account, session.openid)
            token = self._tokens.issue(who, self._house.clock.now())
        except LoginRefused:
            raise Refused(403, "login_refused", say("miniapp_login_refused")) from None
        except (SendError, ValueError) as error:
            log.error("miniapp.login_failed", account=account, reason=str(error)[:200])
            raise Refused(503, "wechat_away", say("miniapp_wechat_away")) from None
        metrics.inbound_total.labels(self._channel, "login").inc()
        return account, token
