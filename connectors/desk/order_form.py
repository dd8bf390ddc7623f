"""The form of an order at the desk: taken from the page, filled from words, checked, completed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from connectors.desk.fields import LENGTHS
from connectors.sanitize import printable
from connectors.store.work_orders import NewWorkOrder

WRITTEN = tuple(name for name in LENGTHS if name not in ("kind", "category"))
_PHONE = re.compile(r"\d{7,15}")
_HIDDEN = ("time_from", "time_to", "recurrence")  # of the time, which the form has in words
_URGENT = "urgent"


def given(form: Any, key: str, channel: str) -> NewWorkOrder:
    """What the page's form says, of whatever length; nobody's yet."""
    words = {
        name: printable(str(form.get(name, "")))[: LENGTHS[name] + 1] or None for name in WRITTEN
    }
    anonymous = bool(form.get("anonymous"))
    path = (part.strip()[:40] for part in str(form.get("category", "")).split("/"))
    return NewWorkOrder(
        key=key,
        channel=channel,
        kind=str(form.get("kind", ""))[:8],
        title=words["title"] or "",
        content=words["content"] or "",
        category=tuple(part for part in path if part)[:3],
        confidential=anonymous or bool(form.get("confidential")),
        anonymous=anonymous,
        place_region=str(form.get("place_region", ""))[:6] or None,
        urgency=_URGENT if form.get("urgent") else "normal",
        time_text=words["time_text"],
        place_text=words["place_text"],
        subject=words["subject"],
        wanted=words["wanted"],
        contact_name=None if anonymous else words["contact_name"],
        contact_phone=None if anonymous else words["contact_phone"],
    )


def problem(order: NewWorkOrder, kinds: Collection[str]) -> str:
    """The text that says what is wrong with the form; "" when nothing is."""
    if not order.title or not order.content:
        return "desk_order_incomplete"
    if order.kind not in kinds:
        return "desk_order_kind"
    if any(len(getattr(order, name) or "") > LENGTHS[name] for name in WRITTEN):
        return "desk_order_too_long"
    if order.contact_phone and not _PHONE.fullmatch(re.sub(r"[\s-]", "", order.contact_phone)):
        return "desk_order_phone"
    return ""


def filled(order: NewWorkOrder, read: NewWorkOrder) -> NewWorkOrder:
    """The form with what was read out of its words, where nothing is written by hand."""
    by_hand = {name: value for name in WRITTEN if (value := getattr(order, name))}
    region = order.place_region if order.place_text else read.place_region
    if order.place_text == read.place_text:
        region = read.place_region
    shown = replace(read, key=order.key, channel=order.channel, place_region=region, **by_hand)
    return replace(
        shown,
        kind=order.kind or read.kind,
        category=order.category or read.category,
        urgency=read.urgency if order.urgency == "normal" else order.urgency,
        confidential=order.confidential or read.confidential,
        anonymous=order.anonymous,
        contact_name=None if order.anonymous else shown.contact_name,
        contact_phone=None if order.anonymous else shown.contact_phone,
    )


def completed(order: NewWorkOrder, read: NewWorkOrder) -> NewWorkOrder:
    """The order with what its words say beyond the fields of the form: the danger in them, and
    when it was, unless the agent has put another time."""
    known: dict[str, Any] = {"risk": read.risk}
    if order.time_text and order.time_text == read.time_text:
        known |= {name: getattr(read, name) for name in _HIDDEN}
    if order.urgency == _URGENT and read.urgency != "normal":
        known["urgency"] = read.urgency
    if order.category == read.category:
        known["category_confidence"] = read.category_confidence
    return replace(order, **known)
