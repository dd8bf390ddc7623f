"""The settings of the desk: when agents are there, who gets what, how long it may take."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field, field_validator

from connectors.settings.section import Section
from connectors.worktime import OfficeHours, WorkCalendar

Queue = Literal["general", "enterprise", "elderly", "dialect", "crisis", "video"]


class Desk(Section):
    """Hours, assignment and answer times (docs/desk.md)."""

    hours: dict[str, list[str]] = Field(
        default={},
        description="when agents answer, e.g. {mon-fri: ['08:30-12:00', '14:00-17:30']} with "
        "`sat` and `holiday` as needed; empty: day and night; supervisors may set others",
    )
    wait_most: timedelta = Field(
        default=timedelta(minutes=10),
        description="waiting for an agent, after which a callback is promised and filed",
    )
    callback_within: timedelta = Field(
        default=timedelta(hours=2),
        description="office hours within which a promised callback is due",
    )
    assign: Literal["pull", "offer"] = Field(
        default="pull",
        description="`pull`: agents take whom they like; `offer`: each is offered to one agent "
        "after the other, by skill, last agent and load",
    )
    offer_for: timedelta = Field(
        default=timedelta(seconds=20),
        description="how long an offer stands before the next agent gets it",
    )
    missed_most: int = Field(
        default=2, ge=1, description="offers missed in a row, after which an agent gets no more"
    )
    max_load: int = Field(
        default=8, ge=1, description="open conversations of one agent, unless set for them"
    )
    overflow_after: timedelta = Field(
        default=timedelta(minutes=3),
        description="waiting, after which agents of every skill may take a conversation",
    )
    lost_after: timedelta = Field(
        default=timedelta(seconds=90),
        description="without a sign of an agent, after which their conversations wait for others",
    )
    answer_within: timedelta = Field(
        default=timedelta(minutes=3),
        description="a person's words wait for an agent's answer (GB/T 33358: text, 3 minutes)",
    )
    answer_within_of: dict[str, timedelta] = Field(
        default={},
        description="the same for channels with a time of their own, by their names; GB/T 33358 "
        "has 15 seconds for the phone and 24 hours for a mailbox",
    )
    answer_within_in: dict[Queue, timedelta] = Field(
        default={"crisis": timedelta(seconds=30), "enterprise": timedelta(minutes=2)},
        description="the same for queues, before the channel's: crisis, enterprise, elderly, "
        "dialect, video, general",
    )
    video_url: str | None = Field(
        default=None,
        description="where a video talk is held, e.g. https://meet.example.gov.cn/{room}; a name "
        "nobody can guess takes the place of {room}",
    )
    yellow_from: float = Field(
        default=0.5, gt=0, lt=1, description="share of a time used up, from which a light is yellow"
    )
    orange_from: float = Field(
        default=0.8, gt=0, lt=1, description="share of a time used up, from which it is orange"
    )

    @field_validator("hours")
    @classmethod
    def _readable(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        OfficeHours(value, WorkCalendar())
        return value

    @field_validator("video_url")
    @classmethod
    def _has_a_room(cls, value: str | None) -> str | None:
        if value is not None and not (value.startswith("https://") and "{room}" in value):
            raise ValueError("must begin with https:// and hold {room}")
        return value

    @field_validator("orange_from")
    @classmethod
    def _after_yellow(cls, value: float, info: object) -> float:
        yellow = getattr(info, "data", {}).get("yellow_from", 0.0)
        if value <= yellow:
            raise ValueError("must be above yellow_from")
        return value

    def answer_time(self, channel: str, queue: str | None = None) -> timedelta:
        """How long a person may be without an agent's answer there."""
        of_queue: dict[str, timedelta] = dict(self.answer_within_in.items())
        of_channel = self.answer_within_of.get(channel, self.answer_within)
        return of_queue.get(queue or "", of_channel)
