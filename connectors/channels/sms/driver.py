"""What a driver is: one account at one kind of platform, bytes to words and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from connectors import outward
from connectors.channel import ConnectionFailed, ReceiptState, Rendered, SendError, Sent
from connectors.channels.sms.udh import PartOf
from connectors.outward import Answer


class Malformed(Exception):
    """A callback that is not of the platform's form; the text says where and why, never what."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a person wrote, or a part of it, as the platform brought it.

    ``external_id`` is the platform's, unique for that sender. ``charset`` and ``coding`` are what
    the platform says of ``content``.
    """

    sender: str
    external_id: str
    content: bytes
    charset: str = "utf-8"
    coding: str = ""
    part: PartOf | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a message, named by our key or by the platform's id."""

    state: ReceiptState
    key: str | None = None
    provider_id: str | None = None
    error: SendError | None = None


@dataclass(frozen=True, slots=True)
class Thanks:
    """The answer that tells a platform its callback was taken."""

    body: bytes
    content_type: str


class Driver(Protocol):
    thanks: Thanks

    async def submit(self, http: aiohttp.ClientSession, rendered: Rendered, text: str) -> Sent:
        """Sends one message, once; ``text`` is all of it but the signature. Raises send errors."""
        ...

    def arrived(self, query: str, body: bytes) -> list[Arrived]:
        """The messages of a callback. Raises :class:`Malformed`."""
        ...

    def told(self, query: str, body: bytes) -> list[Told]:
        """The receipts of a callback; none where there is nothing to tell. Raises the same."""
        ...


async def ask(
    http: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    timeout: float,  # noqa: ASYNC109
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One request, one answer. Raises :class:`ConnectionFailed` when there is none."""
    try:
        return await outward.ask(http, method, url, timeout=timeout, body=body, headers=headers)
    except outward.NoAnswer as error:
        raise ConnectionFailed(str(error)) from None
