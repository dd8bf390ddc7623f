"""XML as Open311 writes it: read without a document type, so without entities; written escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape

DEEPEST = 12  # levels of elements

Record = Mapping[str, Any]
_NOT_XML = {c: None for c in range(32) if c not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


class NotXml(ValueError):
    """No XML, or none that is read here."""


class Element:
    """An element: its name, its words, its children."""

    __slots__ = ("children", "name", "words")

    def __init__(self, name: str) -> None:
        self.name = name
        self.words = ""
        self.children: list[Element] = []

    def said(self, name: str) -> str:
        """The words of the first child of that name; "" when there is none."""
        return next((c.words.strip() for c in self.children if c.name == name), "")

    def all(self, name: str) -> list[Element]:
        """Every element of that name below this one, however deep."""
        found = [c for c in self.children if c.name == name]
        return [*found, *(e for c in self.children if c.name != name for e in c.all(name))]


def read(body: bytes) -> Element:
    """The root of a document. Raises :class:`NotXml`; one with a document type is refused."""
    parser = expat.ParserCreate()
    root = Element("")
    stack = [root]

    def start(name: str, _attributes: object) -> None:
        if len(stack) > DEEPEST:
            raise NotXml("too deep")
        element = Element(name.rpartition(":")[2])
        stack[-1].children.append(element)
        stack.append(element)

    def words(data: str) -> None:
        stack[-1].words += data

    def refuse(*_: object) -> NoReturn:
        raise NotXml("a document type is not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: stack.pop()
    parser.CharacterDataHandler = words
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(body, True)
    except NotXml:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:  # the latter: of odd encodings
        raise NotXml(str(error)) from None
    return root.children[0]


def write(root: str, item: str, records: Sequence[Record]) -> str:
    """``<root><item>…</item>…</root>`` with an element for every key of each record."""
    inner = "".join(f"<{item}>{_inside(record)}</{item}>" for record in records)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>{inner}</{root}>'


def document(root: str, record: Record) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>{_inside(record)}</{root}>'


_MANY = {
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}


def _inside(record: Record) -> str:
    return "".join(f"<{key}>{_value(key, value)}</{key}>" for key, value in record.items())


def _value(key: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            one = _MANY[key]
            return "".join(f"<{one}>{_value(one, item)}</{one}>" for item in value)
        case dict():
            return _inside(value)
        case _:
            return escape(str(value).translate(_NOT_XML))
