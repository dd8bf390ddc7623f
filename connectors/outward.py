"""One request of ours to a platform, and its answer: bounded in time and size, never repeated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from connectors.webhooks import read_answer

ANSWER_MOST = 64 * 1024  # bytes of an answer that are looked at


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
