"""A server's life: ready for load, run until it ends or is asked to stop."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import resource
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


def ready_for_load() -> None:
    """Keeps what is loaded by now, and allows as many open sockets as the system lets us have:
    shells usually allow 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # where "unlimited" is not to be had
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    gc.collect()
    keep_what_is_loaded()
    with suppress(AttributeError, OSError):  # glibc's own
        # What was needed only to load goes back to the system: some 20 MB, most of it of tables.
        ctypes.CDLL(None).malloc_trim(0)


def keep_what_is_loaded() -> None:
    """Tells the garbage collector that what is loaded by now stays.

    Libraries, texts, index and models are some hundred thousand objects. Walking them all again
    and again costs a server a fifth of its time and makes pauses of 50 ms and more.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
