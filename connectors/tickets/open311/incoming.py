"""What callers post to our Open311 server, checked at the edge."""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from actions.work_orders.reach import Notify
from actions.work_orders.tickets import Change, ChangeKind
from connectors.ids import new_id
from connectors.sanitize import printable
from connectors.settings.tickets import PEERS
from connectors.store.work_orders import NewWorkOrder
from connectors.texts import Texts
from connectors.tickets.open311.answering import Fault
from connectors.tickets.open311.wire import moment
from connectors.webhooks import BODY_WITHIN, UNREADABLE, Refused, read_body

CHANNEL = PEERS
BODY_MOST = 128 * 1024  # bytes; 4,000 characters, escaped, fit
DESCRIPTION_MOST = 4000  # characters, by the standard
FIELDS_MOST = 100
BESIDE = ("api_key", "jurisdiction_id")
TITLE_MOST = 40
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,19}")
_URL = re.compile(r"https?://[!-~]{1,1990}")
_REGION = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a post."""

    values: Mapping[str, str]

    def said(self, name: str, most: int) -> str:
        """A field's words. Raises :class:`Fault` when there are too many."""
        said = printable(self.values.get(name, ""))
        if len(said) > most:
            raise Fault(400, f"{name} has {len(said)} characters, at most {most} go")
        return said

    def attribute(self, code: str, most: int = 500) -> str:
        return self.said(f"attribute[{code}]", most)


async def read(request: web.Request) -> Form:
    """The form of a request; key and jurisdiction may stand in its address too. Raises
    :class:`Fault`."""
    beside = {name: request.query[name] for name in BESIDE if name in request.query}
    if request.content_type == "multipart/form-data":
        try:
            async with asyncio.timeout(BODY_WITHIN):
                return Form(beside | await _parts(request))
        except TimeoutError:
            raise Fault(408, "the body did not arrive", Connection="close") from None
    if request.content_type != "application/x-www-form-urlencoded":
        raise Fault(400, "post application/x-www-form-urlencoded")
    try:
        body = await read_body(request, BODY_MOST)
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FIELDS_MOST)
    except Refused as refused:
        raise Fault(refused.status, refused.why, **refused.headers) from None
    except (UnicodeDecodeError, ValueError):
        raise Fault(400, "the form cannot be read; it must be UTF-8") from None
    return Form(beside | dict(pairs))


async def _parts(request: web.Request) -> dict[str, str]:
    """The fields of a form as browsers send it with files; a file itself is not taken, since the
    standard has ``media_url`` for it."""
    found: dict[str, str] = {}
    left = BODY_MOST
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or not part.name:
                raise Fault(400, "the form cannot be read")
            if part.filename:
                raise Fault(400, f"{part.name}: files are not taken; give their media_url")
            said = bytearray()
            while chunk := await part.read_chunk():
                said += chunk
                if len(said) > left:
                    raise Fault(413, f"a form has at most {BODY_MOST} bytes")
            left -= len(said)
            found[part.name] = said.decode("utf-8")
            if len(found) > FIELDS_MOST:
                raise Fault(400, f"a form has at most {FIELDS_MOST} fields")
    except UNREADABLE:
        raise Fault(400, "the form cannot be read; it must be UTF-8") from None
    return found


def key(request: web.Request, caller: str) -> str:
    """What makes a repeat of this post recognisable; one of its own where the caller gives none."""
    given = request.headers.get("Idempotency-Key", "")
    if not given:
        return f"{CHANNEL}:{caller}:{new_id('x')}"[:80]
    # Hashed: the column is short, and callers' keys are as long as they like.
    return f"{CHANNEL}:{caller}:{hashlib.sha256(given.encode()).hexdigest()[:32]}"[:80]


def order(
    form: Form, path: tuple[str, ...], order_key: str, kinds: tuple[str, ...], texts: Texts
) -> NewWorkOrder:
    """The order a caller files; of the first of ``kinds`` unless they say. Raises
    :class:`Fault`."""
    latitude, longitude = _degrees(form, "lat", 90), _degrees(form, "long", 180)
    if (latitude is None) != (longitude is None):
        raise Fault(400, "lat and long go together")
    address = form.said("address_string", 200) or form.said("address_id", 64)
    if latitude is None and not address:
        raise Fault(400, "lat and long, address_string or address_id were not provided")
    description = form.said("description", DESCRIPTION_MOST)
    if not description:
        raise Fault(400, "description was not provided")
    phone = form.said("phone", 32)
    if phone and not _PHONE.fullmatch(phone):
        raise Fault(400, "phone is no telephone number")
    media, email = form.said("media_url", 2000), form.said("email", 120)
    if media and not _URL.fullmatch(media):
        raise Fault(400, "media_url must be an http(s) address")
    kind = form.attribute("kind") or kinds[0]
    if kind not in kinds:
        raise Fault(400, f"attribute[kind] must be one of {', '.join(kinds)}")
    region = form.attribute("region")
    if region and not _REGION.fullmatch(region):
        raise Fault(400, "attribute[region] must be six digits of GB/T 2260")
    notify = form.attribute("notify") or Notify.CLOSING.value
    if notify not in set(Notify):
        raise Fault(400, f"attribute[notify] must be one of {', '.join(Notify)}")
    more = [
        texts.say("ticket_file", url=media) if media else "",
        texts.say("open311_email", email=email) if email else "",
    ]
    first_line = description.splitlines()[0]
    return NewWorkOrder(
        key=order_key,
        channel=CHANNEL,
        kind=kind,
        title=texts.say("order_title", head=path[-1], matter=first_line)[:TITLE_MOST],
        content="\n".join([description, *(line for line in more if line)]),
        category=path,
        contact_name=_name(form) or None,
        contact_phone=re.sub(r"[ -]", "", phone)[:20] or None,
        confidential=form.attribute("confidential").lower() == "true",
        time_text=form.attribute("time", 100) or None,
        place_text=address or None,
        place_region=region or None,
        latitude=latitude,
        longitude=longitude,
        subject=form.attribute("subject", 100) or None,
        wanted=form.attribute("wanted") or None,
        urgency="urgent" if form.attribute("urgency") in ("urgent", "emergency") else "normal",
        notify=notify,
    )


def change(form: Form, change_key: str, now: datetime) -> Change:
    """What happened to a request at its caller's. Raises :class:`Fault`."""
    try:
        kind = ChangeKind(form.attribute("kind") or ChangeKind.SUPPLEMENT.value)
    except ValueError:
        known = ", ".join(one.value for one in ChangeKind)
        raise Fault(400, f"attribute[kind] must be one of {known}") from None
    text = form.attribute("text", DESCRIPTION_MOST) or form.said("description", DESCRIPTION_MOST)
    rating = form.attribute("rating")
    if rating and rating not in ("1", "2", "3", "4", "5"):
        raise Fault(400, "attribute[rating] is 1 to 5")
    solved = form.attribute("solved").lower()
    return Change(
        kind,
        change_key,
        min(moment(form.said("updated_datetime", 40)) or now, now),
        text=text,
        solved={"true": True, "false": False}.get(solved),
        rating=int(rating) if rating else None,
    )


def _name(form: Form) -> str:
    return f"{form.said('last_name', 32)}{form.said('first_name', 32)}"[:64]


def _degrees(form: Form, name: str, most: float) -> float | None:
    said = form.said(name, 32)
    if not said:
        return None
    try:
        value = float(said)
    except ValueError:
        value = math.nan
    if not -most <= value <= most:
        raise Fault(400, f"{name} must be degrees of WGS-84")
    return value
