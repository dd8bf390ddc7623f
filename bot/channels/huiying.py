"""The one way into Rasa: a message and its metadata in, the whole turn or an error out.

``POST /webhooks/huiying/message`` with ``Authorization: Bearer <token>``::

    {"sender": "<session id>", "message_id": "<id>", "text": "...", "channel": "webchat",
     "metadata": {...}}

answers ``200`` with everything the bot says in this turn and where the dialogue stands::

    {"messages": [{"text", "buttons": [{"title", "payload"}], "custom": {...}}],
     "state": {"intent": {"name", "confidence"}, "active_form", "requested_slot", "complaint"}}

or an error ``{"error": {"code", "message"}}`` with a fitting status; never an empty ``200``.

A turn is all or nothing. What happened in it reaches the tracker store only when all of it went
well. The last message that comes again (the caller crashed before it could commit our answer) is
not handled anew but answered as it was, so nothing counts twice. (Rasa's ``UserUtteranceReverted``
cannot take a turn back: inside a form it reverts to before the form.)
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from runtime.patches import turn_failures
from runtime.patches.tracker_store import Overtaken
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

logger = logging.getLogger(__name__)

LONGEST_TEXT = 20_000  # characters; the gateway refuses longer texts before they come here
LONGEST_ID = 255  # characters; the width of the tracker store's column
LONGEST_CHANNEL = 32
OVERTAKEN_MOST = 3  # turns begun anew because another worker was quicker

STATUS = {
    "bad_request": 400,
    "unauthorized": 401,
    "internal": 500,
    "no_reply": 502,
    "action_failed": 503,
    "not_ready": 503,
}


class TurnError(Exception):
    """A turn that could not be taken; ``code`` is one of :data:`STATUS`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Incoming:
    """One message as the gateway posts it, checked."""

    sender: str
    message_id: str
    text: str
    channel: str
    metadata: dict[str, Any]

    @classmethod
    def from_body(cls, body: bytes) -> Incoming:
        """Reads and checks a request body. Raises :class:`TurnError` ``bad_request``."""
        try:
            data = json.loads(body)
        except ValueError as error:
            raise TurnError("bad_request", "the body is not JSON") from error
        if not isinstance(data, dict):
            raise TurnError("bad_request", "the body is not a JSON object")
        metadata = data.get("metadata", {})
        if not isinstance(metadata, dict):
            raise TurnError("bad_request", "metadata is not an object")
        message_id = _string(data, "message_id", LONGEST_ID)
        return cls(
            sender=_string(data, "sender", LONGEST_ID),
            message_id=message_id,
            text=_string(data, "text", LONGEST_TEXT),
            channel=_string(data, "channel", LONGEST_CHANNEL),
            metadata={**metadata, "message_id": message_id},
        )


def _string(data: dict[str, Any], key: str, longest: int) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise TurnError("bad_request", f"{key} must be a non-empty string")
    if len(value) > longest:
        raise TurnError("bad_request", f"{key} is longer than {longest} characters")
    return value


class TurnOutput(OutputChannel):
    """Collects what the bot says in one turn, each utterance whole.

    Its name is the person's channel, so that responses with a ``channel:`` variant are chosen.
    """

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.messages: list[dict[str, Any]] = []

    def name(self) -> str:  # type: ignore[override]  # Rasa asks the instance, by class method
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        said = {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        if "buttons" in said:
            said["buttons"] = [
                {"title": str(button["title"]), "payload": str(button["payload"])}
                for button in said["buttons"]
            ]
        if said:
            self.messages.append(said)


class HuiyingInput(InputChannel):
    """Registered in ``credentials.yml``; ``token`` is the secret shared with the gateway."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    @classmethod
    def name(cls) -> str:
        return "huiying"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> HuiyingInput:
        token = (credentials or {}).get("token")
        if not token or str(token).startswith("${"):
            raise RasaException(
                "HUIYING_INTERNAL_TOKEN is not set: without it anyone on this machine could "
                "speak in a citizen's name. `make run` sets it."
            )
        return cls(str(token))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        # The turn is taken here rather than by `on_new_message`, which saves half a turn.
        webhook = Blueprint("huiying_webhook")

        @webhook.get("/health")
        async def health(request: Request) -> HTTPResponse:
            agent = _agent(request)
            if agent is None:
                return _error(TurnError("not_ready", "the model is still loading"))
            return json_response({"ready": True, "model": agent.processor.model_filename})

        @webhook.post("/message")
        async def message(request: Request) -> HTTPResponse:
            try:
                self._authorize(request)
                incoming = Incoming.from_body(request.body)
                agent = _agent(request)
                if agent is None:
                    raise TurnError("not_ready", "the model is still loading")
                return json_response(await take_turn(agent, incoming))
            except TurnError as error:
                if STATUS[error.code] >= 500:
                    logger.warning("turn failed: %s (%s)", error.code, error.message)
                return _error(error)
            except Exception as error:
                # Class and place only: the text of an exception may hold a citizen's words.
                logger.exception("turn failed: internal")
                return _error(TurnError("internal", type(error).__name__))

        return webhook

    def _authorize(self, request: Request) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), self._token):
            raise TurnError("unauthorized", "a bearer token is needed")


async def take_turn(agent: Agent, incoming: Incoming) -> dict[str, Any]:
    """Let the bot answer one message.

    Returns the reply in the shape described at the top of this module. Raises
    :class:`TurnError` ``action_failed`` or ``no_reply``; then the tracker store is as it was. When
    another worker took a turn of this dialogue meanwhile, its turn stands: if it is of this message
    it is answered again, else this message is taken after it.
    """
    for _ in range(OVERTAKEN_MOST):
        try:
            return await _take_turn(agent, incoming)
        except Overtaken:
            logger.warning("turn overtaken by another worker")
    raise TurnError("action_failed", "overtaken again and again")


async def _take_turn(agent: Agent, incoming: Incoming) -> dict[str, Any]:
    processor = agent.processor
    output = TurnOutput(incoming.channel)
    message = UserMessage(
        text=incoming.text,
        output_channel=output,
        sender_id=incoming.sender,
        input_channel=incoming.channel,
        message_id=incoming.message_id,
        metadata=incoming.metadata,
    )
    failures = turn_failures.TurnFailures()
    mark = turn_failures.CURRENT.set(failures)
    try:
        async with agent.lock_store.lock(incoming.sender):
            tracker = await processor.fetch_tracker_and_update_session(
                incoming.sender, output, incoming.metadata
            )
            if await _answer_again(tracker, incoming.message_id, output):
                return {"messages": output.messages, "state": _state(tracker)}
            await processor._handle_message_with_tracker(message, tracker)
            tracker = await processor.run_action_extract_slots(output, tracker)
            await processor._run_prediction_loop(output, tracker)
            if failures.failures:
                raise TurnError("action_failed", "; ".join(failures.failures))
            if not output.messages:
                raise TurnError("no_reply", "the bot had nothing to say")
            await processor.save_tracker(tracker)
    finally:
        turn_failures.CURRENT.reset(mark)
    return {"messages": output.messages, "state": _state(tracker)}


async def _answer_again(tracker: DialogueStateTracker, message_id: str, output: TurnOutput) -> bool:
    """Say again what was said to the last message, if it is this one; whether it is.

    Read off all events, not the applied ones: those leave out the turns inside a form.
    """
    said: list[BotUttered] = []
    ours: list[BotUttered] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            if (event.metadata or {}).get("message_id") != message_id:
                break
            ours = list(said)
        elif isinstance(event, BotUttered):
            said.append(event)
    for utterance in reversed(ours):
        await output.send_response(tracker.sender_id, utterance.message())
    return bool(output.messages)


def _state(tracker: DialogueStateTracker) -> dict[str, Any]:
    intent = tracker.latest_message.intent if tracker.latest_message else {}
    return {
        "intent": {
            "name": intent.get("name"),
            "confidence": float(intent.get("confidence") or 0.0),
        },
        "active_form": tracker.active_loop_name,
        "requested_slot": tracker.get_slot(REQUESTED_SLOT) if tracker.active_loop_name else None,
        # What is half told: the gateway keeps it, so that it can go on in another channel.
        "complaint": tracker.get_slot("complaint"),
    }


def _agent(request: Request) -> Agent | None:
    agent = getattr(request.app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def _error(error: TurnError) -> HTTPResponse:
    return json_response(
        {"error": {"code": error.code, "message": error.message}}, status=STATUS[error.code]
    )
