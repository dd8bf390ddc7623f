"""Where files are kept, read and swept away."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection

from connectors import logs, metrics
from connectors.attachments.clean import Cleaned, clean
from connectors.attachments.refused import AttachmentGone, AttachmentRefused
from connectors.clock import Clock
from connectors.ids import first_id, new_id
from connectors.messages import Attachment
from connectors.sanitize import printable
from connectors.settings import Settings
from connectors.store import attachments
from connectors.store.attachments import Kept
from connectors.store.database import Database, StoreUnavailable

log = logs.get(__name__)

T = TypeVar("T")

AT_ONCE: Final = 2  # files cleaned side by side: a large photo takes 200 MB while it is
UNSENT: Final = timedelta(days=1)  # how long a file waits for the message it belongs to
SWEEP_EVERY: Final = 900.0  # seconds
DAILY: Final = 96  # sweeps in a day
NAME_MOST: Final = 80  # characters
_ID = re.compile(r"f_[0-9a-f]{38}")
_SMALL, _PARTIAL = ".small", ".partial"


class AttachmentKeeper:
    """Checked and cleaned files, each kept once however often it is sent."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self.limits = settings.attachments
        self._folder = settings.attachments.folder or settings.data_dir / "attachments"
        self._db = database
        self._clock = clock
        self._places = asyncio.Semaphore(AT_ONCE)

    async def keep(self, data: bytes, name: str = "") -> Attachment:
        """The file, safely on disk, as a part of a message; the same content has the same id.

        ``latitude`` and ``longitude`` of the part are where the file said it was taken, which what
        is kept no longer says. Raises :class:`AttachmentRefused` and ``StoreUnavailable``.
        """
        try:
            cleaned = await self._aside(lambda: clean(data, self.limits))
        except AttachmentRefused as refused:
            metrics.attachments_total.labels(refused.reason.value).inc()
            raise
        kept = Kept(
            f"f_{hashlib.sha256(cleaned.data).hexdigest()[:38]}", cleaned.media, len(cleaned.data)
        )
        now = self._clock.now()
        # On the list first: what is on it, the sweeping leaves alone.
        await self._db.transact(lambda conn: attachments.note(conn, kept, now))
        try:
            await self._aside(lambda: self._write(kept.id, cleaned))
        except OSError as error:
            log.error("attachment.not_written", reason=str(error.strerror))
            raise StoreUnavailable("the folder of attachments cannot be written") from error
        metrics.attachments_total.labels("kept").inc()
        latitude, longitude = cleaned.place or (None, None)
        return Attachment(kept.id, kept.media, kept.size, _name(name), latitude, longitude)

    async def read(self, attachment_id: str) -> tuple[str, bytes]:
        """Media type and content. Raises :class:`AttachmentGone`."""
        kept = await self.find(attachment_id)
        try:
            return kept.media, await asyncio.to_thread(self.path(kept.id).read_bytes)
        except FileNotFoundError:
            raise AttachmentGone(attachment_id) from None

    async def find(self, attachment_id: str) -> Kept:
        """What is known of a file. Raises :class:`AttachmentGone`."""
        kept = await self._db.read(lambda conn: attachments.get(conn, attachment_id))
        if kept is None:
            raise AttachmentGone(attachment_id)
        return kept

    def path(self, attachment_id: str, *, small: bool = False) -> Path:
        """Where the file lies. Raises :class:`AttachmentGone` for what is no id of ours."""
        if not _ID.fullmatch(attachment_id):
            raise AttachmentGone(attachment_id)
        name = attachment_id + (_SMALL if small else "")
        return self._folder / attachment_id[2:4] / name

    async def sweep(self) -> int:
        """Deletes what nothing uses; how many files that were."""
        before = self._clock.now() - UNSENT
        count = 0
        while True:

            def unit(conn: Connection) -> list[str]:
                return attachments.unused(conn, before)

            ids = await self._db.transact(unit)
            for one in ids:
                await self._delete(one)
            count += len(ids)
            if not ids:
                return count

    async def sweep_left(self) -> int:
        """Deletes what a gateway that died has left behind: files that are on no list any more,
        and half of files; how many there were."""
        before, gone = self._clock.now() - UNSENT, 0
        for folder in await asyncio.to_thread(lambda: sorted(self._folder.glob("??"))):
            ids, halves = await asyncio.to_thread(_old, folder, before)
            listed = await self._db.read(partial(attachments.known, ids=ids))
            lost = ids - {one.id for one in listed}
            for one in lost:
                await self._delete(one)
            for half in halves:
                await asyncio.to_thread(half.unlink, missing_ok=True)
            gone += len(lost) + len(halves)
        return gone

    async def run(self) -> None:
        """Sweeps now and then, until cancelled; what was left behind, at the start and daily."""
        for number in count():
            try:
                swept = await self.sweep()
                if number % DAILY == 0:
                    swept += await self.sweep_left()
                if swept:
                    log.info("attachments.swept", count=swept)
            except (StoreUnavailable, OSError) as error:
                log.error("attachments.not_swept", reason=str(error))
            await asyncio.sleep(SWEEP_EVERY)

    async def _delete(self, attachment_id: str) -> None:
        """Whoever keeps the same content in this very moment has it on the list before they write:
        so the file is put aside, the list looked at again, and the file put back or deleted."""
        for path in (self.path(attachment_id), self.path(attachment_id, small=True)):
            aside = path.with_name(f"{path.name}.{new_id('x')}{_PARTIAL}")
            try:
                await asyncio.to_thread(path.replace, aside)
            except FileNotFoundError:
                continue
            again = await self._db.read(lambda conn: attachments.get(conn, attachment_id))
            if again is not None:
                await asyncio.to_thread(aside.replace, path)
            else:
                await asyncio.to_thread(aside.unlink)

    async def _aside(self, work: Callable[[], T]) -> T:
        async with self._places:
            return await asyncio.to_thread(work)

    def _write(self, attachment_id: str, cleaned: Cleaned) -> None:
        self.path(attachment_id).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(self.path(attachment_id), cleaned.data)
        if cleaned.small is not None:
            _write(self.path(attachment_id, small=True), cleaned.small)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and on the disk when this returns."""
    partial = path.with_name(f"{path.name}.{new_id('x')}{_PARTIAL}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _old(folder: Path, before: datetime) -> tuple[set[str], list[Path]]:
    """The files in a folder that were written before then, by their ids, and the halves of files
    begun before then, which their names tell."""
    ids: set[str] = set()
    halves: list[Path] = []
    for entry in os.scandir(folder):
        whole = entry.name.removesuffix(_SMALL)
        if entry.name.endswith(_PARTIAL):
            if entry.name.removesuffix(_PARTIAL).rpartition(".")[2] < first_id("x", before):
                halves.append(Path(entry.path))
        elif _ID.fullmatch(whole):
            with suppress(FileNotFoundError):  # another gateway was quicker
                if entry.stat().st_mtime < before.timestamp():
                    ids.add(whole)
    return ids, halves


def _name(name: str) -> str:
    """A label to show; never a path, and nothing is decided by it."""
    return re.split(r"[/\\]", printable(name).replace("\n", " "))[-1][:NAME_MOST].strip()
