"""Answers read aloud, slowly, to people of an official account: to who spoke, and to who asks.

The words are always sent as text first; the voice follows as a message of its own. It is made
beside, so that nothing waits for it, and what hinders it is written down and no more: all of it
has been said already. It counts among the sends of the reply window, and leaves some for later.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy import Connection

from connectors import logs
from connectors.channel import Rendered, SendError, Sent
from connectors.channels.wechat.api.media import VOICE
from connectors.channels.wechat.api.wechat import WechatApi
from connectors.channels.wechat.arrivals import Happened, Said
from connectors.channels.wechat.hearing import Hearing
from connectors.channels.wechat.sending import SENDS, WINDOW, Sending
from connectors.house import House
from connectors.ids import MessageId
from connectors.messages import Part, Purpose, plain_text
from connectors.speech import mp3
from connectors.speech.server import Speech, SpeechAway
from connectors.speech.spoken import spoken, up_to
from connectors.store import conversations, deliveries, owners, reply_windows
from connectors.store.database import StoreUnavailable

log = logs.get(__name__)

LONGEST: Final = 60.0  # seconds of one voice, by the platform
AIM: Final = 55.0  # … and what a shortened one is to have
CHARACTERS: Final = 5.0  # read in a second at the usual speed, at most
TRIES: Final = 3
LEFT: Final = 2  # sends that a voice leaves to the person
REMEMBERED: Final = 3600.0  # seconds in which an answer to spoken words is spoken
AT_ONCE: Final = 4  # voices made at the same time
WITHIN: Final = 60.0  # seconds a voice may take to be made; later it would only confuse

_MODE = re.compile("(?:(?:关怀|长辈|老年|适老化?|大字|朗读|语音)(?:模式|版)|朗读|语音播报)").pattern
_READ = re.compile("(?:念|读|朗读|播报)").pattern
_WANTS = re.compile(
    rf"(?:请|麻烦|我要|我想|帮我|给我)*(?:打开|开启|进入|切换到?|换成|用|开)?{_MODE}"
    rf"|(?:请|麻烦|帮我)*(?:把?(?:回答|答复|内容))?{_READ}(?:给我听|出来|一下)+吧?"
    r"|(?:请|麻烦)*(?:用语音|发语音|语音)(?:给我)?(?:回答|回复|告诉)我?吧?"
)
_ENDS = re.compile(
    rf"(?:请|麻烦|我要|帮我)*(?:退出|关闭|关掉|关了|取消|不要|不用|停止){_MODE}了?"
    rf"|请?(?:别|不用|不要)再?(?:{_READ}|发语音|用?语音回答)(?:给我听)?了?"
)
_AROUND = re.compile(r"[\s，。！？,.!?]+")


def asks(text: str) -> bool | None:
    """Whether somebody asks, in so many words, to be read to (True) or no longer (False)."""
    words = _AROUND.sub("", text)
    if _ENDS.fullmatch(words):
        return False
    return True if _WANTS.fullmatch(words) else None


class Voice:
    """The voice of one channel's accounts. Without a server that speaks there is none."""

    def __init__(self, house: House, hearing: Hearing, sending: Sending) -> None:
        self._house = house
        self._hearing = hearing
        self._sending = sending
        self._speech = Speech(house.settings.speech)
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def asked(
        self, account: str, said: Said | Happened, parts: tuple[Part, ...]
    ) -> MessageId | None:
        """Takes words that only ask to be read to, or no longer; None: they are no such thing."""
        wants = asks(plain_text(parts)) if self._speech.speaks and parts else None
        if wants is None or (isinstance(said, Said) and said.media is not None):
            return None
        accepted = await self._hearing.heard(account, said, parts, silent=True)
        now, talk = self._house.clock.now(), accepted.conversation_id
        await self._house.database.transact(lambda conn: owners.set_care(conn, talk, wants, now))
        key = "wechat_care_on" if wants else "wechat_care_off"
        await self._hearing.say(
            account,
            said.person,
            key,
            name=said.external_id,
            in_reply_to=accepted.message_id,
        )
        return accepted.message_id

    def after(self, rendered: Rendered, sent: Sent) -> None:
        """A message was sent as text: who wants to hear it will."""
        last = rendered.piece == rendered.pieces - 1
        if self._speech.speaks and last and rendered.purpose is Purpose.ANSWER:
            task = asyncio.create_task(self._follow(rendered, sent), name="wechat voice")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._speech.close()

    async def _follow(self, rendered: Rendered, sent: Sent) -> None:
        try:
            async with asyncio.timeout(WITHIN):
                if await self._wanted(rendered, sent):
                    async with self._room:
                        await self._say(rendered)
        except (SendError, SpeechAway, StoreUnavailable, TimeoutError) as error:
            reason = getattr(error, "detail", "") or str(error) or type(error).__name__
            log.warning("wechat.voice_not_sent", account=rendered.person.account, reason=reason)
        except Exception:
            log.exception("wechat.voice_broken", account=rendered.person.account)

    async def _wanted(self, rendered: Rendered, sent: Sent) -> bool:
        """Whether the person wants to hear it, and the reply window carries it and some after."""
        asked, person = rendered.message.in_reply_to, rendered.person
        spoken = asked is not None and await self._house.coordinator.kept(_spoken(asked))

        def unit(conn: Connection) -> bool:
            talk = conversations.get(conn, person.conversation_id)
            if talk is None or not (spoken or talk.care):
                return False
            window = reply_windows.window(conn, talk.id)
            left = window.left(WINDOW, SENDS, self._house.clock.now())
            noted = sent.free or rendered.piece in deliveries.pieces_sent(
                conn, rendered.delivery_id
            )
            return left is None or left - (not noted) > LEFT

        return await self._house.database.read(unit)

    async def _say(self, rendered: Rendered) -> None:
        person = rendered.person
        said = (rendered.message, *rendered.joined)
        sound = await self._sound("\n".join(plain_text(one.parts) for one in said))
        if not sound:
            return
        api: WechatApi = self._sending.apis[person.account]
        media_id = await api.media.upload(VOICE, "audio/mpeg", sound)
        await api.send(
            {"touser": person.address, "msgtype": "voice", "voice": {"media_id": media_id}}
        )
        now = self._house.clock.now()

        def unit(conn: Connection) -> None:
            delivery = deliveries.find(conn, rendered.delivery_id)
            if delivery is not None:
                deliveries.note_piece(conn, delivery, rendered.pieces, None, now)

        await self._house.database.transact(unit)

    async def _sound(self, text: str) -> bytes:
        """A voice the platform carries; of a long text its first sentences, and a word that there
        is more. Raises :class:`SpeechAway`."""
        words, more = spoken(text), self._house.texts.say("wechat_voice_more")
        most = int(LONGEST * CHARACTERS)
        for _ in range(TRIES):
            part = up_to(words, most)
            if not part:
                return b""
            sound = await self._speech.say(part if part == words else part + more)
            lasts = mp3.seconds(sound)
            if lasts is None:
                raise SpeechAway(
                    "an answer that is no MP3; speak_url must give response_format mp3"
                )
            if lasts < LONGEST and len(sound) <= VOICE.most:
                return sound
            most = max(1, int(len(part) * AIM / max(lasts, LONGEST)) - len(more))
        raise SpeechAway(f"a sound of more than {LONGEST:.0f} s, however short the words")


def spoken_to(house: House) -> Callable[[MessageId], Awaitable[None]]:
    """Notes that a message was spoken: so will its answer be."""

    async def note(message_id: MessageId) -> None:
        if house.settings.speech.speak_url is not None:
            await house.coordinator.keep(_spoken(message_id), "yes", REMEMBERED)

    return note


def _spoken(message_id: MessageId) -> str:
    return f"wechat-spoken:{message_id}"
