"""One open chat socket: says hello, takes frames in, and has what is new pushed (following.py).

A page that was away, a second tab or a restarted gateway all see the same conversation, once and in
order.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from connectors import logs, metrics
from connectors.chat import frames
from connectors.chat.door import Door, Entered, TurnedAway
from connectors.chat.following import Following
from connectors.chat.frames import (
    BadFrame,
    Care,
    Choose,
    ClientFrame,
    Hello,
    Ping,
    Place,
    Say,
    Seen,
    Typing,
)
from connectors.chat.saying import hand_in
from connectors.coordination.coordinator import Happening
from connectors.house import House
from connectors.ids import ConversationId, MessageId
from connectors.json_codec import dumps
from connectors.messages import Location, Part, Picked, Text
from connectors.sanitize import printable
from connectors.store import conversations, messages, outbox, owners
from connectors.store.database import StoreUnavailable

log = logs.get(__name__)

RICH = frozenset(
    {"text", "citation", "fields", "order", "progress", "link", "attachment", "location"}
)
"""The kinds of parts a page shows as they are."""

HELLO_WITHIN = 15.0  # seconds
TYPING_APART = 1.0  # seconds between two words to the desk that the person is writing
SENDING = 10.0  # seconds a stuck page may hold a frame before its socket is closed


class SocketSession:
    def __init__(self, house: House, door: Door, request: web.Request) -> None:
        self._house = house
        self._door = door
        self._request = request
        self._ws = web.WebSocketResponse(heartbeat=25, max_msg_size=frames.MAX_FRAME)
        self._who = Entered("", "", "")
        self._following = Following(house, self._send, self.close)
        self._care: bool | None = None  # once the page has said so
        self._seen_seq = 0
        self._typed_at = -TYPING_APART

    async def run(self) -> web.WebSocketResponse:
        await self._ws.prepare(self._request)
        metrics.sockets_open.labels(self._door.channel).inc()
        try:
            if await self._greet():
                await self._read_frames()
        except (ConnectionError, TimeoutError):
            log.info("chat.lost", channel=self._door.channel)
        finally:
            metrics.sockets_open.labels(self._door.channel).dec()
            await self._following.end()
            await self._ws.close()
        return self._ws

    async def close(self) -> None:
        """Ends the socket from our side; the page comes back by itself."""
        await self._ws.close(code=WSCloseCode.GOING_AWAY, message=b"come back")

    @property
    def _conversation_id(self) -> ConversationId | None:
        return self._following.conversation_id

    # Hello -------------------------------------------------------------------------------------

    async def _greet(self) -> bool:
        """Waits for the hello and answers it; False when there is nobody to go on with."""
        while True:
            raw = await self._ws.receive(timeout=HELLO_WITHIN)
            if raw.type is not WSMsgType.TEXT:
                return False
            try:
                frame = frames.parse(raw.data)
            except BadFrame as error:
                await self._refuse("bad_frame", detail=str(error))
                continue
            if isinstance(frame, Hello):
                break
            await self._refuse("hello_first")
        return await self._welcome(frame)

    async def _welcome(self, hello: Hello) -> bool:
        house, channel = self._house, self._door.channel
        try:
            who = self._who = await self._door.enter(hello.token, self._request)
        except TurnedAway as refused:
            await self._refuse(refused.code)
            return False
        conversation = await house.database.read(
            lambda conn: conversations.find(conn, channel, who.account, who.address)
        )
        welcome: dict[str, Any] = {
            "type": "welcome",
            "token": who.token,
            "resumed": conversation is not None,
            "city": house.settings.city,
        }
        if who.anew:
            welcome["notice"] = house.texts.say("webchat_session_expired")
        await self._send(welcome)
        await self._following.begin(conversation, 0 if who.anew else hello.last_seq)
        return True

    # Frames in ---------------------------------------------------------------------------------

    async def _read_frames(self) -> None:
        async for raw in self._ws:
            if raw.type is not WSMsgType.TEXT:
                if raw.type is WSMsgType.BINARY:
                    await self._refuse("bad_frame", detail="binary frames are not understood")
                continue
            try:
                frame = frames.parse(raw.data)
            except BadFrame as error:
                await self._refuse("bad_frame", detail=str(error))
                continue
            try:
                await self._take(frame)
            except StoreUnavailable:
                await self._refuse("store_unavailable", frame)

    async def _take(self, frame: ClientFrame) -> None:
        match frame:
            case Say() | Choose() | Place():
                await self._take_message(frame)
            case Seen():
                await self._take_seen(frame)
            case Typing():
                await self._take_typing()
            case Care(on=on):
                if on != self._care:
                    self._care = on
                    await self._note_care()
            case Ping():
                await self._send({"type": "pong"})
            case Hello():  # something may have come beside the socket: a file
                await self._find()
                await self._following.look()

    async def _find(self) -> None:
        """Follows the conversation, which may only just have begun."""
        if self._conversation_id is not None:
            return
        who, channel = self._who, self._door.channel
        found = await self._house.database.read(
            lambda conn: conversations.find(conn, channel, who.account, who.address)
        )
        if found is not None:
            await self._following.go_over(found.id)
            await self._note_care()

    async def _take_message(self, frame: Say | Choose | Place) -> None:
        read = await self._read(frame)
        if read is None:
            return
        part, picked = read
        try:
            accepted = await hand_in(
                self._house,
                self._door.channel,
                self._who,
                frame.id,
                (part,),
                picked,
                care=self._care is True,
            )
        except TurnedAway as refused:
            await self._refuse(refused.code, frame)
            return
        await self._send(
            {
                "type": "accepted",
                "id": frame.id,
                "message_id": accepted.message_id,
                "seq": accepted.seq,
            }
        )
        if self._conversation_id != accepted.conversation_id:
            await self._following.go_over(accepted.conversation_id)
            await self._note_care()
        await self._following.look()

    async def _note_care(self) -> None:
        """Whoever has the page in its care mode waits for those who help the elderly."""
        talk, care = self._conversation_id, self._care
        if talk is not None and care is not None:
            now = self._house.clock.now()
            await self._house.database.transact(lambda conn: owners.set_care(conn, talk, care, now))

    async def _read(self, frame: Say | Choose | Place) -> tuple[Part, Picked | None] | None:
        """What a frame says; None when it was refused."""
        match frame:
            case Place():
                latitude, longitude = self._door.located(frame.latitude, frame.longitude)
                return Location(latitude, longitude, printable(frame.label)), None
            case Choose():
                label = await self._label_of(frame)
                if label is None:
                    await self._refuse("unknown_choice", frame)
                    return None
                return Text(label), Picked(MessageId(frame.message_id), frame.choice)
        text, most = printable(frame.text), self._house.settings.webchat.max_text
        if not text:
            await self._refuse("empty", frame)
            return None
        if len(text) > most:
            await self._refuse("too_long", frame, length=len(text), most=most)
            return None
        return Text(text), None

    async def _label_of(self, frame: Choose) -> str | None:
        """The words of a choice we offered in this very conversation."""
        offer = await self._house.database.read(lambda conn: messages.get(conn, frame.message_id))
        if offer is None or offer.conversation_id != self._conversation_id:
            return None
        return next((c.label for c in offer.choices if c.id == frame.choice), None)

    async def _take_typing(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._conversation_id is None or now - self._typed_at < TYPING_APART:
            return
        self._typed_at = now
        await self._house.coordinator.publish(
            Happening("desk", "typing", {"conversation_id": self._conversation_id})
        )

    async def _take_seen(self, frame: Seen) -> None:
        """Of what the page was shown, and only once: a page that lies costs no commits."""
        conversation_id, seq = self._conversation_id, min(frame.seq, self._following.shown_seq)
        if conversation_id is None or seq <= self._seen_seq:
            return
        now = self._house.clock.now()
        await self._house.database.transact(
            lambda conn: outbox.seen_up_to(conn, conversation_id, seq, now)
        )
        self._seen_seq = seq
        await self._house.coordinator.publish(
            Happening("desk", "seen", {"conversation_id": conversation_id})
        )

    # Frames out --------------------------------------------------------------------------------

    async def _refuse(
        self,
        code: str,
        frame: ClientFrame | None = None,
        detail: str | None = None,
        **values: object,
    ) -> None:
        metrics.inbound_total.labels(self._door.channel, code).inc()
        error: dict[str, Any] = {
            "type": "error",
            "code": code,
            "text": self._house.texts.say(f"webchat_{code}", self._door.channel, **values),
        }
        if isinstance(frame, Say | Choose | Place):
            error["id"] = frame.id
        if detail:
            error["detail"] = detail
        await self._send(error)

    async def _send(self, frame: dict[str, Any]) -> None:
        if not self._ws.closed:
            async with asyncio.timeout(SENDING):
                await self._ws.send_json(frame, dumps=dumps)
