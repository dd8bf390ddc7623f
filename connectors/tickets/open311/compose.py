"""A work order as an Open311 request: its service, its fields, its attributes, its description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from actions.work_orders.reach import Notify
from actions.work_orders.steps import units
from actions.work_orders.tickets import Change, ChangeKind, OrderRefused, Papers
from connectors.clock import in_china
from connectors.settings.tickets import Open311System
from connectors.store.work_orders import WorkOrder
from connectors.texts import Texts
from connectors.tickets.open311.wire import Attribute, Service

DESCRIPTION_MOST = 4000  # characters, by the standard
_OTHER = ("其他", "其它", "other")


def service_of(order: WorkOrder, services: Sequence[Service], settings: Open311System) -> Service:
    """The service of an order: configured by its category, or named like it. Raises
    :class:`OrderRefused` when there is none."""
    path, known = order.filed.category, {one.code: one for one in services}
    for depth in range(len(path), 0, -1):
        code = settings.services.get("/".join(path[:depth]))
        if code is not None:
            return _found(known, code)
    for name in reversed(path):
        named = [one for one in services if one.name == name]
        narrow = [one for one in named if one.group in path] or named
        if len(narrow) == 1:
            return narrow[0]
    if settings.default_service is not None:
        return _found(known, settings.default_service)
    raise OrderRefused(
        f"no service for {'/'.join(path) or 'an order without category'}: "
        "set services or default_service of the system"
    )


def _found(known: Mapping[str, Service], code: str) -> Service:
    if code not in known:
        raise OrderRefused(f"the server has no service {code!r}; mend services in the settings")
    return known[code]


def fields(order: WorkOrder, papers: Papers, texts: Texts, city: str) -> dict[str, str]:
    """The request's own fields, without key, service and attributes."""
    filed = order.filed
    given: dict[str, str] = {"description": description(order, papers, texts)}
    if filed.latitude is not None and filed.longitude is not None:
        given |= {"lat": f"{filed.latitude:.6f}", "long": f"{filed.longitude:.6f}"}
    given["address_string"] = filed.place_text or city
    if not filed.anonymous:
        given["last_name"] = filed.contact_name or ""
        given["phone"] = filed.contact_phone or ""
    if papers.files:
        given["media_url"] = papers.files[0].url
    return {key: value for key, value in given.items() if value}


def description(order: WorkOrder, papers: Papers, texts: Texts) -> str:
    """What the order says, in at most 4,000 characters; our number stands in it, so that it can be
    found again, and the place, since servers lose it."""
    filed, say = order.filed, texts.say
    lines = [
        say("ticket_place", place=filed.place_text) if filed.place_text else "",
        say("ticket_time", time=filed.time_text) if filed.time_text else "",
        say("ticket_subject", subject=filed.subject) if filed.subject else "",
        say("ticket_wanted", wanted=filed.wanted) if filed.wanted else "",
        say("ticket_enterprise", name=filed.enterprise, code=filed.credit_code or "")
        if filed.enterprise
        else "",
        say("ticket_confidential") if filed.confidential else "",
        say("ticket_unit", unit=units(texts, filed.suggested_unit, filed.suggested_helpers))
        if filed.suggested_unit
        else "",
        say("ticket_transcript", url=papers.transcript) if papers.transcript else "",
        *(say("ticket_file", url=one.url) for one in papers.files[:9]),
        say("ticket_number", number=order.number),
    ]
    foot = "\n".join(line for line in lines if line)[: DESCRIPTION_MOST // 2]
    head = f"{filed.title}\n{filed.content}"
    room = DESCRIPTION_MOST - len(foot) - 1
    if len(head) > room:
        head = head[: room - 1] + "…"
    return f"{head}\n{foot}"


def attributes(
    order: WorkOrder, wanted: Sequence[Attribute], settings: Open311System
) -> dict[str, str]:
    """The answers to a service's attributes, as ``attribute[code]``. Raises :class:`OrderRefused`
    when one that is required cannot be answered."""
    given = {}
    for one in wanted:
        if not one.variable:
            continue
        value = _answer(order, one, settings.attributes.get(one.code, one.code))
        if value:
            given[f"attribute[{one.code}]"] = value
        elif one.required:
            raise OrderRefused(
                f"attribute {one.code!r} is required and not known; set attributes.{one.code}"
            )
    return given


def _answer(order: WorkOrder, attribute: Attribute, source: str) -> str:
    filed = order.filed
    known = {
        "time": filed.time_text,
        "place": filed.place_text,
        "region": filed.place_region,
        "subject": filed.subject,
        "wanted": filed.wanted,
        "enterprise": filed.enterprise,
        "credit_code": filed.credit_code,
        "kind": filed.kind,
        "urgency": filed.urgency,
        "unit": filed.suggested_unit,
        "helpers": "、".join(filed.suggested_helpers),
        "number": order.number,
        "notify": Notify.CALLER.value,  # of another Huiying: we tell and ask our person ourselves
    }
    said = source[1:] if source.startswith("=") else known.get(source) or ""
    if attribute.values:
        return _choice(attribute, said or f"{filed.title}\n{filed.content}")
    if attribute.datatype == "datetime":
        moment = filed.time_from or (order.created_at if attribute.required else None)
        return in_china(moment).isoformat(timespec="seconds") if moment else ""
    if attribute.datatype == "number":
        return said if said.replace(".", "", 1).isdigit() else ""
    return said or (filed.content[:255] if attribute.required else "")


def _choice(attribute: Attribute, said: str) -> str:
    """The key of the value that is said; of an answer that must be given the one for the rest."""
    exact = [key for key, name in attribute.values if said in (key, name)]
    named = [key for key, name in attribute.values if name and name in said]
    other = [key for key, name in attribute.values if any(word in name.lower() for word in _OTHER)]
    return next(iter([*exact, *named, *(other if attribute.required else ())]), "")


def told(order: WorkOrder, change: Change, texts: Texts) -> str:
    """What happened to an order, in words."""
    say, number = texts.say, order.receipt
    match change.kind:
        case ChangeKind.FOLLOW_UP:
            known = {True: "order_solved", False: "order_unsolved", None: "follow_up_no_word"}
            solved = say(known[change.solved])
            stars = say("ticket_rating", rating=change.rating) if change.rating else ""
            words = f"{solved}{stars}\n{change.text}".strip()
        case _:
            words = change.text
    head = say(f"ticket_{change.kind.value}", number=number)
    return f"{head}\n{words}"[:DESCRIPTION_MOST].strip()
