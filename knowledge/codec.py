"""Entries as JSON and back: the one shape used in the store and inside index segments."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from typing import Any

from knowledge.model import Audience, Entry, EntryId, Field, Kind, RegionCode, Section

_ID = re.compile(rb'\{"id":("(?:[^"\\]|\\.)*")')


def entry_to_json(entry: Entry) -> str:
    """Canonical JSON: same entry, same text, so its hash decides whether anything changed.

    Where it was read from is left out: moving a folder makes no version.
    """
    data: dict[str, Any] = {
        "id": entry.id,
        "title": entry.title,
        "sections": [[s.heading, s.text, s.key] for s in entry.sections],
        "kind": entry.kind.value,
        "issuer": entry.issuer,
        "document": entry.document,
        "document_number": entry.document_number,
        "region": entry.region,
        "audience": int(entry.audience),
        "topics": entry.topics,
        "aliases": entry.aliases,
        "questions": entry.questions,
        "from": entry.effective_from.isoformat() if entry.effective_from else None,
        "to": entry.effective_to.isoformat() if entry.effective_to else None,
        "supersedes": entry.supersedes,
        "link": entry.link,
        "keeper": entry.keeper,
        "fields": [[f.key, f.label, f.value] for f in entry.fields],
        "sample": entry.sample,
        **({"part_of": entry.part_of} if entry.part_of else {}),
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def entry_from_json(text: str | bytes) -> Entry:
    """The entry that :func:`entry_to_json` wrote."""
    data = json.loads(text)
    return Entry(
        id=EntryId(data["id"]),
        title=data["title"],
        sections=tuple(Section(*part) for part in data["sections"]),
        kind=Kind(data["kind"]),
        issuer=data["issuer"],
        document=data["document"],
        document_number=data["document_number"],
        region=RegionCode(data["region"]),
        audience=Audience(data["audience"]),
        topics=tuple(data["topics"]),
        aliases=tuple(data["aliases"]),
        questions=tuple(data["questions"]),
        effective_from=date.fromisoformat(data["from"]) if data["from"] else None,
        effective_to=date.fromisoformat(data["to"]) if data["to"] else None,
        supersedes=tuple(EntryId(other) for other in data["supersedes"]),
        link=data["link"],
        keeper=data["keeper"],
        fields=tuple(Field(*row) for row in data["fields"]),
        sample=data["sample"],
        part_of=data.get("part_of", ""),
    )


def id_in_json(text: bytes) -> EntryId:
    """The id of an entry that :func:`entry_to_json` wrote, which stands first."""
    found = _ID.match(text)
    if found is None:
        raise ValueError("no entry's JSON")
    return EntryId(json.loads(found[1]))


def content_hash(text: str | bytes) -> str:
    """SHA-256 of an entry's JSON."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
