"""Runs a coroutine until it ends or the process is asked to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

CANNOT_START = 3
"""Exit status of a process that starting again would not help: the operator must act."""


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """SIGTERM and SIGINT cancel ``work`` once, so that it can drain; a second one is up to it."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task
