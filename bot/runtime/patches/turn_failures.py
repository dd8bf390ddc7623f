"""Failures of a turn are recorded, so the input channel can report them.

Rasa logs an action that failed, forgets its events and goes on: the person gets half a turn or
nothing, and the caller a ``200``. Here every such failure is noted on the turn in progress:

* an action that raised, an action server that is down or answers nonsense;
* the circuit breaker (too many actions in one turn).

After the first failure no further action runs: what follows would build on what did not happen.

A tracker store that fails is not replaced by a forgetful one in memory (``FailSafeTrackerStore``)
but raises: a form half taken must not vanish on the next restart.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass
class TurnFailures:
    """What went wrong while one message was handled, in order."""

    failures: list[str] = field(default_factory=list)

    def add(self, what: str) -> None:
        self.failures.append(what)


CURRENT: ContextVar[TurnFailures | None] = ContextVar("turn_failures", default=None)


def note(what: str) -> None:
    """Record a failure on the turn in progress, if there is one."""
    turn = CURRENT.get()
    if turn is not None:
        turn.add(what)


def install() -> None:
    from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
    from rasa.core.agent import Agent
    from rasa.core.processor import MessageProcessor
    from rasa.core.tracker_store import InMemoryTrackerStore
    from rasa.exceptions import ActionLimitReached

    run_remote = RemoteAction.run
    run_action = MessageProcessor._run_action
    predict = MessageProcessor.predict_next_with_tracker_if_should

    async def run(self: RemoteAction, *args: Any, **kwargs: Any) -> Any:
        try:
            return await run_remote(self, *args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            note(f"{self.name()}: {type(error).__name__}")
            raise

    async def _run_action(self: MessageProcessor, *args: Any, **kwargs: Any) -> bool:
        goes_on: bool = await run_action(self, *args, **kwargs)
        turn = CURRENT.get()
        return goes_on and not (turn is not None and turn.failures)

    def predict_next_with_tracker_if_should(self: MessageProcessor, tracker: Any) -> Any:
        try:
            return predict(self, tracker)
        except ActionLimitReached:
            note("too many actions in one turn")
            raise

    def _create_tracker_store(store: Any, domain: Any) -> Any:
        if store is None:
            return InMemoryTrackerStore(domain)
        store.domain = domain
        return store

    RemoteAction.run = run
    MessageProcessor._run_action = _run_action
    MessageProcessor.predict_next_with_tracker_if_should = predict_next_with_tracker_if_should
    Agent._create_tracker_store = staticmethod(_create_tracker_store)
