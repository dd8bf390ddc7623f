"""Web pages: the article's own text with its headings, lists and tables, without the frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.sources.decode import UnreadableError, decode, read_bytes
from knowledge.sources.document import entry_of_document
from knowledge.sources.page import article_of, is_directory
from knowledge.sources.page_text import text_of
from knowledge.sources.paths import id_of, said
from knowledge.sources.raw import Problem, Raw

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]+)", re.I)
_DEEPEST = 200  # elements in one another; pages of hostile depth would take hours
_NAME_LEAST = 4  # characters of a page's name that may be the article's
# Names the national standard for government websites gives to a page's metadata.
_METADATA = {"articletitle": "title", "contentsource": "issuer", "pubdate": "written"}


def read_html(path: Path) -> Iterator[Raw | Problem]:
    """One entry a page."""
    yield from entry_of_page(text_of_page(read_bytes(path)), id_of(path), said(path))


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
    name = re.split(r"[_|—]|-{1,2}(?=\D)", head)[0].strip()
    if len(name) >= _NAME_LEAST and not given.get("title") and _headed(page, name):
        given["title"] = name
    article = article_of(page)
    if is_directory(article.main):
        raise UnreadableError("网页是一份目录（标题和链接），不是文章；请给出其中每一篇的网页")
    text = text_of(article.main)
    if not re.sub(r"[#|\s-]", "", text):
        raise UnreadableError("网页里没有正文（可能要登录，或由脚本生成）")
    made = list(entry_of_document(text, entry_id, where, given, beside="\n".join(article.data)))
    for item in made:
        if isinstance(item, Raw):
            values = dict(item.values)
            if values["title"] == entry_id:
                values["title"] = name or entry_id
            if source and not values.get("issuer"):
                values["issuer"] = source
            yield Raw(item.where, values)
        else:
            yield item
    if article.folded:
        said = f"网页里折叠（未展开）的文字也收了，如“{article.folded[:20]}”，请核对"
        yield Problem(where, said, taken=True)


def _headed(page: BeautifulSoup, name: str) -> bool:
    """Whether a line of the page, and no link, is the page's name: the article's then."""
    if any(h1.get_text(strip=True) for h1 in page.find_all("h1")):
        return False

    def named(tag: Tag) -> bool:
        return tag.name not in ("a", "title", "li") and tag.get_text(strip=True) == name

    return page.body is not None and page.body.find(named) is not None


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
