"""A channel of telephones for tests: writes to any number, and people write from theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from aiohttp import web

from connectors import app
from connectors.channel import Accepted, Addresses, Capabilities, Channel, Rendered, SendError, Sent
from connectors.channels.registry import build_channels
from connectors.house import House as Built
from connectors.messages import Inbound, Person, Purpose, Text, plain_text
from tests.house import House, house


@dataclass
class Telephones:
    """``heard``: what each number was sent. ``refuses``: raised instead of sending."""

    built: Built
    name: str = "telephones"
    begins_from: str = "main"
    heard: list[tuple[str, str, Purpose]] = field(default_factory=list)
    refuses: SendError | None = None
    count: int = 0

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            texts="sms", may_begin=True, addresses=Addresses.PHONES, begins_from=self.begins_from
        )

    @capabilities.setter
    def capabilities(self, value: Capabilities) -> None:
        raise NotImplementedError

    def routes(self) -> list[web.AbstractRouteDef]:
        return []

    async def run(self) -> None:
        return

    async def send(self, rendered: Rendered) -> Sent:
        if self.refuses is not None:
            raise self.refuses
        words = plain_text(rendered.parts)
        self.heard.append((rendered.person.address, words, rendered.purpose))
        return Sent()

    async def typing(self, person: Person) -> None:
        return

    async def close(self) -> None:
        return

    async def write(self, phone: str, text: str) -> Accepted:
        """Somebody writes from a phone, spelt as the carrier spells it."""
        self.count += 1
        return await self.built.intake.accept(
            Inbound(self.name, "main", phone, f"n{self.count}", (Text(text),), datetime.now(UTC))
        )

    def said_to(self, phone: str) -> list[str]:
        return [words for address, words, _ in self.heard if address == phone]

    def codes_to(self, phone: str) -> list[str]:
        return [
            words[:6]
            for address, words, purpose in self.heard
            if address == phone and purpose is Purpose.VERIFICATION
        ]


@asynccontextmanager
async def house_with_telephones(
    tmp_path: Path, **options: Any
) -> AsyncIterator[tuple[House, Telephones]]:
    """A gateway whose channels are the shipped ones and telephones."""
    phones: list[Telephones] = []

    def build(built: Built) -> dict[str, Channel]:
        phones.append(Telephones(built))
        return {**build_channels(built), phones[0].name: phones[0]}

    with mock.patch.object(app, "build_channels", build):
        async with house(tmp_path, **options) as opened:
            yield opened, phones[0]
