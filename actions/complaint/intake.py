"""From what was understood of a message to values of a draft."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from actions.complaint import category_tree, gazetteer, phrases
from actions.complaint.draft import POINTED, Draft, Field, Privacy, State, Value
from actions.complaint.enterprise import find_enterprise
from actions.complaint.fields import AppealType, Fields, Phone, Place, When
from actions.complaint.flags import whom
from actions.complaint.folding import fold
from actions.complaint.needs import ON_SITE, needed
from actions.complaint.on_record import without_contact, without_labels
from actions.complaint.understand import Understanding
from actions.complaint.where import joined, region_before

_FIELD_OF = {
    "place": Field.PLACE,
    "time": Field.TIME,
    "subject": Field.SUBJECT,
    "wanted": Field.WANTED,
}
LONGEST_ANSWER = 60  # characters of an answer taken whole; from a longer one only the span
LONGEST_NAME = 12
LONGEST_POINTING = 6  # "我们小区楼下"; the limit of actions.complaint.missing
_FOR_NOBODY_ELSE = frozenset({AppealType.PRAISE, AppealType.SUGGESTION})
WANTS_NOTHING_MORE = frozenset({AppealType.PRAISE, AppealType.SUGGESTION})

Understand = Callable[[str], Understanding]
"""Understand a text as said now, by this person, with the intent Rasa gave this message."""

_LEAD = re.compile(
    r"^(?:(?:我|俺|咱)们?(?:家|村|小区|单位)?[啊呀呢嘛哈嗯]*[，, ]*(?:就|住)*在|好了?[，,]|嗯+|哦|就?在|是在|位于|地址是?|地点是?|位置是?|时间是?|大概是?在?|大约|应该是|就是|是|我叫|我姓|叫我|叫|"
    r"我的?(?:名字|电话|手机号?|号码)是?|(?:电话|手机号?|号码)是?|希望|要求|投诉|[：:，, ])+"
)
_LASTS = re.compile(
    r"[0-9一二两三四五六七八九十半几好多]+(?:来|多)?个?(?:天|年|月|星期|礼拜|周|小时|钟头)(?:多|了|左右)*$"
)
_ROAD = re.compile(r"[\u4e00-\u9fff]{2,5}?(?:路|街|大道|巷)")
_POINTS_AT = re.compile(
    r"^(?:那个|那家|那间|那|这个|这家|这间|嗰间|嗰个|间(?=[\u4e00-\u9fff]{2})|有一?[个家]|一[个家间名位]|某[个家]?)(?=[\u4e00-\u9fff]{2})"
)
_ABUSED = re.compile(
    r"(?:傻[逼比叉屄]|煞笔|狗日的?|狗屁|他妈的?|妈的|死全家|王八蛋?|混蛋|畜生|垃圾(?=物业|公司|开发商)|破(?=物业|公司)|黑心(?:的)?)+"
)
_TWICE = re.compile(r"^([\u4e00-\u9fff]{2,6})\1$")
_ORDINAL = re.compile(r"第?[一二两三四五六七八九十0-9]{1,2}[个项条]?[。.]?")
_LANDMARK = re.compile(
    r"(?![一这那哪某每几])(?P<name>[\u4e00-\u9fff]{2,4})(?:湖|河|公园|大桥|立交桥|水库|体育[场馆]|火车站|汽车站)"
)  # 天鹅湖边上
_NUMBER, _SIDES = "[0-9一二三四五六七八九十]", "东南西北前后左右上下"
_TAIL = re.compile(r"[。.!！,，;；\s]+$")


def told(draft: Draft, understood: Understanding, text: str) -> Draft:
    """The draft with a matter told in ``text``: its kind, category, urgency, all it says."""
    fields = understood.fields
    draft = placed_in_tree(draft, understood)
    draft = replace(
        draft,
        category_confidence=tuple(round(one, 3) for one in understood.category.confidence),
        urgency=fields.urgency,
        risk=tuple(alarm.value for alarm in understood.risk.alarm),
        duration=fields.duration.text if fields.duration else draft.duration,
        reported_before=fields.reported_before is not None or draft.reported_before,
    )
    matter = without_contact(without_labels(fields.matter or text.strip()))
    return found(draft.with_value(Field.MATTER, Value(matter)), fields)


def placed_in_tree(draft: Draft, understood: Understanding) -> Draft:
    """The draft with its kind and category, and what has to be asked for these."""
    kind = _kind(draft.kind, understood.appeal_type)
    to_be_seen = understood.appeal_type in ON_SITE
    needs = category_tree.needs_of(understood.category.path) if to_be_seen else ()
    by_category = tuple(_FIELD_OF[name] for name in needs if name in _FIELD_OF)
    privacy = _privacy(draft, kind, understood.fields)
    firm = draft.for_enterprise or understood.fields.for_enterprise
    return replace(
        draft,
        kind=kind,
        category=understood.category.settled,
        by_category=by_category,
        privacy=privacy,
        privacy_offered=draft.privacy_offered or privacy is not Privacy.OPEN,
        for_enterprise=firm,
        needed=needed(kind, privacy, by_category, firm),
    )


def _privacy(draft: Draft, kind: AppealType, fields: Fields) -> Privacy:
    """What the words ask for; a report alone can be anonymous, as it alone needs no contact."""
    if draft.privacy is Privacy.ANONYMOUS and kind is not AppealType.REPORT:
        return Privacy.CONFIDENTIAL
    if draft.privacy is not Privacy.OPEN:
        return draft.privacy
    if fields.anonymous is not None and kind is AppealType.REPORT:
        return Privacy.ANONYMOUS
    asked_for = fields.anonymous is not None or fields.confidential is not None
    return Privacy.CONFIDENTIAL if asked_for else Privacy.OPEN


def _kind(opened_as: AppealType, read_as: AppealType | None) -> AppealType:
    """Whoever opened a complaint has not merely asked a question, however it is worded."""
    return opened_as if read_as in (None, AppealType.CONSULT) else read_as


def with_said(draft: Draft, name: Field, value: Value) -> Draft:
    """The draft with a value said for a field, beside what was known of it and fits: nobody who
    tells more takes back what they told."""
    known = draft.get(name)
    if known is not None and known.state is State.SAID:
        if name is Field.PLACE:
            value = _place_beside(known, value)
        elif name is Field.TIME and _both_times(known, value):
            kept = {k: v for k, v in known.detail.items() if k == "recurrence" or not value.detail}
            value = Value(f"{known.text}，{value.text}", detail={**kept, **value.detail})
    return draft.with_value(name, value)


def put_right(known: Value | None, name: Field, value: Value) -> Value:
    """The value a correction gives: in place of what was known, in its region where it names none."""
    if name is not Field.PLACE or known is None or known.state is not State.SAID:
        return value
    if other := _other_end(known.text, value.text):
        return Value(other, detail=known.detail)
    whole = joined(known, value)
    region = region_before(known.text)
    same_road = any(road in value.text for road in _ROAD.findall(known.text[len(region) :]))
    if whole.text == value.text and same_road and region and not region_before(value.text):
        return Value(region + value.text, detail=known.detail)
    return whole


def at_the_road(known: str, said: str) -> str:
    """A place that is named and lies at the road told before (极速网吧 at 庐阳区阜阳北路), with it;
    empty where the road or its region is named anew."""
    anew = _ROAD.search(said) or region_before(said) or said in known
    return f"{known}{said}" if _ROAD.search(known[-4:]) and not anew else ""


def _other_end(known: str, said: str) -> str:
    """The place with its end put right, where only a number or a side is another one: 合肥南站南广场
    of 合肥南站北广场 and 南广场; else empty."""
    if len(said) >= len(known):
        return ""
    pattern = "".join(
        f"{_NUMBER}+"
        if re.match(_NUMBER, piece)
        else f"[{_SIDES}]"
        if piece in _SIDES
        else re.escape(piece)
        for piece in re.findall(rf"{_NUMBER}+|.", said)
    )
    end = re.search(rf"(?<!{_NUMBER}){pattern}$", known)
    return known[: end.start()] + said if end and pattern != re.escape(said) else ""


def _place_beside(known: Value, value: Value) -> Value:
    """Two places told without a word that one of them was wrong: both, where they may be one
    (天鹅湖, and then 万达广场那边); of two regions the later."""
    whole = joined(known, value)
    if whole.text != value.text or known.text in value.text or "candidates" in known.detail:
        return whole
    before, now = known.detail.get("region"), value.detail.get("region")
    if (before and now and before != now) or (now and not before) or POINTED in known.detail:
        return whole
    if value.text in known.text:
        return known
    if phrases.points_only(fold(known.text)):
        return value
    return Value(f"{known.text}，{value.text}", detail=known.detail)


def _both_times(known: Value, value: Value) -> bool:
    """Whether two times tell of one matter: how often and when, how long and since when."""
    if known.text in value.text:
        return False
    again = ("recurrence" in known.detail) != ("recurrence" in value.detail)
    lasts = (_LASTS.search(known.text) is None) != (_LASTS.search(value.text) is None)
    return again or lasts or ("from" in known.detail) != ("from" in value.detail)


def lasts(text: str) -> bool:
    """Whether words say for how long (十天, 三个月了)."""
    return _LASTS.search(text.strip()) is not None


def found(draft: Draft, fields: Fields) -> Draft:
    """The draft with every field that was open (or skipped) and is said now, and with the region
    of its place where only now that is said."""
    for name, value in values(fields).items():
        known = draft.get(name)
        if name is Field.WANTED and draft.kind in WANTS_NOTHING_MORE:
            continue  # what is suggested is the matter itself
        if name in (Field.NAME, Field.PHONE) and draft.privacy is Privacy.ANONYMOUS:
            continue
        if known is None or known.state is State.SKIPPED or _says_more(name, known, value):
            draft = draft.with_value(name, value)
        elif name is Field.PLACE and "region" not in known.detail and "region" in value.detail:
            whole = joined(known, value)
            draft = draft.with_value(name, whole if whole != value else known)
    told_for = fields.on_behalf is not None and draft.kind not in _FOR_NOBODY_ELSE
    if fields.on_behalf is not None and told_for and not draft.on_behalf:
        draft = replace(draft, on_behalf=whom(fields.on_behalf.text))
    return draft


def _says_more(name: Field, known: Value, value: Value) -> bool:
    """Whether the same is told more exactly: 昨天, and now 昨天下午三点."""
    same = name in (Field.PLACE, Field.TIME) and known.text in value.text
    return same and len(value.text) > len(known.text)


def values(fields: Fields) -> Mapping[Field, Value]:
    """The fields found in a text, as values. A place that only points ("我家楼下") is none."""
    taken: dict[Field, Value] = {}
    if fields.place is not None and tells_where(fields.place):
        taken[Field.PLACE] = place(fields.place)
    if fields.time is not None:
        taken[Field.TIME] = when(fields.time)
    for name, span in (
        (Field.SUBJECT, fields.subject),
        (Field.WANTED, fields.wanted),
        (Field.ENTERPRISE, fields.enterprise),
        (Field.NAME, fields.name),
    ):
        own = name is Field.SUBJECT and fields.enterprise is not None
        if own and span is not None and fields.enterprise and span.text in fields.enterprise.text:
            continue  # part of the name of the business that tells it
        text = span.text if span is not None else ""
        text = party(text) if name is Field.SUBJECT else text
        if text:
            taken[name] = Value(text)
    if fields.credit_code is not None and fields.credit_code.valid:
        taken[Field.CREDIT_CODE] = Value(fields.credit_code.value)
    if fields.phone is not None and fields.phone.valid:
        taken[Field.PHONE] = phone(fields.phone)
    return taken


def party(said: str) -> str:
    """Whom a matter is about, by their name alone: without what points at them, without abuse, and
    none at all of a word that names nobody (厂 of 我们厂)."""
    named = _TWICE.sub(r"\1", _POINTS_AT.sub("", _ABUSED.sub("", said)))
    return named if len(named) > 1 else ""


def answer(name: Field, text: str, fields: Fields) -> Value | None:
    """The value a message gives to the field it was asked for; None if it gives none.

    A short answer is kept whole, as the person worded it; normal forms come from what was found.
    """
    whole = _TAIL.sub("", _LEAD.sub("", text.strip()))
    short = 0 < len(whole) <= LONGEST_ANSWER
    if name is not Field.PHONE and _ORDINAL.fullmatch(fold(whole)):
        return None  # "第二个", of what was not offered
    match name:
        case Field.PHONE:
            return phone(fields.phone) if fields.phone and fields.phone.valid else None
        case Field.PLACE:
            span = place(fields.place) if fields.place else None
            return Value(whole, detail=span.detail if span else {}) if short else span
        case Field.TIME:
            moment = when(fields.time) if fields.time else None
            return Value(whole, detail=moment.detail if moment else {}) if short else moment
        case Field.NAME:
            if fields.name is not None:
                return Value(fields.name.text)
            return Value(whole) if 0 < len(whole) <= LONGEST_NAME else None
        case Field.ENTERPRISE:
            firm = fields.enterprise or find_enterprise(fold(text))
            return Value(firm.text) if firm else Value(whole) if short else None
        case Field.CREDIT_CODE:
            code = fields.credit_code
            return Value(code.value) if code and code.valid else None
        case Field.SUBJECT | Field.WANTED:
            span_found = fields.subject if name is Field.SUBJECT else fields.wanted
            if short:
                return Value(whole)
            return Value(span_found.text) if span_found else Value(whole) if whole else None
        case Field.MATTER:
            return Value(text.strip()) if text.strip() else None


def tells_where(found_place: Place) -> bool:
    """Whether somebody else could find the place: it is named, or at least described."""
    if phrases.points_only(fold(found_place.text)):
        return False
    if found_place.named or len(found_place.text) > LONGEST_POINTING:
        return True
    landmark = _LANDMARK.match(fold(found_place.text))
    return landmark is not None and not phrases.points_only(landmark["name"])


def place(found_place: Place) -> Value:
    detail = {"region": found_place.region} if found_place.region else {}
    if not found_place.region and len(cities(found_place.candidates)) > 1:
        detail["candidates"] = ",".join(found_place.candidates)
    return Value(found_place.text, detail=detail)


def cities(codes: Collection[str]) -> dict[str, str]:
    """The cities regions lie in, by name with the province: ``{"江苏省南京市": "320106"}``."""
    found: dict[str, str] = {}
    for code in codes:
        names = dict.fromkeys(
            gazetteer.name_of(part) or "" for part in (code[:2] + "0000", code[:4] + "00")
        )
        if name := "".join(names):
            found.setdefault(name, code)
    return found


def settled(asked: Value, text: str, fields: Fields) -> Value:
    """The place of ``asked`` in the city that ``text`` names; as it was where it names none."""
    codes = asked.detail["candidates"].split(",")
    named = fields.place.region if fields.place else None
    bare = fold(text).strip("的吧啊 。").removesuffix("市")
    for name, code in cities(codes).items():
        if (named and code[:4] == named[:4]) or (bare and bare in name):
            return in_city(asked.text, code, name)
    return Value(asked.text)


def in_city(text: str, code: str, name: str) -> Value:
    """A place of which it was asked in which city it lies, with the city's name before it."""
    return Value(f"{name}{text}", detail={"region": code})


def in_the_future(fields: Fields, now: datetime) -> bool:
    """Whether a time is told that has not come yet, by the day."""
    begin = fields.time.begin if fields.time else None
    return begin is not None and begin.date() > now.astimezone(begin.tzinfo).date()


def when(found_time: When) -> Value:
    detail = {
        "from": _iso(found_time.begin),
        "to": _iso(found_time.finish),
        "recurrence": found_time.recurrence,
    }
    return Value(found_time.text, detail={key: value for key, value in detail.items() if value})


def phone(found_phone: Phone) -> Value:
    return Value(found_phone.value)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
