"""The tables of words, readings and places that come with JioNLP (Apache-2.0), as text."""

from __future__ import annotations

import zipfile
from importlib.util import find_spec
from pathlib import Path


def dictionary_folder() -> Path:
    """JioNLP's data folder, found without importing the package (its import costs seconds)."""
    spec = find_spec("jionlp")
    if spec is None or spec.origin is None:
        raise RuntimeError("jionlp is not installed: run `make setup`")
    return Path(spec.origin).parent / "dictionary"


def read_table(stem: str, suffix: str) -> str:
    """The text of one of JioNLP's tables, from the plain file or from the zip it ships."""
    folder = dictionary_folder()
    plain = folder / f"{stem}{suffix}"
    if plain.exists():
        return plain.read_text(encoding="utf-8")
    with zipfile.ZipFile(folder / f"{stem}.zip") as archive:
        # As the plain file is read: the zip holds lines that end in CR LF.
        return archive.read(f"{stem}{suffix}").decode("utf-8").replace("\r\n", "\n")
