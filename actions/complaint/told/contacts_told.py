"""The number to call and the name in an answer: whose they are, and what is told beside them."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.complaint.record.draft import Draft, Field, Privacy, Value
from actions.complaint.told.contents import AROUND, CONTACT_WORDS, FILLERS, without
from actions.complaint.wording import appeal_words, phrases
from actions.complaint.wording.clauses import pieces, without_talk
from actions.understanding.fields import Fields
from actions.understanding.people.contact import SURNAME, bare_name, find_name, find_phone
from actions.understanding.text.folding import fold
from actions.understanding.text.segment import is_familiar

_BARE_NUMBER = re.compile(r"[0-9][0-9 -]{5,14}[0-9]")
LONGEST_POST = 16  # characters of a contact's name and post
TELLS_MORE = 12  # characters beside a phone number that tell more of the matter
TELLS_A_LITTLE = 4  # characters of a wish or a proof beside it (要退全款, 小票还在)
NAMES_A_THING = 2  # of these, without the words that fill
_SURNAME_LEFT = re.compile(r"^(?:我|俺|本人)?(?:姓|叫)[，, ]+")
_PARENT = re.compile(
    r"(?:就?叫我|我是|喊我)?(?P<name>(?:孩子|小孩|娃|宝宝)(?:他|她|的)?(?:爸爸?|妈妈?|奶奶|爷爷|外婆|外公|家长))(?:吧|就行|就好)?"
)
_ABOUT_THE_CALLER = re.compile(
    r"(?:就?叫我|我是|喊我)?(?:孩子|小孩|娃|宝宝)(?:他|她|的)?(?:爸|妈|奶奶|爷爷|外婆|外公|家长)|(?:我|本人|俺|找|叫|联系|打|这|机主|微信|同号|随时|[老小].?$)|.{0,4}(?:先生|女士|小姐|阿姨|师傅)|[，,。 ]*$"
)
_OTHERS_NUMBER = re.compile(
    r"(?:老板|包工头|工头|房东|店主|店家|商家|司机|中介|物业|对方|他们?|她们?|公司|单位|客服|骗子)"
    r"(?:(?:姓|叫|是|名叫|的名字)[^，,。；\n0-9我]{0,8}|[^，,。；\n0-9我]{0,4}(?=的?(?:电话|手机|号码|联系方式)))?[，, ]?(?:他|她|的)*(?:电话|手机|号码|联系方式)?(?:号码|号)?[是为：: ]*$"
)
_WHEN_TO_CALL = re.compile(
    r"(?:早上|上午|中午|下午|晚上|白天|周末|下班|[0-9一二两三四五六七八九十]{1,2}点)[^，。]{0,6}(?:打|联系|接电话|找我|有空|方便)"
)
_I_AM = re.compile(r"^(?:我|本人)(?:是|叫|姓)?")
_CALLED = re.compile(r"[\u4e00-\u9fff](?:叫|名叫|名字叫|姓)$")
_THEIRS = re.compile(
    r"^[， ]*(?:这?(?:个|才)?(?:是|就是)|[（(])?(?:她|他|对方|老人家?|我?老?(?:妈|爸|妈妈|爸爸|母亲|父亲|爷爷|奶奶|外公|外婆|老伴|爱人|老公|老婆|儿子|女儿|朋友|邻居))"
    r"(?:自己|本人)?的?(?:电话|手机|号码?|联系方式)?[）)]?(?=[，。,；;！!]|$)"
)
_THEIR_NUMBER = re.compile(
    r"(?:她|他|对方|老人家?|(?:我|俺)老?(?:妈|爸|娘|爹|母亲|父亲|爷爷|奶奶|外公|外婆|老伴|爱人|老公|老婆|朋友|邻居))"
    r"(?:的|叫[^，。,]{1,5}[，, ]?|名字[^，。,]{1,6}[，, ]?)*(?:(?:电话|手机|号码|联系方式)[^，。,0-9]{0,4}|(?<=的)(?:就?是)?[:： ]*)$"
)


_WHOSE = re.compile(
    r"(?:就|先|还是)*(?:用|打|留|写|找|记)?我?(?:老婆|老公|爱人|媳妇|丈夫|妻子|儿子|女儿|闺女|[爸妈哥姐弟妹爷奶]{1,2}|同事|朋友)的?"
    r"(?:电话|手机号?|号码|号)?是?(?:就行|吧|好了)?[，, ]*(?:[她他]?(?:就)?(?:姓|叫)[^，。]{1,4})?"
)


_THEY_ARE_CALLED = re.compile(
    rf"(?:他|她)(?:姓|叫)(?P<name>{SURNAME}[\u4e00-\u9fff]{{0,2}})(?:的|，|$)"
)


# What is left around a name taken out: 喊我|老孟|就中.
_HOW_CALLED = re.compile(
    r"(?:就|你们?|您)*(?:喊|叫|称呼)(?:我|俺)|就?(?:中|行|好|可以|成|管)(?:了|的)?"
)


def _about_the_number(clause: str) -> bool:
    """Whether a clause only says whose the number is, or that there is no other."""
    if (
        _HOW_CALLED.fullmatch(clause)
        or phrases.has_no_phone(clause)
        or _THEY_ARE_CALLED.fullmatch(clause)
    ):
        return True
    return bool(clause) and _WHOSE.fullmatch(clause) is not None


_THANKS_LAST = re.compile(r"谢谢(?:你们?|您|了)?(?=[，,。.;；！! \n]*$)")


def _without_contact_words(clause: str) -> str:
    """A clause without the words for a number it begins with, and thanks behind it; those within it
    (不能打电话) are told."""
    first = CONTACT_WORDS.match(clause)
    return _THANKS_LAST.sub("", clause[first.end() :] if first else clause)


def beside(text: str, fields: Fields) -> str:
    """What a message with a phone number tells beside it: "…，再补充一下，车牌是…"."""
    spans = [span for span in (fields.phone, fields.name) if span is not None]
    rest = text
    for span in sorted(spans, key=lambda span: -span.start):
        rest = rest[: span.start] + "，" + rest[span.end :]
    parts = [
        part for part in pieces(rest) if not _about_the_number(fold(part).strip("，,。.;； \n"))
    ]
    rest = "".join(_without_contact_words(part) for part in parts)
    rest = _SURNAME_LEFT.sub("", rest.strip("，,。.;； \n"))
    rest = rest.strip("，,。.;； \n")
    if _WHEN_TO_CALL.search(rest):
        return rest
    more = appeal_words.addition(fold(rest))
    if more:
        return more
    if _WHOSE.fullmatch(fold(rest)):
        return ""
    said = without_talk(rest)
    if len(said) >= TELLS_MORE:
        return said
    left = FILLERS.sub("", fold(said)).strip(AROUND)
    enough = len(said) >= TELLS_A_LITTLE and len(left) >= NAMES_A_THING
    return said if enough and not _ABOUT_THE_CALLER.match(fold(said)) else ""


def own_contact(text: str, fields: Fields) -> Fields:
    """The fields without a telephone number that is said to be somebody else's (老板叫张三，电话…)."""
    phone, place = fields.phone, fields.place
    if place is not None and _CALLED.search(fold(text[: place.start])):  # 我爸叫王大山
        others = tuple(one for one in fields.places if one != place)
        fields = replace(fields, place=others[0] if others else None, places=others)
    if _OWN_POST.fullmatch(fold(text).strip()):  # 李老板 139…, asked how to be reached
        return fields
    if phone is None or not _OTHERS_NUMBER.search(fold(text[: phone.start])):
        return fields
    return replace(fields, phone=None, name=None)


def who_with_number(text: str, fields: Fields) -> str:
    """The name that is all a message says beside a number to call (139… 李); else empty."""
    if fields.phone is None or not fields.phone.valid or fields.name is not None:
        return ""
    rest = FILLERS.sub("", CONTACT_WORDS.sub("", without(text, (fields.phone,)))).strip(AROUND)
    return rest if re.fullmatch(SURNAME, rest) else bare_name(rest)


_OWN_POST = re.compile(
    rf"(?:我是|叫我)?{SURNAME}(?:老板娘?|经理|总|店长|厂长|校长|主任|师傅)[，,： ]*[0-9][0-9 -]{{6,}}"
)


def with_post(draft: Draft, text: str, fields: Fields) -> Draft:
    """The draft with who is to be called, as said beside the number: 王经理 of "王经理 138…". Of a
    business anything short is a name and post; of anybody else it must be a name."""
    if draft.get(Field.NAME) is not None or draft.privacy is Privacy.ANONYMOUS:
        return draft
    rest = CONTACT_WORDS.sub(
        "", without(text, (fields.phone, fields.credit_code, fields.id_number))
    )
    whose = [part for part in pieces(rest) if _THEY_ARE_CALLED.fullmatch(fold(part).strip(AROUND))]
    if whose and (called := _THEY_ARE_CALLED.fullmatch(fold(whose[0]).strip(AROUND))):
        return draft.with_value(Field.NAME, Value(called["name"]))
    if parent := _PARENT.fullmatch(rest.strip(AROUND)):
        return draft.with_value(Field.NAME, Value(parent["name"]))
    rest = _I_AM.sub("", FILLERS.sub("", rest).strip(AROUND))
    if re.fullmatch(SURNAME, rest):  # 139-5600-1244 王
        return draft.with_value(Field.NAME, Value(rest))
    if not 1 < len(rest) <= LONGEST_POST or "\n" in rest:
        return draft
    if not draft.for_enterprise and find_name(fold(f"我叫{rest.split()[0]}")) is None:
        return draft
    return draft.with_value(Field.NAME, Value(rest))


_THEIR_NAME = re.compile(
    rf"(?:^|[，。；！\s])(?:她|他|老人家?|(?:我|俺)?(?:家|们)?老?(?:妈妈?|爸爸?|娘|爹|母亲|父亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|老伴|爱人|老公|老婆|邻居|朋友))"
    rf"(?:的?名字)?(?:叫做?|名叫|是)?(?P<name>(?<=叫){SURNAME}[\u4e00-\u9fff]{{1,2}}|(?<=名叫){SURNAME}[\u4e00-\u9fff]{{1,2}}|姓{SURNAME})(?=$|[，。；！\s])"
)


# 我爸赵国强 13500001111
_NAMED_WITH_NUMBER = re.compile(
    rf"(?:我|俺)(?:家|们)?老?(?:妈妈?|爸爸?|娘|爹|母亲|父亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|老伴|爱人|老公|老婆|邻居|朋友)"
    rf"(?P<name>{SURNAME}[\u4e00-\u9fff]{{1,2}})[，,：: ]*(?:的?(?:电话|手机|号码)号?[是：: ]*)?$"
)


def _named_with_number(before: str) -> re.Match[str] | None:
    """What stands right before a number, where it is the name of the one a matter is told for."""
    found = _NAMED_WITH_NUMBER.search(before)
    return found if found is not None and not is_familiar(found["name"]) else None


def with_their_name(draft: Draft, text: str) -> Draft:
    """The draft with what the one it is told for is called (我爸叫周德胜)."""
    if not draft.on_behalf:
        return draft
    found = _THEIR_NAME.search(text)
    for number in _BARE_NUMBER.finditer(text):
        found = found or _named_with_number(text[: number.start()])
    if found is None or found["name"] in draft.on_behalf:
        return draft
    return replace(draft, on_behalf=f"{draft.on_behalf} {found['name']}")


def their_number(text: str) -> tuple[str, str]:
    """The number said to be that of the one a matter is told for, and the message without it; two
    empty strings where there is none."""
    folded = rest = fold(text)
    while (phone := find_phone(rest)) is not None and phone.valid:
        before = folded[: phone.start]
        if said := _THEIR_NUMBER.search(before) or _named_with_number(before):
            left = f"{text[: said.start()]}，{text[phone.end :]}"
            return phone.value, left.strip(AROUND)
        if said := _THEIRS.search(folded[phone.end :]):
            left = f"{text[: phone.start]}，{text[phone.end + said.end() :]}"
            return phone.value, left.strip(AROUND)
        rest = rest[: phone.start] + "，" * (phone.end - phone.start) + rest[phone.end :]
    return "", ""


def only_digits(text: str) -> bool:
    """A run of digits that is no telephone number, though it was meant for one."""
    return _BARE_NUMBER.fullmatch(text) is not None
