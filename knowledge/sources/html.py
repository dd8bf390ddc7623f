"""Web pages: the article's own text with its headings, lists and tables, without the frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.sources.decode import UnreadableError, decode, read_bytes
from knowledge.sources.markdown import split_sections
from knowledge.sources.raw import Problem, Raw
from knowledge.sources.statute import articles_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_FRAME = ("script", "style", "nav", "footer", "header", "aside", "form", "noscript", "iframe")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]+)", re.I)
_BLOCKS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "tr", "div", "br", "dt", "dd", "section")
# Names the national standard for government websites gives to a page's metadata.
_METADATA = {"articletitle": "title", "contentsource": "issuer", "pubdate": "", "url": "link"}


def read_html(path: Path) -> Iterator[Raw | Problem]:
    """One entry a page."""
    yield from entry_of_page(text_of_page(read_bytes(path)), path.stem, str(path))


def entry_of_page(html: str, entry_id: str, where: str, link: str = "") -> Iterator[Raw | Problem]:
    """The entry a page holds.  ``link``: where it was fetched from, if it was."""
    from bs4 import BeautifulSoup

    try:
        page = BeautifulSoup(html, "lxml")
    except (RecursionError, ValueError) as error:
        raise UnreadableError("网页结构读不出来") from error
    values: dict[str, object] = {"id": entry_id, "link": link}
    for meta in page.find_all("meta"):
        name = _METADATA.get(str(meta.get("name", "")).lower(), "")
        content = str(meta.get("content", "")).strip()
        if name and content and not values.get(name):
            values[name] = content
    text = _body(page)
    title, sections = split_sections(text)
    head = page.title.get_text(" ", strip=True) if page.title else ""
    values["title"] = values.get("title") or title or re.split(r"[_|]", head)[0].strip() or entry_id
    statute = articles_of(text)
    if statute:
        values["kind"] = "statute"
    values["sections"] = statute or sections
    yield Raw(where, values)


def text_of_page(data: bytes, charset: str = "") -> str:
    """A page as text.  ``charset``: what the server said, which goes before what the page says."""
    declared = _CHARSET.search(data[:2048])
    said = charset.lower() or (declared[1].decode("ascii", "replace").lower() if declared else "")
    if said in ("gb2312", "gbk", "gb18030"):
        return data.decode("gb18030", "replace")
    if said in ("big5", "big5-hkscs"):
        return data.decode("big5hkscs", "replace")
    return decode(data)


def _body(page: BeautifulSoup) -> str:
    for frame in page.find_all(_FRAME):
        frame.decompose()
    root = page.find("article") or page.find("main") or page.body or page
    for table in root.find_all("table"):
        if not table.find("table"):  # a table that holds tables is page layout
            table.replace_with("\n\n" + _table(table) + "\n\n")
    for level in range(1, 7):
        for heading in root.find_all(f"h{level}"):
            heading.replace_with(f"\n\n{'#' * level} {heading.get_text(' ', strip=True)}\n\n")
    for item in root.find_all("li"):
        item.insert(0, "- ")
    for block in root.find_all(_BLOCKS):
        block.append("\n")
    lines = (re.sub(r"[ \t\xa0\u3000]+", " ", line).strip() for line in root.get_text().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _table(table: Tag) -> str:
    rows = [
        [cell.get_text(" ", strip=True).replace("|", "／") for cell in row.find_all(["td", "th"])]
        for row in table.find_all("tr")
    ]
    return markdown_table(rows)


def markdown_table(rows: list[list[str]]) -> str:
    """Rows as a Markdown table whose first row is the heading; blank rows are dropped."""
    rows = [[" ".join(c.split()) for c in row] for row in rows if any(c.strip() for c in row)]
    if not rows:
        return ""
    width = max(map(len, rows))
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines)
