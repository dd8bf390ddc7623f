"""To which agent a waiting conversation is offered next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.conversation.skills import Skill, may_serve
from connectors.store.conversations import Conversation
from connectors.store.presence import Present

NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Choosing:
    """``max_load``: of agents without one of their own; ``overflow_after``: waiting, after which
    every agent will do; ``there``: how long ago somebody may have been seen last."""

    max_load: int
    overflow_after: timedelta
    there: timedelta

    def choose(
        self,
        conversation: Conversation,
        present: Iterable[Present],
        offered: Mapping[str, int],
        busy: Collection[str],
        now: datetime,
    ) -> Present | None:
        """Whoever has been offered it least, then the agent of last time, those trained for it,
        those with least to do, and who has waited longest for an offer.

        ``offered``: how often to whom while it waits; ``busy``: agents with an offer just now.
        None: nobody is free.
        """
        able = [one for one in present if self.could(one, conversation, now)]
        # Whoever has just let it go does not get it again before those who are busy this moment.
        least = min((offered.get(one.agent_id, 0) for one in able), default=0)
        free = [
            one
            for one in able
            if one.agent_id not in busy and offered.get(one.agent_id, 0) == least
        ]
        return min(
            free,
            key=lambda one: (
                one.agent_id != conversation.last_agent_id,
                not self._trained(one, conversation),
                one.load / self._most(one),
                one.offered_at or NEVER,
                one.agent_id,
            ),
            default=None,
        )

    def could(self, agent: Present, conversation: Conversation, now: datetime) -> bool:
        """Whether the agent is there, wants to work, may serve that queue and has a hand free.
        Danger asks nobody how much they have to do."""
        if not agent.ready or now - agent.seen_at > self.there:
            return False
        if agent.role == "supervisor" and agent.skills is None:
            return False  # they look after the others, unless they are given queues of their own
        if conversation.skill == Skill.CRISIS:
            return True
        if agent.load >= self._most(agent):
            return False
        return may_serve(agent.skills, conversation.skill) or self.overflows(conversation, now)

    def overflows(self, conversation: Conversation, now: datetime) -> bool:
        """Whether the person has waited so long that every agent may take them."""
        since = conversation.waiting_since
        return since is not None and now - since >= self.overflow_after

    def _trained(self, agent: Present, conversation: Conversation) -> bool:
        return agent.skills is None or (conversation.skill or Skill.GENERAL) in agent.skills

    def _most(self, agent: Present) -> int:
        return max(1, self.max_load if agent.max_load is None else agent.max_load)
