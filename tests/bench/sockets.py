"""Memory of a gateway with many idle web chats: ``python -m tests.bench.sockets [--sockets N]``.

Each is a session of its own, welcomed and then silent; its client is another process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import tempfile
import time
from pathlib import Path

import aiohttp

from tests.bench.processes import free_port, gateway

AT_ONCE = 50  # sessions being opened at a time


async def measure(sockets: int) -> dict[str, float]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < sockets + 200:
        raise SystemExit(f"only {hard} files may be open here: ulimit -Hn must be raised")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, sockets + 200), hard))
    env = {
        "HUIYING_WEBCHAT__SESSIONS_PER_MINUTE": "1000000",
        "HUIYING_RASA_URL": f"http://127.0.0.1:{free_port()}",
        "HUIYING_LOG_LEVEL": "error",
    }
    with tempfile.TemporaryDirectory() as folder:
        async with gateway(Path(folder), env) as process:
            before = process.memory
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(connector=connector) as http:
                began = time.perf_counter()
                opening = asyncio.Semaphore(AT_ONCE)

                async def one() -> aiohttp.ClientWebSocketResponse:
                    async with opening:
                        socket = await http.ws_connect(f"{process.url}/webchat/socket")
                        await socket.send_json({"type": "hello", "last_seq": 0})
                        welcome = await socket.receive_json()
                        if welcome["type"] != "welcome":
                            raise SystemExit(f"not welcomed: {welcome}")
                        return socket

                opened = await asyncio.gather(*(one() for _ in range(sockets)))
                took = time.perf_counter() - began
                await asyncio.sleep(3)
                memory, cpu = process.memory, process.cpu
                await asyncio.sleep(5)
                idle = (process.cpu - cpu) / 5
                for socket in opened:
                    if socket.closed:
                        raise SystemExit("a session was closed")
    return {
        "sockets": sockets,
        "before_mb": before / 2**20,
        "memory_mb": memory / 2**20,
        "each_kb": (memory - before) / sockets / 2**10,
        "opened_per_second": sockets / took,
        "idle_cores": idle,
    }


def show(result: dict[str, float]) -> str:
    return (
        f"{result['sockets']:.0f} idle web chats: {result['memory_mb']:.0f} MB in all (target 400; "
        f"{result['before_mb']:.0f} before them, {result['each_kb']:.0f} kB each), "
        f"{result['idle_cores']:.2f} of a core"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="memory of idle web chats")
    parser.add_argument("--sockets", type=int, default=5_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = asyncio.run(measure(args.sockets))
    print(json.dumps(result) if args.json else show(result))


if __name__ == "__main__":
    main()
