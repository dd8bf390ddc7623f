"""Bounded runs of ``make chaos`` and ``make chaos ARGS=--cluster``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.chaos import portal
from tests.chaos.__main__ import PLATFORMS, Outcome, Plan, attack
from tests.chaos.clocks import WallClock
from tests.chaos.disk import Disk
from tests.chaos.faults import Span
from tests.chaos.portal import Portal
from tests.chaos.talks import NOTED_WITHIN, Heard, Said, Shown, judge, read
from tests.chaos.verdict import together
from tests.servers import free_port


def bounded(*faults: str, platforms: Sequence[str] = ("portal",)) -> Plan:
    """Each fault once, while messages keep coming."""
    return Plan(40, 20, faults, every=2, pause=4, again=False, platforms=platforms)


@pytest.mark.e2e
async def test_nothing_is_lost_doubled_or_out_of_order_whatever_fails() -> None:
    plan = bounded("gateway", "disk", platforms=[*PLATFORMS])
    outcome = await attack(plan, cluster=False)
    assert outcome.clean, outcome.as_json()
    assert {*plan.faults} <= {*outcome.faults}


@pytest.mark.e2e
@pytest.mark.postgres
@pytest.mark.redis
async def test_nothing_is_lost_doubled_or_out_of_order_in_the_cluster() -> None:
    plan = bounded("gateway", "postgres-kill", "redis-kill")
    outcome = await attack(plan, cluster=True)
    assert outcome.clean, outcome.as_json()
    assert {*plan.faults} <= {*outcome.faults}


# The judge and the platform --------------------------------------------------------------------


def portal_of_three() -> Portal:
    platform = Portal("http://127.0.0.1:1")
    platform.said["p"] = ["p-0", "p-1", "p-2"]
    platform.acknowledged = {"p-0": "m0", "p-1": "m1", "p-2": "m2"}
    return platform


def answer(key: str, message: str, seq: int) -> dict[str, object]:
    return {"key": key, "in_reply_to": message, "seq": seq, "text": key, "from": "bot"}


def test_the_judge_sees_what_is_wrong() -> None:
    """A judge that cannot condemn proves nothing."""
    platform = portal_of_three()
    platform.received = [answer("a", "m1", 2), answer("b", "m0", 3), answer("c", "m0", 4)]
    verdict = platform.verdict()
    assert verdict.lost == ["p-2"]
    assert verdict.answered_twice == ["p-0"]
    assert verdict.out_of_order == ["p"]
    assert not verdict.clean
    assert platform.unanswered()


def test_the_judge_acquits_who_is_innocent() -> None:
    platform = portal_of_three()
    platform.received = [answer(f"k{n}", f"m{n}", n) for n in range(3)]
    platform.received.append(answer("k2", "m2", 2))  # the same post again: the one window we have
    assert platform.verdict().clean
    assert platform.verdict().repeated_at_the_edge == 1


def test_what_the_platform_gave_up_is_its_loss_but_is_not_answered_twice() -> None:
    platform = portal_of_three()
    del platform.acknowledged["p-2"]
    platform.given_up.add("p-2")
    platform.received = [answer(f"k{n}", f"m{n}", n) for n in range(2)]
    assert platform.verdict().clean
    platform.received += [answer("x", "m2", 8), answer("y", "m2", 9)]
    assert platform.verdict().answered_twice == ["m2"]


def test_a_run_in_which_too_little_was_acknowledged_proves_nothing() -> None:
    platform = portal_of_three()
    platform.acknowledged = {"p-0": "m0"}
    platform.received = [answer("a", "m0", 1)]
    verdict = platform.verdict()
    assert verdict.clean
    plan = Plan(messages=3, people=1, faults=(), every=1, pause=1)
    assert not Outcome(plan, verdict, [], 1.0).clean


async def test_the_platform_tries_three_times_and_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "ANSWER_WITHIN", 0.05)

    platform = Portal(f"http://127.0.0.1:{free_port()}")
    async with platform.open(free_port()):
        began = time.monotonic()
        assert not await platform.push("p", 0, "你好")
        assert time.monotonic() - began >= 0.15
    assert platform.pushes == 3
    assert platform.given_up == {"p-0"}


def test_the_verdicts_of_several_platforms_add_up() -> None:
    one, other = portal_of_three(), portal_of_three()
    one.received = [answer(f"k{n}", f"m{n}", n) for n in range(3)]
    both = together([one.verdict(), other.verdict()])
    assert (both.acknowledged, both.answers) == (6, 3)
    assert both.lost == ["p-0", "p-1", "p-2"]
    assert not both.clean


# The judge of WeChat and Kannel, which do not say which message an answer is to ----------------

ANSWERS = {"甲": "一", "乙": "二", "丙": "三"}


def shown(*texts: str, told: bool = True) -> list[Shown]:
    return [Shown(text, at, told) for at, text in enumerate(texts)]


def taken(said: str) -> list[Said]:
    """An x behind a line: it was given up."""
    lines = re.findall("([甲乙丙])(x?)", said)
    return [Said(line, taken=not given_up) for line, given_up in lines]


def of_talk(said: str, seen: list[Shown], *spans: Span) -> tuple[list[str], list[str], bool, int]:
    heard, strange = read(seen, ANSWERS, ["请稍候"], spans)
    found = judge(taken(said), heard, strange)
    assert found.strange == []
    return found.lost, found.twice, found.disorder, found.repeated


def test_each_line_answered_once_in_order_is_right() -> None:
    right: tuple[list[str], list[str], bool, int] = ([], [], False, 0)
    assert of_talk("甲乙丙", shown("一", "二", "三")) == right
    assert of_talk("甲乙丙", shown("一", "二\n\n三")) == right  # what waited goes together
    assert of_talk("甲乙", shown("一", "请稍候", "二")) == right
    assert of_talk("甲x乙", shown("二")) == of_talk("甲x乙", shown("一", "二")) == right


def test_what_is_lost_twice_or_out_of_order_is_seen() -> None:
    assert of_talk("甲乙丙", shown("一", "三"))[0] == ["乙"]
    assert of_talk("甲乙", shown("一", "一", "二"))[1] == ["甲"]
    assert of_talk("甲x乙", shown("一", "二", "二"))[1] == ["乙"]
    assert of_talk("甲乙", shown("二", "一"))[2]


def test_what_is_no_answer_is_strange() -> None:
    assert read(shown("一", "别的"), ANSWERS, []) == ([Heard("甲")], ["别的"])


def test_what_cannot_be_known_to_have_arrived_may_come_again() -> None:
    twice = shown("一", "一", "二")
    untold = [*shown("一", told=False), *twice[1:]]
    assert of_talk("甲乙", untold) == ([], [], False, 1)
    assert of_talk("甲乙", [*shown("一", told=False), *shown("一\n\n二")]) == ([], [], False, 1)
    killed = Span("gateway", twice[0].at + NOTED_WITHIN / 2, twice[0].at + 9)
    assert of_talk("甲乙", twice, killed) == ([], [], False, 1)
    later = Span("gateway", twice[0].at + NOTED_WITHIN * 2, twice[0].at + 9)
    assert of_talk("甲乙", twice, later)[1] == ["甲"]
    # Whoever says the same again is answered again, whatever was in doubt.
    assert of_talk("甲x甲", untold[:2]) == ([], [], False, 0)


# What is done to it ----------------------------------------------------------------------------


@pytest.mark.parametrize("mount", [True, False])
def test_a_full_disk_takes_nothing_until_it_is_freed(tmp_path: Path, mount: bool) -> None:
    script = (
        "import sys, pathlib\n"
        "for n, line in enumerate(sys.stdin):\n"
        "    try: told = pathlib.Path(sys.argv[1], str(n)).write_bytes(b'x' * 65536) and 'ok'\n"
        "    except OSError: told = 'full'\n"
        "    print(told, flush=True)\n"
    )
    folder = tmp_path / "data"
    disk = Disk(folder, lambda: [writer.pid], mount=mount)
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    ) as writer:  # fmt: skip

        def writes() -> str:
            assert writer.stdin is not None
            assert writer.stdout is not None
            writer.stdin.write("\n")
            return writer.stdout.readline().strip()

        try:
            assert writes() == "ok"
            disk.fill()
            assert writes() == "full"
            disk.free()
            assert writes() == "ok"
        finally:
            writer.kill()
            disk.remove()


def test_a_clock_that_was_moved_is_moved_for_the_wall_only(tmp_path: Path) -> None:
    clock = WallClock(tmp_path / "clock")
    clock.set(-7200)
    script = "import time; print(time.time(), time.monotonic())"
    told = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | clock.environment(), capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert -7260 < float(told[0]) - time.time() < -7140
    assert abs(float(told[1]) - time.monotonic()) < 60
