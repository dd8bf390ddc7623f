"""What the channel of text messages asks the store of a number, whatever account it wrote to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from connectors.links import Links
from connectors.messages import Author, Stored, parts_from_json, plain_text
from connectors.store import messages
from connectors.store.prepared import Prepared
from connectors.store.schema import conversations
from connectors.store.schema import messages as messages_table
from connectors.store.sms_tables import short_links

LATELY = 8  # messages of ours
THEIRS = 30  # messages of theirs, with ours between them


def ours_lately(
    conn: Connection, channel: str, accounts: Collection[str], address: str
) -> list[str]:
    """The words of the last messages we wrote to a number, by whatever account."""
    where = {"in_channel": channel, "in_address": address}
    if not any(_any_of_ours.first(conn, where | {"in_account": one}) for one in accounts):
        return []
    rows = conn.execute(
        select(messages_table.c.parts)
        .join(conversations, conversations.c.id == messages_table.c.conversation_id)
        .where(
            conversations.c.channel == channel,
            conversations.c.account.in_(accounts),
            conversations.c.address == address,
            messages_table.c.author != Author.CITIZEN.value,
        )
        .order_by(messages_table.c.seq.desc())
        .limit(LATELY)
    )
    return [plain_text(parts_from_json(parts)) for parts in rows.scalars()]


_any_of_ours = Prepared(
    select(messages_table.c.id)
    .join(conversations, conversations.c.id == messages_table.c.conversation_id)
    .where(
        conversations.c.channel == bindparam("in_channel"),
        conversations.c.account == bindparam("in_account"),
        conversations.c.address == bindparam("in_address"),
        messages_table.c.author != Author.CITIZEN.value,
    )
    .limit(1)
)


def theirs_lately(
    conn: Connection, channel: str, accounts: Collection[str], address: str
) -> list[str]:
    """What the number wrote lately, and the choices it was offered: words it may well repeat."""
    talks = conn.execute(
        select(conversations.c.id, conversations.c.last_seq).where(
            conversations.c.channel == channel,
            conversations.c.account.in_(accounts),
            conversations.c.address == address,
        )
    ).all()
    found: list[str] = []
    for talk in talks:
        said = messages.after(conn, talk.id, talk.last_seq - THEIRS)
        found += [one.text for one in said if one.author is Author.CITIZEN]
        offer = messages.latest_offer(conn, talk.id, talk.last_seq + 1)
        found += [choice.label for choice in offer.choices] if offer is not None else []
    return found


def written_to(
    conn: Connection, channel: str, accounts: Collection[str], address: str
) -> list[str]:
    """The accounts a number has written to, or was written to by."""
    rows = conn.execute(
        select(conversations.c.account).where(
            conversations.c.channel == channel,
            conversations.c.account.in_(accounts),
            conversations.c.address == address,
        )
    )
    return list(rows.scalars())


def move(
    conn: Connection, channel: str, accounts: Collection[str], address: str, account: str
) -> bool:
    """Makes the number's conversation one of ``account``, to which the person now writes, so that
    they are answered the way they came; False when there is nothing to move."""
    there = conversations.alias("there")
    talk = conn.execute(
        select(conversations.c.id)
        .where(
            conversations.c.channel == channel,
            conversations.c.account.in_([one for one in accounts if one != account]),
            conversations.c.address == address,
            ~exists().where(
                there.c.channel == channel,
                there.c.account == account,
                there.c.address == address,
            ),
        )
        .order_by(conversations.c.last_inbound_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    if talk is None:
        return False
    conn.execute(update(conversations).where(conversations.c.id == talk).values(account=account))
    return True


def open_link(conn: Connection, code: str, message_id: str, expires_at: datetime) -> None:
    """Lets a link lead to a message; again changes nothing."""
    known = conn.execute(select(short_links.c.code).where(short_links.c.code == code)).first()
    if known is None:
        conn.execute(
            insert(short_links).values(code=code, message_id=message_id, expires_at=expires_at)
        )


def open_links(conn: Connection, links: Links, said: Iterable[Stored], text: str) -> None:
    """Lets those links lead to their messages that stand in a text to be sent: they shall do so
    before anybody can look."""
    for message in said:
        if links.url(message) in text:
            open_link(conn, links.code(message), message.id, links.ends(message))


def linked(conn: Connection, code: str) -> str | None:
    """The message a link leads to."""
    found: str | None = conn.execute(
        select(short_links.c.message_id).where(short_links.c.code == code)
    ).scalar_one_or_none()
    return found


def forget_links(conn: Connection, before: datetime) -> int:
    return conn.execute(delete(short_links).where(short_links.c.expires_at < before)).rowcount
