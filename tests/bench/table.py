"""Every figure that was promised, beside what was reached."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

Results = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """``bench``: the measurement it comes from; ``target``: at least that much where ``more`` is
    better, else at most."""

    bench: str
    label: str
    value: Callable[[Results], float | None]
    target: float
    unit: str = ""
    more: bool = False

    def holds(self, value: float) -> bool:
        return value >= self.target if self.more else value <= self.target


def _against_bolt(result: Results) -> float | None:
    return result["accept"]["rate"] / result["bolt"]["rate"] if result.get("bolt") else None


FIGURES = (
    Figure("accept", "durable accept / bare handler, by rate", lambda r: r["ratio_by_rate"], 0.5,
           more=True),
    Figure("accept", "durable accept / Bolt's acknowledgement", _against_bolt, 1.0, more=True),
    Figure("echo", "echo dialogue at 200/s, 99th percentile",
           lambda r: r["echo"]["answered_p99_ms"], 50, "ms"),
    Figure("echo", "five quick messages, 0.3 s of thinking each",
           lambda r: r["quick"]["seconds"], 1.6, "s"),
    Figure("sockets", "5,000 idle web chats", lambda r: r["memory_mb"], 400, "MB"),
    Figure("turn", "what the gateway adds to a turn", lambda r: r["gateway_adds_ms"], 5, "ms"),
    Figure("turn", "a turn of Rasa, processor", lambda r: r["rasa_cpu_ms"], 15, "ms"),
    Figure("understand", "huiying understand, first answer", lambda r: r["start_seconds"], 5, "s"),
    Figure("understand", "huiying understand, texts a second a core",
           lambda r: r["per_second_a_core"], 200, more=True),
    Figure("desk", "200 agents, 2,000 talks: event to screen, 99th percentile",
           lambda r: r["p99_ms"], 300, "ms"),
    Figure("desk", "the desk's first load", lambda r: r["first_load_kb"], 300, "kB"),
    Figure("desk", "queue with 100,000 past talks / with 100", lambda r: r["queue"]["worst"], 1.5),
    Figure("sms", "300 text messages a second in, lost",
           lambda r: r["in"]["sent"] - r["in"]["accepted"], 0),
    Figure("sms", "10,000 text messages out, off the account's rate",
           lambda r: abs(r["out"]["off"]) * 100, 2, "%"),
    Figure("wechat", "300 sealed pushes a second, 99th percentile",
           lambda r: r["push"]["p99"] * 1000, 100, "ms"),
    Figure("wechat", "10,000 messages brought three times, lost or doubled",
           lambda r: abs(r["storm"]["stored"] - r["storm"]["messages"]), 0),
    Figure("knowledge", "100,000 passages indexed", lambda r: r["built"]["seconds"], 60, "s"),
    Figure("knowledge", "memory of building and of asking, the greater",
           lambda r: max(r["built"]["memory_mb"], r["asked"]["memory_mb"]), 600, "MB"),
    Figure("knowledge", "an answer from 100,000 passages, 99th percentile",
           lambda r: r["asked"]["p99_ms"], 15, "ms"),
    Figure("knowledge", "the same, processor", lambda r: r["asked"]["cpu_p99_ms"], 15, "ms"),
    Figure("knowledge", "an entry added, at worst", lambda r: r["added"]["worst_seconds"], 1, "s"),
    Figure("knowledge", "the event loop held meanwhile, at worst",
           lambda r: r["added"]["held_ms"], 20, "ms"),
    Figure("knowledge", "the same, processor", lambda r: r["added"]["held_cpu_ms"], 20, "ms"),
)  # fmt: skip


def show(results: Results, wanted: Collection[str]) -> None:
    """Prints the figures of the measurements that were ``wanted``."""
    table = Table("measured", "target", "reached", "holds", title="figures")
    for figure in (one for one in FIGURES if one.bench in wanted):
        value = figure.value(results[figure.bench]) if figure.bench in results else None
        if value is None:
            table.add_row(figure.label, "", "not measured", "?")
            continue
        sign = "≥" if figure.more else "≤"
        table.add_row(
            figure.label,
            f"{sign} {figure.target:g} {figure.unit}",
            f"{value:.2f} {figure.unit}",
            "yes" if figure.holds(value) else "no",
        )
    console = Console(width=110)
    console.print(table)
    console.print(
        f"a page synced to disk takes {results['disk_sync_ms']:.2f} ms here; "
        f"an acknowledged message waits for it once, an answer once more"
    )


def disk_sync_ms() -> float:
    """How long the disk takes to say that it has a page, the median of a hundred."""
    with tempfile.NamedTemporaryFile() as file:
        took = []
        for _ in range(100):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return median(took) * 1e3
