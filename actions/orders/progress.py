"""Parcel-style progress (快递式查询) of an order, as a card and as a few sentences."""

from __future__ import annotations

from datetime import datetime

from actions import payloads
from actions.turn import Button, Speaker
from actions.work_orders import nodes
from connectors.clock import in_china
from connectors.store.work_orders import WorkOrder

EVERY_STEP = "every-step"  # kinds of a choice: "every-step:<number>"
MAIN_STEPS = "main-steps"


def show(order: WorkOrder, now: datetime, speaker: Speaker, *, here: bool = False) -> None:
    """Say where the order is, and show its way. ``here``: news of it come to this conversation, so
    it may be chosen how many."""
    at = nodes.current(order.nodes)
    running = order.status == "open" and (at is None or at.name not in nodes.DONE)
    light = nodes.light(order.runs_since, order.filed.due_at, now) if running else None
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
            "light": light,
        },
        "\n".join(_sentences(order, light, speaker)),
    )
    if order.status != "open":
        return
    buttons = [
        Button("button_urge", "/urge_order"),
        Button("button_supplement", "/supplement_order"),
        Button("button_withdraw", "/withdraw_order"),
    ]
    if here:
        label, choice = (
            ("button_main_steps", MAIN_STEPS)
            if order.every_step
            else ("button_every_step", EVERY_STEP)
        )
        payload = payloads.compose("query_progress", f"{choice}:{order.number}")
        buttons.append(Button(label, payload))
    speaker.say("progress_next", buttons)


def _sentences(order: WorkOrder, light: nodes.Light | None, speaker: Speaker) -> list[str]:
    """Where it is and since when, who has it, by when; the official answer and what its kind of
    closing means."""
    at, handling = nodes.current(order.nodes), order.handling
    if order.provisional and order.status == "open":
        return [speaker.text("progress_provisional", number=order.number)]
    if order.status == "withdrawn":
        return [speaker.text("progress_withdrawn", number=order.receipt)]
    said = [
        speaker.text("progress_at", number=order.receipt, node=at.name)
        if at is not None and order.status == "open"
        else speaker.text("progress_closed", number=order.receipt)
    ]
    unit = handling.unit or speaker.text("office_name")
    passed = [node for node in order.nodes if node.state == "done" and node.at is not None]
    if order.status == "open" and passed and passed[-1].at is not None:
        said.append(speaker.text("progress_last", node=passed[-1].name, **_when(passed[-1].at)))
    if handling.unit and not handling.answer:
        helpers = "、".join(handling.helpers)
        key = "progress_unit_helped" if helpers else "progress_unit"
        said.append(speaker.text(key, unit=handling.unit, helpers=helpers))
    if handling.answer:
        said.append(speaker.text("progress_answer", unit=unit, answer=handling.answer))
    if handling.outcome:
        outcome = speaker.text(f"order_outcome_{handling.outcome}")
        said.append(speaker.text("progress_outcome", outcome=outcome))
    elif order.status == "open" and order.filed.due_at is not None and light is not None:
        said.append(speaker.text(f"progress_due_{light}", **_when(order.filed.due_at)))
    return said


def tell_standing(order: WorkOrder, now: datetime, speaker: Speaker) -> None:
    """Say how far an order is, to whoever it came from, without any word of what was answered."""
    key = "order_stands" if order.filed.contact_phone else "order_stands_no_phone"
    buttons = (
        Button("button_urge", "/urge_order"),
        Button("button_supplement", "/supplement_order"),
        Button("button_progress", "/query_progress"),
    )
    speaker.say(key, buttons, stands="".join(_standing(order, now, speaker)))


def _standing(order: WorkOrder, now: datetime, speaker: Speaker) -> list[str]:
    """Where it is, who has it and until when."""
    if order.provisional:
        return [speaker.text("progress_provisional", number=order.number)]
    at = nodes.current(order.nodes)
    said = [speaker.text("progress_at", number=order.receipt, node=at.name)] if at else []
    if order.handling.unit:
        said.append(speaker.text("progress_unit", unit=order.handling.unit))
    if order.filed.due_at is not None:
        light = nodes.light(order.runs_since, order.filed.due_at, now)
        said.append(speaker.text(f"progress_due_{light}", **_when(order.filed.due_at)))
    return said


def _when(moment: datetime) -> dict[str, int | str]:
    local = in_china(moment)
    return {"month": local.month, "day": local.day, "clock": f"{local:%H:%M}"}
