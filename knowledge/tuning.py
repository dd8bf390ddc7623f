"""Every number that ranking and judging turn on, kept with the base it was chosen for."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Tuning:
    """``passage_weight``: share of the passage's score against the whole entry's, 0–1.
    ``single_weight``: weight of single characters against pairs.
    ``function_weight``: weight of terms inside words that carry no subject ("请问", "怎么").
    ``repeat_weight``: how much more a term counts that a question says again and again; people who
    tell a story repeat what it is about.
    ``title_weight``: weight of titles and other names of the matter, on top of the text.
    ``official_weight``: weight of words that rules use for what the question says in its own way,
    where the base does not know that way; little of it where it does.
    ``meant_weight``: weight of pairs of characters that sound like what was typed.
    ``local_margin``: how far below the best score, as a share of it, a more local rule on the
    same matter still goes first.
    ``law_weight``: how much more a law counts, as a share of its score, than the national
    ordinances and rulings below it.
    ``dense_weight``: share of the embedding leg; 0 leaves it out.
    """

    passage_weight: float = 0.6
    title_weight: float = 0.3
    single_weight: float = 0.9
    function_weight: float = 0.5
    repeat_weight: float = 0.5
    official_weight: float = 0.6
    meant_weight: float = 0.3
    local_margin: float = 0.4
    law_weight: float = 0.15
    dense_weight: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Tuning:
        """Unknown keys of another version are ignored, missing ones take their defaults."""
        known = {f.name for f in fields(cls)}
        return cls(**{k: v for k, v in data.items() if k in known})


class BadSettingError(ValueError):
    """A setting written on the command line that does not exist or is no number."""


def with_settings(tuning: Tuning, spec: str) -> Tuning:
    """``passage_weight=0.5,single_weight=1`` on top of a tuning.  Raises BadSettingError."""
    names = {f.name for f in fields(Tuning)}
    changes: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in spec.split(","))):
        name, _, value = part.partition("=")
        if name not in names:
            raise BadSettingError(f"没有这个设置：{name}（可用：{'、'.join(sorted(names))}）")
        try:
            changes[name] = float(value)
        except ValueError as error:
            raise BadSettingError(f"设置 {name} 应当是数字：{value}") from error
    return replace(tuning, **changes)
