"""PDF files that carry text.  A scan is refused with the reason, not taken in empty; pages of one
within a text are named."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.sources.decode import UnreadableError, read_bytes
from knowledge.sources.document import entry_of_document
from knowledge.sources.grid import markdown_table
from knowledge.sources.layout import Block, blocks_of, like, titled
from knowledge.sources.official import form
from knowledge.sources.paths import id_of, said
from knowledge.sources.raw import Problem, Raw

if TYPE_CHECKING:
    from pdfplumber.page import Page

_MAX_PAGES = 1000
_LEAST_PER_PAGE = 10  # characters; a scan has at most a page number
_MAX_STREAM = 50 * 1024 * 1024  # bytes of one stream, unpacked; a page's text has some kilobytes
_MAX_UNPACKED = 300 * 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n")
_UNKNOWN = re.compile(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd]")
_UNKNOWN_SHARE = 0.1  # of characters whose font does not say what they are
_ENDS = tuple("。！？：|")
_STARTS = re.compile(
    r"^\s*(?:第[零〇一二三四五六七八九十百千0-9]+[编章节条]|[一二三四五六七八九十]+、"
    r"|[（(][一二三四五六七八九十\d]+[）)]|\d+[.、]|[-•·|#])"
)


def read_pdf(path: Path) -> Iterator[Raw | Problem]:
    """One entry a file; lines are joined back to paragraphs, tables kept whole."""
    data = read_bytes(path)
    if b"%PDF" not in data[:1024]:
        raise UnreadableError("不是 PDF 文件，或文件已损坏，请换一份完好的")
    _refuse_bomb(data)
    blocks, pages, blank = _blocks(data)
    words = "".join(block.text for block in blocks)
    letters = len(re.sub(r"\s", "", words))
    if letters < _LEAST_PER_PAGE * max(pages, 1):
        raise UnreadableError("PDF 里没有文字（可能是扫描件），请先做文字识别")
    if len(_UNKNOWN.findall(words)) > _UNKNOWN_SHARE * letters:
        raise UnreadableError("PDF 的字体没有文字编码，抽不出文字，请换一份或先做文字识别")
    if blank:
        which = "、".join(map(str, blank[:10])) + ("……" if len(blank) > 10 else "")
        doubt = f"第 {which} 页只有图片（可能是扫描的），上面的字没有收进来，请先做文字识别"
        yield Problem(said(path), doubt, taken=True)
    text = _paragraphs(titled(blocks))
    yield from entry_of_document(text, id_of(path), said(path))


def _refuse_bomb(data: bytes) -> None:
    """Raise for a file whose packed streams would fill the machine; pictures are never unpacked."""
    total = 0
    for start in _STREAM.finditer(data):
        head = data[max(0, start.start() - 2000) : start.start()]
        head = head[head.rfind(b" obj") + 1 :]
        packed = head.count(b"/FlateDecode") + len(re.findall(rb"/Fl[\s/\]>]", head))
        if not packed or b"/Image" in head:
            continue
        piece = memoryview(data)[start.end() : start.end() + _MAX_UNPACKED]
        for _ in range(packed):
            try:
                piece = memoryview(zlib.decompressobj().decompress(piece, _MAX_STREAM + 1))
            except zlib.error:
                break  # the reader will find it broken, or encrypted
            if len(piece) > _MAX_STREAM:
                raise UnreadableError("PDF 展开后过大，疑似压缩炸弹")
        else:
            total += len(piece)
        if total > _MAX_UNPACKED:
            raise UnreadableError("PDF 展开后过大，疑似压缩炸弹")


def _blocks(data: bytes) -> tuple[list[Block], int, list[int]]:
    """(what stands in the file, how many pages it has, which of them are nothing but pictures)."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > _MAX_PAGES:
                raise UnreadableError(f"PDF 超过 {_MAX_PAGES} 页，请拆开")
            blank = [page.page_number for page in document.pages if _is_picture(page)]
            return (
                blocks_of(_upright(page) for page in document.pages),
                len(document.pages),
                blank,
            )
    except UnreadableError:
        raise
    except (PDFPasswordIncorrect, PdfminerException) as error:
        cause = error.args[0] if error.args else None
        if isinstance(error, PDFPasswordIncorrect) or isinstance(cause, PDFPasswordIncorrect):
            raise UnreadableError("PDF 有密码保护，请去掉密码再收") from error
        raise UnreadableError("PDF 已损坏，打不开，请换一份完好的") from error
    except Exception as error:  # the parser raises whatever a broken file makes it raise
        raise UnreadableError("PDF 已损坏，打不开，请换一份完好的") from error


def _turn(page: Page) -> int:
    """By how many degrees a page must be turned clockwise for its words to stand upright."""
    aside = [char for char in page.chars if not char["upright"]]
    turn = 0
    if len(aside) > len(page.chars) / 2:
        turn = 90 if sum(char["matrix"][1] > 0 for char in aside) > len(aside) / 2 else 270
    return turn


def _upright(page: Page) -> Page:
    """The page, turned where it lies on its side."""
    from pdfplumber.page import Page as Turned

    turn = _turn(page)
    if not turn:
        return page
    page.close()
    inner = page.page_obj
    inner.rotate = (inner.rotate + turn) % 360
    inner.attrs["Rotate"] = inner.rotate
    return Turned(page.pdf, inner, page_number=page.page_number)


def _is_picture(page: Page) -> bool:
    bare = bool(page.images) and len(page.chars) < _LEAST_PER_PAGE
    page.close()
    return bare


def _paragraphs(blocks: list[Block]) -> str:
    """A page breaks lines where the paper ends; a paragraph ends where a sentence does, or where a
    line stops short of the margin."""
    lines: list[str] = []
    full = False  # whether the last line reaches the margin
    height = 0.0
    for block in blocks:
        if block.rows:
            lines += ["", markdown_table(block.rows), ""]
            full = False
            continue
        words = block.text.strip()
        goes_on = full and not block.indented and lines and _may_go_on(lines[-1], words)
        if goes_on and like(height, block.height):
            lines[-1] += words
        else:
            lines.append(words)
        full, height = block.full, block.height
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _may_go_on(line: str, words: str) -> bool:
    named = "关于" in line and line.endswith(form().kinds)
    ended = not line or named or line.startswith(("#", "|")) or line.endswith(_ENDS)
    return not ended and not _STARTS.match(words)
