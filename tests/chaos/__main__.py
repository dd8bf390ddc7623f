"""``make chaos``: many people write while processes are killed; then the platform's log is read.

The product runs as ``huiying run`` starts it, in a data folder of its own. Nothing is mocked on
our side; the platform is ``tests/chaos/platform.py``.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

from tests.chaos.platform import Platform, Verdict
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
SECRET = "chaos-" + "s" * 32
LINES = ("你好", "谢谢你", "你能做什么", "你是机器人吗", "再见")
SETTLE = 120.0  # seconds for the last answers


def say(line: str) -> None:
    print(f"chaos: {line}", file=sys.stderr, flush=True)


@asynccontextmanager
async def product(
    folder: Path, callback: int
) -> AsyncIterator[tuple[str, subprocess.Popen[bytes]]]:
    """``huiying run`` with one portal account, its output in ``folder/run.log``."""
    port, actions, rasa = free_port(), free_port(), free_port()
    account = {"secret": SECRET, "callback_url": f"http://127.0.0.1:{callback}/callback"}
    env = os.environ | {
        "HUIYING_PORT": str(port),
        "HUIYING_ACTIONS_PORT": str(actions),
        "HUIYING_RASA_PORT": str(rasa),
        "HUIYING_DATA_DIR": str(folder),
        "HUIYING_LOG_FORMAT": "json",
        "HUIYING_PORTAL__ACCOUNTS": json.dumps({"city": account | {"per_minute": 100_000}}),
        "HUIYING_OUTBOX__FIRST_REST": "1",
        "HUIYING_OUTBOX__LONGEST_REST": "3",
    }
    with (folder / "run.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "connectors.cli", "run"],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        await _until_ready(url, process, folder)
        yield url, process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(45)
        except subprocess.TimeoutExpired:
            process.kill()


async def _until_ready(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(1200):
        if process.poll() is not None:
            raise SystemExit(f"chaos: huiying ended:\n{(folder / 'run.log').read_text()[-3000:]}")
        if await _ready(url):
            return
        await asyncio.sleep(0.5)
    raise SystemExit("chaos: huiying did not become ready")


async def _ready(url: str) -> bool:
    limit = aiohttp.ClientTimeout(total=3)
    async with aiohttp.ClientSession(timeout=limit) as http:
        with suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with http.get(f"{url}/health/ready") as response:
                return response.status == 200
    return False


def children(parent: int, pattern: str) -> list[int]:
    """Our own children of ``huiying run``: only they are ever killed."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()[1:]
    rows = [line.split(None, 2) for line in listed]
    return [int(row[0]) for row in rows if int(row[1]) == parent and pattern in row[2]]


async def killer(
    url: str, parent: int, victims: list[str], every: float, most: int, stop: asyncio.Event
) -> int:
    """Kills one of ``victims`` with -9 every so often, once all is up again; how many it killed."""
    patterns = {"gateway": "connectors.cli gateway", "rasa": "runtime run"}
    dice, killed = random.Random(7), 0
    while not stop.is_set() and killed < most:
        with suppress(TimeoutError):
            async with asyncio.timeout(every * dice.uniform(0.6, 1.4)):
                await stop.wait()
        while not stop.is_set() and not await _ready(url):
            await asyncio.sleep(0.3)
        if stop.is_set():
            break
        victim = victims[killed % len(victims)]
        for pid in children(parent, patterns[victim]):
            os.kill(pid, signal.SIGKILL)
            killed += 1
            say(f"killed {victim}")
    return killed


async def attack(
    *,
    messages: int,
    people: int,
    victims: list[str],
    every: float,
    trouble: float,
    pause: float,
    most: int = 1000,
) -> tuple[Verdict, int, float]:
    """One run; the verdict, the kills and the seconds it took."""
    with tempfile.TemporaryDirectory(prefix="huiying-chaos-") as name:
        callback = free_port()
        async with product(Path(name), callback) as (url, process):
            say(f"ready; {messages} messages of {people} people")
            platform = Platform(f"{url}/portal/city/messages", SECRET, trouble=trouble)
            stop, began = asyncio.Event(), time.monotonic()
            async with platform.open(callback):
                killing = asyncio.create_task(killer(url, process.pid, victims, every, most, stop))
                share = [messages // people + (i < messages % people) for i in range(people)]
                await asyncio.gather(
                    *(_person(platform, f"p{i}", count, pause) for i, count in enumerate(share))
                )
                stop.set()
                killed = await killing
                say(f"all pushed after {time.monotonic() - began:.0f} s; waiting for the answers")
                await _settle(platform)
                return platform.verdict(), killed, time.monotonic() - began


async def _person(platform: Platform, person: str, count: int, pause: float) -> None:
    dice = random.Random(person)
    for number in range(count):
        await asyncio.sleep(dice.uniform(0, 2 * pause))
        await platform.push(person, number, dice.choice(LINES))


async def _settle(platform: Platform) -> None:
    """Waits until nothing is missing, or until nothing has come for a long while."""
    quiet, before = 0.0, -1
    while quiet < SETTLE:
        if not platform.verdict().lost and quiet >= 5:
            return
        quiet = quiet + 1 if len(platform.received) == before else 0.0
        before = len(platform.received)
        await asyncio.sleep(1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--kill", default="gateway,rasa", help="what is killed, in turn")
    parser.add_argument("--every", type=float, default=20.0, help="seconds between kills")
    parser.add_argument("--trouble", type=float, default=0.1, help="share of failing callbacks")
    parser.add_argument("--pause", type=float, default=8.0, help="seconds between one's messages")
    given = parser.parse_args()
    verdict, killed, took = asyncio.run(
        attack(
            messages=given.messages,
            people=given.people,
            victims=[victim for victim in given.kill.split(",") if victim],
            every=given.every,
            trouble=given.trouble,
            pause=given.pause,
        )
    )
    print(
        json.dumps(
            dataclasses.asdict(verdict)
            | {"killed": killed, "seconds": round(took, 1), "clean": verdict.clean}
        )
    )
    return 0 if verdict.clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
