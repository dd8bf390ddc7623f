"""A reading that does not end is ended: one message must not hold the loop, and with it everybody.

What people write is read on the loop's own thread, by some eight hundred rules. A rule that tries
every way of cutting a text up can take hours for thirty characters. An alarm is put off as long as
the loop turns; where it goes off, it raises :class:`StalledError` inside the reading, and the turn
fails like any other that fails: it is tried again, then the person gets an agent. CPython looks for
signals inside a regular expression, too; another thread would wait for it in vain. The alarm counts
the processor's time, not the clock's: a gateway that was stopped, or kept waiting by a machine with
too much to do, has read nothing for too long.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from connectors import logs

LIMIT = 5.0
"""Seconds of the processor for which one step may hold the loop. The longest letter we take is read
in less than one."""

_ROOT = Path(__file__).parents[1]
_READING = (_ROOT / "actions", _ROOT / "knowledge")
_LOOKS = 5
"""How often the alarm is put off within the limit."""

log = logs.get(__name__)


class StalledError(Exception):
    """A step held the loop for longer than it may."""


@contextmanager
def ending_stalls(limit: float = LIMIT, reading: Sequence[Path] = _READING) -> Iterator[None]:
    """Ends what holds the running loop for more than ``limit`` seconds of processor, while inside.

    Only what stands in the folders ``reading`` is ended: a commit that waits for its disk, or the
    loop itself, is not. Signals reach the main thread alone: in any other this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    folders = tuple(f"{folder}/" for folder in reading)
    loop, pace = asyncio.get_running_loop(), limit / _LOOKS
    again: asyncio.Handle

    def put_off() -> None:
        nonlocal again
        signal.setitimer(signal.ITIMER_PROF, limit, pace)
        again = loop.call_later(pace, put_off)

    def end(_: int, frame: FrameType | None) -> None:
        if _is_read_in(frame, folders):
            log.error("loop.stalled", seconds=limit)
            raise StalledError(f"nothing else could run for {limit:g} seconds")

    before = signal.signal(signal.SIGPROF, end)
    put_off()
    try:
        yield
    finally:
        again.cancel()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _is_read_in(frame: FrameType | None, folders: tuple[str, ...]) -> bool:
    """Whether the innermost code of ours on the stack stands in one of the folders."""
    ours = (f"{_ROOT / 'connectors'}/", *folders)
    while frame is not None:
        if frame.f_code.co_filename.startswith(ours):
            return frame.f_code.co_filename.startswith(folders)
        frame = frame.f_back
    return False
