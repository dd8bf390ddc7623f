"""One file that holds a whole embedded deployment, made while it runs; and the way back.

A backup is a gzipped tar of the data folder: the store, Rasa's tracker store, the knowledge bases,
attachments and the kept secrets (without which every open web chat would lose its conversation);
so the file is as confidential as the folder. Databases are copied with SQLite's online backup, the
gateway's before Rasa's: a tracker that knows one turn more is set right when that turn is taken
again, one that knows less has forgotten what was said. ``manifest.json``, the last member, has the
size and digest of every file: an archive without it was not finished.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Final

from connectors.store.errors import StoreRefused, StoreUnavailable
from connectors.store.migration import is_known

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
STORE: Final = "huiying.db"
ASIDE: Final = "before-restore-"
_STAGING: Final = ".restoring-"
_PARTIAL: Final = ".partial"
_TRANSIENT: Final = (".lock", "-wal", "-shm", "-journal", _PARTIAL)
_SQLITE: Final = b"SQLite format 3\0"
_WRITER: Final = "writer.lock"  # held by who changes the folder it lies in
_WRITER_PATIENCE: Final = 60.0  # seconds
_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Item:
    """A file of a backup: its path in the data folder, its size in bytes, its SHA-256."""

    path: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Backup:
    made_at: str
    files: tuple[Item, ...]


def back_up(data: Path, target: Path, now: datetime) -> Backup:
    """Writes ``target``, readable by its owner only; it appears when it is complete.

    Raises :class:`StoreRefused` when there is nothing to save, :class:`StoreUnavailable` when
    something cannot be read or written.
    """
    if not (data / STORE).exists():
        raise StoreRefused(f"{data} holds no store yet; there is nothing to back up")
    partial = target.with_name(target.name + _PARTIAL)
    staging = target.with_name(target.name + _PARTIAL + ".db")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out, ExitStack() as stack:
            for folder in _folders_with_writers(data):
                stack.enter_context(_nobody_writes(folder))
            with tarfile.open(fileobj=out, mode="w:gz", compresslevel=3) as archive:
                items = [_save(archive, data, path, staging) for path in _files(data, target)]
                backup = Backup(now.isoformat(timespec="seconds"), tuple(items))
                _add_manifest(archive, backup)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(f"the backup was not made: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
        staging.unlink(missing_ok=True)
    return backup


def restore(data: Path, source: Path, now: datetime) -> tuple[Backup, Path]:
    """Puts a backup in the place of ``data``; returns it and where the former content lies now.

    The caller holds the store's lock alone. Nothing is touched before the whole archive has been
    unpacked and checked. Raises :class:`StoreRefused` for an archive that is not ours, unfinished
    or damaged, :class:`StoreUnavailable` when it cannot be read or unpacked.
    """
    stamp = now.strftime("%Y%m%d-%H%M%S")
    staging, aside = data / f"{_STAGING}{stamp}", data / f"{ASIDE}{stamp}"
    try:
        staging.mkdir(parents=True)
        backup = _unpack(source, staging)
        _check(staging, backup)
        aside.mkdir()
        for entry in _content(data):
            entry.rename(aside / entry.name)
        for entry in list(staging.iterdir()):
            entry.rename(data / entry.name)
    except (tarfile.TarError, EOFError) as error:
        raise StoreRefused(f"{source} is no finished backup of Huiying: {error}") from error
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(f"the backup was not restored: {error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return backup, aside


# Saving ----------------------------------------------------------------------------------------


def _files(data: Path, target: Path) -> list[Path]:
    """What is saved, in the order it is saved in: the store first, then other databases."""

    def order(path: Path) -> tuple[int, str]:
        return (0 if path == data / STORE else 1 if _is_sqlite(path) else 2, str(path))

    leave = {target.resolve()}
    found = [
        path
        for top in _content(data)
        for path in ([top] if top.is_file() else top.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and not path.name.endswith(_TRANSIENT)
        and path.resolve() not in leave
    ]
    return sorted(found, key=order)


def _content(data: Path) -> list[Path]:
    """The folder's entries apart from locks and what restores have left there."""
    return [
        entry
        for entry in sorted(data.iterdir())
        if not entry.name.startswith((ASIDE, _STAGING)) and not entry.name.endswith(".lock")
    ]


def _save(archive: tarfile.TarFile, data: Path, path: Path, staging: Path) -> Item:
    name = path.relative_to(data).as_posix()
    if _is_sqlite(path):
        staging.unlink(missing_ok=True)
        os.close(os.open(staging, os.O_CREAT | os.O_EXCL, 0o600))
        with (
            _openable(path, staging.parent) as found,
            closing(sqlite3.connect(found, timeout=30)) as live,
            closing(sqlite3.connect(staging)) as copy,
        ):
            live.backup(copy)  # in one step: a busy gateway cannot make it begin again
            _sound(copy, name)
        path = staging
    with path.open("rb") as file:
        information = archive.gettarinfo(arcname=name, fileobj=file)
        information.uid = information.gid = 0
        information.uname = information.gname = ""
        digested = _Digested(file)
        archive.addfile(information, digested)
    return Item(name, information.size, digested.digest.hexdigest())


@contextmanager
def _openable(database: Path, elsewhere: Path) -> Iterator[Path]:
    """The database where SQLite can open it: on a disk that was made read-only it cannot, for it
    writes beside its log; but nobody else writes there either, so a copy is as good."""
    if not _is_read_only(database.parent):
        yield database
        return
    with tempfile.TemporaryDirectory(dir=elsewhere) as folder:
        copy = Path(folder) / database.name
        for ending in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copy(f"{database}{ending}", f"{copy}{ending}")
        yield copy


def _is_read_only(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


class _Digested:
    """A file that is digested while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _add_manifest(archive: tarfile.TarFile, backup: Backup) -> None:
    content = json.dumps({"format": FORMAT, **asdict(backup)}, ensure_ascii=False).encode()
    information = tarfile.TarInfo(MANIFEST)
    information.size, information.mode = len(content), 0o600
    archive.addfile(information, io.BytesIO(content))


def _folders_with_writers(data: Path) -> Iterator[Path]:
    return (path.parent for path in sorted(data.rglob(_WRITER)))


@contextmanager
def _nobody_writes(folder: Path) -> Iterator[None]:
    """Keeps the folder as it is while inside, by the lock of whoever changes it."""
    with (folder / _WRITER).open("rb") as lock:
        ends = time.monotonic() + _WRITER_PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > ends:
                    raise StoreUnavailable(f"{folder} is being written; try again later") from None
                time.sleep(0.1)
        yield


# Restoring -------------------------------------------------------------------------------------


def _unpack(source: Path, staging: Path) -> Backup:
    """Writes the members below ``staging``. Raises :class:`StoreRefused`."""
    digests: dict[str, tuple[int, str]] = {}
    manifest: bytes | None = None
    with tarfile.open(source, mode="r:gz") as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts
            file = archive.extractfile(member) if member.isreg() else None
            if file is None or not parts or ".." in parts or parts[0] == "/":
                raise StoreRefused(f"{source} holds {member.name!r}, which no backup of ours does")
            if member.name == MANIFEST:
                manifest = file.read()
                continue
            target = staging.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, member.mode & 0o755)
            digest, size = hashlib.sha256(), 0
            with os.fdopen(handle, "wb") as out:
                while chunk := file.read(_CHUNK):
                    out.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
                out.flush()
                os.fsync(out.fileno())
            digests[member.name] = size, digest.hexdigest()
    backup = _manifest(source, manifest)
    if {item.path: (item.size, item.digest) for item in backup.files} != digests:
        raise StoreRefused(f"{source} is damaged: its files are not those of its manifest")
    return backup


def _manifest(source: Path, content: bytes | None) -> Backup:
    try:
        data = json.loads(content or b"")
        if data["format"] != FORMAT:
            raise StoreRefused(f"{source} was made by another version of Huiying")
        return Backup(data["made_at"], tuple(Item(**item) for item in data["files"]))
    except (ValueError, KeyError, TypeError) as error:
        raise StoreRefused(f"{source} is no finished backup of Huiying") from error


def _check(staging: Path, backup: Backup) -> None:
    if STORE not in {item.path for item in backup.files}:
        raise StoreRefused(f"the backup holds no {STORE}")
    with closing(sqlite3.connect(staging / STORE)) as database:
        (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    if not is_known(revision):
        raise StoreRefused(
            f"the backup is of schema revision {revision}, which this version of Huiying does not "
            "know; install the version that made it"
        )
    for path in staging.rglob("*"):
        if path.is_file() and _is_sqlite(path):
            with closing(sqlite3.connect(path)) as database:
                _sound(database, path.name)


def _sound(database: sqlite3.Connection, name: str) -> None:
    (answer,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise StoreRefused(f"{name} is damaged: {answer}")


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE
