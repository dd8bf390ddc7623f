"""A message of ours as the platform messages a channel can carry, by its capabilities alone.

Parts a channel cannot show become words, choices it has no buttons for become numbered lines, and
what is too long is divided where a reader would. A list of choices stays in one piece as long as it
fits one, and always comes last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from connectors.channel import Capabilities
from connectors.delivery import markdown
from connectors.delivery.checking import checked
from connectors.delivery.graphemes import graphemes, is_emoji
from connectors.delivery.measure import fits
from connectors.delivery.plain import Wording
from connectors.delivery.splitting import pack, shorten
from connectors.messages import Author, Choice, Citation, Fields, Part, Stored, Text
from connectors.texts import Texts


@dataclass(frozen=True, slots=True)
class Piece:
    """One platform message: its parts, and the choices to show as buttons under it."""

    parts: tuple[Part, ...]
    choices: tuple[Choice, ...] = ()


def render(message: Stored, capabilities: Capabilities, texts: Texts) -> tuple[Piece, ...]:
    """The platform messages to send, in order; none when there is nothing to show."""
    shortens = capabilities.elsewhere is not None and not capabilities.elsewhere_at_need
    wording = Wording(texts, capabilities.texts, links=not shortens)
    shown: list[Part] = []
    blocks: list[str] = []  # text gathered since the last part that is shown as it is
    rows: set[str] = set()  # those of them that are lines a person is asked to check
    for part in message.parts:
        if part.kind in capabilities.rich_parts and not isinstance(part, Text):
            shown += _texts(blocks, capabilities)
            shown.append(part)
            blocks = []
        elif words := suited(wording.words(part), message.author, capabilities):
            blocks.append(words)
            if isinstance(part, Fields) and message.choices:
                rows.add(words)
    buttons = message.choices if len(message.choices) <= capabilities.max_choices else ()
    numbered = wording.choices(message.choices) if message.choices and not buttons else []
    if shortens and capabilities.elsewhere is not None and not shown:
        tail = wording.read_on(capabilities.elsewhere(message))
        more = any(map(_is_abridged, message.parts))
        to_check = (
            checked(blocks, rows, numbered, lambda words: fits(words, capabilities))
            if rows and not more
            else None
        )
        blocks = to_check or _shortened(blocks, numbered, capabilities, tail, more=more)
    else:
        blocks += choice_blocks(numbered, capabilities)
    shown += _texts(blocks, capabilities)
    pieces = [Piece(parts) for parts in _grouped(shown, capabilities)]
    if buttons:
        last = pieces.pop() if pieces else Piece(())
        pieces.append(Piece(last.parts, buttons))
    return tuple(pieces)


def suited(words: str, author: Author, capabilities: Capabilities) -> str:
    """Words without the signs and pictures the channel cannot show.

    An agent's words are sent as typed: what looks like Markdown in them was not meant as such.
    """
    if not capabilities.markdown and author is not Author.AGENT:
        words = markdown.plain(words)
    if not capabilities.emoji:
        words = "".join(cluster for cluster in graphemes(words) if not is_emoji(cluster))
    return words.strip()


def _shortened(
    blocks: list[str],
    numbered: list[str],
    capabilities: Capabilities,
    tail: str,
    *,
    more: bool,
) -> list[str]:
    """One block that fits one platform message: all of it, or its beginning, the tail and the
    choices, without which nobody could answer. Choices too long for that follow by themselves.
    ``more``: there is more to read than the words say, so the tail stands there anyhow.
    """
    words, choices = "\n".join(blocks), "\n".join(numbered)
    whole = "\n".join(part for part in (words, choices) if part)
    if not words or (fits(whole, capabilities) and not more):
        return [whole] if whole else []
    if numbered and fits(f"{tail}\n{choices}", capabilities):
        return [_cut(words, f"{tail}\n{choices}", capabilities)]
    uncut = fits(words, capabilities) and not more
    first = words if uncut else _cut(words, tail, capabilities)
    return [first, *choice_blocks(numbered, capabilities)]


def _is_abridged(part: Part) -> bool:
    """Whether the words of a citation leave out some of what it quotes."""
    if not isinstance(part, Citation) or not part.text:
        return False
    return "".join(part.quote.split()) not in "".join(part.text.split())


def _cut(words: str, tail: str, capabilities: Capabilities) -> str:
    """As much of the beginning as leaves room for the tail, and the tail."""
    if fits(f"{words}{tail}", capabilities):
        return f"{words}{tail}"
    return shorten(words, lambda text: text.endswith(tail) and fits(text, capabilities), tail)


def choice_blocks(lines: list[str], capabilities: Capabilities) -> list[str]:
    """The list of choices as one block; as single lines where it is too long for one piece."""
    whole = "\n".join(lines)
    if not whole:
        return []
    return [whole] if fits(whole, capabilities) else lines


def _texts(blocks: list[str], capabilities: Capabilities) -> list[Text]:
    return [Text(words) for words in pack(blocks, lambda words: fits(words, capabilities))]


def _grouped(shown: list[Part], capabilities: Capabilities) -> Iterable[tuple[Part, ...]]:
    """The parts of each platform message: one part, or as many as its text leaves room for."""
    if not capabilities.parts_together:
        yield from ((part,) for part in shown)
        return
    group: list[Part] = []
    words = ""
    for part in shown:
        text = f"{words}\n{part.text}" if words and isinstance(part, Text) else words
        if isinstance(part, Text) and words and not fits(text, capabilities):
            yield tuple(group)
            group, words = [], ""
            text = part.text
        group.append(part)
        words = text or (part.text if isinstance(part, Text) else "")
    if group:
        yield tuple(group)
