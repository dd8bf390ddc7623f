"""What a message tells beside what was asked: noted in its field, and said back in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from actions.complaint.record.draft import Draft, Field, Value
from actions.complaint.steering.moves import Line, Outcome
from actions.complaint.steering.putting_right import is_more, is_now
from actions.complaint.told import intake, places_told
from actions.understanding.fields import Fields
from actions.understanding.understand import Understanding

_KEPT = frozenset({Field.SUBJECT, Field.WANTED, Field.NAME, Field.ENTERPRISE})


def all_of(
    draft: Draft, told: Mapping[Field, Value], fields: Fields, understood: Understanding
) -> Outcome:
    """All that was told beside what was asked, but for a day still to come, which is asked about."""
    future = Field.TIME in told and intake.in_the_future(fields, understood.now)
    if future and draft.tries == 0 and told[Field.TIME].text not in draft.text(Field.MATTER):
        return still_to_come(draft, told[Field.TIME].text)
    return with_all(draft, told)


def still_to_come(draft: Draft, said: str) -> Outcome:
    line = Line("form_time_future", {"said": said})
    return Outcome(replace(draft, tries=draft.tries + 1), (line,), quiet=True)


def unkept(draft: Draft, name: Field, told: Mapping[Field, Value]) -> bool:
    """Whether a value told anew finds no place: its field keeps another, and no other holds it."""
    before, now = draft.text(name), told[name].text
    if name not in _KEPT or not before or before in now:
        return False
    return not any(now in told[other].text for other in told if other is not name)


def _says_it_whole(before: str, value: Value) -> bool:
    """Whether a name told anew is the whole of what was told (小太阳幼儿园 of 幼儿园)."""
    return before in value.text and len(before) < len(value.text)


def with_all(draft: Draft, told: Mapping[Field, Value], *, instead: bool = False) -> Outcome:
    """All that a message told beside what was asked, said back: what is new, what it changed. Whom
    it is about, what is wanted and who tells it only a correction changes. ``instead``: what is
    told takes the place of what was (a bare value at the lines to check)."""
    before = draft
    for name, value in told.items():
        if name in _KEPT and before.text(name) and not _says_it_whole(before.text(name), value):
            continue
        if name is Field.WANTED and draft.kind in intake.WANTS_NOTHING_MORE:
            continue
        if (
            instead
            and name is Field.PLACE
            and (at := places_told.at_the_road(draft.text(name), value.text))
        ):
            draft = draft.with_value(name, replace(draft.values[name], text=at))
        elif instead:
            draft = draft.with_value(name, intake.put_right(draft.get(name), name, value))
        else:
            draft = intake.with_said(draft, name, value)
    fresh = [name.value for name in told if not before.text(name) and draft.text(name)]
    noted = (Line("form_noted", {"fields": ",".join(fresh)}),) if fresh else ()
    changed = tuple(
        is_more(draft, name) if before.text(name) in draft.text(name) else is_now(draft, name)
        for name in told
        if before.text(name) and before.text(name) != draft.text(name)
    )
    return Outcome(replace(draft, tries=0), noted + changed)
