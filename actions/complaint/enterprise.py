"""Who speaks for a business (企业诉求): that they do, its name, its unified social credit code.

The code is GB 32100-2015: 18 characters of digits and capital letters without I, O, S, V and Z, the
last of which is a check character, the weighted sum of the others modulo 31.
"""

from __future__ import annotations

import re

from actions.complaint.fields import AppealType, CreditCode, Span, span

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_CODE = re.compile(
    r"(?<![0-9A-Za-z])([0-9A-HJ-NP-RTUW-Y]{2}\d{6}[0-9A-HJ-NP-RTUW-Y]{10})(?![0-9A-Za-z])", re.I
)
_SAID_CODE = re.compile(
    r"(?:信用代码|税号|机构代码|纳税人识别号)[号是为：: ]{0,4}([0-9A-Za-z](?:[ -]?[0-9A-Za-z]){9,24})"
)
_LETTERS_NEEDED = re.compile(r"[A-Za-z]")
_KINDS_OF_FIRM = (
    "有限责任公司|股份有限公司|有限公司|分公司|集团|公司|合作社|联合社|"
    "经营部|商行|商贸行|事务所|门市部|服务部|工作室|饭店|酒店|超市|药店|商店|工厂|[^，。]厂"
)
_NAME = re.compile(
    r"(?:我们?(?:是|叫)|这里是|公司(?:名称?|全称)?(?:叫|是|为|：|:)|企业(?:名称?|全称)?(?:叫|是|为|：|:)|单位(?:名称?)(?:叫|是|为|：|:)|^|[，,。；;！\n ])"
    r"(?P<name>[\u4e00-\u9fff（）()A-Za-z0-9]{2,30}?(?:有限责任公司|股份有限公司|有限公司|合作社|联合社|个体工商户|经营部|商行|事务所)(?:[\u4e00-\u9fff]{2,8}分公司)?)"
)
_OURS = re.compile(
    r"我司|我公司|本公司|敝公司|我厂|本厂|本企业|我们企业|我企业|本店|我院所|"
    r"作为(?:一家|一个)?[^，。]{0,8}(?:企业|公司|商户)|(?:企业|公司)(?:法人|负责人|法定代表人)|"
    rf"我们?(?:是|开|经营|办)(?:了|的是)?(?:一|个|家|间|一家|一个|一间|做|搞|开)[^，。]{{0,12}}?(?:{_KINDS_OF_FIRM}|企业|店|馆|小微|个体户|个体工商户)(?!的?[^，。]{{0,2}}上班|打工|的员工|员工|工作|的工人|做|干|买)"
)
_WE_ARE = re.compile(
    r"我们?(?:这里)?是[^，。；]{2,30}?(?:有限公司|有限责任公司|合作社|商行|经营部|事务所)(?!的|上班|打工)"
)
_OUR_FIRM = re.compile(r"我们(?:这个|这家|的)?(?:公司|厂|店|单位|合作社)")
_AGAINST_IT = re.compile(
    r"老板|拖欠|欠(?:薪|我|工资)|克扣|不(?:给|交|签|发|缴)|工资|社保|加班|辞退|裁员|强制|违法|偷排|偷税|离职|劳动合同|上班|打工|员工"
)


def speaks_for_one(text: str, kind: AppealType | None = None) -> bool:
    """Whether the writer of a folded text speaks for a business, and not of where they work."""
    if _OURS.search(text) is not None or _WE_ARE.search(text) is not None:
        return kind is not AppealType.REPORT or _AGAINST_IT.search(text) is None
    if kind is AppealType.REPORT:
        return False
    return _OUR_FIRM.search(text) is not None and _AGAINST_IT.search(text) is None


def find_enterprise(text: str) -> Span | None:
    """The registered name of a business the writer gives as theirs."""
    hit = _NAME.search(text)
    return span(text, hit.start("name"), hit.end("name"), 0.8) if hit else None


def find_credit_code(text: str) -> CreditCode | None:
    """The first credit code, checked; also one whose form is wrong, where it is called one."""
    hit = _CODE.search(text)
    if hit is None or not (_LETTERS_NEEDED.search(hit.group(1)) or is_credit_code(hit.group(1))):
        hit = _SAID_CODE.search(text)  # eighteen digits alone are likelier an identity number
    if hit is None:
        return None
    value = re.sub(r"[ -]", "", hit.group(1)).upper()
    return CreditCode(hit.group(1), hit.start(1), hit.end(1), 0.95, value, is_credit_code(value))


def is_credit_code(value: str) -> bool:
    """GB 32100-2015: eighteen of its characters, of which the last checks the others."""
    value = value.upper()
    if len(value) != 18 or any(sign not in _SIGNS for sign in value):
        return False
    if not value[2:8].isdecimal():
        return False
    total = sum(w * _SIGNS.index(sign) for w, sign in zip(_WEIGHTS, value, strict=False))
    return _SIGNS[(31 - total % 31) % 31] == value[17]
