"""A disk that can be full: a small file system in memory where we may mount one; else a limit on
the size of files, which makes every further write of the processes concerned fail the same way."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

SIZE = 256  # MiB
_BLOCK = b"\0" * 65536


class Disk:
    def __init__(
        self, folder: Path, pids: Callable[[], Iterable[int]], *, mount: bool = True
    ) -> None:
        """``pids``: the processes that write there, for where we may not mount, or shall not."""
        self.folder = folder
        self._pids = pids
        folder.mkdir(parents=True, exist_ok=True)
        command = ("mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "huiying-chaos", str(folder))
        self.mounted = mount and os.getuid() == 0 and _run(*command)
        folder.chmod(0o755)

    def fill(self) -> None:
        if not self.mounted:
            self._limit(0)
            return
        with suppress(OSError), self._filler.open("wb", buffering=0) as filler:
            while True:
                filler.write(_BLOCK)

    def free(self) -> None:
        if not self.mounted:
            self._limit(resource.RLIM_INFINITY)
        self._filler.unlink(missing_ok=True)

    def remove(self) -> None:
        if self.mounted:
            _run("umount", "-l", str(self.folder))

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def _limit(self, size: int) -> None:
        for pid in self._pids():
            with suppress(ProcessLookupError):
                hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
                soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def _run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
