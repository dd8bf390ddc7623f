"""Tabs of a page made headings: the names in a row, each over the panel its click would open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.lexicon.columns import part_named

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_LEAST = 2  # tabs
_NAME_MOST = 12  # characters


def headed_tabs(page: BeautifulSoup) -> None:
    """Put the name of each tab over its panel, where names and panels are as many, follow one
    another and one name at least is a part of a guide."""
    for row in page.find_all(["ul", "ol", "div"]):
        names = [_name(item) for item in row.find_all(True, recursive=False)]
        known = [part_named(name) is not None for name in names]
        if len(names) < _LEAST or not all(names) or not any(known):
            continue
        if len(names) == _LEAST and not all(known):  # a label beside its value
            continue
        panels = _panels(row, len(names))
        if not panels or (panels[0].name == row.name and _alike([row, panels[0]])):
            continue
        for name, part in zip(names, panels, strict=True):
            heading = page.new_tag("h2")
            heading.string = name
            part.insert(0, heading)
        row.decompose()


def _name(item: Tag) -> str:
    """What a tab is called; "" for what is none: it has parts of its own, or says much."""
    words = " ".join(item.get_text(" ").split())
    return words if len(words) <= _NAME_MOST and len(list(item.find_all(True))) <= _LEAST else ""


def _panels(row: Tag, number: int) -> list[Tag]:
    """The panels behind a row of tabs: its next siblings, or what the next one holds."""
    following = list(row.find_next_siblings(True))
    if not following and row.parent is not None:
        following = list(row.parent.find_next_siblings(True))
    for group in (following, following[0].find_all(True, recursive=False) if following else []):
        alike = [one for one in group if one.name == group[0].name]
        panels, others = alike[:number], alike[number:]
        if len(panels) == number and _alike(panels) and not (others and _alike([*panels, *others])):
            return panels
    return []


def _alike(parts: list[Tag]) -> bool:
    """Whether parts share what they are called by, but for which of them is open."""
    shared = set(map(str, parts[0].get_attribute_list("class")))
    return all(shared & set(map(str, one.get_attribute_list("class"))) for one in parts)
