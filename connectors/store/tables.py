"""The whole catalogue: importing this declares every table there is."""

from __future__ import annotations

from connectors.store import answer_tables as answer_tables
from connectors.store import attachments as attachments
from connectors.store import delivery_tables as delivery_tables
from connectors.store import desk_tables as desk_tables
from connectors.store import follow_up_tables as follow_up_tables
from connectors.store import identity_tables as identity_tables
from connectors.store import incidents as incidents
from connectors.store import notes as notes
from connectors.store import order_tables as order_tables
from connectors.store import schema as schema
from connectors.store import sms_tables as sms_tables
from connectors.store import surges as surges
from connectors.store import ticket_tables as ticket_tables
from connectors.store import wechat_tables as wechat_tables
from connectors.store.metadata import metadata as metadata
