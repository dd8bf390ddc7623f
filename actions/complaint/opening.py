"""How a complaint begins: the first message understood once, and acknowledged in one sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from rasa_sdk.events import ActiveLoop, FollowupAction
from rasa_sdk.interfaces import Tracker

from actions import history, offers, sent
from actions.answer import SURE_OF_INTENT, of_an_office, offered_before, shown_before
from actions.base import TurnAction, heard_as, set_slots
from actions.complaint import matters
from actions.complaint.enclosed import enclose
from actions.complaint.record import on_record
from actions.complaint.record.draft import Draft, Field, Privacy, Step, Value
from actions.complaint.record.needs import ON_SITE, needed
from actions.complaint.replies import fraud, outside, questions, repeats
from actions.complaint.replies.checks import warn
from actions.complaint.state import NOT_HEARD, project, understander, with_person
from actions.complaint.steering import putting_right
from actions.complaint.told import contacts_told, contents, intake, places_told
from actions.complaint.told.intake import Understand
from actions.complaint.told.where import is_wide
from actions.complaint.wording import appeal_words, asked_of_us
from actions.identity.moving import comes_back
from actions.services import Services
from actions.turn import Event, Speaker, Turn
from actions.understanding.fields import AppealType, Fields, Urgency
from actions.understanding.matter.risk import INSULT
from actions.understanding.people.contact import find_name, find_phone
from actions.understanding.text.folding import fold
from actions.understanding.understand import Understanding, understand
from connectors.store.work_orders import WorkOrder
from knowledge.judging.signals import asks
from knowledge.questions.question import points_back, what_about

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
SHORT_QUESTION = 12  # characters of one that may be about the rule just shown (一家能养几只)
SHORT = 9  # characters of a text that may do no more than announce a matter
LEAST_MATTER = 12  # characters of a matter in a message whose intent is another
LONGEST_VALUES = 40  # characters of a text that may only say where, when or who
LONGEST_NAMED = 20  # characters of a name that is all an announcement says
GOES_ON = 16  # characters of two texts that may be one, said in two goes
ALL_FRAGMENTS = 60  # characters of all that was said so
ANNOUNCES = 8  # characters beside a telephone number that tell nothing yet (有事找你们)
LEAST_STATEMENT = 4  # characters beside a place that say something of it
BARE_NOUN = 2  # characters: 物业, 噪音
_HAPPENS = re.compile(
    r"[没停断漏堵欠偷拖缺塌臭吵冒坏]"
)  # two characters with one of these: 没水, 漏水
LEAST_CLAUSE = 6  # characters of a clause beside abuse that may tell a matter
_CLAUSES = re.compile(r"[，。！？；\s]+")
_FAILS = re.compile("不")  # 公交车不停站
# How many are allowed, which no report asks: 一家能养几只, 一家几个人能领.
_HOW_MANY = re.compile(
    "(?:能|可以|最多|最少|限|允许)[^,。]{0,4}(?:几|多少)|(?:几|多少)[^,。]{1,3}(?:能|可以)"
)


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
        if await comes_back(self.services, turn, tracker):
            return heard_as("continue_elsewhere", turn.text, turn, tracker)
        if not turn.is_payload and asked_of_us.asks_if_filed(fold(turn.text)):
            return heard_as("query_progress", turn.text, turn, tracker)
        if not turn.is_payload and asked_of_us.wants_a_person(fold(turn.text)):
            return heard_as("ask_human", turn.text, turn, tracker)
        if of_an_office(turn):  # 供电局24小时电话
            return heard_as("ask_policy", turn.text, turn, tracker)
        if _is_about_the_rule(turn, tracker):  # "自己辞职的呢" right after a rule is no complaint
            return heard_as("ask_policy", turn.text, turn, tracker)
        if turn.is_payload:  # a button: about what was said just before, if that was kept
            offer = offers.standing(tracker)
            text = offer["text"] if offer and offer["kind"] == offers.REGISTER else ""
        return await open_events(self.services, turn, text, speaker, tracker)


def _is_about_the_rule(turn: Turn, tracker: Tracker) -> bool:
    """Whether a message right after a rule, or an offer of some, goes on asking about it."""
    said = fold(turn.text)
    if turn.is_payload or appeal_words.complains(said):
        return False
    if shown_before(tracker):
        if points_back(said):
            return True
        unsure = turn.confidence < SURE_OF_INTENT or bool(_HOW_MANY.search(said))
        return unsure and len(said) <= SHORT_QUESTION and asks(said)
    return bool(what_about(said)) and offered_before(tracker)


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
    draft = open_draft(services, turn, _with_what_was_asked_back(turn, text, tracker), announced)
    draft = with_person(draft, tracker.get_slot("person"), turn.verified_phone)
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
    warn(text, speaker)
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
_OF_THEM = re.compile(r"(?:那|可是?|但是?|就是|因为|现在|[，, ])*(?:他|她|它|对方)们?(?![妈人])")


def _with_what_was_asked_back(turn: Turn, text: str, tracker: Tracker) -> str:
    """A short text after one that was not understood goes on with it: 我那个老年卡 · 坐车刷不了."""
    beside = appeal_words.beside_announcement(fold(turn.text))
    offer = offers.standing(tracker)
    kept = bool(offer and offer["text"]) and appeal_words.complains(fold(turn.text))
    open_again = (offers.REGISTER, offers.CANCELLED)
    if offer and offer["kind"] in open_again and offer["text"] and len(beside) <= BARE_NOUN:
        return str(offer["text"])
    about = kept or bool(shown_before(tracker)) or offered_before(tracker)
    of_them = _OF_THEM.match(fold(turn.text)) is not None
    if not turn.is_payload and of_them and shown_before(tracker):
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


def contact_in(turn: Turn, known: dict[str, str] | None) -> dict[str, str] | None:
    """The person with the number, and the name, that a message outside a form gives; None where it
    gives no number of their own."""
    if turn.is_payload:
        return None
    text = fold(turn.text)
    phone = contacts_told.own_contact(turn.text, Fields(phone=find_phone(text))).phone
    if phone is None or not phone.valid:
        return None
    name = find_name(text)
    told = {"name": name.text} if name is not None else {}
    return {**(known or {}), "phone": phone.value, **told}


def tells_nothing_else(services: Services, turn: Turn) -> bool:
    """Whether a message that gives a number says no more than that something will be told."""
    understood = understander(services, turn)(turn.text)
    beside = contents.besides(turn.text, understood.fields)
    if understood.fields.place is not None and places_told.tells_where(understood.fields.place):
        return False
    return len(appeal_words.beside_announcement(fold(beside))) <= ANNOUNCES


def states_of_a_place(text: str, understood: Understanding) -> bool:
    """Whether a statement names a place and says something of it."""
    place = understood.fields.place
    named = place is not None and places_told.tells_where(place)
    return named and len(contents.besides(text, understood.fields)) >= LEAST_STATEMENT


def only_where(services: Services, turn: Turn) -> bool:
    """Whether a message says where, perhaps with whom to call, and nothing else: what is the matter
    there is still to be told."""
    understand_one = understander(services, turn)
    place = understand_one(turn.text).fields.place
    where = place is not None and places_told.tells_where(place)
    return where and not is_wide(turn.text) and _only_values(turn.text, understand_one)


def of_what_was_asked(services: Services, turn: Turn, tracker: Tracker) -> str:
    """The matter of the question just answered, where a message only adds where, when or by whom
    (房东把我锁换了 · 香樟雅苑6栋1203): whoever adds that wants it dealt with. Empty where not so."""
    asked = history.earlier_questions(tracker) if shown_before(tracker) else []
    understand_one = understander(services, turn)
    if not asked or not _only_values(turn.text, understand_one):
        return ""
    kind = understand_one(asked[-1]).appeal_type
    return f"{asked[-1]}，{turn.text.strip()}" if kind in ON_SITE else ""


def _taken_along(turn: Turn) -> dict[str, None]:
    return {"sent": None} if turn.slots.get("sent") else {}


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
    if _only_values(text, understand_one):
        # 望江东路城建小区: what is the matter there is still to be told
        return intake.found(
            replace(
                draft,
                kind=announced or AppealType.COMPLAINT,
                needed=needed(AppealType.COMPLAINT, privacy),
            ),
            understand_one(text).fields,
        )
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
_PUT_RIGHT = re.compile(
    r"(?P<old>[^，。！？；,;\s]{2,30})[，,。；; ]+(?:哦|啊|呃|嗯|[，, ])*(?:不对|错了|说错了|口误|不不|哦不)(?:不对|说错了|了|啊|[，,。 ])*(?:应该|说的)?是(?P<new>(?=[^，。！？；,;\s]{2})[^么不])"
)


def _as_put_right(text: str, understand_one: Understand) -> Understanding:
    """A text understood; what somebody puts right in the same breath (公园旁边的停车场，不对，是对面
    的停车场) is read without what they took back. Its words stay whole."""
    understood, slip = understand_one(text), _PUT_RIGHT.search(text)
    if slip is None:
        return understood
    fields = understand_one(text[: slip.start("old")] + text[slip.start("new") :]).fields
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


def _only_values(text: str, understand_one: Understand) -> bool:
    """Whether a text only says where, when or who, and not what is the matter."""
    if len(text) > LONGEST_VALUES or _HAPPENS.search(fold(text)) or _FAILS.search(text):
        return False
    fields = understand_one(text).fields
    return bool(intake.values(fields)) and not contents.besides(text, fields)


def tells(text: str, understand_one: Understand) -> bool:
    """Whether a short text tells a matter (没水了) and does not only announce one (我要投诉物业)."""
    beside = appeal_words.beside_announcement(fold(text))
    says = len(beside) > BARE_NOUN or _HAPPENS.search(beside) is not None
    understood = understand_one(beside)
    return says and (understood.appeal_type is not None or states_of_a_place(beside, understood))


def tells_a_matter(services: Services, turn: Turn) -> bool:
    """Whether a message that was taken for something else tells a matter to be registered."""
    if turn.is_payload or len(turn.text) < LEAST_MATTER:
        return False
    read = understander(services, turn)(turn.text)
    return read.appeal_type not in (None, AppealType.CONSULT) and bool(read.category.settled)


def tells_beside_abuse(services: Services, turn: Turn) -> bool:
    """Whether a message that abuses tells a matter beside it (一群废物，路修了半年没修好)."""
    clauses = [one for one in _CLAUSES.split(fold(turn.text)) if INSULT.search(one) is None]
    told = "，".join(one for one in clauses if len(one) >= LEAST_CLAUSE)
    if turn.is_payload or not told or appeal_words.grumbles(told):
        return False
    read = understander(services, turn)(told)
    return read.appeal_type in ON_SITE and bool(read.category.path)


def tells_a_trouble(services: Services, turn: Turn) -> bool:
    """Whether a short message that was taken for an answer to us tells a trouble (没电)."""
    if turn.is_payload or turn.active_form or asked_of_us.is_question(fold(turn.text)):
        return False
    if understand(turn.text, NOT_HEARD, turn.now).appeal_type not in ON_SITE:
        return False  # 今天天气真冷
    read = understander(services, turn)(turn.text)
    return read.appeal_type in ON_SITE and bool(read.category.path)


def instance_key(turn: Turn) -> str:
    """The form instance's key: the same message opens the same instance however often it comes."""
    return f"{turn.conversation_id or 'local'}:{turn.message_id}"[:80]
