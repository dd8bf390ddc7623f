"""Reading a message aloud to the person it was said to."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import Connection

from connectors import logs
from connectors.chat.door import Entered
from connectors.house import House
from connectors.messages import Author, plain_text
from connectors.speech.server import Speech, SpeechAway
from connectors.store import conversations, messages
from connectors.webhooks import Refused

log = logs.get(__name__)

READINGS = 20  # for one person in a minute


class ReadAloud:
    def __init__(self, house: House, channel: str, speech: Speech) -> None:
        self._house = house
        self._channel = channel
        self._speech = speech

    async def read(self, request: web.Request, who: Entered) -> web.Response:
        """The sound of a message that was said to this person. Raises :class:`Refused`."""
        say, message_id = self._house.texts.say, request.match_info["message"]
        key = f"miniapp-readings:{who.account}:{who.address}"
        if not await self._house.coordinator.allow(key, READINGS, 60):
            raise Refused(429, "too_fast", say("webchat_too_fast"))
        words = await self._house.database.read(lambda conn: self._words(conn, who, message_id))
        if not self._speech.speaks or not words:
            raise Refused(404, "unknown", say("miniapp_nothing_to_read"))
        try:
            sound = await self._speech.say(words)
        except SpeechAway as error:
            log.error("speech.away", doing="speaking", reason=str(error))
            raise Refused(503, "speech_away", say("miniapp_speech_away")) from None
        headers = {"Cache-Control": "private, max-age=3600"}
        return web.Response(body=sound, content_type="audio/mpeg", headers=headers)

    def _words(self, conn: Connection, who: Entered, message_id: str) -> str:
        talk = conversations.find(conn, self._channel, who.account, who.address)
        message = messages.get(conn, message_id)
        if talk is None or message is None or message.conversation_id != talk.id:
            return ""
        return plain_text(message.parts) if message.author is not Author.CITIZEN else ""
