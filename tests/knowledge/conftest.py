"""Real bases in a temporary folder, built the way an editor builds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.calibration import probes
from knowledge.model import Audience, Entry, EntryId, RegionCode, Section
from knowledge.published.publish import Published, publish, writer_lock
from knowledge.published.store import EntryStore

TODAY = date(2026, 6, 1)


def entry(
    entry_id: str,
    title: str = "",
    text: str = "",
    *,
    region: str = "000000",
    audience: Audience = Audience.BOTH,
    first: str | None = None,
    last: str | None = None,
    supersedes: Sequence[str] = (),
    questions: Sequence[str] = (),
    sections: Sequence[tuple[str, str, str]] = (),
) -> Entry:
    """An entry in one line."""
    body = [Section(*part) for part in sections]
    if text or not body:
        body.insert(0, Section("", text or title or entry_id))
    return Entry(
        id=EntryId(entry_id),
        title=title or entry_id,
        sections=tuple(body),
        region=RegionCode(region),
        audience=audience,
        effective_from=date.fromisoformat(first) if first else None,
        effective_to=date.fromisoformat(last) if last else None,
        supersedes=tuple(EntryId(other) for other in supersedes),
        questions=tuple(questions),
    )


def fill(folder: Path, entries: Sequence[Entry], *, rebuild: bool = False) -> Published:
    """Put entries into the base in a folder and publish it."""
    with writer_lock(folder), EntryStore(folder / "entries.sqlite") as store:
        with store.transaction():
            for one in entries:
                store.put(one, "test", "test")
        return publish(folder, store, rebuild=rebuild)


BaseOf = Callable[..., KnowledgeBase]


@pytest.fixture
def base_of(tmp_path: Path) -> BaseOf:
    """Builds a base of the entries given."""

    def build(*entries: Entry) -> KnowledgeBase:
        fill(tmp_path / "base", entries)
        return KnowledgeBase(tmp_path / "base")

    return build


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder that commands use."""
    folder = tmp_path / "var"
    monkeypatch.setenv("HUIYING_DATA_DIR", str(folder))
    for name in ("URL", "FOLDER", "MODEL", "KEY"):
        monkeypatch.delenv(f"HUIYING_EMBEDDINGS_{name}", raising=False)
    return folder


@pytest.fixture
def few_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of files and commands, not of what is refused: a base taken in is asked every
    thirtieth of the messages that set its judge, where asking all would be most of the test."""
    some = probes.probes()[::30]
    monkeypatch.setattr(probes, "probes", lambda: some)
