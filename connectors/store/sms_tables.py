"""The tables of text messages alone.

* ``sms_parts``: parts of a long message that wait for the others, as bytes: a character may be
  divided between two of them.
* ``short_links``: which message an address we sent in a text message leads to.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from connectors.store.metadata import metadata
from connectors.store.schema import ADDRESS_MOST
from connectors.store.types import Moment

sms_parts = Table(
    "sms_parts",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("address", String(ADDRESS_MOST), primary_key=True),
    Column("reference", Integer, primary_key=True),
    Column("total", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("charset", String(32), nullable=False),
    Column("external_id", String(160), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("handed_as", String(160)),  # the message it went, or is going, on in; none: it waits
    Column("joined_at", Moment),  # since when it has; kept so that a repeat is known as one
    Index("ix_sms_parts_received_at", "received_at"),
)

short_links = Table(
    "short_links",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)
