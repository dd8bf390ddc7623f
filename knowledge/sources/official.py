"""What an official document says of itself: its name, number, issuer, days, and what it ends.

Read are only its own statements — the head, the lines of data about it, the closing clause, the
signature — and two that differ are both reported and neither believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.model import NATIONAL
from knowledge.regions import gazetteer
from knowledge.sources.statute import number_of
from knowledge.sources.values import after_years, as_day, with_plain_digits
from knowledge.text import fold

_HEAD_LINES = 25
_NUMBER = re.compile(
    r"[一-鿿]{1,16}[〔\[［【（(]\s*(?:19|20)\d\d\s*[〕\]］】）)]\s*(?:第\s*)?\d{1,5}\s*号"
    r"|[一-鿿]{2,16}令\s*(?:\d{4}年)?第\s*[\d零〇一二三四五六七八九十百]+\s*号"
    r"|[一-鿿]{2,16}公告\s*\d{4}年第\s*\d+\s*号"
)
_DAY = r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
_SELF = (
    r"本(?:办法|条例|规定|细则|通知|公告|通告|意见|方案|规则|决定|政策|措施|标准|规程|规范|指南|文件|法"
    r"|解释|目录)"
)
_FROM = re.compile(
    rf"(?P<own>{_SELF})?[^。；\n]{{0,12}}?自?\s*(?P<day>{_DAY})\s*起(?:正式)?(?:开始)?"
    r"(?:施行|实施|执行|生效)(?!的)"
)
_AT_ONCE = re.compile(
    rf"(?P<own>{_SELF})?[^。；\n]{{0,12}}?自(?:公布|发布|印发|下发|颁布|通过)之日起(?:施行|实施|执行|生效)(?!的)"
)
_TO = re.compile(
    rf"(?:有效期(?:限)?(?:截?至|到|截止到?)|施行至|执行至|有效至|至)\s*(?P<day>{_DAY})"
    r"(?=\s*(?:[。，；,;（(]|止|截止|自行失效|失效|$))"
)
_YEARS = re.compile(
    r"(?:有效期(?:限)?|试行期(?:限)?|施行期(?:限)?|试行)\s*[为：:]?\s*(?P<n>\d{1,2}|[一二两三四五六七八九十]{1,2})\s*年"
)
_ENDS = re.compile(
    r"(?:同时|即行|予以|自行|立即)?(?:废止|停止执行|停止施行|不再执行|停止使用|失效)"
)
_NAMED = re.compile(r"《([^《》]{2,80}(?:《[^《》]{2,60}》[^《》]{0,20})?)》")
_SENTENCE = re.compile(r"[^。！？\n]*[。！？]?")
_SIGNED = re.compile(rf"^\s*{_DAY}\s*$")
_DAYS = ("written", "effective_from", "effective_to")
_OFFICE = re.compile(r"[局委厅部院府会署办处]$")
_ATTACHED = re.compile(r"^(?:附件|附表)\s*[\d一二三四五六七八九十]*\s*[:：]?")


@dataclass
class Said:
    """``values``: fields of an entry; ``own``: days said of "this document" by that name;
    ``doubts``: in words for an editor; ``ended``: it says that it no longer holds."""

    values: dict[str, Any] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    own: dict[str, date] = field(default_factory=dict)
    ended: bool = False


@dataclass(frozen=True)
class _Form:
    kinds: tuple[str, ...]
    national: tuple[str, ...]
    labels: dict[str, str]
    ended: frozenset[str]
    furniture: frozenset[str]


@lru_cache(maxsize=1)
def form() -> _Form:
    """``official.yml``."""
    path = Path(__file__).parent.parent / "lexicon" / "official.yml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    labels = {str(name): part for part, names in data["labels"].items() for name in names}
    return _Form(
        kinds=tuple(data["document_kinds"]),
        national=tuple(data["national"]),
        labels=labels,
        ended=frozenset(data["ended"]),
        furniture=frozenset(data["furniture"]),
    )


def said_of_itself(text: str) -> Said:
    """What a document's text, one paragraph a line, says about the document."""
    plain = with_plain_digits(text)
    lines = [line.strip() for line in plain.split("\n") if line.strip()]
    told = Said()
    labelled = _labelled(lines, told)
    body = [line for line in lines[:_HEAD_LINES] if label_of(line) is None]
    title = labelled.get("title") or _title(body)
    if title:
        told.values["title"] = title
    number = labelled.get("document_number") or _number(body)
    if number:
        told.values["document_number"] = re.sub(r"\s+", "", number)
    signed, signer = _signature(lines)
    source = labelled.get("source", "")
    issuer = labelled.get("issuer") or _red_head(body) or signer or _named_in(title)
    issuer = issuer or (source if _OFFICE.search(source) else "")
    if issuer:
        told.values["issuer"] = issuer
    _days(plain, labelled, signed, told)
    _ended(plain, title, told)
    _place(issuer, title, told)
    return told


def label_of(line: str) -> tuple[str, str] | None:
    """(part, value) of a line of data about a document ("发文字号：…"), ``None`` if it is none."""
    for cell in _cells(line)[:1]:
        name, sign, value = re.sub(r"[\[【】\]]", "", cell).replace(":", "：", 1).partition("：")
        part = form().labels.get(re.sub(r"\s+", "", name))
        if part and sign and (part not in _DAYS or _day(value)):
            return part, value.strip()
    return None


def is_data(line: str) -> bool:
    """Whether a line, or a row of a table, holds nothing but data about the document."""
    cells = _cells(line)
    if len(cells) < 2:
        return label_of(line) is not None
    return re.sub(r"[\s：:]", "", cells[0]) in form().labels


def is_furniture(line: str) -> bool:
    """Whether a line belongs to a page, not to what it tells: 【打印】【关闭窗口】."""
    rest, found = _furniture().subn("", line)
    return found > 0 and not re.sub(r"[^一-鿿a-zA-Z0-9]", "", rest)


@lru_cache(maxsize=1)
def _furniture() -> re.Pattern[str]:
    words = sorted(form().furniture, key=len, reverse=True)
    return re.compile(rf"(?<![一-鿿])(?:{'|'.join(words)})(?![一-鿿])")


def _cells(line: str) -> list[str]:
    if not line.startswith("|"):
        return [line]
    return [cell.strip() for cell in line.strip("|").split("|")]


def _labelled(lines: list[str], told: Said) -> dict[str, str]:
    found: dict[str, str] = {}

    def tell(part: str, value: str) -> None:
        if value and value not in ("-", "—", "无", "/"):
            found.setdefault(part, value)

    labels = form().labels
    for at, line in enumerate(lines):
        cells = _cells(line)
        for place, cell in enumerate(cells):
            name = re.sub(r"[\s\[【】\]：:]", "", cell)
            if len(cells) > 1 and name in labels and place + 1 < len(cells):
                tell(labels[name], cells[place + 1])
        # Several on one line: 发布机构：… 发布日期：…
        for m in re.finditer(
            r"([一-鿿]{2,6})\s*[:：]\s*(\S[^:：]*?)(?=\s+[一-鿿]{2,6}\s*[:：]|$)", line
        ):
            if len(cells) == 1 and m[1] in labels and at < _HEAD_LINES * 2:
                tell(labels[m[1]], m[2].strip().strip("】]"))
        name = re.sub(r"[\s\[【】\]：:]", "", line)
        if at < _HEAD_LINES and name in labels and at + 1 < len(lines) and len(cells) == 1:
            following = lines[at + 1]
            if label_of(following) is None and len(following) <= 60:
                tell(labels[name], following)
    if found.get("state") in form().ended:
        told.ended = True
    return found


def _title(lines: list[str]) -> str:
    """The first lines of the head that make up a document's name, put together."""
    kinds = form().kinds
    for at, line in enumerate(lines[:15]):
        said = line.lstrip("# ").strip()
        if _ATTACHED.match(said) or said.startswith("|") or said.endswith(("。", "；", "：", "，")):
            continue
        joined = said
        for more in ("", *lines[at + 1 : at + 4]):
            joined += more.lstrip("# ").strip()
            whole = re.sub(r"[（(](?:试行|暂行|修订|修正|20\d\d年\S{0,4})[）)]$", "", joined)
            if len(joined) > 100 or more.endswith(("。", "：")):
                break
            starts = "关于" in said or "印发" in said or joined == said
            if starts and whole.endswith(kinds) and len(whole) >= 6 and not whole.endswith("文件"):
                return joined
    return ""


def _number(lines: list[str]) -> str:
    """A number that stands on a line of its own, or in brackets under the name."""
    for line in lines:
        bare = line.strip("#（）() \t|")
        if (match := _NUMBER.search(bare)) and len(bare) <= len(match[0]) + 8:
            return match[0]
    return ""


def _red_head(lines: list[str]) -> str:
    for line in lines[:5]:
        said = re.sub(r"\s+", "", line.lstrip("#"))
        if said.endswith("文件") and 5 <= len(said) <= 30 and "《" not in said:
            return said.removesuffix("文件")
    return ""


def _signature(lines: list[str]) -> tuple[date | None, str]:
    """(day, office) at the end: the office on the line above its day."""
    for at in range(len(lines) - 1, max(len(lines) - 60, 0), -1):
        if not _SIGNED.match(lines[at]):
            continue
        above = re.sub(r"\s+", "", lines[at - 1])
        office = above if 4 <= len(above) <= 30 and not re.search(r"[。，；：、|]", above) else ""
        return as_day(lines[at].strip()), office
    return None, ""


def _named_in(title: str) -> str:
    before = title.split("关于", 1)[0] if "关于" in title else ""
    return before if 4 <= len(before) <= 30 and _OFFICE.search(before) else ""


def _days(text: str, labelled: dict[str, str], signed: date | None, told: Said) -> None:
    written = _day(labelled.get("written", "")) or signed
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
    lasts = [_day(m["day"]) for m in _TO.finditer(text) if _about_itself(text, m.start())]
    found = [day for day in lasts if day]
    for match in _YEARS.finditer(text):
        if first and _about_itself(text, match.start()):
            years = 2 if match["n"] == "两" else number_of(match["n"])
            found.append(after_years(first, years))
    _one(told, "effective_to", found, labelled.get("effective_to", ""))


def _firsts(text: str) -> tuple[list[date], bool]:
    """The days it says it holds from, and whether it speaks of itself by name there; where it does
    in places, only those."""
    found = [(bool(m["own"]), day) for m in _FROM.finditer(text) if (day := _day(m["day"]))]
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


def _one(told: Said, part: str, found: list[date], label: str) -> date | None:
    """The one day found for a part, kept; two that differ are reported and not kept."""
    days = sorted({*found, *([day] if (day := _day(label)) else [])})
    name = "生效日期" if part == "effective_from" else "失效日期"
    if len(days) > 1:
        said = "、".join(map(str, days))
        told.doubts.append(f"文中{name}不一致（{said}），没有采用，请写明")
        return None
    if days:
        told.values[part] = days[0]
    return days[0] if days else None


def _day(said: str) -> date | None:
    try:
        day = as_day(said)
    except ValueError:
        return None
    return day if isinstance(day, date) else None


def _ended(text: str, title: str, told: Said) -> None:
    """The documents it says it ends, by number where it gives one, else by name."""
    names: list[str] = []
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        ending = _ENDS.search(sentence)
        if not ending or not re.search(r"《|号", sentence[: ending.end()]):
            continue
        if not re.search(
            r"(?:同时|即行|予以)(?:废止|停止执行|失效)|(?:废止|停止执行|不再执行)[。，；]?$",
            sentence,
        ):
            continue
        names += _names(sentence[: ending.end()], title)
    if names:
        told.values["supersedes"] = tuple(dict.fromkeys(names))


def _names(sentence: str, title: str) -> Iterator[str]:
    for named in _NAMED.finditer(sentence):
        after = sentence[named.end() : named.end() + 40]
        number = _NUMBER.match(after.lstrip("（(")) if after[:1] in "（(" else None
        if named[1] not in title:
            yield re.sub(r"\s+", "", number[0]) if number else f"《{named[1]}》"


def _place(issuer: str, title: str, told: Said) -> None:
    """Whose rule it is by the place its name begins with, where the office does not tell."""
    code = region_of_office(title) if title and not region_of_office(issuer) else None
    if code:
        told.values["region"] = code
        told.doubts.append(taken_for(code, "标题", title))


def taken_for(code: str, where: str, said: str) -> str:
    """That nobody wrote whose rule it is, and what it was taken from."""
    place = "全国" if code == NATIONAL else gazetteer().name(code)
    return f"没有写地区（region），按{where}“{said[:30]}”认定为{place}，请核对"


@lru_cache(maxsize=4096)
def region_of_office(name: str) -> str | None:
    """The place an office, or a regulation, has at the beginning of its name; ``000000`` for
    national bodies, ``None`` if the name does not tell or several places are called so."""
    bare = name.strip("《》 ")
    if not bare:
        return None
    places = [place for place in gazetteer().find(fold(bare)) if place.start == 0]
    if places:
        return places[0].code
    return NATIONAL if bare.startswith(form().national) else None
