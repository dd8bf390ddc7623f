"""The questions of the form: one a message, with an example or choices."""

from __future__ import annotations

from collections.abc import Iterable

from actions.complaint.record.draft import BUILDING, POINTED, WIDE, Draft, Field, Privacy, Step
from actions.complaint.record.needs import ON_SITE, may_skip
from actions.complaint.replies import summary
from actions.complaint.replies.condolence import bereaved
from actions.complaint.steering import moves
from actions.complaint.told import places_told
from actions.turn import Button, Speaker
from actions.understanding.fields import AppealType
from actions.understanding.text.folding import fold

SKIP = Button("button_skip", "/skip_field")
MOST_CITIES = 6
KEY = {
    AppealType.COMPLAINT: "complaint",
    AppealType.HELP: "help",
    AppealType.REPORT: "report",
    AppealType.SUGGESTION: "suggestion",
    AppealType.PRAISE: "praise",
    AppealType.CONSULT: "consult",
}


def acknowledgement(draft: Draft) -> str:
    """The key of the one sentence said when a matter is opened."""
    matter = draft.text(Field.MATTER)
    if draft.kind in ON_SITE and bereaved(fold(matter)):
        return "form_open_bereaved"
    told = "told" if matter else "untold"
    return f"form_open_{KEY[draft.kind]}_{told}"


def offers_privacy(draft: Draft, asked: Field) -> bool:
    """Whether this question is the moment to offer anonymity or confidentiality."""
    return (
        draft.kind is AppealType.REPORT and asked is Field.PHONE and draft.privacy is Privacy.OPEN
    )


def ask(draft: Draft, name: Field, speaker: Speaker) -> None:
    """Ask for one field."""
    if draft.step is Step.CHANGING:
        old = draft.text(name)
        key = f"ask_new_{name.value}" if name is Field.PHONE else "ask_new"
        speaker.say(key, (), field=speaker.text(f"label_{name.value}"), old=old)
        return
    if name is Field.PLACE and draft.which_city():
        cities = [
            Button("button_title", _choice("inform", f"city:{code}"), {"title": city})
            for city, code in list(places_told.cities(draft.which_city()).items())[:MOST_CITIES]
        ]
        speaker.say("ask_place_city", cities, said=draft.text(name))
        return
    if name is Field.PLACE and draft.too_wide():
        only_building = draft.values[name].detail[WIDE] == BUILDING
        speaker.say(
            "ask_place_estate" if only_building else "ask_place_nearer",
            (Button("button_no_place", "/skip_field"),),
            said=draft.text(name),
        )
        return
    buttons: list[Button] = []
    key = f"ask_{name.value}"
    if name is Field.SUBJECT and draft.names_only_a_kind():
        speaker.say("ask_subject_which", (SKIP,))
        return
    specific = f"{key}_{KEY[draft.kind]}"
    if offers_privacy(draft, name) and draft.privacy_offered:  # explained already
        specific = key
    elif name is Field.PHONE and draft.for_enterprise:
        specific = "ask_contact_phone_enterprise"
    elif name is Field.PHONE and draft.privacy is Privacy.CONFIDENTIAL:
        specific = "ask_contact_phone_confidential"
    if offers_privacy(draft, name):
        buttons += [
            Button("button_anonymous", _choice("request_anonymous", "privacy:anonymous")),
            Button("button_confidential", _choice("request_confidential", "privacy:confidential")),
        ]
    if name is Field.TIME:
        buttons += [
            Button(f"button_time_{word}", speaker.text(f"button_time_{word}"))
            for word in ("today", "last_night", "every_day", "ongoing")
        ]
    if may_skip(draft, name):
        buttons.append(SKIP)
    speaker.say(specific if speaker.has(specific) else key, buttons)


def ask_confirmation(draft: Draft, speaker: Speaker) -> None:
    """Show the summary, or ask what stands before it: whether to stop, where, whether it is the
    same again, who may know, which field to change."""
    if draft.step is Step.CANCELLING:
        yes, no = Button("button_cancel_yes", "/affirm"), Button("button_cancel_no", "/deny")
        speaker.say("ask_cancel", (yes, no))
    elif draft.step is Step.PLACING:
        _ask_spot(draft, speaker)
    elif draft.step is Step.SAME:
        same = _choices("same", "urge_order", ("urge", "add", "new"))
        speaker.say("ask_same", same, **draft.earlier)
    elif draft.asks_privacy():
        each = (Privacy.CONFIDENTIAL, Privacy.ANONYMOUS, Privacy.OPEN)
        buttons = [
            Button(f"button_{one}", _choice("correct_field", f"privacy:{one}")) for one in each
        ]
        speaker.say("ask_privacy", buttons)
    elif draft.asks_consent():
        consent = _choices("consent", "inform", ("yes", "no", "self"))
        speaker.say("ask_consent", consent, who=draft.on_behalf or "")
    elif draft.step in (Step.CHOOSING, Step.CHOOSING_MORE):
        _ask_which_row(draft, speaker)
    else:
        _show_summary(draft, speaker)


def _ask_spot(draft: Draft, speaker: Speaker) -> None:
    here = Button("button_here", _choice("affirm", "spot:yes"))
    elsewhere = Button("button_not_here", _choice("deny", "spot:no"))
    key = "ask_photo_spot" if POINTED in draft.spot else "ask_photo_place"
    speaker.say(key, (here, elsewhere), place=draft.spot.get("text", ""))


def _ask_which_row(draft: Draft, speaker: Speaker) -> None:
    rows = summary.rows(draft, speaker.text)
    first, rest = summary.lists(draft, [row["key"] for row in rows])
    keys = rest if draft.step is Step.CHOOSING_MORE else [*first, moves.MORE]
    buttons = [Button(f"label_{key}", _choice("correct_field", f"field:{key}")) for key in keys]
    speaker.say("ask_which_field", buttons)


def _show_summary(draft: Draft, speaker: Speaker) -> None:
    rows = summary.rows(draft, speaker.text)
    part = {"part": "fields", "title": speaker.text("summary_title"), "rows": rows}
    speaker.show(part, summary.plain(draft, speaker.text))
    speaker.say(
        "ask_confirmed",
        (
            Button("button_submit", "/affirm"),
            Button("button_change", "/correct_field"),
            Button("button_cancel", "/cancel"),
        ),
    )


def _choices(what: str, intent: str, each: Iterable[str]) -> list[Button]:
    """A button for each answer to one question of ours."""
    return [Button(f"button_{what}_{one}", _choice(intent, f"{what}:{one}")) for one in each]


def _choice(intent: str, choice: str) -> str:
    return f'/{intent}{{"choice": "{choice}"}}'
