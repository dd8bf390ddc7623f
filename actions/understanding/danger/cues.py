"""Words for danger, and what around one takes from its weight: negation, the past, hearsay.

The words are tables under ``data/danger``: ``[what they tell] weight`` and below it one pattern a
line. Of one heading the strongest counts; headings add up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from actions.understanding.fields import Alarm

FOLDER = Path(__file__).parents[1] / "data" / "danger"
_HEADING = re.compile(r"\[(?P<tells>[^\]]+)\] (?P<weight>0\.\d+)")
_LONGEST_SENTENCE = 200
"""Characters before a cue that still speak of it; a transcript may have no full stop at all."""
_NEAR_BEFORE, _NEAR_AFTER = 12, 6
"""Characters around a cue in which a supposition makes it unreal."""

_NEGATION, _SUPPOSITION, _THE_PAST, _HEARD_OF, _COMES_AND_GOES = 0.25, 0.4, 0.45, 0.6, 0.45

_PAST = re.compile(
    r"(?:去年|前年|前几年|以前|之前|曾经?|那年|当年|上个?月|上次|多年前|年前|年的时候|\d{4}年|历史上|已经(?:扑灭|解决|处理))"
)
_UNREAL = re.compile(
    r"(?:如果|万一|假如|要是|一旦|避免|防止|预防|以防|怕|担心|容易|可能|会不会|恐怕|万一|隐患|风险|怎么办理|咨询|请问|演练|预案|宣传|知识|培训|设施|报警器|险情|工伤|保险|投保|赔付)"
)
_NEGATED = re.compile(
    r"(?:没有?|并?未|不会|不是|别|不要|不想|不至于|绝不|不敢|无)[^，。！？\n]{0,3}$"
)
# What comes and goes, or once was, does not happen now (经常晕倒, 有人摔伤过); violence that comes
# again and again is danger all the same.
_HABIT = re.compile(
    r"经常|常常|时常|总是|老是|有时候?|时不时|三天两头|隔三[差岔]五|动不动|容易|多年|常年|长期"
)
_VIOLENCE = re.compile(r"打|砍|捅|刀|追|跟踪|闯")
HEARSAY = re.compile(r"(?:听说|新闻|网上|据说|看到报道|电视|网传|别人说)")


@dataclass(frozen=True, slots=True)
class Cue:
    tells: str
    rule: re.Pattern[str]
    weight: float


def patterns(name: str) -> list[str]:
    """The lines of a table, without its notes."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@cache
def cues_of(alarm: Alarm) -> tuple[Cue, ...]:
    """Raises ``ValueError`` for a pattern without a heading."""
    found: list[tuple[str, float, list[str]]] = []
    for line in patterns(alarm.value):
        if heading := _HEADING.fullmatch(line):
            found.append((heading["tells"], float(heading["weight"]), []))
        elif not found:
            raise ValueError(f"{alarm.value}.txt: {line} stands under no heading")
        else:
            found[-1][2].append(line)
    return tuple(Cue(tells, re.compile("|".join(lines)), weight) for tells, weight, lines in found)


def score(text: str, alarm: Alarm) -> float:
    """1 - Π(1 - weight) over the cues of a folded text, each damped by what stands around it."""
    calm = 1.0
    for cue in cues_of(alarm):
        hits = cue.rule.finditer(text)
        calm *= 1 - max((cue.weight * _left(text, hit, alarm) for hit in hits), default=0.0)
    return 1 - calm


def _left(text: str, hit: re.Match[str], alarm: Alarm) -> float:
    """How much of a cue is left, 0 to 1."""
    start, end = hit.span()
    reach = max(0, start - _LONGEST_SENTENCE)
    begins = max(reach, *(text.rfind(mark, reach, start) + 1 for mark in "。！？\n；"))
    before = text[begins:start]
    clause = before[max(before.rfind("，"), -1) + 1 :]
    factor = 1.0
    if _NEGATED.search(clause):
        factor *= _NEGATION
    near = max(begins, start - _NEAR_BEFORE), min(len(text), end + _NEAR_AFTER)
    if alarm is Alarm.EMERGENCY and _UNREAL.search(text, *near):
        factor *= _SUPPOSITION
    if _PAST.search(before):
        factor *= _THE_PAST
    if HEARSAY.search(before):
        factor *= _HEARD_OF
    once = text.startswith("过", end) and not text.startswith(("过来", "过去", "过一"), end)
    if once or (_HABIT.search(clause) and not _VIOLENCE.search(text, start, end)):
        factor *= _COMES_AND_GOES
    return factor
