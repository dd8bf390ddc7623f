"""How long a text is to a platform: whether it fits one message of a channel."""

from __future__ import annotations

from connectors import segments
from connectors.channel import Capabilities, TextUnit


def size(text: str, unit: TextUnit) -> int:
    """The length of the text in that unit. Lone surrogates count as the character they stand for
    in UTF-16 and as three bytes in UTF-8, as they would be sent."""
    match unit:
        case TextUnit.CHARACTERS:
            return len(text)
        case TextUnit.UTF16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case TextUnit.UTF8:
            return len(text.encode("utf-8", "surrogatepass"))
        case TextUnit.SMS_SEGMENTS:
            return segments.segments(text)


def fits(text: str, capabilities: Capabilities) -> bool:
    """Whether the text, with what the channel adds to it, goes into one platform message."""
    return size(capabilities.signature + text, capabilities.text_unit) <= capabilities.max_text
