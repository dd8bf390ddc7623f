"""The SQL tracker store reads and writes events by plain statements.

Rasa reads a dialogue through the ORM, then counts in the database what it has just read, adds the
new events one object at a time, and opens the SQLite file anew for each: a third of a turn. Same
table, same rows, same order; the statements are built once and the file stays open.

And a dialogue somebody else has added to since it was read is not written: two workers that were
given the same message (a lease was lost) would make it count twice, and mix their events.
"""

from __future__ import annotations

import json
from typing import Any

SESSION_STARTED = "session_started"
_KNOWN = "huiying_known"  # on a tracker: how many events of its session are stored


class Overtaken(Exception):
    """Another worker has written to this dialogue since it was read; nothing was stored."""


def install() -> None:
    import rasa.core.tracker_store as stores
    import sqlalchemy as sa
    from rasa.shared.core.trackers import DialogueStateTracker
    from sqlalchemy.pool import StaticPool

    table = stores.SQLTrackerStore.SQLEvent.__table__
    began = (
        sa.select([sa.func.max(table.c.timestamp)])
        .where(table.c.sender_id == sa.bindparam("sender"), table.c.type_name == SESSION_STARTED)
        .scalar_subquery()
    )
    of_sender = table.c.sender_id == sa.bindparam("sender")
    of_session = sa.and_(of_sender, table.c.timestamp >= sa.func.coalesce(began, 0))
    read_session = sa.select([table.c.data]).where(of_session).order_by(table.c.id)
    read_all = sa.select([table.c.data]).where(of_sender).order_by(table.c.id)
    count_session = sa.select([sa.func.count()]).select_from(table).where(of_session)
    insert = table.insert()
    engine_settings = stores.create_engine_kwargs

    def create_engine_kwargs(url: Any) -> dict[str, Any]:
        settings: dict[str, Any] = engine_settings(url)
        if sa.engine.make_url(url).get_backend_name() == "sqlite":
            # One process, one thread, and no await while a statement runs: one connection.
            settings = {**settings, "poolclass": StaticPool}
        return settings

    async def _retrieve(
        self: stores.SQLTrackerStore, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> DialogueStateTracker | None:
        statement = read_all if fetch_events_from_all_sessions else read_session
        with self.engine.connect() as connection:
            found = connection.execute(statement, {"sender": sender_id}).scalars().all()
        if not found or not self.domain:
            return None
        events = [json.loads(data) for data in found]
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        if not fetch_events_from_all_sessions:
            setattr(tracker, _KNOWN, len(found))
        return tracker

    async def save(self: stores.SQLTrackerStore, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        with self.engine.begin() as connection:
            if connection.dialect.name == "sqlite":  # or another may write between the two
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            known = connection.execute(count_session, {"sender": tracker.sender_id}).scalar()
            if known != getattr(tracker, _KNOWN, known):
                raise Overtaken(f"{known} events instead of {getattr(tracker, _KNOWN)}")
            rows = [_row(tracker.sender_id, event) for event in list(tracker.events)[known:]]
            if rows:
                connection.execute(insert, rows)
                known = connection.execute(count_session, {"sender": tracker.sender_id}).scalar()
        setattr(tracker, _KNOWN, known)

    stores.create_engine_kwargs = create_engine_kwargs
    stores.SQLTrackerStore._retrieve = _retrieve
    stores.SQLTrackerStore.save = save


def _row(sender_id: str, event: Any) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }
