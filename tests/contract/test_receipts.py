"""What every channel that has receipts does with them."""

from __future__ import annotations

import itertools

import pytest

from connectors.channel import ReceiptState
from tests.contract.stand import Stand, each_case
from tests.contract.subject import Attack, Line, Subject
from tests.contract.subjects import SUBJECTS

ORDER = ["queued", "sent", "delivered", "seen"]

each_order = pytest.mark.parametrize(
    ("channel", "order"),
    [
        pytest.param(subject, order, id=f"{subject.title or subject.name}: {' '.join(order)}")
        for subject in SUBJECTS
        if subject.receipts
        for order in itertools.permutations(subject.receipts)
    ],
)
each_with_receipts = pytest.mark.parametrize(
    "channel",
    [
        pytest.param(subject, id=subject.title or subject.name)
        for subject in SUBJECTS
        if subject.receipts
    ],
)


async def one_message_sent(stand: Stand) -> str:
    await stand.subject.say(Line("1", "在吗"))
    await stand.until_heard("回声：在吗")
    await stand.until_states("sent")
    return (await stand.deliveries())[0].id


@each_order
async def test_receipts_in_any_order_leave_the_furthest_state(
    stand: Stand, channel: type[Subject], order: tuple[ReceiptState, ...]
) -> None:
    key = await one_message_sent(stand)
    for state in (*order, *order):
        assert (await stand.subject.tell(key, state)).taken
    furthest = max(order, key=lambda state: ORDER.index(state.value))
    assert [one.state for one in await stand.deliveries()] == [furthest.value]


@each_with_receipts
async def test_a_receipt_for_nothing_of_ours_is_answered_and_changes_nothing(stand: Stand) -> None:
    key, last = await one_message_sent(stand), stand.subject.receipts[-1]
    before = await stand.deliveries()
    if stand.subject.forged_receipts:  # where a message can be named at all
        assert (await stand.subject.tell("d_unknown", last)).taken
        assert await stand.deliveries() == before
    assert (await stand.subject.tell(key, last)).taken
    await stand.until_states(last.value)


@each_case("forged_receipts")
async def test_a_receipt_that_is_not_genuine_changes_nothing(stand: Stand, case: Attack) -> None:
    key = await one_message_sent(stand)
    await case(stand.subject, Line(key))
    assert [one.state for one in await stand.deliveries()] == ["sent"]
