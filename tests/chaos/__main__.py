"""``make chaos``: a platform pushes messages while everything that can fail does.

The gateway and Rasa are killed with -9, Redis and PostgreSQL stopped and started, a gateway is
frozen, the disk is full, clocks jump. What the platform wrote down then proves that nothing it was
acknowledged was lost, answered twice or out of order. The platform is a portal, WeChat with a
mini-program or an official account, Kannel with text messages in parts, or several of them at once.
Prints one JSON line; exits with 1 when something was.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.chaos.clustered import Clustered
from tests.chaos.embedded import Embedded
from tests.chaos.faults import RECOVERY, Attack, Span, Topology, say
from tests.chaos.portal import Portal
from tests.chaos.sms import Sms
from tests.chaos.verdict import Platform, Verdict, together
from tests.chaos.wechat import Wechat
from tests.servers import free_port

LINES = ("你好", "谢谢你", "你能做什么", "你是机器人吗", "再见", "异地就医怎么备案")
SETTLE = 150.0  # seconds without anything new until what is missing counts as lost
EMBEDDED = ("gateway", "rasa", "disk", "clock-ahead", "clock-back", "clock-kill", "freeze")
CLUSTER = (
    "gateway", "redis", "postgres", "rasa", "clock-ahead", "disk", "postgres-kill", "clock-kill",
    "redis-kill", "clock-back", "freeze", "redis-freeze",
)  # fmt: skip


PLATFORMS: Mapping[str, tuple[Callable[..., Platform], Callable[[int], dict[str, str]]]] = {
    "portal": (Portal, Portal.settings),
    "mini": (partial(Wechat, "mini"), partial(Wechat.settings, "mini")),
    "sms": (Sms, Sms.settings),
    "official": (partial(Wechat, "official"), partial(Wechat.settings, "official")),
}
"""How each is made, and what the gateway must know of one that listens at a port."""


@dataclass(frozen=True, slots=True)
class Plan:
    """So many ``messages`` are acknowledged at least, and more until every fault was done once.
    ``pause``: seconds between one person's messages, on average; ``trouble``: the share of our
    answers the platform does not take well; ``again``: whether the faults begin anew when all were
    done, until the last message is in; ``platforms``: each has its part of the people."""

    messages: int
    people: int
    faults: Sequence[str]
    every: float
    pause: float
    trouble: float = 0.1
    again: bool = True
    platforms: Sequence[str] = ("portal",)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``seconds``: from the first message to the last answer."""

    plan: Plan
    verdict: Verdict
    faults: list[str]
    seconds: float

    @property
    def clean(self) -> bool:
        """Nothing went wrong, with as many messages as were wanted."""
        return self.verdict.clean and self.verdict.acknowledged >= self.plan.messages

    def as_json(self) -> str:
        told = dataclasses.asdict(self.verdict) | {"clean": self.clean}
        return json.dumps(told | {"faults": self.faults, "seconds": round(self.seconds, 1)})


def settings(ports: Mapping[str, int]) -> dict[str, str]:
    """One account of each platform; an account that is out of order is tried again soon."""
    told = {"HUIYING_OUTBOX__FIRST_REST": "1", "HUIYING_OUTBOX__LONGEST_REST": "3"}
    for name, port in ports.items():
        told |= PLATFORMS[name][1](port)
    return told


async def attack(plan: Plan, *, cluster: bool, keep: Path | None = None) -> Outcome:
    """One run. ``keep``: where the logs of all processes and platforms are left."""
    folder = Path(tempfile.mkdtemp(prefix="huiying-chaos-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user where we are root
    ports = {name: free_port() for name in plan.platforms}
    topology: Topology = (Clustered if cluster else Embedded)(folder, settings(ports))
    began = time.monotonic()
    try:
        await topology.start()
        took = time.monotonic() - began
        say(f"ready after {took:.0f} s")
        began = time.monotonic()
        recovery = max(RECOVERY, 2 * took)  # a busy machine is as slow the second time
        verdict, done = await _against(topology, plan, ports, folder, recovery)
        names = [span.name for span in done]
        return Outcome(plan, verdict, names, time.monotonic() - began)
    finally:
        await topology.stop()
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            for log in folder.glob("*.log"):
                shutil.copy(log, keep)
        shutil.rmtree(folder, ignore_errors=True)


async def _against(
    topology: Topology, plan: Plan, ports: Mapping[str, int], folder: Path, recovery: float
) -> tuple[Verdict, list[Span]]:
    made = {
        name: PLATFORMS[name][0](topology.url, trouble=plan.trouble, tls=topology.tls)
        for name in ports
    }
    platforms = list(made.values())
    stop = asyncio.Event()
    run = Attack(topology, plan.faults, plan.every, plan.again, recovery)
    async with AsyncExitStack() as opened:
        for platform, port in zip(platforms, ports.values(), strict=True):
            await opened.enter_async_context(platform.open(port, LINES))
        say(f"{plan.messages} messages of {plan.people} people")
        attacking = asyncio.create_task(run.run(stop))
        least = -(-plan.messages // plan.people)
        await asyncio.gather(
            *(
                _person(platforms[n % len(platforms)], f"p{n}", least, plan.pause, run)
                for n in range(plan.people)
            )
        )
        stop.set()
        await attacking
        say("all pushed; waiting for the answers")
        await _settle(platforms)
    for name, one in made.items():
        (folder / f"platform-{name}.log").write_text("\n".join(one.log), encoding="utf-8")
    return together(one.verdict(run.done) for one in platforms), run.done


async def _person(
    platform: Platform, person: str, least: int, pause: float, attack: Attack
) -> None:
    """Writes until ``least`` were acknowledged, unless nearly nothing is; never the same line
    twice running."""
    dice, number, taken = random.Random(person), 0, 0
    line = ""
    while taken < least or not attack.once_each.is_set():
        await asyncio.sleep(dice.uniform(0, 2 * pause))
        line = dice.choice([other for other in LINES if other != line])
        taken += await platform.push(person, number, line)
        number += 1
        if number > 5 * (least + taken) + 20:
            return


async def _settle(platforms: Sequence[Platform]) -> None:
    """Waits until nothing is missing and nothing comes twice, or until nothing comes any more."""
    quiet, before = 0, -1
    while quiet < SETTLE:
        if quiet >= 5 and not any(one.unanswered() for one in platforms):
            return
        heard = sum(one.heard for one in platforms)
        quiet = quiet + 1 if heard == before else 0
        before = heard
        await asyncio.sleep(1)


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--cluster", action="store_true", help="against two gateways and all else")
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument(
        "--faults", type=_names, help="what is done, in turn, by commas; default: everything"
    )
    parser.add_argument(
        "--platform",
        type=_names,
        default=["portal"],
        help=f"who brings the messages, by commas: {', '.join(PLATFORMS)}",
    )
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two faults")
    parser.add_argument("--trouble", type=float, default=0.1, help="share of failing callbacks")
    parser.add_argument("--pause", type=float, default=18.0, help="seconds between one's messages")
    parser.add_argument("--logs", type=Path, help="a folder for the logs of all")
    given = parser.parse_args()
    every = CLUSTER if given.cluster else EMBEDDED
    faults = every if given.faults is None else given.faults
    if strange := {*faults} - {*every}:
        parser.error(f"there is no {', '.join(sorted(strange))} here, but {', '.join(every)}")
    if strange := {*given.platform} - {*PLATFORMS}:
        parser.error(f"there is no {', '.join(sorted(strange))}, but {', '.join(PLATFORMS)}")
    plan = Plan(
        messages=given.messages,
        people=given.people,
        faults=faults,
        every=given.every,
        pause=given.pause,
        trouble=given.trouble,
        platforms=given.platform,
    )
    # Told to end, it ends what it has started, as with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    outcome = asyncio.run(attack(plan, cluster=given.cluster, keep=given.logs))
    print(outcome.as_json())
    return 0 if outcome.clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
