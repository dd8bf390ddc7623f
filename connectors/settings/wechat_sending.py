"""The settings of what is sent over WeChat: templates people agree to, links shown as cards."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import Final

from pydantic import Field, field_validator

from connectors.settings.section import Section

TYPES: Final = (
    "thing", "number", "letter", "symbol", "character_string", "time", "date", "amount",
    "phone_number", "car_number", "name", "phrase", "const",
)  # fmt: skip
PLACES: Final = frozenset({"number", "title", "status", "text", "time", "date", "city"})
USES: Final = ("progress", "follow_up", "notice")

_FIELD = re.compile(r"([a-z_]+?)(\d{1,2})")


def type_of(field: str) -> str:
    """The type of a template's field: ``thing`` of ``thing1``; empty for what is none."""
    found = _FIELD.fullmatch(field)
    return found[1] if found is not None and found[1] in TYPES else ""


class Template(Section):
    """A subscription message (订阅消息) of the console, and what its fields are filled with."""

    id: str = Field(min_length=10, max_length=64, description="the template's id in the console")
    page: str = Field(default="", description="the page a tap opens, such as pages/orders/orders")
    lasting: bool = Field(
        default=False, description="a long-term template (政务民生): agreed to once for all"
    )
    fields: dict[str, str] = Field(
        min_length=1,
        description="by the field's name in the console: words, with {number} {title} {status} "
        "{text} {time} {date} {city} in them",
    )

    @field_validator("fields")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        for name, words in value.items():
            if not type_of(name):
                raise ValueError(
                    f"{name!r} is no field of a template; it is called as in the console: thing1"
                )
            try:
                places = {place for _, place, _, _ in Formatter().parse(words) if place is not None}
            except ValueError as error:
                raise ValueError(f"{name}: {error}; write {{{{ for a brace") from None
            if unknown := sorted(places - PLACES):
                raise ValueError(
                    f"{name}: {{{unknown[0]}}} is unknown; there are {', '.join(sorted(PLACES))}"
                )
        return value


class Card(Section):
    """Links that are shown as a card of the mini-program (小程序卡片)."""

    link: str = Field(pattern=r"^https?://", description="how such links begin")
    page: str = Field(
        min_length=1, description="the page it opens; {rest} is what follows in the link"
    )
    picture: Path = Field(description="a JPG or PNG shown on the card")
    appid: str = Field(default="", description="the mini-program's AppID; for 微信客服 alone")
