"""What can keep a language model's words from being used."""

from __future__ import annotations


class ModelError(Exception):
    """The model cannot be reached, breaks off or makes no sense; the message says which, and holds
    nothing of what was asked or said.  ``said``: the server's own words, which may; they are for
    whoever asked, never for a log."""

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(message)
        self.said = said
