"""Files up and down: checked before the platform has to.

What a platform takes, by its documents: pictures JPG, PNG and GIF up to 10 MB, voice AMR and MP3 up
to 2 MB. A picture of WeCom has 5 bytes at least. An uploaded file is there for three days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import aiohttp

from connectors.channel import ConnectionFailed, ContentRefused
from connectors.channels.wechat.api.answers import word
from connectors.channels.wechat.api.caller import Caller
from connectors.channels.wechat.api.errcodes import PlatformRefused

MEDIA_LIFE: Final = timedelta(days=3) - timedelta(hours=1)
DOWNLOAD_MOST: Final = 20 * 1024 * 1024  # bytes; the largest file a person can send
LEAST: Final = 5  # bytes


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of media: how the platform calls it, what it may be, its most bytes."""

    name: str
    endings: Mapping[str, str]
    most: int


IMAGE: Final = Kind(
    "image", {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}, 10 * 1024 * 1024
)
VOICE: Final = Kind("voice", {"audio/amr": "amr", "audio/mpeg": "mp3"}, 2 * 1024 * 1024)

UPLOAD, DOWNLOAD = "/cgi-bin/media/upload", "/cgi-bin/media/get"


class TooLarge(Exception):
    """A person's file is larger than anybody should send."""


@dataclass(frozen=True, slots=True)
class Media:
    caller: Caller

    async def upload(self, kind: Kind, media: str, data: bytes) -> str:
        """The platform's id of the file. ``media`` is its type, as sniffed.

        Raises :class:`ContentRefused` for what the platform would not carry, and what calls raise.
        """
        ending = kind.endings.get(media)
        if ending is None:
            raise ContentRefused(f"{media} is not carried; {', '.join(kind.endings)} are")
        if not LEAST < len(data) <= kind.most:
            raise ContentRefused(
                f"a file of {len(data)} bytes is not carried; at most {kind.most} are"
            )

        def form() -> aiohttp.FormData:
            made = aiohttp.FormData(quote_fields=False)
            made.add_field("media", data, filename=f"file.{ending}", content_type=media)
            return made

        try:
            answer = await self.caller.upload(UPLOAD, kind.name, form)
        except PlatformRefused as refused:
            raise refused.error from None
        media_id = word(answer, "media_id")
        if not media_id:
            raise ConnectionFailed("an upload without a media_id")
        return media_id

    async def download(self, media_id: str, most: int = DOWNLOAD_MOST) -> bytes:
        """What a person sent. Raises :class:`TooLarge` and what calls raise."""
        try:
            data = await self.caller.download(DOWNLOAD, {"media_id": media_id}, most)
        except PlatformRefused as refused:
            raise refused.error from None
        if len(data) > most:
            raise TooLarge
        return data
