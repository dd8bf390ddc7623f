"""Making data lead to nobody: of one person on request, of everybody by age."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, and_, case, delete, literal, or_, select, update

from connectors.conversation.ownership import Owner
from connectors.ids import ConversationId
from connectors.messages import Author, Text, parts_to_json
from connectors.store import attachments, audit
from connectors.store.answer_tables import knowledge_votes
from connectors.store.delivery_tables import opt_outs, pieces, stray_receipts
from connectors.store.desk_tables import (
    agent_offers,
    conversation_fields,
    conversation_waits,
    note_mentions,
)
from connectors.store.identity_tables import contact_links, open_forms, phone_codes, phones
from connectors.store.notes import conversation_notes
from connectors.store.order_tables import (
    work_order_nodes,
    work_order_records,
    work_order_steps,
    work_orders,
)
from connectors.store.privacy.find import Found, talks_of
from connectors.store.schema import contacts, conversations, deliveries, knowledge_gaps, messages
from connectors.store.sms_tables import short_links, sms_parts
from connectors.store.ticket_tables import ticket_events, ticket_sends
from connectors.store.wechat_tables import wechat_consents, wechat_files

ERASED: Final = "privacy.erased"
_NUMBER = re.compile(r"(?<!\d)\+?\d(?:[ -]?\d){6,}[Xx]?")
_REGIONS = re.compile(r"^(?:[^省市区县旗镇乡道\d]{1,8}(?:自治区|省|市|区|县|旗|镇|乡|街道))+")
EXACT_LEAST = 4  # characters; fewer are rather a word of the matter
TOLD_LEAST = 2  # characters of what is hidden wherever it stands

_SECRET = (
    *("contact_name", "contact_phone", "caller_phone", "on_behalf", "place_text"),
    *("enterprise", "credit_code"),
)
_HIDDEN = ("title", "content", "time_text", "recurrence", "subject", "wanted", "answer")
_GONE = (*_SECRET, "duration", "latitude", "longitude", "query_code")


def _nothing(_text: str) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Marks:
    """What is put where words were: a sentence for a message, a sign inside a text.

    ``personal`` finds what leads to somebody in a text: names, addresses, numbers.
    """

    erased: str
    hidden: str
    personal: Callable[[str], Iterable[str]] = _nothing


@dataclass(frozen=True, slots=True)
class Erased:
    """``left``: orders still being worked on, whose contact was kept."""

    conversations: tuple[ConversationId, ...]
    messages: int
    orders: tuple[str, ...]
    left: tuple[str, ...]


def erase(
    conn: Connection,
    found: Found,
    now: datetime,
    marks: Marks,
    *,
    actor: str,
    open_orders: bool = False,
) -> Erased:
    """Makes everything found lead to nobody; doing it again changes nothing.

    Conversations are closed, deliveries under way given up, messages not yet handled taken out of
    the inbox. Orders still being worked on keep their contact unless ``open_orders``, since the
    office could not answer any more.
    """
    talks = tuple(ConversationId(one) for one in conn.execute(talks_of(found.contacts)).scalars())
    told = _told(conn, talks, found.orders, marks)
    count = sum(_erase_talk(conn, talk, now, marks) for talk in talks)
    for contact_id in found.contacts:
        forget_contact(conn, contact_id)
    worked_on = set(
        conn.execute(
            select(work_orders.c.number).where(
                work_orders.c.number.in_(found.orders), work_orders.c.status == "open"
            )
        ).scalars()
    )
    left = () if open_orders else tuple(n for n in found.orders if n in worked_on)
    done = tuple(number for number in found.orders if number not in left)
    for number in done:
        hide_order(conn, number, marks, told)
    for talk in talks:
        audit.record(conn, now, actor=actor, event=ERASED, conversation_id=talk)
    audit.record(
        conn,
        now,
        actor=actor,
        event=ERASED,
        contacts=list(found.contacts),
        orders=list(done),
        left=list(left),
        messages=count,
    )
    return Erased(talks, count, done, left)


def _erase_talk(conn: Connection, talk: str, now: datetime, marks: Marks) -> int:
    conn.execute(
        update(messages)
        .where(messages.c.conversation_id == talk, messages.c.inbox_state == "pending")
        .values(inbox_state="failed")
    )
    forget_address(conn, talk)
    last: int = conn.execute(
        select(conversations.c.last_seq).where(conversations.c.id == talk)
    ).scalar_one()
    return erase_words(conn, talk, last, now, marks)


def forget_address(conn: Connection, talk: str) -> None:
    """Closes a conversation for good: whoever wrote from its address begins a new one."""
    where = conn.execute(
        select(conversations.c.channel, conversations.c.address).where(conversations.c.id == talk)
    ).one()
    conn.execute(
        delete(opt_outs).where(
            opt_outs.c.channel == where.channel, opt_outs.c.address == where.address
        )
    )
    conn.execute(delete(sms_parts).where(sms_parts.c.address == where.address))
    conn.execute(delete(wechat_consents).where(wechat_consents.c.openid == where.address))
    conn.execute(delete(wechat_files).where(wechat_files.c.address == where.address))
    conn.execute(
        update(conversations)
        .where(conversations.c.id == talk)
        .values(
            address=f"erased:{talk}",
            owner=Owner.CLOSED.value,
            # A turn under way, or an agent's word, finds that the talk is no longer its own.
            epoch=conversations.c.epoch + 1,
            fence=conversations.c.fence + 1,
            agent_id=None,
            waiting_since=None,
            unanswered_since=None,
        )
    )
    for asked in (knowledge_gaps, knowledge_votes):
        conn.execute(delete(asked).where(asked.c.conversation_id == talk))
    left = select(conversation_notes.c.id).where(conversation_notes.c.conversation_id == talk)
    conn.execute(delete(note_mentions).where(note_mentions.c.note_id.in_(left)))
    conn.execute(delete(conversation_notes).where(conversation_notes.c.conversation_id == talk))
    for table in (conversation_fields, agent_offers):
        conn.execute(delete(table).where(table.c.conversation_id == talk))
    conn.execute(delete(conversation_waits).where(conversation_waits.c.conversation_id == talk))
    conn.execute(delete(open_forms).where(open_forms.c.conversation_id == talk))


def forget_contact(conn: Connection, contact_id: str) -> None:
    """Takes the phones off a contact; its links stay as they are, but cannot be undone."""
    own = select(phones.c.phone).where(phones.c.contact_id == contact_id)
    conn.execute(
        delete(phone_codes).where(
            or_(phone_codes.c.contact_id == contact_id, phone_codes.c.phone.in_(own))
        )
    )
    conn.execute(delete(phones).where(phones.c.contact_id == contact_id))
    conn.execute(
        update(contact_links)
        .where(or_(contact_links.c.source == contact_id, contact_links.c.target == contact_id))
        .values(sealed=True)
    )
    conn.execute(
        update(contacts).where(contacts.c.id == contact_id).values(region=None, verified_phone=None)
    )


def erase_words(conn: Connection, talk: str, up_to: int, now: datetime, marks: Marks) -> int:
    """Erases what was said in a conversation up to a place in it; how many messages that was."""
    before: int = conn.execute(
        select(conversations.c.erased_seq).where(conversations.c.id == talk)
    ).scalar_one()
    if up_to <= before:
        return 0
    count = conn.execute(
        update(messages)
        .where(
            messages.c.conversation_id == talk,
            messages.c.seq > before,
            messages.c.seq <= up_to,
        )
        .values(
            parts=parts_to_json((Text(marks.erased),)),
            choices=None,
            picked=None,
            external_id=None,
            dedup_key=case((messages.c.dedup_key.is_not(None), literal("erased:") + messages.c.id)),
        )
    ).rowcount
    said = select(messages.c.id).where(
        messages.c.conversation_id == talk,
        messages.c.seq > before,
        messages.c.seq <= up_to,
    )
    conn.execute(delete(short_links).where(short_links.c.message_id.in_(said)))
    attachments.release(conn, said)
    _erase_sendings(conn, talk, before, up_to, now)
    conn.execute(update(conversations).where(conversations.c.id == talk).values(erased_seq=up_to))
    return count


def _erase_sendings(conn: Connection, talk: str, after: int, up_to: int, now: datetime) -> None:
    """What platforms know a message by: their ids, and what they said about it."""
    sent = and_(
        deliveries.c.conversation_id == talk,
        deliveries.c.seq > after,
        deliveries.c.seq <= up_to,
    )
    rows = conn.execute(select(deliveries.c.id, deliveries.c.provider_id).where(sent)).all()
    keys = [row.id for row in rows]
    names = conn.execute(select(pieces.c.provider_id).where(pieces.c.delivery_id.in_(keys)))
    known_as = {*keys, *(row.provider_id for row in rows), *names.scalars()} - {None}
    conn.execute(delete(stray_receipts).where(stray_receipts.c.name.in_(known_as)))
    conn.execute(update(pieces).where(pieces.c.delivery_id.in_(keys)).values(provider_id=None))
    conn.execute(
        update(deliveries)
        .where(sent, deliveries.c.state == "queued")
        .values(state="expired", error_code="erased", updated_at=now)
    )
    conn.execute(update(deliveries).where(sent).values(provider_id=None, error_detail=None))


def _told(
    conn: Connection, talks: Sequence[str], orders: Sequence[str], marks: Marks
) -> frozenset[str]:
    """What the person told of themselves, wherever: who gave their name in one order and their
    address in another is in both."""
    words: set[str] = set()
    said = select(messages.c.parts).where(
        messages.c.conversation_id.in_(talks), messages.c.author == Author.CITIZEN.value
    )
    for (parts,) in conn.execute(said):
        text = " ".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))
        words.update(marks.personal(text))
    for row in conn.execute(select(work_orders).where(work_orders.c.number.in_(orders))):
        words.update(_secrets(row._mapping, marks))
    return frozenset(word for word in words if len(word) >= TOLD_LEAST)


def _secrets(order: RowMapping, marks: Marks) -> list[str]:
    secret = [str(order[name]) for name in _SECRET if order[name]]
    secret += without_regions(order["place_text"] or "")
    for name in _HIDDEN:
        secret += marks.personal(order[name] or "")
    return secret


def hide_order(
    conn: Connection, number: str, marks: Marks, told: Collection[str] = frozenset()
) -> None:
    """Takes off an order whom it is about; its matter stays, as the office's own record.
    ``told``: what is known to lead to them beside what stands in the order."""
    row = conn.execute(select(work_orders).where(work_orders.c.number == number)).first()
    if row is None:
        return
    order = row._mapping
    secret = [*_secrets(order, marks), *told]

    def hide(text: str | None) -> str | None:
        if text is None:
            return None
        return hide_in(text, [*secret, *marks.personal(text)], marks.hidden)

    values = {name: hide(order[name]) for name in _HIDDEN} | dict.fromkeys(_GONE)
    conn.execute(
        update(work_orders).where(work_orders.c.number == number).values(**values, attachments=[])
    )
    conn.execute(delete(ticket_events).where(ticket_events.c.number == number))
    conn.execute(
        update(ticket_sends)
        .where(ticket_sends.c.number == number)
        .values(body=None, error_detail=None)
    )
    conn.execute(  # what has not gone to a ticket system goes nowhere any more
        update(ticket_sends)
        .where(ticket_sends.c.number == number, ticket_sends.c.state.in_(["queued", "dead"]))
        .values(state="skipped", error_code="erased")
    )
    attachments.release(conn, [number])
    for table, key, column in (
        (work_order_nodes, work_order_nodes.c.position, work_order_nodes.c.note),
        (work_order_records, work_order_records.c.id, work_order_records.c.text),
        (work_order_steps, work_order_steps.c.id, work_order_steps.c.note),
    ):
        for which, text in conn.execute(select(key, column).where(table.c.number == number)).all():
            conn.execute(
                update(table)
                .where(table.c.number == number, key == which)
                .values({column: hide(text)})
            )


def without_regions(place: str) -> list[str]:
    """The place as people say it in passing, where that is still one: the district was often asked
    for, or looked up, after the matter had been told."""
    exact = _REGIONS.sub("", place)
    return [exact] if len(exact) >= EXACT_LEAST else []


def hide_in(text: str, secret: Iterable[str], sign: str) -> str:
    """The text without what is known to be secret, and without any number of seven digits."""
    for word in sorted(secret, key=len, reverse=True):
        if len(word) > 1:
            text = text.replace(word, sign)
    return _NUMBER.sub(sign, text)
