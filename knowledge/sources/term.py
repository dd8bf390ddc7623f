"""From when and how long an official document says it holds, and what it says it ends.

Days that differ are both reported and neither is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from knowledge.sources.days import after_years, as_day
from knowledge.sources.statute import number_of

NUMBER = re.compile(
    r"[一-鿿]{1,16}[〔\[［【（(]\s*(?:19|20)\d\d\s*[〕\]］】）)]\s*(?:第\s*)?\d{1,5}\s*号"
    r"|[一-鿿]{2,16}令\s*(?:\d{4}年)?第\s*[\d零〇一二三四五六七八九十百]+\s*号"
    r"|[一-鿿]{2,16}公告\s*\d{4}年第\s*\d+\s*号"
)
DAY = r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
_SELF = (
    r"本(?:办法|条例|规定|细则|通知|公告|通告|意见|方案|规则|决定|政策|措施|标准|规程|规范|指南|文件|法"
    r"|解释|目录)"
)
_FROM = re.compile(
    rf"(?P<own>{_SELF})?[^。；\n]{{0,12}}?自?\s*(?P<day>{DAY})\s*起(?:正式)?(?:开始)?"
    r"(?:施行|实施|执行|生效)(?!的)"
)
# "经研究，从…起提高…标准": a notice of one measure, which holds from the day it begins.
_MEASURE_FROM = re.compile(
    rf"(?:从|自)\s*(?P<day>{DAY})\s*起[，,]?[^。；\n]{{0,40}}"
    r"(?:调整|提高|上调|下调|降低|实行|取消|停止|启用|开展|发放)(?!的)"
)
_LEAD = 400  # characters at the beginning of a text, in which a notice says what it is about
_AT_ONCE = re.compile(
    rf"(?P<own>{_SELF})?[^。；\n]{{0,12}}?自(?:公布|发布|印发|下发|颁布|通过)之日起(?:施行|实施|执行|生效)(?!的)"
)
_TO = re.compile(
    rf"(?:有效期(?:限)?(?:截?至|到|截止到?)|施行至|执行至|有效至|至)\s*(?P<day>{DAY})"
    r"(?=\s*(?:[。，；,;（(]|止|截止|自行失效|失效|$))"
)
# Until when people may apply, which may be all the document is about.
_CALLED = re.compile(
    rf"(?:即日起|[办受申][理报领请](?:时间|期限)|截止(?:日期|时间)?|报名时间)[^。；\n]{{0,30}}?(?:至|到|[为：:])\s*{DAY}"
)
_YEARS = re.compile(
    r"(?:有效期(?:限)?|试行期(?:限)?|施行期(?:限)?|试行)\s*[为：:]?\s*(?P<n>\d{1,2}|[一二两三四五六七八九十]{1,2})\s*年"
)
_ENDS = re.compile(
    r"(?:同时|即行|予以|自行|立即)?(?:废止|停止执行|停止施行|不再执行|停止使用|失效)"
)
_ENDED = re.compile(
    r"(?:同时|即行|予以)(?:废止|停止执行|失效)|(?:废止|停止执行|不再执行)[。，；]?$"
    r"|(?:》|号)(?:[（(][^（）()]{1,60}[）)])?(?:等?[^，。；》]{0,8}(?:文件|规定))?(?:同时|即行|予以|自行|均|相应)?"
    r"(?:废止|停止执行|停止施行|不再执行|失效)(?=[，。；]|$)"
)
_IN_PLACE_OF = re.compile(rf"{_SELF}[^。；]{{0,12}}(?:替代|取代|代替)(?=原?《)")
_REPLACED = re.compile(rf"[》）)号](?:被|由|以){_SELF}(?:所)?(?:替代|取代|代替)")
_REVISED = re.compile(
    r"(?:修订|修改|调整|完善)《([^《》]{2,80})》|对《([^《》]{2,80})》[^。；]{0,40}(?:作|做)(?:出|了)?(?:以下|如下)?(?:修改|修订|调整)"
)
_NAMED = re.compile(r"《([^《》]{2,80}(?:《[^《》]{2,60}》[^《》]{0,20})?)》")
_SENTENCE = re.compile(r"[^。！？\n]*[。！？]?")
_FEW_LINES = 300  # characters


@dataclass
class Said:
    """``values``: fields of an entry; ``own``: days said of "this document" by that name;
    ``doubts``: in words for an editor; ``ended``: it says that it no longer holds."""

    values: dict[str, Any] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    own: dict[str, date] = field(default_factory=dict)
    ended: bool = False


def read_days(text: str, labelled: dict[str, str], signed: date | None, told: Said) -> None:
    """Tell first and last day.  ``labelled``: its lines of data; ``signed``: the day under its
    text, from which it holds where it says "at once"."""
    written = day_of(labelled.get("written", "")) or signed
    firsts, by_name = _firsts(text)
    first = _one(told, "effective_from", firsts, labelled.get("effective_from", ""))
    if first and by_name:
        told.own["effective_from"] = first
    if first is None and (said := _at_once(text)) and "effective_from" not in told.values:
        if written:
            first = told.values["effective_from"] = written
            told.doubts.append(f"写明“{said}”，按文件日期 {written} 起算，请核对")
        else:
            told.doubts.append(f"写明“{said}”，却没有文件日期，生效日期请补上")
    if first is None and not told.doubts and "effective_from" not in told.values:
        _of_one_measure(text, told)
    found: list[date] = []
    for match in _TO.finditer(text):
        day = day_of(match["day"])
        if day and _about_itself(text, match.start()):
            if measure := _of_a_measure(text, match.start()):
                told.doubts.append(
                    f"正文写着“{measure}{match[0]}”，说的可能只是其中一项，没有当作失效日期，请核对"
                )
            else:
                found.append(day)
    for match in _YEARS.finditer(text):
        if first and _about_itself(text, match.start()):
            years = 2 if match["n"] == "两" else number_of(match["n"])
            found.append(after_years(first, years))
    _one(told, "effective_to", found, labelled.get("effective_to", ""))
    if "effective_to" not in told.values and not told.doubts and (ends := _CALLED.search(text)):
        told.doubts.append(
            f"正文写着“{ends[0].strip()}”，没有当作失效日期；过后不再适用的，请写 effective_to"
        )


def _of_one_measure(text: str, told: Said) -> None:
    """Tell the day from which what a notice announces holds, where its opening names just one."""
    days = {day: m for m in _MEASURE_FROM.finditer(text) if (day := day_of(m["day"]))}
    match = next(iter(days.values()), None)
    if match is None or len(days) > 1 or match.start() > _LEAD:
        return
    told.values["effective_from"] = day = next(iter(days))
    told.doubts.append(f"正文写着“{match[0][:30]}”，当作从 {day} 起生效，请核对")


def _firsts(text: str) -> tuple[list[date], bool]:
    """The days it says it holds from, and whether it speaks of itself by name there; where it does
    in places, only those."""
    found = [(bool(m["own"]), day) for m in _FROM.finditer(text) if (day := day_of(m["day"]))]
    own = [day for by_name, day in found if by_name]
    return own or [day for _, day in found], bool(own)


def _at_once(text: str) -> str:
    """ "自印发之日起施行" as it is said of the document itself, "" if it is not."""
    found = list(_AT_ONCE.finditer(text))
    best = next((m for m in found if m["own"]), found[-1] if found else None)
    return re.sub(r"^.*?自", "自", best[0]) if best else ""


def _about_itself(text: str, at: int) -> bool:
    """Whether the sentence there is about how long the document holds."""
    start = max(text.rfind(sign, 0, at) for sign in "。\n；") + 1
    ends = [end for sign in "。\n" if (end := text.find(sign, at)) >= 0]
    sentence = text[start : min(ends, default=len(text))]
    return bool(re.search(rf"{_SELF}|施行|实施之日|执行|有效期|试行", sentence)) and not re.search(
        r"[证照卡]|合同|许可", sentence.split("有效期")[0][-12:]
    )


def _of_a_measure(text: str, at: int) -> str:
    """What "…执行至" is said of, where that is not the document: a subsidy among others ends on its
    day, and the notice with all the rest goes on.  "" for what is said of the document itself.

    A document of a few lines has no other measure.
    """
    start = max(text.rfind(sign, 0, at) for sign in "。\n；，") + 1
    sentence = text[max(text.rfind(sign, 0, at) for sign in "。\n") + 1 : at]
    said = text[start:at].strip()
    whole = not said or re.search(
        rf"{_SELF}|(?:上述|以上|前述)(?:各|政策|措施|规定|标准|内容)", sentence
    )
    if whole or re.search(r"施行|实施|自.{0,20}起", sentence) or len(text) < _FEW_LINES:
        return ""
    return said


def _one(told: Said, part: str, found: list[date], label: str) -> date | None:
    """The one day found for a part, kept; two that differ are reported and not kept."""
    days = sorted({*found, *([day] if (day := day_of(label)) else [])})
    name = "生效日期" if part == "effective_from" else "失效日期"
    if len(days) > 1:
        said = "、".join(map(str, days))
        told.doubts.append(f"文中{name}不一致（{said}），没有采用，请写明")
        return None
    if days:
        told.values[part] = days[0]
    return days[0] if days else None


def day_of(said: str) -> date | None:
    """The day that is written, ``None`` if none is."""
    try:
        day = as_day(said)
    except ValueError:
        return None
    return day if isinstance(day, date) else None


def read_ended(text: str, title: str, told: Said) -> None:
    """The documents it says it ends or stands in for, by number where it gives one, else by name;
    a doubt where it only changes one."""
    own = str(told.values.get("document_number", ""))
    names: list[str] = []
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        if place := _IN_PLACE_OF.search(sentence):
            names += _names(sentence[place.end() :], title, own)
        elif replaced := _REPLACED.search(sentence):
            names += _names(sentence[: replaced.end()], title, own)
        elif _ENDED.search(sentence):
            ending = list(_ENDS.finditer(sentence))[-1]
            names += _names(sentence[: ending.end()], title, own)
    if names:
        told.values["supersedes"] = tuple(dict.fromkeys(names))
    elif revised := _revised(text, title):
        told.doubts.append(
            f"修订了《{revised}》，没有写整份废止，库里旧的条目仍当作有效，"
            "请核对后改写旧的条目，或在这一份写 supersedes"
        )


def _revised(text: str, title: str) -> str:
    """The document this one changes in parts, "" if it does not say so of any."""
    found = re.search(r"关于(?:修订|修改)《([^《》]{2,80})》", title) or next(
        (m for m in _REVISED.finditer(text) if m[2]), None
    )
    return next(filter(None, found.groups()), "") if found else ""


def _names(sentence: str, title: str, own: str) -> Iterator[str]:
    """The documents of a sentence: by number, where it stands behind the name or alone, or name."""
    numbered: set[int] = set()
    for named in _NAMED.finditer(sentence):
        after = sentence[named.end() : named.end() + 40]
        number = NUMBER.match(after.lstrip("（(")) if after[:1] in "（(" else None
        if number:
            numbered.add(named.end() + 1)
        if named[1] not in title:
            yield re.sub(r"\s+", "", number[0]) if number else f"《{named[1]}》"
    for number in NUMBER.finditer(sentence):
        before = sentence[: number.start()][-1:]
        # The words before it in the sentence run into its first.
        said = re.sub(r"^.*的|^(?:原|自|与|及|以及|同时)", "", re.sub(r"\s+", "", number[0]))
        if number.start() not in numbered and before not in ("（", "(") and said != own:
            yield said
