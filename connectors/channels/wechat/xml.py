"""WeChat's XML to plain fields and back.

It has one shape: an element of elements, in the same names as its JSON. A document with a DOCTYPE
is refused before anything in it could be expanded or fetched, so there are no entities but the five
of XML itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, TypeAlias
from xml.parsers import expat  # nosec: no DOCTYPE is let in
from xml.sax.saxutils import escape

Value: TypeAlias = "str | int | float | bool | Fields | list[Value] | None"
Fields: TypeAlias = dict[str, Value]

DEEP = 8  # elements in each other; the platform's events have four
MANY = 2000  # elements in a document; the longest event has some hundred


class NotOurXml(ValueError):
    """It is no XML, or not of the platform's shape; the text says what is wrong with it."""


class _Builder:
    """Gathers elements into fields; an element that stands there again makes a list."""

    def __init__(self) -> None:
        self.root: tuple[str, Value] | None = None
        self._open: list[tuple[str, list[str], Fields]] = []
        self._count = 0

    def start(self, name: str, _attributes: object) -> None:
        self._count += 1
        if len(self._open) >= DEEP or self._count > MANY:
            raise NotOurXml("too many elements, or too deep in each other")
        self._open.append((name, [], {}))

    def data(self, text: str) -> None:
        self._open[-1][1].append(text)

    def end(self, _name: str) -> None:
        name, texts, inner = self._open.pop()
        value: Value = inner or "".join(texts)
        if not self._open:
            self.root = (name, value)
            return
        around = self._open[-1][2]
        if name not in around:
            around[name] = value
            return
        there = around[name]
        around[name] = [*there, value] if isinstance(there, list) else [there, value]


def _no_doctype(*_: object) -> NoReturn:
    raise NotOurXml("a DOCTYPE is never accepted")


def parse(document: bytes) -> Fields:
    """The fields inside the root element ``xml``. Raises :class:`NotOurXml`."""
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.buffer_text = True
    try:
        parser.Parse(document, True)
    except NotOurXml:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:  # the latter: of odd encodings
        raise NotOurXml(f"no well-formed XML: {error}") from None
    name, value = builder.root or ("", "")
    if name != "xml" or not isinstance(value, dict):
        raise NotOurXml("the root element is not <xml> with fields in it")
    return value


def write(fields: Mapping[str, str | int]) -> bytes:
    """A document of the platform's shape: numbers as they are, texts as CDATA."""
    inner = "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>".encode()


def _value(value: str | int) -> str:
    return escape(str(value)) if isinstance(value, int) else cdata(value)


def cdata(text: str) -> str:
    """The text as CDATA; ``]]>`` in it is divided over two, or it would end the first."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
