"""Keys the embedded deployment makes for itself once and keeps, readable by its own user only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


class FolderUnusable(Exception):
    """The folder of our data cannot be read or written; the text says which and why."""


def kept_secret(folder: Path, name: str) -> str:
    """The secret of that name: 256 random bits, made on first use.

    Raises :class:`FolderUnusable`.
    """
    try:
        return _kept(folder, name)
    except OSError as error:
        raise FolderUnusable(f"{folder} cannot be used: {error.strerror}") from None


def _kept(folder: Path, name: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.secret"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        value = secrets.token_hex(32)
        opened.write(value + "\n")
    return value
