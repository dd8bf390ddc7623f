"""Codes sent to a phone: asked for within limits, answered within a few tries, once.

Both functions know a repeated turn by the message it answers and give it the same result again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from connectors import one_time_code
from connectors.ids import ConversationId, new_id
from connectors.messages import Author, OneTimeCode, Outbound, Purpose
from connectors.phones import Phone
from connectors.settings.identity import Identity
from connectors.store import audit, messages
from connectors.store.identity import holders, people
from connectors.store.identity.people import How
from connectors.store.identity_tables import phone_codes, phones
from connectors.store.turns import Account

DAY = timedelta(days=1)
KEPT = 2 * DAY  # how long a code's row counts for limits and is looked at after a complaint


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants to prove a phone, and the message that says so."""

    conversation_id: ConversationId
    contact_id: str
    message_id: str


class Limit(StrEnum):
    """Which limit keeps a code from being sent now."""

    AGAIN = "again"  # one was sent to this number a moment ago
    NUMBER = "number"  # enough for this number for a day
    PERSON = "person"  # enough for this person for a day
    HOUSE = "house"  # enough in all for a day


@dataclass(frozen=True, slots=True)
class Issued:
    """A code is on its way; it is good until ``expires_at``."""

    phone: Phone
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Limited:
    """No code now; there may be one after ``wait``."""

    limit: Limit
    wait: timedelta


@dataclass(frozen=True, slots=True)
class OwnAlready:
    """The phone is this person's and proved; nothing was sent."""

    phone: Phone


def issue(
    conn: Connection,
    asker: Asker,
    phone: Phone,
    line: Account,
    now: datetime,
    rules: Identity,
    shown: str,
) -> Issued | Limited | OwnAlready:
    """Puts a code for the phone into the outbox of ``line`` (channel and account).

    ``shown``: what the message is for everybody but the phone, in the log and on the desk.
    """
    repeat = conn.execute(
        select(phone_codes).where(phone_codes.c.asked_by == asker.message_id)
    ).first()
    if repeat is not None:
        return Issued(Phone(repeat.phone), repeat.expires_at)
    if _is_own(conn, asker, phone) and not holders.lapsed(conn, phone, now, rules.phone_lapses):
        return OwnAlready(phone)
    conn.execute(delete(phone_codes).where(phone_codes.c.issued_at < now - KEPT))
    limited = _limited(conn, asker, phone, now, rules)
    if limited is not None:
        return limited
    conn.execute(
        update(phone_codes)
        .where(
            phone_codes.c.state == "active",
            or_(
                phone_codes.c.phone == phone,
                phone_codes.c.conversation_id == asker.conversation_id,
            ),
        )
        .values(state="replaced")
    )
    nonce = one_time_code.new_nonce()
    expires_at = now + rules.code_life
    conn.execute(
        insert(phone_codes).values(
            id=new_id("v"),
            phone=phone,
            conversation_id=asker.conversation_id,
            contact_id=asker.contact_id,
            asked_by=asker.message_id,
            nonce=nonce,
            state="active",
            issued_at=now,
            expires_at=expires_at,
        )
    )
    talk = holders.at_phone(conn, *line, phone, now)
    minutes = max(1, round(rules.code_life.total_seconds() / 60))
    sealed = OneTimeCode(nonce, minutes, text=shown)
    words = Outbound((sealed,), Author.SYSTEM, purpose=Purpose.VERIFICATION)
    messages.add(conn, talk, words, now, expires_at=expires_at)
    audit.record(
        conn, now, actor="bot", event="phone.code_sent", conversation_id=asker.conversation_id
    )
    return Issued(phone, expires_at)


def _is_own(conn: Connection, asker: Asker, phone: Phone) -> bool:
    holder = conn.execute(
        select(phones.c.contact_id).where(phones.c.phone == phone)
    ).scalar_one_or_none()
    return holder is not None and holder in people.person_of(conn, asker.contact_id).members


def _limited(
    conn: Connection, asker: Asker, phone: Phone, now: datetime, rules: Identity
) -> Limited | None:
    """The limit that is reached, if one is. Of a day's limits, the day ends when its first code
    is a day old."""
    same_number = phone_codes.c.phone == phone
    latest: datetime | None = conn.execute(
        select(func.max(phone_codes.c.issued_at)).where(same_number)
    ).scalar_one()
    members = people.person_of(conn, asker.contact_id).members
    waits = [
        (Limit.NUMBER, _full(conn, same_number, rules.codes_per_number, now)),
        (
            Limit.PERSON,
            _full(conn, phone_codes.c.contact_id.in_(members), rules.codes_per_person, now),
        ),
        (Limit.HOUSE, _full(conn, None, rules.codes_per_day, now)),
        (Limit.AGAIN, None if latest is None else latest + rules.resend_after - now),
    ]
    for limit, wait in waits:
        if wait is not None and timedelta(0) < wait:
            # A clock that went back makes nobody wait for longer than the rule says.
            return Limited(limit, min(wait, rules.resend_after if limit is Limit.AGAIN else DAY))
    return None


def _full(
    conn: Connection, which: ColumnElement[bool] | None, most: int, now: datetime
) -> timedelta | None:
    """How long until one more is allowed; None when one is allowed now."""
    query = select(phone_codes.c.issued_at).where(phone_codes.c.issued_at > now - DAY)
    if which is not None:
        query = query.where(which)
    oldest: datetime | None = conn.execute(
        query.order_by(phone_codes.c.issued_at.desc()).offset(most - 1).limit(1)
    ).scalar_one_or_none()
    return None if oldest is None else oldest + DAY - now


# Answers --------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What came of the digits given. The first four are kept for a repeated turn."""

    RIGHT = "right"
    WRONG = "wrong"
    DEAD = "dead"  # wrong too often: this code is no good any more
    EXPIRED = "expired"
    NONE = "none"  # no code stands open here


@dataclass(frozen=True, slots=True)
class Answered:
    """``left``: tries that remain after a wrong one. ``joined``: two persons became one."""

    outcome: Outcome
    phone: Phone | None = None
    left: int = 0
    joined: bool = False


def answer(
    conn: Connection,
    asker: Asker,
    given: str,
    now: datetime,
    rules: Identity,
    matches: Callable[[str, str], bool],
) -> Answered:
    """Compares digits with the code asked for in this conversation; when right, the phone and the
    asker are one person from now on.

    ``matches(nonce, given)`` compares. A code asked for elsewhere is not known here.
    """
    row = _last(conn, asker)
    if row is None:
        return Answered(Outcome.NONE)
    phone = Phone(row.phone)
    if row.answered_by == asker.message_id:
        outcome = Outcome(row.outcome)
        return Answered(outcome, phone, rules.code_tries - row.tries)
    if row.state != "active":
        return Answered(Outcome.NONE, phone)
    if now >= row.expires_at:
        _note(conn, row.id, asker, "expired", Outcome.EXPIRED)
        return Answered(Outcome.EXPIRED, phone)
    if not matches(row.nonce, given):
        left = rules.code_tries - row.tries - 1
        outcome = Outcome.WRONG if left > 0 else Outcome.DEAD
        state = "active" if left > 0 else "dead"
        _note(conn, row.id, asker, state, outcome, tries=row.tries + 1)
        if left <= 0:
            audit.record(
                conn,
                now,
                actor="bot",
                event="phone.code_dead",
                conversation_id=asker.conversation_id,
            )
        return Answered(outcome, phone, max(0, left))
    _note(conn, row.id, asker, "used", Outcome.RIGHT)
    joined = _prove(conn, asker, phone, now, rules)
    return Answered(Outcome.RIGHT, phone, joined=joined)


def waiting(conn: Connection, conversation_id: str, now: datetime) -> Phone | None:
    """The phone whose code was asked for in this conversation and is still good."""
    found: str | None = conn.execute(
        select(phone_codes.c.phone).where(
            phone_codes.c.conversation_id == conversation_id,
            phone_codes.c.state == "active",
            phone_codes.c.expires_at > now,
        )
    ).scalar_one_or_none()
    return Phone(found) if found is not None else None


def drop(conn: Connection, asker: Asker) -> None:
    """The person wants no code any more: what was sent is no good from now on."""
    conn.execute(
        update(phone_codes)
        .where(
            phone_codes.c.conversation_id == asker.conversation_id, phone_codes.c.state == "active"
        )
        .values(state="dropped")
    )


def _prove(conn: Connection, asker: Asker, phone: Phone, now: datetime, rules: Identity) -> bool:
    """Writes down that the asker holds the phone; whether that joined two persons."""
    if holders.lapsed(conn, phone, now, rules.phone_lapses) and not _is_own(conn, asker, phone):
        holders.pass_on(conn, phone, now)
    holder = holders.holder(conn, phone, now)
    holders.note_proof(conn, phone, now)
    made = people.link(
        conn,
        asker.contact_id,
        holder,
        now,
        how=How.CODE,
        actor=asker.contact_id,
        conversation_id=asker.conversation_id,
    )
    audit.record(
        conn,
        now,
        actor=asker.contact_id,
        event="phone.proved",
        conversation_id=asker.conversation_id,
    )
    return made is not None


def _last(conn: Connection, asker: Asker) -> Row[Any] | None:
    """The latest code asked for in this conversation, which nobody else changes until the end."""
    return conn.execute(
        select(phone_codes)
        .where(phone_codes.c.conversation_id == asker.conversation_id)
        .order_by(phone_codes.c.issued_at.desc(), phone_codes.c.id.desc())
        .limit(1)
        .with_for_update()
    ).first()


def _note(
    conn: Connection, code_id: str, asker: Asker, state: str, outcome: Outcome, **values: int
) -> None:
    conn.execute(
        update(phone_codes)
        .where(phone_codes.c.id == code_id)
        .values(state=state, outcome=outcome.value, answered_by=asker.message_id, **values)
    )
