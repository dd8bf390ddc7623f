"""A talk in a few of its person's own sentences: nothing is made up, so nothing can be wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from connectors.messages import Author, OrderCard, Stored

SENTENCES = 3
LONGEST = 80  # characters of one of them
ALIKE = 0.5  # share of pairs of characters, from which two say the same
SHORTEST = 4  # characters that say something

_ENDS = re.compile(r"[。！？!?；;\n]+")
_EMPTY = re.compile(
    r"^(?:你好|您好|喂|在吗|有人吗|谢谢|感谢|好的?|嗯++|是的?|不是|对|可以|行|确认|转?人工|真人)[了吗呢啊呀吧，,您你]*$"
)


@dataclass(frozen=True, slots=True)
class Summary:
    """``said``: the person's own sentences, in their order. ``orders``: numbers given out."""

    said: tuple[str, ...]
    citizen: int
    bot: int
    agent: int
    orders: tuple[str, ...]


def summarise(messages: Sequence[Stored]) -> Summary:
    """What a talk was about: the sentences that share most with the others, and counts."""
    by = Counter(one.author for one in messages)
    sentences = [
        sentence.strip()
        for one in messages
        if one.author is Author.CITIZEN
        for sentence in _ENDS.split(one.text)
    ]
    orders = [part.number for one in messages for part in one.parts if isinstance(part, OrderCard)]
    return Summary(
        tuple(_told(sentences)),
        by[Author.CITIZEN],
        by[Author.BOT],
        by[Author.AGENT],
        tuple(dict.fromkeys(orders)),
    )


def _told(sentences: Sequence[str]) -> list[str]:
    """The sentences that stand for all, each saying something of its own."""
    worth = [one for one in sentences if len(one) >= SHORTEST and not _EMPTY.match(one)]
    pairs = [_pairs(one) for one in worth]
    common = Counter(pair for one in pairs for pair in one)
    # How much of a sentence comes back elsewhere; long ones must not win by length alone.
    weight = [sum(common[pair] for pair in one) / sqrt(len(one) or 1) for one in pairs]
    chosen: list[int] = []
    for number in sorted(range(len(worth)), key=lambda n: (-weight[n], n)):
        alike = (_likeness(pairs[number], pairs[other]) for other in chosen)
        if all(one < ALIKE for one in alike):
            chosen.append(number)
        if len(chosen) == SENTENCES:
            break
    return [_cut(worth[number]) for number in sorted(chosen)]


def _pairs(text: str) -> frozenset[str]:
    said = "".join(char for char in text if char.isalnum())
    return frozenset(said[i : i + 2] for i in range(len(said) - 1))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of the shorter one is in the other."""
    return len(one & other) / (min(len(one), len(other)) or 1)


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 1] + "…"
