"""Whether a log names a person: any mobile or ID number at all, not only the ones tests planted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

PERSONAL = re.compile(r"(?<![0-9a-f])(1[3-9]\d{9}|[1-9]\d{16}[0-9Xx])(?![0-9a-f])")


def nobody_is_named_in(logs: Iterable[Path]) -> None:
    """Of processes that have ended. Fails with the lines in which somebody is."""
    found = [
        f"{log.name}: {line}"
        for log in logs
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines()
        if PERSONAL.search(line)
    ]
    assert not found, "a log names a person:\n" + "\n".join(found[:5])
