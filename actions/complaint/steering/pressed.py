"""What a button of ours does to a complaint being taken."""

from __future__ import annotations

from dataclasses import replace

from actions.complaint.record.draft import Draft, Privacy, Step
from actions.complaint.steering import moves
from actions.complaint.steering.moves import Message, Outcome
from actions.understanding.fields import AppealType


def pressed(draft: Draft, message: Message) -> Outcome:
    choice = message.choice or ""
    kind, _, value = choice.partition(":")
    if kind == "field":
        return moves.tap(draft, value)
    if kind == "consent":
        return moves.set_consent(draft, value)
    if kind == "spot":
        return moves.settle_spot(draft, here=value == "yes")
    if kind == "city":
        return moves.set_city(draft, value)
    if kind == "same":
        return moves.settle_same(draft, value)
    if kind == "privacy" and value in set(Privacy):
        return moves.set_privacy(draft, Privacy(value))
    if kind == "files":
        return moves.drop_files(draft) if value == "none" else Outcome(draft)
    if kind == "kind" and value in set(AppealType):
        return moves.set_kind(draft, AppealType(value))
    match message.intent:
        case "skip_field":
            return moves.skip(draft)
        case "affirm":
            return moves.yes(draft)
        case "deny":
            return moves.no(draft)
        case "cancel":
            return moves.ask_cancel(draft)
        case "correct_field":
            return Outcome(replace(draft, step=Step.CHOOSING, confirmed=False))
        case _:
            return Outcome(draft, yields=True)
