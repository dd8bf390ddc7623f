"""Sentences with their places marked, put together to teach the tagger of names.

Names are made from our own parts, stood into our own ways of saying where, and carried on by
utterances of ``bot/data/nlu``. What such a sentence says need not make sense: it shows where a name
begins and ends. Whole texts, of ``data/place_texts.txt`` and those utterances that name a place, are
told as they are or with other names in their places. Everything is drawn from one seeded generator,
so the same data gives the same sentences.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from actions.understanding.places.made_up import Names, is_place
from actions.understanding.places.words import head_of
from actions.understanding.text.folding import fold
from actions.understanding.text.segment import segment
from actions.understanding.text.words import alternation, word_lists

_TEXTS = Path(__file__).parents[1] / "data" / "place_texts.txt"
_BRACKETED = re.compile(r"\[([^\]]*)\]")
_SLOT = re.compile(r"<(\w+)>")
_CLAUSE = re.compile(r"[，。！？；：\s]+")
# Where an utterance speaks of a place by its kind, a name can stand instead.
_KINDS = re.compile(
    r"(?P<estate>(?:我们|我|俺们|咱们|本|这个)?小区|我家|楼盘)"
    r"|(?P<village>(?:我们|我|俺|咱)村里?|村里|村子里|镇上|乡里)"
    r"|(?P<spot>(?:我们|我)?学校|幼儿园|医院|超市|商场|公园|菜市场|农贸市场|车站|地铁站|广场|工地|饭店)"
    r"|(?P<road>路口|马路|大街|这条路|那条路)"
    r"|(?P<any>这里|这边|那边|我们这儿|附近|县城|城区)"
)


# What a name is of, by how it ends; any other is an estate's, or anything's.
_ENDINGS = (
    ("village", re.compile(r"[村庄寨屯组社坪岭湾坡湖河江山]$")),
    ("road", re.compile(r"[路街道桥线段巷口]$")),
    ("spot", re.compile(r"[院校学中小园站场城店馆厂厅]$|中心$")),
    ("region", re.compile(r"[省市县区镇乡]$")),
)
_LONGEST = 160
_WHOLE, _OTHER_NAMES = 0.12, 0.7
"""How many of the sentences are whole texts, and how many of these are told with other names."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence and the ``(start, end)`` of each place in it."""

    text: str
    places: tuple[tuple[int, int], ...]


def bracketed() -> list[Marked]:
    """The whole texts of ``data/place_texts.txt``."""
    lines = _TEXTS.read_text(encoding="utf-8").splitlines()
    texts = [line.replace("\\n", "\n") for line in lines if line and not line.startswith("#")]
    return [_unbracketed(text) for text in texts]


def _unbracketed(text: str) -> Marked:
    plain, places, at = "", [], 0
    for hit in _BRACKETED.finditer(text):
        plain += text[at : hit.start()]
        places.append((len(plain), len(plain) + len(hit[1])))
        plain += hit[1]
        at = hit.end()
    return Marked(plain + text[at:], tuple(places))


def told(utterances: Sequence[str]) -> list[Marked]:
    """The utterances with those names in them that ``place_contexts.txt`` lists as told there."""
    names = re.compile(alternation(word_lists("place_contexts")["told"]))
    return [Marked(text, tuple(h.span() for h in names.finditer(text))) for text in utterances]


class Composer:
    """Draws names and sentences."""

    def __init__(self, matters: Sequence[str], texts: Sequence[Marked], seed: int) -> None:
        """``matters`` are utterances that name no place; ``texts`` are told whole."""
        self._draw = random.Random(seed)
        self._texts = list(texts)
        self._names = Names(self._draw)
        self._contexts = word_lists("place_contexts")
        self._ways = [
            way for part in ("titles", "living", "calls", "where") for way in self._contexts[part]
        ]
        self._matters = list(matters)
        self._short = [m for m in self._matters if len(m) <= 40]
        self._clauses = [c for m in self._matters for c in _CLAUSE.split(m) if 1 < len(c) <= 30]
        self._of_a_kind = [c for c in (*self._short, *self._clauses) if _KINDS.search(c)]

    def sentences(self, count: int) -> list[Marked]:
        """So many sentences: most with places, some with firms and people, which are none."""
        return [self._sentence() for _ in range(count)]

    def _sentence(self) -> Marked:
        if self._texts and self._draw.random() < _WHOLE:
            return self._whole(self._draw.choice(self._texts))
        kind = self._draw.random()
        if kind < 0.38:
            return self._filled(self._dressed(self._draw.choice(self._ways)))
        if kind < 0.50:
            slot = self._draw.choice(("<estate>", "<estate>", "<any>", "<any>", "<spot>"))
            return self._filled(self._opening() + slot + self._maybe("的", 0.3) + self._matter())
        if kind < 0.55:
            stop = self._draw.choice(
                ("，", "。", "。", "，就在", "，在", "，地址是", "，我住", " ")
            )
            return self._filled(self._matter() + stop + "<any>" + self._maybe(self._closing(), 0.5))
        if kind < 0.57:
            return self._filled(
                "<any>" + self._draw.choice(("，", "这边，", "：")) + self._matter()
            )
        if kind < 0.63:
            # The region is all that is said of where: what follows is no name.
            if self._draw.random() < 0.3:
                return self._filled(self._dressed(self._draw.choice(self._contexts["wide"])))
            between = self._draw.choice(("", "", "", "一家", "某", "有一家", "的", "一个", "各"))
            return self._filled(self._opening() + "<region>" + between + self._matter())
        if kind < 0.72:
            return self._filled(self._opening() + self._named_instead())
        if kind < 0.75:
            return self._filled(self._begun() + "<any>" + self._matter())
        if kind < 0.82:
            return self._filled(self._told() + self._slot() + self._gone_on())
        if kind < 0.87:
            return self._filled(self._dressed(self._draw.choice(self._contexts["routes"])))
        if kind < 0.91:
            return self._filled(self._dressed(self._draw.choice(self._contexts["not_places"])))
        return Marked(self._draw.choice(self._matters)[:_LONGEST], ())

    def _whole(self, text: Marked) -> Marked:
        """A text as it is, or with other names where it names places."""
        other = self._draw.random() < _OTHER_NAMES
        plain, places, at = "", [], 0
        for start, end in text.places:
            name = text.text[start:end]
            if other and self._draw.random() < 0.8:
                name = self._names.name(_kind_of(name))
            plain += text.text[at:start]
            places.append((len(plain), len(plain) + len(name)))
            plain += name
            at = end
        plain += text.text[at:]
        cut = max((end for _, end in places), default=0)
        return Marked(plain[: max(_LONGEST, cut)], tuple(places))

    def _named_instead(self) -> str:
        """An utterance with a slot where it speaks of a place by its kind."""
        said = self._draw.choice(self._of_a_kind)
        hits = list(_KINDS.finditer(said))
        hit = self._draw.choice(hits)
        return f"{said[: hit.start()]}<{hit.lastgroup}>{said[hit.end() :]}"

    def _begun(self) -> str:
        """The beginning of a clause, broken off between two words."""
        said = self._draw.choice(self._clauses)
        cuts = [end for _, end in segment(fold(said))]
        return said[: self._draw.choice(cuts)]

    def _gone_on(self) -> str:
        """The rest of a clause from one of its words that ends no name."""
        said = self._draw.choice(self._clauses)
        rests = [said[a:] for a, b in segment(fold(said)) if head_of(fold(said)[a:b]) is None]
        return self._draw.choice(rests) if rests else "，" + said

    def _told(self) -> str:
        """Who says it, by the one who takes the call, or nothing."""
        kind = self._draw.random()
        if kind < 0.5:
            return self._draw.choice(self._contexts["takers"])
        return self._opening() + self._maybe("在", 0.3)

    def _slot(self) -> str:
        return self._draw.choice(("<estate>", "<region>", "<village>", "<any>", "<any>", "<road>"))

    def _dressed(self, way: str) -> str:
        """A way of saying where, with what may stand before and after."""
        end = self._draw.random()
        if end < 0.3:
            behind = self._closing()
        elif end < 0.6:
            behind = "，" + self._matter()
        elif end < 0.75:
            behind = self._matter()
        else:
            behind = ""
        return self._opening() + way + behind

    def _opening(self) -> str:
        lead = self._draw.random()
        if lead < 0.3:
            return self._draw.choice(self._contexts["openings"])
        if lead < 0.4:
            return self._matter() + self._draw.choice("，。，")
        return ""

    def _closing(self) -> str:
        return self._draw.choice(self._contexts["closings"])

    def _matter(self) -> str:
        return self._draw.choice(self._short if self._draw.random() < 0.6 else self._clauses)

    def _maybe(self, text: str, chance: float) -> str:
        return text if self._draw.random() < chance else ""

    def _filled(self, pattern: str) -> Marked:
        """The pattern with a name in each slot; firms and people are not marked."""
        text, places, at = "", [], 0
        for slot in _SLOT.finditer(pattern):
            text += pattern[at : slot.start()]
            at = slot.end()
            kind = slot.group(1)
            name = self._names.name(kind)
            if is_place(kind):
                places.append((len(text), len(text) + len(name)))
            text += name
        return Marked(text + pattern[at:], tuple(places))


def _kind_of(name: str) -> str:
    """What kind of name may stand for another."""
    return next((kind for kind, ends in _ENDINGS if ends.search(name)), "any")
