"""The edge: whatever a source says about an entry, checked and made into an :class:`Entry`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    model_validator,
)

from knowledge.lexicon import fact_labels, lexicon
from knowledge.lexicon.columns import part_named
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
from knowledge.regions import gazetteer, within
from knowledge.sources.cleaned import without_orders
from knowledge.sources.days import as_day
from knowledge.sources.decode import printable
from knowledge.sources.official import region_of_office, taken_for
from knowledge.sources.statute import articles_of
from knowledge.sources.values import as_audience, as_kind, as_lines, as_names, as_region, as_text


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


def _name(value: Any) -> Any:
    said = as_text(value)
    return " ".join(said.split()) if isinstance(said, str) else said


Text = Annotated[str, BeforeValidator(as_text)]
Said = Annotated[str, AfterValidator(printable)]
Name = Annotated[str, BeforeValidator(_name)]
Lines = Annotated[tuple[str, ...], BeforeValidator(as_lines)]
Names = Annotated[tuple[str, ...], BeforeValidator(as_names)]
Day = Annotated[date | None, BeforeValidator(as_day)]


class EntryIn(BaseModel):
    """What may be said of an entry.  Unknown keys are an error: a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    id: Text
    title: Name
    heading: Name = ""
    text: Text = ""
    sections: tuple[tuple[Said, Said], ...] = ()
    kind: Annotated[Kind | None, BeforeValidator(as_kind)] = None
    issuer: Text = ""
    document: Text = ""
    document_number: Text = ""
    region: Annotated[str | None, BeforeValidator(as_region)] = None
    audience: Annotated[Audience, BeforeValidator(as_audience)] = Audience.BOTH
    topics: Names = ()
    aliases: Names = ()
    questions: Lines = ()
    effective_from: Day = None
    effective_to: Day = None
    supersedes: Names = ()
    link: Text = ""
    keeper: Text = ""
    sample: bool = False
    part_of: Text = ""
    facts: dict[str, Any] = {}

    @model_validator(mode="after")
    def _sound(self) -> EntryIn:
        if not self.id:
            raise ValueError("没有编号（id）")
        if len(self.id) > 200 or any(c in self.id for c in "\n\r\t#"):
            raise ValueError("编号（id）超过 200 字，或含有换行、制表符、#，请改")
        if not self.title:
            raise ValueError("没有标题（title）")
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            first, last = self.effective_from, self.effective_to
            raise ValueError(f"失效日期 {last} 早于生效日期 {first}，没有收；请核对两个日期")
        if self.id in self.supersedes:
            raise ValueError("条目声明取代了自己（supersedes）；请写被它取代的条目")
        return self


# What editors call the fields, for what is told of them.
_CALLED = {
    "id": "编号",
    "title": "标题",
    "part_of": "所属文件",
    "text": "正文",
    "kind": "种类",
    "issuer": "发布机关",
    "region": "区划",
    "audience": "适用对象",
    "effective_from": "施行日期",
    "effective_to": "失效日期",
    "supersedes": "取代的条目",
}
_FAULTS = {"extra_forbidden": "不认识的字段", "missing": "没有写", "string_type": "应当是文字"}
_NOT_OURS = ("Input should", "Field ", "Value ")
_EMPTY: tuple[Any, ...] = (None, "", (), [])


def canonical(values: Mapping[str, Any]) -> dict[str, Any]:
    """Rename the usual other spellings of a key (``columns.yml``); facts of a service item go under
    ``facts``.

    Of several keys that mean the same, the best known one that is not empty counts; where both a
    title and a question are given, the question is one more way to ask.
    """
    facts: dict[str, Any] = dict(values.get("facts") or {})
    named: dict[str, Any] = {}
    rank: dict[str, int] = {}
    titles: list[Any] = []
    for key, value in values.items():
        part, place = part_named(key.strip()) or (key.strip(), 0)
        if part == "facts":
            continue
        if part == "title" and value not in _EMPTY:
            titles.append(value)
        target = facts if part in fact_labels() else named
        worse = part in target and (value in _EMPTY or place >= rank.get(part, 0))
        if not worse or target[part] in _EMPTY:
            target[part], rank[part] = value, place
    if facts:
        named["facts"] = facts
    if len(titles) > 1:
        others = [one for one in map(as_text, titles) if one != as_text(named["title"])]
        named["questions"] = [*as_lines(named.get("questions")), *others]
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
        data = EntryIn.model_validate(_with_id(canonical(raw.values)))
    except ValidationError as error:
        yield from (Problem(raw.where, fault) for fault in _faults(error))
        return
    statute = articles_of(data.text) if data.kind in (None, Kind.STATUTE) else ()
    fields, extra = _facts(data.facts)
    sections = [*_sections(data, statute), *extra]
    if not sections:
        yield Problem(raw.where, "没有正文")
        return
    named = next(filter(None, map(order_in, (data.title, *data.questions))), "")
    sections, ordered = ([], [named]) if named else without_orders(sections)
    if ordered and not sections:
        said = f"有写给机器的指令（“{ordered[0]}”），规定不会这样写；请核对，删去再收"
        yield Problem(raw.where, said)
        return
    office = region_of_office(data.issuer)
    yield Entry(
        id=EntryId(data.id),
        title=data.title,
        sections=tuple(sections),
        kind=data.kind or _kind(statute, fields),
        issuer=data.issuer,
        document=data.document,
        document_number=data.document_number,
        region=RegionCode(data.region or office or NATIONAL),
        audience=data.audience,
        topics=data.topics,
        aliases=tuple(a for a in data.aliases if a != data.title),
        questions=data.questions,
        effective_from=data.effective_from,
        effective_to=data.effective_to,
        supersedes=tuple(EntryId(other) for other in data.supersedes),
        link=data.link,
        keeper=data.keeper,
        fields=tuple(field for field in fields if not order_in(field.value)),
        sample=data.sample,
        part_of="" if data.part_of == data.id else data.part_of,
        origin=raw.where,
    )
    for order in ordered:
        doubt = f"有一段像是写给机器的指令（“{order}”），这一段没有收，其余照收；请核对原文"
        yield Problem(raw.where, doubt, taken=True)
    for doubt in _doubts(data, office):
        yield Problem(raw.where, doubt, taken=True)


def _with_id(values: dict[str, Any]) -> dict[str, Any]:
    """The values, with the document's number as id where a source has no other."""
    if values.get("id") in _EMPTY and values.get("part_of") not in _EMPTY:
        return {**values, "id": values["part_of"], "part_of": ""}
    return values


def _faults(error: ValidationError) -> Iterator[str]:
    """What is wrong with an entry, each fault in an editor's words."""
    for detail in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in detail["loc"])
        said = detail["msg"].removeprefix("Value error, ")
        said = _FAULTS.get(detail["type"], said)
        said = "写法看不懂" if said.startswith(_NOT_OURS) else said
        called = f"{_CALLED[place]}（{place}）" if place in _CALLED else place
        yield f"{called}：{said}" if place else said


def _sections(data: EntryIn, statute: Sequence[tuple[str, str]]) -> list[Section]:
    """The sections given, with the text before them; where there are none, a statute's articles."""
    law = data.kind is Kind.STATUTE  # a chapter on 法律责任 is no article's aspect

    def section(heading: str, text: str) -> Section:
        return Section(heading, text, "" if law else aspect_of_heading(heading))

    given = [section(heading, text) for heading, text in data.sections if text.strip()]
    if statute and not given:
        return [Section(heading, text) for heading, text in statute]
    return [section(data.heading, data.text), *given] if data.text else given


def _doubts(data: EntryIn, office: str | None) -> Iterator[str]:
    """What an editor should look at again though the entry is taken; ``office``: the region its
    issuer belongs to, if it tells."""
    if data.effective_from is None:
        yield "没有写生效日期（effective_from），当作一直有效"
    if data.region is None:
        doubt = taken_for(office, "发布机关", data.issuer) if office else ""
        yield doubt or "没有写地区（region），不限地区"
    elif not gazetteer().has(data.region):
        yield f"区划表里没有代码 {data.region}，照写的收了，请核对"
    elif office and not (within(data.region, office) or within(office, data.region)):
        where = gazetteer().name(office)
        yield f"地区写的是 {data.region}，发布机关“{data.issuer}”却属于{where}，请核对"


def _kind(statute: object, fields: object) -> Kind:
    return Kind.STATUTE if statute else Kind.SERVICE if fields else Kind.GUIDE


# What a form asks by yes or no, said under the label people see.
_YES_OR_NO = {"fee": {"否": "不收费", "是": "收费", "无": "不收费"}}
_WORDS = re.compile("[一-鿿]")
_NAME = re.compile(r"name|title|名称", re.I)
_COUNT = re.compile(r"num|count|copies|份数|数量", re.I)
_LISTED = re.compile(r"\s*[|｜]+\s*")  # how databases put several things into one cell
_DAYS = re.compile(r"^(\d+)\s*[（(]\s*(工作日|自然日|天|个工作日)\s*[)）]$")


def _item(value: Any) -> str:
    """One of several things of a fact; of one that has parts (a material's name, its form, where it
    comes from) what is said in words, and how many."""
    if not isinstance(value, Mapping):
        return str(value).strip()
    said = {str(key): str(part).strip() for key, part in value.items() if part not in _EMPTY}
    words = {key: part for key, part in said.items() if _WORDS.search(part)}
    name = next((key for key in words if _NAME.search(key)), next(iter(words), ""))
    many = [f"{n}份" for key, n in said.items() if _COUNT.search(key) and n.isdigit()]
    beside = "，".join([*many[:1], *(part for key, part in words.items() if key != name)])
    return f"{words[name]}（{beside}）" if name and beside else words.get(name, "")


def _facts(values: Mapping[str, Any]) -> tuple[tuple[Field, ...], list[Section]]:
    fields: list[Field] = []
    sections: list[Section] = []
    for key, (label, aspect) in fact_labels().items():
        value = values.get(key)
        if value is None or value == "" or value == []:
            continue
        if isinstance(value, (list, tuple)):
            items = [said for v in value if (said := _item(v))]
            text = "\n".join(f"{n}. {v}" for n, v in enumerate(items, 1))
        elif isinstance(value, str) and len(items := _LISTED.split(value.strip())) > 1:
            text = "\n".join(f"{n}. {v}" for n, v in enumerate(filter(None, items), 1))
        else:
            value = _YES_OR_NO.get(key, {}).get(str(value).strip(), value)
            text = _DAYS.sub(r"\1个\2", str(value).strip().removeprefix(f"{label}："))
            text = text.replace("个个", "个").replace("个天", "天")
        fields.append(Field(key, label, text))
        sections.append(Section(label, text, aspect))
    return tuple(fields), sections
