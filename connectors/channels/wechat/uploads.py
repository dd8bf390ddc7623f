"""Files of ours at the platform: uploaded once, then known by the platform's id while it lasts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from connectors.attachments.refused import AttachmentGone
from connectors.channel import ContentRefused, MisconfiguredAccount
from connectors.channels.wechat.api.media import IMAGE, MEDIA_LIFE, VOICE, Kind, Media
from connectors.house import House
from connectors.messages import Attachment


class CannotShow(MisconfiguredAccount):
    """The picture of a card cannot be used; its link goes in words."""


@dataclass(frozen=True, slots=True)
class Uploads:
    """Those of one account. ``name`` is its id at the platform."""

    house: House
    name: str
    media: Media

    async def attachment(self, attachment: Attachment, kind: str, *, anew: bool = False) -> str:
        """The platform's id of a file people see. Raises send errors."""
        if not anew and (known := await self._known(attachment.attachment_id)):
            return known
        try:
            media, data = await self.house.attachments.read(attachment.attachment_id)
        except AttachmentGone:
            raise ContentRefused("the file is no longer there") from None
        kinds = IMAGE if kind == "image" else VOICE
        return await self._upload(attachment.attachment_id, kinds, media, data)

    async def picture(self, path: Path, *, anew: bool = False) -> str:
        """The platform's id of a picture named in the configuration. Raises send errors."""
        if not anew and (known := await self._known(str(path))):
            return known
        try:
            data = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise CannotShow(f"{path} cannot be read: {error.strerror}") from None
        media = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        return await self._upload(str(path), IMAGE, media, data)

    def link_to(self, attachment: Attachment) -> str:
        """A file the platform does not carry: its name, and where it can be had for a while."""
        name = attachment.name or attachment.media
        path = self.house.file_links.path(attachment.attachment_id, self.house.clock.now())
        said = self.house.texts.say("delivery_attachment", name=name)
        return f"{said}\n{self.house.settings.own_url}{path}"

    async def _known(self, what: str) -> str | None:
        return await self.house.coordinator.kept(f"wechat-media:{self.name}:{what}")

    async def _upload(self, what: str, kind: Kind, media: str, data: bytes) -> str:
        media_id = await self.media.upload(kind, media, data)
        await self.house.coordinator.keep(
            f"wechat-media:{self.name}:{what}", media_id, MEDIA_LIFE.total_seconds()
        )
        return media_id
