"""Which reader for which file, and a walk over what was given on the command line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from knowledge.lexicon.columns import part_named
from knowledge.sources.decode import UnreadableError, read_text, why_not
from knowledge.sources.mapping import FieldMap
from knowledge.sources.markdown import read_markdown
from knowledge.sources.paths import said, suffix_of
from knowledge.sources.raw import Problem, Raw
from knowledge.sources.rows import read_csv, read_json, read_jsonl, read_xlsx

_TAKEN = "md、txt、html、docx、pdf、xlsx、csv、json、jsonl"
_OLD = "旧版 Office 或 WPS 格式，请另存为 docx（文字）或 xlsx（表格）"
_SLIDES = "演示文稿，请把里面的文字另存为 docx"
_PICTURE = "图片，请先做文字识别，存为 docx 或 txt"
_PACKED = "压缩包，请先解压，再收里面的文件或文件夹"
_INSTEAD = {
    **dict.fromkeys((".doc", ".dot", ".xls", ".wps", ".wpt", ".et", ".rtf", ".odt", ".ods"), _OLD),
    **dict.fromkeys((".ppt", ".pptx", ".dps", ".odp", ".pps"), _SLIDES),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp"), _PICTURE),
    **dict.fromkeys((".zip", ".rar", ".7z", ".gz", ".tar"), _PACKED),
    ".ofd": "OFD 版式文件，请用阅读器导出为 PDF 或 docx",
    ".ceb": "CEB 版式文件，请用阅读器导出为 PDF 或 docx",
    ".mht": "网页存档，请在浏览器里另存为 html",
    ".mhtml": "网页存档，请在浏览器里另存为 html",
    ".eml": "邮件，请把正文或附件另存为 docx",
}
_HIDDEN = (".", "~$")
_LINKED = "是通到别处的链接，里面的没有收；要收请另写它的路径"
_SILENT = frozenset({".ds_store", "thumbs.db", ".gitkeep", ".gitignore"})


def files_under(paths: Sequence[Path]) -> Iterator[Path | Problem]:
    """Every file of the paths given, folders walked in name order, hidden files left out.  A folder
    that cannot be read is a :class:`Problem`: its entries must not look as if they were gone."""
    for path in paths:
        if path.is_dir():
            yield from _walk(path)
        elif path.exists():
            yield path
        else:
            yield Problem(said(path), "没有这个文件或文件夹，请核对路径")


def _walk(folder: Path) -> Iterator[Path | Problem]:
    closed: list[Problem] = []

    def report(error: OSError) -> None:
        closed.append(Problem(said(Path(error.filename)), f"文件夹读不到：{why_not(error)}"))

    inside: list[Path] = []
    for where, folders, files in os.walk(folder, onerror=report):
        folders[:] = [name for name in folders if not name.startswith(_HIDDEN)]
        linked = (path for name in folders if (path := Path(where, name)).is_symlink())
        closed += [Problem(said(path), _LINKED, taken=True) for path in linked]
        shown = (n for n in files if not n.startswith(_HIDDEN) and n.lower() not in _SILENT)
        inside += [Path(where, name) for name in shown]
    yield from closed
    yield from sorted(inside)


def read_file(path: Path, field_map: FieldMap | None = None) -> Iterator[Raw | Problem]:
    """All entries of one file.  What can't be read comes out as a :class:`Problem`."""
    try:
        yield from _read(path, field_map)
    except UnreadableError as error:
        yield Problem(said(path), str(error))
    except OSError as error:
        yield Problem(said(path), f"读不到文件：{why_not(error)}")


def _read(path: Path, field_map: FieldMap | None) -> Iterator[Raw | Problem]:
    suffix, doubt = suffix_of(path)
    if doubt:
        yield Problem(said(path), doubt, taken=True)
    match suffix:
        case ".md" | ".markdown":
            if path.stem.lower() in ("readme", "index", "_index"):
                yield Problem(said(path), "说明文件，不是条目", taken=True)
            else:
                yield from read_markdown(path)
        case ".jsonl" | ".ndjson":
            yield from read_jsonl(path, field_map)
        case ".json":
            yield from read_json(path, field_map)
        case ".xlsx" | ".xlsm":
            yield from read_xlsx(path, field_map)
        case ".html" | ".htm":
            from knowledge.sources.html import read_html

            yield from read_html(path)
        case ".docx":
            from knowledge.sources.office import read_docx

            yield from read_docx(path)
        case ".pdf":
            from knowledge.sources.pdf import read_pdf

            yield from read_pdf(path)
        case ".txt" | ".text" | ".csv" | ".tsv":
            yield from _read_text(path, suffix, field_map)
        case other:
            advice = _INSTEAD.get(other)
            kind = other or "没有扩展名"
            raise UnreadableError(advice or f"不支持的文件类型：{kind}（可收：{_TAKEN}）")


def _read_text(path: Path, suffix: str, field_map: FieldMap | None) -> Iterator[Raw | Problem]:
    """A text file; or JSON lines or a table, which data sets like to call so."""
    head = next((line for line in read_text(path).split("\n") if line.strip()), "")
    if head.startswith(("{", "[{")):
        yield from read_json(path, field_map)
    elif suffix in (".csv", ".tsv") or (
        "\t" in head and any(part_named(name) for name in head.split("\t"))
    ):
        yield from read_csv(path, field_map)
    else:
        yield from read_markdown(path)
