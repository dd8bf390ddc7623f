"""Payloads of our own buttons: ``/intent{"entity": "value"}``, or plain words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_PAYLOAD = re.compile(r"^/(?P<intent>\w+)(?P<entities>\{.*\})?$", re.DOTALL)
_ORDINALS = (
    (r"第?[一1]|头一?[个条项]|上面(?:那|一|的)|①", 0),
    (r"第?[二2两]|②", 1),
    (r"第?[三3]|③", 2),
    (r"第?[四4]|④", 3),
    (r"第?[五5]|⑤", 4),
    (r"第?[六6]|⑥", 5),
)
_LAST = re.compile(r"最后|末尾|下面(?:那|的)")
_MEANT = re.compile(
    r"^(?:我?(?:选|要|点|就)|那?就|是)?(?P<what>.+?)(?:个|条|项|吧|的|那个|[。.!！])*$"
)


@dataclass(frozen=True, slots=True)
class Payload:
    intent: str
    entities: dict[str, str] = field(default_factory=dict)


def compose(intent: str, choice: str) -> str:
    """A payload that carries a choice."""
    return f"/{intent}{json.dumps({'choice': choice}, ensure_ascii=False)}"


def parse(text: str) -> Payload | None:
    """The payload a text is; None for plain words."""
    found = _PAYLOAD.match(text)
    if found is None:
        return None
    try:
        entities: Any = json.loads(found["entities"] or "{}")
    except ValueError:
        return None
    return Payload(found["intent"], {str(k): str(v) for k, v in entities.items()})


def chosen(text: str, buttons: tuple[dict[str, str], ...]) -> dict[str, str] | None:
    """The button a person means by its place ("第二个") or its title; None if that is unclear."""
    if not buttons:
        return None
    words = text.strip()
    titled = [button for button in buttons if button["title"] in words or words in button["title"]]
    if len(titled) == 1:
        return titled[0]
    if _LAST.search(words):
        return buttons[-1]
    meant = _MEANT.match(words)
    what = meant["what"] if meant else words
    for pattern, index in _ORDINALS:
        if re.match(rf"(?:{pattern})(?:个|条|项|种|样)?$", what):
            return buttons[index] if index < len(buttons) else None
    return None
