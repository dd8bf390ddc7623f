"""What becomes of a message that did not leave: again, held back, elsewhere, or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Connection

from connectors import logs
from connectors.channel import SendError
from connectors.delivery.backoff import backoff
from connectors.delivery.fallback import Fallback, move
from connectors.delivery.rerouting import Rerouting
from connectors.messages import Purpose
from connectors.settings.outbox import Outbox
from connectors.store import deliveries, holding, outbox
from connectors.store.delivery_tables import WINDOW_CLOSED
from connectors.store.outbox import Delivery

LEAST_TRIES = 8  # even of a message that has waited for long already
DETAIL_MOST = 500  # characters
TOLD_TRIES = 3  # of what platforms take, charge for, and then cannot deliver
LONGEST_WISH = timedelta(hours=24)  # a platform may ask us to wait


class Broken(SendError):
    """The channel raised something else than a send error: a mistake of ours."""

    retry: ClassVar[bool] = True
    code: ClassVar[str] = "broken"


class Fate(StrEnum):
    AGAIN = "again"
    HELD = "held"
    MOVED = "moved"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Failures:
    settings: Outbox
    fallback: Fallback
    rerouting: Rerouting

    def settle(
        self,
        conn: Connection,
        delivery: Delivery,
        error: SendError,
        now: datetime,
        *,
        told: bool = False,
    ) -> Fate:
        """Decides and writes it down. ``delivery.attempts`` counts the one that failed. ``told``:
        the platform had taken it, and tells now that it could not deliver."""
        detail = logs.mask(error.detail)[:DETAIL_MOST]
        spent = told and delivery.attempts >= TOLD_TRIES
        other = self.rerouting.other(conn, delivery) if error.other_account else None
        if other is not None and other.fresh and not spent:
            self.rerouting.move(conn, delivery, other.account, now, error.code, detail, now)
            return Fate.AGAIN
        # A code proves one phone and is good for minutes: it never waits nor goes another way.
        bound = delivery.purpose == Purpose.VERIFICATION
        if error.code == WINDOW_CLOSED and not bound:
            return self._window_closed(conn, delivery, detail, now)
        if error.retry and not spent and self._worth_trying(conn, delivery, error, now):
            pause = backoff(delivery.attempts)
            if error.retry_after is not None:
                pause = max(pause, min(error.retry_after, LONGEST_WISH))
            if other is not None:
                self.rerouting.move(
                    conn, delivery, other.account, now + pause, error.code, detail, now
                )
            else:
                deliveries.try_again(conn, delivery.id, now + pause, error.code, detail, now)
            return Fate.AGAIN
        elsewhere = error.falls_back and not bound
        return self._give_up(conn, delivery, error.code, detail, now, elsewhere=elsewhere)

    def _worth_trying(
        self, conn: Connection, delivery: Delivery, error: SendError, now: datetime
    ) -> bool:
        if delivery.attempts < LEAST_TRIES:
            return True
        waited = now - deliveries.said_at(conn, delivery)
        return not isinstance(error, Broken) and waited < self.settings.patience

    def _window_closed(
        self, conn: Connection, delivery: Delivery, detail: str, now: datetime
    ) -> Fate:
        other = self.fallback(conn, delivery)
        if other is None and delivery.error_code != WINDOW_CLOSED:
            holding.hold(conn, delivery.id, now + self.settings.hold, detail, now)
            return Fate.HELD
        return self._give_up(conn, delivery, WINDOW_CLOSED, detail, now, elsewhere=True)

    def _give_up(
        self,
        conn: Connection,
        delivery: Delivery,
        code: str,
        detail: str,
        now: datetime,
        *,
        elsewhere: bool,
    ) -> Fate:
        other = self.fallback(conn, delivery) if elsewhere else None
        if other is not None:
            move(conn, delivery, other, now)
        fate = Fate.DEAD if other is None else Fate.MOVED
        outbox.give_up(conn, delivery.id, fate.value, code, detail, now)
        return fate
