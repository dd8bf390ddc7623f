"""Another account of the same channel, for a message its own account cannot carry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from connectors.channel import Channel
from connectors.store import conversations
from connectors.store.delivery_tables import routes
from connectors.store.outbox import Delivery
from connectors.store.schema import deliveries


@dataclass(frozen=True, slots=True)
class Other:
    """``fresh``: it has not failed this message yet, so it may be tried at once."""

    account: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Rerouting:
    channels: Mapping[str, Channel]

    def other(
        self, conn: Connection, delivery: Delivery, avoid: Collection[str] = ()
    ) -> Other | None:
        """The next account to try; when all have failed it, the one that did so longest ago."""
        channel = self.channels.get(delivery.channel)
        accounts_for = channel.capabilities.accounts_for if channel is not None else None
        talk = conversations.get(conn, delivery.conversation_id) if accounts_for else None
        if accounts_for is None or talk is None:
            return None
        rows = conn.execute(
            select(routes.c.account, routes.c.left_at).where(routes.c.delivery_id == delivery.id)
        )
        left: dict[str, datetime] = {row.account: row.left_at for row in rows}
        others = [
            one
            for one in accounts_for(talk.address)
            if one != delivery.account and one not in avoid
        ]
        for one in others:
            if one not in left:
                return Other(one, fresh=True)
        return Other(min(others, key=lambda one: left[one]), fresh=False) if others else None

    def move(
        self,
        conn: Connection,
        delivery: Delivery,
        account: str,
        at: datetime,
        code: str,
        detail: str,
        now: datetime,
    ) -> None:
        """Hands the delivery to another account, due ``at`` then."""
        gone = (routes.c.delivery_id == delivery.id, routes.c.account == delivery.account)
        conn.execute(delete(routes).where(*gone))
        conn.execute(
            insert(routes).values(delivery_id=delivery.id, account=delivery.account, left_at=now)
        )
        conn.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery.id, deliveries.c.state.in_(["queued", "sent"]))
            .values(
                account=account,
                state="queued",
                next_attempt_at=at,
                error_code=code,
                error_detail=detail,
                updated_at=now,
            )
        )
