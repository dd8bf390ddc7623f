"""Orders of different people about one matter are linked when they are filed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from actions.work_orders import alike
from connectors.store import order_matters
from connectors.store.database import Database
from connectors.store.order_matters import Sketch
from connectors.store.work_orders import NewWorkOrder

MOST_LINKED = 20


async def linked(
    database: Database, order: NewWorkOrder, now: datetime, contact_id: str | None
) -> NewWorkOrder:
    """The order with the numbers of other people's orders about the same matter. ``contact_id``:
    who files it, on an anonymous order too."""
    point = None
    if order.latitude is not None and order.longitude is not None:
        point = (order.latitude, order.longitude)
    where, region = order.place_text or "", order.place_region
    one = Sketch("", now, order.category, where, region, order.content, point)

    def unit(conn: Connection) -> list[Sketch]:
        since = now - alike.CLUSTER_WITHIN
        return order_matters.in_region(conn, order.place_region, since, contact_id or "")

    others = alike.cluster(one, await database.read(unit))
    related = (*order.related, *(found.sketch.number for found in others[:MOST_LINKED]))
    return replace(order, related=related)
