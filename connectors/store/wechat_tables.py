"""The tables of WeChat alone.

* ``wechat_consents``: which subscription messages a person agreed to be sent, and how many.
* ``wechat_cursors``: how far the messages of a WeCom customer service account have been fetched.
* ``wechat_files``: files people sent that are still to be fetched; the platform keeps them a while.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from connectors.store.metadata import metadata
from connectors.store.schema import ADDRESS_MOST, EXTERNAL_ID_MOST
from connectors.store.types import Moment

EVENT_MOST = 160  # characters of what an event is known by

wechat_consents = Table(
    "wechat_consents",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("openid", String(ADDRESS_MOST), primary_key=True),
    Column("template", String(64), primary_key=True),  # the platform's id of it
    Column("times", Integer, nullable=False, server_default="0"),  # one-time consents
    Column("always", Boolean, nullable=False, server_default="0"),  # a long-term consent
    Column("last_event", String(EVENT_MOST)),  # its repeats count for nothing
    Column("updated_at", Moment, nullable=False),
)

wechat_cursors = Table(
    "wechat_cursors",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("open_kfid", String(64), primary_key=True),
    Column("cursor", String(128), nullable=False),
    Column("updated_at", Moment, nullable=False),
)

wechat_files = Table(
    "wechat_files",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("external_id", String(EXTERNAL_ID_MOST), primary_key=True),
    Column("address", String(ADDRESS_MOST), nullable=False),
    Column("kind", String(10), nullable=False),  # image, voice, video
    Column("media_id", String(256), nullable=False),
    Column("silent", Boolean, nullable=False, server_default="0"),  # answered already
    Column("received_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", Moment, nullable=False),
    Index("ix_wechat_files_next_at", "next_at"),
)
