"""The next matter of the same breath, opened when the one before it is settled."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.complaint import matters
from actions.complaint.record.draft import Draft, Field, Value
from actions.complaint.record.needs import needed
from actions.complaint.replies import summary
from actions.complaint.told import intake
from actions.turn import Speaker, Turn
from actions.understanding.fields import AppealType
from actions.understanding.text.folding import fold
from actions.understanding.understand import Nlu, understand

_AT_HOME = re.compile(r"小区|我家|家里|楼[上下道]|单元|物业|电梯|邻居|隔壁")
_REPORTS = re.compile("举报|检举")
_ON_A_ROAD = re.compile(
    r"(?:路|街|大道|巷|高速|高架|桥|路口|交口|交叉口|交汇处|站|附近|那边|[东南西北]侧)$"
)


def next_matter(draft: Draft, turn: Turn, region: str | None, speaker: Speaker) -> Draft | None:
    """The next matter told with the draft's, with the contact already given; None if none is.

    ``region``: GB/T 2260 code of the city or county served.
    """
    if not draft.others:
        return None
    text, *others = draft.others
    opened = Draft(
        key=f"{draft.key}+",
        kind=AppealType.COMPLAINT,
        privacy=draft.privacy,
        privacy_offered=draft.privacy_offered,
        on_behalf=draft.on_behalf,
        consent=draft.consent,
        their_phone=draft.their_phone,
        others=tuple(others),
        seen=turn.message_id,
    )
    # Said in an earlier message: the classifier has only heard this one.
    understood = understand(text, Nlu("nlu_fallback", 0.0), turn.now, home_region=region)
    told = intake.told(opened, understood, text)
    if told.kind is AppealType.REPORT and draft.kind is not told.kind and not _REPORTS.search(text):
        told = replace(
            told, kind=draft.kind, needed=needed(draft.kind, draft.privacy, told.by_category)
        )
    place, name, phone = map(draft.get, (Field.PLACE, Field.NAME, Field.PHONE))
    if place is not None and _lies_elsewhere(text, place.text):
        place = None
    for field, given in ((Field.PLACE, place), (Field.NAME, name), (Field.PHONE, phone)):
        if given is not None and told.get(field) is None:
            told = told.with_value(field, given)
    speaker.say("form_next_matter", matter=summary.brief(_beyond(draft, told)))
    return told


def _beyond(before: Draft, draft: Draft) -> Draft:
    """The draft with its matter's own words: without the introduction both were told after."""
    words = draft.text(Field.MATTER)
    shared = words[: matters.shared_start(before.text(Field.MATTER), words)]
    introduction = shared[: max(shared.rfind(sign) for sign in "。，；\n") + 1]
    return draft.with_value(Field.MATTER, Value(words[len(introduction) :]))


def _lies_elsewhere(matter: str, place: str) -> bool:
    """Whether a matter of somebody's home cannot be where the one before was: on a road."""
    return _AT_HOME.search(fold(matter)) is not None and _ON_A_ROAD.search(fold(place)) is not None
