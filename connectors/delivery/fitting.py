"""Makes what is to be said fit the sends a platform leaves us, without losing any of it.

What waits for one person is joined, parts a channel could show become words, and if that is still
too much the longest parts are cut, all to one length: short ones (what is asked, what was decided,
a number) stay whole. Under a message that was cut stands where all of it is read. What people
choose from is never cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.channel import Capabilities
from connectors.delivery.measure import fits
from connectors.delivery.plain import Wording
from connectors.delivery.rendering import Piece, choice_blocks, suited
from connectors.delivery.splitting import pack, shorten
from connectors.messages import Choice, Part, Stored, Text
from connectors.texts import Texts

MARK = "……"
SHORTEST = 12  # characters left of a part that is cut


@dataclass(frozen=True, slots=True)
class _Message:
    """One message as words: its parts, and under them, once something is cut, ``tail``."""

    words: tuple[str, ...]
    tail: str
    choices: str = ""

    def cut(self, most: int) -> str:
        lines = [_cut(words, most) for words in self.words]
        whole = all(line == words for line, words in zip(lines, self.words, strict=True))
        return "\n".join([*lines, *([] if whole else [self.tail]), *filter(None, [self.choices])])

    @property
    def longest(self) -> int:
        return max(map(len, self.words), default=0)


def fitted(
    messages: Sequence[Stored], capabilities: Capabilities, texts: Texts, sends: int
) -> tuple[Piece, ...]:
    """The messages in at most ``sends`` platform messages, where that can be done at all.

    The capabilities must have an ``elsewhere``. Parts the channel can show as they are stay so as
    long as sends are left for them.
    """
    wording = Wording(texts, capabilities.texts)
    shown = [
        part
        for message in messages
        for part in message.parts
        if part.kind in capabilities.rich_parts and not isinstance(part, Text)
    ][: max(0, sends - 1)]
    buttons = _buttons(messages, capabilities)
    words = [_words(one, wording, capabilities, shown, buttons) for one in messages]
    pieces = _packed(words, capabilities, sends - len(shown))
    made = [Piece((Text(text),)) for text in pieces]
    pictures = [Piece((part,)) for part in shown]
    if not buttons:
        return (*made, *pictures)
    last = made.pop() if made else Piece(())
    return (*made, *pictures, Piece(last.parts, buttons))


def _buttons(messages: Sequence[Stored], capabilities: Capabilities) -> tuple[Choice, ...]:
    """What is asked last is asked with buttons, if they are enough."""
    last = messages[-1].choices
    return last if len(last) <= capabilities.max_choices else ()


def _words(
    message: Stored,
    wording: Wording,
    capabilities: Capabilities,
    shown: Sequence[Part],
    buttons: Sequence[Choice],
) -> _Message:
    assert capabilities.elsewhere is not None
    words = tuple(
        said
        for part in message.parts
        if part not in shown and (said := suited(wording.words(part), message.author, capabilities))
    )
    numbered = (
        wording.choices(message.choices)
        if message.choices and tuple(message.choices) != tuple(buttons)
        else []
    )
    tail = wording.whole(capabilities.elsewhere(message))
    return _Message(words, tail, "\n".join(choice_blocks(numbered, capabilities)))


def _packed(messages: Sequence[_Message], capabilities: Capabilities, sends: int) -> list[str]:
    """The words in as few pieces as they need, cut to the greatest length that fits ``sends``."""

    def pieces(most: int) -> list[str]:
        blocks = [block for one in messages if (block := one.cut(most).strip())]
        return pack(blocks, lambda text: fits(text, capabilities), "\n\n")

    longest = max((one.longest for one in messages), default=0)
    whole = pieces(longest)
    if len(whole) <= sends:
        return whole
    low, high = SHORTEST, longest  # what fits, as far as anything does; what does not
    while high - low > 1:
        middle = (low + high) // 2
        if len(pieces(middle)) <= sends:
            low = middle
        else:
            high = middle
    return pieces(low)


def _cut(words: str, most: int) -> str:
    return shorten(words, lambda text: len(text) <= most, MARK)
