"""How a complaint begins: the first message understood once, and acknowledged in one sentence."""

from __future__ import annotations

import re
from datetime import datetime

from rasa_sdk.events import ActiveLoop, FollowupAction
from rasa_sdk.interfaces import Tracker

from actions import history, offers, sent
from actions.answer import offered_before, shown_before
from actions.base import TurnAction, heard_as, set_slots
from actions.complaint.asked_instead import heard_instead
from actions.complaint.enclosed import enclose
from actions.complaint.first_draft import open_draft
from actions.complaint.outside_form import BARE_NOUN
from actions.complaint.record.draft import Draft, Field, Privacy, Step
from actions.complaint.replies import fraud, known_incident, outside, questions, repeats
from actions.complaint.replies.checks import warn
from actions.complaint.state import project, with_person
from actions.complaint.steering import moves, putting_right
from actions.complaint.wording import appeal_words, asked_of_us
from actions.services import Services
from actions.turn import Event, Speaker, Turn
from actions.understanding.fields import AppealType
from actions.understanding.text.folding import fold
from connectors.store.work_orders import WorkOrder

GOES_ON = 16  # characters of two texts that may be one, said in two goes
ALL_FRAGMENTS = 60  # characters of all that was said so
# How long it takes is told once it is handed in; what may be sent, before.
_ANSWERED_AT_ONCE = frozenset({"form_files_welcome"})


class OpenComplaint(TurnAction):
    """Understand the whole first message once, and acknowledge it in one sentence."""

    action_name = "action_open_complaint"
    reads = True

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        text = turn.text
        if (
            not turn.is_payload
            and tracker.get_slot("last_order")
            and appeal_words.supplement(fold(text))
        ):
            return [ActiveLoop(None), FollowupAction("action_open_order")]
        if instead := await heard_instead(self.services, turn, tracker):
            return heard_as(instead, turn.text, turn, tracker)
        if turn.is_payload:  # a button: about what was said just before, if that was kept
            offer = offers.standing(tracker)
            text = offer["text"] if offer and offer["kind"] == offers.REGISTER else ""
        else:
            text = await known_incident.with_what_was_told(self.services, turn, text)
        return await open_events(self.services, turn, text, speaker, tracker)


async def open_events(
    services: Services,
    turn: Turn,
    text: str,
    speaker: Speaker,
    tracker: Tracker,
    *,
    announced: AppealType | None = None,
    earlier: WorkOrder | None = None,
) -> list[Event]:
    """Acknowledge a matter and put its draft into the tracker; the form is still to be started.

    ``announced``: the kind, where the words say more than the intent. ``earlier``: the person's
    order that is known to be about it.
    """
    if tracker.get_slot("last_order") and (more := appeal_words.another_matter(fold(text))):
        text = text[-len(more) :]  # 还有个事 公园里晚上没灯
    said = _with_what_was_asked_back(turn, text, tracker)
    draft = open_draft(services, turn, said, announced)
    told, draft = draft, with_person(draft, tracker.get_slot("person"), turn.verified_phone)
    if earlier is not None:
        draft = repeats.met(draft, earlier)
    else:
        draft = await repeats.compared(services, turn, draft)
    if draft.step is not Step.SAME:  # what was registered already is not promised anew
        speaker.say(questions.acknowledgement(draft))
    if draft.privacy is not Privacy.OPEN:
        speaker.say(f"form_privacy_{draft.privacy}")
    if draft.reported_before and draft.step is not Step.SAME:
        speaker.say("form_told_before")
    if draft.others:
        speaker.say("form_several", count=str(1 + len(draft.others)))
    if draft.step is not Step.SAME and _same_number(told, draft, tracker):
        speaker.say("form_same_phone", tail=draft.text(Field.PHONE)[-4:])
    warn(text, speaker)
    for line in moves.answers_beside(draft, said):
        if line.key in _ANSWERED_AT_ONCE:
            speaker.say(line.key)
    if fraud.just_paid(text):
        speaker.say("form_fraud_now")
    outside.tell(None, draft, services.settings.region, speaker)
    draft = enclose(draft, sent.files(turn), sent.location(turn), speaker)
    hush = None
    if (when := _not_yet(draft, turn)) and draft.step is Step.COLLECTING:
        asked = putting_right.ask_the_day(draft, when)
        draft, hush = asked.draft or draft, turn.message_id
        speaker.say("form_time_future", said=when)
    return [
        *project(draft, turn, requested=False),
        *set_slots(offer=None, failures=None, hush=hush, **_taken_along(turn)),
    ]


def _same_number(told: Draft, draft: Draft, tracker: Tracker) -> bool:
    """Whether the number given for an order just handed in is taken for this one too."""
    given = told.get(Field.PHONE) is None and bool(draft.text(Field.PHONE))
    return given and bool(tracker.get_slot("last_order") and tracker.get_slot("person"))


_HAPPENED = re.compile("又|了|过")
_WILL = re.compile(
    "要|将|准备|打算|通知|计划|说|会|想|预|约|能不能|开庭|到期|截止|之前|以前|[天日号]前"
)


def _not_yet(draft: Draft, turn: Turn) -> str:
    """The day still to come that something is told to have happened on (后天晚上又吵到两点)."""
    time, matter = draft.get(Field.TIME), draft.text(Field.MATTER)
    begin = time.detail.get("from") if time is not None else None
    if begin is None or _HAPPENED.search(matter) is None or _WILL.search(matter):
        return ""
    day = datetime.fromisoformat(begin)
    return draft.text(Field.TIME) if day.date() > turn.now.astimezone(day.tzinfo).date() else ""


# Whoever begins with a pronoun goes on about whom they asked of.
_OF_THEM = re.compile(
    r"(?:那|可是?|但是?|就是|因为|现在|[，, ])*(?:(?:他|她|它|对方)们?(?![妈人])|我都?(?:去|跑|打|问|试|申请)了)"
)


def _with_what_was_asked_back(turn: Turn, text: str, tracker: Tracker) -> str:
    """A short text after one that was not understood goes on with it: 我那个老年卡 · 坐车刷不了."""
    beside = appeal_words.beside_announcement(fold(turn.text))
    offer = offers.standing(tracker)
    kept = bool(offer and offer["text"]) and appeal_words.complains(fold(turn.text))
    open_again = (offers.REGISTER, offers.CANCELLED)
    if offer and offer["kind"] in open_again and offer["text"] and len(beside) <= BARE_NOUN:
        return str(offer["text"])
    about = kept or bool(shown_before(tracker)) or offered_before(tracker)
    of_them = _OF_THEM.match(beside) is not None
    if not turn.is_payload and of_them and (shown_before(tracker) or offered_before(tracker)):
        asked = history.earlier_questions(tracker)
        if asked:  # 房东不退押金违法吗 · 他说墙上有钉眼
            return f"{asked[-1].rstrip('？?。 ')}，{text}"
    if not turn.is_payload and len(beside) <= BARE_NOUN and about:
        asked = history.earlier_questions(tracker)
        if asked:  # 房东不退押金怎么办 · 我要投诉他
            return asked[-1]
    return text if turn.is_payload else with_fragments(text, tracker)


def with_fragments(text: str, tracker: Tracker) -> str:
    """A short text with the fragments said before it that were not understood alone (我们村 · 那个桥
    · 断了)."""
    offer = offers.standing(tracker)
    if offer is None or offer["kind"] not in (offers.REGISTER, offers.SAID, offers.HUMAN):
        return text
    before = str(offer["text"]).strip()
    last = before.rsplit("，", 1)[-1]
    short = 0 < len(text) <= GOES_ON and 0 < len(last) <= GOES_ON and len(before) <= ALL_FRAGMENTS
    goes_on = short and offer["appeal"] is None and not asked_of_us.is_question(fold(before))
    return f"{before}，{text}" if goes_on and before not in text else text


def with_what_was_told(where: str, tracker: Tracker) -> str:
    """A bare place with what was told before it and not understood (奶茶店卖过期的 · 南门小学)."""
    offer = offers.standing(tracker)
    before = str(offer["text"]).strip() if offer and offer["appeal"] is None else ""
    return f"{before}，{where}" if before and not asked_of_us.is_question(fold(before)) else where


def _taken_along(turn: Turn) -> dict[str, None]:
    return {"sent": None} if turn.slots.get("sent") else {}
