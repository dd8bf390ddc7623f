"""People a platform knows by one id in several of its places: a message here, a chat there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from connectors.ids import ContactId
from connectors.store import conversations


def known_as(
    conn: Connection, channels: Iterable[str], account: str, address: str
) -> ContactId | None:
    """Whom the address is on one of the channels, if it has written there."""
    for channel in sorted(channels):
        talk = conversations.find(conn, channel, account, address)
        if talk is not None:
            return talk.contact_id
    return None


def meet(
    conn: Connection,
    channel: str,
    account: str,
    address: str,
    elsewhere: Iterable[str],
    now: datetime,
) -> None:
    """Makes the conversation of an address with the contact it is elsewhere; nothing when it is
    there already, or nobody knows the address elsewhere."""
    if conversations.find(conn, channel, account, address) is not None:
        return
    contact_id = known_as(conn, elsewhere, account, address)
    if contact_id is not None:
        conversations.make(conn, channel, account, address, now, contact_id)
