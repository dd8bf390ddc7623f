"""Labelled questions: what a file of them holds, however it writes it, and what it cannot mean."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from knowledge.query import AudienceName, Query
from knowledge.sources.days import as_day
from knowledge.sources.decode import UnreadableError, read_text
from knowledge.sources.values import as_region

_OTHER_NAMES = {
    "question": ("query", "q", "问题", "提问"),
    "gold": (
        *("golds", "gold_id", "gold_ids", "gold_entries", "entry_ids", "entry_id", "gold_docs"),
        *("gold_doc", "doc_ids", "doc_id", "answer_ids", "answer_id", "match_ids", "match_id"),
        *("relevant_ids", "relevant_docs", "positive_ids", "条目编号", "答案编号"),
    ),
    "answer": ("answers", "passage", "evidence", "答案"),
    "date": ("on", "day", "日期"),
}
_NOTHING = frozenset({"", "none", "null", "无"})
_NAMED = 3  # examples of a kind of mistake


class QuestionsError(Exception):
    """A file of questions that can't be used; the message names the line and the mistake."""


def _strings(value: Any) -> Any:
    """One or many, numbers or names, or things with an ``id`` or a ``content``, as strings."""
    if value is None:
        return ()
    if isinstance(value, (str, int)):
        value = [value]
    if not isinstance(value, (list, tuple)):
        return value
    found = []
    for one in value:
        if isinstance(one, Mapping):
            if one.get("role") in ("assistant", "bot", "system"):
                continue
            one = one.get("id") or one.get("content") or one.get("text") or ""
        found.append(str(one).strip())
    return tuple(one for one in found if one.lower() not in _NOTHING)


def _text(value: Any) -> Any:
    """A text, or the first of several, also in an object that has it as ``text``."""
    while isinstance(value, (list, tuple, Mapping)) and value:
        value = value.get("text", "") if isinstance(value, Mapping) else value[0]
    return "" if value is None or value in ([], (), {}) else value


Strings = Annotated[tuple[str, ...], BeforeValidator(_strings)]


class Labelled(BaseModel):
    """One labelled question.  Empty ``gold`` means it must not be answered; ``answer`` is the text
    that a passage must hold to be the right one of a long entry, ``kind`` what sort of message it
    is, for refusals to be counted by."""

    model_config = ConfigDict(extra="allow", coerce_numbers_to_str=True)

    id: str = ""
    question: str
    gold: Strings = ()
    answer: Annotated[str, BeforeValidator(_text)] = ""
    kind: str = ""
    region: Annotated[str | None, BeforeValidator(as_region)] = None
    audience: AudienceName | None = None
    date_: Annotated[date | None, BeforeValidator(as_day)] = Field(default=None, alias="date")
    history: Strings = ()

    @model_validator(mode="before")
    @classmethod
    def _named(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            raise ValueError("应是一个 {…}")
        values = dict(values)
        for name, others in _OTHER_NAMES.items():
            other = next((one for one in others if one in values), None)
            if other and name not in values:
                values[name] = values.pop(other)
        return {key: value for key, value in values.items() if value is not None or key == "gold"}

    @field_validator("question")
    @classmethod
    def _said(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("是空的")
        return value

    @field_validator("audience", mode="before")
    @classmethod
    def _audience(cls, value: Any) -> Any:
        if value in ("firm", "company", "企业", "法人"):
            return "enterprise"
        if value in ("个人", "citizen", "自然人"):
            return "person"
        return None if value in ("", "both", "all") else value

    def query(self, today: date) -> Query:
        return Query(self.question, self.date_ or today, self.region, self.audience, self.history)


def read_questions(path: Path, doubts: list[str] | None = None) -> list[Labelled]:
    """Labelled questions of a file of JSON lines, or of one list.

    One without an id is called by its line.  Lines that cannot be used are told in ``doubts`` and
    left out; without it the first raises :class:`QuestionsError`, as does a file without any
    question or any gold.
    """
    try:
        text = read_text(path)
    except UnreadableError as error:
        raise QuestionsError(f"{path}：{error}") from error
    found: list[Labelled] = []
    bare: list[int] = []
    for number, made in _made(text):
        if isinstance(made, str):
            said = f"{path}:{number}：这一行不能用（{made}）"
            if doubts is None:
                raise QuestionsError(said)
            doubts.append(said)
            continue
        found.append(made if made.id else made.model_copy(update={"id": str(number)}))
        if "gold" not in made.model_fields_set:
            bare.append(number)
    if not found:
        raise QuestionsError(
            f"{path}：没有能用的问题" + "".join(f"\n{d}" for d in doubts or ())[:500]
        )
    if len(bare) == len(found):
        has = "、".join([*found[0].model_fields_set, *(found[0].model_extra or {})])
        raise QuestionsError(
            f"{path}：没有一行写了 gold：该答的写条目编号，不该回答的写 []；现有字段：{has}"
        )
    if bare and doubts is not None:
        doubts.append(f"{path}：{len(bare)} 行没有 gold，按不该回答算（行号 {_some(bare)}）")
    return found


def _made(text: str) -> Iterator[tuple[int, Labelled | str]]:
    """Each question with its line, or why there is none."""
    if text.lstrip().startswith("["):
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            yield error.lineno, "不是完整的 JSON"
            return
        yield from ((n, _labelled(value)) for n, value in enumerate(values, 1))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, _labelled(json.loads(line))
            except json.JSONDecodeError:
                yield number, "不是一行完整的 JSON"


def _labelled(value: Any) -> Labelled | str:
    try:
        return Labelled.model_validate(value)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in detail["loc"])
        said = detail["msg"].removeprefix("Value error, ")
        said = "缺少" if detail["type"] == "missing" else said
        said = "应是 person 或 enterprise" if place == "audience" else said
        return f"{place}：{said}" if place else said


def _some(things: Sequence[object]) -> str:
    shown = "、".join(str(thing) for thing in things[:_NAMED])
    return shown + (" 等" if len(things) > _NAMED else "")
