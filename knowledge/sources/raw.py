"""The edge: whatever a source says about an entry, checked and made into an :class:`Entry`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from knowledge.lexicon import fact_labels, lexicon
from knowledge.model import (
    NATIONAL,
    Audience,
    Entry,
    EntryId,
    Field,
    Kind,
    RegionCode,
    Section,
)
from knowledge.phrasing.orders import order_in
from knowledge.regions import is_region_code

_NATIONAL_WORDS = frozenset({"000000", "100000", "0", "全国", "国家", "中国", "national", "cn"})
_ENTERPRISE = ("enterprise", "firm", "company", "business", "企业", "法人", "组织", "机构", "机关")
_PERSON = ("person", "citizen", "individual", "个人", "自然人", "公众", "市民")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_LIST_SEPARATOR = re.compile(r"[;；|\n]+")
_NAME_SEPARATOR = re.compile(r"[;；|\n,，、]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was not taken (or was taken with a doubt, ``taken``), and where it stands."""

    where: str
    reason: str
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Raw:
    """One entry as a source gave it: field names of :class:`EntryIn`, values of any shape."""

    where: str
    values: Mapping[str, Any]


def _text(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else value


def _list(value: Any, separator: re.Pattern[str] = _LIST_SEPARATOR) -> Any:
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in separator.split(value) if part.strip())
    if isinstance(value, (list, tuple)):
        return tuple(dict.fromkeys(p for v in value if v is not None for p in _list(v, separator)))
    return (str(value),)


def _names(value: Any) -> Any:
    return _list(value, _NAME_SEPARATOR)


def _date(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = _DATE.match(str(value).strip())
    if not match:
        raise ValueError(f"日期看不懂：{value}（请写成 2024-01-31）")
    try:
        return date(*map(int, match.groups()))
    except ValueError as error:
        raise ValueError(f"没有这一天：{value}") from error


def _region(value: Any) -> Any:
    if value is None or value == "":
        return None
    text = str(value).strip()
    if text.lower() in _NATIONAL_WORDS:
        return NATIONAL
    if not is_region_code(text):
        raise ValueError(f"区划代码看不懂：{text}（六位数字，全国写 000000）")
    return text


def _audience(value: Any) -> Any:
    if isinstance(value, Audience):
        return value
    found = Audience(0)
    for word in _names(value):
        low = word.lower()
        if low in ("both", "all", "全部", "不限"):
            return Audience.BOTH
        known = False
        if any(w in low for w in _ENTERPRISE):
            found, known = found | Audience.ENTERPRISE, True
        if any(w in low for w in _PERSON):
            found, known = found | Audience.PERSON, True
        if not known:
            raise ValueError(f"适用对象看不懂：{word}（person 或 enterprise）")
    return found or Audience.BOTH


def _kind(value: Any) -> Any:
    if value in (None, ""):
        return None
    if value not in {kind.value for kind in Kind}:
        raise ValueError(f"种类看不懂：{value}（{'、'.join(k.value for k in Kind)}）")
    return Kind(value)


Text = Annotated[str, BeforeValidator(_text)]
Lines = Annotated[tuple[str, ...], BeforeValidator(_list)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Day = Annotated[date | None, BeforeValidator(_date)]


class EntryIn(BaseModel):
    """What may be said of an entry.  Unknown keys are an error: a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    id: Text
    title: Text
    text: Text = ""
    sections: tuple[tuple[str, str], ...] = ()
    kind: Annotated[Kind | None, BeforeValidator(_kind)] = None
    issuer: Text = ""
    document: Text = ""
    document_number: Text = ""
    region: Annotated[str | None, BeforeValidator(_region)] = None
    audience: Annotated[Audience, BeforeValidator(_audience)] = Audience.BOTH
    topics: Names = ()
    aliases: Names = ()
    questions: Lines = ()
    effective_from: Day = None
    effective_to: Day = None
    supersedes: Names = ()
    link: Text = ""
    keeper: Text = ""
    sample: bool = False
    facts: dict[str, Any] = {}

    @model_validator(mode="after")
    def _sound(self) -> EntryIn:
        if not self.id:
            raise ValueError("没有编号（id）")
        if len(self.id) > 200 or any(c in self.id for c in "\n\r\t#"):
            raise ValueError("编号（id）太长，或含有换行、制表符、#")
        if not self.title:
            raise ValueError("没有标题（title）")
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise ValueError(f"失效日期 {self.effective_to} 早于生效日期 {self.effective_from}")
        if self.id in self.supersedes:
            raise ValueError("条目声明取代了自己（supersedes）")
        return self


_ALIASES = {
    "_id": "id",
    "doc_id": "id",
    "docid": "id",
    "pid": "id",
    "name": "title",
    "source": "link",
    "url": "link",
    "question": "title",
    "answer": "text",
    "content": "text",
    "contents": "text",
    "body": "text",
    "similar_questions": "questions",
    "number": "document_number",
    "effective": "effective_from",
    "expires": "effective_to",
    "标题": "title",
    "问题": "title",
    "问": "title",
    "正文": "text",
    "内容": "text",
    "答案": "text",
    "回答": "text",
    "答": "text",
    "编号": "id",
    "发布机关": "issuer",
    "发布单位": "issuer",
    "部门": "issuer",
    "文件": "document",
    "文号": "document_number",
    "区划": "region",
    "区划代码": "region",
    "地区": "region",
    "适用对象": "audience",
    "主题": "topics",
    "别名": "aliases",
    "相似问题": "questions",
    "相似问": "questions",
    "生效日期": "effective_from",
    "施行日期": "effective_from",
    "失效日期": "effective_to",
    "取代": "supersedes",
    "链接": "link",
    "来源": "link",
    "维护人": "keeper",
}


def canonical(values: Mapping[str, Any]) -> dict[str, Any]:
    """Rename the usual other spellings of a key; facts of a service item go under ``facts``."""
    facts: dict[str, Any] = dict(values.get("facts") or {})
    named: dict[str, Any] = {}
    labels = {label: key for key, (label, _) in fact_labels().items()}
    for key, value in values.items():
        name = key.strip()
        name = name if name in EntryIn.model_fields else _ALIASES.get(name.lower(), name)
        fact = name if name in fact_labels() else labels.get(name)
        if fact is not None:
            facts[fact] = value
        elif name != "facts" and (name not in named or named[name] in (None, "", ())):
            named[name] = value
    if facts:
        named["facts"] = facts
    return named


def aspect_of_heading(heading: str) -> str:
    """Which aspect a section's heading announces, "" if none."""
    for key, words in lexicon().headings:
        if any(word in heading for word in words):
            return key
    return ""


def build(raw: Raw) -> Iterator[Entry | Problem]:
    """The entry a source meant (first, if it is sound), and every doubt about it."""
    try:
        data = EntryIn.model_validate(canonical(raw.values))
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            place = ".".join(str(part) for part in detail["loc"])
            said = detail["msg"].removeprefix("Value error, ")
            said = "不认识的字段" if detail["type"] == "extra_forbidden" else said
            said = "缺少" if detail["type"] == "missing" else said
            yield Problem(raw.where, f"{place}：{said}" if place else said)
        return
    sections = [Section(h, t, aspect_of_heading(h)) for h, t in data.sections if t.strip()]
    if data.text:
        sections.insert(0, Section("", data.text))
    fields, extra = _facts(data.facts)
    sections += extra
    kind = data.kind or (Kind.SERVICE if fields else Kind.GUIDE)
    if not sections:
        yield Problem(raw.where, "没有正文")
        return
    texts = (data.title, *data.questions, *(f"{s.heading}\n{s.text}" for s in sections))
    if order := next(filter(None, map(order_in, texts)), ""):
        yield Problem(raw.where, f"有写给机器的指令（“{order}”），规定不会这样写；请核对，删去再收")
        return
    yield Entry(
        id=EntryId(data.id),
        title=data.title,
        sections=tuple(sections),
        kind=kind,
        issuer=data.issuer,
        document=data.document,
        document_number=data.document_number,
        region=RegionCode(data.region or NATIONAL),
        audience=data.audience,
        topics=data.topics,
        aliases=tuple(a for a in data.aliases if a != data.title),
        questions=data.questions,
        effective_from=data.effective_from,
        effective_to=data.effective_to,
        supersedes=tuple(EntryId(other) for other in data.supersedes),
        link=data.link,
        keeper=data.keeper,
        fields=fields,
        sample=data.sample,
        origin=raw.where,
    )
    if data.region is None:
        yield Problem(raw.where, "没有写地区（region），不限地区", taken=True)


_DAYS = re.compile(r"^(\d+)\s*[（(]\s*(工作日|自然日|天|个工作日)\s*[)）]$")


def _facts(values: Mapping[str, Any]) -> tuple[tuple[Field, ...], list[Section]]:
    fields: list[Field] = []
    sections: list[Section] = []
    for key, (label, aspect) in fact_labels().items():
        value = values.get(key)
        if value is None or value == "" or value == []:
            continue
        if isinstance(value, (list, tuple)):
            items = [str(v).strip() for v in value if str(v).strip()]
            text = "\n".join(f"{n}. {v}" for n, v in enumerate(items, 1))
        else:
            text = _DAYS.sub(r"\1个\2", str(value).strip().removeprefix(f"{label}："))
            text = text.replace("个个", "个").replace("个天", "天")
        fields.append(Field(key, label, text))
        sections.append(Section(label, text, aspect))
    return tuple(fields), sections
