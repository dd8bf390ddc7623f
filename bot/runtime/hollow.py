"""Hollow packages: whatever is imported from them is there, and nothing of it may be called.

Rasa imports, at the top of modules, libraries that our project never uses. One that is hollow costs
no time and no memory, and need not even be installed.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class _HollowType(type):
    """A class whose every attribute is again a hollow class, so base classes and hints work."""

    _why = ""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _hollow_class(name, cls._why)


def _hollow_class(name: str, why: str) -> Any:
    def refuse(self: object, *args: object, **kwargs: object) -> None:
        raise RuntimeError(f"{name} {why}")

    return _HollowType(name, (), {"__init__": refuse, "_why": why})


class _HollowModule(types.ModuleType):
    __path__: ClassVar[list[str]] = []
    __version__ = "2.12.0"  # Rasa compares TensorFlow's version while importing

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name)
        self._why = why

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _hollow_class(name, self._why)
        setattr(self, name, value)
        return value


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the packages of ``names``: name → what is said when something of it is called."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".", 1)[0] not in self._names:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _HollowModule(spec.name, self._names[spec.name.split(".", 1)[0]])

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: the module is hollow."""


def install(names: Mapping[str, str]) -> None:
    """Make the packages hollow that have not been imported yet."""
    sys.meta_path.insert(0, Finder({n: why for n, why in names.items() if n not in sys.modules}))
