"""Empties the outbox: each conversation in its order, different conversations side by side.

A delivery is claimed before it is sent, so another gateway tries it only after the claim has run
out. Each account has its own room: one that is slow, out of order or at its limit keeps nobody else
waiting. What is not due is not polled for: the sender sleeps until something wakes it or the next
delivery's time has come. Where nothing could hold an answer back, the turn that writes it claims it
in the same commit, which saves the look.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from connectors import logs
from connectors.channel import Channel, Receipts
from connectors.clock import Clock
from connectors.coordination.coordinator import Coordinator
from connectors.delivery import clearance
from connectors.delivery.accounts import Accounts
from connectors.delivery.breaker import Rests
from connectors.delivery.clearance import Cleared
from connectors.delivery.clock_watch import ClockWatch
from connectors.delivery.codes import Codes
from connectors.delivery.dispatcher import Dispatcher
from connectors.delivery.endings import Endings
from connectors.delivery.failures import Failures, Fate
from connectors.delivery.fallback import other_address
from connectors.delivery.planning import Planner, Said
from connectors.delivery.receipts import ReceiptBook
from connectors.delivery.rerouting import Rerouting
from connectors.messages import Stored
from connectors.settings.outbox import Outbox
from connectors.store import clock_back, deliveries, holding, outbox, receipts
from connectors.store.conversations import Conversation
from connectors.store.database import Database, StoreUnavailable
from connectors.store.outbox import Claim, Delivery
from connectors.store.turns import Account
from connectors.texts import Texts

log = logs.get(__name__)

IDLE = 5.0  # seconds between looks at the store when nothing wakes us
STORE_PAUSE = 1.0
STRANDED_MOST = 200  # deliveries handed to another account at once
LOST_RACE = 0.02  # seconds until another look when other gateways were quicker


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in the queue: deliveries that may go, those whose account is out of order and
    that another may carry, and when there may be more."""

    due: tuple[tuple[Account, tuple[Delivery, ...]], ...]
    stranded: tuple[Delivery, ...]
    reopened: bool
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one account's due deliveries in the claiming transaction."""

    account: Account
    cleared: Cleared
    shut: tuple[tuple[Delivery, Fate, str], ...]
    all_begun: bool
    """All that was due goes now; what each blocked or had no room beside it is looked for when it
    ends."""
    said: Said | None = None
    """The message of the only one that goes, where the unit that claimed it has written it."""


class Sender:
    def __init__(
        self,
        *,
        database: Database,
        coordinator: Coordinator,
        channels: Mapping[str, Channel],
        clock: Clock,
        texts: Texts,
        settings: Outbox,
        alone: bool,
        code_key: bytes = b"",
    ) -> None:
        """``alone``: no other gateway shares the store, so our clock is the only one. ``code_key``:
        the house's key, from which one-time codes are made."""
        self._db = database
        self._channels = channels
        self._clock = clock
        self._alone = alone
        rests = Rests(settings.rest_after, settings.first_rest, settings.longest_rest)
        self._parallel = settings.parallel
        self._accounts = Accounts(rests, self._parallel_of)
        self._rerouting = Rerouting(channels)
        self._failures = Failures(settings, other_address(channels), self._rerouting)
        self._endings = Endings(coordinator)
        self._receipts = ReceiptBook(
            database=database,
            coordinator=coordinator,
            clock=clock,
            failures=self._failures,
            endings=self._endings,
            wake=self.wake,
        )
        self._dispatcher = Dispatcher(
            database=database,
            channels=channels,
            clock=clock,
            send_timeout=settings.send_timeout,
            failures=self._failures,
            receipts=self._receipts,
            endings=self._endings,
            planner=Planner(texts, Codes(code_key, texts)),
        )
        self._woken = asyncio.Event()
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        self._watch = ClockWatch(clock)

    def _parallel_of(self, account: Account) -> int:
        """Room for all the turns that are taken ahead, or a quick account would miss some."""
        channel = self._channels.get(account[0])
        pace = channel.capabilities.limits_of(account[1]).per_second if channel else None
        turns = int((pace or 0) * clearance.AHEAD.total_seconds()) + 1
        return max(self._parallel, turns)

    @property
    def receipts(self) -> Receipts:
        """Where the channels hand in receipts."""
        return self._receipts

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    @asynccontextmanager
    async def claiming(self) -> AsyncIterator[Claim]:
        """For a unit that writes for a conversation: what it claims, as the last thing it does, is
        sent once it is committed. Everything else is looked for then."""
        taken: Taken | None = None

        def give_room_back() -> None:
            nonlocal taken
            if taken is not None:
                self._accounts[taken.account].under_way -= 1
                taken = None

        def claim(conn: Connection, talk: Conversation, said: Sequence[Stored]) -> None:
            nonlocal taken
            give_room_back()  # of an earlier run of the unit, which was undone
            taken = self._take_first(conn, talk, said)
            if taken is not None:
                self._accounts[taken.account].under_way += 1

        try:
            yield claim
            begun = taken
        finally:
            give_room_back()
        if begun is not None:
            await self._begin(begun)
        else:
            self.wake()

    def _take_first(
        self, conn: Connection, talk: Conversation, said: Sequence[Stored]
    ) -> Taken | None:
        """The delivery a conversation is to be sent next, on a channel that holds nothing back."""
        account = (talk.channel, talk.account)
        channel, now = self._channels.get(talk.channel), self._clock.now()
        if self._stopping or channel is None or self._accounts[account].room == 0:
            return None
        if not clearance.never_holds_back(channel.capabilities, account[1]):
            return None
        first = outbox.claim_first(conn, account, talk.id, now + clearance.CLAIM, now)
        if first is None:
            return None
        message = next((one for one in said if one.id == first.message_id), None)
        known = Said(message, talk.person) if message is not None else None
        return Taken(account, Cleared(((first, now),)), (), True, known)

    async def run(self) -> None:
        """Sends until stopped."""
        await self._start()
        while not self._stopping:
            self._woken.clear()
            try:
                pause = await self._pass()
            except StoreUnavailable as error:
                log.error("store.unavailable", reason=str(error))
                pause = STORE_PAUSE
            except Exception:
                log.exception("outbox.broken")
                pause = STORE_PAUSE
            if pause > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken.wait()

    async def stop(self, limit: float) -> None:
        """Begins nothing new and lets what is under way end within ``limit`` seconds."""
        self._stopping = True
        self._woken.set()
        if self._under_way:
            _, late = await asyncio.wait(set(self._under_way.values()), timeout=limit)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    # One look at the queue ---------------------------------------------------------------------

    async def _start(self) -> None:
        with suppress(StoreUnavailable):
            await self._db.transact(lambda c: receipts.forget_old_strays(c, self._clock.now()))
            if self._alone:
                await self._pull_back(self._watch.looked_at)

    async def _pass(self) -> float:
        """Begins what may begin; how many seconds until there may be more."""
        since = self._watch.gone_back()
        if since is not None and self._alone:
            await self._pull_back(since)
        now = self._clock.now()
        look, taken = await self._db.transact(
            lambda conn: self._look_and_take(conn, now), durable=False
        )
        if look.reopened:
            await self._db.transact(lambda conn: clearance.release_reopened(conn, now))
            return 0.0
        began = 0
        if look.stranded:
            began += await self._db.transact(lambda conn: self._reroute(conn, look.stranded))
        for one in taken:
            began += await self._begin(one)
        if look.due and not began:
            return LOST_RACE
        if began and (look.stranded or not all(one.all_begun for one in taken)):
            return 0.0
        return self._until_next(look)

    def _look_and_take(self, conn: Connection, now: datetime) -> tuple[Look, list[Taken]]:
        look = self._look(conn, now)
        return look, [] if look.reopened else self._take(conn, look)

    def _look(self, conn: Connection, now: datetime) -> Look:
        due: list[tuple[Account, tuple[Delivery, ...]]] = []
        stranded: list[Delivery] = []
        moments: list[datetime] = []
        for account in deliveries.accounts(conn):
            state = self._accounts[account]
            room = state.room
            if room == 0:
                state.crowded = True
                if state.is_down and self._has_others(account):
                    stranded += deliveries.due(conn, account, now, STRANDED_MOST)
                if state.rest > 0:
                    moments.append(now + timedelta(seconds=state.rest))
                continue
            found = deliveries.due(conn, account, now, room + state.under_way)
            fresh = tuple(one for one in found if one.id not in self._under_way)[:room]
            state.crowded = len(fresh) == room
            if fresh:
                due.append((account, fresh))
            if moment := deliveries.next_due_at(conn, account, now):
                moments.append(moment)
        stranded = [one for one in stranded if one.id not in self._under_way]
        return Look(
            tuple(due), tuple(stranded), holding.any_reopened(conn), min(moments, default=None)
        )

    def _has_others(self, account: Account) -> bool:
        channel = self._channels.get(account[0])
        return channel is not None and channel.capabilities.accounts_for is not None

    def _reroute(self, conn: Connection, stranded: Sequence[Delivery]) -> int:
        """Hands what waits on an account that is out of order to the next that is not."""
        now, moved = self._clock.now(), 0
        for delivery in stranded:
            down = self._accounts.down(delivery.channel)
            other = self._rerouting.other(conn, delivery, avoid=down)
            if other is not None:
                self._rerouting.move(
                    conn, delivery, other.account, now, "rerouted", "the account rests", now
                )
                moved += 1
        return moved

    def _take(self, conn: Connection, look: Look) -> list[Taken]:
        now = self._clock.now()
        taken = []
        for account, due in look.due:
            channel = self._channels.get(account[0])
            if channel is None:  # the dispatcher says so of each
                cleared = clearance.claim_all(conn, due, now)
            else:
                cleared = clearance.clear(conn, account, due, channel.capabilities, now)
            shut = tuple(
                (one, self._failures.settle(conn, one, error, now), error.code)
                for one, error in cleared.shut
            )
            taken.append(Taken(account, cleared, shut, len(cleared.go) == len(due)))
        return taken

    async def _begin(self, taken: Taken) -> int:
        """Starts the sends of one account; how many, and windows found shut, there were."""
        state = self._accounts[taken.account]
        if taken.cleared.rest_until is not None:
            state.rest_for((taken.cleared.rest_until - self._clock.now()).total_seconds())
        for delivery, at in taken.cleared.go:
            state.under_way += 1
            self._under_way[delivery.id] = asyncio.create_task(
                self._dispatch(delivery, at, taken.account, taken.said),
                name=f"send {delivery.id}",
            )
        for delivery, fate, code in taken.shut:
            await self._endings.tell(delivery, fate, code)
        return len(taken.cleared.go) + len(taken.shut)

    async def _dispatch(
        self, delivery: Delivery, at: datetime, account: Account, said: Said | None
    ) -> None:
        state = self._accounts[account]
        more = True
        try:
            more = await self._dispatcher.dispatch(delivery, at, state, said)
        except StoreUnavailable as error:  # the claim runs out, then it is tried again
            log.error("store.unavailable", reason=str(error))
        except Exception:
            log.exception("outbound.broken", delivery_id=delivery.id)
        finally:
            state.under_way -= 1
            self._under_way.pop(delivery.id, None)
            if more or state.crowded:
                self._woken.set()

    def _until_next(self, look: Look) -> float:
        if look.next_at is None:
            return IDLE
        return min(IDLE, max(0.005, (look.next_at - self._clock.now()).total_seconds()))

    async def _pull_back(self, since: datetime) -> None:
        """After the clock went back, what is due would wait for the old time to return."""
        now = self._clock.now()
        await self._db.transact(
            lambda conn: clock_back.pull_back(conn, since, now, self._under_way)
        )
