"""What a knowledge base is made of: entries, their sections, and the passages cut from them.

Everything here is frozen and knows no file format, no index and no database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import IntFlag, StrEnum
from typing import NewType

EntryId = NewType("EntryId", str)
RegionCode = NewType("RegionCode", str)

NATIONAL = RegionCode("000000")
"""Our code for a rule of the whole country; GB/T 2260 itself begins at the provinces."""


class Audience(IntFlag):
    """Whom a rule is for; a bit set, because most rules are for both."""

    PERSON = 1
    ENTERPRISE = 2
    BOTH = 3

    @property
    def names(self) -> tuple[str, ...]:
        """The audiences as the words used in files and queries."""
        both = ((Audience.PERSON, "person"), (Audience.ENTERPRISE, "enterprise"))
        return tuple(name for bit, name in both if self & bit)


class Kind(StrEnum):
    """What sort of text an entry is; it decides how it is cut and how boldly it is asserted."""

    GUIDE = "guide"
    SERVICE = "service"
    STATUTE = "statute"
    FAQ = "faq"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an entry under one heading, as the source has it.  ``heading`` may be empty.

    ``key`` names the aspect it settles (``materials``, ``fee`` …) where that is known.
    """

    heading: str
    text: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One fact of a service item that is shown as a row: key, label to show, value."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule, guide, article or question with its answer, in one version.

    ``effective_from`` and ``effective_to`` are both days on which it holds; ``None`` is open.
    ``supersedes`` names the entries this one replaces from its first day on.
    ``questions`` are other ways to ask for it; they are searched, never shown as the rule.
    ``part_of``: the document it is a piece of, by the id the source gives it, "" if it is whole.
    ``origin``: the file (and row) it was read from, for reports; no part of its content.
    """

    id: EntryId
    title: str
    sections: tuple[Section, ...]
    kind: Kind = Kind.GUIDE
    issuer: str = ""
    document: str = ""
    document_number: str = ""
    region: RegionCode = NATIONAL
    audience: Audience = Audience.BOTH
    topics: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    supersedes: tuple[EntryId, ...] = ()
    link: str = ""
    keeper: str = ""
    fields: tuple[Field, ...] = field(default=())
    sample: bool = False
    part_of: str = ""
    origin: str = ""

    @property
    def text(self) -> str:
        """All the words of the entry that may be shown, headings included."""
        return "\n".join(part for s in self.sections for part in (s.heading, s.text) if part)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of one section that fits on a screen: what is ranked and what is quoted.

    ``start`` and ``end`` are character offsets of ``text`` in the section's text, so a quote
    can be checked byte for byte.  ``number`` counts passages within the entry from 0.
    """

    entry: EntryId
    number: int
    heading: str
    text: str
    key: str = ""
    section: int = 0
    start: int = 0
    end: int = 0

    @property
    def id(self) -> str:
        return f"{self.entry}#{self.number}"
