"""A wall clock that can be moved: libfaketime reads how far from a file. What measures durations
(the monotonic clock) goes on as ever, as it does when an operator sets a machine's time."""

from __future__ import annotations

from pathlib import Path

from tests.servers import ROOT, ServerMissing

_PLACES = "usr/lib/*/faketime/libfaketimeMT.so.1"


def library() -> Path:
    """Where libfaketime is, its Debian package installed first if need be."""
    import subprocess

    for _ in range(2):
        found = next(iter(sorted(Path("/").glob(_PLACES))), None)
        if found:
            return found
        script = str(ROOT / "scripts" / "apt_install.sh")
        subprocess.run(["bash", script, "libfaketime"], check=False)
    raise ServerMissing("libfaketime is missing; install the package libfaketime")


class WallClock:
    def __init__(self, file: Path) -> None:
        self._file = file
        self.set(0)

    def environment(self) -> dict[str, str]:
        """What makes a process go by this clock."""
        return {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds: int) -> None:
        """So many seconds from the true time, from a second later on."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._file)
