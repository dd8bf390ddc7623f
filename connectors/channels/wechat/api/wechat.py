"""The interface of mini-programs and official accounts (``api.weixin.qq.com``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

import aiohttp

from connectors.channel import ConnectionFailed, ContentRefused
from connectors.channels.wechat.api.answers import Said, number, said, word
from connectors.channels.wechat.api.caller import Caller, Wire
from connectors.channels.wechat.api.errcodes import (
    NOT_SEEN_LATELY,
    TYPING_HARMLESS,
    PlatformRefused,
)
from connectors.channels.wechat.api.media import Media
from connectors.channels.wechat.api.tokens import Fresh, Tokens
from connectors.clock import Clock
from connectors.coordination.coordinator import Coordinator

SEND: Final = "/cgi-bin/message/custom/send"
TOKEN: Final = "/cgi-bin/stable_token"  # noqa: S105
LOGIN: Final = "/sns/jscode2session"
CHECK: Final = "/wxa/msg_sec_check"
CHECK_MOST: Final = 2500  # characters of one text
SCENE_COMMENT: Final = 2  # of the content check: 1 profile, 2 comment, 3 forum, 4 diary


class Platform(StrEnum):
    MINI = "mini"
    OFFICIAL = "official"


_TYPING = {
    Platform.MINI: "/cgi-bin/message/custom/business/typing",
    Platform.OFFICIAL: "/cgi-bin/message/custom/typing",
}
_SUBSCRIPTION = {
    Platform.MINI: "/cgi-bin/message/subscribe/send",
    Platform.OFFICIAL: "/cgi-bin/message/subscribe/bizsend",
}


@dataclass(frozen=True, slots=True)
class Session:
    """Who logged in. ``session_key`` deciphers what the mini-program sends; it never leaves us."""

    openid: str
    session_key: str

    def __repr__(self) -> str:
        return "Session(…)"


class LoginRefused(Exception):
    """The log-in code is not good; the mini-program asks WeChat for another."""


class WechatApi:
    """One account's. Calls raise send errors and nothing else, unless they say otherwise."""

    def __init__(
        self,
        platform: Platform,
        *,
        appid: str,
        secret: str,
        url: str,
        timeout: float,
        http: Callable[[], aiohttp.ClientSession],
        coordinator: Coordinator,
        clock: Clock,
        key: bytes,
    ) -> None:
        """``timeout``: seconds for one call. ``key``: the house's, under which tokens are kept."""
        self._platform = platform
        self._appid = appid
        self._secret = secret
        self._wire = Wire(http, url, timeout, clock)
        tokens = Tokens(appid, self._fetch, coordinator, key, patience=timeout)
        self._caller = Caller(self._wire, tokens)
        self.tokens = tokens
        self.media = Media(self._caller)

    async def send(self, message: Said) -> None:
        """Sends one customer message (客服消息)."""
        await self._post(SEND, message)

    async def subscription(self, message: Said) -> None:
        """Sends one subscription message. Raises :class:`PlatformRefused` too: the caller keeps
        account of the consents."""
        await self._caller.post(_SUBSCRIPTION[self._platform], lambda: message)

    async def typing(self, openid: str) -> None:
        """Shows that an answer is being written; that it cannot be shown is nobody's trouble."""
        body = {"touser": openid, "command": "Typing"}
        try:
            await self._caller.post(_TYPING[self._platform], lambda: body)
        except PlatformRefused as refused:
            if refused.code not in TYPING_HARMLESS:
                raise refused.error from None

    async def check_text(self, openid: str, text: str) -> None:
        """Has a text looked at that people will see. Raises :class:`ContentRefused` for what the
        platform finds risky; what it wants looked at by somebody passes: somebody wrote it. So
        does what it will not look at, since the person used the mini-program too long ago."""
        for start in range(0, len(text), CHECK_MOST):
            content = text[start : start + CHECK_MOST]
            body = {"version": 2, "scene": SCENE_COMMENT, "openid": openid, "content": content}
            try:
                answer = await self._caller.post(CHECK, partial(dict, body))
            except PlatformRefused as refused:
                if refused.code == NOT_SEEN_LATELY:
                    return
                raise refused.error from None
            result = answer.get("result")
            if not isinstance(result, Mapping):
                raise ConnectionFailed("a content check without a result")
            if result.get("suggest") == "risky":
                raise ContentRefused(f"the content check found it risky: {result.get('label')}")

    async def log_in(self, code: str) -> Session:
        """Who a mini-program's log-in code stands for. Raises :class:`LoginRefused` too."""
        query = {
            "appid": self._appid,
            "secret": self._secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        answer = await self._wire.get(LOGIN, query)
        try:
            found = said(answer, self._wire.clock.now())
        except PlatformRefused as refused:
            if refused.code in (40029, 40163, 40226):
                raise LoginRefused(refused.error.detail) from None
            raise refused.error from None
        openid, session_key = word(found, "openid"), word(found, "session_key")
        if not openid or not session_key:
            raise ConnectionFailed("a log-in without an openid")
        return Session(openid, session_key)

    async def _fetch(self, force: bool) -> Fresh:
        body: dict[str, Any] = {
            "grant_type": "client_credential",
            "appid": self._appid,
            "secret": self._secret,
            "force_refresh": force,
        }
        answer = await self._wire.post(TOKEN, {}, body)
        try:
            return fresh_of(said(answer, self._wire.clock.now()))
        except PlatformRefused as refused:
            raise refused.error from None

    async def _post(self, path: str, body: Said) -> Said:
        try:
            return await self._caller.post(path, lambda: body)
        except PlatformRefused as refused:
            raise refused.error from None


def fresh_of(found: Said) -> Fresh:
    """The token of an answer. Raises :class:`ConnectionFailed`: it has none."""
    token, life = word(found, "access_token"), number(found, "expires_in")
    if not token or life <= 0:
        raise ConnectionFailed("a token service that gives no token")
    return Fresh(token, life)
