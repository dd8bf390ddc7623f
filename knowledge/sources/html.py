"""Web pages: the article's own text with its headings, lists and tables, without the frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.sources.decode import UnreadableError, decode, read_bytes
from knowledge.sources.document import entry_of_document
from knowledge.sources.grid import markdown_table
from knowledge.sources.official import form, is_furniture
from knowledge.sources.raw import Problem, Raw

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_FRAME = [
    "script", "style", "nav", "footer", "header", "aside", "noscript", "iframe", "button",
    "select", "input", "textarea", "svg", "object", "template",
]  # fmt: skip
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]+)", re.I)
_BLOCKS = ("p", "li", "tr", "div", "dt", "dd", "section", "article", "ul", "ol", "center")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FRAMED = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|footer|foot|header|breadcrumb|crumbs?|sidebar|share|bdshare|toolbar"
    r"|pager|pagination|copyright|qrcode|print|related|recommend|hot|search|login|banner|topbar)"
    r"(?:$|[\s_-])",
    re.I,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_MAIN_SHARE = 0.7  # of a page's own words; a part that holds so many is what the page is about
_FRAME_MOST = 0.3  # of them a part may hold and still be taken for a frame by its name
_DEEPEST = 200  # elements in one another; pages of hostile depth would take hours
_MENU_LEAST = 3  # links; with little else beside them they are a menu
# Names the national standard for government websites gives to a page's metadata.
_METADATA = {"articletitle": "title", "contentsource": "issuer", "pubdate": "written"}


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
    if _depth(page) > _DEEPEST:
        raise UnreadableError("网页的层次太深，读不出来")
    given: dict[str, object] = {"link": link}
    for meta in page.find_all("meta"):
        name = _METADATA.get(str(meta.get("name", "")).lower(), "")
        content = str(meta.get("content", "")).strip()
        if name in ("title", "issuer") and content and not given.get(name):
            given[name] = content
        if str(meta.get("name", "")).lower() == "url" and content and not link:
            given["link"] = content
    source = given.pop("issuer", "")
    head = page.title.get_text(" ", strip=True) if page.title else ""
    text, beside = _body(page)
    if not re.sub(r"[#|\s-]", "", text):
        raise UnreadableError("网页里没有正文（可能要登录，或由脚本生成）")
    made = list(entry_of_document(text, entry_id, where, given, beside=beside))
    for item in made:
        if isinstance(item, Raw):
            values = dict(item.values)
            if values["title"] == entry_id:
                values["title"] = re.split(r"[_|—]|-{1,2}(?=\D)", head)[0].strip() or entry_id
            if source and not values.get("issuer"):
                values["issuer"] = source
            yield Raw(item.where, values)
        else:
            yield item


def text_of_page(data: bytes, charset: str = "") -> str:
    """A page as text.  ``charset``: what the server said, which goes before what the page says."""
    declared = _CHARSET.search(data[:2048])
    said = charset.lower() or (declared[1].decode("ascii", "replace").lower() if declared else "")
    if said in ("gb2312", "gbk", "gb18030"):
        return data.decode("gb18030", "replace") if not _is_utf8(data) else data.decode()
    if said in ("big5", "big5-hkscs"):
        return data.decode("big5hkscs", "replace")
    return decode(data)


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8 whatever they claim: GB text of some length never is by chance."""
    try:
        return not data.decode().isascii()
    except UnicodeDecodeError:
        return False


def _depth(page: BeautifulSoup) -> int:
    """How deep elements lie in one another, at most one more than is allowed."""
    level: list[Tag] = list(page.find_all(True, recursive=False))
    depth = 0
    while level and depth <= _DEEPEST:
        depth += 1
        level = [inner for part in level for inner in part.find_all(True, recursive=False)]
    return depth


def _body(page: BeautifulSoup) -> tuple[str, str]:
    """(the article's text, the lines of data about it, wherever on the page they stand)."""
    for frame in page.find_all(_FRAME):
        frame.decompose()
    for hidden in page.find_all(style=_HIDDEN):
        if not hidden.decomposed:
            hidden.decompose()
    root = page.body or page
    whole = _own(root)
    data = _data_of(root)
    for part in root.find_all(["div", "ul", "ol", "p", "span", "td", "table", "section", "form"]):
        if part.decomposed or part.parent is None:
            continue
        named = f"{' '.join(map(str, part.get_attribute_list('class')))} {part.get('id', '')}"
        own, linked = _own(part), len("".join(part.get_text().split()))
        framed = bool(_FRAMED.search(named)) or part.name == "form"
        menu = linked - own > 2 * own and len(part.find_all("a")) >= _MENU_LEAST
        if (framed and own <= _FRAME_MOST * whole) or (menu and part.name != "p"):
            part.decompose()
    title = root.find("h1")
    main = _main(root)
    if title and title.get_text(strip=True):
        main.insert(0, title.extract())
    return _text(main), "\n".join(data)


def _main(root: Tag) -> Tag:
    """The smallest part that holds most of the words: the article, in whatever box."""
    for name in ("article", "main"):
        if (found := root.find(name)) and _own(found) >= _FRAME_MOST * _own(root):
            return found
    while True:
        total = _own(root)
        inner = [part for part in root.find_all(True, recursive=False) if part.name not in ("p",)]
        inner = [part for part in inner if part.name not in (*_HEADINGS, "ul", "ol", "table")]
        best = max(inner, key=_own, default=None)
        if best is None or _own(best) < max(_MAIN_SHARE * total, 1):
            return root
        root = best


def _own(part: Tag) -> int:
    """Characters of a part that are no links."""
    whole = len("".join(part.get_text().split()))
    return whole - sum(len("".join(a.get_text().split())) for a in part.find_all("a"))


def _data_of(root: Tag) -> list[str]:
    """The lines of data about the document (发文字号：…), wherever on the page they stand."""
    labels = form().labels
    found: list[str] = []
    for part in root.find_all(["li", "p", "div", "span", "td", "tr"]):
        said = " ".join(part.get_text(" ").split())
        name, sign, value = said.replace(":", "：", 1).partition("：")
        name = re.sub(r"[\s\[【】\]]", "", name)
        if sign and len(said) < 80 and name in labels and value.strip():
            line = f"{name}：{value.strip()}"
            if "：" not in value.replace(":", "：") and line not in found:
                found.append(line)
        elif part.name == "td" and re.sub(r"[\s\[【】\]：:]", "", said) in labels:
            following = part.find_next_sibling("td")
            value = " ".join(following.get_text(" ").split()) if following else ""
            if value and len(value) < 80:
                found.append(f"{re.sub(r'[：:【】 ]', '', said)}：{value}")
    return list(dict.fromkeys(found))


def _text(root: Tag) -> str:
    from bs4.element import NavigableString

    for string in list(root.find_all(string=True)):
        if string.find_parent("pre") is None:
            # A line's end in the source is a blank; between Chinese characters it is nothing.
            plain = re.sub(r"(?<=[^\x00-\x7f])\s*[\r\n]\s*(?=[^\x00-\x7f])", "", str(string))
            string.replace_with(NavigableString(re.sub(r"\s+", " ", plain)))
    for table in root.find_all("table"):
        rows = [] if table.find("table") else _grid(table)
        if len(rows) > 1 and max(map(len, rows)) > 1:  # else page layout
            table.replace_with("\n\n" + markdown_table(rows) + "\n\n")
    for level, name in enumerate(_HEADINGS, 1):
        for heading in root.find_all(name):
            words = heading.get_text(" ", strip=True)
            heading.replace_with(f"\n\n{'#' * level} {words}\n\n" if words else "\n")
    for number, item in _items(root):
        item.insert(0, f"{number}. " if number else "- ")
    for broken in root.find_all("br"):
        broken.replace_with("\n")
    for block in root.find_all(_BLOCKS):
        block.insert(0, "\n")
        block.append("\n")
    said = (re.sub(r"[ \t\xa0\u3000]+", " ", line).strip() for line in root.get_text().split("\n"))
    kept = (line for line in said if not is_furniture(line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _items(root: Tag) -> Iterator[tuple[int, Tag]]:
    """Every item of a list, with its number in a numbered one, else 0."""
    for listed in root.find_all(["ol", "ul"]):
        for number, item in enumerate(listed.find_all("li", recursive=False), 1):
            bare = item.get_text(" ", strip=True)
            counted = listed.name == "ol" and not re.match(r"[\d一二三四五六七八九十（(]", bare)
            if not (listed.name == "ol" and not counted):
                yield number if counted else 0, item


def _grid(table: Tag) -> list[list[str]]:
    """Cells by row and column; a cell over several rows is said in each, one over several columns
    in the first."""
    rows: list[list[str]] = []
    held: dict[int, tuple[int, str]] = {}  # column → rows still to go, what it says
    for row in table.find_all("tr"):
        line: list[str] = []

        def from_above(line: list[str] = line) -> None:
            while len(line) in held:
                left, words = held.pop(len(line))
                if left > 1:
                    held[len(line)] = (left - 1, words)
                line.append(words)

        for cell in row.find_all(["td", "th"]):
            from_above()
            words = cell.get_text(" ", strip=True)
            down, across = (_span(cell.get(name)) for name in ("rowspan", "colspan"))
            for place in range(across):
                if down > 1:
                    held[len(line)] = (down - 1, words if not place else "")
                line.append(words if not place else "")
        from_above()
        rows.append(line)
    return [row for row in rows if any(row)]


def _span(said: object) -> int:
    return min(max(int(str(said)), 1), 100) if said and str(said).isdecimal() else 1
