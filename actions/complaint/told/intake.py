"""From what was understood of a message to values of a draft."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from actions.complaint.record.draft import WIDE, Draft, Field, Privacy, State, Value
from actions.complaint.record.needs import ON_SITE, needed
from actions.complaint.record.on_record import without_contact, without_labels
from actions.complaint.record.party import by_name, only_a_trade
from actions.complaint.told import places_told
from actions.complaint.told.where import joined
from actions.complaint.wording.said_to_us import without_talk
from actions.understanding.fields import AppealType, Duration, Fields, Phone, When
from actions.understanding.matter.flags import whom
from actions.understanding.people.enterprise import find_enterprise
from actions.understanding.text.folding import fold
from actions.understanding.understand import Understanding

_FIELD_OF = {
    "place": Field.PLACE,
    "time": Field.TIME,
    "subject": Field.SUBJECT,
    "wanted": Field.WANTED,
}
LONGEST_ANSWER = 60  # characters of an answer taken whole; from a longer one only the span
LONGEST_NAME = 12
_FOR_NOBODY_ELSE = frozenset({AppealType.PRAISE, AppealType.SUGGESTION})
WANTS_NOTHING_MORE = frozenset({AppealType.PRAISE, AppealType.SUGGESTION})

Understand = Callable[[str], Understanding]
"""Understand a text as said now, by this person, with the intent Rasa gave this message."""

_LEAD = re.compile(
    r"^(?:(?:不是|不对|不)[的啊呀]?[，, ]+|(?:我|刚才?)?(?:说|打|写|记|弄|搞|按|输)错了?[，, ]+|(?:他们?|她们?|老人家?|我?(?>妈妈|爸爸|母亲|父亲|奶奶|爷爷|外公|外婆|儿子|女儿|老?[爸妈爹娘]))++(?:家|现在|就|是|一个人)*(?:住|在)++|我?(?:想起来|记起来|想到|知道)了|对了|那个(?=[\u4e00-\u9fff]{3})|我?接着说|继续说|刚才说到哪了?|(?:我|俺|咱)们?(?:家|村|小区|单位)?[啊呀呢嘛哈嗯]*[，, ]*(?:(?:就|住)*在|(?:就|现在|一直)*住(?=[\u4e00-\u9fff ]{3}))|好了?[，,]|嗯++|哦|就?喺|就?系|地址系|住[在喺]|[就也]?在|位于|地址是?+|地点是?+|位置是?+|时间是?+|大概是?+在?+|大约|应该是|就是|是|我叫|我姓|叫我|叫|"
    r"我的?(?:名字|电话|手机号?|号码)是?+|(?:电话|手机号?|号码)是?+|希望|要求|投诉|(?:我|我又|现在|刚)*(?:回来|忙完|查到|问到|找到)了|[：:，,\s])+"
)
_YEAR = re.compile(r"今年|去年|前年|大前年|(?:19|20)[0-9]{2}年")
_MONTH = re.compile(r"[0-9一二三四五六七八九十]{1,3}月")
_LASTS = re.compile(
    r"[0-9一二两三四五六七八九十半几好多]+(?:来|多)?个?(?:天|年|月|星期|礼拜|周|小时|钟头)(?:多|了|左右)*$"
)
_POINTS_AT = re.compile(
    r"^(?:那个|那家|那间|那|这个|这家|这间|嗰间|嗰个|间(?=[\u4e00-\u9fff]{2})|有一?[个家]|一[个家间名位]|某[个家]?)(?=[\u4e00-\u9fff]{2})"
)
# 对方是华泰建材公司, 欠钱的是…: which of them it is, and no part of the name.
_THEY_ARE = re.compile(
    r"^(?:对方|[欠骗坑害扣][钱款我人]{1,2}的)(?:的?(?:公司|单位|老板|名字|名称))?(?:好像|应该|就)?(?:是|叫做?|名叫)(?=[\u4e00-\u9fff]{2})"
)
_ABUSED = re.compile(
    r"(?:傻[逼比叉屄]|煞笔|狗日的?|狗屁|他妈的?|妈的|死全家|王八蛋?|混蛋|畜生|垃圾(?=物业|公司|开发商)|破(?=物业|公司)|黑心(?:的)?)+"
)
_THANKED = re.compile(r"^(?:一下|幸亏|多亏|幸好|亏得|全靠|感谢|谢谢)了?(?=[\u4e00-\u9fff]{2})")
_NOBODY = re.compile(r"(?:我|自己)?一个人|有人|别人|[他她它]们?|[他她人]家|大家|某人|本人|自己")
_OUR_OWN = re.compile(r"公司|企业|单位|厂里?|店里?|商户|商家")
_WE_RUN = r"(?:开|经营|承包|我们)(?:了|的|是|一|个|家|间)*"
_TWICE = re.compile(r"^([\u4e00-\u9fff]{2,6})\1$")
_ORDINAL = re.compile(r"第?[一二两三四五六七八九十0-9]{1,2}[个项条]?[。.]?")
_HESITATES = re.compile(
    r"(?<=[和跟与的在区市县])(?:那个|这个|就是|嗯++|呃)+(?=[\u4e00-\u9fff]{2})|那个(?=[0-9一二三四五六七八九十]+(?:栋|幢|号|单元))"
)
_TAIL = re.compile(r"(?:[啊呀呢嘛哦呗啦咯]|(?<![网酒书水氧茶])吧)*[。.!！，,；;\s]*$")


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
    if draft.kind is not AppealType.CONSULT:  # which is the question itself
        matter = without_talk(matter) or matter
    draft = found(draft.with_value(Field.MATTER, Value(matter)), fields)
    about = draft.text(Field.SUBJECT)
    ours = _OUR_OWN.fullmatch(about) or re.search(f"{_WE_RUN}{re.escape(about)}", matter)
    if about and draft.for_enterprise and ours:
        draft = draft.without(Field.SUBJECT)  # 我们公司, of the business that tells it
    if called := by_name(draft.text(Field.SUBJECT), matter):
        draft = draft.with_value(Field.SUBJECT, Value(called))
    place = draft.get(Field.PLACE)
    if place is not None and fields.place and places_told.only_thereabouts(text, fields.place):
        wide = replace(place, detail={**place.detail, WIDE: "yes"})
        draft = draft.with_value(Field.PLACE, wide)
    time = draft.get(Field.TIME)
    if time is None or fields.time is None or time.text != fields.time.text:
        return draft
    return draft.with_value(Field.TIME, _with_how_long(time, fields.time, fields.duration, text))


_DAY = 1.0  # of a length worth telling beside a day
_NOT_OF_THE_MATTER = re.compile(
    r"(?:住|干|做|用|开|买|租|搬|婚|工作|打工|上班|认识|等|排队?)了?[近快整]?$"
)


def _with_how_long(told: Value, time: When, lasts: Duration | None, text: str) -> Value:
    """A day with how long it has gone on, where both are told (灯坏了半个月，前天摔了一跤)."""
    if lasts is None or (lasts.days or 0.0) < _DAY or time.recurrence is not None:
        return told
    apart = lasts.end <= time.start or time.end <= lasts.start
    if not apart or _NOT_OF_THE_MATTER.search(text, 0, lasts.start):
        return told
    first, then = sorted((lasts, time), key=lambda one: one.start)
    return replace(told, text=f"{first.text}，{then.text}")


def placed_in_tree(draft: Draft, understood: Understanding) -> Draft:
    """The draft with its kind and category, and what has to be asked for these."""
    kind = _kind(draft.kind, understood.appeal_type)
    to_be_seen = kind in ON_SITE
    needs = understood.category.needs if to_be_seen else ()
    by_category = tuple(_FIELD_OF[name] for name in needs if name in _FIELD_OF)
    privacy = _privacy(draft, kind, understood.fields)
    firm = draft.for_enterprise or understood.fields.for_enterprise
    return replace(
        draft,
        kind=kind,
        category=understood.category.settled,
        by_category=by_category,
        privacy=privacy,
        privacy_offered=draft.privacy_offered or privacy is not Privacy.OPEN or _openly(understood),
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


def _openly(understood: Understanding) -> bool:
    """Whether somebody says that they stand by it with their name (实名举报): they are not asked."""
    return "实名" in (understood.fields.matter or "") and understood.fields.name is not None


def _kind(opened_as: AppealType, read_as: AppealType | None) -> AppealType:
    """Whoever opened a complaint has not merely asked a question, however it is worded."""
    return opened_as if read_as in (None, AppealType.CONSULT) else read_as


def with_said(draft: Draft, name: Field, value: Value) -> Draft:
    """The draft with a value said for a field, beside what was known of it and fits: nobody who
    tells more takes back what they told."""
    known = draft.get(name)
    if known is not None and known.state is State.SAID:
        if name is Field.PLACE:
            value = places_told.beside(known, value)
        elif name is Field.TIME and (whole := _in_the_year(known, value)):
            value = whole
        elif name is Field.TIME and _both_times(known, value):
            kept = {k: v for k, v in known.detail.items() if k == "recurrence" or not value.detail}
            value = Value(f"{known.text}，{value.text}", detail={**kept, **value.detail})
    return draft.with_value(name, value)


def put_right(known: Value | None, name: Field, value: Value) -> Value:
    """The value a correction gives: in place of what was known, in its region where it names none."""
    if name is not Field.PLACE or known is None or known.state is not State.SAID:
        return value
    return places_told.put_right(known, value)


def _in_the_year(known: Value, value: Value) -> Value | None:
    """A day told before in the year told now (12月25号, and then 去年的); None where it is none."""
    year = _YEAR.fullmatch(value.text.rstrip("的"))
    if year is None or not _MONTH.match(known.text) or "from" not in value.detail:
        return None
    told = value.detail["from"][:4]
    ends = {k: told + known.detail[k][4:] for k in ("from", "to") if k in known.detail}
    if any(end[4:10] == "-02-29" for end in ends.values()):  # may not be a day of that year
        ends = {}
    return Value(f"{year.group()}{known.text}", detail={**known.detail, **ends})


_NIGHT = re.compile(r"夜里|夜间|半夜|深夜|晚上|大半夜|夜晚")
_AT_NIGHT = re.compile(r"[晚夜]|凌晨|十[一二]点|零点")


def _both_times(known: Value, value: Value) -> bool:
    """Whether two times tell of one matter: how often and when, how long and since when."""
    if known.text in value.text or (_NIGHT.fullmatch(known.text) and _AT_NIGHT.search(value.text)):
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
        if name is Field.TIME and draft.kind is AppealType.SUGGESTION:
            continue  # and until when something should go on
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
    if fields.place is not None and places_told.tells_where(fields.place):
        taken[Field.PLACE] = places_told.value_of(fields.place)
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
    named = _TWICE.sub(r"\1", _POINTS_AT.sub("", _ABUSED.sub("", _THANKED.sub("", said))))
    return named if len(named) > 1 and _NOBODY.fullmatch(named) is None else ""


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
            span = places_told.value_of(fields.place) if fields.place else None
            whole = _HESITATES.sub("", whole)
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
            parts = re.split(r"[，,\s]+", whole)
            named = " ".join(_LEAD.sub("", one) for one in parts if not only_a_trade(fold(one)))
            return Value(firm.text) if firm else Value(named) if short and named else None
        case Field.CREDIT_CODE:
            code = fields.credit_code
            return Value(code.value) if code and code.valid else None
        case Field.SUBJECT | Field.WANTED:
            span_found = fields.subject if name is Field.SUBJECT else fields.wanted
            if short:
                return Value(_THEY_ARE.sub("", whole))
            return Value(span_found.text) if span_found else Value(whole) if whole else None
        case Field.MATTER:
            return Value(text.strip()) if text.strip() else None


def in_the_future(fields: Fields, now: datetime) -> bool:
    """Whether a time is told that has not come yet, by the day."""
    begin = fields.time.begin if fields.time else None
    return begin is not None and begin.date() > now.astimezone(begin.tzinfo).date()


# What is told between a day and until when: 昨晚楼下的烧烤摊又吵到两点.
_BETWEEN = re.compile(
    r"^(?P<day>[大昨今明前后]?(?:[昨今明前后]天?|周[一二三四五六日末]|星期.)(?:早上|上午|中午|下午|傍晚|晚上|夜里|半夜|凌晨|早|晚)?)"
    r"(?P<told>[^0-9点时，。]{3,})(?P<until>[到至](?:早上|凌晨|半夜|晚上|下午|第二天)?[0-9一二两三四五六七八九十半]+[点时].*)$"
)


def when(found_time: When) -> Value:
    detail = {
        "from": _iso(found_time.begin),
        "to": _iso(found_time.finish),
        "recurrence": found_time.recurrence,
    }
    text = _BETWEEN.sub(r"\g<day>\g<until>", found_time.text)
    return Value(text, detail={key: value for key, value in detail.items() if value})


def phone(found_phone: Phone) -> Value:
    return Value(found_phone.value)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
