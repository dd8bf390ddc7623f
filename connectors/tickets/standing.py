"""How a ticket system fares: whether it may be tried, what is wrong with it and since when."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from actions.work_orders.tickets import TicketError
from connectors import logs
from connectors.clock import Clock, in_china
from connectors.delivery.breaker import Breaker, Rests, State

log = logs.get(__name__)


class Standing:
    """One system, as this gateway has found it."""

    def __init__(
        self,
        name: str,
        rests: Rests,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._clock = clock
        self._breaker = Breaker(rests, monotonic)
        self._why = ""
        self._since: datetime | None = None

    def room(self, parallel: int) -> int:
        """How many requests may be under way now; 0 while it rests."""
        return {State.CLOSED: parallel, State.HALF_OPEN: 1, State.OPEN: 0}[self._breaker.look()]

    @property
    def rest(self) -> float:
        """Seconds until it may be tried again."""
        return self._breaker.rest

    @property
    def wrong(self) -> str | None:
        """What is wrong with it, and since when; None when nothing is."""
        if self._since is None:
            return None
        return f"{self._why}, since {in_china(self._since):%m-%d %H:%M}"

    def succeeded(self) -> bool:
        """It answered, if only to refuse something. Whether it had been out of order."""
        was_down, self._since, self._why = self._since is not None, None, ""
        self._breaker.succeeded()
        if was_down:
            log.info("ticket_system.answers_again", system=self.name)
        return was_down

    def failed(self, error: TicketError) -> None:
        if self._since is None:
            self._since = self._clock.now()
        self._why = f"{error.code}: {error.detail}" if error.detail else error.code
        was_open = self._breaker.look() is State.OPEN
        self._breaker.failed()
        if self._breaker.state is State.OPEN and not was_open:
            log.error(
                "ticket_system.rests",
                system=self.name,
                code=error.code,
                seconds=round(self._breaker.rest),
            )
