"""The tables around the outbox's deliveries.

* ``delivery_pieces``: the platform messages a delivery was divided into, as far as they were sent,
  so that a retry goes on where the last try stopped and a receipt finds its message.
* ``reply_grants``: what a platform lets us send for a while because the person came in, not wrote.
* ``sending_accounts``: the next free moment and the day's count of an account with limits, shared
  by all gateways.
* ``stray_receipts``: receipts that came too early: before we knew the platform's id they name, or
  before we knew that the platform had taken what they say has failed.
* ``delivery_routes``: the accounts a delivery was taken away from because they failed it.
* ``opt_outs``: addresses that want nothing but what they ask for.
* ``sending_costs``: what an account was charged for, by China's calendar day and by purpose.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    literal_column,
)

from connectors.store.metadata import metadata, partial_index
from connectors.store.schema import ADDRESS_MOST, deliveries
from connectors.store.types import Moment

WINDOW_CLOSED = "window_closed"
GIVEN_UP: Final = ("dead", "expired")  # states of what was not sent and is not tried any more

pieces = Table(
    "delivery_pieces",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("piece", Integer, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("provider_id", String(128)),
    Column("state", String(12), nullable=False),  # sent delivered seen failed
    Column("sent_at", Moment, nullable=False),
    # How many sends were left when its message was rendered: at a retry it is cut the same way.
    Column("cut_to", Integer),
    Column("joined_up_to", Integer),  # … together with the messages up to that place
    Index("ix_delivery_pieces_provider", "channel", "account", "provider_id"),
)

reply_grants = Table(
    "reply_grants",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("opened_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("sends", Integer, nullable=False),
)

sending_accounts = Table(
    "sending_accounts",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("next_free_at", Moment),
    Column("day", Date),
    Column("sent_that_day", Integer, nullable=False, server_default="0"),
)

stray_receipts = Table(
    "stray_receipts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("name", String(128), nullable=False),
    Column("ours", Boolean, nullable=False),  # whether the name is our key or the platform's id
    Column("state", String(12), nullable=False),
    Column("error_code", String(32)),
    Column("error_detail", Text),
    Column("at", Moment, nullable=False),
    Index("ix_stray_receipts_name", "channel", "account", "name"),
)

routes = Table(
    "delivery_routes",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("left_at", Moment, nullable=False),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("address", String(ADDRESS_MOST), primary_key=True),
    Column("at", Moment, nullable=False),
)

sending_costs = Table(
    "sending_costs",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("purpose", String(16), primary_key=True),
    Column("messages", Integer, nullable=False, server_default="0"),
    Column("units", Integer, nullable=False, server_default="0"),  # of an SMS: segments
)

# Nearly all deliveries have been sent long ago; what is looked for are the others, so the indexes
# hold no more than these.
queued = deliveries.c.state == literal_column("'queued'")
given_up = deliveries.c.state.in_([literal_column(f"'{state}'") for state in GIVEN_UP])
partial_index(
    "ix_deliveries_account_due",
    deliveries.c.channel,
    deliveries.c.account,
    deliveries.c.next_attempt_at,
    where=queued,
)
partial_index(
    "ix_deliveries_in_line",
    deliveries.c.conversation_id,
    deliveries.c.seq,
    where=queued,
)
partial_index(
    "ix_deliveries_given_up",
    deliveries.c.state,
    deliveries.c.updated_at,
    where=given_up,
)
named = deliveries.c.provider_id.is_not(None)
partial_index(
    "ix_deliveries_provider",
    deliveries.c.channel,
    deliveries.c.account,
    deliveries.c.provider_id,
    where=named,
)
# Kept back until the person writes again.
held = and_(queued, deliveries.c.error_code == literal_column(f"'{WINDOW_CLOSED}'"))
partial_index(
    "ix_deliveries_held",
    deliveries.c.state,
    deliveries.c.error_code,
    where=held,
)
# Codes that prove a phone go before everything else of their account.
urgent = and_(queued, deliveries.c.purpose == literal_column("'verification'"))
partial_index(
    "ix_deliveries_urgent",
    deliveries.c.channel,
    deliveries.c.account,
    where=urgent,
)
