"""How each account fares in this gateway: how many sends are under way, whether it must rest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from connectors import logs, metrics
from connectors.delivery.breaker import Breaker, Rests, State
from connectors.store.turns import Account

log = logs.get(__name__)

NEARLY = 0.9  # of an interval: late turns are caught up with at a tenth above the pace
RELOOK = 300.0  # seconds after which a rest is looked into again, should a clock have jumped


class AccountState:
    """One account. Times are of the monotonic clock, which nobody sets."""

    def __init__(
        self, account: Account, rests: Rests, parallel: int, monotonic: Callable[[], float]
    ) -> None:
        self._account = account
        self._parallel = parallel
        self._monotonic = monotonic
        self._breaker = Breaker(rests, monotonic)
        self._rest_until = 0.0
        self._sent_at = 0.0
        self.under_way = 0
        self.crowded = False  # more may have been due, at the last look, than there was room for

    @property
    def room(self) -> int:
        """How many more sends may begin now."""
        if self._monotonic() < self._rest_until:
            return 0
        match self._breaker.look():
            case State.CLOSED:
                return max(0, self._parallel - self.under_way)
            case State.HALF_OPEN:
                return max(0, 1 - self.under_way)
            case State.OPEN:
                return 0

    @property
    def is_down(self) -> bool:
        """Whether the circuit is open: what is due may go by another account."""
        return self._breaker.look() is State.OPEN

    @property
    def rest(self) -> float:
        """Seconds until there may be room again; 0 when only sends under way fill it."""
        return max(0.0, self._rest_until - self._monotonic(), self._breaker.rest)

    def rest_for(self, seconds: float) -> None:
        """Begins nothing for so long."""
        until = self._monotonic() + min(RELOOK, max(0.0, seconds))
        self._rest_until = max(self._rest_until, until)

    async def apart(self, per_second: float | None) -> None:
        """Waits until the last send is nearly an interval ago: turns that came late, because the
        store or the machine was slow, are not made up for in a burst."""
        if per_second is None:
            return
        now = self._monotonic()
        at = max(now, self._sent_at + NEARLY / per_second)
        self._sent_at = at
        await asyncio.sleep(at - now)

    def succeeded(self) -> None:
        """The platform answered, if only to refuse this one message."""
        if self._breaker.look() is not State.CLOSED:
            log.info("account.answers_again", channel=self._account[0], account=self._account[1])
        self._breaker.succeeded()
        metrics.account_resting.labels(*self._account).set(0)

    def failed(self, code: str) -> None:
        """The account itself is in trouble."""
        was_open = self._breaker.look() is State.OPEN
        self._breaker.failed()
        if self._breaker.state is State.OPEN and not was_open:
            metrics.account_resting.labels(*self._account).set(1)
            log.error(
                "account.rests",
                channel=self._account[0],
                account=self._account[1],
                code=code,
                seconds=round(self._breaker.rest),
            )


class Accounts:
    """Every account seen so far; an unknown one begins in good health."""

    def __init__(
        self,
        rests: Rests,
        parallel: Callable[[Account], int],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``parallel``: how many sends of an account may be under way, or wait for their turn."""
        self._rests = rests
        self._parallel = parallel
        self._monotonic = monotonic
        self._known: dict[Account, AccountState] = {}

    def down(self, channel: str) -> list[str]:
        """The accounts of a channel that are out of order."""
        return [
            name for (of, name), state in self._known.items() if of == channel and state.is_down
        ]

    def __getitem__(self, account: Account) -> AccountState:
        if account not in self._known:
            self._known[account] = AccountState(
                account, self._rests, self._parallel(account), self._monotonic
            )
        return self._known[account]
