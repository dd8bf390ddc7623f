"""The interface of WeCom's customer service, 微信客服 (``qyapi.weixin.qq.com``)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import aiohttp

from connectors.channel import ConnectionFailed
from connectors.channels.wechat.api.answers import Said, number, objects, said, word
from connectors.channels.wechat.api.caller import Caller, Wire
from connectors.channels.wechat.api.errcodes import PlatformRefused
from connectors.channels.wechat.api.media import Media
from connectors.channels.wechat.api.tokens import Fresh, Tokens
from connectors.channels.wechat.api.wechat import fresh_of
from connectors.clock import Clock
from connectors.coordination.coordinator import Coordinator

TOKEN: Final = "/cgi-bin/gettoken"  # noqa: S105
SYNC: Final = "/cgi-bin/kf/sync_msg"
SEND: Final = "/cgi-bin/kf/send_msg"
SEND_ON_EVENT: Final = "/cgi-bin/kf/send_msg_on_event"
STATE: Final = "/cgi-bin/kf/service_state/get"
CHANGE_STATE: Final = "/cgi-bin/kf/service_state/trans"
SYNC_MOST: Final = 1000  # messages of one call
SYNC_ANSWER_MOST: Final = 8 * 1024 * 1024  # bytes


class ServiceState(IntEnum):
    """Who a person of WeCom's customer service is with."""

    NEW = 0  # nobody has looked yet
    BOT = 1  # us
    POOL = 2  # waits for one of the company's people
    SERVICER = 3  # one of the company's people
    ENDED = 4


_STATES = frozenset(int(one) for one in ServiceState)


@dataclass(frozen=True, slots=True)
class Page:
    """What ``sync_msg`` brought, oldest first, and where to go on."""

    messages: list[Said]
    cursor: str
    more: bool


class WecomApi:
    """One company's. Calls raise send errors and nothing else, unless they say otherwise."""

    def __init__(
        self,
        *,
        corp_id: str,
        secret: str,
        url: str,
        timeout: float,
        http: Callable[[], aiohttp.ClientSession],
        coordinator: Coordinator,
        clock: Clock,
        key: bytes,
    ) -> None:
        self._query = {"corpid": corp_id, "corpsecret": secret}
        self._wire = Wire(http, url, timeout, clock)
        # A company has a token for each of its applications, which only the secret tells apart.
        which = hashlib.sha256(secret.encode()).hexdigest()[:12]
        tokens = Tokens(f"{corp_id}:{which}", self._fetch, coordinator, key, patience=timeout)
        self._caller = Caller(self._wire, tokens, SYNC_ANSWER_MOST)
        self.tokens = tokens
        self.media = Media(self._caller)

    async def sync(self, open_kfid: str, cursor: str, token: str, limit: int = SYNC_MOST) -> Page:
        """What came to an account after ``cursor``; with an empty one, of the last three days.
        ``token``: the event's, good for ten minutes; without it few calls are allowed."""
        body: Said = {"open_kfid": open_kfid, "limit": limit}
        body |= {name: value for name, value in (("cursor", cursor), ("token", token)) if value}
        found = await self._post(SYNC, body)
        if "next_cursor" not in found:
            raise ConnectionFailed("a page without a cursor")
        return Page(
            objects(found, "msg_list"), word(found, "next_cursor"), number(found, "has_more") == 1
        )

    async def send(self, message: Said) -> str:
        """Sends one message; the platform's id of it, which is ours where the message has one."""
        return word(await self._post(SEND, message), "msgid")

    async def send_on_event(self, message: Said) -> None:
        """Sends the one message an event allows: a welcome, a farewell."""
        await self._post(SEND_ON_EVENT, message)

    async def state(self, open_kfid: str, person: str) -> ServiceState:
        """Who has the person now."""
        body = {"open_kfid": open_kfid, "external_userid": person}
        found = number(await self._post(STATE, body), "service_state")
        return ServiceState(found) if found in _STATES else ServiceState.NEW

    async def change_state(
        self, open_kfid: str, person: str, state: ServiceState, servicer: str = ""
    ) -> str:
        """Moves the person; the code with which one message about it may be sent, or nothing."""
        body: Said = {
            "open_kfid": open_kfid,
            "external_userid": person,
            "service_state": int(state),
        }
        if servicer:
            body["servicer_userid"] = servicer
        return word(await self._post(CHANGE_STATE, body), "msg_code")

    async def _fetch(self, force: bool) -> Fresh:  # WeCom knows no force
        answer = await self._wire.get(TOKEN, self._query)
        try:
            return fresh_of(said(answer, self._wire.clock.now()))
        except PlatformRefused as refused:
            raise refused.error from None

    async def _post(self, path: str, body: Said) -> Said:
        try:
            return await self._caller.post(path, lambda: body)
        except PlatformRefused as refused:
            raise refused.error from None
