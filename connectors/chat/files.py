"""A photo, a video or a recording brought beside the socket: kept, and a message of its own."""

from __future__ import annotations

import asyncio
import re

from aiohttp import BodyPartReader, web

from connectors.attachments.refused import AttachmentGone, AttachmentRefused, Reason
from connectors.channel import Accepted
from connectors.chat.door import Entered, TurnedAway
from connectors.chat.saying import hand_in
from connectors.house import House
from connectors.messages import Attachment, Text
from connectors.speech.server import Speech
from connectors.webhooks import UNREADABLE, Refused

WITHIN = 120.0  # seconds a file may take to arrive
FORM_MOST = 4096  # bytes of the form around it
CHUNK = 64 * 1024
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


async def take_file(
    house: House, channel: str, who: Entered, request: web.Request, speech: Speech
) -> Accepted:
    """The message a form of ``id`` and ``file`` makes (multipart/form-data, ``id`` first). The same
    ``id`` again is the same message. A recording says its words too, where they are understood.

    Raises :class:`Refused` with a sentence for the person, and ``StoreUnavailable``.
    """
    say = house.texts.say
    try:
        async with asyncio.timeout(WITHIN):
            client_id, name, data = await _form(house, request)
    except TimeoutError:
        raise Refused(408, "too_slow", say("chat_file_too_slow"), Connection="close") from None
    try:
        kept = await house.attachments.keep(data, name)
    except AttachmentRefused as refused:
        status = 413 if refused.reason is Reason.TOO_BIG else 415
        raise Refused(status, refused.reason.value, say(refused.key, **refused.values)) from None
    try:
        words = await _heard(house, speech, kept)
        return await hand_in(house, channel, who, client_id, (kept, *words))
    except TurnedAway as away:
        raise Refused(429, away.code, say("webchat_too_fast")) from None


async def _heard(house: House, speech: Speech, kept: Attachment) -> tuple[Text, ...]:
    """What a recording says, where it is understood; else people will listen to it."""
    if not speech.listens or not kept.media.startswith("audio/"):
        return ()
    try:
        _, sound = await house.attachments.read(kept.attachment_id)
    except AttachmentGone:
        return ()
    words = await speech.understood(sound, kept.media)
    return (Text(words),) if words else ()


async def _form(house: House, request: web.Request) -> tuple[str, str, bytes]:
    malformed = Refused(400, "malformed", house.texts.say("chat_file_malformed"))
    if request.content_type != "multipart/form-data":
        raise malformed
    client_id = ""
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise malformed
            if part.name == "id":
                client_id = (await _read(house, part, FORM_MOST)).decode("ascii", "replace")
            elif part.name == "file":
                if not _ID.fullmatch(client_id):
                    raise malformed
                data = await _read(house, part, house.settings.attachments.largest)
                return client_id, part.filename or "", data
    except (*UNREADABLE, AssertionError):
        pass
    raise malformed


async def _read(house: House, part: BodyPartReader, most: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(CHUNK):
        data += chunk
        if len(data) > most:
            why = house.texts.say("chat_file_too_big", most=most // 1024 // 1024)
            raise Refused(413, "too_big", why, Connection="close")
    return bytes(data)
