"""An entry's sections without what is written to a machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.model import Section
from knowledge.phrasing.orders import order_in


def without_orders(sections: Sequence[Section]) -> tuple[list[Section], list[str]]:
    """(the sections without paragraphs that order a machine about, what was found in those).

    A paragraph goes as a whole, and its section with it where what is left of that still reads so,
    as an order over several lines does.
    """
    kept: list[Section] = []
    found: list[str] = []
    for section in sections:
        order = order_in(f"{section.heading}\n{section.text}")
        if not order:
            kept.append(section)
            continue
        lines = [line for line in section.text.split("\n") if not order_in(line)]
        left = "\n".join(lines).strip()
        found.append(order)
        if left and left != section.text.strip() and not order_in(f"{section.heading}\n{left}"):
            kept.append(replace(section, text=left))
    return kept, found
