"""What we serve to be asked for: a service for each matter of the category tree."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from actions.work_orders.reach import Notify
from connectors.texts import Texts
from connectors.tickets.open311.xml import Record

ASKED = ("kind", "time", "subject", "wanted", "region", "urgency", "confidential", "notify")


@dataclass(frozen=True, slots=True)
class Matter:
    """A leaf of the category tree."""

    path: tuple[str, ...]
    keywords: tuple[str, ...] = ()


def code_of(path: Sequence[str]) -> str:
    """The service_code of a matter: made of its names, so it stays while they do."""
    return hashlib.sha256("/".join(path).encode()).hexdigest()[:10]


class Catalogue:
    def __init__(self, matters: Callable[[], Sequence[Matter]]) -> None:
        """``matters`` is called when somebody first asks."""
        self._matters = matters

    @cached_property
    def _by_code(self) -> Mapping[str, Matter]:
        return {code_of(one.path): one for one in self._matters()}

    def path(self, code: str) -> tuple[str, ...] | None:
        found = self._by_code.get(code)
        return found.path if found is not None else None

    def services(self) -> list[Record]:
        return [
            {
                "service_code": code,
                "service_name": matter.path[-1],
                "description": " / ".join(matter.path),
                "metadata": True,
                "type": "realtime",
                "keywords": ",".join(matter.keywords),
                "group": matter.path[0],
            }
            for code, matter in self._by_code.items()
        ]

    def definition(self, code: str, kinds: Sequence[str], texts: Texts) -> dict[str, Any]:
        """What may be said of a request beside the standard's fields."""
        values = {
            "kind": kinds,
            "urgency": ("normal", "urgent"),
            "confidential": ("true", "false"),
            "notify": tuple(Notify),
        }
        return {
            "service_code": code,
            "attributes": [
                _attribute(place, one, texts.say(f"open311_{one}"), values.get(one, ()))
                for place, one in enumerate(ASKED, 1)
            ],
        }


def _attribute(
    order: int, code: str, description: str, values: Sequence[str] = ()
) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": "singlevaluelist" if values else "string",
        "required": False,
        "datatype_description": "",
        "order": order,
        "description": description,
        "values": [{"key": one, "name": one} for one in values],
    }
