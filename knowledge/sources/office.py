"""Word and Excel files, opened with care: they are zip archives from strangers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.sources.decode import UnreadableError, read_bytes
from knowledge.sources.document import entry_of_document
from knowledge.sources.paths import id_of, said
from knowledge.sources.raw import Problem, Raw
from knowledge.sources.word import text_of

_OLE = b"\xd0\xcf\x11\xe0"
_MAX_UNPACKED = 300 * 1024 * 1024
_MAX_RATIO = 200
_MAX_ROWS = 200_000
_MAX_CELLS = 4_000_000
# Megabytes of what a document says, without its pictures; the parser takes sixteen times as many.
_MAX_TEXT = 40
_MAX_STRINGS = 100
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})


def checked_archive(data: bytes) -> io.BytesIO:
    """The archive, if opening it cannot fill the machine; else an :class:`UnreadableError`."""
    if data.startswith(_OLE):
        if _LOCKED in data:
            raise UnreadableError("文件有密码保护，请去掉密码再收")
        raise UnreadableError("旧版 Office 格式，请另存为 docx 或 xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            unpacked = sum(info.file_size for info in members)
            if any(info.flag_bits & 0x1 for info in members):
                raise UnreadableError("文件有密码保护，请去掉密码再收")
    except (zipfile.BadZipFile, ValueError) as error:
        raise UnreadableError("文件已损坏，打不开，请换一份完好的") from error
    if unpacked > _MAX_UNPACKED or unpacked > max(len(data), 50_000) * _MAX_RATIO:
        raise UnreadableError("压缩包展开后过大，疑似压缩炸弹")
    for folder, most in (("word/", _MAX_TEXT), ("xl/sharedStrings", _MAX_STRINGS)):
        parts = [m for m in members if m.filename.startswith(folder)]
        size = sum(m.file_size for m in parts if m.filename.endswith(".xml")) >> 20
        if size > most:
            raise UnreadableError(f"文字太多（展开后 {size} MB，上限 {most} MB），请拆成几份")
    return io.BytesIO(data)


def read_docx(path: Path) -> Iterator[Raw | Problem]:
    """One entry a document: headings give its sections, tables stay whole."""
    archive = checked_archive(read_bytes(path))
    import docx

    try:
        text = text_of(docx.Document(archive))
    except Exception as error:  # the parser raises whatever a broken file makes it raise
        raise UnreadableError("Word 文件已损坏，打不开，请换一份完好的") from error
    if not text:
        raise UnreadableError("Word 文件里没有文字（可能只有图片），请先做文字识别")
    yield from entry_of_document(text, id_of(path), said(path))


def sheets(data: bytes) -> Iterator[tuple[str, list[tuple[int, list[Any]]] | None, int]]:
    """(sheet name, its rows as (row number, cells), formulas whose result is not in the file) of a
    workbook; ``None`` for the rows of a sheet that is hidden: what an office keeps from its own
    eyes it does not mean to publish.  A merged cell says the same in each place it covers."""
    archive = checked_archive(data)
    from openpyxl import load_workbook

    from knowledge.sources.sheet import fill, look

    try:
        workbook = load_workbook(archive, read_only=True, data_only=True)
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                yield sheet.title, None, 0
                continue
            rows: list[tuple[int, list[Any]]] = []
            filled = 0
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                if all(cell is None for cell in cells):
                    continue  # a format laid on whole columns makes a million of these
                if len(rows) == _MAX_ROWS:
                    raise UnreadableError(f"工作表 {sheet.title} 超过 {_MAX_ROWS} 行，请拆开")
                filled += len(cells)
                if filled > _MAX_CELLS:
                    raise UnreadableError(f"工作表 {sheet.title} 超过 {_MAX_CELLS} 格，请拆开")
                rows.append((number, [None if cell in _ERRORS else cell for cell in cells]))
            if rows:
                merged, uncounted = look(archive, sheet)
                fill(rows, merged)
                yield sheet.title, rows, uncounted
    except UnreadableError:
        raise
    except Exception as error:  # the parser raises whatever a broken file makes it raise
        raise UnreadableError("Excel 文件已损坏，打不开，请换一份完好的") from error
