"""``make cluster``: two gateways, two Rasa workers, PostgreSQL, Redis and nginx, as plain processes
on the loopback, told what docker-compose.yml tells its containers. For trying and testing, not for
citizens: everything is gone when it ends.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from connectors import bot_process
from tests.cluster.service import NotReady
from tests.cluster.topology import Cluster
from tests.servers import ServerMissing


async def serve(folder: Path) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    subprocess.run(bot_process.command("train"), cwd=bot_process.folder(), check=True)
    data = folder / "data"
    data.mkdir()
    cluster = Cluster(folder, data, {})
    starting = asyncio.create_task(cluster.start())
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([starting, stopped], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            print(
                f"web chat   {cluster.url}/        (a certificate of its own)\n"
                f"desk       {cluster.url}/desk\n"
                f"logs       {folder}\n"
                "Ctrl-C stops and removes everything.",
                flush=True,
            )
            await stopped
    except NotReady as error:
        print(f"cluster: {error}", file=sys.stderr)
        return 1
    finally:
        starting.cancel()
        stopped.cancel()
        await asyncio.gather(starting, stopped, return_exceptions=True)
        await cluster.stop()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="huiying-cluster-") as folder:
            Path(folder).chmod(0o755)  # PostgreSQL runs as another user where we are root
            return asyncio.run(serve(Path(folder)))
    except (ServerMissing, bot_process.BotMissing) as error:
        print(f"cluster: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
