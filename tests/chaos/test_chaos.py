"""A bounded run of ``make chaos``: the gateway and Rasa are killed in the middle."""

from __future__ import annotations

import pytest

from tests.chaos.__main__ import attack
from tests.chaos.platform import Platform

pytestmark = pytest.mark.e2e


async def test_nothing_is_lost_doubled_or_out_of_order_while_processes_are_killed() -> None:
    verdict, killed, _ = await attack(
        messages=160,
        people=40,
        victims=["gateway", "rasa"],
        every=3,
        trouble=0.1,
        pause=4,
        most=2,
    )
    assert killed >= 2
    assert verdict.clean, verdict
    assert verdict.answers >= 160


def test_the_judge_sees_what_is_wrong() -> None:
    """A judge that cannot condemn proves nothing."""
    platform = Platform("http://127.0.0.1:1", "s" * 32)
    platform.said["p"] = ["p-0", "p-1", "p-2"]
    platform.acknowledged = {"p-0": "m0", "p-1": "m1", "p-2": "m2"}

    def answer(key: str, message: str, seq: int) -> dict[str, object]:
        return {"key": key, "in_reply_to": message, "seq": seq, "text": "x", "from": "bot"}

    platform.received = [answer("a", "m1", 2), answer("b", "m0", 3), answer("c", "m0", 4)]
    verdict = platform.verdict()
    assert verdict.lost == ["p-2"]
    assert verdict.answered_twice == ["p-0"]
    assert verdict.out_of_order == ["p"]
    assert not verdict.clean
    platform.received = [answer("a", "m0", 2), answer("a", "m0", 2)]
    assert platform.verdict().repeated_at_the_edge == 1
