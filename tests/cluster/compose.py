"""What docker-compose.yml says, with its places and variables replaced by ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from tests.servers import ROOT


@dataclass(frozen=True, slots=False)
class Compose:
    """``variables``: what stands in ``.env``; ``places``: addresses and folders, theirs → ours."""

    variables: Mapping[str, str]
    places: Mapping[str, str]

    @cached_property
    def services(self) -> dict[str, dict[str, Any]]:
        text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
        found: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
        return found

    def named(self, beginning: str) -> list[str]:
        return sorted(name for name in self.services if name.startswith(beginning))

    def command(self, service: str) -> list[str]:
        return [self._here(part) for part in self.services[service]["command"]]

    def environment(self, service: str) -> dict[str, str]:
        given = self.services[service].get("environment", {})
        filled = {
            key: self.variables.get(key, "") if value is None else self._here(value)
            for key, value in given.items()
        }
        return {key: value for key, value in filled.items() if value}

    def _here(self, text: str) -> str:
        filled = re.sub(r"\$\{(\w+)(?::([-?])([^}]*))?\}", self._value, text)
        for theirs, ours in self.places.items():
            filled = filled.replace(theirs, ours)
        return filled

    def _value(self, asked: re.Match[str]) -> str:
        """``${NAME:-default}`` and ``${NAME:?what to do}``; what is asked for must be given."""
        if asked[2] == "-":
            return self.variables.get(asked[1]) or asked[3]
        return self.variables[asked[1]]
