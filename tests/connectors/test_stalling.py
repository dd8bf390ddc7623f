"""What holds the loop for too long is ended, where it is a reading."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from pathlib import Path

import pytest

from connectors.stalling import StalledError, ending_stalls

HERE = (Path(__file__).parent,)
HOURS = re.compile("(?:a|aa)+")


def busy(seconds: float) -> None:
    ends = time.thread_time() + seconds
    while time.thread_time() < ends:
        pass


async def test_a_rule_that_does_not_end_is_ended_and_the_loop_goes_on() -> None:
    with ending_stalls(limit=0.2, reading=HERE):
        for _ in range(2):
            await asyncio.sleep(0.1)
            with pytest.raises(StalledError):
                HOURS.fullmatch("a" * 90 + "b")
        await asyncio.sleep(0.3)


async def test_what_is_no_reading_is_left_alone(tmp_path: Path) -> None:
    with ending_stalls(limit=0.1, reading=(tmp_path,)):
        busy(0.4)


async def test_a_machine_that_keeps_us_waiting_ends_nothing() -> None:
    with ending_stalls(limit=0.1, reading=HERE):
        time.sleep(0.4)  # stopped, or no processor to be had
        await asyncio.sleep(0)


async def test_many_short_steps_are_no_stall() -> None:
    with ending_stalls(limit=0.3, reading=HERE):
        end = time.monotonic() + 0.8
        while time.monotonic() < end:
            busy(0.02)
            await asyncio.sleep(0)


async def test_nothing_of_it_stays() -> None:
    before = signal.getsignal(signal.SIGPROF)
    with ending_stalls(limit=0.1, reading=HERE):
        await asyncio.sleep(0)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGPROF) is before
