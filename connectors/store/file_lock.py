"""Who has the embedded store open: shared by every process that uses it, alone to replace it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from connectors.store.errors import StoreRefused, StoreUnavailable


class FileLock:
    """An advisory lock of the operating system: it ends with the process, however that ends."""

    def __init__(self, path: Path) -> None:
        """Raises :class:`StoreUnavailable` when the folder cannot be written."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"{path.parent} cannot be written: {error.strerror}") from error

    @classmethod
    def beside(cls, store: Path) -> FileLock:
        return cls(store.with_name(store.name + ".lock"))

    def share(self) -> None:
        """Raises :class:`StoreRefused` while somebody replaces or changes the whole store."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreRefused(
                "the store is being restored or upgraded by another process; "
                "try again when it has finished"
            ) from None

    def take_alone(self) -> bool:
        """Whether nobody else has the store open now; if so, nobody can open it."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        os.close(self._handle)
