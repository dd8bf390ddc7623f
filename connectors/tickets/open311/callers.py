"""Who calls our Open311 server: their key, their jurisdiction, and how often they do."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from connectors.coordination.coordinator import Coordinator
from connectors.origin import caller
from connectors.settings.tickets import Served
from connectors.tickets.open311.answering import Fault


@dataclass(frozen=True, slots=True)
class Callers:
    settings: Served
    trusted_proxies: Sequence[str]
    coordinator: Coordinator

    async def may_go_on(self, request: web.Request) -> None:
        """Raises :class:`Fault` for who asks too often: by their key, else by their address, which
        a trusted proxy names."""
        named = self.named(request.query)
        await self._counted(named or caller(request, self.trusted_proxies))

    async def signed(self, given: Mapping[str, str]) -> str:
        """Whose the key of a post is. Raises :class:`Fault`."""
        who = self.named(given)
        if who is None:
            raise Fault(403, "api_key is missing or not known here")
        await self._counted(who)
        return who

    def named(self, given: Mapping[str, str]) -> str | None:
        """Whose key it is; every key is compared, in the same time."""
        key, found = given.get("api_key", "").encode(), None
        for name, known in self.settings.api_keys.items():
            if hmac.compare_digest(known.get_secret_value().encode(), key):
                found = name
        return found

    def reader(self, given: Mapping[str, str]) -> str | None:
        """Who reads; None for anybody. Raises :class:`Fault` for a wrong key, or none where one is
        needed."""
        who = self.named(given)
        if given.get("api_key") and who is None:
            raise Fault(403, "api_key is not known here")
        if who is None and not self.settings.public:
            raise Fault(403, "an api_key is needed")
        return who

    def at_home(self, given: Mapping[str, str]) -> None:
        """Raises :class:`Fault` for another jurisdiction than ours."""
        ours = self.settings.jurisdiction_id
        if ours is None:
            return
        told = given.get("jurisdiction_id")
        if not told:
            raise Fault(400, "jurisdiction_id was not provided")
        if told != ours:
            raise Fault(404, "jurisdiction_id was not found")

    async def _counted(self, who: str) -> None:
        if not await self.coordinator.allow(f"open311:{who}", self.settings.per_minute, 60):
            raise Fault(429, "too many requests", **{"Retry-After": "10"})
