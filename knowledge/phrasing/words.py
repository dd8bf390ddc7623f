"""What ``phrasing.yml`` holds, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.text import any_of
from knowledge.yaml_file import read_yaml


@dataclass(frozen=True, slots=True)
class Words:
    """See the comments of ``phrasing.yml``."""

    system: str
    question: str
    passage: str
    none: tuple[str, ...]
    glue: re.Pattern[str]
    negations: re.Pattern[str]
    not_negations: re.Pattern[str]
    bounds: tuple[re.Pattern[str], ...]
    limited: re.Pattern[str]
    hints: tuple[str, ...]
    orders: re.Pattern[str]


@cache
def words() -> Words:
    path = Path(__file__).parent / "phrasing.yml"
    data = read_yaml(path)
    return Words(
        system=data["system"],
        question=data["question"],
        passage=data["passage"],
        none=tuple(data["none"]),
        glue=any_of(data["glue"]),
        negations=any_of(data["negations"]),
        not_negations=any_of(data["not_negations"]),
        bounds=tuple(any_of(group) for group in data["bounds"]),
        limited=re.compile(f"({'|'.join(data['limits'])})(..)"),
        hints=tuple(data["hints"]),
        orders=re.compile("|".join(f"(?:{_in_one_sentence(form)})" for form in data["orders"])),
    )


def _in_one_sentence(form: str) -> str:
    """A form in which what may stand between two words does not cross the end of a sentence, as
    folded: the end of one rule and the beginning of the next make no order."""
    return form.replace(".{", "[^。!?;]{")
