"""The tree of matter categories, read from ``data/categories/*.yml``.

A file is a list of first levels ``{name, group, needs, children}``; a second level has ``{name,
needs, children}``, a third ``{name, keywords, examples, needs}``. ``needs`` are inherited from
above where they are not given. Whose duty a matter is stands in the list of duties.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from connectors.yaml_file import read_yaml

FOLDER = Path(__file__).parents[1] / "data" / "categories"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A third-level category with all it inherits."""

    path: tuple[str, str, str]
    group: str
    needs: tuple[str, ...]
    keywords: tuple[str, ...]
    examples: tuple[str, ...]


class CategoryTreeError(ValueError):
    """A category file is not of the form described above; the message names file and entry."""


def read_tree(folder: Path) -> tuple[Leaf, ...]:
    """All leaves of a tree's folder, in the order of files and entries.

    Raises:
        CategoryTreeError: an entry lacks its name or children.
    """
    leaves: list[Leaf] = []
    for file in sorted(folder.glob("*.yml")):
        for top in read_yaml(file) or []:
            leaves.extend(_leaves(top, file.name))
    return tuple(leaves)


def _leaves(top: dict[str, Any], file: str) -> list[Leaf]:
    found = []
    try:
        for middle in top["children"]:
            for low in middle["children"]:
                found.append(
                    Leaf(
                        (top["name"], middle["name"], low["name"]),
                        top.get("group", top["name"]),
                        tuple(low.get("needs", middle.get("needs", top.get("needs", [])))),
                        tuple(low.get("keywords", [])),
                        tuple(low.get("examples", [])),
                    )
                )
    except (KeyError, TypeError) as error:
        name = top.get("name") if isinstance(top, dict) else top
        raise CategoryTreeError(f"{file}: entry {name!r} is not well formed: {error}") from error
    return found


@cache
def tree() -> tuple[Leaf, ...]:
    """The tree we ship, read once."""
    return read_tree(FOLDER)


@cache
def group_of(first_level: str) -> str | None:
    """The broad group a first level belongs to, or None for an unknown one."""
    return next((leaf.group for leaf in tree() if leaf.path[0] == first_level), None)


def category_paths() -> tuple[tuple[str, ...], ...]:
    """Every path of the tree and its beginnings, each once."""
    paths = (leaf.path[:depth] for leaf in tree() for depth in (1, 2, 3))
    return tuple(dict.fromkeys(paths))
