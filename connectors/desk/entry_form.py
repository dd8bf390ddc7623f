"""An entry as the editor's form shows it, and what the form says as an entry's fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from connectors import logs
from connectors.store.gaps import Gap
from knowledge.documents.written import body_of, facts_of, read_facts, sections_of
from knowledge.model import Entry
from knowledge.sources.values import as_kind, words_of_region

PLAIN = (
    "id", "title", "kind", "issuer", "document", "document_number", "region", "audience", "topics",
    "aliases", "questions", "effective_from", "effective_to", "supersedes", "link", "keeper",
    "part_of",
)  # fmt: skip
DRAFT_QUESTIONS = 20


def values_of(form: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the form as front matter would have them.  Raises :class:`ValueError`."""
    values: dict[str, Any] = {key: form[key] for key in PLAIN if form.get(key, "").strip()}
    body = form.get("text", "").replace("\r\n", "\n")
    values["sections"] = sections_of(body, str(as_kind(form.get("kind", "").strip()) or ""))
    if form.get("sample"):
        values["sample"] = True
    return {**read_facts(form.get("facts", "").replace("\r\n", "\n")), **values}


def shown(entry: Entry) -> dict[str, str]:
    """An entry as the form shows it."""
    return {
        "id": entry.id,
        "title": entry.title,
        "kind": entry.kind.value,
        "issuer": entry.issuer,
        "document": entry.document,
        "document_number": entry.document_number,
        "region": words_of_region(entry.region),
        "audience": "、".join(entry.audience.names),
        "topics": "、".join(entry.topics),
        "aliases": "、".join(entry.aliases),
        "questions": "\n".join(entry.questions),
        "effective_from": entry.effective_from.isoformat() if entry.effective_from else "",
        "effective_to": entry.effective_to.isoformat() if entry.effective_to else "",
        "supersedes": "、".join(entry.supersedes),
        "link": entry.link,
        "keeper": entry.keeper,
        "part_of": entry.part_of,
        "sample": "1" if entry.sample else "",
        "facts": facts_of(entry),
        "text": body_of(entry),
    }


def changes(old: Entry, new: Entry) -> list[tuple[str, str, str]]:
    """The lines an entry has lost ("-") and gained ("+") since: each with its field, in order."""
    before, after = _lines(old), _lines(new)
    found: list[tuple[str, str, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            found += [("-", *line) for line in before[a:b]] + [("+", *line) for line in after[c:d]]
    return found


def _lines(entry: Entry) -> list[tuple[str, str]]:
    fields = shown(entry)
    order = ("text", "facts", *(key for key in fields if key not in ("text", "facts")))
    return [(key, line) for key in order for line in fields[key].splitlines() if line.strip()]


def drafted(gaps: Sequence[Gap]) -> dict[str, str]:
    """A form filled with what is known of a group of gaps: how people ask, and where."""
    if not gaps:
        return {}
    asked = list(dict.fromkeys(logs.mask(gap.question) for gap in gaps))[:DRAFT_QUESTIONS]
    regions = {gap.region for gap in gaps}
    return {
        "id": f"faq-{gaps[0].at:%Y%m%d}-{min(gap.id for gap in gaps)}",
        "title": asked[0].rstrip("？?。！! "),
        "kind": "faq",
        "questions": "\n".join(asked),
        "region": words_of_region(regions.pop() or "") if len(regions) == 1 else "",
        "gaps": ",".join(str(gap.id) for gap in gaps),
    }


def pieces(text: str, marks: Sequence[Sequence[int]]) -> list[tuple[str, bool]]:
    """A quotation in pieces, each with whether it is marked."""
    found: list[tuple[str, bool]] = []
    at = 0
    for start, end in marks:
        found += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [(words, marked) for words, marked in [*found, (text[at:], False)] if words]
