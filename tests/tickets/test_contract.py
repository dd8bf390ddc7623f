"""What every ticket system behind the port does, whoever it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from actions.work_orders.tickets import (
    Change,
    ChangeKind,
    NotCarried,
    Papers,
    Status,
    TicketError,
    TicketSystem,
)
from connectors.clock import SystemClock
from connectors.store.tickets import Ticket
from connectors.store.work_orders import WorkOrder
from tests.tickets.subjects import SUBJECTS, Subject, new_order, taken

each = pytest.mark.parametrize("open_one", SUBJECTS.values(), ids=SUBJECTS.keys())


async def filed(subject: Subject) -> WorkOrder:
    """An order the system has taken."""
    order = await subject.file(new_order())
    answer = await subject.system.file(order, Papers(), again=False)
    assert answer.receipt
    return taken(order, answer.receipt)


def change(order: WorkOrder, kind: ChangeKind, **said: object) -> Change:
    values = {"text": "还没有来人", **said}
    key = f"{order.number}:1:{kind.value}"
    return Change(kind, key, SystemClock().now(), **values)  # type: ignore[arg-type]


async def news(system: TicketSystem, order: WorkOrder) -> tuple[Status, str, str, str]:
    ticket = Ticket(order.number, "core", order.receipt)
    found = (await system.look([ticket]))[order.number]
    return found.status, found.unit, found.answer, found.outcome


@each
async def test_an_order_is_taken_once_however_often_it_is_handed_in(
    open_one: object, tmp_path: Path
) -> None:
    async with open_one(tmp_path) as subject:  # type: ignore[operator]
        order = await filed(subject)
        again = await subject.system.file(order, Papers(), again=True)
        assert again.receipt == order.receipt
        assert await subject.orders() == 1


@each
async def test_changes_arrive_in_their_order_and_once(open_one: object, tmp_path: Path) -> None:
    async with open_one(tmp_path) as subject:  # type: ignore[operator]
        order = await filed(subject)
        for kind in (ChangeKind.URGE, ChangeKind.SUPPLEMENT):
            await subject.system.update(order, change(order, kind))
            await subject.system.update(order, change(order, kind))
        assert await subject.has(order) == ["urge", "supplement"]


@each
async def test_how_it_stands_is_seen_and_the_follow_up_goes_back(
    open_one: object, tmp_path: Path
) -> None:
    async with open_one(tmp_path) as subject:  # type: ignore[operator]
        order = await filed(subject)
        await subject.handle(order)
        assert await news(subject.system, order) == (
            Status.CLOSED,
            "区城管局",
            "已责令停工。",
            subject.outcome,
        )
        follow_up = change(order, ChangeKind.FOLLOW_UP, solved=True, rating=5)
        if "follow_up" in subject.carries:
            await subject.system.update(order, follow_up)
            await subject.system.update(order, follow_up)
            assert "follow_up" in await subject.has(order)
        else:
            with pytest.raises(NotCarried):
                await subject.system.update(order, follow_up)


@each
async def test_not_solved_means_handled_anew(open_one: object, tmp_path: Path) -> None:
    async with open_one(tmp_path) as subject:  # type: ignore[operator]
        order = await filed(subject)
        await subject.handle(order)
        await subject.system.update(order, change(order, ChangeKind.REOPEN, solved=False))
        await subject.system.update(order, change(order, ChangeKind.REOPEN, solved=False))
        assert await subject.has(order) == ["reopen"]


@each
async def test_it_is_well_and_when_it_is_gone_it_says_so(open_one: object, tmp_path: Path) -> None:
    async with open_one(tmp_path) as subject:  # type: ignore[operator]
        order = await filed(subject)
        assert await subject.system.health() is None
        assert subject.stop is not None
        await subject.stop()
        assert await subject.system.health()
        with pytest.raises(TicketError) as caught:
            await subject.system.file(order, Papers(), again=False)
        assert caught.value.code == "unreachable"
        every = subject.system.look_every
        assert every is None or every >= timedelta(seconds=1)
