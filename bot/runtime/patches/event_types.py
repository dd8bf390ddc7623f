"""Remember which event types there are.

Rasa walks the whole tree of Event subclasses for every event it reads back from the tracker
store. The tree is complete once Rasa is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def install() -> None:
    import rasa.shared.utils.common as common
    from rasa.shared.core.events import Event

    original: Callable[[Any], list[Any]] = common.all_subclasses
    events = original(Event)

    def all_subclasses(cls: Any) -> list[Any]:
        return events if cls is Event else original(cls)

    common.all_subclasses = all_subclasses
