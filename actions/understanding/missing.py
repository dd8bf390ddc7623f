"""What still has to be asked, for this kind of appeal and this category, in reading order."""

from __future__ import annotations

from collections.abc import Iterable

from actions.understanding.fields import AppealType, Fields

ORDER = ("matter", "place", "time", "subject", "wanted", "phone")
# The name is never a question of its own: who is asked for a number is also asked how to be
# addressed. A question is answered before anything is asked.
_BASE: dict[AppealType, frozenset[str]] = {
    AppealType.COMPLAINT: frozenset({"matter", "phone"}),
    AppealType.REPORT: frozenset({"matter", "subject", "phone"}),
    AppealType.HELP: frozenset({"matter", "phone"}),
    AppealType.SUGGESTION: frozenset({"matter", "phone"}),
    AppealType.PRAISE: frozenset({"matter", "subject", "phone"}),
    AppealType.CONSULT: frozenset(),
}
# The category's own needs count only where somebody must go and look.
_ON_SITE = frozenset({AppealType.COMPLAINT, AppealType.REPORT, AppealType.HELP})


def missing_fields(
    appeal: AppealType | None, needs: Iterable[str], fields: Fields
) -> tuple[str, ...]:
    """Names of the fields to ask for, first to last.

    Args:
        appeal: the kind of appeal; None (no matter yet) needs nothing.
        needs: the field names the category needs beyond those of every order.
        fields: what is already known.
    """
    if appeal is None:
        return ()
    wanted = set(_BASE[appeal])
    if appeal in _ON_SITE:
        wanted |= set(needs)
    if appeal is AppealType.REPORT and fields.anonymous is not None:
        wanted -= {"phone"}
    have = {
        "matter": len(fields.matter) >= 4,
        "place": fields.place is not None and (fields.place.named or len(fields.place.text) > 6),
        "time": fields.time is not None or fields.duration is not None,
        "subject": fields.subject is not None,
        "wanted": fields.wanted is not None,
        "phone": fields.phone is not None and fields.phone.valid,
    }
    return tuple(key for key in ORDER if key in wanted and not have[key])
