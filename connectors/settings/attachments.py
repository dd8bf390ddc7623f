"""The settings of what people send beside words (docs/attachments.md)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from connectors.settings.section import Section


class Attachments(Section):
    """Photos, short videos, voice and papers."""

    folder: Path | None = Field(
        default=None,
        description="where files are kept; unset: attachments in data_dir. Several gateways need "
        "one folder that all of them see",
    )
    image_mb: float = Field(default=15, gt=0, le=100, description="largest photo, in MiB")
    video_mb: float = Field(default=30, gt=0, le=200, description="largest video, in MiB")
    audio_mb: float = Field(default=10, gt=0, le=100, description="largest voice message, in MiB")
    document_mb: float = Field(default=10, gt=0, le=100, description="largest PDF, in MiB")
    pixels_most: int = Field(
        default=64_000_000, ge=1_000_000, description="of a picture, all its frames together"
    )
    video_seconds: int = Field(default=180, ge=1, description="of video or voice in MP4")
    per_message: int = Field(default=9, ge=1, le=20, description="files sent at once")
    link_life: timedelta = Field(
        default=timedelta(minutes=30), description="for how long a signed link opens a file"
    )

    @property
    def largest(self) -> int:
        """Bytes of the largest file there may be."""
        return int(max(self.image_mb, self.video_mb, self.audio_mb, self.document_mb) * 1024 * 1024)
