"""The whole product as a newcomer starts it: a clean copy of the tree, ``make run``, a browser."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.leaks import nobody_is_named_in

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 600.0  # seconds: the first start makes two environments and may train the bot


@dataclass
class Product:
    """A running Huiying in a folder of its own."""

    folder: Path
    url: str
    process: subprocess.Popen[bytes]
    log: Path
    env: dict[str, str]

    def huiying(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.folder / ".venv/bin/huiying"), *arguments],
            cwd=self.folder,
            env=os.environ | self.env,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def components(self) -> dict[str, bool]:
        """Which components say they are ready; empty while the gateway does not answer."""
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as response:
                body = json.load(response)
        except urllib.error.HTTPError as error:
            body = json.load(error)
        except OSError:
            return {}
        return {name: state["ready"] for name, state in body["components"].items()}

    def wait_until_open(self, within: float = READY_WITHIN) -> float:
        """Seconds it took until the gateway answered, whatever else was still loading."""
        return self._wait(lambda found: bool(found), within)

    def wait_until_ready(self, within: float = READY_WITHIN) -> float:
        """Seconds it took until every component was ready."""
        return self._wait(lambda found: bool(found) and all(found.values()), within)

    def _wait(self, enough: Callable[[dict[str, bool]], bool], within: float) -> float:
        began = time.monotonic()
        while time.monotonic() - began < within:
            if self.process.poll() is not None:
                raise AssertionError(f"make run ended:\n{self.log.read_text()[-4000:]}")
            if enough(self.components()):
                return time.monotonic() - began
            time.sleep(0.2)
        raise AssertionError(f"not ready in {within} s:\n{self.log.read_text()[-4000:]}")

    def pids(self, pattern: str) -> list[int]:
        """The product's own processes whose command line holds ``pattern``."""
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
        ).stdout.splitlines()[1:]
        rows = [line.split(None, 2) for line in listed]
        parent = {int(pid): int(ppid) for pid, ppid, _ in rows}

        def ours(pid: int) -> bool:
            while pid in parent and pid != self.process.pid:
                pid = parent[pid]
            return pid == self.process.pid

        return [int(pid) for pid, _, args in rows if pattern in args and ours(int(pid))]


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def copy_tree(target: Path) -> None:
    """What a clean clone would hold, with the working tree's own changes, and the trained bot if
    there is one: from the same data a clone would train the same."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in listed.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(source.read_bytes())
            (target / name).chmod(source.stat().st_mode)
    for name in ("huiying.tar.gz", "huiying.fingerprint"):
        model = ROOT / "bot" / "models" / name
        if model.is_file():
            (target / "bot" / "models").mkdir(parents=True, exist_ok=True)
            shutil.copy2(model, target / "bot" / "models")


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Product]:
    """``make run`` in ``folder``; stopped by Ctrl-C, as a person would."""
    port, actions_port, rasa_port = free_ports(3)
    env = {
        "HUIYING_PORT": str(port),
        "HUIYING_ACTIONS_PORT": str(actions_port),
        "HUIYING_RASA_PORT": str(rasa_port),
        "HUIYING_DATA_DIR": str(folder / "var"),
        "UV_LINK_MODE": "hardlink",  # two environments, and nothing is copied
    }
    log = folder / "run.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=folder,
            env=os.environ | env,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    product = Product(folder, f"http://127.0.0.1:{port}", process, log, env)
    try:
        yield product
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(45)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise AssertionError("Ctrl-C did not stop it") from None
    nobody_is_named_in([log])
