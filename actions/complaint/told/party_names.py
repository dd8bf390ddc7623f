"""What whom it is about is called, where somebody says so (工地叫保利, 开发商是润邦)."""

from __future__ import annotations

import re

from actions.complaint.told.contents import PREDICATE
from actions.complaint.wording import phrases
from actions.complaint.wording.clauses import pieces
from actions.understanding.fields import Fields
from actions.understanding.people.contact import SURNAME

_NAMED = re.compile(
    r"^(?:他们?|它|对方|那?家?(?:店铺?|网店|商铺|公司|单位|商家|机构|餐馆|饭馆)|名字|店名|全称|就?是|[，, ])*(?:叫做?|名叫|名字是|店名是|全称是?)(?P<name>[^，。]{2,30}?"
    r"(?:公司|集团|厂|店|中心|学校|医院|机构|超市|饭店|酒店|物业|合作社|社|馆|所|园|局|银行|平台|门诊|诊所))(?:的|吧|啊)*$"
)
_KIND_CALLED = re.compile(
    r"^(?:那个|那|这|他们)*(?P<kind>物业|公司|单位|店|工地|学校|幼儿园|医院|饭店|酒店|宾馆|超市|开发商|中介|楼盘|小区物业)(?:好像|应该|是)*叫(?:什么|做|个)?(?P<name>[^，。什么啥谁忘]{2,10}?)(?:的|吧|啊|来着)*$"
)


def named(text: str) -> str:
    """The name of whom it is about, where a message only says what they are called; else empty."""
    if found := _KIND_CALLED.match(text):  # 工地叫保利的
        name, kind = found["name"], found["kind"]
        return name if name.endswith(kind) else f"{name}{kind}"
    found = _NAMED.match(text)
    return found["name"] if found else ""


_PARTY_IS = re.compile(
    r"(?:^|(?<=[，,。；;！! ]))(?:那个|那家|他们|这个|这家|就是|[，, ])*"
    r"(?P<kind>开发商|商家|店家|卖家|平台|公司|单位|物业|学校|幼儿园|医院|工地|中介|超市|饭店|健身房|机构|银行|驾校|施工方)"
    r"(?:的?(?:名字|全称|全名))?(?:就|应该|好像)*(?:是|叫)(?:做|个)?(?P<name>(?![不个一没很在他她它谁哪什啥咋骗黑故这那要说新老私公从])[^，,。；;！!0-9的]{2,16})(?<![忘记清道晓]了)(?=$|[，,。；;！!])"
)
_SEEMS_TO_BE = re.compile(
    r"(?:^|(?<=[，,。；;！! ]))(?:好像|应该|可能|大概|估计|似乎)(?:就)?(?:是|叫)(?:做|个)?(?P<name>[^，,。；;！!的]{2,12}(?P<kind>物业|公司|平台|中介|驾校|健身房|机构))(?:吧|来着|的)*(?=$|[，,。；;！!])"
)
_PLACES_TOO = frozenset({"学校", "幼儿园", "医院", "工地", "超市", "饭店", "银行", "单位"})


# What a party known so far by its kind alone is called: 烧烤店叫老地方烧烤, of 楼下烧烤店.
_KIND_IS_CALLED = re.compile(
    r"(?:^|(?<=[，,。；;！! ]))(?:那个|那家|这个|这家|就是|[，, ])*(?P<kind>[\u4e00-\u9fff]{2,6}?)"
    r"(?:的?(?:名字|全称|全名))?(?:就|应该|好像)*(?:名)?叫(?:做|个)?(?P<name>(?![我你他她它不人了什啥])[^，,。；;！!0-9的吗呢么]{2,16})"
    r"(?<![忘记清道晓]了)(?=$|[，,。；;！!])"
)


def party_named(text: str, known: str) -> str:
    """The name of whom it is about, where a clause says what the kind known so far is called
    (开发商是润邦, of 开发商; 烧烤店叫老地方, of 楼下烧烤店), or seems to be (好像是安居物业); else empty."""
    for found in _KIND_IS_CALLED.finditer(text) if known else ():
        if known.endswith(found["kind"]):
            return found["name"]
    for found in (*_PARTY_IS.finditer(text), *_SEEMS_TO_BE.finditer(text)):
        kind = found["kind"]
        if known.endswith(kind) or known in kind if known else kind not in _PLACES_TOO:
            return found["name"]
    return ""


_WHICH_ONE = re.compile(
    r"(?:就?是|叫做?|[，, ])*(?P<name>(?![这那哪一某有])[\u4e00-\u9fffA-Za-z0-9]{3,16})[，,。；;！! ]+(?P<rest>.{2,})"
)


def which_one(text: str, known: str) -> tuple[str, str] | None:
    """The name a message begins with, of whom only the kind is known (新安驾校 交了三千八, of 驾校),
    and what it goes on to tell; None where it does not."""
    found = _WHICH_ONE.fullmatch(text)
    if not known or found is None or not found["name"].endswith(known) or found["name"] == known:
        return None
    return found["name"], found["rest"].strip()


_CALLED = re.compile(
    r"(?:^|[，,。；;！! ])(?:他们?|她|它|对方|那家?|店名|名字|就|好像|应该|是)*叫(?:做|个)?"
    r" *(?P<name>(?![我你他她它不人了 ])[^，,。；;！!0-9不吗呢么什啥过来去不]{2,12})(?=$|[，,。；;！!])"
)


def called(text: str) -> str:
    """The name a clause gives, of an answer to whom it is about (找到了，叫力健健身，在二楼)."""
    found = _CALLED.search(text)
    return found["name"] if found else ""


_PERSON = re.compile(
    r"(?:医生|大夫|护士|老师|师傅|警官|民警|司机|阿姨|大姐|小伙子?|工作人员|保安|同志|经理|教练|志愿者|队员|网格员|快递员|骑手|老板|店主|房东|中介|包?工头|校长|园长|院长|主任|书记|村长|组长)$"
)
_THEY_ARE = re.compile(
    rf"(?:哦|噢|对了|想起来了|[，, ])*(?:他|她|那个?人|(?:那|这)个?(?P<role>[\u4e00-\u9fff]{{2,4}}))的?(?:名字)?(?:好像|应该)?(?:是)?(?:叫做?|姓)(?P<name>{SURNAME}[\u4e00-\u9fff]{{0,2}})(?:的|吧|啊)*[。！!]*"
)


def person_called(text: str, known: str) -> str:
    """Whom it is about with the name a message gives them (小吴医生 吴晓峰); empty where it gives
    none, or ``known`` is no person."""
    if _PERSON.search(known) is None:
        return ""
    first = pieces(text)[0].strip("，,。 ") if text else ""
    said = first if first.startswith(known) else ""  # 老板叫周大勇, of 老板
    found = _THEY_ARE.fullmatch(f"他{said.removeprefix(known)}" if said else text)
    return f"{known} {found['name']}" if found and found["name"] not in known else ""


_NAME_FIRST = re.compile(
    r"^(?:就是|是)?(?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,10})[，, ]+(?:就?在|位于|地址)"
)


def named_before_place(text: str, fields: Fields) -> str:
    """The name an answer to whom it is about begins with, before where that is (小天使托育，在振徽苑);
    else empty."""
    found = _NAME_FIRST.match(text)
    place = fields.place
    if found is None or place is None or place.start < found.end("name"):
        return ""
    name = found["name"]
    return "" if PREDICATE.search(name) or phrases.is_skip(name) else name
