"""WeChat as the platform: the strict double of ``tests/wechat``, in safe mode, on both its sides.

Its accounts push as WeChat does, five seconds for an answer and the same message three times more,
and take what people are sent with its quotas; a system that is busy, a token that ran out and an
answer of ours that got lost are part of its day.
"""

from __future__ import annotations

import json
import random
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

import aiohttp
from aiohttp import web

from connectors.texts import Texts
from tests.chaos.faults import Span, say
from tests.chaos.talks import Talks
from tests.chaos.verdict import Verdict
from tests.wechat.api import Account, FakeWechat, Json
from tests.wechat.platform import AES_KEY, APPID, PATIENCE, TOKEN, Pushing, openid

Kind = Literal["mini", "official"]

SECRET = "app-secret-of-the-account"
OUT_OF_ORDER = "out of order"


class Wechat:
    """One account. ``trouble``: the share of our sends it does not take well."""

    def __init__(
        self,
        kind: Kind,
        url: str,
        *,
        trouble: float = 0.0,
        seed: int = 1,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._kind: Kind = kind
        self._url = f"{url}/wechat/{kind}/city"
        self._trouble = trouble
        self._random = random.Random(seed)
        self._tls = tls
        self._fake = FakeWechat()
        self._account: Account = self._fake.add(APPID, SECRET, kind)
        self._pushing: Pushing | None = None
        self._talks = Talks()
        self._hint = Texts.load().say("gateway_choices_hint")
        self._names: dict[str, str] = {}  # of people, by their openid
        self.pushes = 0

    @staticmethod
    def settings(kind: Kind, port: int) -> dict[str, str]:
        account = {
            "appid": APPID,
            "secret": SECRET,
            "token": TOKEN,
            "encoding_aes_key": AES_KEY,
            "api_url": f"http://127.0.0.1:{port}",
            "insecure_http": True,
            # A gateway that is kept from its processor for a while did not fail to be answered.
            "timeout": 15,
        }
        return {f"HUIYING_WECHAT__{kind.upper()}": json.dumps({"city": account})}

    @asynccontextmanager
    async def open(self, port: int, lines: Sequence[str]) -> AsyncIterator[Wechat]:
        """WeChat listens at ``port`` and knows what each of ``lines`` is answered with."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._called)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        connector = aiohttp.TCPConnector(ssl=self._tls or True, limit=0)
        counting = aiohttp.TraceConfig()
        counting.on_request_start.append(self._count)
        async with aiohttp.ClientSession(connector=connector, trace_configs=[counting]) as http:
            # A gateway whose clock is wrong is understood all the same.
            self._pushing = Pushing(
                self._url, http, self._kind, apart=PATIENCE, leeway=float("inf")
            )
            trouble, self._trouble = self._trouble, 0.0
            await self._talks.learn(self.push, lines)
            self._trouble = trouble
            yield self
        await runner.cleanup()

    async def _count(self, *_: object) -> None:
        self.pushes += 1

    # What people do ----------------------------------------------------------------------------

    async def push(self, person: str, number: int, text: str) -> bool:
        """One message of a person, tried again until it is taken or given up; which."""
        assert self._pushing is not None
        del number  # WeChat counts by itself
        self._names[openid(person)] = person
        self._fake.wrote(self._account, openid(person))
        self._talks.says(person, text)
        told = await self._pushing.text(person, text)
        if told.content:  # an answer in WeChat's own request
            self._show(person, told.content)
        self._talks.is_heard(person, taken=told.taken)
        return told.taken

    # What we do --------------------------------------------------------------------------------

    async def _called(self, request: web.Request) -> web.StreamResponse:
        dice = self._random.random()
        if dice < self._trouble / 10:
            self._fake.expire_tokens()
        elif dice < self._trouble / 2:
            return web.json_response({"errcode": -1, "errmsg": "system error"})
        before = len(self._fake.sent)
        response = await self._fake.handle(request)
        for sent in self._fake.sent[before:]:
            fails = dice < self._trouble
            self._show(self._names[sent["touser"]], _words(sent, self._hint), told=not fails)
            if fails:  # it took the message and fell over saying so
                return web.Response(status=502)
        return response

    def _show(self, person: str, text: str, *, told: bool = True) -> None:
        left = self._account.quotas[openid(person)].left
        self._talks.show(person, text, told=told, beside=f", {left} sends left")

    # What came of it ---------------------------------------------------------------------------

    @property
    def log(self) -> Sequence[str]:
        return self._talks.log

    @property
    def heard(self) -> int:
        return self._talks.heard

    def unanswered(self) -> bool:
        return self._talks.unanswered()

    def verdict(self, spans: Sequence[Span]) -> Verdict:
        assert self._pushing is not None
        verdict = self._talks.verdict(self.pushes, spans)
        # That a person was shown it stands in ``given_up`` already.
        verdict.strange += [one for one in self._pushing.breaches if OUT_OF_ORDER not in one]
        verdict.strange += self._fake.breaches
        return verdict


def _words(sent: Json, hint: str) -> str:
    """What a person reads of a message; a menu as it is where it must go as words."""
    content: Any = sent[sent["msgtype"]]
    match sent["msgtype"]:
        case "text":
            return str(content["content"])
        case "msgmenu":
            numbered = [f"{n}. {one['content']}" for n, one in enumerate(content["list"], 1)]
            return "\n".join([content.get("head_content") or "", *numbered, hint])
        case kind:
            say(f"a {kind} was sent")
            return f"[{kind}]"
