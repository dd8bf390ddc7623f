"""One document made one entry, whatever file it came in: title, sections or articles, and what the
document says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from knowledge.sources.days import as_day
from knowledge.sources.decode import UnreadableError
from knowledge.sources.guide import guide_in_table
from knowledge.sources.letter import letter_last
from knowledge.sources.official import (
    is_data,
    is_furniture,
    region_of_office,
    region_of_title,
    said_of_itself,
    taken_for,
)
from knowledge.sources.raw import Problem, Raw
from knowledge.sources.sections import split_sections
from knowledge.sources.statute import articles_of

_NUMBERED = re.compile(r"^[一二三四五六七八九十]{1,3}、[^|\n]*$", re.M)
# Questions with their answers under them: 问：… 答：…, Q1: … A1: …
_ASKED = re.compile(
    r"^[ \t　*]*(?:\d{1,3}[.、．][ \t]*)?(?:问题?|Q)[ \t]*\d{0,3}[：:、.]\**[ \t]*(.+)$", re.M
)
_ANSWERED = re.compile(r"^[ \t　*]*(?:答案?|回答|A)[ \t]*\d{0,3}[：:]\**[ \t]*", re.M)
# Questions that stand on lines of their own, with nothing else to tell them by.
_BARE_QUESTION = re.compile(r"^(?:\d{1,3}[.、．][ \t]*)?[^。！？?\n|#]{4,60}[？?]$", re.M)
# Parts that are named on lines of their own, and count 一、… anew.
_PART = re.compile(
    r"^[ \t　]*第[一二三四五六七八九十]{1,3}(?:部分|[章编篇])"
    r"[ \t　]+[^\s。，；][^。，；\n|]{1,20}$",
    re.M,
)
_LEAST_ASKED = 2
_HEADING_MOST = 30
# 附件1 on a line of its own above its name, and 附表：… right above a table.
_ENCLOSED = re.compile(
    r"^[ \t　]*(附[件表](?:[ \t]*[\d一二三四五六七八九十]{1,2})?)[：:]?[ \t　]*\n+"
    r"[ \t　]*([^\n|#。；]{4,40})$",
    re.M,
)
_ENCLOSED_TABLE = re.compile(
    r"^[ \t　]*(附[件表](?:[ \t]*[\d一二三四五六七八九十]{1,2})?[：:][^\n|#。]{4,60})\n+(?=\|)",
    re.M,
)
_FORM = re.compile(r"(?:[^\n]{0,12})?(?:办事|服务|办理|事项|办税)指南")  # what a form is called
_WITH_CARE = ("region", "effective_from", "document_number", "issuer")
_DAYS = {"effective_from": "生效日期", "effective_to": "失效日期"}
_NAME_LEAST, _NAME_MOST = 6, 80
_NO_NAME = re.compile(r"[。；，！|]|[：:]$|^第.{1,5}[章节条]|^[（(][一二三四五六七八九十]")
_TELLING = re.compile("[一-鿿]{3}")  # the name of a file that says what is in it


def entry_of_document(
    text: str,
    stem: str,
    where: str,
    given: Mapping[str, Any] | None = None,
    *,
    beside: str = "",
) -> Iterator[Raw | Problem]:
    """The entry a document is, then what is doubtful about it.

    ``beside``: lines of data about it that stand outside its text.  ``given``: fields known
    otherwise (front matter, a page's metadata), which go first; where the document itself says
    another day, that is reported.
    """
    given = {key: value for key, value in (given or {}).items() if value not in (None, "", (), [])}
    told = said_of_itself(f"{beside}\n{text}" if beside else text)
    if told.ended and not given.get("effective_to") and "effective_to" not in told.values:
        raise UnreadableError(
            "文件自己写明已失效或废止，却没有失效日期，没有收；要留作历史，请写上失效日期（effective_to）"
        )
    # Where somebody has written down whose the rule is or since when, nothing is added to that.
    kept = not any(part in given for part in _WITH_CARE)
    values: dict[str, Any] = {"id": stem, **(told.values if kept else {}), **given}
    doubts = told.doubts if kept else []
    doubts += [
        f"{name}写的是 {given[part]}，正文说的是 {said}，请核对"
        for part, name in _DAYS.items()
        if part in given and (said := told.own.get(part)) and not _same(given[part], said)
    ]
    statute = articles_of(text) if given.get("kind") in (None, "statute") else ()
    if statute:
        values["kind"] = "statute"
    else:
        guide, text = guide_in_table(text)
        text = "" if guide and _FORM.fullmatch(text.strip("# \n")) else text
        values = {**guide, **values}
        values["facts"] = {**guide.get("facts", {}), **dict(given.get("facts") or {})}
    title, sections = split_sections(with_headings(text))
    names = [given.get("title"), title, told.values.get("title"), values.get("title")]
    if not _TELLING.search(stem):
        names.append(_first_line(text))
    values["title"] = next((name for name in names if name), stem)
    untold = kept and not values.get("region")
    if untold and not region_of_office(str(values.get("issuer") or "")):
        called = str(values["title"])
        if code := region_of_title(called):
            values["region"] = code
            doubts.append(taken_for(code, "标题", called))
    values["sections"] = letter_last(_without_data(statute or sections, values))
    yield Raw(where, values)
    yield from (Problem(where, doubt, taken=True) for doubt in doubts)


def _first_line(text: str) -> str:
    """The line a text begins with, if it reads like a name and not like a sentence or a heading."""
    line = next(filter(None, (line.strip("# \t　*") for line in text.split("\n"))), "")
    other = _ASKED.match(line) or _NUMBERED.match(line) or _NO_NAME.search(line)
    one_of_several = _BARE_QUESTION.match(line) and len(_BARE_QUESTION.findall(text)) > 1
    return "" if other or one_of_several or not _NAME_LEAST <= len(line) <= _NAME_MOST else line


def _same(written: Any, said: date) -> bool:
    try:
        return bool(as_day(written) == said)
    except ValueError:  # what was written makes no sense by itself, and is reported for that
        return True


def with_headings(text: str) -> str:
    """The text with 一、… or the questions as headings, where it has none of its own.

    What follows the heading's name on the same line is the first of what stands below it.
    """
    return _with_enclosures(_headed(_titled(text)))


def _with_enclosures(text: str) -> str:
    """The text with what is enclosed under headings of its own: it stands behind the signature, and
    belongs to no section before it."""
    text = _ENCLOSED.sub(lambda m: f"\n## {m[1]} {m[2].strip()}\n", text)
    return _ENCLOSED_TABLE.sub(lambda m: f"\n## {m[1].strip()}\n", text)


def _headed(text: str) -> str:
    if re.search(r"^#{2,6} ", text, re.M):
        return text
    if len(_ASKED.findall(text)) >= _LEAST_ASKED:
        return _ANSWERED.sub("", _ASKED.sub(lambda m: f"\n## {m[1].strip()}\n", text))
    if len(_NUMBERED.findall(text)) < 2 and len(_BARE_QUESTION.findall(text)) >= _LEAST_ASKED:
        return _BARE_QUESTION.sub(lambda m: f"\n## {m[0]}\n", text)
    if len(_PART.findall(text)) >= _LEAST_ASKED:
        below = _NUMBERED.sub(lambda m: _heading(m).replace("## ", "### ", 1), text)
        return _PART.sub(lambda m: f"\n## {' '.join(m[0].split())}\n", below)
    lines = list(_NUMBERED.finditer(text))
    headed = sum(_heading(line) != line[0].strip() for line in lines)
    if len(lines) < 2 or 2 * headed < len(lines):  # sentences that are numbered are no headings
        return text
    return _NUMBERED.sub(_heading, text)


def _titled(text: str) -> str:
    """The text with the heading it begins with as its title, where no other is of its rank."""
    heads = list(re.finditer(r"^(#{1,6}) ", text, re.M))
    if not heads or text[: heads[0].start()].strip():
        return text
    rank = len(heads[0][1])
    if rank == 1 or any(len(head[1]) <= rank for head in heads[1:]):
        return text
    return f"{text[: heads[0].start()]}# {text[heads[0].end() :]}"


def _heading(match: re.Match[str]) -> str:
    line = match[0].strip()
    name, *rest = re.split(r"[。：]", line, maxsplit=1)
    sentence = line.endswith("。") and not any(part.strip() for part in rest)
    if len(name) > _HEADING_MOST or "，" in name or "；" in name or sentence:
        return line
    return f"\n## {name}\n\n{rest[0].strip() if rest else ''}"


def _without_data(
    sections: tuple[tuple[str, str], ...], values: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    """The sections without the lines of data about the document at its head, which are shown as its
    source, and without its name said again."""
    if not sections or sections[0][0]:
        return sections
    issuer, number = values.get("issuer", ""), values.get("document_number", "")
    shown = re.sub(r"\s+", "", f"{values['title']}\n{issuer}文件\n（{number}）")
    kept: list[str] = []
    for line in sections[0][1].split("\n"):
        words = line.strip()
        rule = words.startswith("| ---") and not (kept and kept[-1].startswith("|"))
        again = words and re.sub(r"\s+", "", words) in shown
        if not (rule or again or is_data(words) or is_furniture(words)):
            kept.append(line)
    lead = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return (("", lead), *sections[1:]) if lead else sections[1:]
