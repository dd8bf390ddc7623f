"""Corrections people make: "地址不对，是望江西路", "刚才电话打错一位", "不是物业，是停车场".

Patterns are matched against folded text, before the intent is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from actions.complaint.record.draft import Field

NAMING = 16  # characters of a message that does no more than name a field

_FIELD_WORDS: tuple[tuple[Field, str], ...] = (
    (Field.PHONE, "联系电话|联系方式|手机号码?|电话号码?|手机|电话|号码"),
    (Field.PLACE, "事发地[址点]|详细地址|地址|地点|位置|住址|路名|小区名|地方"),
    (Field.TIME, "发生时间|事发时间|时间|日期|钟点|时候"),
    (Field.NAME, "联系人|姓名|名字|称呼|我的名|贵姓"),
    (Field.CREDIT_CODE, "(?:统一社会)?信用代码|税号"),
    (Field.ENTERPRISE, "企业名称?|公司名称|我们公司名"),
    (
        Field.SUBJECT,
        "投诉对象|被投诉人|涉事单位|涉及单位|对象|单位|公司名?|商家|店名|店的名字|当事人",
    ),
    (Field.WANTED, "诉求|期望结果|要求|期望|希望的结果"),
    (Field.MATTER, "投诉内容|反映内容|主要内容|内容|事情经过|经过|描述|事项|问题"),
)
_ANY_FIELD = "|".join(f"(?P<f{index}>{words})" for index, (_, words) in enumerate(_FIELD_WORDS))

# What the lines call it, beside the words above; too common to be looked for within a sentence.
_LABELS: Mapping[str, Field] = {
    "事情": Field.MATTER,
    "希望": Field.WANTED,
    "企业": Field.ENTERPRISE,
    "涉及对象": Field.SUBJECT,
}
# Lines that are no fields of the form, by their key.
_ROWS: tuple[tuple[str, str], ...] = (
    ("kind", "诉求类型|类型|类别"),
    ("privacy", "身份|实名匿名|匿名|保密|是否保密|是否匿名"),
    ("on_behalf", "代办|代办人|代办关系|替谁|帮谁|本人同意"),
    ("files", "附件|照片|图片|视频|录音|文件"),
    ("more", "其[他它]|别的|其他的|还有别的|更多"),
)
_ROW = "|".join(f"(?P<{key}>{words})" for key, words in _ROWS)
_NAMES_A_ROW = re.compile(
    rf"^(?:我?(?:要|想)?(?:改|修改|更正|换)一?下?|把|那个|[，, ])*(?:{_ROW})(?:项|栏|地方)?(?:那?一?[项栏个])?(?:要|也)*(?:不对|错了?|有误|(?:要|需要)?(?:改|修改|换|更正)(?:一下|改)?)*(?:吧|了|的|呢)*[。.!！]?$"
)
_CHANGES = re.compile("改|换|不对|错|误|更正")

_WRONG = (
    "不对|不正确|有误|错了?一?位?|写错|说错|打错|弄错|填错|搞错|记错|输错|按错|听错|(?:说|写|记|弄|搞)(?:岔|反|混|串)|不是这个|不准|"
    "再?(?:加|补)一?[个下条句点]|(?:写|填|再)?(?:详细|具体|完整|清楚)一?[点些]|需?要改|改一下|改下|改改|修改|改成|改为|改到|改回|换成|换一?个|更正|更改|应该是|应当是|应为"
)
_BECOMES = "应该叫|改成|改为|改到|改回|换成|更正为|更改为|应该是|应当是|应为|其实是|而是|是|为|:|："

_FIELD_WRONG = re.compile(rf"(?:{_ANY_FIELD})[^，。,;；!！]{{0,8}}?(?:{_WRONG})")
_LABEL_WRONG = re.compile(
    rf"^(?:请|麻烦|帮我|把|将|那个|我的?|[，, ])*(?P<label>{'|'.join(_LABELS)})(?:那?一?[项栏])?"
    r"(?:不对|错了|写错了?|有误|要?改一下|改改|要改|改成|改为|换成|应该是)[，,：: ]*(?P<value>.*)$"
)
_CHANGE_FIELD = re.compile(
    rf"(?:改一?下?|修改一?下?|更正一?下?|更改一?下?|换一?下?|纠正一?下?|重新填一?下?)(?:{_ANY_FIELD})"
)
_OH_NO = (
    r"^(?:哦|噢|啊|呃|哎呀?|不好意思|抱歉|等等|也|又|还是|好像|[，,。 ])*"
    r"(?:(?:不对|错了|我?(?:说|搞|写|打|弄|记)错了|不是)[呀啊哦的了]*[，,。 ]*)+"
)
_NOT_THIS_BUT = re.compile(rf"{_OH_NO}(?:应该)?是(?P<value>.+)$")
_IT_IS = re.compile(
    rf"{_OH_NO}(?:我的?)?(?:{_ANY_FIELD})[^，。,;；!！]{{0,4}}?(?:{_BECOMES}|在)\s*(?P<value>.+)$"
)
_WRITE = re.compile(
    rf"^(?:不对|不是|错了|请|麻烦|把|将|涉及|[，, ])*(?:{_ANY_FIELD})(?:就|只|给我)*(?:写|填|记)(?:成|为|上|作)?(?P<value>[^错成为上作].+)$"
)
_INVOLVED_IS = re.compile(
    r"^(?:不对|不是|[，, ])*涉及(?:的|到的)?(?:对象|单位|公司|人|商家)?(?:就|应该)?(?:是|叫)(?P<value>[^，。]{2,20})$"
)
_ESTATE_IS = re.compile(
    r"^(?:我们?|我家|俺们?|咱们?|[，, ])*(?:住的?)?(?:小区|村子?|楼盘)(?:的?名字?)?(?:就)?(?:是|叫)(?P<value>[^，。]{3,20})$"
)
_PART_OF_PLACE_IS = re.compile(
    r"^(?:那个|刚才|不对|[，, ])*(?:路口|门牌号?|楼栋?号|房号|小区名?|村名?|站名)(?:我)?(?:写|说|打|记|弄|搞|报)错了?[，, ]*(?:应该)?是(?P<value>[^，。]{2,30})$"
)
_NAME_IS = re.compile(rf"{_OH_NO}(?P<value>(?:我|本人)(?:姓|叫).{{1,6}})$")
_NOT_A_BUT_B = re.compile(r"不是(?P<old>[^，,。]+?)[，, ]*(?:而?是|应该是)(?P<value>[^，。]+)")
_B_NOT_A = re.compile(
    r"^(?:我|应该|其实|就)*(?:是|姓|叫|在)?(?P<value>[^，,。不]{1,30})[，,](?:而|并)?不(?:是|姓|叫|在)(?:姓|叫|在)?(?P<old>[^，,。]{1,30})$"
)
_NOT_CALLED = re.compile(
    r"(?P<who>他|她)?不(?P<how>姓|叫)(?P<old>[^，,。]{1,8})[，, ]+(?:我|他|她)?(?:应该)?(?:是|(?P=how))(?:的是)?(?P<value>[^，。的]{1,8})"
)
_MEANT = re.compile(
    r"^(?:我)?(?:刚才|刚刚|前面|上面)?(?:说的|讲的|指的|意思)(?:就)?是(?P<value>[^，。]{2,30})$"
)
_WORD_WRONG = re.compile(
    r"^(?:那个|那|刚才)?[\u4e00-\u9fff]{1,6}?(?:我)?(?:写|说|打|记|弄|搞|报)?错了?[，, ]*(?:应该)?是(?P<value>[^，。]{3,20})$"
)
_NOT_AT_BUT_AT = re.compile(r"不在(?P<old>[^，,。]+?)[，, ]*(?:是|而是)?在(?P<value>[^，。]+)")
_TAIL_IS = re.compile(
    r"(?:尾号|后[四4]位|最后[四4](?:位|个)(?:数字?)?|末[四4]位)(?:[^0-9]{0,12}[0-9]{4}[^0-9]{0,4}(?=是))?[^0-9]{0,12}(?P<value>[0-9]{4})(?![0-9])"
)
_LAST_DIGITS = re.compile(
    r"(?:最后|末尾?)(?:面|那)?[一两二三1-3]?(?:位|个)(?:数字?|号码)?(?:[^0-9]{0,8}[0-9]{1,3}了?[^0-9]{0,4}(?=是))?[^0-9]{0,8}(?:是|改成|改为|为)(?P<value>[0-9]{1,3})(?![0-9])"
)
_ENDS_IN = re.compile(
    r"(?:最后|末尾|后面)(?:几位|那?几个(?:数字?)?)?(?:应该|其实)?(?:"
    r"是(?P<value>[0-9]{1,4})[，, ]*(?:而|并)?不是[0-9]{1,4}(?![0-9])|不是[0-9]{1,4}[，, ]*(?:而|应该)?是(?P<but>[0-9]{1,4})(?![0-9]))(?![点号栋幢楼元块个天])"
)
_NOT_A_B = re.compile(
    r"^(?:等等|哦|噢|啊|哎呀?|也|那|又|都|[，, ])*不是(?P<old>[^，,。]{2,20})[，,](?:在|就在)?(?P<value>[^，。不]{2,30}(?:[，,][^，。不]{2,20})?)$"
)
_AFTER_ALL = re.compile(
    r"^(?:(?:又|还是|也)?(?:不对|错了|不是)[呀啊哦的了]*|那|算了|我看|好像|可能|应该|[，, ])*(?:还是(?:是|在)?(?P<still>[^，。]{2,30}?)吧?|就(?:是|在)?(?P<just>[^，。]{2,30}?)吧)[。!！]?$"
)
_BARE_WRONG = re.compile(
    r"^(?:不对|不是|错了|有错|不正确|有误|有问题|要改|改一下|修改|我要改|我想改|需要修改|改)[呀啊哦的了吧]*[。!！]?$"
)
_NEW_VALUE = re.compile(rf"(?:{_BECOMES})\s*(?P<value>.+)$")
_IS = re.compile(r"^(?:应该是|其实是|是|改成|改为)")
# 停车场名字不对 is no name of the person's own.
_SOMETHINGS = re.compile(
    r"(?:[场店院校园司厂馆区村路街楼站所局社城]|小区|物业|公司|单位|医院|学校|饭店)的?$"
)
_TAIL = re.compile(r"(?:才对|才是|谢谢|吧|哈|啊|呢|哦)?[。.!！\s]*$")


@dataclass(frozen=True, slots=True)
class Correction:
    """A person says something is wrong. ``field``/``value`` are None where not said, and ``old``,
    what was wrong (不是物业，是停车场), is empty; ``said``: the words of such a correction. ``if_said``: it is one only where ``old`` was said
    (姓程，不是姓陈). ``if_value``: only where the value is that of a field (还是黄山路吧).
    ``if_like``: only where the matter has something like the value (车牌错了，是皖AT5679).
    ``if_known``: only where the field was told (希望改成绿灯 is a wish where none was)."""

    field: Field | None
    value: str | None
    old: str = ""
    said: str = ""
    if_said: bool = False
    if_value: bool = False
    if_like: bool = False
    if_known: bool = False


def find(text: str) -> Correction | None:
    """The correction a (folded) message makes, if it makes one."""
    if tail := _TAIL_IS.search(text) or _LAST_DIGITS.search(text):
        return Correction(Field.PHONE, tail["value"])
    if ends := _ENDS_IN.search(text):
        return Correction(Field.PHONE, ends["value"] or ends["but"], if_known=True)
    named = _IT_IS.match(text)
    if named is not None:
        return Correction(_field_of(named), _trim(named["value"]) or None)
    if (told := _LABEL_WRONG.match(text)) is not None:
        value = _IS.sub("", _trim(told["value"]))
        return Correction(_LABELS[told["label"]], value or None, if_known=True)
    found = _FIELD_WRONG.search(text) or _CHANGE_FIELD.search(text)
    if found is not None:
        theirs = _field_of(found) is Field.NAME and _SOMETHINGS.search(text[: found.start()])
        return Correction(None if theirs else _field_of(found), _value_after(text, found))
    if told := _WRITE.match(text):
        return Correction(_field_of(told), _trim(told["value"]))
    if told := _INVOLVED_IS.match(text):
        return Correction(Field.SUBJECT, _trim(told["value"]))
    if told := _ESTATE_IS.match(text):
        return Correction(Field.PLACE, _trim(told["value"]), if_value=True)
    if told := _PART_OF_PLACE_IS.match(text):
        return Correction(Field.PLACE, _trim(told["value"]))
    if told := _NAME_IS.match(text):
        return Correction(Field.NAME, _trim(told["value"]))
    if told := _NOT_THIS_BUT.match(text):
        return Correction(None, _trim(told["value"]) or None)
    if told := _NOT_A_BUT_B.search(text):
        whole = text.strip("，,。！! ")
        return Correction(None, _trim(told["value"]) or None, told["old"].strip(), whole)
    if told := _NOT_A_B.match(text):
        return Correction(None, _trim(told["value"]), told["old"].strip(), if_said=True)
    if told := _NOT_CALLED.search(text):
        who = None if told["who"] else Field.NAME
        return Correction(who, _trim(told["value"]), told["old"].strip(), if_said=True)
    if told := _MEANT.match(text):
        return Correction(None, _trim(told["value"]), if_value=True)
    if told := _WORD_WRONG.match(text):
        return Correction(None, _trim(told["value"]), if_like=True)
    if told := _NOT_AT_BUT_AT.search(text):
        return Correction(Field.PLACE, _trim(told["value"]), told["old"].strip(), if_said=True)
    if told := _B_NOT_A.match(text):
        return Correction(None, _trim(told["value"]), told["old"].strip(), if_said=True)
    if told := _AFTER_ALL.match(text):
        return Correction(None, _trim(told["still"] or told["just"]), if_value=True)
    return Correction(None, None) if _BARE_WRONG.match(text) else None


def _field_of(found: re.Match[str]) -> Field:
    return next(
        name for index, (name, _) in enumerate(_FIELD_WORDS) if found.group(f"f{index}") is not None
    )


def _value_after(text: str, found: re.Match[str]) -> str | None:
    """What stands after the wrong field: "…改成X", "…不对，是X", "…错了一位，13…"."""
    if re.search(rf"(?:{_BECOMES})$", found.group()):
        return _trim(text[found.end() :]) or None
    rest = text[found.end() :].lstrip("了的呀啊哦，,。 一位")
    told = _NEW_VALUE.search(rest)
    return _trim(told["value"] if told else rest) or None


def _trim(text: str) -> str:
    return _TAIL.sub("", text.strip().lstrip("，,：: "))


def row_named(text: str) -> str:
    """The key of a line that is no field of the form, which a message names and no more (类型,
    改一下附件, 其他); else empty."""
    found = _NAMES_A_ROW.match(text) if len(text) <= NAMING else None
    return next((key for key, _ in _ROWS if found is not None and found[key]), "")


def row_to_change(text: str) -> str:
    """The same, of a message that says that the line is to be changed (代办改一下)."""
    return row_named(text) if _CHANGES.search(text) is not None else ""


def field_named(text: str) -> Field | None:
    """The one field a short message names ("地址", "改电话")."""
    if bare := next(
        (name for label, name in _LABELS.items() if text.strip("改把的 ") == label), None
    ):
        return bare
    found = re.search(_ANY_FIELD, text)
    return _field_of(found) if found is not None and len(text) <= NAMING else None
