"""What every channel that talks HTTP needs at its door: bounded bodies, and refusals in one form.

A refusal is counted and logged by its code, without anything of what was in the request.
"""

from __future__ import annotations

import asyncio

from aiohttp import ClientResponse, web
from aiohttp.http_exceptions import HttpProcessingError

from connectors import logs, metrics
from connectors.json_answer import json_answer

log = logs.get(__name__)

UNREADABLE = (ValueError, LookupError, RuntimeError, HttpProcessingError)
"""What aiohttp raises where a form cannot be read: parts without end or name, odd encodings."""
BODY_WITHIN = 10.0  # seconds a request's body may take to arrive


class Refused(Exception):
    """Why a request was not taken: the status, a code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, why: str, **headers: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.why = why
        self.headers = headers

    def response(self, channel: str) -> web.Response:
        metrics.inbound_total.labels(channel, self.code).inc()
        log.info("inbound.refused", channel=channel, code=self.code)
        return json_answer(
            {"error": {"code": self.code, "message": self.why}},
            status=self.status,
            headers=self.headers,
        )


async def read_body(request: web.Request, most: int, within: float = BODY_WITHIN) -> bytes:
    """The body, of at most ``most`` bytes. Raises :class:`Refused`: too large, or too slow."""
    body = bytearray()
    try:
        async with asyncio.timeout(within):
            while chunk := await request.content.read(most + 1 - len(body)):
                body += chunk
                if len(body) > most:
                    raise Refused(413, "too_large", f"at most {most} bytes", Connection="close")
    except TimeoutError:
        raise Refused(408, "too_slow", "the body did not arrive", Connection="close") from None
    return bytes(body)


async def read_answer(response: ClientResponse, most: int) -> bytes:
    """The beginning of a platform's answer; what is beyond ``most`` bytes is nobody's business."""
    answer = bytearray()
    while len(answer) < most and (chunk := await response.content.read(most - len(answer))):
        answer += chunk
    return bytes(answer)
