"""What an official document says of itself: its name, number, issuer, days, and what it ends.

Read are only its own statements — the head, the lines of data about it, the closing clause, the
signature — and two that differ are both reported and neither believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from knowledge.model import NATIONAL
from knowledge.regions import gazetteer
from knowledge.sources.days import as_day, with_plain_digits
from knowledge.sources.term import DAY, NUMBER, Said, day_of, read_days, read_ended
from knowledge.text import fold
from knowledge.yaml_file import read_yaml

_HEAD_LINES = 25
_SIGNED = re.compile(rf"^\s*{DAY}\s*$")
_DAYS = ("written", "effective_from", "effective_to")
_OFFICE = re.compile(r"[局委厅部院府会署办处]$")
_PLACES_END = "省市区县州盟旗"
_ATTACHED = re.compile(r"^(?:附件|附表)\s*[\d一二三四五六七八九十]*\s*[:：]?")


@dataclass(frozen=True)
class _Form:
    kinds: tuple[str, ...]
    national: tuple[str, ...]
    labels: dict[str, str]
    ended: frozenset[str]
    furniture: frozenset[str]


@cache
def form() -> _Form:
    """``official.yml``."""
    path = Path(__file__).parent.parent / "lexicon" / "official.yml"
    data = read_yaml(path)
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
        numbered = NUMBER.match(number)  # without what follows it on its line
        told.values["document_number"] = re.sub(r"\s+", "", numbered[0] if numbered else number)
    signed, signer = _signature(lines)
    source = labelled.get("source", "")
    issuer = labelled.get("issuer") or _red_head(body) or signer or _named_in(title)
    issuer = issuer or (source if _OFFICE.search(source) else "")
    if issuer:
        told.values["issuer"] = issuer
    read_days(plain, labelled, signed, told)
    read_ended(plain, title, told)
    _place(issuer, title, told)
    return told


def label_of(line: str) -> tuple[str, str] | None:
    """(part, value) of a line of data about a document ("发文字号：…"), ``None`` if it is none."""
    for cell in _cells(line)[:1]:
        bare = re.sub(r"[\[【】\]]", "", cell)
        name, sign, value = (*re.split("([:：])", bare, maxsplit=1), "", "")[:3]
        part = form().labels.get(re.sub(r"\s+", "", name))
        if part and sign and (part not in _DAYS or day_of(value)):
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


@cache
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
            whole = re.sub(r"[（(](?:试行|暂行|修订|修正|20\d\d年\S{0,7})[）)]$", "", joined)
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
        if (match := NUMBER.search(bare)) and len(bare) <= len(match[0]) + 8:
            return match[0]
    return ""


def _red_head(lines: list[str]) -> str:
    for line in lines[:5]:
        said = re.sub(r"\s+", "", line.lstrip("#"))
        if said.endswith("文件") and 5 <= len(said) <= 30 and "《" not in said:
            return _offices(line.lstrip("# ").strip().removesuffix("文件"))
    return ""


def _signature(lines: list[str]) -> tuple[date | None, str]:
    """(day, office) at the end: the office on the line above its day."""
    for at in range(len(lines) - 1, max(len(lines) - 60, 0), -1):
        if not _SIGNED.match(lines[at]):
            continue
        above = _offices(lines[at - 1])
        office = above if 4 <= len(above) <= 30 and not re.search(r"[。，；：|]", above) else ""
        return as_day(lines[at].strip()), office
    return None, ""


def _offices(line: str) -> str:
    """The office a line names; several that sign together are parted by 、."""
    parts = line.split()
    together = len(parts) > 1 and all(len(one) > 3 and _OFFICE.search(one) for one in parts)
    return ("、" if together else "").join(parts)


def _named_in(title: str) -> str:
    before = title.split("关于", 1)[0] if "关于" in title else ""
    return before if 4 <= len(before) <= 30 and _OFFICE.search(before) else ""


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


def region_of_title(title: str) -> str | None:
    """The place whose full name (…市, …县) a title begins with; ``None`` without, or where several
    places are called so."""
    bare = title.strip("《》 ")
    places = gazetteer().find(fold(bare))
    if not places or places[0].start or fold(bare)[places[0].end - 1] not in _PLACES_END:
        return None
    return places[0].code


@lru_cache(maxsize=4096)
def region_of_office(name: str) -> str | None:
    """The place an office, or a regulation, has at the beginning of its name; ``000000`` for
    national bodies, ``None`` if the name does not tell or several places are called so."""
    bare = name.strip("《》 ")
    if not bare:
        return None
    places = gazetteer().find(fold(bare))
    if places and (places[0].start == 0 or bare.startswith(form().national)):
        return places[0].code  # 国家税务总局某省税务局 is the province's
    return NATIONAL if bare.startswith(form().national) else None
