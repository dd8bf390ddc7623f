"""What is changed in Rasa while it runs: each module one change, with its reason, and ``install``.

Six make a turn several times cheaper and leave what it does as it was: :mod:`.action_reply`,
:mod:`.action_call`, :mod:`.event_types`, :mod:`.tracker_store` (which also refuses a dialogue that
somebody else has gone on with), :mod:`.graph` and :mod:`.lock_wait`.  :mod:`.tracker_file` sets how
the tracker's SQLite file is written, and :mod:`.turn_failures` lets no failure of a turn pass for a
success.
"""

from __future__ import annotations


def install(database: str) -> None:
    """All of them; ``database`` is the tracker store's file."""
    from runtime.patches import (
        action_call,
        action_reply,
        event_types,
        graph,
        lock_wait,
        tracker_file,
        tracker_store,
        turn_failures,
    )

    tracker_file.install(database)
    action_reply.install()
    lock_wait.install()
    event_types.install()
    tracker_store.install()
    graph.install()
    action_call.install()
    turn_failures.install()
