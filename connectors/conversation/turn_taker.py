"""One turn of a conversation: what is pending, what is said to it, and the commit of both.

Begin and commit are two short transactions; the dialogue runs between them. The commit holds only
while the *fence* (nobody else began this turn since) and the *epoch* (the owner is still who it
was) are what they were, so nothing is answered twice and no late answer of the bot falls into an
agent's talk. A crash before the commit repeats the turn; after it, never.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Connection
from structlog.contextvars import bound_contextvars

from connectors import logs, metrics, tracing
from connectors.channel import Capabilities
from connectors.clock import Clock, in_china
from connectors.conversation.dialogue import (
    DialogueFailed,
    DialogueUnavailable,
    Effect,
    Handoff,
    TurnReply,
    TurnRequest,
)
from connectors.conversation.guards import EMERGENCY, Guards
from connectors.conversation.hearing import NOT_MEANT, Hearing, Read
from connectors.conversation.ledger import Burst, TurnLedger
from connectors.conversation.ownership import Owner
from connectors.conversation.turn import Outcome, Turn, Voice, sent_beside
from connectors.conversation.wishes import Wish, wish
from connectors.coordination.coordinator import Coordinator, Happening
from connectors.coordination.telling import tell
from connectors.ids import ConversationId
from connectors.messages import Author, Outbound
from connectors.settings.dialogue import Dialogue as DialogueSettings
from connectors.store import inbox, messages, opt_outs
from connectors.store.conversations import Conversation
from connectors.store.database import Database
from connectors.store.outbox import Claim
from connectors.texts import Texts

log = logs.get(__name__)

_ASKS_FOR_PERSON = re.compile(r"转?人工|真人|接线员|话务员|客服|工作人员")
_WAITS_NO_LONGER = re.compile(r"取消转?人工|不(?:用|要)?等了|不(?:转|要|用)人工|算了")
_WAITING_NOTICE_EVERY = 60.0  # seconds between two words on the place of whoever waits
_HEARD_EVERY = 8.0  # seconds; lines sent one upon the other are acknowledged once
_LOOKED_BACK = 20  # messages among which the one that raised the alarm is


def _calmed(talk: Conversation, text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    return f"calmed:{talk.id}:{digest}"


class DialoguePort(Protocol):
    async def turn(self, request: TurnRequest) -> TurnReply: ...

    async def ready(self) -> bool: ...


class Outbox(Protocol):
    """The outbox, as a turn sees it."""

    def wake(self) -> None:
        """Something was written for it."""

    def claiming(self) -> AbstractAsyncContextManager[Claim]:
        """For a unit that writes for it: what the unit claims as it ends is sent once it is
        committed."""


class TurnTaker:
    def __init__(
        self,
        *,
        database: Database,
        coordinator: Coordinator,
        dialogue: DialoguePort,
        guards: Guards,
        read: Read,
        clock: Clock,
        texts: Texts,
        settings: DialogueSettings,
        capabilities: Callable[[str], Capabilities],
        outbox: Outbox,
    ) -> None:
        self._db = database
        self._coordinator = coordinator
        self._dialogue = dialogue
        self._guards = guards
        self._clock = clock
        self._settings = settings
        self._capabilities = capabilities
        self._voice = Voice(texts, capabilities)
        self._ledger = TurnLedger(self._voice, settings.attempts, settings.form_life)
        self._hearing = Hearing(database, self._voice, read)
        self._outbox = outbox

    async def take(self, conversation_id: ConversationId) -> bool | None:
        """One turn; whether more is pending behind it, None when nothing was pending.

        Raises what the dialogue or store raise.
        """
        turn = await self._begin(conversation_id)
        if turn is None:
            return None
        trace_id = turn.message.trace_id
        with (
            bound_contextvars(trace_id=trace_id, message_id=turn.message.id),
            tracing.span("turn", trace_id=trace_id, channel=turn.conversation.channel),
        ):
            started = time.perf_counter()
            with tracing.span("turn.decide"):
                outcome = await self._decide(turn)
            decided = time.perf_counter()
            with tracing.span("turn.commit"):
                more = await self._finish(turn, outcome)
            metrics.turn_seconds.labels("dialogue").observe(decided - started)
            metrics.turn_seconds.labels("commit").observe(time.perf_counter() - decided)
        return more

    async def _begin(self, conversation_id: ConversationId) -> Turn | None:
        """The next turn; on channels that join quick messages, once the person pauses."""
        last = 0
        while True:
            unit = partial(
                self._ledger.begin,
                conversation_id=conversation_id,
                now=self._clock.now(),
                waited_for=last,
            )
            begun = await self._db.read(unit)
            if not isinstance(begun, Burst):
                return begun
            last = begun.last
            await asyncio.sleep(begun.pause)

    async def set_aside(self, conversation_id: ConversationId) -> bool:
        """After a broken try; True when the message was given up and a person takes over."""
        now = self._clock.now()
        try:
            given_up = await self._db.transact(
                lambda conn: self._ledger.set_aside(conn, conversation_id, now)
            )
        except Exception:
            log.exception("turn.cannot_be_set_aside")
            return False
        if given_up is None:
            return False
        self._outbox.wake()
        await tell(self._coordinator, given_up.id, "message")
        await tell(self._coordinator, given_up.id, "owner", owner=given_up.owner.value)
        return True

    # Deciding ----------------------------------------------------------------------------------

    async def _decide(self, turn: Turn) -> Outcome:
        if turn.conversation.owner is not Owner.AGENT:
            turn = await self._hearing.hear(turn)
        if (wished := await self._wished(turn)) is not None:
            return Outcome(wish=wished)
        match turn.conversation.owner:
            case Owner.AGENT:
                return Outcome()
            case Owner.WAITING:
                return await self._while_waiting(turn)
            case Owner.BOT | Owner.CLOSED:
                return await self._ask_bot(turn)

    async def _wished(self, turn: Turn) -> Wish | None:
        """Whether the person refuses what we begin, or allows it again; where nothing is refused,
        words that would allow it are a message like any other."""
        talk = turn.conversation
        if not self._capabilities(talk.channel).manners.opt_out:
            return None
        wished = wish(turn.text)
        if wished is Wish.RESUME and not await self._db.read(
            lambda conn: opt_outs.has(conn, talk.channel, talk.address)
        ):
            return None
        return wished

    async def _while_waiting(self, turn: Turn) -> Outcome:
        if _WAITS_NO_LONGER.search(turn.text) and len(turn.text) <= 12:
            return Outcome((await self._no_longer_waits(turn),), withdraw=True)
        verdict = self._guards.check(turn.text)
        if verdict is not None and verdict.handoff and turn.conversation.skill != verdict.handoff:
            raised = Handoff(verdict.handoff, verdict.reason)
            return Outcome((self._system(verdict.text, turn, Author.BOT),), (raised,))
        told = await self._coordinator.allow(
            f"waiting:{turn.conversation.id}", 1, _WAITING_NOTICE_EVERY
        )
        if told or self._capabilities(turn.conversation.channel).joins_turn:
            return Outcome(place=told)
        heard = await self._coordinator.allow(
            f"waiting-heard:{turn.conversation.id}", 1, _HEARD_EVERY
        )
        words = (self._system("gateway_handoff_heard", turn),) if heard else ()
        return Outcome(words)

    async def _no_longer_waits(self, turn: Turn) -> Outbound:
        """Back to the bot. Where an emergency was heard that was none, what was said can be
        registered after all, in the same words; those raise no alarm again."""
        talk = turn.conversation
        said = await self._db.read(
            lambda conn: messages.after(conn, talk.id, 0, _LOOKED_BACK, newest=True)
        )
        alarmed = (
            one.text
            for one in reversed(said)
            if one.author is Author.CITIZEN and one.readable and self._is_emergency(one.text)
        )
        if (text := next(alarmed, None)) is None:
            return self._system("gateway_handoff_cancelled", turn)
        life = self._settings.session_idle.total_seconds()
        await self._coordinator.keep(_calmed(talk, text), "1", life)
        return self._voice.no_emergency(text, talk.channel, care=talk.care)

    def _is_emergency(self, text: str) -> bool:
        verdict = self._guards.check(text)
        return verdict is not None and verdict.text == EMERGENCY

    async def _was_none(self, turn: Turn) -> bool:
        """Whether the person said of these very words that they are no emergency."""
        return await self._coordinator.kept(_calmed(turn.conversation, turn.text)) is not None

    async def _ask_bot(self, turn: Turn) -> Outcome:
        reopen = turn.conversation.owner is Owner.CLOSED
        if not all(message.readable for message in turn.joined):  # the store could not read it
            return self._given_up(turn, reopen)
        verdict = self._guards.check(turn.text)
        calm = verdict is not None and verdict.text == EMERGENCY and await self._was_none(turn)
        if verdict is not None and not calm:
            effects: tuple[Effect, ...] = (
                (Handoff(verdict.handoff, verdict.reason),) if verdict.handoff else ()
            )
            return Outcome((self._system(verdict.text, turn, Author.BOT),), effects, reopen)
        if turn.text == NOT_MEANT:
            return Outcome((self._hearing.again(turn),), reopen=reopen)
        if turn.instead is not None:
            return Outcome((self._hearing.ask(turn),), reopen=reopen)
        if (known := await self._incident(turn, reopen)) is not None:
            return known
        try:
            reply = await self._with_notice(turn, calm=calm)
        except DialogueUnavailable:
            if _ASKS_FOR_PERSON.search(turn.text) and len(turn.text) <= 20:
                return Outcome((), (Handoff("general", "bot_unavailable"),), reopen)
            await self._notice(turn)
            raise
        except DialogueFailed as error:
            attempts = await self._db.transact(
                lambda conn: inbox.count_attempt(conn, turn.message.id)
            )
            if attempts < self._settings.attempts:
                raise
            log.error("turn.given_up", reason=str(error), attempts=attempts)
            return self._given_up(turn, reopen)
        return Outcome(reply.outbounds, reply.effects, reopen, state=reply.state)

    async def _incident(self, turn: Turn, reopen: bool) -> Outcome | None:
        """A known incident is told before anything is asked; whoever insists says so, and what
        they said is then taken as it was."""
        now = self._clock.now()
        notices = await self._db.read(lambda conn: self._ledger.untold(conn, turn, now))
        if not notices:
            return None
        known = await asyncio.to_thread(self._guards.known, turn.text, now, notices)
        if known is None:
            return None
        channel = turn.conversation.channel
        told = self._voice.incident(known, turn.text, channel, care=turn.conversation.care)
        return Outcome((told,), reopen=reopen, incident=known.id)

    def _given_up(self, turn: Turn, reopen: bool) -> Outcome:
        apology = self._system("gateway_turn_failed", turn, Author.BOT)
        return Outcome((apology,), (Handoff("general", "turn_failed"),), reopen, failed=True)

    async def _with_notice(self, turn: Turn, *, calm: bool) -> TurnReply:
        """The bot's turn, with a word to the person if it takes long."""
        beside: list[asyncio.Task[None]] = []
        timer = asyncio.get_running_loop().call_later(
            self._settings.notice_after,
            lambda: beside.append(asyncio.create_task(self._notice(turn))),
        )
        await self._typing(turn, True)
        try:
            return await self._dialogue.turn(self._request(turn, calm=calm))
        finally:
            timer.cancel()
            for notice in beside:
                await notice
            await self._typing(turn, False)

    async def _typing(self, turn: Turn, on: bool) -> None:
        topic = f"conversation:{turn.conversation.id}"
        await self._coordinator.publish(Happening(topic, "typing", {"on": on}))

    async def _notice(self, turn: Turn) -> None:
        """Tells the person, once per message, that it is here and being worked on."""

        now = self._clock.now()
        if await self._db.transact(lambda conn: self._ledger.note_wait(conn, turn, now)):
            self._outbox.wake()
            await tell(self._coordinator, turn.conversation.id, "message")

    def _request(self, turn: Turn, *, calm: bool) -> TurnRequest:
        conversation, contact = turn.conversation, turn.contact
        capabilities = self._capabilities(conversation.channel)
        metadata: Mapping[str, Any] = {
            "message_id": turn.message.id,
            "conversation_id": conversation.id,
            "contact_id": contact.id,
            "account": conversation.account,
            "channel": conversation.channel,
            "region": contact.region,
            "audience": contact.audience,
            "care": conversation.care,
            "verified_phone": contact.verified_phone,
            "now": in_china(turn.message.created_at).isoformat(),
            "trace_id": turn.message.trace_id,
            "plain": not capabilities.rich_parts,
            "calm": calm,
            **sent_beside(turn.joined),
        }
        return TurnRequest(
            session_id=conversation.session_id,
            message_id=turn.message.id,
            text=turn.text,
            channel=self._variant(conversation, capabilities),
            metadata=metadata,
        )

    def _variant(self, conversation: Conversation, capabilities: Capabilities) -> str:
        """Which variant of the texts suits: shorter sentences for a page in its care mode."""
        if capabilities.texts != "text":
            return capabilities.texts
        return "care" if conversation.care else conversation.channel

    def _system(self, key: str, turn: Turn, author: Author = Author.SYSTEM) -> Outbound:
        conversation = turn.conversation
        return self._voice.say(key, conversation.channel, author, care=conversation.care)

    async def _finish(self, turn: Turn, outcome: Outcome) -> bool:
        """Commits the turn; whether more is pending."""
        now = self._clock.now()

        def unit(conn: Connection) -> tuple[Conversation | None, bool]:
            done = self._ledger.commit(conn, turn, outcome, now)
            after = done.conversation if done is not None else None
            if done is not None:
                claim(conn, done.conversation, done.said)
            return after, inbox.oldest_pending(conn, turn.conversation.id) is not None

        async with self._outbox.claiming() as claim:
            after, more = await self._db.transact(unit)
        if after is None:
            log.warning("turn.superseded")
            return more
        await tell(self._coordinator, after.id, "message")
        if after.epoch != turn.conversation.epoch:
            await tell(self._coordinator, after.id, "owner", owner=after.owner.value)
        return more
