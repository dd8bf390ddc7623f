"""Which part of a web page is the article: its frame, and what is hidden for good, taken away."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.sources.official import form
from knowledge.sources.tabs import headed_tabs

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import NavigableString

_FRAME = [
    "script", "style", "nav", "footer", "header", "aside", "noscript", "iframe", "button",
    "select", "input", "textarea", "svg", "object", "template",
]  # fmt: skip
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FRAMED = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|footer|foot|header|breadcrumb|crumbs?|sidebar|share|bdshare|toolbar"
    r"|pager|pagination|copyright|qrcode|print|related|recommend|hot|search|login|banner|topbar"
    r"|btns|buttons|operate|score|rating|stars?)"
    r"(?:$|[\s_-])",
    re.I,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# What opens over a page, and never is part of its article.
_OVER = re.compile(
    r"dialog|modal|popup|popover|mask|toast|tooltip|layer|loading|error|empty|survey|dropdown|captcha",
    re.I,
)
_FOLDED_LEAST = 40  # characters that a single hidden part must have to be the article's
_FOLDED_PARTS = 2  # of one form: tabs, or answers under questions
_ABOUT = re.compile(r"(?:^|[\s_-])meta(?:$|[\s_-]|_content)", re.I)
_ABOUT_MOST = 80  # characters of a line about the article: who, when
# What stands over the names of other pages.
_RELATED = re.compile(
    r"(?:相关|延伸|推荐|热点|最新|其他)(?:链接|文件|阅读|解读|新闻|稿件|信息|推荐|文章|报道|政策|内容|专题)\W*"
)
_MAIN_SHARE = 0.7  # of a page's own words; a part that holds so many is what the page is about
_FRAME_MOST = 0.3  # of them a part may hold and still be taken for a frame by its name
_MENU_LEAST = 3  # links; with little else beside them they are a menu
_TOP_MOST = 40  # characters beside a link to the first page, in what is only there to get about
_DIRECTORY_LEAST = 8  # links
_DIRECTORY_SHARE = 0.5  # of the words


@dataclass(frozen=True, slots=True)
class Article:
    """``main``: the part of the page it is; ``data``: the lines of data about it, wherever on the
    page they stand; ``folded``: how the first of it begins that a reader must unfold, "" if
    everything is open."""

    main: Tag
    data: list[str]
    folded: str


def article_of(page: BeautifulSoup) -> Article:
    """The article of a page, which is changed by this."""
    for frame in page.find_all(_FRAME):
        frame.decompose()
    headed_tabs(page)
    folded = _unfolded(page)
    root = page.body or page
    whole = _own(root)
    data = _data_of(root)
    for part in root.find_all(["div", "ul", "ol", "p", "span", "td", "table", "section", "form"]):
        if part.decomposed or part.parent is None:
            continue
        named = _named(part)
        own, linked = _own(part), len("".join(part.get_text().split()))
        framed = bool(_FRAMED.search(named)) or part.name == "form"
        about = bool(_ABOUT.search(named)) and linked <= _ABOUT_MOST
        links = part.find_all("a")
        menu = linked - own > 2 * own and len(links) >= _MENU_LEAST
        menu = menu or (own <= _TOP_MOST and any(_leads_home(link) for link in links))
        if (framed and own <= _FRAME_MOST * whole) or about or (menu and part.name != "p"):
            part.decompose()
    for label in root.find_all(string=lambda said: bool(said and _RELATED.fullmatch(said.strip()))):
        _without_related(label)
    title = root.find("h1")
    main = _main(root)
    if title and title.get_text(strip=True):
        main.insert(0, title.extract())
    return Article(main, data, folded)


def _leads_home(link: Tag) -> bool:
    return "".join(link.get_text().split()).strip("·|>») ") in ("首页", "网站首页", "返回首页")


def _without_related(label: NavigableString) -> None:
    """Take away the names of other pages that stand under "相关链接", where nothing else does."""
    part: Tag | None = label.parent
    while part is not None and part.find_next_sibling() is None:
        if part.parent is None or _own(part.parent) > len(label.strip()):
            return
        part = part.parent
    following = part.find_next_sibling() if part is not None else None
    if part is None or following is None or following.find("a") is None or _own(following):
        return
    following.decompose()
    part.decompose()


def is_directory(main: Tag) -> bool:
    """Whether a page is a list of the names of others."""
    links = main.find_all("a")
    words = len("".join(main.get_text().split()))
    rest = words - _own(main)
    prose = "。" in main.get_text()
    return len(links) >= _DIRECTORY_LEAST and rest >= _DIRECTORY_SHARE * words and not prose


def _unfolded(page: BeautifulSoup) -> str:
    """How the first part begins that is hidden until a reader unfolds it; what is hidden for good
    is taken away.

    Tabs and answers under their questions are several of one form; an article that its script shows
    is long.
    """
    hidden = list(page.find_all(style=_HIDDEN))
    forms = Counter(_form(part) for part in hidden)
    first = ""
    for part in hidden:
        if part.decomposed:
            continue
        own = _own(part)
        framed = _OVER.search(_named(part)) or _FRAMED.search(_named(part))
        many = forms[_form(part)] >= _FOLDED_PARTS
        if framed or not own or not (many or own >= _FOLDED_LEAST):
            part.decompose()
        elif not first and "display" in str(part.get("style")):
            first = " ".join(part.get_text(" ").split())
    return first


def _form(part: Tag) -> tuple[str, str]:
    return part.name, " ".join(map(str, part.get_attribute_list("class")))


def _named(part: Tag) -> str:
    return f"{' '.join(map(str, part.get_attribute_list('class')))} {part.get('id', '')}"


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
        name, sign, value = (*re.split("([:：])", said, maxsplit=1), "", "")[:3]
        name = re.sub(r"[\s\[【】\]]", "", name)
        if sign and len(said) < 80 and name in labels and value.strip():
            line = f"{name}：{value.strip()}"
            if "：" not in value.replace(":", "："):
                found.append(line)
            elif re.search(r"[\s　](?:[一-鿿]{2,6})\s*[:：]", value):
                found.append(said)  # several on one line
        elif part.name == "td" and re.sub(r"[\s\[【】\]：:]", "", said) in labels:
            following = part.find_next_sibling("td")
            value = " ".join(following.get_text(" ").split()) if following else ""
            if value and len(value) < 80:
                found.append(f"{re.sub(r'[：:【】 ]', '', said)}：{value}")
    return list(dict.fromkeys(found))
