"""Parcel-style progress (快递式查询) of an order, as a card and as a sentence."""

from __future__ import annotations

from datetime import datetime

from actions.turn import Button, Speaker
from actions.work_orders import nodes
from connectors.clock import in_china
from connectors.store.work_orders import WorkOrder


def show(order: WorkOrder, now: datetime, speaker: Speaker) -> None:
    """Say where the order is, and show its way."""
    at = nodes.current(order.nodes)
    if order.provisional and order.status == "open":
        text = speaker.text("progress_provisional", number=order.number)
    elif order.status == "withdrawn":
        text = speaker.text("progress_withdrawn", number=order.receipt)
    elif at is None:
        text = speaker.text("progress_closed", number=order.receipt)
    else:
        text = speaker.text("progress_at", number=order.receipt, node=at.name)
    speaker.show(
        {
            "part": "progress",
            "number": order.receipt,
            "nodes": [
                {
                    "name": node.name,
                    "state": node.state,
                    "at": in_china(node.at).isoformat() if node.at else None,
                    "by": node.by,
                    "note": node.note,
                }
                for node in order.nodes
            ],
            "light": nodes.light(order.created_at, order.filed.due_at, now),
        },
        text,
    )
    if order.status == "open":
        speaker.say(
            "progress_next",
            (
                Button("button_urge", "/urge_order"),
                Button("button_supplement", "/supplement_order"),
                Button("button_withdraw", "/withdraw_order"),
            ),
        )
