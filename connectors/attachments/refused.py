"""Why a file is not kept: a closed set, each with its own sentence in ``bot/texts``."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    EMPTY = "empty"
    TOO_BIG = "too_big"  # bytes
    TOO_LARGE = "too_large"  # pixels, once unpacked
    TOO_LONG = "too_long"  # seconds of video
    TOO_MANY = "too_many"  # files at once
    HEIC = "heic"  # a photo form that few can open
    UNKNOWN = "unknown"
    DAMAGED = "damaged"


class AttachmentRefused(Exception):
    """The file is not kept. ``key`` names the sentence that says why and what to do; ``values``
    fill its places: ``texts.say(refused.key, **refused.values)``."""

    def __init__(self, reason: Reason, **values: str) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.values = values

    @property
    def key(self) -> str:
        return f"attachment_refused_{self.reason.value}"


class AttachmentGone(Exception):
    """There is no such file, or no longer."""
