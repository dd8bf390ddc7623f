"""How a file is called: where an entry stands, the id a file's name gives, what is really in it."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

from knowledge.sources.decode import UnreadableError, decode

_NOT_IN_IDS = re.compile(r"[\x00-\x1f\x7f#]+")
_LONGEST = 120  # characters of a name that become an id
_HEAD = 1024
_OLE = b"\xd0\xcf\x11\xe0"
_ARCHIVE = b"PK\x03\x04"
_OFFICE = ("word/", ".docx"), ("xl/", ".xlsx"), ("ppt/", ".pptx")
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I
)
_WORKBOOK = frozenset({".xlsx", ".xlsm", ".xls", ".et"})
_DOCUMENT = frozenset({".docx", ".doc", ".wps", ".pdf"})
_WRITTEN = frozenset({".md", ".markdown", ".txt", ".text", ".csv", ".tsv", ".json", ".jsonl"})
_READ = _WORKBOOK | _DOCUMENT | _WRITTEN | {".ndjson", ".html", ".htm", ".dot", ".wpt"}


def said(path: Path) -> str:
    """A path in letters, also where its name is in the encoding of another system."""
    name = os.fsencode(path)
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("gb18030", "replace")


def id_of(path: Path) -> str:
    """The id an entry gets from its file's name, without signs that no id may have."""
    return _NOT_IN_IDS.sub("-", Path(said(path)).stem)[:_LONGEST].strip() or "-"


def suffix_of(path: Path) -> tuple[str, str]:
    """(how a file is to be read, what an editor should know about that): by the ending of its name,
    unless its first bytes say that it is something else."""
    suffix = path.suffix.lower()
    if suffix not in _READ or not path.is_file():
        return suffix, ""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    real = _really(path, head, suffix)
    if real == suffix or {real, suffix} in ({".htm", ".html"}, {".xlsx", ".xlsm"}):
        return suffix, ""
    return real, f"扩展名是 {suffix}，内容其实是 {real.lstrip('.')}，按 {real.lstrip('.')} 读"


def _really(path: Path, head: bytes, suffix: str) -> str:
    if b"%PDF-" in head and suffix not in (".html", ".htm"):
        return ".pdf"
    if head.startswith(_ARCHIVE):
        return _inside(path) or suffix
    if head.startswith(_OLE) or suffix not in _WORKBOOK | _DOCUMENT:
        return suffix
    text = _text(head)
    if not text.strip():
        return suffix
    if _PAGE.match(text):
        if suffix in _WORKBOOK:
            raise UnreadableError("内容其实是网页里的表格，请用 Excel 或 WPS 打开，另存为 xlsx")
        return ".html"
    return ".csv" if suffix in _WORKBOOK else suffix


def _inside(path: Path) -> str:
    """Which kind of office file an archive is, "" if none or broken."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return ""
    return next((kind for folder, kind in _OFFICE if any(n.startswith(folder) for n in names)), "")


def _text(head: bytes) -> str:
    """The first words of a text, "" for anything else."""
    for end in range(len(head), max(len(head) - 4, 0), -1):  # it may be cut within a character
        try:
            return decode(head[:end])
        except UnreadableError:
            continue
    return ""
