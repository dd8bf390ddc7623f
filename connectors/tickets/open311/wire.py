"""What an Open311 server answers, read from JSON or XML into one form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from actions.work_orders.tickets import TicketError, Unreachable
from connectors.clock import CHINA
from connectors.outward import Answer, pause
from connectors.tickets import answers
from connectors.tickets.answers import by_status, detail
from connectors.tickets.open311 import xml

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of request a server takes. ``metadata``: it has attributes to be asked for."""

    code: str
    name: str
    group: str = ""
    keywords: str = ""
    description: str = ""
    metadata: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something a server wants to know of requests of one service."""

    code: str
    datatype: str
    required: bool
    variable: bool
    description: str
    values: tuple[tuple[str, str], ...] = ()  # (key, name)


def records(answer: Answer, item: str, now: datetime) -> list[Record]:
    """The records of a success, each key with its words. Raises :class:`TicketError`."""
    if not 200 <= answer.status < 300:
        raise failure(answer, now)
    body = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body.startswith(b"<"):
        root = _xml(body)
        if root.name == "errors":
            raise _inside(root.all("error"), answer.status)
        elements = [root] if root.name == item else root.all(item)
        return [dict(_leaves(e)) for e in elements]
    found, readable = answers.parsed(body)
    if not readable:
        raise Unreachable("an answer that is neither JSON nor XML")
    listed = _listed(found, item)
    if listed and "code" in listed[0] and "description" in listed[0] and len(listed[0]) <= 3:
        code, words = str(listed[0]["code"]), str(listed[0]["description"])
        if code.isdigit() and int(code) >= 400:
            raise by_status(int(code))(detail(f"code {code}", words))
    if (wrong := answers.inside(found)) is not None and item not in found:
        kind = by_status(int(wrong[0])) if _is_status(wrong[0]) else answers.ErrorInside
        raise kind(detail(f"code {wrong[0]}", wrong[1]))
    return [_flat(one) for one in listed]


def _leaves(element: xml.Element) -> Iterator[tuple[str, str]]:
    """Name and words of what has no elements inside; one level deeper with the name before it."""
    for child in element.children:
        if not child.children:
            yield child.name, child.words.strip()
        for inner in child.children:
            yield f"{child.name}.{inner.name}", inner.words.strip()


def _flat(one: Mapping[str, Any]) -> dict[str, str]:
    found = {key: _words(value) for key, value in one.items() if not isinstance(value, dict)}
    for key, value in one.items():
        if isinstance(value, dict):
            found |= {f"{key}.{inner}": _words(said) for inner, said in value.items()}
    return found


def definition(answer: Answer, now: datetime) -> tuple[Attribute, ...]:
    """The attributes of a service definition. Raises :class:`TicketError`."""
    if not 200 <= answer.status < 300:
        raise failure(answer, now)
    body = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body.startswith(b"<"):
        return tuple(
            Attribute(
                e.said("code"),
                e.said("datatype").lower(),
                _true(e.said("required")),
                e.said("variable").lower() != "false",
                e.said("description"),
                tuple((v.said("key"), v.said("name")) for v in e.all("value")),
            )
            for e in _xml(body).all("attribute")
        )
    found, readable = answers.parsed(body)
    if not readable:
        raise Unreachable("an answer that is neither JSON nor XML")
    if isinstance(found, list):
        found = found[0] if found else {}
    listed = found.get("attributes") if isinstance(found, dict) else None
    return tuple(
        Attribute(
            _words(a.get("code")),
            _words(a.get("datatype")).lower(),
            _true(a.get("required")),
            _words(a.get("variable")).lower() != "false",
            _words(a.get("description")),
            tuple(
                (_words(v.get("key")), _words(v.get("name")))
                for v in a.get("values") or ()
                if isinstance(v, dict)
            ),
        )
        for a in listed or ()
        if isinstance(a, dict)
    )


def services(answer: Answer, now: datetime) -> tuple[Service, ...]:
    """The services a server names. Raises :class:`TicketError`."""
    return tuple(
        Service(
            one["service_code"],
            one.get("service_name", ""),
            one.get("group", ""),
            one.get("keywords", ""),
            one.get("description", ""),
            _true(one.get("metadata", "")),
        )
        for one in records(answer, "service", now)
        if one.get("service_code")
    )


def endpoint(answer: Answer, now: datetime) -> str:
    """The address of GeoReport v2 in a discovery document. Raises :class:`TicketError`."""
    body = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if 200 <= answer.status < 300 and not body.startswith(b"<"):
        found, _ = answers.parsed(body)
        listed = found.get("endpoints") if isinstance(found, dict) else None
        told = [{k: _words(v) for k, v in e.items()} for e in listed or () if isinstance(e, dict)]
    else:
        told = [dict(one) for one in records(answer, "endpoint", now)]
    fits = [
        e for e in told if e.get("url") and "georeport_v2" in e.get("specification", "").lower()
    ]
    fits.sort(key=lambda e: e.get("type") != "production")
    if not fits:
        raise Unreachable("the discovery document names no GeoReport v2 endpoint")
    return fits[0]["url"].rstrip("/")


def failure(answer: Answer, now: datetime) -> TicketError:
    """What an answer says that is no success: the standard's errors, or ``{code, detail}``."""
    words, body = "", answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body.startswith(b"<"):
        try:
            told = xml.read(body).all("error")
        except xml.NotXml:
            told = []
        words = told[0].said("description") if told else ""
    else:
        found, _ = answers.parsed(body)
        if isinstance(found, list):
            found = found[0] if found and isinstance(found[0], dict) else {}
        if isinstance(found, dict):
            told_so = found.get("description") or found.get("detail") or found.get("message")
            words = _words(told_so) or (answers.inside(found) or ("", ""))[1]
    wait = pause(answer.headers, now, answers.LONGEST)
    return by_status(answer.status)(detail(f"status {answer.status}", words), wait)


def moment(written: str) -> datetime | None:
    """A time with its zone; one without is taken for China's. None when it cannot be read."""
    try:
        read = datetime.fromisoformat(written.strip())
        return (read if read.tzinfo else read.replace(tzinfo=CHINA)).astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: the first or the last day there is
        return None


def _xml(body: bytes) -> xml.Element:
    try:
        return xml.read(body)
    except xml.NotXml as error:
        raise Unreachable(f"XML that cannot be read: {error}") from None


def _inside(told: list[xml.Element], status: int) -> TicketError:
    code = told[0].said("code") if told else ""
    words = told[0].said("description") if told else ""
    kind = by_status(int(code)) if _is_status(code) else answers.ErrorInside
    return kind(detail(f"status {status}, code {code}", words))


def _is_status(code: str) -> bool:
    return code.isdigit() and 300 <= int(code) < 600


def _listed(found: Any, item: str) -> list[dict[str, Any]]:
    """The objects of an answer: a list, an object with a list in it, or one object alone."""
    if isinstance(found, dict):
        inner = found.get(item) or found.get(f"{item}s") or found.get("service_requests")
        found = inner if isinstance(inner, list) else [found]
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _words(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value.strip()
        case int() | float():
            return str(value)
    return ""


def _true(value: Any) -> bool:
    return _words(value).lower() in ("true", "1", "yes")
