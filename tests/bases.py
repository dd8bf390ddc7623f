"""The knowledge base we ship, built once for all tests that only ask it.

Building takes seconds of a core; it is kept under ``var`` by the digest of the entries and of the
code that builds it, so that another test process, and the next run, find it there.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from functools import cache
from pathlib import Path

from knowledge.base import base_folder
from knowledge.documents.ingest import ingest
from tests.servers import ROOT

_KEPT = ROOT / "var" / "tests" / "bases"


def shipped_base(data: Path) -> Path:
    """A copy of its own under ``data``; the folder."""
    folder = base_folder(data=data)
    shutil.copytree(_built(), folder)
    return folder


@cache
def _built() -> Path:
    _KEPT.mkdir(parents=True, exist_ok=True)
    kept = _KEPT / _digest()
    with (_KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.is_dir():
            for old in _KEPT.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            making = _KEPT / "making"
            ingest(making, [ROOT / "knowledge" / "corpus"])
            making.rename(kept)
    return kept


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "knowledge").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]
