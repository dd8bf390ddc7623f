"""The local register keeps its promises: once per form, and only for whoever knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from actions.services import Services
from actions.work_orders import nodes, number
from actions.work_orders.register import GUESSES_PER_HOUR, RecordKind, Refusal
from connectors.clock import FrozenClock, in_china
from connectors.store.work_orders import NewWorkOrder, WorkOrder
from tests.actions.conftest import NOON


def order(key: str = "k1", phone: str | None = "13800001234") -> NewWorkOrder:
    return NewWorkOrder(
        key=key,
        channel="webchat",
        kind="投诉",
        title="夜间施工噪声",
        content="半夜还在施工",
        category=("城乡建设", "施工管理", "夜间施工噪声"),
        contact_phone=phone,
    )


async def test_the_same_form_files_one_order(services: Services) -> None:
    first = await services.work_orders.file(order())
    again = await services.work_orders.file(order())
    assert again.number == first.number == number.compose(NOON.date(), 1)


async def test_orders_of_a_day_are_numbered_in_turn_and_each_day_begins_anew(
    services: Services,
) -> None:
    assert isinstance(services.clock, FrozenClock)
    numbers = [(await services.work_orders.file(order(key))).number for key in "abc"]
    assert [n[11:17] for n in numbers] == ["000001", "000002", "000003"]
    services.clock.advance(timedelta(hours=13))  # past midnight in China, not yet in UTC
    late = await services.work_orders.file(order("d"))
    assert late.number.startswith("HY20261123-000001-")


async def test_an_order_has_ten_nodes_the_first_done(services: Services) -> None:
    filed = await services.work_orders.file(order())
    assert [node.name for node in filed.nodes] == list(nodes.STATIONS)
    assert [node.state for node in filed.nodes[:3]] == ["done", "current", "todo"]
    assert filed.nodes[0].at == NOON


async def test_an_order_is_due_after_its_working_days(services: Services) -> None:
    """NOON is a Sunday; the tenth working day from then is the Friday of the week after next."""
    complaint = await services.work_orders.file(order())
    urgent = await services.work_orders.file(replace(order("k2"), urgency="urgent"))
    other = await services.work_orders.file(replace(order("k3"), kind="其他"))
    assert complaint.filed.due_at is not None
    assert urgent.filed.due_at is not None
    assert in_china(complaint.filed.due_at).date() == date(2026, 12, 4)
    assert in_china(urgent.filed.due_at).date() == date(2026, 11, 23)
    assert other.filed.due_at is None


async def test_the_phones_last_digits_open_an_order_and_nothing_else_does(
    services: Services,
) -> None:
    filed = await services.work_orders.file(order())
    opened = await services.work_orders.look_up(filed.number, "1234", "c1")
    assert isinstance(opened, WorkOrder)
    assert replace(opened.filed, due_at=None) == order()
    wrong = await services.work_orders.look_up(filed.number, "4321", "c1")
    unknown = await services.work_orders.look_up("HY20261122-000099-1", "1234", "c1")
    assert wrong is unknown is Refusal.UNKNOWN_OR_WRONG


async def test_an_order_without_a_phone_is_opened_by_its_code(services: Services) -> None:
    filed = await services.work_orders.file(order(phone=None))
    assert filed.query_code is not None
    assert len(filed.query_code) == 6
    assert isinstance(
        await services.work_orders.look_up(filed.number, filed.query_code, "c1"), WorkOrder
    )
    assert await services.work_orders.look_up(filed.number, "", "c1") is Refusal.UNKNOWN_OR_WRONG


async def test_guessing_digits_is_stopped_for_everybody_for_an_hour(services: Services) -> None:
    assert isinstance(services.clock, FrozenClock)
    filed = await services.work_orders.file(order())
    for guess in range(GUESSES_PER_HOUR):
        await services.work_orders.look_up(filed.number, f"{guess:04}", f"c{guess}")
    right = await services.work_orders.look_up(filed.number, "1234", "somebody else")
    assert right is Refusal.TOO_MANY_GUESSES
    services.clock.advance(timedelta(hours=1, seconds=1))
    assert isinstance(await services.work_orders.look_up(filed.number, "1234", "c1"), WorkOrder)


async def test_one_conversation_cannot_guess_its_way_through_many_numbers(
    services: Services,
) -> None:
    filed = await services.work_orders.file(order())
    for serial in range(2, 2 + GUESSES_PER_HOUR):
        await services.work_orders.look_up(number.compose(NOON.date(), serial), "1234", "c1")
    assert await services.work_orders.look_up(filed.number, "1234", "c1") is (
        Refusal.TOO_MANY_GUESSES
    )
    assert isinstance(await services.work_orders.look_up(filed.number, "1234", "c2"), WorkOrder)


async def test_urging_counts_and_the_same_message_counts_once(services: Services) -> None:
    filed = await services.work_orders.file(order())

    async def urge(key: str) -> tuple[int, bool]:
        done = await services.work_orders.add(
            filed.number, RecordKind.URGE, "催一下", key=key, conversation_id="c1"
        )
        return done.times, done.fresh

    assert await urge("m1") == (1, True)
    assert await urge("m1") == (1, False)
    assert await urge("m2") == (2, True)


async def test_a_withdrawn_order_says_so(services: Services) -> None:
    filed = await services.work_orders.file(order())
    await services.work_orders.add(
        filed.number, RecordKind.WITHDRAW, "", key="m1", conversation_id="c1"
    )
    opened = await services.work_orders.look_up(filed.number, "1234", "c1")
    assert isinstance(opened, WorkOrder)
    assert opened.status == "withdrawn"


@pytest.mark.parametrize(
    ("used", "total", "expected"),
    [
        (timedelta(days=1), timedelta(days=10), "green"),
        (timedelta(days=5), timedelta(days=10), "yellow"),
        (timedelta(days=9, hours=1), timedelta(days=10), "orange"),
        (timedelta(days=10, hours=1), timedelta(days=10), "red"),
        (timedelta(0), timedelta(hours=4), "green"),
        (timedelta(hours=3, minutes=20), timedelta(hours=4), "orange"),
    ],
)
def test_the_light_reminds_presses_and_escalates(
    used: timedelta, total: timedelta, expected: str
) -> None:
    assert nodes.light(NOON, NOON + total, NOON + used) == expected


def test_without_a_deadline_there_is_no_light() -> None:
    assert nodes.light(NOON, None, NOON) is None
