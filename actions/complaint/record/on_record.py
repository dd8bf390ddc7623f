"""The words of a matter as they go on record: the person's own, without how to reach them.

Name and telephone have fields of their own, which are masked and kept from whoever the matter is
about; in the middle of the words they would be neither.
"""

from __future__ import annotations

import re

from actions.understanding.people.contact import find_id_number, find_name, find_phone
from actions.understanding.text.folding import fold

_CLAUSE = re.compile(r"[^，,。.；;！!\n]+[，,。.；;！!\n]*")
_OTHERS_NUMBER = 0.6  # confidence up to which a number is somebody else's: a shop's, a firm's
_SAYS_NO_MORE = re.compile(
    r"(?:请|麻烦|可以|有事|随时|你们|您|就|打|回|拨|留|一下|个|和|与|给|致电|这|那|"
    r"身份证|我们?|本人|俺|的|是|为|叫|姓|免贵|联系|联系人|电话|手机|号码?|联系方式|微信|同号|姓名|名字|称呼|"
    r"先生|女士|小姐|同志|谢谢|嗯++|哦|噢|呃|好的?+|行|吧|吗|啊|呢|哈|了|要不要|要|用|先|记|[：:，,。.；;！!（）() \n+\-])*"
)


_CALLED = re.compile(
    r"(?:(?:我的?|本人的?|联系)*(?:电话|手机号?码?|号码|联系方式)(?:号码|是|为|[:：])*)?\s*$"
)
_SOMEBODYS = re.compile(
    r"(?:他|她|对方|老板|房东|店主|店家|司机|中介|物业|工头|公司|单位|客服|骗子|妈|爸|邻居|朋友)[^，。；\n]{0,10}$"
)
_BARE_NUMBER = re.compile(
    r"\s*(?:他的?|她的?)?(?:电话|手机号?码?|号码|联系方式)(?:号码|是|为|[:：])*\s*[0-9]"
)
_BETWEEN = "，,；;、： "


_WHO_MAY_KNOW = re.compile(
    r"(?:所以|但是?|另外|还有|就是|请|麻烦|希望|要求|一定要?|千万|你们?|您|我|[，, ])*"
    r"(?:(?:给我|帮我|替我|为我)?(?:匿名|保密)(?:一下|处理|登记|举报|投诉|反映)?"
    r"|(?:不想|不要|别|不能|不愿意?|不希望|莫)(?:让|告诉|透露给?|跟|和)[^，。]{0,10}(?:知道|晓得|说|讲)?(?:了)?(?:这)?(?:是|就是)?我(?:们)?(?:说|讲|举报|反映|投诉)的?"
    r"|(?:不要|别|不能)(?:透露|泄露|暴露|公开)(?:我的?|本人的?)*(?:名字|姓名|身份|信息|个人信息|电话)*)"
    r"(?:啊|哈|吧|了|谢谢|[，。！!；;\s])*"
)


def without_contact(text: str) -> str:
    """The text without the clauses that only say who tells it, how to reach them, and who must not
    know."""
    clauses = [one for one in _CLAUSE.findall(text) if not _WHO_MAY_KNOW.fullmatch(fold(one))]
    before = ["", *clauses]
    kept = "".join(
        clause
        for last, clause in zip(before, clauses, strict=False)
        if not _is_contact(clause) or _goes_on_of_another(last, clause)
    ).strip()
    return _without_number(kept.rstrip("，,；; ") or text)


def _goes_on_of_another(last: str, clause: str) -> bool:
    """Whether the number of a clause is that of somebody just named (老板叫张三，电话139…)."""
    named = _SOMEBODYS.search(fold(last).rstrip(_BETWEEN)) is not None
    return named and _BARE_NUMBER.match(fold(clause)) is not None


def _without_number(text: str) -> str:
    """The text without the person's own number where it stands among other words."""
    phone = find_phone(fold(text))
    if phone is None or not phone.valid or phone.confidence <= _OTHERS_NUMBER:
        return text
    before = _CALLED.sub("", text[: phone.start])
    if _SOMEBODYS.search(fold(before).rstrip(_BETWEEN)):
        return text
    left = f"{before.rstrip(_BETWEEN)} {text[phone.end :].lstrip(_BETWEEN)}".strip()
    return left or text


LEAST_LABELS = 3  # lines of a form filled in elsewhere
_LABELS = (
    "诉求类型|事项类型|问题类型|类型|类别|事发地[点址]|发生地[点址]|地[点址]|位置|事发时间|发生时间|时间|日期|投诉对象|被投诉单位|涉及单位|"
    "联系人|姓名|称呼|联系电话|联系方式|手机号?码?|电话号?码?|电话|标题|诉求标题"
)
_TELLING = "诉求内容|投诉内容|反映内容|主要内容|具体内容|内容|事项描述|问题描述|情况描述|详细描述|描述|事由|经过|事情"
_LABELLED = re.compile(
    rf"^\s*(?:\d[.、]\s*)?【?(?:(?P<told>{_TELLING})|{_LABELS})】?\s*[：:]\s*(?P<value>.*)$"
)


def without_labels(text: str) -> str:
    """The matter of a form filled in elsewhere (内容：…, 地点：…, one to a line); any other text as
    it is."""
    lines = [line for line in text.splitlines() if line.strip()]
    read = [_LABELLED.match(line) for line in lines]
    told = [i for i, one in enumerate(read) if one is not None and one["told"]]
    if sum(one is not None for one in read) < LEAST_LABELS or not told:
        return text
    kept = [
        one["value"] if one else line
        for one, line in zip(read, lines, strict=True)
        if one is None or one["told"]
    ]
    return "\n".join(line.strip() for line in kept if line.strip()) or text


def only_contact(text: str) -> bool:
    """Whether a text says nothing else."""
    return all(_is_contact(clause) for clause in _CLAUSE.findall(text))


def _is_contact(clause: str) -> bool:
    folded = fold(clause)
    left, found = folded, False
    while (phone := find_phone(left)) is not None and phone.valid:
        if phone.confidence <= _OTHERS_NUMBER:
            return False
        left = left[: phone.start] + left[phone.end :]
        found = True
    identity = find_id_number(left)
    if identity is not None:
        left = left[: identity.start] + left[identity.end :]
        found = True
    name = find_name(left)
    if name is not None:
        left = left[: name.start] + left[name.end :]
        found = True
    return found and _SAYS_NO_MORE.fullmatch(left) is not None
