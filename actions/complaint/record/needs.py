"""What a complaint of some kind needs before it can be handed in, and what may be skipped."""

from __future__ import annotations

from collections.abc import Collection

from actions.complaint.record.draft import Draft, Field, Privacy
from actions.understanding.fields import AppealType

# What the category needs (place, time, subject …) counts only where somebody must go and look.
ON_SITE = frozenset({AppealType.COMPLAINT, AppealType.REPORT, AppealType.HELP})

# Asked beside what the category needs. The name is never a question of its own: whoever is asked
# for a number is also asked how to be addressed, and need not say.
_BESIDE: dict[AppealType, frozenset[Field]] = {
    AppealType.COMPLAINT: frozenset({Field.MATTER, Field.PHONE}),
    AppealType.HELP: frozenset({Field.MATTER, Field.PHONE}),
    AppealType.REPORT: frozenset({Field.MATTER, Field.SUBJECT, Field.PHONE}),
    AppealType.SUGGESTION: frozenset({Field.MATTER, Field.PHONE}),
    AppealType.PRAISE: frozenset({Field.MATTER, Field.SUBJECT, Field.PHONE}),
    AppealType.CONSULT: frozenset({Field.MATTER, Field.PHONE}),
}

# Without these nobody can act on the matter, or answer it.
_REQUIRED: dict[AppealType, frozenset[Field]] = {
    AppealType.COMPLAINT: frozenset({Field.MATTER, Field.PLACE, Field.PHONE}),
    AppealType.HELP: frozenset({Field.MATTER, Field.PLACE, Field.PHONE}),
    AppealType.REPORT: frozenset({Field.MATTER, Field.PLACE}),
    AppealType.SUGGESTION: frozenset({Field.MATTER}),
    AppealType.PRAISE: frozenset({Field.MATTER}),
    AppealType.CONSULT: frozenset({Field.MATTER, Field.PHONE}),
}


def needed(
    kind: AppealType,
    privacy: Privacy,
    by_category: Collection[Field] = (),
    for_enterprise: bool = False,
) -> tuple[Field, ...]:
    """The fields asked for, in the order they are asked. An anonymous report asks no contact.

    ``by_category``: what the category of the matter needs beyond what every order needs.
    ``for_enterprise``: a business speaks, which says who it is (企业诉求).
    """
    wanted = set(_BESIDE[kind])
    if kind in ON_SITE:
        wanted |= set(by_category) - {Field.NAME}
    if for_enterprise and privacy is not Privacy.ANONYMOUS:
        wanted |= {Field.ENTERPRISE, Field.CREDIT_CODE}
    if kind is AppealType.REPORT and privacy is Privacy.ANONYMOUS:
        wanted.discard(Field.PHONE)
        wanted.add(Field.PLACE)  # nobody can be asked afterwards which petrol station it was
    return tuple(name for name in Field if name in wanted)


def may_skip(draft: Draft, name: Field) -> bool:
    """Whether a person may leave this field out."""
    return name not in _REQUIRED[draft.kind]
