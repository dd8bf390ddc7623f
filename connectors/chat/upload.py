"""Files sent beside the socket, as ``multipart/form-data``: each is kept or refused by itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from aiohttp import BodyPartReader, web

from connectors import logs
from connectors.attachments.refused import AttachmentRefused, Reason
from connectors.chat.door import Door, TurnedAway
from connectors.chat.saying import hand_in
from connectors.house import House
from connectors.json_answer import json_answer
from connectors.messages import Attachment
from connectors.sanitize import printable
from connectors.store.database import StoreUnavailable
from connectors.webhooks import UNREADABLE

log = logs.get(__name__)

LONGEST: Final = 600.0  # seconds an upload may take
MESSAGE_ID: Final = "X-Message-Id"  # made by the page: a repeat is recognised by it
_CHUNK: Final = 256 * 1024
_STATUS: Final = {"too_fast": 429, "session_ended": 401, "store_unavailable": 503}


@dataclass(frozen=True, slots=True)
class NotKept:
    """A file that was refused, by the name it came with, and what to tell the person."""

    name: str
    text: str


async def upload(house: House, door: Door, request: web.Request) -> web.Response:
    """Answers the page: which files are in the conversation now, and which are not and why."""
    try:
        return await _upload(house, door, request)
    except TurnedAway as refused:
        return _error(house, door, refused.code)
    except StoreUnavailable:
        return _error(house, door, "store_unavailable")
    except (*UNREADABLE, TimeoutError, ConnectionError) as error:
        log.info("upload.broken", reason=type(error).__name__)
        return _error(house, door, "bad_upload")


async def _upload(house: House, door: Door, request: web.Request) -> web.Response:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    client_id = request.headers.get(MESSAGE_ID, "")
    if not request.content_type.startswith("multipart/"):
        return _error(house, door, "bad_upload")
    if not (0 < len(client_id) <= 64 and client_id.isascii() and client_id.isprintable()):
        return _error(house, door, "bad_upload")
    who = await door.enter(token, request) if scheme == "Bearer" and token else None
    if who is None or who.token != token:
        return _error(house, door, "session_ended")
    most = house.settings.webchat.messages_per_minute
    if not await house.coordinator.allow(f"{door.channel}-files:{who.address}", most, 60):
        raise TurnedAway("too_fast")
    async with asyncio.timeout(LONGEST):
        kept, refused = await _keep(house, request)
    told = [{"name": one.name, "text": one.text} for one in refused]
    if not kept:
        if not told:
            return _error(house, door, "bad_upload")
        text = "\n".join(dict.fromkeys(one.text for one in refused))
        error = {"code": "refused", "message": text}
        return json_answer({"error": error, "refused": told}, status=422)
    accepted = await hand_in(house, door.channel, who, client_id, tuple(kept))
    return json_answer({"id": client_id, "seq": accepted.seq, "refused": told})


async def _keep(house: House, request: web.Request) -> tuple[list[Attachment], list[NotKept]]:
    """One file after the other, so that no more than one is in memory; the same one counts once."""
    kept: dict[str, Attachment] = {}
    refused: list[NotKept] = []
    limits = house.attachments.limits
    reader = await request.multipart()
    count = 0
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.filename is None:
            continue
        count += 1
        name = printable(part.filename)[:80]
        try:
            if count > limits.per_message:
                raise AttachmentRefused(Reason.TOO_MANY, most=str(limits.per_message))
            data = await _read(part, limits.largest)
            attachment = await house.attachments.keep(data, name)
            kept.setdefault(attachment.attachment_id, attachment)
        except AttachmentRefused as why:
            refused.append(NotKept(name, house.texts.say(why.key, **why.values)))
            if why.reason is Reason.TOO_MANY:
                break
    return list(kept.values()), refused


async def _read(part: BodyPartReader, most: int) -> bytes:
    """The file, no further than one may be large; the rest is read past."""
    data = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        if len(data) <= most:
            data += chunk
    if len(data) > most:
        raise AttachmentRefused(Reason.TOO_BIG, most=f"{most / 1024 / 1024:g}")
    return bytes(data)


def _error(house: House, door: Door, code: str) -> web.Response:
    message = house.texts.say(f"webchat_{code}", door.channel)
    return json_answer({"error": {"code": code, "message": message}}, status=_STATUS.get(code, 400))
