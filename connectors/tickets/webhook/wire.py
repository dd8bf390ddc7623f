"""The JSON of the webhook, both ways; ``docs/tickets.schema.json`` is made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from actions.work_orders.tickets import Change, ChangeKind, News, Papers, Status
from connectors.clock import in_china
from connectors.posted import Malformed, parsed
from connectors.sanitize import printable
from connectors.store.tickets import Ticket
from connectors.store.work_orders import WorkOrder

Outcome = Literal["solved", "partly", "procedural"]
Receipt = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
_SAID = {ChangeKind.URGE: "order.urged", ChangeKind.SUPPLEMENT: "order.supplemented",
         ChangeKind.WITHDRAW: "order.withdrawn", ChangeKind.REOPEN: "order.reopened",
         ChangeKind.FOLLOW_UP: "order.followed_up"}  # fmt: skip


def _of_our_days(at: datetime) -> datetime:
    """The first and the last day of the calendar have no hour in every zone."""
    if not 1970 <= at.year < 3000:
        raise ValueError("must be a time of our days")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_days)]
Words = Annotated[str, AfterValidator(printable)]


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _In(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Place(_Out):
    text: str | None = Field(description="the address in words")
    region: str | None = Field(description="GB/T 2260 code")
    latitude: float | None = Field(description="WGS-84 degrees")
    longitude: float | None = Field(description="WGS-84 degrees")


class Person(_Out):
    """Who told it. All empty for an anonymous order."""

    name: str | None
    phone: str | None
    confidential: bool = Field(description="must not be told to whom the order is about")
    anonymous: bool
    on_behalf: str | None = Field(description="of whom it is told for (代办)")


class Unit(_Out):
    """Whose duty it seems to be (权责清单)."""

    name: str | None
    helpers: list[str] = Field(description="who helps it (协办)")
    confidence: float | None = Field(description="0 to 1")
    reasons: list[str]


class Paper(_Out):
    name: str
    url: str = Field(description="signed; good until `tickets.links_last` has passed")


class Order(_Out):
    """A work order as it was confirmed by the person."""

    number: str = Field(description="our number: provisional for the person, ours for ever")
    created_at: datetime
    channel: str
    kind: str = Field(description="诉求类型: 咨询 求助 投诉 举报 建议 表扬")
    category: list[str] = Field(description="事项分类, from the broad to the narrow")
    category_confidence: list[float] = Field(
        description="how sure each of them is, 0 to 1; empty: a person chose"
    )
    title: str
    content: str
    time_text: str | None
    time_from: datetime | None
    time_to: datetime | None
    recurrence: str | None
    place: Place
    subject: str | None = Field(description="涉及单位")
    wanted: str | None = Field(description="期望结果")
    duration: str | None = Field(description="how long it has gone on, as said")
    reported_before: bool = Field(description="the person says they reported it before")
    enterprise: str | None = Field(description="the business it is told for (企业诉求)")
    credit_code: str | None = Field(description="its 统一社会信用代码, checked by GB 32100")
    person: Person
    urgency: str = Field(description="normal, urgent or emergency")
    risk: list[str]
    related: list[str] = Field(description="our numbers of duplicate or linked orders")
    suggested_unit: Unit
    due_at: datetime | None
    transcript_url: str | None = Field(description="the talk it came from; signed, expiring")
    attachments: list[Paper]


class Filed(_Out):
    """An order to take. Answer with ``number``, or 202 and tell it later by an event."""

    type: Literal["order.filed"] = "order.filed"
    key: str = Field(description="the same at every try: take the order once")
    order: Order


class Changed(_Out):
    """What happened to an order on our side."""

    type: Literal[
        "order.urged",
        "order.supplemented",
        "order.withdrawn",
        "order.reopened",
        "order.followed_up",
    ]
    key: str = Field(description="the same at every try: heed it once")
    order: str = Field(description="our number")
    number: str = Field(description="yours")
    at: datetime
    text: str = Field(description="what the person said")
    solved: bool | None = Field(description="of a follow-up: whether it is")
    rating: int | None = Field(ge=1, le=5, description="of a follow-up: 5 is best")


class Asked(_Out):
    """How do these orders stand? Asked only where `look_every` is set."""

    type: Literal["orders.status"] = "orders.status"
    orders: list[str] = Field(description="our numbers")


class Ping(_Out):
    """Are you there? Any 2xx answer will do."""

    type: Literal["ping"] = "ping"


class Event(_In):
    """What happened to an order at the ticket system, posted to us or answered when asked."""

    id: str = Field(
        default="",
        max_length=80,
        pattern=r"^[!-~]*$",
        description="yours, once and for ever: a repeat is known by it. Needed in a post",
    )
    order: Words | None = Field(default=None, max_length=24, description="our number")
    number: Receipt | None = Field(default=None, description="yours; one of the two is needed")
    status: Status
    at: Moment = Field(description="when it happened, with its zone")
    unit: Words = Field(default="", max_length=200, description="who handles it (承办单位)")
    helpers: list[Annotated[Words, Field(max_length=200)]] = Field(
        default=[], max_length=20, description="who helps it (协办单位)"
    )
    note: Words = Field(default="", max_length=4000, description="a reason, shown to the person")
    answer: Words = Field(default="", max_length=8000, description="the official answer (答复)")
    outcome: Outcome | None = Field(
        default=None, description="of `closed`: 实质办结, 阶段性办结 or 程序性办结"
    )
    due_at: Moment | None = None

    def news(self) -> News:
        return News(
            self.status,
            self.at,
            receipt=self.number,
            unit=self.unit,
            helpers=tuple(self.helpers),
            note=self.note,
            answer=self.answer,
            outcome=self.outcome or "",
            due_at=self.due_at,
        )


class Standings(_In):
    """The answer to ``orders.status``."""

    orders: list[Event] = Field(max_length=200)


Posted = Annotated[Filed | Changed | Asked | Ping, Field(discriminator="type")]
_posted: TypeAdapter[Posted] = TypeAdapter(Posted)


def filed(order: WorkOrder, papers: Papers) -> Filed:
    """An order as it is handed over."""
    o = order.filed
    hidden = o.anonymous
    return Filed(
        key=order.number,
        order=Order(
            number=order.number,
            created_at=in_china(order.created_at),
            channel=o.channel,
            kind=o.kind,
            category=list(o.category),
            category_confidence=list(o.category_confidence),
            title=o.title,
            content=o.content,
            time_text=o.time_text,
            time_from=_local(o.time_from),
            time_to=_local(o.time_to),
            recurrence=o.recurrence,
            place=Place(
                text=o.place_text,
                region=o.place_region,
                latitude=o.latitude,
                longitude=o.longitude,
            ),
            subject=o.subject,
            wanted=o.wanted,
            duration=o.duration,
            reported_before=o.reported_before,
            enterprise=None if hidden else o.enterprise,
            credit_code=None if hidden else o.credit_code,
            person=Person(
                name=None if hidden else o.contact_name,
                phone=None if hidden else o.contact_phone,
                confidential=o.confidential,
                anonymous=hidden,
                on_behalf=None if hidden else o.on_behalf,
            ),
            urgency=o.urgency,
            risk=list(o.risk),
            related=list(o.related),
            suggested_unit=Unit(
                name=o.suggested_unit,
                helpers=list(o.suggested_helpers),
                confidence=o.unit_confidence,
                reasons=list(o.unit_reasons),
            ),
            due_at=_local(o.due_at),
            transcript_url=papers.transcript,
            attachments=[Paper(name=one.name, url=one.url) for one in papers.files],
        ),
    )


def changed(order: WorkOrder, ticket: Ticket, change: Change) -> Changed:
    """What happened to an order, as it is told."""
    return Changed.model_validate(
        {
            "type": _SAID[change.kind],
            "key": change.key,
            "order": order.number,
            "number": ticket.receipt or "",
            "at": in_china(change.at),
            "text": change.text,
            "solved": change.solved,
            "rating": change.rating,
        }
    )


def event(body: bytes) -> Event:
    """An event posted to us. Raises :class:`Malformed`."""
    found = parsed(Event, body)
    if not found.id:
        raise Malformed("id: an event needs one, so that a repeat is known")
    if not found.order and not found.number:
        raise Malformed("order: the order is named by `order` (ours) or `number` (yours)")
    return found


def standings(body: bytes) -> Standings:
    """An answer to our question. Raises :class:`Malformed`."""
    return parsed(Standings, body)


def _local(moment: datetime | None) -> datetime | None:
    return in_china(moment) if moment else None


def schema() -> dict[str, Any]:
    """The JSON schema of what we post and what may be posted to us."""
    out = _posted.json_schema(ref_template="#/$defs/{model}", mode="serialization")
    into = Event.model_json_schema(ref_template="#/$defs/{model}")
    back = Standings.model_json_schema(ref_template="#/$defs/{model}")
    definitions = {
        **out.pop("$defs", {}),
        **back.pop("$defs", {}),
        **into.pop("$defs", {}),
        "Event": into,
        "Standings": back,
        "Posted": out,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Work orders by signed webhook",
        "description": "`Posted` is what we post to the ticket system, `Event` what it posts "
        "to us, `Standings` what it answers to `orders.status`.",
        "anyOf": [{"$ref": "#/$defs/Posted"}, {"$ref": "#/$defs/Event"}],
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }
