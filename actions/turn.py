"""One message as an action sees it, and a voice to answer with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.history import Said
from actions.understanding.pointed import Pointed
from connectors.clock import Clock
from connectors.phones import shown
from connectors.texts import Texts

Event = dict[str, Any]

FALLBACK = "nlu_fallback"
CARE = "care"  # the texts' variant for the elderly (关怀模式)


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on the map, in WGS-84 degrees, and the name the person's device gave it."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came with the message; ``taken_at`` is where it said it was made."""

    id: str
    media: str
    taken_at: Spot | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The latest message of a conversation, with what the gateway knows about its sender."""

    text: str
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: Mapping[str, str]
    message_id: str
    now: datetime
    channel: str = ""
    plain: bool = False
    care: bool = False
    calm: bool = False  # the person said that what sounds like an emergency is none
    conversation_id: str | None = None
    contact_id: str | None = None
    region: str | None = None
    audience: str | None = None
    verified_phone: str | None = None
    active_form: str | None = None
    requested: str | None = None
    files: tuple[SentFile, ...] = ()
    location: Spot | None = None
    pointed: Pointed | None = None
    """What a language model points at in the text, where one is asked."""
    slots: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, tracker: Tracker, clock: Clock) -> Turn:
        """Read a turn off the tracker Rasa sends; what is absent there is absent here."""
        message = tracker.latest_message or {}
        meta = message.get("metadata") or {}
        intent = message.get("intent") or {}
        ranking = tuple(
            (str(entry["name"]), float(entry["confidence"]))
            for entry in message.get("intent_ranking") or ()
            if entry.get("name")
        )
        return cls(
            text=str(message.get("text") or ""),
            intent=str(intent.get("name") or FALLBACK),
            confidence=float(intent.get("confidence") or 0.0),
            ranking=ranking,
            entities={
                str(entity["entity"]): str(entity["value"])
                for entity in message.get("entities") or ()
            },
            message_id=str(meta.get("message_id") or message.get("message_id") or ""),
            now=_moment(meta.get("now")) or clock.now(),
            channel=str(meta.get("channel") or ""),
            plain=bool(meta.get("plain")),
            care=bool(meta.get("care")),
            calm=bool(meta.get("calm")),
            conversation_id=meta.get("conversation_id"),
            contact_id=meta.get("contact_id"),
            region=meta.get("region"),
            audience=meta.get("audience"),
            verified_phone=shown(meta["verified_phone"]) if meta.get("verified_phone") else None,
            active_form=tracker.active_loop_name,
            requested=tracker.get_slot("requested_slot"),
            files=tuple(
                SentFile(str(one["id"]), str(one["media"]), _spot(one))
                for one in meta.get("files") or ()
            ),
            location=_spot(meta.get("location")),
            slots=tracker.slots,
        )

    @property
    def choice(self) -> str | None:
        """What a button of ours that was pressed stands for."""
        return self.entities.get("choice")

    @property
    def variant(self) -> str:
        """The variant of the texts that suits: shorter sentences for a page in its care mode."""
        return CARE if self.care else self.channel

    @property
    def is_payload(self) -> bool:
        """Whether the message is the payload of a button rather than somebody's words."""
        return self.text.startswith("/")

    def best_intent(self) -> tuple[str, float]:
        """The likeliest intent, looking behind a fallback for the guess it covers."""
        if self.intent != FALLBACK:
            return self.intent, self.confidence
        return next(((n, c) for n, c in self.ranking if n != FALLBACK), (FALLBACK, 0.0))


def _spot(value: Mapping[str, Any] | None) -> Spot | None:
    if not value or value.get("latitude") is None or value.get("longitude") is None:
        return None
    return Spot(float(value["latitude"]), float(value["longitude"]), str(value.get("label") or ""))


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@dataclass(frozen=True, slots=True)
class Button:
    """A ready answer: ``label`` is a key of the texts, ``payload`` what is sent when chosen."""

    label: str
    payload: str
    values: Mapping[str, str] = field(default_factory=dict)


class Speaker:
    """Says texts by their key, in the variant of the person's channel."""

    def __init__(self, dispatcher: CollectingDispatcher, texts: Texts, channel: str) -> None:
        self._dispatcher = dispatcher
        self._texts = texts
        self._channel = channel

    def text(self, key: str, **values: object) -> str:
        return self._texts.say(key, self._channel, **values)

    def has(self, key: str) -> bool:
        return key in self._texts

    def say(self, key: str, buttons: Iterable[Button] = (), **values: object) -> None:
        self.say_text(self.text(key, **values), buttons)

    def say_text(self, text: str, buttons: Iterable[Button] = ()) -> None:
        """Say words that are not in the texts: a quotation, an earlier message."""
        self._dispatcher.utter_message(text=text, buttons=self._rendered(buttons))

    def show(self, part: Mapping[str, Any], text: str, buttons: Iterable[Button] = ()) -> None:
        """Show a card; ``text`` is its plain form for channels that cannot."""
        self._dispatcher.utter_message(
            json_message={**part, "text": text}, buttons=self._rendered(buttons)
        )

    def say_again(self, said: Said) -> None:
        """Say again what was said before, with the same ready answers."""
        self._dispatcher.utter_message(
            text=said.text, json_message=said.custom, buttons=[dict(b) for b in said.buttons]
        )

    def effect(self, effect: Mapping[str, Any]) -> None:
        """Ask the gateway to do something when the turn is committed."""
        self._dispatcher.utter_message(json_message=dict(effect))

    def _rendered(self, buttons: Iterable[Button]) -> list[dict[str, str]]:
        return [
            {"title": self.text(button.label, **button.values), "payload": button.payload}
            for button in buttons
        ]
