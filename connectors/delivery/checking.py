"""What a person is asked to check, line by line, on a channel that shows the rest elsewhere.

They have said it all themselves: a line's beginning tells them which it is, while a line that is
left out cannot be checked at all. So the longest lines are cut, and no page is needed, which a
plain telephone could not show.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence, Set

from connectors.delivery.splitting import shorten

_CUT = "…"
_SHORTEST = 8  # characters of a line, with its label
_NUMBER = re.compile(r"\d{7}")  # half a telephone number is none


def checked(
    blocks: Sequence[str], rows: Set[str], numbered: Sequence[str], fits: Callable[[str], bool]
) -> list[str] | None:
    """The blocks with the choices, as one message's words or two, each of which ``fits``; ``None``
    where even the shortest lines are too much, or what is said before them is.

    ``rows``: those of the blocks that are lines to check. What is said before them becomes a
    message of its own where it leaves them no room.
    """
    first = next(at for at, block in enumerate(blocks) if block in rows)
    for head in ([], blocks[:first]):
        if not fits("\n".join(head)):
            break
        rest = blocks[len(head) :]
        shortened = _shortened(rest, rows, lambda words: fits("\n".join([*words, *numbered])))
        if shortened is not None:
            return [*head, "\n".join([*shortened, *numbered])]
    return None


def _shortened(
    blocks: Sequence[str], rows: Set[str], fits: Callable[[list[str]], bool]
) -> list[str] | None:
    def cut(most: int) -> list[str]:
        return [
            "\n".join(_row(row, most) for row in block.split("\n")) if block in rows else block
            for block in blocks
        ]

    longest = max(len(row) for block in rows for row in block.split("\n"))
    lengths = range(_SHORTEST, max(_SHORTEST, longest) + 1)
    best = bisect_left(lengths, True, key=lambda most: not fits(cut(most)))
    return cut(lengths[best - 1]) if best else None


def _row(row: str, most: int) -> str:
    return row if _NUMBER.search(row) else shorten(row, lambda cut: len(cut) <= most, _CUT)
