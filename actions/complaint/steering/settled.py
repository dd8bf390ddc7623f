"""What a message settles of the order as a whole: its kind, who may know, what is left out of it, and
that there is another matter."""

from __future__ import annotations

from dataclasses import replace

from actions.complaint.record.draft import CONFIRMED, Draft, Field, Privacy, State, Value
from actions.complaint.record.needs import ON_SITE, may_skip
from actions.complaint.steering import adding, corrections, moves
from actions.complaint.steering.moves import Line, Message, Outcome
from actions.complaint.told import contacts_told, intake, party_names
from actions.complaint.told.intake import Understand
from actions.complaint.wording import appeal_words, clauses, phrases
from actions.understanding.fields import AppealType, Fields
from actions.understanding.text.folding import fold

NOTHING_ELSE = 8  # characters of a wish for privacy that tells no matter (匿名行吗)
LEAST_MATTER = 5  # characters of another matter told in passing


def other_kind(draft: Draft, text: str, understand: Understand) -> Outcome | None:
    """Another kind of appeal than was understood, or another matter that waits for its turn."""
    if meant := appeal_words.kind_not_another(text):
        return moves.set_kind(draft, meant)
    if denied := appeal_words.kind_denied(text):
        return _is_not(draft, denied)
    other = appeal_words.kind_and_more(text)
    if other is not None and other[0] is not draft.kind and draft.text(Field.MATTER):
        return adding.set_kind_and_add(draft, *other, understand)
    another = appeal_words.another_matter(text)
    if another is not None and len(another) >= LEAST_MATTER and draft.text(Field.MATTER):
        others = replace(draft, others=(*draft.others, another), tries=0)
        return Outcome(others, (Line("form_another_kept"),))
    kind = appeal_words.kind(text)
    if kind is not None and (kind is not draft.kind or appeal_words.keeps_kind(text)):
        return moves.set_kind(draft, kind)
    return moves.tap(draft, "kind") if appeal_words.kind_is_wrong(text) else None


def _is_not(draft: Draft, kind: AppealType) -> Outcome:
    """What is no report is a complaint; what else it is instead of another kind is asked."""
    if draft.kind is not kind:
        return Outcome(draft)
    if kind is AppealType.REPORT:
        return moves.set_kind(draft, AppealType.COMPLAINT)
    return moves.tap(draft, "kind")


def beside_yes(draft: Draft, text: str) -> bool:
    """Whether a message agrees to the lines, and beside that only presses us or asks again for the
    privacy it was promised (提交吧 别说是我)."""
    said = clauses.without_pressing(text)
    if draft.privacy is not Privacy.OPEN:
        parts = clauses.pieces(said)
        said = "".join(one for one in parts if appeal_words.privacy(one) is not draft.privacy)
    return said != text and phrases.is_fine(said)


def privacy_wished(
    draft: Draft, message: Message, text: str, understand: Understand
) -> Outcome | None:
    """A wish that nobody learn who tells it, or, of one who gave none, a number to call."""
    if draft.next_slot() == CONFIRMED and beside_yes(draft, text):
        return None
    untold = draft.next_slot() == Field.MATTER  # which may well speak of secrets itself
    wish = None if untold and len(text) > NOTHING_ELSE else appeal_words.privacy(text)
    if wish is None and draft.kind in ON_SITE and draft.privacy is Privacy.OPEN:
        wish = appeal_words.fears(text)
    words = len(text) - len(moves.digits(text))  # 不要告诉公司是我说的 135…
    if wish is not None and (words <= phrases.SHORT or draft.kind is AppealType.REPORT):
        return _with_privacy(draft, wish, message, understand)
    if wish is None and draft.privacy is Privacy.ANONYMOUS and moves.gives_phone(text):
        return _with_privacy(draft, Privacy.CONFIDENTIAL, message, understand)
    return None


def dropped(draft: Draft, text: str) -> Outcome | None:
    """A field that shall be left out again."""
    what = phrases.dropped(text)
    if draft.files and corrections.row_named(what) == "files":
        return moves.drop_files(draft)
    name = corrections.field_named(what)
    if name is None or name is Field.MATTER or not draft.text(name):
        return None
    return Outcome(
        replace(draft.with_value(name, Value("", State.SKIPPED)), confirmed=False, tries=0),
        (Line("form_dropped", {"field": name.value}),),
    )


def _with_privacy(draft: Draft, wish: Privacy, message: Message, understand: Understand) -> Outcome:
    """What was asked for, and what is told with it (保密，但可以留电话138…; 匿名，公司在经开区)."""
    settled = moves.set_privacy(draft, wish)
    assert settled.draft is not None
    fields = contacts_told.own_contact(message.text, understand(message.text).fields)
    draft = settled.draft
    told = replace(
        Fields(), phone=fields.phone, name=fields.name, place=fields.place, subject=fields.subject
    )
    if whom := party_names.party_named(fold(message.text), draft.text(Field.SUBJECT)):
        draft = draft.with_value(Field.SUBJECT, Value(whom))
    if fields.phone and fields.phone.valid and draft.privacy is not Privacy.ANONYMOUS:
        draft = draft.with_value(Field.PHONE, intake.phone(fields.phone))
    draft = intake.found(draft, told)
    asked = draft.next_slot()
    if asked is None or asked == CONFIRMED or not may_skip(draft, Field(asked)):
        return replace(settled, draft=draft)
    if clauses.gives_up(Field(asked), message.text) is not None:  # 我不敢说，怕孩子被针对
        draft = draft.with_value(Field(asked), Value("", State.SKIPPED))
    return replace(settled, draft=draft)
