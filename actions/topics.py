"""The useful question's ready answers."""

from __future__ import annotations

from actions.turn import Button


def topics() -> tuple[Button, ...]:
    """What a person may want of us, as buttons."""
    return (
        Button("button_policy", "/ask_policy"),
        Button("button_complaint", "/complain"),
        Button("button_progress", "/query_progress"),
        Button("button_human", "/ask_human"),
    )
