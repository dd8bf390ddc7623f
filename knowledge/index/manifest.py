"""The one small file that says what a base consists of right now.

Publishing writes new segments beside the old ones and then replaces ``current.json`` in one
rename.  A reader therefore sees the old index or the new one, never a mixture.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from knowledge.index.segment import Averages

CURRENT = "current.json"
FORMAT = 1
"""Of the segments on disk; an index of another format counts as not there and is built anew."""


@dataclass(frozen=True, slots=True)
class SegmentRef:
    """A segment by folder name, and the entry rows of it that no longer count."""

    name: str
    entries: int
    passages: int
    dropped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """``generation`` grows by one with each publication; 0 is a base never published."""

    generation: int = 0
    segments: tuple[SegmentRef, ...] = ()
    averages: Averages | None = None
    published_at: str = ""
    tuning: dict[str, Any] = field(default_factory=dict)
    vectors: str = ""
    """Name of what made the vectors in Chroma; empty if it holds none."""
    content: int = 0
    """The generation that last changed what is indexed; later ones changed only numbers."""
    mirrored: int = 0
    """The ``content`` that Chroma holds."""
    mark: str = ""
    """The store's newest version that the index knows of, see :meth:`EntryStore.mark`."""
    ended: dict[str, str] = field(default_factory=dict)
    """Last day of each entry whose end others decide, as it is indexed: by id, ISO or ""."""

    @property
    def entries(self) -> int:
        return sum(s.entries - len(s.dropped) for s in self.segments)


def read_manifest(folder: Path) -> Manifest:
    """The manifest in force, or an empty one for a base that was never published."""
    try:
        data = json.loads((folder / CURRENT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Manifest()
    if data.get("format") != FORMAT:
        return Manifest(generation=data.get("generation", 0))
    return Manifest(
        generation=data["generation"],
        segments=tuple(
            SegmentRef(s["name"], s["entries"], s["passages"], tuple(s["dropped"]))
            for s in data["segments"]
        ),
        averages=Averages(**data["averages"]) if data["averages"] else None,
        published_at=data["published_at"],
        tuning=data["tuning"],
        vectors=data["vectors"],
        content=data["content"],
        mirrored=data["mirrored"],
        mark=data.get("mark", ""),
        ended=data.get("ended", {}),
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in force; durable once this returns."""
    temporary = folder / f"{CURRENT}.{os.getpid()}.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, **asdict(manifest)}, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / CURRENT)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stamp(folder: Path) -> tuple[int, int]:
    """A few microseconds' check of whether another manifest is in force than before."""
    try:
        status = (folder / CURRENT).stat()
    except FileNotFoundError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_ino)
