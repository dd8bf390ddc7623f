"""``huiying run`` ends what it started in the order in which one needs the other."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from connectors import bot_process, supervisor
from connectors.settings import Settings

CHILD = """#!{python}
import pathlib, signal, sys, time
ended = pathlib.Path({ended!r})
name = "gateway" if "gateway" in sys.argv else "rasa" if "run" in sys.argv else ""

def end(*_):
    time.sleep(0.2 if name == "gateway" else 0)
    with ended.open("a") as file:
        file.write(name + " ")
    sys.exit(0)

if name:
    signal.signal(signal.SIGTERM, end)
    ended.with_suffix("." + name).touch()
    signal.pause()
"""


async def test_rasa_is_there_until_the_gateway_has_taken_its_last_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, child = tmp_path / "ended", tmp_path / "child"
    child.write_text(CHILD.format(python=sys.executable, ended=str(ended)))
    child.chmod(0o755)
    monkeypatch.setattr(supervisor.sys, "executable", str(child))  # type: ignore[attr-defined]
    monkeypatch.setattr(bot_process, "command", lambda what: [str(child), what])
    running = asyncio.create_task(supervisor.supervise(Settings(data_dir=tmp_path)))
    async with asyncio.timeout(20):
        while not all(ended.with_suffix(f".{name}").exists() for name in ("gateway", "rasa")):
            await asyncio.sleep(0.02)
        os.kill(os.getpid(), signal.SIGTERM)
        assert await running == 0
    assert ended.read_text().split() == ["gateway", "rasa"]
