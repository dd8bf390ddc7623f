"""What a turn of the real bot costs, and what the gateway adds to it.

    python -m tests.bench.turn [--dialogues N] [--json]

Whole dialogues (a complaint through its form, a question, progress) with the trained model, the
real actions and the sample knowledge base: first posted to Rasa alone, then said by a person of a
portal through the gateway. What the gateway adds is the difference of the medians of the same
messages, and of its processor time: the actions run in it either way. Two waits for the disk are
in it, one before the message is acknowledged and one before the answer is sent; how long the disk
takes is measured beside it, and so is what a bare relay adds (``relay.py``): the same HTTP, and
nothing kept, checked, ordered or retried.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import aiohttp

from tests.bench.office import Office
from tests.bench.processes import (
    TOKEN,
    Process,
    command,
    free_port,
    gateway,
    percentile,
    rasa,
    started,
)
from tests.bench.table import disk_sync_ms

PAUSE = 0.03  # seconds before each message, so that the one before has left nothing to do

# Each message but the last is said to the form or outside of one; none is tuned to anything.
DIALOGUES = (
    (
        "你好",
        "楼下的路灯坏了三天了，晚上很黑，老人出门不方便",
        "在幸福路十二号院门口",
        "昨天晚上",
        "姓李",
        "13800001234",
        "没有了",
        "确认",
    ),
    ("你好", "居住证怎么办理", "需要多少钱", "谢谢"),
    ("查一下我的工单", "HY20261122-000001-5", "算了", "再见"),
)


async def alone(bot: Process, numbers: Iterable[int]) -> tuple[dict[str, list[float]], float]:
    """Seconds of each message of these dialogues posted to Rasa, and Rasa's processor seconds."""
    took: dict[str, list[float]] = {}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    cpu = bot.cpu
    async with aiohttp.ClientSession(headers=headers) as http:
        for number in numbers:
            sender = f"c-{uuid.uuid4().hex}.1"
            for place, text in enumerate(DIALOGUES[number % len(DIALOGUES)]):
                meta = {"channel": "portal", "conversation_id": sender, "plain": True}
                body = {
                    "sender": sender,
                    "message_id": uuid.uuid4().hex,
                    "text": text,
                    "channel": "portal",
                    "metadata": meta,
                }
                await asyncio.sleep(PAUSE)
                began = time.perf_counter()
                async with http.post(f"{bot.url}/webhooks/huiying/message", json=body) as response:
                    if response.status != 200:
                        raise SystemExit(f"{text}: {response.status} {await response.text()}")
                    await response.read()
                key = f"{number % len(DIALOGUES)}.{place}"
                took.setdefault(key, []).append(time.perf_counter() - began)
    return took, bot.cpu - cpu


async def through(office: Office, numbers: Iterable[int], tag: str) -> dict[str, list[float]]:
    """Seconds of the same messages from a portal's post to the answer at its callback."""
    took: dict[str, list[float]] = {}
    said = len(office.took)
    for number in numbers:
        for place, text in enumerate(DIALOGUES[number % len(DIALOGUES)]):
            name = f"{tag}{number}-{place}"
            await asyncio.sleep(PAUSE)
            await office.say(f"{tag}{number}", text, name=name)
            said += 1
            await office.hear(said, 60)
            key = f"{number % len(DIALOGUES)}.{place}"
            took.setdefault(key, []).append(office.took[name])
    return took


@asynccontextmanager
async def relay(rasa_url: str) -> AsyncIterator[Office]:
    """A portal whose gateway is a bare relay."""
    office, port = Office(), free_port()
    url = f"http://127.0.0.1:{port}"
    words = [sys.executable, "-m", "tests.bench.relay", str(port), rasa_url, TOKEN, office.callback]
    async with started(words, url, "/health/live", {}) as process, office.open(process):
        yield office


def added(whole: dict[str, list[float]], direct: dict[str, list[float]]) -> float:
    """Milliseconds that a message's way adds to its turn."""
    return median(median(whole[key]) - median(direct[key]) for key in direct) * 1e3


async def measure(dialogues: int) -> dict[str, float]:
    office = Office()
    with tempfile.TemporaryDirectory() as folder:
        data, actions = Path(folder), free_port()
        subprocess.run(
            command("knowledge", "ingest"),
            env={**os.environ, "HUIYING_DATA_DIR": folder},
            check=True,
            capture_output=True,
        )
        async with rasa(data, actions) as bot:
            env = {
                "HUIYING_RASA_URL": bot.url,
                "HUIYING_ACTIONS_PORT": str(actions),
                **office.settings(),
            }
            async with (
                gateway(data, env, health="/health/ready") as process,
                office.open(process),
                relay(bot.url) as bare_office,
            ):
                each_once = range(len(DIALOGUES))
                await alone(bot, each_once)  # everything warm
                await through(office, each_once, "w")
                await through(bare_office, each_once, "w")
                # In turns, dialogue by dialogue: a machine's speed changes within seconds.
                direct: dict[str, list[float]] = {}
                whole: dict[str, list[float]] = {}
                bare: dict[str, list[float]] = {}
                cpu: list[float] = []
                own: list[float] = []
                waits: list[float] = []
                for number in range(dialogues):
                    at = process.cpu
                    took, each = await alone(bot, [number])
                    actions_cpu, at = process.cpu - at, process.cpu
                    cpu.append(each)
                    for key, times in took.items():
                        direct.setdefault(key, []).extend(times)
                    for key, times in (await through(office, [number], "d")).items():
                        whole.setdefault(key, []).extend(times)
                    own.append(process.cpu - at - actions_cpu)
                    for key, times in (await through(bare_office, [number], "d")).items():
                        bare.setdefault(key, []).extend(times)
                    if number % len(DIALOGUES) == 0:
                        waits.append(disk_sync_ms())
                every = [one for times in direct.values() for one in times]
                return {
                    "turns": len(every),
                    "rasa_cpu_ms": sum(cpu) / len(every) * 1e3,
                    "rasa_p50_ms": percentile(every, 0.5) * 1e3,
                    "rasa_p99_ms": percentile(every, 0.99) * 1e3,
                    "gateway_adds_ms": added(whole, direct),
                    "relay_adds_ms": added(bare, direct),
                    "gateway_adds_cpu_ms": sum(own) / len(every) * 1e3,
                    "disk_sync_ms": median(waits),
                    "rasa_mb": bot.memory / 2**20,
                    "gateway_mb": process.memory / 2**20,
                }


def show(result: dict[str, float]) -> str:
    return (
        f"a turn of Rasa: {result['rasa_cpu_ms']:.1f} ms of processor (target 11 to 15), "
        f"p50 {result['rasa_p50_ms']:.1f} ms, p99 {result['rasa_p99_ms']:.1f} ms "
        f"over {result['turns']:.0f} turns\n"
        f"the gateway adds {result['gateway_adds_ms']:.1f} ms (target 5), "
        f"{result['gateway_adds_cpu_ms']:.1f} ms of processor; it waits twice for the disk, which "
        f"takes {result['disk_sync_ms']:.1f} ms\n"
        f"a bare relay, which keeps and checks nothing, adds {result['relay_adds_ms']:.1f} ms\n"
        f"memory: Rasa {result['rasa_mb']:.0f} MB, gateway {result['gateway_mb']:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="a turn of the real bot")
    parser.add_argument("--dialogues", type=int, default=48)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = asyncio.run(measure(args.dialogues))
    print(json.dumps(result) if args.json else show(result))


if __name__ == "__main__":
    main()
