"""A real Rasa with the trained model, and the real actions, each on a loopback port."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from actions.server import build_actions_app
from actions.services import Services
from connectors.clock import SystemClock
from connectors.settings import ROOT, Settings
from knowledge.answer import Answerer
from knowledge.base import KnowledgeBase
from tests.bases import shipped_base
from tests.house import store_in_memory, the_texts
from tests.leaks import nobody_is_named_in

TOKEN = "a-token-for-tests"
PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
PATIENCE = 180.0  # seconds until Rasa must be ready; the machine may be busy


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def runtime(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the bot to its end."""
    return subprocess.run(
        [str(PYTHON), "-m", "runtime", *arguments],
        cwd=ROOT / "bot",
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


@pytest.fixture(scope="session")
def trained() -> None:
    """The model as the data now says."""
    if not PYTHON.is_file():
        pytest.skip("bot/.venv is missing: run `make setup`")
    done = runtime("train")
    assert done.returncode == 0, done.stderr


@dataclass
class Actions:
    """The action server in a thread of its own. ``mood``: well, failing or mute."""

    port: int = field(default_factory=free_port)
    mood: str = "well"

    def start(self, data: Path) -> None:
        ready = threading.Event()
        threading.Thread(target=self._serve, args=(data, ready), daemon=True).start()
        assert ready.wait(60)

    def _serve(self, data: Path, ready: threading.Event) -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(self._begin(data))
        ready.set()
        loop.run_forever()

    async def _begin(self, data: Path) -> None:
        folder = shipped_base(data)
        services = Services(
            database=store_in_memory(),
            answerer=Answerer(KnowledgeBase(folder)),
            clock=SystemClock(),
            texts=the_texts(),
            settings=Settings(region="340100"),
        )
        app = build_actions_app(services, TOKEN)
        app.middlewares.append(self._moody)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()

    @web.middleware
    async def _moody(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.mood == "failing":
            return web.json_response({"error": "no"}, status=500)
        if self.mood == "mute":
            return web.json_response({"events": [], "responses": []})
        response: web.StreamResponse = await handler(request)
        return response


@dataclass
class Rasa:
    """Rasa as a process of its own, on its own tracker store."""

    actions: Actions
    database: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks/huiying"

    def start(self) -> None:
        with self.database.with_suffix(".log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(PYTHON), "-m", "runtime", "run", "--port", str(self.port)],
                cwd=ROOT / "bot",
                env={
                    **os.environ,
                    "HUIYING_INTERNAL_TOKEN": TOKEN,
                    "HUIYING_ACTIONS_URL": f"http://127.0.0.1:{self.actions.port}/actions",
                    "HUIYING_RASA_DB": str(self.database),
                },
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log()
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        pytest.fail(f"Rasa was not ready in {PATIENCE:.0f} s:\n{self.log()}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            nobody_is_named_in([self.database.with_suffix(".log")])

    def log(self) -> str:
        return self.database.with_suffix(".log").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def rasa(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rasa]:
    folder = tmp_path_factory.mktemp("rasa")
    actions = Actions()
    actions.start(folder)
    server = Rasa(actions, folder / "rasa.db")
    server.start()
    yield server
    server.stop()


@dataclass
class Turn:
    """One answered message."""

    status: int
    body: dict[str, Any]

    @property
    def text(self) -> str:
        return "\n".join(m["text"] for m in self.body.get("messages", ()) if "text" in m)

    @property
    def cards(self) -> list[dict[str, Any]]:
        return [m["custom"] for m in self.body.get("messages", ()) if "custom" in m]

    @property
    def buttons(self) -> list[dict[str, str]]:
        return [b for m in self.body.get("messages", ()) for b in m.get("buttons", ())]

    @property
    def error(self) -> str:
        return str(self.body["error"]["code"])

    @property
    def asked(self) -> str | None:
        slot: str | None = self.body["state"]["requested_slot"]
        return slot

    @property
    def form(self) -> str | None:
        form: str | None = self.body["state"]["active_form"]
        return form


@dataclass
class Person:
    """Somebody who talks to the bot, in a session of their own."""

    rasa: Rasa
    http: aiohttp.ClientSession
    channel: str = "webchat"
    session: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def say(self, text: str, message_id: str | None = None, **meta: Any) -> Turn:
        message_id = message_id or uuid.uuid4().hex
        metadata_ = {"channel": self.channel, "conversation_id": f"c-{self.session}", **meta}
        return await self.post(
            {
                "sender": self.session,
                "message_id": message_id,
                "text": text,
                "channel": self.channel,
                "metadata": metadata_,
            }
        )

    async def post(self, body: Any, token: str = TOKEN) -> Turn:
        headers = {"Authorization": f"Bearer {token}"}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.http.post(
            f"{self.rasa.url}/message", headers=headers, data=data
        ) as response:
            return Turn(response.status, await response.json())

    async def talk(self, *texts: str) -> Turn:
        """Say several things; the last answer. Every one must be answered."""
        turn = Turn(0, {})
        for text in texts:
            turn = await self.say(text)
            assert turn.status == 200, turn.body
        return turn


@pytest.fixture
async def http() -> Any:
    # No connection is kept: Rasa is restarted under its callers.
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


@pytest.fixture
def person(rasa: Rasa, http: aiohttp.ClientSession) -> Person:
    return Person(rasa, http)
