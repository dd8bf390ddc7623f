"""PDF files that carry text.  A scan is refused with the reason, not taken in empty."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.sources.decode import UnreadableError, read_bytes
from knowledge.sources.html import markdown_table
from knowledge.sources.markdown import split_sections
from knowledge.sources.raw import Problem, Raw
from knowledge.sources.statute import articles_of

if TYPE_CHECKING:
    from pdfplumber.page import Page

_MAX_PAGES = 1000
_LEAST_PER_PAGE = 10  # characters; a scan has at most a page number
_PAGE_NUMBER = re.compile(r"^\s*[-—–]?\s*\d{1,4}\s*[-—–]?\s*$")
_ENDS = tuple("。！？；：”）)》|")
_STARTS = re.compile(
    r"^\s*(?:第[零〇一二三四五六七八九十百千0-9]+[编章节条]|[一二三四五六七八九十]+、"
    r"|[（(]|\d+[.、]|[-•·|#])"
)
_CHINESE_HEADING = re.compile(r"^[一二三四五六七八九十]{1,3}、[^。；，]{1,30}$")


def read_pdf(path: Path) -> Iterator[Raw | Problem]:
    """One entry a file; lines are joined back to paragraphs, tables kept whole."""
    data = read_bytes(path)
    if b"%PDF" not in data[:1024]:
        raise UnreadableError("不是 PDF 文件，或文件已损坏")
    pages = _pages(data)
    letters = sum(len(re.sub(r"\s", "", page)) for page in pages)
    if letters < _LEAST_PER_PAGE * max(len(pages), 1):
        raise UnreadableError("PDF 里没有文字（可能是扫描件），请先做文字识别")
    text = _paragraphs("\n".join(pages))
    title, sections = split_sections(text)
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    values: dict[str, Any] = {"id": path.stem}
    values["title"] = title or (first if len(first) <= 60 else path.stem)
    statute = articles_of(text)
    if statute:
        values["kind"] = "statute"
    values["sections"] = statute or sections
    yield Raw(str(path), values)


def _pages(data: bytes) -> list[str]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > _MAX_PAGES:
                raise UnreadableError(f"PDF 超过 {_MAX_PAGES} 页，请拆开")
            return [_page(page) for page in document.pages]
    except UnreadableError:
        raise
    except (PDFPasswordIncorrect, PdfminerException) as error:
        cause = error.args[0] if error.args else None
        if isinstance(error, PDFPasswordIncorrect) or isinstance(cause, PDFPasswordIncorrect):
            raise UnreadableError("PDF 有密码保护") from error
        raise UnreadableError("PDF 已损坏，打不开") from error
    except Exception as error:  # the parser raises whatever a broken file makes it raise
        raise UnreadableError("PDF 已损坏，打不开") from error


def _page(page: Page) -> str:
    tables = [t for t in page.find_tables() if len(t.rows) > 1 and len(t.rows[0].cells) > 1]
    parts: list[tuple[float, str]] = []
    rest = page
    for table in tables:
        rows = [[cell or "" for cell in row] for row in table.extract()]
        parts.append((table.bbox[1], "\n" + markdown_table(rows) + "\n"))
        rest = rest.outside_bbox(table.bbox)
    for line in rest.extract_text_lines(return_chars=False):
        parts.append((line["top"], line["text"]))
    page.close()
    return "\n".join(text for _, text in sorted(parts, key=lambda part: part[0]))


def _paragraphs(text: str) -> str:
    """A page breaks lines where the paper ends; a paragraph ends where a sentence does."""
    lines: list[str] = []
    for line in text.split("\n"):
        if _PAGE_NUMBER.match(line):
            continue
        stripped = line.strip()
        if _CHINESE_HEADING.match(stripped):
            lines += ["", f"## {stripped}", ""]
        elif (
            lines
            and lines[-1]
            and stripped
            and not lines[-1].endswith(_ENDS)
            and not lines[-1].startswith(("#", "|"))
            and not _STARTS.match(stripped)
            and len(lines[-1]) > 20
        ):
            lines[-1] += stripped
        else:
            lines.append(stripped)
    return "\n".join(lines).strip()
