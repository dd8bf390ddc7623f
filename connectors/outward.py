"""Requests of ours to others, and their answers: bounded in time and size, never repeated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from connectors.webhooks import read_answer

ANSWER_MOST = 64 * 1024  # bytes of an answer that are looked at


class Connections:
    """Those of one room to the outside, opened when the first is needed. No cookies are kept, and
    answers come uncompressed: none unpacks to a flood."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def __call__(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), headers={"Accept-Encoding": "identity"}
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class NoAnswer(Exception):
    """There is none; the text says why, and holds neither an address nor anything sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Hides a broken connection from aiohttp, which would repeat a GET by itself: the person could
    be sent the message twice."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise NoAnswer(type(error).__name__) from error


async def ask(
    http: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    timeout: float,  # noqa: ASYNC109
    query: Mapping[str, str] | None = None,
    body: bytes | aiohttp.FormData | None = None,
    headers: Mapping[str, str] | None = None,
    most: int = ANSWER_MOST,
) -> Answer:
    """One request, one answer of at most ``most`` bytes; redirects are not followed.

    Raises :class:`NoAnswer`.
    """
    try:
        async with http.request(
            method,
            url,
            params=query,
            data=body,
            headers=headers,
            allow_redirects=False,
            middlewares=(_once,),
            timeout=aiohttp.ClientTimeout(total=timeout),
        ) as response:
            content = await read_answer(response, most)
            return Answer(response.status, response.headers.copy(), content)
    except TimeoutError:
        raise NoAnswer(f"no answer within {timeout:g} s") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        # From nothing: an aiohttp error carries the address, and that may hold a token.
        raise NoAnswer(type(error).__name__) from None


def pause(headers: Mapping[str, str], now: datetime, most: timedelta) -> timedelta | None:
    """``Retry-After`` in either of its forms, ``most`` at most; None when there is none to speak
    of."""
    given = headers.get("Retry-After")
    if given is None:
        return None
    try:
        seconds = (
            float(given)
            if given.isdigit()
            else (parsedate_to_datetime(given) - now).total_seconds()
        )
    except (ValueError, TypeError, OverflowError):
        return None
    return timedelta(seconds=min(max(seconds, 0.0), most.total_seconds()))
