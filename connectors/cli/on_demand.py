"""Groups of commands that are imported when somebody asks for them.

To import them all takes seconds of processor time: the store, the knowledge base, their libraries.
``huiying run`` starts this command three times.
"""

from __future__ import annotations

from collections import UserDict
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup


class GroupOnDemand(TyperGroup):
    """A group some of whose groups live elsewhere."""

    elsewhere: ClassVar[dict[str, str]] = {}
    """Name of the group → module whose ``app`` it is."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _OnDemand({**self.commands, **self.elsewhere})


class _OnDemand(UserDict[str, Any]):
    def __getitem__(self, name: str) -> Any:
        found = self.data[name]
        if isinstance(found, str):
            found = typer.main.get_group(import_module(found).app)
            found.name = name
            self.data[name] = found
        return found
