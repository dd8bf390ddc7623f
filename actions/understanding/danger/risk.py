"""How likely a text tells of danger, and whether that is an alarm.

Three voices, any of which may raise it: cue words, how the text is written, and what the intent
classifier heard. They serve to put a text before a person, so a miss costs more than a false alarm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from actions.understanding.danger import cues
from actions.understanding.danger.calming import Told, calmed, claimed_for, happens_now, seen_to
from actions.understanding.danger.harmless import blotted
from actions.understanding.fields import Alarm, Risk
from actions.understanding.learning.linear import features, load_model

THRESHOLD = 0.5
NO_DANGER = "none"
"""The linear model's class for everything else."""
_MODEL_TRUST, _RANKING_TRUST = 0.9, 0.8
_NOISE = 0.1
_ENOUGH = 8  # characters from which the way a text is written says something without any cue
_MERE = ("complain", "ask_policy", "make_suggestion", "report_violation", "give_praise")
_MOST_DOUBT = 0.45
# Who writes at such length, and as people write who are in no danger, tells what could happen or
# did: one cue alone (万一砸到人怎么办) is not enough.
_LONG, _CALM, _OF_A_LONG_STORY = 150, 0.95, 0.8
_CHINESE = re.compile("[\u4e00-\u9fff]{2}")


def assess_risk(text: str, ranking: Sequence[tuple[str, float]] = ()) -> Risk:
    """Scores and alarms of a folded text; ``ranking`` holds the intents and how likely each is.

    Where that is sure of a mere complaint or question, one cue alone raises no alarm.
    """
    quiet = blotted(text)
    told = Told(text, {alarm: cues.score(quiet, alarm) for alarm in Alarm})
    written, ranked = _written(quiet), dict(ranking)
    said = {alarm: told.cues[alarm] for alarm in Alarm}
    shown = {alarm: written.get(alarm.value, 0.0) for alarm in Alarm}
    heard = {alarm: ranked.get(alarm.value, 0.0) for alarm in Alarm}
    for calming in calmed(told):
        for alarm in calming.alarms:
            said[alarm] *= calming.cues
            shown[alarm] *= calming.written
            heard[alarm] *= calming.ranked
    doubt = _doubt(sum(heard.values()), ranked)
    if len(text) > _LONG and written.get(NO_DANGER, 0.0) > _CALM:
        doubt *= _OF_A_LONG_STORY
    long_enough = min(1.0, len(text) / _ENOUGH)
    scores = {
        alarm: round(
            1
            - (1 - (cue if alarm is Alarm.DESPAIR else doubt * cue))
            * (1 - _MODEL_TRUST * (1.0 if cue else long_enough) * shown[alarm])
            * (1 - _RANKING_TRUST * heard[alarm]),
            3,
        )
        for alarm, cue in said.items()
    }
    alarms = tuple(alarm for alarm, score in scores.items() if score >= THRESHOLD)
    loud = {alarm: score if score >= _NOISE else 0.0 for alarm, score in scores.items()}
    return Risk(loud[Alarm.EMERGENCY], loud[Alarm.THREAT], loud[Alarm.DESPAIR], alarms)


def only_sounds_like_one(text: str) -> bool:
    """Whether what sounds like an emergency in a folded text is named as none (电梯经常困人), and
    nothing else in it is."""
    quiet = blotted(text)
    calm = Alarm.EMERGENCY not in assess_risk(text).alarm
    over = seen_to(text) or claimed_for(text)
    named = (over or quiet != text) and not happens_now(quiet)
    return named and calm and not cues.score(quiet, Alarm.EMERGENCY)


def _doubt(dangers: float, ranked: dict[str, float]) -> float:
    """What is left of a cue where the classifier is sure to hear a mere complaint or question."""
    mere = max((ranked.get(intent, 0.0) for intent in _MERE), default=0.0)
    return 1 - _MOST_DOUBT * mere * (1 - min(1.0, 3 * dangers))


def _written(text: str) -> dict[str, float]:
    """How likely each danger is by how the text is written; nothing for a text without words."""
    if _CHINESE.search(text) is None:
        return {}
    model = load_model("risk")
    scores = model.scores(features(text))
    powers = np.exp(scores - scores.max())
    return dict(zip(model.classes, (powers / powers.sum()).tolist(), strict=True))
