"""Everything the gateway, the actions and the pages say to people, read from ``bot/texts``.

The files have the shape of Rasa's ``responses``: a key, its variants, each with an optional
``channel`` (``sms``, ``voice``, or ``care``: shorter sentences for the elderly). A variant without
``channel`` serves every channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from connectors.settings import ROOT
from connectors.yaml_file import read_yaml

FOLDER = ROOT / "bot" / "texts"


class UnknownText(LookupError):
    """No such key in the files of texts, or a placeholder without a value."""


class Texts:
    def __init__(self, variants: Mapping[str, Mapping[str, str]]) -> None:
        self._variants = variants

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Texts:
        """Reads every ``*.yml`` of the folder. Raises ``ValueError`` on a key said twice."""
        variants: dict[str, dict[str, str]] = {}
        for file in sorted(folder.glob("*.yml")):
            content = read_yaml(file) or {}
            for key, entries in (content.get("responses") or {}).items():
                if key in variants:
                    raise ValueError(f"{file.name}: the text {key!r} is there already")
                variants[key] = {
                    entry.get("channel", ""): str(entry["text"]).strip() for entry in entries
                }
        return cls(variants)

    def say(self, key: str, channel: str = "", **values: object) -> str:
        """The text of ``key`` in the variant that suits ``channel``, placeholders filled in.

        Raises :class:`UnknownText`: a missing text is a mistake of ours, found by the tests.
        """
        try:
            variants = self._variants[key]
            text = variants.get(channel) or variants.get("") or next(iter(variants.values()))
            return text.format(**values) if values else text
        except (KeyError, IndexError) as error:
            raise UnknownText(f"{key} (missing: {error})") from error

    def __contains__(self, key: str) -> bool:
        return key in self._variants

    def keys(self) -> list[str]:
        return sorted(self._variants)
