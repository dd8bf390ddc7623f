"""What all sections of the settings have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A name it does not know is a mistake to be told, not something to pass over: a misspelt limit
    would leave the product at its default, and nobody would see."""

    model_config = ConfigDict(extra="forbid")
