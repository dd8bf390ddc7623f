"""The embedded store: one SQLite file, write-ahead log, every commit synced to disk.

There is one writing connection, and *group commit*: units that arrive within
:data:`GROUP_WINDOW` share a transaction, so that one ``fsync`` serves all. When one of them fails,
the transaction is undone and the group runs again with each unit in a savepoint of its own, so that
a failing unit undoes only itself; savepoints for everybody would cost a tenth of a unit's time.
Units run on the event loop, where a statement takes microseconds; only the ``COMMIT``, which waits
for the disk, runs in a thread, while the loop goes on and collects the next group. A unit that is
alone has nobody to wait for it, so while the disk is quick (:class:`Disk`) it is committed on the
loop too: handing it over and back costs as much as a quick disk takes. Readers have a connection of
their own: they see what is committed, and never wait for a writer. Measurements: ``docs/speed.md``.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from connectors.store.errors import StoreUnavailable
from connectors.store.file_lock import FileLock
from connectors.store.sqlite_file import CHECKPOINT, engine, raw_of

T = TypeVar("T")

GROUP_WINDOW: Final = 0.002  # seconds between the starts of two groups
GROUP_MOST: Final = 256  # units in one transaction: bounds how long the loop is held
QUICK: Final = 0.002  # seconds a commit may hold the loop, a fraction of what a full group does
WARY: Final = 16
WARIEST: Final = 1024
TURN_OUT: Final = 64
BUSY_LIMIT: Final = 5.0  # seconds another process may keep us from writing
BUSY_PAUSE: Final = 0.01

# What says "not now" rather than "this unit is wrong"; the low byte of SQLite's extended codes.
_UNAVAILABLE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)


@dataclass(slots=True)
class Disk:
    """Which commits that wait for the disk may be made on the loop.

    One that holds it longer than :data:`QUICK` sends the next :data:`WARY` into the thread, and
    each time the first on the loop after them is slow as well, twice as many. What a commit takes
    in the thread says little of the disk: there it waits for the interpreter too. After
    :data:`TURN_OUT` on the loop one is made in the thread, where the log is moved into the
    database, which takes long.
    """

    in_thread: int = WARY  # how many of the next are made there
    wary: int = WARY  # how many after the next slow one
    in_row: int = 0  # on the loop

    @property
    def may_hold_the_loop(self) -> bool:
        return self.in_thread <= 0

    def made_in_thread(self) -> None:
        self.in_thread -= 1

    def held_the_loop(self, seconds: float) -> None:
        if seconds > QUICK:
            self.in_thread, self.wary, self.in_row = self.wary, min(2 * self.wary, WARIEST), 0
            return
        self.wary = WARY
        self.in_row += 1
        if self.in_row == TURN_OUT:
            self.in_thread, self.in_row = 1, 0


@dataclass(slots=True)
class _Waiting:
    """A unit; once it ran, its value, or the failure that undid its writes."""

    unit: Callable[[Connection], Any]
    done: asyncio.Future[Any]
    since: float
    durable: bool
    value: Any = None
    failure: BaseException | None = None


class SqliteDatabase:
    def __init__(self, path: Path | None) -> None:
        """Opens (and makes) the file at ``path``; ``None`` is a store in memory, for tests.

        Raises :class:`StoreUnavailable`, and :class:`StoreRefused` while a restore replaces it.
        """
        self.path = path
        self._lock: FileLock | None = None
        if path is not None:
            self._lock = FileLock.beside(path)
            self._lock.share()
        try:
            self._engine = engine(path)
            self._connection = self._engine.connect()
            self._raw = raw_of(self._connection)
            self._reading = self._connection if path is None else engine(path, True).connect()
        except (DBAPIError, OSError) as error:
            if self._lock is not None:
                self._lock.release()
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise StoreUnavailable(f"{path} cannot be opened: {reason}") from error
        self._raw_reading = raw_of(self._reading)
        self._committer = ThreadPoolExecutor(1, "store commit")
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.Handle | None = None
        self._flight: asyncio.Future[None] | None = None
        self._group_began = 0.0
        self._synced = True
        self._moves = True  # whether a commit may move the log into the database
        self._together = 0  # units in the latest group
        self._disk = Disk()
        self._closed = False

    @property
    def connection(self) -> Connection:
        """The writing connection, for work before the loop runs."""
        return self._connection

    @property
    def lock(self) -> FileLock | None:
        """Held shared while the store is open; ``None`` in memory."""
        return self._lock

    async def transact(self, unit: Callable[[Connection], T], *, durable: bool = True) -> T:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append(_Waiting(unit, done, loop.time(), durable))
        if not durable and self._flight is None and self._timer is None:
            self._begin_group()  # at once: there is no sync to share with others
        else:
            self._schedule(loop)
        return await done

    async def read(self, unit: Callable[[Connection], T]) -> T:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        raw = self._raw_reading
        try:
            raw.execute("BEGIN")
            try:
                return unit(self._reading)
            finally:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
        except (DBAPIError, sqlite3.Error) as error:
            if _code(error) in _UNAVAILABLE:
                raise _translated(error) from error
            raise

    async def close(self) -> None:
        """Commits what waits, then lets go of the file."""
        if self._closed:
            return
        while self._waiting or self._flight is not None:
            if self._flight is not None:
                await asyncio.wait({self._flight})
                await asyncio.sleep(0)  # its callback settles the group
            else:
                await asyncio.sleep(BUSY_PAUSE)  # the timer begins the group
        self.let_go()

    def let_go(self) -> None:
        """Closes the file at once, for use outside of a running loop; nothing may be waiting."""
        self._closed = True
        self._committer.shutdown()
        for connection in {self._reading, self._connection}:
            connection.close()
            connection.engine.dispose()
        if self._lock is not None:
            self._lock.release()

    # Groups ------------------------------------------------------------------------------------

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins a group soon: at once after a pause or a unit that was alone (a single turn's
        transactions follow one another), else a window after the one before."""
        if self._timer is not None or self._flight is not None or not self._waiting:
            return
        begin = self._group_began + (GROUP_WINDOW if self._together > 1 else 0.0)
        if loop.time() >= begin:
            self._timer = loop.call_soon(self._begin_group)
        else:
            self._timer = loop.call_at(begin, self._begin_group)

    def _begin_group(self) -> None:
        """Runs the waiting units in one transaction and sends its commit on its way."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        # Who was cancelled before their unit began wants it no more.
        alive = [waiting for waiting in self._waiting if not waiting.done.done()]
        group, self._waiting = alive[:GROUP_MOST], alive[GROUP_MOST:]
        if not group:
            return
        loop = asyncio.get_running_loop()
        self._group_began = loop.time()
        alone = len(group) == 1 and self._together <= 1 and self._disk.may_hold_the_loop
        self._together = len(group)
        changes = self._raw.total_changes
        synced = any(waiting.durable for waiting in group)
        try:
            self._sync(synced, moves=synced and not alone)
            self._run_together(group)
        except BaseException as error:
            self._roll_back()
            if _code(error) == sqlite3.SQLITE_BUSY and loop.time() - group[0].since < BUSY_LIMIT:
                self._waiting[:0] = group
                self._timer = loop.call_later(BUSY_PAUSE, self._begin_group)
                return
            _fail(group, error)
            self._schedule(loop)
            if not isinstance(error, Exception):
                raise
            return
        if self.path is None or not synced or alone or self._raw.total_changes == changes:
            began = loop.time()
            self._commit_here(group)
            if alone and synced and self._raw.total_changes != changes:
                self._disk.held_the_loop(loop.time() - began)
            self._schedule(loop)
        else:
            self._flight = loop.run_in_executor(self._committer, self._commit)
            self._flight.add_done_callback(partial(self._landed, group))

    def _sync(self, wanted: bool, *, moves: bool) -> None:
        """Whether the next commit waits for the disk, and whether it may move pages from the log
        into the database, which takes long."""
        if wanted is not self._synced:
            self._raw.execute(f"PRAGMA synchronous = {'FULL' if wanted else 'NORMAL'}")
            self._synced = wanted
        if moves is not self._moves:
            self._raw.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT if moves else 0}")
            self._moves = moves

    def _run_together(self, group: list[_Waiting]) -> None:
        """Runs the units in one transaction, left open. Raises when that is lost for all."""
        raw, connection = self._raw, self._connection
        raw.execute("BEGIN IMMEDIATE")
        try:
            for waiting in group:
                waiting.value = waiting.unit(connection)
                if not raw.in_transaction:  # or the next ones would write outside of any
                    raise _Ended("a unit ended the transaction")
        except _Ended:
            raise
        except Exception:
            self._roll_back()
        else:
            return
        raw.execute("BEGIN IMMEDIATE")
        for waiting in group:
            self._run_apart(waiting)

    def _run_apart(self, waiting: _Waiting) -> None:
        """Runs one unit in a savepoint. Raises when the whole transaction is lost."""
        raw = self._raw
        raw.execute("SAVEPOINT unit")
        try:
            waiting.value = waiting.unit(self._connection)
        except Exception as error:
            # A full disk may have ended the transaction already; then this raises, and rightly so.
            raw.execute("ROLLBACK TO unit")
            waiting.failure = _translated(error)
        raw.execute("RELEASE unit")

    def _commit(self) -> None:
        self._raw.execute("COMMIT")

    def _commit_here(self, group: list[_Waiting]) -> None:
        try:
            self._commit()
        except sqlite3.Error as error:
            self._roll_back()
            _fail(group, error)
        else:
            _settle(group)

    def _landed(self, group: list[_Waiting], flight: asyncio.Future[Any]) -> None:
        self._flight = None
        if flight.cancelled():
            error: BaseException | None = asyncio.CancelledError()
        else:
            error = flight.exception()
        if error is None:
            self._disk.made_in_thread()
            _settle(group)
        else:
            self._roll_back()
            _fail(group, error)
        self._schedule(flight.get_loop())

    def _roll_back(self) -> None:
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")


class _Ended(Exception):
    """A unit committed or rolled back what was not its own."""


def _settle(group: list[_Waiting]) -> None:
    for one in group:
        if one.done.done():  # the caller was cancelled meanwhile; its unit is kept all the same
            continue
        if one.failure is None:
            one.done.set_result(one.value)
        else:
            one.done.set_exception(one.failure)


def _fail(group: list[_Waiting], error: BaseException) -> None:
    lost = _translated(error)
    if not isinstance(lost, StoreUnavailable):
        lost = StoreUnavailable(f"the transaction was lost: {type(error).__name__}")
        lost.__cause__ = error
    for one in group:
        if not one.done.done():
            one.done.set_exception(lost)


def _code(error: BaseException) -> int | None:
    """SQLite's primary result code behind an exception, if there is one."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _translated(error: BaseException) -> BaseException:
    """``StoreUnavailable`` for what says "not now"; anything else as it is."""
    if _code(error) not in _UNAVAILABLE:
        return error
    unavailable = StoreUnavailable(str(error.orig if isinstance(error, DBAPIError) else error))
    unavailable.__cause__ = error
    return unavailable
