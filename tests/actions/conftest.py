"""Real services over a store in memory, a frozen clock, and trackers as Rasa would send them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import TurnAction
from actions.registry import all_actions
from actions.services import Services
from connectors.clock import FrozenClock
from connectors.settings import Settings
from knowledge.answer import Answerer
from knowledge.base import KnowledgeBase
from tests.bases import shipped_base
from tests.house import store_in_memory, the_texts

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # midday in China


@pytest.fixture(scope="session")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """The knowledge base we ship, as a citizen's question meets it."""
    data = Path(tmp_path_factory.mktemp("data"))
    return Answerer(KnowledgeBase(shipped_base(data)))


@pytest.fixture
async def services(answerer: Answerer) -> AsyncIterator[Services]:
    database = store_in_memory()
    yield Services(
        database=database,
        answerer=answerer,
        clock=FrozenClock(NOON),
        texts=the_texts(),
        settings=Settings(region="340100"),
        random=Random(7),
    )
    await database.close()


@dataclass
class Reply:
    """What an action said and which events it returned."""

    said: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def text(self) -> str:
        return "\n".join(str(message["text"]) for message in self.said if message["text"])

    @property
    def cards(self) -> list[dict[str, Any]]:
        return [message["custom"] for message in self.said if message["custom"]]

    @property
    def buttons(self) -> list[dict[str, str]]:
        return [button for message in self.said for button in message["buttons"]]

    def slot(self, name: str) -> Any:
        """The value an event sets a slot to; ``...`` if none does."""
        for event in reversed(self.events):
            if event["event"] == "slot" and event["name"] == name:
                return event["value"]
        return ...

    def has(self, event: str, **values: Any) -> bool:
        return any(
            e["event"] == event and all(e.get(k) == v for k, v in values.items())
            for e in self.events
        )


@dataclass
class Talk:
    """A conversation as its tracker: messages come in, actions run, their events stay."""

    services: Services
    channel: str = "webchat"
    plain: bool = False
    meta: dict[str, Any] = field(default_factory=dict)
    slots: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    loop: str | None = None
    latest: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    def hear(
        self,
        text: str,
        intent: str = "nlu_fallback",
        confidence: float = 0.9,
        ranking: tuple[tuple[str, float], ...] = (),
        **entities: str,
    ) -> None:
        """The person says something."""
        self.count += 1
        names = ranking or ((intent, confidence),)
        metadata_ = {
            "message_id": f"m{self.count}",
            "conversation_id": "c1",
            "contact_id": "p1",
            "channel": self.channel,
            "plain": self.plain,
            "now": "2026-11-22T12:00:00+08:00",
            **self.meta,
        }
        self.latest = {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "intent_ranking": [{"name": n, "confidence": c} for n, c in names],
            "entities": [{"entity": k, "value": v} for k, v in entities.items()],
            "metadata": metadata_,
            "message_id": f"m{self.count}",
        }
        self.events += [
            {"event": "action", "name": "action_listen"},
            {"event": "user", "text": text, "metadata": metadata_},
        ]

    def press(self, payload: str) -> None:
        """The person presses a button."""
        from actions import payloads

        parsed = payloads.parse(payload)
        assert parsed is not None, payload
        self.hear(payload, parsed.intent, 1.0, **parsed.entities)

    async def run(self, name: str) -> Reply:
        """Run one action and keep what it did."""
        action = _action(self.services, name)
        dispatcher = CollectingDispatcher()
        events = await action.run(dispatcher, self.tracker(), {})
        self.events.append({"event": "action", "name": name})
        for event in events:
            self.events.append(event)
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            if event["event"] == "active_loop":
                self.loop = event["name"]
        for message in dispatcher.messages:
            data = {"buttons": message["buttons"], "custom": message["custom"]}
            self.events.append({"event": "bot", "text": message["text"], "data": data})
        return Reply(dispatcher.messages, events)

    def tracker(self) -> Tracker:
        loop = {"name": self.loop} if self.loop else {}
        return Tracker(
            "s1", dict(self.slots), self.latest, list(self.events), False, None, loop, None
        )


def _action(services: Services, name: str) -> TurnAction:
    return next(action for action in all_actions(services) if action.name() == name)


@pytest.fixture
def talk(services: Services) -> Talk:
    return Talk(services)


@pytest.fixture
def talk_on(services: Services) -> Callable[..., Talk]:
    """A conversation on some channel."""
    return lambda **how: Talk(services, **how)
