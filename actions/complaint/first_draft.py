"""The draft a first message opens: its kind, who may know, and all it tells."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.complaint import matters
from actions.complaint.outside_form import only_values, tells
from actions.complaint.record import on_record
from actions.complaint.record.draft import Draft, Field, Privacy, Value
from actions.complaint.record.needs import needed
from actions.complaint.state import understander
from actions.complaint.told import contents, intake
from actions.complaint.told.intake import Understand
from actions.complaint.wording import appeal_words
from actions.complaint.wording.clauses import as_put_right
from actions.services import Services
from actions.turn import Turn
from actions.understanding.fields import AppealType, Urgency
from actions.understanding.text.folding import fold
from actions.understanding.understand import Understanding

KIND_OF_INTENT = {
    "complain": AppealType.COMPLAINT,
    "report_violation": AppealType.REPORT,
    "seek_help": AppealType.HELP,
    "make_suggestion": AppealType.SUGGESTION,
    "give_praise": AppealType.PRAISE,
    "request_anonymous": AppealType.REPORT,
    "request_confidential": AppealType.REPORT,
}
PRIVACY_OF_INTENT = {
    "request_anonymous": Privacy.ANONYMOUS,
    "request_confidential": Privacy.CONFIDENTIAL,
}
_ABOUT_SOMEBODY = (AppealType.COMPLAINT, AppealType.REPORT)
SHORT = 9  # characters of a text that may do no more than announce a matter
LONGEST_NAMED = 20  # characters of a name that is all an announcement says


def open_draft(
    services: Services, turn: Turn, text: str, announced: AppealType | None = None
) -> Draft:
    """A draft holding everything ``text`` says; empty but for its kind if it says nothing."""
    intent, _ = turn.best_intent()
    kind = AppealType(turn.choice) if turn.choice in set(AppealType) else None
    kind = announced or kind or KIND_OF_INTENT.get(intent, AppealType.COMPLAINT)
    privacy = PRIVACY_OF_INTENT.get(intent, Privacy.OPEN)
    said = fold(turn.text)
    plainly = appeal_words.announced(said) if intent in PRIVACY_OF_INTENT else None
    if plainly and not (appeal_words.privacy(said) or appeal_words.fears(said)):
        kind, privacy = plainly, Privacy.OPEN  # 那我要投诉他们
    draft = Draft(
        key=instance_key(turn),
        kind=kind,
        privacy=privacy,
        privacy_offered=privacy is not Privacy.OPEN,
        needed=needed(kind, privacy),
        seen=turn.message_id,
    )
    text = text.strip()
    if not text:
        return draft
    understand_one = understander(services, turn)
    if appeal_words.grumbles(fold(text)):
        return replace(draft, kind=announced or AppealType.COMPLAINT)
    if on_record.only_contact(text):
        return intake.found(draft, understand_one(text).fields)
    if only_values(text, understand_one):
        # 望江东路城建小区: what is the matter there is still to be told
        return intake.found(
            replace(
                draft,
                kind=announced or AppealType.COMPLAINT,
                needed=needed(AppealType.COMPLAINT, privacy),
            ),
            contents.with_whole_names(text, understand_one(text).fields),
        )
    if topic := appeal_words.topic(fold(text)):  # 我要反映小区充电桩的问题
        draft = replace(draft, kind=announced or kind)
        return _with_whom(intake.found(draft, understand_one(text).fields), topic)
    announces = len(text) <= SHORT and not tells(text, understand_one)
    if announces or _names_only(text, understand_one):
        return _with_whom(intake.found(draft, understand_one(text).fields), text)
    first, *others = matters.apart(text)
    told = intake.told(draft, _as_put_right(first, understand_one), first)
    if turn.calm and told.urgency is Urgency.EMERGENCY:
        told = replace(told, urgency=Urgency.URGENT)  # that it sounded like one stays on record
    if others:  # 都在翠竹园小区, said once, is where all of them are; the rest is each one's own
        whole = understand_one(text).fields
        of_one = whole.place is not None and _A_LINE.search(whole.place.text) is not None
        told = intake.found(
            told,
            replace(
                whole,
                place=None if of_one or told.get(Field.PLACE) else whole.place,
                time=None,
                duration=None,
                subject=None,
                wanted=None,
            ),
        )
    return replace(told, others=tuple(others))


# A bus line is where one matter of several is, never where all of them are.
_A_LINE = re.compile(r"公交|[0-9]路")


def _as_put_right(text: str, understand_one: Understand) -> Understanding:
    """A text understood; what somebody puts right in the same breath (公园旁边的停车场，不对，是对面
    的停车场) is read without what they took back. Its words stay whole."""
    understood, meant = understand_one(text), as_put_right(text)
    if meant == text:
        return understood
    fields = understand_one(meant).fields
    return replace(understood, fields=replace(fields, matter=understood.fields.matter))


def _with_whom(draft: Draft, text: str) -> Draft:
    """The draft with whom a message announces a matter about (我要投诉肯德基)."""
    whom = appeal_words.beside_announcement(fold(text))
    told = draft.get(Field.SUBJECT) is not None or draft.get(Field.PLACE) is not None
    if told or draft.kind not in _ABOUT_SOMEBODY or not appeal_words.is_name(whom):
        return draft
    return draft.with_value(Field.SUBJECT, Value(whom))


def _names_only(text: str, understand_one: Understand) -> bool:
    """Whether a message announces a matter and only says whom it is about (我要投诉滨湖惠园幼儿园)."""
    whom = appeal_words.beside_announcement(fold(text))
    if whom == fold(text) or not 1 < len(whom) <= LONGEST_NAMED:
        return False
    subject = understand_one(whom).fields.subject
    return subject is not None and subject.text == whom


def instance_key(turn: Turn) -> str:
    """The form instance's key: the same message opens the same instance however often it comes."""
    return f"{turn.conversation_id or 'local'}:{turn.message_id}"[:80]
