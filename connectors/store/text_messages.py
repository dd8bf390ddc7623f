"""What the channel of text messages asks the store of a number, whatever account it wrote to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select, update

from connectors.messages import Author
from connectors.store import messages
from connectors.store.schema import conversations
from connectors.store.sms_tables import short_links

LATELY = 30  # messages


@dataclass(frozen=True, slots=True)
class Lately:
    """What was said lately with a number: by us, by them, and the choices that still stand."""

    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


def lately(conn: Connection, channel: str, accounts: Collection[str], address: str) -> Lately:
    talks = conn.execute(
        select(conversations.c.id, conversations.c.last_seq).where(
            conversations.c.channel == channel,
            conversations.c.account.in_(accounts),
            conversations.c.address == address,
        )
    ).all()
    ours: list[str] = []
    theirs: list[str] = []
    offered: list[str] = []
    for talk in talks:
        for said in messages.after(conn, talk.id, talk.last_seq - LATELY):
            (theirs if said.author is Author.CITIZEN else ours).append(said.text)
        offer = messages.latest_offer(conn, talk.id, talk.last_seq + 1)
        offered += [choice.label for choice in offer.choices] if offer is not None else []
    return Lately(tuple(ours), tuple(theirs), tuple(offered))


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


def linked(conn: Connection, code: str) -> str | None:
    """The message a link leads to."""
    found: str | None = conn.execute(
        select(short_links.c.message_id).where(short_links.c.code == code)
    ).scalar_one_or_none()
    return found


def forget_links(conn: Connection, before: datetime) -> int:
    return conn.execute(delete(short_links).where(short_links.c.expires_at < before)).rowcount
