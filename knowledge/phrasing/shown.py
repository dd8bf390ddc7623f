"""What of an entry is shown to a person, and so may be phrased."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.model import Field
from knowledge.phrasing.orders import order_in


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage with the heading it stands under."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What one entry says to a question: what is quoted of it."""

    entry_id: str
    title: str
    pieces: tuple[Piece, ...]
    fields: tuple[Field, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing in it is written to a machine."""
        texts = [self.title, *(f"{piece.heading}\n{piece.text}" for piece in self.pieces)]
        texts += [row.value for row in self.fields]
        return not any(map(order_in, texts))
