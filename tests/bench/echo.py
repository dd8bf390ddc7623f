"""A dialogue from end to end without Rasa's own time: in by a portal, turn, out to the portal.

    python -m tests.bench.echo [--rate N] [--seconds N] [--json]

The gateway, the stand-in that says back what it hears, and the portal are three processes. The
portal writes at a fixed rate, whatever the answers do (an open loop: who falls behind is seen).
Then one person writes five quick messages, each of which the bot thinks about for 0.3 s: 1.5 s is
what thinking alone takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.office import Office
from tests.bench.processes import Process, free_port, gateway, percentile, started

PAUSE = 0.3  # seconds the bot thinks about each of the quick messages
QUICK = 5


@asynccontextmanager
async def dialogue(pause: float) -> AsyncIterator[tuple[Office, Process]]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    stand_in = [sys.executable, "-m", "tests.bench.stand_in", str(port), str(pause)]
    office = Office()
    with tempfile.TemporaryDirectory() as folder:
        env = {"HUIYING_RASA_URL": url, **office.settings()}
        async with (
            started(stand_in, url, "/webhooks/huiying/health", {}),
            gateway(Path(folder), env) as process,
            office.open(process),
        ):
            yield office, process


async def steady(rate: int, seconds: float, people: int) -> dict[str, float]:
    async with dialogue(0.0) as (office, process):
        await asyncio.gather(
            *(office.say(f"p{n}", "你好", name=f"warm-{n}") for n in range(people))
        )
        await office.hear(people, 60)
        office.took.clear()
        office.acknowledged.clear()
        cpu, began = process.cpu, time.perf_counter()
        said: list[asyncio.Task[None]] = []
        for n in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
            person, words = f"p{n * 7 % people}", f"楼下的路灯坏了，第{n}盏"
            said.append(asyncio.create_task(office.say(person, words, name=f"steady-{n}")))
        await asyncio.gather(*said)
        await office.hear(len(said), 60)
        took = list(office.took.values())
        return {
            "rate": rate,
            "messages": len(said),
            "answered_p50_ms": percentile(took, 0.5) * 1e3,
            "answered_p99_ms": percentile(took, 0.99) * 1e3,
            "acknowledged_p99_ms": percentile(office.acknowledged, 0.99) * 1e3,
            "cpu_ms_each": (process.cpu - cpu) / len(said) * 1e3,
        }


async def quick() -> dict[str, float]:
    async with dialogue(PAUSE) as (office, _):
        await office.say("p", "你好", name="warm")
        await office.hear(1, 30)
        began = time.perf_counter()
        for n in range(QUICK):
            await office.say("p", f"很快说的第{n}句", name=f"quick-{n}")
        await office.hear(QUICK + 1, 30)
        return {"seconds": time.perf_counter() - began, "thinking": QUICK * PAUSE}


async def measure(rate: int, seconds: float, people: int) -> dict[str, dict[str, float]]:
    return {"echo": await steady(rate, seconds, people), "quick": await quick()}


def show(result: dict[str, dict[str, float]]) -> str:
    echo, burst = result["echo"], result["quick"]
    return (
        f"echo dialogue at {echo['rate']:.0f}/s: p50 {echo['answered_p50_ms']:.1f} ms, "
        f"p99 {echo['answered_p99_ms']:.1f} ms (target 50); acknowledged p99 "
        f"{echo['acknowledged_p99_ms']:.1f} ms; {echo['cpu_ms_each']:.2f} ms of processor each\n"
        f"five quick messages: {burst['seconds']:.2f} s (target 1.6; thinking alone "
        f"{burst['thinking']:.1f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="an echo dialogue, and five quick messages")
    parser.add_argument("--rate", type=int, default=200, help="messages a second")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = asyncio.run(measure(args.rate, args.seconds, args.people))
    print(json.dumps(result) if args.json else show(result))


if __name__ == "__main__":
    main()
