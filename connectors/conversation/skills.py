"""Which queue a person waits in, and before whom: two tables, and nothing else.

:data:`RULES` is read from above, the first that fits decides. :data:`RANKS` says who is called
first of those who wait: the lower, the sooner; within a rank, who has waited longest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum


class Skill(StrEnum):
    """What an agent can do, and the queue of those who need it."""

    GENERAL = "general"
    ENTERPRISE = "enterprise"
    ELDERLY = "elderly"
    DIALECT = "dialect"
    CRISIS = "crisis"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a person is called for.

    ``asked``: the queue the person, the dialogue or an agent named. ``reason``: why there is a
    handoff; ``safety`` is danger. ``audience``: of the contact. ``care``: the conversation is in
    the mode for elderly people (关怀模式). ``of_channel``: the queue of everybody who comes by this
    channel, if it has one.
    """

    asked: str = ""
    reason: str = ""
    audience: str = "person"
    care: bool = False
    of_channel: str = ""


NAMED = frozenset({Skill.VIDEO, Skill.DIALECT, Skill.ELDERLY, Skill.ENTERPRISE})

RULES: tuple[tuple[str, Callable[[Facts], bool], Skill | None], ...] = (
    ("danger", lambda f: f.reason == "safety" or f.asked == Skill.CRISIS, Skill.CRISIS),
    ("asked for", lambda f: f.asked in NAMED, None),  # None: what was asked for
    ("a firm", lambda f: Skill.ENTERPRISE in (f.audience, f.of_channel), Skill.ENTERPRISE),
    ("care mode", lambda f: f.care or f.of_channel == Skill.ELDERLY, Skill.ELDERLY),
    ("anybody", lambda _: True, Skill.GENERAL),
)

# Reasons of somebody who had a person and lost them through no fault of their own.
RETURNED = frozenset({"agent_lost", "agent_gone", "transferred"})

RANKS: tuple[tuple[Callable[[str, str], bool], int], ...] = (
    (lambda skill, _: skill == Skill.CRISIS, 0),
    (lambda _, reason: reason in RETURNED, 1),
    (lambda skill, _: skill in (Skill.ENTERPRISE, Skill.ELDERLY), 2),  # 绿色通道
    (lambda _, __: True, 3),
)


def skill_of(facts: Facts) -> Skill:
    """The queue a person waits in."""
    for _, fits, skill in RULES:
        if fits(facts):
            return skill or Skill(facts.asked)
    raise AssertionError("the last rule fits everybody")


def rank_of(skill: str | None, reason: str | None) -> int:
    """Who is called first: 0 before 1."""
    return next(rank for fits, rank in RANKS if fits(skill or Skill.GENERAL, reason or ""))


def may_serve(skills: Collection[str] | None, needed: str | None) -> bool:
    """Whether an agent of these skills (None: every one) is for that queue.

    Whoever is in danger is for everybody: an untrained person is better than none.
    """
    needed = needed or Skill.GENERAL
    return skills is None or needed in skills or needed == Skill.CRISIS
