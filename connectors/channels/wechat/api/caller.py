"""Calls an interface that wants a token: one call, and one more when the token was refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from connectors.channel import ConnectionFailed
from connectors.channels.wechat.api.answers import Said, object_of, said
from connectors.channels.wechat.api.errcodes import TOKEN_REFUSED, PlatformRefused
from connectors.channels.wechat.api.tokens import Tokens
from connectors.clock import Clock
from connectors.json_codec import dump_bytes
from connectors.outward import ANSWER_MOST, Answer, NoAnswer, ask


@dataclass(frozen=True, slots=True)
class Wire:
    """One platform's address, and the session calls go over. ``timeout``: seconds for one call."""

    http: Callable[[], aiohttp.ClientSession]
    url: str
    timeout: float
    clock: Clock

    async def get(self, path: str, query: Mapping[str, str], most: int = ANSWER_MOST) -> Answer:
        return await self._ask("GET", path, query, None, most)

    async def post(
        self, path: str, query: Mapping[str, str], body: Any, most: int = ANSWER_MOST
    ) -> Answer:
        """``body``: a form, or what is sent as JSON, Chinese as it is: the platform would show
        escapes to people."""
        sent = body if isinstance(body, aiohttp.FormData) else dump_bytes(body)
        return await self._ask("POST", path, query, sent, most)

    async def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes | aiohttp.FormData | None,
        most: int,
    ) -> Answer:
        headers = {"Content-Type": "application/json"} if isinstance(body, bytes) else None
        try:
            return await ask(
                self.http(),
                method,
                f"{self.url.rstrip('/')}{path}",
                timeout=self.timeout,
                query=query,
                body=body,
                headers=headers,
                most=most,
            )
        except NoAnswer as error:
            raise ConnectionFailed(str(error)) from None


@dataclass(frozen=True, slots=True)
class Caller:
    """The interfaces of one account."""

    wire: Wire
    tokens: Tokens
    most: int = ANSWER_MOST  # bytes of an answer

    async def post(self, path: str, body: Callable[[], Any]) -> Said:
        """Posts what ``body`` makes, anew for each try.

        Raises :class:`PlatformRefused`, or the send errors of a platform that did not answer.
        """

        async def once(token: str) -> Said:
            answer = await self.wire.post(path, {"access_token": token}, body(), self.most)
            return said(answer, self.wire.clock.now())

        return await self._with_token(once)

    async def upload(self, path: str, kind: str, body: Callable[[], aiohttp.FormData]) -> Said:
        """The same for a file."""

        async def once(token: str) -> Said:
            answer = await self.wire.post(path, {"access_token": token, "type": kind}, body())
            return said(answer, self.wire.clock.now())

        return await self._with_token(once)

    async def download(self, path: str, query: Mapping[str, str], most: int) -> bytes:
        """The bytes of a file, at most ``most`` and one; a refusal comes as JSON in their place."""
        got = bytearray()

        async def once(token: str) -> Said:
            answer = await self.wire.get(path, {"access_token": token, **query}, most + 1)
            if answer.status == 200 and _is_file(answer):
                got[:] = answer.body
                return {}
            found = object_of(answer)
            if found is not None and not found.get("errcode"):
                raise ConnectionFailed("an object where a file should be")
            return said(answer, self.wire.clock.now())

        await self._with_token(once)
        return bytes(got)

    async def _with_token(self, once: Callable[[str], Any]) -> Said:
        token = await self.tokens.current()
        try:
            first: Said = await once(token)
        except PlatformRefused as refused:
            if refused.code not in TOKEN_REFUSED:
                raise
        else:
            return first
        token = await self.tokens.replaced(token)
        try:
            second: Said = await once(token)
        except PlatformRefused as refused:
            if refused.code in TOKEN_REFUSED:
                raise self.tokens.give_up() from None
            raise
        return second


def _is_file(answer: Answer) -> bool:
    """Refusals come as text or JSON; a file of text at least says that it is an attachment."""
    kind = answer.headers.get("Content-Type", "")
    named = "Content-Disposition" in answer.headers
    return named or not ("json" in kind or "text" in kind)
