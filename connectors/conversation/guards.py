"""What is looked at before Rasa sees a message: first danger, then whether there are words,
then whether an incident is known that they are about.

The guard for danger is deliberately coarse: it speaks up only when the alarm is clear, tells whom
to call and brings a person in the same breath. The dialogue has finer ears for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.store.incidents import Notice

# A sign alone (👌, in any skin) may be an answer; others say nothing that could be read.
_WORD = re.compile(r"[^\W_]|^[👌👍🆗✅❌\ufe0f\U0001f3fb-\U0001f3ff\s]+$")


EMERGENCY = "gateway_emergency"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``text``: the key of what to say; ``handoff``: the skill to call for, with its reason."""

    text: str
    handoff: str | None = None
    reason: str = ""


def _nothing_known(_text: str, _now: datetime, _notices: Sequence[Notice]) -> Notice | None:
    return None


@dataclass(frozen=True, slots=True)
class Guards:
    """``alarms`` names the clear dangers in a text: emergency, threat, despair. ``known`` finds
    the known incident a text is about."""

    alarms: Callable[[str], tuple[str, ...]]
    known: Callable[[str, datetime, Sequence[Notice]], Notice | None] = _nothing_known

    def check(self, text: str) -> Verdict | None:
        """What to do instead of a turn of the bot; None when the bot may go on."""
        for alarm in self.alarms(text):
            return Verdict(f"gateway_{alarm}", handoff="crisis", reason="safety")
        if not _WORD.search(text):
            return Verdict("gateway_unreadable")
        return None
