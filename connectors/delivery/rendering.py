"""An outbound message in the shape a channel can show, decided by its capabilities alone."""

from __future__ import annotations

from connectors.channel import Capabilities
from connectors.messages import Part, Stored, Text, plain_text
from connectors.texts import Texts


def render(message: Stored, capabilities: Capabilities, texts: Texts) -> tuple[Part, ...]:
    """The parts to send. What a channel cannot show becomes text; choices become numbers."""
    parts: list[Part] = []
    for part in message.parts:
        if isinstance(part, Text) or part.kind in capabilities.rich_parts:
            parts.append(part)
        elif words := plain_text([part]):
            parts.append(Text(words))
    if message.choices and len(message.choices) > capabilities.max_choices:
        lines = [f"{i}. {choice.label}" for i, choice in enumerate(message.choices, 1)]
        hint = texts.say("gateway_choices_hint", capabilities.texts)
        parts.append(Text("\n".join([*lines, hint])))
    return tuple(parts)
