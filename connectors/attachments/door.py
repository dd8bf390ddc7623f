"""``GET /files/<id>``: a kept file for whoever has a signed link to it."""

from __future__ import annotations

import mimetypes
from typing import Final

from aiohttp import web

from connectors.attachments.keeper import AttachmentKeeper
from connectors.attachments.links import FileLinks
from connectors.attachments.refused import AttachmentGone
from connectors.clock import Clock
from connectors.json_answer import json_answer
from connectors.texts import Texts

_SHOWN: Final = ("image/", "video/", "audio/")
_EXTENSIONS: Final = {
    "image/jpeg": ".jpg",
    "audio/mpeg": ".mp3",
    "audio/amr": ".amr",
    "audio/amr-wb": ".awb",
    "audio/ogg": ".ogg",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
    "audio/webm": ".weba",
    "audio/aac": ".aac",
    "video/3gpp": ".3gp",
    "audio/3gpp": ".3gp",
}


class FilesDoor:
    def __init__(
        self, keeper: AttachmentKeeper, links: FileLinks, clock: Clock, texts: Texts
    ) -> None:
        self._keeper = keeper
        self._links = links
        self._clock = clock
        self._texts = texts

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/files/{id}", self._give)]

    async def _give(self, request: web.Request) -> web.StreamResponse:
        attachment_id, query = request.match_info["id"], request.query
        small = query.get("small") == "1"
        until, sign = query.get("until", ""), query.get("sign", "")
        if not self._links.opens(attachment_id, until, sign, self._clock.now(), small=small):
            return self._refusal(403, "link_ended")
        try:
            kept = await self._keeper.find(attachment_id)
            path = self._keeper.path(attachment_id, small=small)
        except AttachmentGone:
            return self._refusal(404, "gone")
        if not path.is_file():
            return self._refusal(404, "gone")
        media = "image/jpeg" if small else kept.media
        shown = "inline" if media.startswith(_SHOWN) else "attachment"
        return web.FileResponse(
            path,
            headers={
                "Content-Type": media,
                "Content-Disposition": f'{shown}; filename="{file_name(attachment_id, media)}"',
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "private, max-age=600",
                "Referrer-Policy": "no-referrer",
            },
        )

    def _refusal(self, status: int, code: str) -> web.Response:
        message = self._texts.say(f"attachment_{code}")
        return json_answer({"error": {"code": code, "message": message}}, status=status)


def file_name(attachment_id: str, media: str) -> str:
    """A name to save the file under: ours, with the ending its content has."""
    ending = _EXTENSIONS.get(media) or mimetypes.guess_extension(media, strict=False) or ""
    return f"{attachment_id}{ending}"
