"""A complaint put right: what a correction does to the fields it names, or means."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from actions.complaint.record.draft import CONFIRMED, Draft, Field, Step, Value
from actions.complaint.steering import adding, moves
from actions.complaint.steering.corrections import Correction
from actions.complaint.steering.moves import Line, Outcome
from actions.complaint.told import buildings, intake
from actions.complaint.told.intake import Understand
from actions.understanding.fields import Fields

DIGITS_OF_A_TAIL = 4  # at most
LEAST_OF_A_CODE = 3  # letters and digits of a value that something else can be told to be like
LEAST_CODE = 9  # characters that are meant for a credit code
LEAST_OF_A_NUMBER = 4  # digits of what may be a telephone number or a code put right
_BY_PATTERN = frozenset({Field.PHONE, Field.CREDIT_CODE})
MOST_WRONG = 2  # characters of it that may be another one


def correct(draft: Draft, correction: Correction, text: str, understand: Understand) -> Outcome:
    name, value = correction.field, correction.value
    if name is None and value is None:
        if draft.next_slot() == CONFIRMED or draft.last is None:
            return Outcome(replace(draft, step=Step.CHOOSING, confirmed=False))
        return moves.start_change(draft, draft.last)
    if value is None:
        assert name is not None  # else both would be None
        return moves.start_change(draft, name)
    value = whole_number(draft, name, value)
    if name is Field.PLACE:
        value = with_the_place(draft.text(Field.PLACE), value)
    understood = understand(value)
    fields = understood.fields
    if name is Field.TIME or intake.values(fields).keys() == {Field.TIME}:
        value = with_the_hour(draft.text(Field.TIME), value)
        understood = understand(value)
        fields = understood.fields
    if coming(draft, name, fields, understood.now):
        return ask_the_day(draft, value)
    if name is None and correction.if_like:
        return reword(draft, like(draft.text(Field.MATTER), value), value, understand)
    if name is None and correction.if_value and (meant := part_meant(draft, value)):
        return change(draft, Field.TIME, meant, understand(meant).fields)
    if name is None:
        return put_right(draft, correction, value, fields, understand)
    return change(draft, name, value, fields)


_PART = "早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|凌晨"
_HOUR = re.compile(
    rf"(?P<part>{_PART})?(?P<hour>[0-9一二两三四五六七八九十]{{1,3}}(?:点|时(?!候)|:[0-9]{{2}}).*)$"
)
_DAY_ALONE = re.compile(
    rf"(?:是|在)?(?:[大]?[今昨前]天|上+个?(?:周|星期|礼拜)[一二三四五六日天]|[0-9]+月[0-9]+[日号]|[0-9]+[日号])(?P<part>{_PART})?(?:的|吧)?"
)


def with_the_hour(known: str, said: str) -> str:
    """A day put right, with the hour told before where it names none (昨天下午, of 今天下午五点二十)."""
    day, hour = _DAY_ALONE.fullmatch(said), _HOUR.search(known)
    if day is None or hour is None or _LASTS_UNTIL.search(known):
        return said
    if day["part"] and hour["part"] and day["part"] != hour["part"]:
        return said
    part = "" if day["part"] else hour["part"] or ""
    return f"{said.removeprefix('是').removesuffix('的').removesuffix('吧')}{part}{hour['hour']}"


_LASTS_UNTIL = re.compile(r"每|到|至|天天|经常")


_BUILDING_OF = re.compile(r"[0-9A-Za-z一二三四五六七八九十]+(?:栋|幢|号楼|座|单元|室|[层楼])")
_UNIT_OF = re.compile(r"(?:栋|幢|号楼|座|单元|室|[层楼])$")


def with_the_place(known: str, said: str) -> str:
    """The place told with its building put right (9栋, of 元一美邦 8栋1502), where nothing else is
    said."""
    building = buildings.building(said)
    unit = _UNIT_OF.search(building)
    if not known or not building or unit is None:
        return f"{known}{building}" if known and building else said
    there = [one for one in _BUILDING_OF.finditer(known) if one.group().endswith(unit.group())]
    if len(there) != 1:
        return f"{known}{building}" if not there else said
    return known[: there[0].start()] + building + known[there[0].end() :]


def coming(draft: Draft, name: Field | None, fields: Fields, now: datetime) -> bool:
    """Whether a time given anew is a day still to come, which is asked about once."""
    timed = name is Field.TIME or (name is None and intake.values(fields).keys() == {Field.TIME})
    return timed and draft.tries == 0 and intake.in_the_future(fields, now)


def ask_the_day(draft: Draft, said: str) -> Outcome:
    """Which day was it? The one said is still to come."""
    asking = moves.start_change(draft, Field.TIME).draft
    line = Line("form_time_future", {"said": said})
    return Outcome(replace(asking or draft, tries=1), (line,), quiet=True)


def whole_number(draft: Draft, name: Field | None, value: str) -> str:
    """The number with its last digits put right (尾号错了，应该是1235); any other value as it is."""
    known = draft.text(Field.PHONE)
    tail = name is Field.PHONE and len(value) <= DIGITS_OF_A_TAIL and value.isdecimal()
    return known[: -len(value)] + value if tail and known else value


def part_meant(draft: Draft, value: str) -> str:
    """Of a time told twice (每天早上八点，晚上八点), the one that holds what is meant; else empty."""
    told = draft.text(Field.TIME).split("，")
    meant = [one for one in told if value in one]
    return meant[0] if len(told) > 1 and len(meant) == 1 else ""


def like(words: str, value: str) -> str:
    """What stands in the words and is like the value but for a character or two: a plate, a number
    of the same length; empty where nothing is, or more than one."""
    if sum(one.isascii() and one.isalnum() for one in value) < LEAST_OF_A_CODE:
        return ""
    size, shape = len(value), [_sort(one) for one in value]
    found = {
        words[k : k + size]
        for k in range(len(words) - size + 1)
        if [_sort(one) for one in words[k : k + size]] == shape
        and 0 < sum(a != b for a, b in zip(words[k : k + size], value, strict=True)) <= MOST_WRONG
    }
    return found.pop() if len(found) == 1 else ""


def _sort(character: str) -> str:
    if not character.isascii():
        return "word"
    return "digit" if character.isdecimal() else "letter" if character.isalpha() else character


def put_right(
    draft: Draft, correction: Correction, value: str, fields: Fields, understand: Understand
) -> Outcome:
    """A correction that names no field: what it says tells which, or the word that was wrong does.
    The matter itself is never replaced by a few words, only added to."""
    value = _WRITTEN.sub("", value)
    meant = field_meant(draft, value, fields)
    old = correction.old
    if old and old != draft.text(meant) and old in draft.text(meant) and meant is Field.PLACE:
        # the wrong word alone: 蜀山区 and 5栋 of 蜀山区翠竹园5栋 stay
        value = draft.text(meant).replace(old, value)
        fields = understand(value).fields
    elsewhere = bool(old) and old not in draft.text(meant) and _holds(draft, old)
    timed = meant is Field.TIME and not elsewhere
    if meant is not Field.MATTER and (meant in intake.values(fields) or timed):
        return change(draft, meant, value, fields)
    if old and draft.on_behalf and old in draft.on_behalf and meant not in intake.values(fields):
        draft = replace(draft, on_behalf=draft.on_behalf.replace(old, value), confirmed=False)
    if old and old in draft.text(Field.MATTER):
        return reword(draft, old, value, understand)
    holder = _holds(draft, old) if old else None
    if holder is not None:
        whole = draft.text(holder).replace(old, value)
        return change(draft, holder, whole, understand(whole).fields)
    known, spot = draft.text(Field.PLACE), buildings.building(value)
    if known and spot and meant is Field.MATTER:  # 不是1单元是2单元, of 翡翠湖花园8栋
        whole = f"{known}{spot}"
        return change(draft, Field.PLACE, whole, understand(whole).fields)
    if meant is Field.MATTER and draft.text(Field.MATTER):
        return adding.add(draft, correction.said or value, understand)
    return change(draft, meant, value, fields)


_WRITTEN = re.compile(r"^(?:合同|单子|票|上面|上头)*(?:写|签|说|约定)的是?")  # 不是8月，合同写的9月


def _holds(draft: Draft, old: str) -> Field | None:
    """The field in whose words a word stands."""
    return next((name for name in Field if old in draft.text(name)), None)


def reword(draft: Draft, old: str, new: str, understand: Understand) -> Outcome:
    """A word of the matter was wrong (不是物业，是停车场): the words change, and with them whom it is
    about and where it belongs."""
    before, asked = draft, draft.changing
    words = draft.text(Field.MATTER).replace(old, new)
    draft = draft.with_value(Field.MATTER, Value(words))
    understood = understand(words)
    for name in (Field.SUBJECT, Field.PLACE, Field.TIME):
        if old in draft.text(name):
            whole = draft.text(name).replace(old, new)
            draft = draft.with_value(name, intake.values(understood.fields).get(name, Value(whole)))
    draft = intake.placed_in_tree(draft, understood)
    changed = replace(draft, step=Step.COLLECTING, changing=None, tries=0, confirmed=False)
    tapped = asked is not None and old in before.text(asked)
    return Outcome(changed, (is_now(changed, asked if asked and tapped else Field.MATTER),))


def field_meant(draft: Draft, value: str, fields: Fields) -> Field:
    """Which field a bare new value ("不对，是望江西路") is about."""
    kinds = {**intake.values(fields)}
    if intake.lasts(value):  # 应该是十天
        kinds[Field.TIME] = Value(value)
    for name in (Field.PHONE, Field.PLACE, Field.TIME, Field.NAME):
        if name in kinds and (draft.get(name) is not None or name in draft.needed):
            return name
    if draft.next_slot() == Field.MATTER and draft.text(Field.SUBJECT):
        return Field.SUBJECT  # 我要投诉肯德基 · 不对，是麦当劳
    if draft.last in _BY_PATTERN and len(moves.digits(value)) < LEAST_OF_A_NUMBER:
        return Field.MATTER
    return draft.last or Field.MATTER


def change(draft: Draft, name: Field, text: str, fields: Fields) -> Outcome:
    value = intake.answer(name, text, fields)
    if value is None:
        line = _problem(name, text, fields)
        changing = replace(draft, step=Step.CHANGING, changing=name, confirmed=False)
        return Outcome(changing, (line,) if line else ())
    before = draft.text(name)
    if name is Field.TIME and _ends_with(before, value.text):
        value = draft.values[name]  # 五点多 of 早上五点多: the part of the day stays
    if before and before != value.text and before in draft.text(Field.MATTER):
        corrected = dict.fromkeys((*draft.corrected, name))
        draft = replace(draft, corrected=tuple(corrected))
    changed = replace(
        draft.with_value(name, intake.put_right(draft.get(name), name, value)),
        step=Step.COLLECTING, changing=None, last=name, tries=0, confirmed=False,
    )  # fmt: skip
    return Outcome(changed, (is_now(changed, name),))


def _ends_with(known: str, said: str) -> bool:
    """Whether a time ends with the words said; 15号 does not end with 5号."""
    before = known.removesuffix(said)
    return before != known and not (before[-1:].isdecimal() and said[:1].isdecimal())


def _problem(name: Field, text: str, fields: Fields) -> Line | None:
    """What is wrong with a number given anew."""
    if name is Field.CREDIT_CODE and len(code := re.sub(r"[^0-9A-Za-z]", "", text)) >= LEAST_CODE:
        return Line("form_credit_code_wrong", {"digits": str(len(code))})
    return moves.phone_problem(text, fields) if name is Field.PHONE else None


def is_now(draft: Draft, name: Field) -> Line:
    """What a field that was changed has become."""
    return Line("form_changed", {"field": name.value, "value": draft.text(name)})


def is_more(draft: Draft, name: Field) -> Line:
    """What a field is, now that more was said of it."""
    return Line("form_now", {"field": name.value, "value": draft.text(name)})


def called(draft: Draft, name: str) -> Outcome:
    """The name given at the lines to check: new there, or in place of the one told before."""
    told = draft.with_value(Field.NAME, Value(name))
    noted = Line("form_noted", {"fields": Field.NAME.value})
    line = is_now(told, Field.NAME) if draft.text(Field.NAME) else noted
    return Outcome(replace(told, step=Step.COLLECTING, tries=0), (line,))
