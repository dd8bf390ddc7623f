"""The questions of the form: one a message, with an example or choices."""

from __future__ import annotations

from actions.complaint import moves, places_told, summary
from actions.complaint.draft import POINTED, Draft, Field, Privacy, Step
from actions.complaint.fields import AppealType
from actions.complaint.needs import may_skip
from actions.turn import Button, Speaker

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
    told = "told" if draft.text(Field.MATTER) else "untold"
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
        speaker.say(
            "ask_place_nearer", (Button("button_no_place", "/skip_field"),), said=draft.text(name)
        )
        return
    buttons: list[Button] = []
    key = f"ask_{name.value}"
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
    """Show the summary, or ask which field to change, or whether to stop."""
    if draft.step is Step.CANCELLING:
        speaker.say(
            "ask_cancel",
            (Button("button_cancel_yes", "/affirm"), Button("button_cancel_no", "/deny")),
        )
        return
    if draft.step is Step.PLACING:
        speaker.say(
            "ask_photo_spot" if POINTED in draft.spot else "ask_photo_place",
            (
                Button("button_here", _choice("affirm", "spot:yes")),
                Button("button_not_here", _choice("deny", "spot:no")),
            ),
            place=draft.spot.get("text", ""),
        )
        return
    if draft.step is Step.SAME:
        speaker.say(
            "ask_same",
            [
                Button(f"button_same_{what}", _choice("urge_order", f"same:{what}"))
                for what in ("urge", "add", "new")
            ],
            **draft.earlier,
        )
        return
    if draft.asks_privacy():
        speaker.say(
            "ask_privacy",
            [
                Button(f"button_{one}", _choice("correct_field", f"privacy:{one}"))
                for one in (Privacy.CONFIDENTIAL, Privacy.ANONYMOUS, Privacy.OPEN)
            ],
        )
        return
    if draft.asks_consent():
        speaker.say(
            "ask_consent",
            [
                Button(f"button_consent_{said}", _choice("inform", f"consent:{said}"))
                for said in ("yes", "no", "self")
            ],
            who=draft.on_behalf or "",
        )
        return
    rows = summary.rows(draft, speaker.text)
    if draft.step in (Step.CHOOSING, Step.CHOOSING_MORE):
        first, rest = summary.lists(draft, [row["key"] for row in rows])
        keys = rest if draft.step is Step.CHOOSING_MORE else [*first, moves.MORE]
        speaker.say(
            "ask_which_field",
            [Button(f"label_{key}", _choice("correct_field", f"field:{key}")) for key in keys],
        )
        return
    speaker.show(
        {"part": "fields", "title": speaker.text("summary_title"), "rows": rows},
        summary.plain(draft, speaker.text),
    )
    speaker.say(
        "ask_confirmed",
        (
            Button("button_submit", "/affirm"),
            Button("button_change", "/correct_field"),
            Button("button_cancel", "/cancel"),
        ),
    )


def _choice(intent: str, choice: str) -> str:
    return f'/{intent}{{"choice": "{choice}"}}'
