"""An entry as an editor writes it: fields and a body with headings, and back without loss."""

from __future__ import annotations

import re
from typing import Any

import yaml

from knowledge.lexicon import fact_labels
from knowledge.lexicon.columns import part_named
from knowledge.model import Entry, Kind, Section
from knowledge.sources.sections import split_sections
from knowledge.sources.statute import articles_of


def body_of(entry: Entry) -> str:
    """The sections under their headings; those that the facts make are left to the facts."""
    made = {(field.label, field.value) for field in entry.fields}
    kept = [one for one in entry.sections if (one.heading, one.text) not in made]
    if entry.kind is Kind.STATUTE and articles_of("\n".join(one.text for one in kept)):
        return _articles(kept)
    return "\n\n".join(_section(one) for one in kept)


def sections_of(body: str, kind: str) -> tuple[tuple[str, str], ...]:
    """(heading, text) of each section of a body as :func:`body_of` wrote it."""
    articles = articles_of(body) if kind in ("", Kind.STATUTE) else ()
    return articles or split_sections(body)[1]


def _articles(sections: list[Section]) -> str:
    """Articles begin with their number; the chapter stands above the first of its articles."""
    parts: list[str] = []
    chapter = ""
    for one in sections:
        above, _, _ = one.heading.rpartition(" ")
        if above and above != chapter:
            parts.append(above)
        chapter = above
        parts.append(one.text)
    return "\n\n".join(parts)


def _section(section: Section) -> str:
    return f"## {section.heading}\n{section.text}" if section.heading else section.text


def facts_of(entry: Entry) -> str:
    """The facts, one a line; a fact of several lines goes on until the next begins."""
    return "\n".join(f"{field.label}：{field.value}" for field in entry.fields)


def read_facts(text: str) -> dict[str, str]:
    """What :func:`facts_of` wrote, by the label each line begins with.

    A line that begins with no label goes on with the fact before it; before the first, any name is
    taken for a label, so that a misspelt one is reported and not lost.
    """
    facts: dict[str, str] = {}
    last = ""
    for line in filter(None, map(str.rstrip, text.splitlines())):
        label, sign, value = (*re.split("([:：])", line, maxsplit=1), "", "")[:3]
        part = part_named(label) if sign else None
        if part and part[0] in fact_labels():
            last = label.strip()
            facts[last] = value.strip()
        elif last:
            facts[last] = f"{facts[last]}\n{line}".strip()
        elif sign and value.strip():
            facts[label.strip()] = value.strip()
    return facts


def as_markdown(entry: Entry) -> str:
    """The entry as a file that ingest takes as the same entry."""
    head: dict[str, Any] = {
        "id": entry.id,
        "title": entry.title,
        "kind": entry.kind.value,
        "issuer": entry.issuer,
        "document": entry.document,
        "document_number": entry.document_number,
        "region": entry.region,
        "audience": list(entry.audience.names),
        "topics": list(entry.topics),
        "aliases": list(entry.aliases),
        "questions": list(entry.questions),
        "effective_from": entry.effective_from,
        "effective_to": entry.effective_to,
        "supersedes": list(entry.supersedes),
        "link": entry.link,
        "keeper": entry.keeper,
        "sample": entry.sample,
        "part_of": entry.part_of,
        "facts": {field.key: field.value for field in entry.fields},
    }
    said = {key: value for key, value in head.items() if value not in ("", None, [], {}, False)}
    front = yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=100)
    return f"---\n{front}---\n{body_of(entry)}\n"
