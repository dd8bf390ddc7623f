"""The client of Rasa: one turn in, what to say and what to do out.

Rasa is asked through our own input channel (``bot/channels/huiying.py``), which answers errors as
errors. Two kinds matter to the worker: Rasa is *not there* (wait, lose nothing) and this *turn
fails* (try a few times, then a person).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from connectors import tracing
from connectors.ids import new_id
from connectors.json_codec import dump_bytes, loads
from connectors.messages import Author, Choice, Outbound, Part, Text, part_from_json


class DialogueUnavailable(Exception):
    """Rasa cannot be reached or is still loading: the message waits."""


class DialogueFailed(Exception):
    """Rasa answered, but this turn went wrong."""


@dataclass(frozen=True, slots=True)
class TurnRequest:
    session_id: str
    message_id: str
    text: str
    channel: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Handoff:
    """The dialogue wants a person to go on."""

    skill: str
    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    """The dialogue has come to its end."""


Effect = Handoff | Close


@dataclass(frozen=True, slots=True)
class TurnReply:
    outbounds: tuple[Outbound, ...]
    effects: tuple[Effect, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)


class RasaDialogue:
    def __init__(self, http: aiohttp.ClientSession, url: str, token: str, timeout: float) -> None:
        self._http = http
        self._url = f"{url}/webhooks/huiying"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=3)

    async def turn(self, request: TurnRequest) -> TurnReply:
        """Raises :class:`DialogueUnavailable` or :class:`DialogueFailed`."""
        body = {
            "sender": request.session_id,
            "message_id": request.message_id,
            "text": request.text,
            "channel": request.channel,
            "metadata": dict(request.metadata),
        }
        try:
            async with self._http.post(
                f"{self._url}/message",
                data=dump_bytes(body),
                headers=tracing.carry({**self._headers, "Content-Type": "application/json"}),
                timeout=self._timeout,
            ) as response:
                answer, status = loads(await response.read()), response.status
        except TimeoutError as error:
            raise DialogueFailed("no answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            raise DialogueUnavailable(type(error).__name__) from error
        if status == 200 and isinstance(answer, dict):
            return parse_reply(answer)
        code = _error_code(answer)
        if code == "not_ready" or (not code and status in (404, 502, 504)):
            # Not our channel's own answer: a proxy's, or Rasa's before the channel is up.
            raise DialogueUnavailable(code or f"status {status}")
        raise DialogueFailed(code or f"status {status}")

    async def ready(self) -> bool:
        """Whether a turn could be taken now."""
        try:
            async with self._http.get(
                f"{self._url}/health",
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=2),
            ) as response:
                return response.status == 200
        except (TimeoutError, aiohttp.ClientError, OSError):
            return False


def parse_reply(answer: Mapping[str, Any]) -> TurnReply:
    """What Rasa's messages mean. Raises :class:`DialogueFailed` when they cannot be understood.

    A text begins a new message; a card that follows it joins it.
    """
    outbounds: list[Outbound] = []
    effects: list[Effect] = []
    try:
        for message in answer["messages"]:
            custom = message.get("custom") or {}
            if custom.get("effect") == "silence":  # heard, and nothing to say to it
                continue
            if "effect" in custom:
                effects.append(_effect(custom))
                continue
            parts: list[Part] = []
            if message.get("text"):
                parts.append(Text(str(message["text"])))
            if "part" in custom:
                card = {**custom, "kind": custom["part"]}
                del card["part"]
                parts.append(part_from_json(card))
            choices = tuple(
                Choice(new_id("k"), str(button["title"]), str(button["payload"]))
                for button in message.get("buttons") or ()
            )
            if not parts and not choices:
                continue
            if outbounds and not message.get("text") and not outbounds[-1].choices:
                last = outbounds.pop()
                outbounds.append(Outbound((*last.parts, *parts), Author.BOT, choices))
            else:
                outbounds.append(Outbound(tuple(parts), Author.BOT, choices))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DialogueFailed(f"the reply is malformed: {error}") from error
    return TurnReply(tuple(outbounds), tuple(effects), answer.get("state") or {})


def _effect(custom: Mapping[str, Any]) -> Effect:
    match custom["effect"]:
        case "handoff":
            return Handoff(str(custom.get("skill", "general")), str(custom.get("reason", "asked")))
        case "close":
            return Close()
        case other:
            raise ValueError(f"unknown effect {other!r}")


def _error_code(answer: object) -> str:
    if isinstance(answer, dict) and isinstance(answer.get("error"), dict):
        return str(answer["error"].get("code", ""))
    return ""
