"""Finds conversations whose messages wait though nobody works on them, and takes them up.

A gateway that dies leaves messages it has acknowledged in the inbox. Every gateway looks there from
time to time: what waited at the last look already, and is not under way here, is tried; the lease
then tells whether somebody else works on it. Nothing here compares moments, so clocks that differ
or jump change nothing.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Container
from functools import partial
from typing import Protocol

from connectors import logs
from connectors.ids import ConversationId
from connectors.store import inbox
from connectors.store.database import Database, StoreUnavailable

log = logs.get(__name__)

EVERY = 2.0  # seconds between two looks, on average: gateways do not look in step
PAGE = 500  # conversations read at once
ROOM = 2000  # conversations under way here, beyond which no more are taken up


class UnderWay(Container[ConversationId], Protocol):
    def __len__(self) -> int: ...


class Leftovers:
    def __init__(
        self,
        database: Database,
        under_way: UnderWay,
        take_up: Callable[[ConversationId], None],
    ) -> None:
        """``under_way``: the conversations this gateway works on; ``take_up`` adds one."""
        self._db = database
        self._under_way = under_way
        self._take_up = take_up
        self._waited: dict[ConversationId, int] | None = None

    async def run(self) -> None:
        """Looks until cancelled."""
        away = False
        while True:
            try:
                await self.look()
                away = False
            except StoreUnavailable as error:
                if not away:
                    log.error("store.unavailable", reason=str(error))
                away = True
            except Exception:
                log.exception("leftovers.broken")
            await asyncio.sleep(EVERY * random.uniform(0.7, 1.3))

    async def look(self) -> int:
        """One look; how many conversations were taken up. The first one takes all it finds, since
        it is an earlier process that left them. Raises ``StoreUnavailable``."""
        before, waited = self._waited, dict[ConversationId, int]()
        taken, last = 0, ""
        while len(self._under_way) < ROOM:
            page = await self._db.read(partial(inbox.waiting, after=last, limit=PAGE))
            for conversation_id, seq in page:
                if conversation_id in self._under_way:
                    continue
                waited[conversation_id] = seq
                known = before is None or before.get(conversation_id) == seq
                if known and len(self._under_way) < ROOM:
                    self._take_up(conversation_id)
                    taken += 1
            if len(page) < PAGE:
                break
            last = page[-1][0]
        self._waited = waited
        if taken:
            log.info("leftovers.taken_up", conversations=taken)
        return taken
