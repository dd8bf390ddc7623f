"""Who is who: phones and whose they are, links between contacts, codes, forms left open.

A *contact* is whoever stands behind one address. A *person* is all contacts that links join: a tree
whose root is the eldest. Nothing is ever copied from one contact to another, so taking a link away
leaves each with exactly what is theirs.

* ``phones.phone`` is unique: a number is one contact's.
* A contact has at most one link upwards that is not undone: the links form trees.
* A number has at most one code that is still good.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    literal_column,
)

from connectors.store.metadata import metadata, partial_index
from connectors.store.types import Json, Moment

phones = Table(
    "phones",
    metadata,
    Column("phone", String(20), primary_key=True),  # E.164
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    # When somebody last wrote from it, or gave a code that was sent to it.
    Column("proved_at", Moment, nullable=False),
)

contact_links = Table(
    "contact_links",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("source", ForeignKey("contacts.id"), nullable=False),  # joined the elder one
    Column("target", ForeignKey("contacts.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("how", String(16), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("undone_at", Moment),
    Column("undone_by", String(64)),
    # One side was erased: there is nothing left to give back.
    Column("sealed", Boolean, nullable=False, server_default="0"),
    CheckConstraint("how IN ('code', 'operator')", name="how"),
    CheckConstraint("source <> target", name="apart"),
)
standing = contact_links.c.undone_at.is_(None)
partial_index(
    "ix_contact_links_standing",
    contact_links.c.source,
    unique=True,
    where=standing,
)

phone_codes = Table(
    "phone_codes",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("phone", String(20), nullable=False),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),  # who asked, where
    Column("contact_id", ForeignKey("contacts.id"), nullable=False),
    Column("asked_by", String(40), nullable=False, unique=True),  # the message that asked
    # What the code is made from, with the house's key (connectors/one_time_code).
    Column("nonce", String(32), nullable=False),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("issued_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    # The message that answered last and what came of it: a repeated turn is not another try.
    Column("answered_by", String(40)),
    Column("outcome", String(10)),
    CheckConstraint(
        "state IN ('active', 'used', 'dead', 'expired', 'replaced', 'dropped')", name="state"
    ),
    Index("ix_phone_codes_phone", "phone", "issued_at"),
    Index("ix_phone_codes_contact", "contact_id", "issued_at"),
    Index("ix_phone_codes_conversation", "conversation_id", "issued_at"),
    Index("ix_phone_codes_issued_at", "issued_at"),
)
# A constant: SQLite uses a partial index for no parameter.
active = phone_codes.c.state == literal_column("'active'")
partial_index(
    "ix_phone_codes_active",
    phone_codes.c.phone,
    unique=True,
    where=active,
)

open_forms = Table(
    "open_forms",
    metadata,
    # Whose dialogue holds the form now.
    Column("conversation_id", ForeignKey("conversations.id"), primary_key=True),
    Column("session", Integer, nullable=False),
    Column("draft", Json, nullable=False),
    Column("updated_at", Moment, nullable=False),
    # The message that took it over from elsewhere, and whether the dialogue has it since.
    Column("taken_by", String(40)),
    Column("held", Boolean, nullable=False, server_default="1"),
    # The conversation in which going on with it was offered last.
    Column("offered_to", String(40)),
)
