"""Starts the gateway and Rasa, restarts what crashes, says when all is ready, drains on Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from rich.console import Console

from connectors import bot_process
from connectors.lifecycle import CANNOT_START
from connectors.secrets import kept_secret
from connectors.settings import Settings

console = Console(stderr=True, highlight=False, soft_wrap=True)

STEADY = 10.0  # seconds a child must have run for its crash count to be forgotten
BACKOFF_MOST = 30.0
REMIND_EVERY = 10.0


class Unstartable(Exception):
    """A step before the start failed; the reason was printed by it."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process to keep alive: it runs in a group of its own, so that Ctrl-C reaches only us."""

    name: str
    command: list[str]
    cwd: str
    env: Mapping[str, str]


async def supervise(settings: Settings) -> int:
    """Runs until interrupted; returns the exit status. Rasa ends last: the gateway's last turns are
    taken with it."""
    stop, drained = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    token = settings.internal_token.get_secret_value() or kept_secret(settings.data_dir, "internal")
    gateway_env = os.environ | {
        "HUIYING_HOST": settings.host,
        "HUIYING_PORT": str(settings.port),
        "HUIYING_INTERNAL_TOKEN": token,
    }
    try:
        bot_command = bot_process.command("run")
    except bot_process.BotMissing as missing:
        console.print(f"huiying: {missing}", style="red")
        return 1
    gateway = Child(
        "gateway", [sys.executable, "-m", "connectors.cli", "gateway"], str(Path.cwd()), gateway_env
    )
    rasa = Child(
        "rasa", bot_command, str(bot_process.folder()), bot_process.environment(settings, token)
    )
    tasks = [
        asyncio.create_task(_keep_alive(gateway, stop, _patience(settings))),
        asyncio.create_task(_prepare_then_keep(rasa, settings, drained)),
        asyncio.create_task(_announce(settings, stop)),
    ]
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([stopped, *tasks[:2]], return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        console.print("huiying: stopping; turns under way are finished first")
    stop.set()
    await asyncio.wait(tasks[:1])
    drained.set()
    results = await asyncio.gather(*tasks[:2], return_exceptions=True)
    tasks[2].cancel()
    failed = [result for result in results if isinstance(result, BaseException)]
    for failure in failed:
        console.print(f"huiying: {failure}", style="red")
    return 1 if failed else 0


async def _prepare_then_keep(rasa: Child, settings: Settings, stop: asyncio.Event) -> None:
    """Builds the knowledge base and the model if their sources changed, then keeps Rasa alive.

    The gateway is up meanwhile and takes messages in; they are answered when Rasa is ready.
    """
    # Rasa does not wait for the base: the actions, which read it, are in the gateway.
    sample = asyncio.create_task(_bring_sample(settings, stop))
    if await _step(bot_process.command("train"), rasa.cwd, rasa.env, stop):
        await _keep_alive(rasa, stop)
        await sample
    else:
        await sample
        raise Unstartable("the bot could not be trained; the lines above say why")


async def _bring_sample(settings: Settings, stop: asyncio.Event) -> None:
    """The sample goes into the base a fresh installation has; one by another name is a city's."""
    if settings.knowledge_base != Settings.model_fields["knowledge_base"].default:
        return
    command = [sys.executable, "-m", "connectors.cli", "knowledge", "sample"]
    if not await _step(command, str(Path.cwd()), os.environ, stop):
        console.print(
            "huiying: the knowledge base could not be brought up to date; the last good one is "
            "served (see the lines above, and `huiying knowledge status`)",
            style="yellow",
        )


async def _step(command: list[str], cwd: str, env: Mapping[str, str], stop: asyncio.Event) -> bool:
    """Runs a preparation to its end, showing what it prints; whether it came to a good one."""
    if stop.is_set():
        return True
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env=dict(env), start_new_session=True
    )
    finished = asyncio.create_task(process.wait())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([finished, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not finished.done():
        process.terminate()
    return await finished == 0 or stop.is_set()


def _patience(settings: Settings) -> float:
    """Seconds a gateway may take to end: turns, then sends, then all else."""
    return settings.drain_seconds * 4 / 3 + 10


async def _keep_alive(child: Child, stop: asyncio.Event, patience: float = 30.0) -> None:
    """Starts the child again, with growing pauses, for as long as nobody asks to stop; then it has
    so many seconds to end by itself."""
    crashes = 0
    while not stop.is_set():
        started = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *child.command, cwd=child.cwd, env=dict(child.env), start_new_session=True
        )
        finished = asyncio.create_task(process.wait())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([finished, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not finished.done():
            process.terminate()
            try:
                async with asyncio.timeout(patience):
                    await asyncio.shield(finished)
            except TimeoutError:
                process.kill()
                await finished
            return
        status = finished.result()
        if status == CANNOT_START:
            raise Unstartable(f"{child.name} cannot start; the line above says what to do")
        crashes = 0 if time.monotonic() - started > STEADY else crashes + 1
        pause = min(BACKOFF_MOST, 0.2 * 2.0 ** min(crashes, 8))
        console.print(
            f"huiying: {child.name} ended with status {status}; starting it again in {pause:.1f} s",
            style="yellow",
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await stop.wait()


async def _announce(settings: Settings, stop: asyncio.Event) -> None:
    """Says what is still loading, and the addresses once everything answers."""
    url, began, said = settings.own_url, time.monotonic(), 0.0
    opened = False
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
        while not stop.is_set():
            loading = await _loading(http, url)
            if loading is not None and not opened:
                opened = True
                console.print(f"huiying: {url} is open and takes messages; the rest is loading")
            if loading == []:
                break
            if loading and time.monotonic() - said > REMIND_EVERY:
                said = time.monotonic()
                console.print(f"huiying: waiting for {', '.join(loading)} …")
            await asyncio.sleep(0.3)
    if stop.is_set():
        return
    console.print(
        f"\n[bold]回应 Huiying is ready[/bold] after {time.monotonic() - began:.0f} s\n"
        f"  web chat   {url}/\n"
        f"  desk       {url}/desk      (make an account: huiying agent add NAME)\n"
        f"  API docs   {url}/api\n"
        f"  health     {url}/health/ready\n"
        "Ctrl-C stops.\n"
    )


async def _loading(http: aiohttp.ClientSession, url: str) -> list[str] | None:
    """The components not ready yet; None while the gateway itself does not answer."""
    try:
        async with http.get(f"{url}/health/ready") as response:
            components: dict[str, dict[str, object]] = (await response.json())["components"]
    except (aiohttp.ClientError, OSError, ValueError, TimeoutError):
        return None
    return [
        name
        for name, state in components.items()
        if not (state["ready"] or state.get("elsewhere"))  # nobody waits for other people
    ]
