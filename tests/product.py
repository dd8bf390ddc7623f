"""Gateway and Rasa as processes of their own, as deployed, for whole conversations."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from connectors.settings import ROOT
from tests.bases import shipped_base
from tests.leaks import nobody_is_named_in
from tests.servers import free_port

PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
TOKEN = "a-token-for-the-tests-of-the-product"
PATIENCE = 240.0  # seconds until Rasa must be ready; the machine may be busy


class Product:
    """One gateway and one Rasa; ``configure`` writes their ``huiying.yml`` before they start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.actions_port, self.rasa_port = free_port(), free_port(), free_port()
        self.env = os.environ | {
            "HUIYING_CONFIG": str(folder / "huiying.yml"),
            "HUIYING_PORT": str(self.port),
            "HUIYING_ACTIONS_PORT": str(self.actions_port),
            "HUIYING_RASA_PORT": str(self.rasa_port),
            "HUIYING_DATA_DIR": str(folder / "var"),
            "HUIYING_INTERNAL_TOKEN": TOKEN,
            "HUIYING_ACTIONS_URL": f"http://127.0.0.1:{self.actions_port}/actions",
            "HUIYING_RASA_DB": str(folder / "rasa.db"),
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def configure(self, config: Mapping[str, object]) -> None:
        (self.folder / "huiying.yml").write_text(json.dumps(config))

    def start(self) -> None:
        shipped_base(self.folder / "var")
        runtime = [str(PYTHON), "-m", "runtime"]
        trained = subprocess.run(
            [*runtime, "train"], cwd=ROOT / "bot", capture_output=True, text=True, check=False
        )
        assert trained.returncode == 0, trained.stderr
        self._run("rasa", [*runtime, "run", "--port", str(self.rasa_port)], ROOT / "bot")
        self.start_gateway()
        self._until(f"http://127.0.0.1:{self.rasa_port}/webhooks/huiying/health")

    def start_gateway(self) -> None:
        self._run("gateway", [sys.executable, "-m", "connectors.cli", "gateway"], ROOT)
        self._until(f"{self.url}/health/live")

    def kill_gateway(self) -> None:
        process = self.processes.pop("gateway")
        process.kill()
        process.wait()

    def _run(self, name: str, command: list[str], folder: Path) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=folder, env=self.env, stdout=log, stderr=log
            )

    def _until(self, url: str) -> None:
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
                return
            time.sleep(0.2)
        raise AssertionError(f"{url} did not answer:\n{self.logs()}")

    def logs(self) -> str:
        return "\n".join(file.read_text()[-3000:] for file in self.folder.glob("*.log"))

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        nobody_is_named_in(self.folder.glob("*.log"))
