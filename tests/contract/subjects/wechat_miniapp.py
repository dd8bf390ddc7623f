"""The chat of our own mini-program on the stand: the web chat's frames behind a door of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from connectors.channels.wechat.miniapp.tokens import SealedTokens, SignedIn
from tests.contract.peer import Peer
from tests.contract.subject import PERSON, Answer, Line
from tests.contract.subjects.webchat import KEY, Tab, WebChatSubject, silent_socket
from tests.wechat.phone import settings
from tests.wechat.platform import openid

LIFE = timedelta(hours=2)


def sealed(person: str, key: bytes = KEY, account: str = "city", ago: timedelta = LIFE / 2) -> str:
    """A session as the gateway would give it, some time ago."""
    who = SignedIn(account, openid(person))
    return SealedTokens(key, LIFE).issue(who, datetime.now(UTC) - ago)


def with_token(make: Callable[[], str | None]) -> Any:
    """An app that comes with a token of its own making."""

    async def attack(self: WechatMiniappSubject, line: Line) -> Answer:
        tab = Tab(await self.house.client.ws_connect("/miniapp/socket"))
        await tab.socket.send_json({"type": "hello", "token": make(), "last_seq": 0})
        refused = await tab.wait("welcome", "error", "closed")
        await tab.close()
        told = json.dumps(tab.frames, ensure_ascii=False)
        return Answer(refused["type"] == "welcome", refused.get("code", ""), told=told)

    return attack


def tampered() -> str:
    token = sealed(PERSON)
    return token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]


class WechatMiniappSubject(WebChatSubject):
    name = "wechat_miniapp"
    secrets = (*WebChatSubject.secrets, openid(PERSON))

    forged: ClassVar = {
        "a token that was tampered with": with_token(tampered),
        "a token sealed by somebody else": with_token(lambda: sealed(PERSON, b"x" * 32)),
        "a token that is none": with_token(lambda: "v1.xyz"),
        "no token": with_token(lambda: None),
        "a mini-program that is not ours": with_token(lambda: sealed(PERSON, account="other")),
    }
    stale: ClassVar = {
        "a token that has outlived its time": with_token(lambda: sealed(PERSON, ago=LIFE * 2)),
        "a token from the future": with_token(lambda: sealed(PERSON, ago=-LIFE)),
    }
    # One code reads the frames of both; with the web chat it is on the stand.
    malformed: ClassVar = {}
    oversized: ClassVar = {}
    unknown: ClassVar = {}
    excused: ClassVar = {
        **WebChatSubject.excused,
        **dict.fromkeys(("malformed", "oversized", "unknown"), "frames are the web chat's"),
    }
    unending: ClassVar = {"a socket that says nothing": silent_socket}

    @classmethod
    def settings(cls, peer: Peer) -> dict[str, Any]:
        return WebChatSubject.settings(peer) | settings(peer.url)

    @property
    def address(self) -> tuple[str, str]:
        return "city", openid(PERSON)

    async def open_tab(self, token: str | None = None) -> Tab:
        tab = Tab(await self.house.client.ws_connect("/miniapp/socket"))
        token = token or sealed(PERSON)
        await tab.socket.send_json({"type": "hello", "token": token, "last_seq": 0})
        await tab.wait("welcome")
        return tab

    async def tab_of(self, person: str) -> Tab:
        if person not in self.tabs:
            self.tabs[person] = await self.open_tab(sealed(person))
        return self.tabs[person]
