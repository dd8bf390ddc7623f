"""What people said by a platform that does not tell which message an answer is to, what they were
shown, and what that proves.

What each line is answered with is asked of the product before anything is done to it; what a person
was shown is read as a sequence of these answers.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from connectors.texts import Texts
from tests.chaos.faults import Span
from tests.chaos.verdict import Verdict

PROBE = "asks-before-anything-is-done"
PROBED_WITHIN = 120.0  # seconds for one answer, while nothing is done to the product
NOTED_WITHIN = 2.0  # seconds until what the platform took is written down as sent
# What ends or stops a gateway: what it had not written down as sent is sent again.
HARMS = frozenset({"gateway", "clock-kill", "freeze"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person was shown at ``at`` (seconds of the monotonic clock). ``told``: whether we were
    told that it was taken."""

    text: str
    at: float
    told: bool = True


class Talks:
    """Of all people of one platform, and its log. ``kind``: of channel, whose texts it hears."""

    def __init__(self, kind: str = "") -> None:
        self._answers: dict[str, str] = {}  # by what was said
        # What the gateway says by itself while the bot is away.
        self._noise = [Texts.load().say("gateway_received", kind)]
        self.log: list[str] = []
        self.said: defaultdict[str, list[Said]] = defaultdict(list)
        self.shown: defaultdict[str, list[Shown]] = defaultdict(list)

    async def learn(
        self, push: Callable[[str, int, str], Awaitable[bool]], lines: Sequence[str]
    ) -> None:
        """Says each line once and keeps what it is answered with."""
        for number, line in enumerate(lines):
            assert await push(PROBE, number, line), f"{line!r} was not taken"
            async with asyncio.timeout(PROBED_WITHIN):
                while not (answers := self._of_the_probe()[number:]):
                    await asyncio.sleep(0.05)
            self._answers[line] = answers[0]
        assert len({*self._answers.values()}) == len(lines), "two lines are answered alike"
        del self.said[PROBE], self.shown[PROBE]

    def _of_the_probe(self) -> list[str]:
        return [one.text for one in self.shown[PROBE] if one.text not in self._noise]

    def says(self, person: str, line: str) -> None:
        self.said[person].append(Said(line, taken=False))
        self.note(f"{person} writes {line}")

    def is_heard(self, person: str, *, taken: bool) -> None:
        """What came of what the person said last."""
        line = self.said[person][-1].line
        self.said[person][-1] = Said(line, taken)
        self.note(f"{person} {'is heard' if taken else 'gives up'}: {line}")

    def show(self, person: str, text: str, *, told: bool = True, beside: str = "") -> None:
        """``told``: whether the product is told that it was taken."""
        self.shown[person].append(Shown(text, time.monotonic(), told))
        doubt = "" if told else ", which we are not told"
        self.note(f"{person} is shown {text!r}{beside}{doubt}")

    def note(self, line: str) -> None:
        self.log.append(f"{time.time():.3f} {line}")

    @property
    def heard(self) -> int:
        """How much people were shown so far."""
        return sum(len(shown) for shown in self.shown.values())

    def unanswered(self) -> bool:
        """Whether somebody still waits for an answer."""
        return any(self._judged(person, ()).lost for person in list(self.said))

    def verdict(self, pushes: int, spans: Sequence[Span]) -> Verdict:
        """Judges from what people were shown. ``spans``: what was done to the product, and when."""
        every = [line for said in self.said.values() for line in said]
        verdict = Verdict(
            sent=len(every),
            acknowledged=sum(line.taken for line in every),
            given_up=sum(not line.taken for line in every),
            pushes=pushes,
            answers=0,
        )
        harmed = [span for span in spans if span.name in HARMS]
        for person in self.said:
            one = self._judged(person, harmed)
            verdict.answers += one.answers
            verdict.lost += [f"{person}: {line}" for line in one.lost]
            verdict.answered_twice += [f"{person}: {line}" for line in one.twice]
            verdict.out_of_order += [person] if one.disorder else []
            verdict.repeated_at_the_edge += one.repeated
            verdict.strange += one.strange
        return verdict

    def _judged(self, person: str, harmed: Sequence[Span]) -> Judged:
        heard, strange = read(self.shown[person], self._answers, self._noise, harmed)
        return judge(self.said[person], heard, strange)


@dataclass(frozen=True, slots=True)
class Said:
    """A line, and whether the platform was told that we have it."""

    line: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """That a line was answered. ``again``: so many answers from here on may be those before them
    once more, where the sender cannot know better."""

    line: str
    again: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """One person's talk. ``repeated``: how often something was sent again that may be."""

    answers: int
    lost: list[str]
    twice: list[str]
    disorder: bool
    repeated: int
    strange: list[str]


def judge(said: Sequence[Said], heard: Sequence[Heard], strange: list[str]) -> Judged:
    """What was taken is answered once, in order; what was given up once or not at all."""
    reached = {0: 0}  # how often something came again, by how many answers are accounted for
    for one in said:
        answered = {
            n + 1: times
            for n, times in reached.items()
            if n < len(heard) and heard[n].line == one.line
        }
        reached = _with_repeats(answered if one.taken else reached | answered, heard)
    if (repeated := reached.get(len(heard))) is not None:
        return Judged(len(heard), [], [], disorder=False, repeated=repeated, strange=strange)
    found = Counter(one.line for one in heard)
    lost = Counter(one.line for one in said if one.taken) - found
    twice = found - Counter(one.line for one in said)
    return Judged(
        len(heard),
        [*lost.elements()],
        [*twice.elements()],
        disorder=not (lost or twice),
        repeated=0,
        strange=strange,
    )


def _with_repeats(reached: dict[int, int], heard: Sequence[Heard]) -> dict[int, int]:
    found = dict(reached)
    for n, one in enumerate(heard):
        if n in found and one.again:
            further = n + one.again
            found[further] = min(found.get(further, len(heard)), found[n] + 1)
    return found


def read(
    shown: Sequence[Shown],
    answers: Mapping[str, str],
    noise: Sequence[str],
    harmed: Sequence[Span] = (),
) -> tuple[list[Heard], list[str]]:
    """What was answered by what a person was shown, and what is no answer; what waited may have
    been joined."""
    heard: list[Heard] = []
    strange: list[str] = []
    doubtful: list[str] = []  # the answers before, when it is not known that they arrived
    for one in shown:
        lines, rest = _lines(one.text, answers, noise)
        strange += [rest[:80]] if rest else []
        again = len(doubtful) if doubtful and lines[: len(doubtful)] == doubtful else 0
        heard += [Heard(line, 0 if n else again) for n, line in enumerate(lines)]
        doubtful = lines if _in_doubt(one, harmed) else []
    return heard, strange


def _lines(text: str, answers: Mapping[str, str], noise: Sequence[str]) -> tuple[list[str], str]:
    """The lines whose answers a text consists of, and what is left of it."""
    found: list[str] = []
    known = [(told, [line]) for line, told in answers.items()] + [(told, []) for told in noise]
    while text:
        told, line = next((one for one in known if text.startswith(one[0])), ("", []))
        if not told:
            break
        found += line
        text = text[len(told) :].lstrip("\n")
    return found, text


def _in_doubt(one: Shown, harmed: Sequence[Span]) -> bool:
    return not one.told or any(
        span.begin <= one.at + NOTED_WITHIN and one.at <= span.end for span in harmed
    )
