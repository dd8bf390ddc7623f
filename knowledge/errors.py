"""What may go wrong in more than one place of the room."""

from __future__ import annotations


class EmbeddingError(Exception):
    """Vectors could not be had; the message says what to check."""
