"""A client of OpenAI's interface for speech, which many servers offer: FunASR, CosyVoice, LocalAI.

``POST /audio/speech`` (JSON in, sound out), ``POST /audio/transcriptions`` (a form in, JSON out):
known at second hand, and kept to what all of them understand.
"""

from __future__ import annotations

import json
from typing import Final

import aiohttp

from connectors import logs
from connectors.json_codec import dump_bytes
from connectors.outward import Answer, Connections, NoAnswer, ask
from connectors.sanitize import printable
from connectors.settings.speech import Speech as Settings
from connectors.speech.spoken import spoken

log = logs.get(__name__)

SOUND_MOST: Final = 20 * 1024 * 1024  # bytes
HEARD_MOST: Final = 4000  # characters of a recording
_ENDINGS: Final = {
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/webm": "webm",
    "audio/aac": "aac",
    "audio/amr": "amr",
}


class SpeechAway(Exception):
    """It could not be said, or understood; the text says why, without what it was."""


class Speech:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http = Connections()

    @property
    def speaks(self) -> bool:
        return self._settings.speak_url is not None

    @property
    def listens(self) -> bool:
        return self._settings.listen_url is not None

    async def say(self, text: str) -> bytes:
        """The words as MP3, slowly. Raises :class:`SpeechAway`."""
        body = {
            "model": self._settings.speak_model,
            "voice": self._settings.voice,
            "input": spoken(text),
            "speed": self._settings.speed,
            "response_format": "mp3",
        }
        answer = await self._ask(
            f"{self._settings.speak_url}/audio/speech",
            dump_bytes(body),
            {"Content-Type": "application/json"},
        )
        if not answer.headers.get("Content-Type", "").startswith(("audio/", "application/octet")):
            raise SpeechAway("an answer that is no sound")
        if not answer.body:
            raise SpeechAway("an empty sound")
        return answer.body

    async def hear(self, sound: bytes, media: str) -> str:
        """What is said in a recording; empty for silence. Raises :class:`SpeechAway`."""
        form = aiohttp.FormData()
        form.add_field("model", self._settings.listen_model)
        form.add_field("language", "zh")
        form.add_field("response_format", "json")
        name = f"recording.{_ENDINGS.get(media, 'bin')}"
        form.add_field("file", sound, filename=name, content_type=media)
        url = f"{self._settings.listen_url}/audio/transcriptions"
        answer = await self._ask(url, form, {})
        try:
            text = json.loads(answer.body)["text"]
        except (ValueError, TypeError, KeyError):
            raise SpeechAway("an answer without a text") from None
        if not isinstance(text, str):
            raise SpeechAway("an answer without a text")
        return printable(text)[:HEARD_MOST]

    async def understood(self, sound: bytes, media: str) -> str:
        """What is said in a recording; empty too where nobody understands recordings or the server
        is away: then people will listen to it."""
        if not self.listens or not media.startswith("audio/"):
            return ""
        try:
            return await self.hear(sound, media)
        except SpeechAway as error:
            log.error("speech.away", doing="listening", reason=str(error))
            return ""

    async def close(self) -> None:
        await self._http.close()

    async def _ask(
        self, url: str, body: bytes | aiohttp.FormData, headers: dict[str, str]
    ) -> Answer:
        if key := self._settings.key.get_secret_value():
            headers["Authorization"] = f"Bearer {key}"
        timeout, most = self._settings.seconds, SOUND_MOST
        try:
            answer = await ask(
                self._http(), "POST", url, timeout=timeout, body=body, headers=headers, most=most
            )
        except NoAnswer as error:
            raise SpeechAway(str(error)) from None
        if answer.status != 200:
            raise SpeechAway(f"status {answer.status}")
        return answer
