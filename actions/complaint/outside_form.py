"""What a message outside of the form tells: a matter, or only where, when or whom to call."""

from __future__ import annotations

import re

from rasa_sdk.interfaces import Tracker

from actions import history
from actions.answer import shown_before
from actions.complaint.record.needs import ON_SITE
from actions.complaint.state import NOT_HEARD, understander
from actions.complaint.told import contacts_told, contents, intake, places_told
from actions.complaint.told.intake import Understand
from actions.complaint.told.where import is_wide
from actions.complaint.wording import appeal_words, asked_of_us, clauses, said_to_us
from actions.services import Services
from actions.turn import Turn
from actions.understanding.danger.calming import INSULT
from actions.understanding.fields import AppealType, Fields
from actions.understanding.people.contact import find_name, find_phone
from actions.understanding.text.folding import fold
from actions.understanding.understand import Understanding, understand

SURE_OF_TOPIC = 0.9  # of the category's first level
LEAST_MATTER = 12  # characters of a matter in a message whose intent is another
LONGEST_VALUES = 40  # characters of a text that may only say where, when or who
ANNOUNCES = 8  # characters beside a telephone number that tell nothing yet (有事找你们)
LEAST_STATEMENT = 4  # characters beside a place that say something of it
BARE_NOUN = 2  # characters: 物业, 噪音
LEAST_CLAUSE = 6  # characters of a clause beside abuse that may tell a matter
_FLAT = re.compile("[零一二三四五六七八九0-9]{3,4}")  # 二十二栋三零一
_CLAUSES = re.compile(r"[，。！？；\s]+")
_FAILS = re.compile("不")  # 公交车不停站


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
    return where and not is_wide(turn.text) and only_values(turn.text, understand_one)


def of_what_was_asked(services: Services, turn: Turn, tracker: Tracker) -> str:
    """The matter of the question just answered, where a message only adds where, when or by whom
    (房东把我锁换了 · 香樟雅苑6栋1203): whoever adds that wants it dealt with. Empty where not so."""
    asked = history.earlier_questions(tracker) if shown_before(tracker) else []
    understand_one = understander(services, turn)
    if not asked or not only_values(turn.text, understand_one):
        return ""
    kind = understand_one(asked[-1]).appeal_type
    return f"{asked[-1]}，{turn.text.strip()}" if kind in ON_SITE else ""


def only_values(text: str, understand_one: Understand) -> bool:
    """Whether a text only says where, when or who, and not what is the matter."""
    if len(text) > LONGEST_VALUES or contents.HAPPENS.search(fold(text)) or _FAILS.search(text):
        return False
    fields = contents.with_whole_names(text, understand_one(text).fields)
    beside = contents.besides(text, fields)
    return bool(intake.values(fields)) and (not beside or _FLAT.fullmatch(fold(beside)) is not None)


def tells(text: str, understand_one: Understand) -> bool:
    """Whether a short text tells a matter (没水了) and does not only announce one (我要投诉物业)."""
    beside = appeal_words.beside_announcement(fold(text))
    says = len(beside) > BARE_NOUN or contents.HAPPENS.search(beside) is not None
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
    calm = [one for one in _CLAUSES.split(fold(turn.text)) if INSULT.search(one) is None]
    told = "，".join(one for one in calm if len(one) >= LEAST_CLAUSE)
    if turn.is_payload or not told or appeal_words.grumbles(told):
        return False
    read = understander(services, turn)(told)
    return read.appeal_type in ON_SITE and bool(read.category.path)


def tells_a_trouble(services: Services, turn: Turn) -> bool:
    """Whether a short message that was taken for an answer to us tells a trouble (没电)."""
    if turn.is_payload or turn.active_form or asked_of_us.is_question(fold(turn.text)):
        return False
    alone = understand(turn.text, NOT_HEARD, turn.now)
    if alone.appeal_type not in ON_SITE:
        return False  # 今天天气真冷
    if len(turn.text) >= LEAST_MATTER and alone.category.confidence[:1] >= (SURE_OF_TOPIC,):
        return True  # whatever it sounded like
    read = understander(services, turn)(turn.text)
    return read.appeal_type in ON_SITE and bool(read.category.path)


def told_to_register(text: str) -> str:
    """What a message tells beside the wish to have it registered (你帮我登记吧 我们物业不给打折); empty where
    it has no such wish or tells nothing."""
    parts = clauses.pieces(text)
    told = [part for part in parts if not asked_of_us.asks_to_register(_bare(part))]
    rest = said_to_us.without_talk("".join(told)).strip("，,。；;！! ")
    return rest if len(told) < len(parts) and len(rest) >= LEAST_CLAUSE else ""


def _bare(part: str) -> str:
    return fold(part).strip("，,。；;！! ")


def is_a_grievance(turn: Turn) -> bool:
    """Whether what was taken for a question wants a matter seen to (我家门口那堆垃圾到底拉不拉)."""
    if not asked_of_us.wants_it_seen_to(fold(turn.text)):
        return False
    return understand(turn.text, NOT_HEARD, turn.now).appeal_type in ON_SITE
