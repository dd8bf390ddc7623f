"""Sentences with their places marked, put together to teach the tagger of names.

Names are made from our own parts, stood into our own ways of saying where, and carried on by
utterances of ``bot/data/nlu``. What such a sentence says need not make sense: it shows where a name
begins and ends. Everything is drawn from one seeded generator, so the same data gives the same
sentences.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from actions.complaint import gazetteer
from actions.complaint.folding import fold
from actions.complaint.segment import segment
from actions.complaint.words import word_lists

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


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence and the ``(start, end)`` of each place in it."""

    text: str
    places: tuple[tuple[int, int], ...]


class Composer:
    """Draws names and sentences."""

    def __init__(self, matters: Sequence[str], seed: int) -> None:
        """``matters`` are utterances that name no place."""
        self._draw = random.Random(seed)
        self._names = word_lists("place_names")
        self._contexts = word_lists("place_contexts")
        self._ways = [
            way for part in ("titles", "living", "calls", "where") for way in self._contexts[part]
        ]
        self._matters = list(matters)
        self._short = [m for m in self._matters if len(m) <= 40]
        self._clauses = [c for m in self._matters for c in _CLAUSE.split(m) if 1 < len(c) <= 30]
        self._of_a_kind = [c for c in (*self._short, *self._clauses) if _KINDS.search(c)]
        known = gazetteer.tables()
        self._full = sorted(name for name in known.full if 2 < len(name) < 6)
        self._short_names = sorted(name for name in known.short if len(name) < 4)
        self._towns = sorted(name for name in known.towns if len(name) < 7)

    def sentences(self, count: int) -> list[Marked]:
        """So many sentences: most with places, some with firms and people, which are none."""
        return [self._sentence() for _ in range(count)]

    def _sentence(self) -> Marked:
        kind = self._draw.random()
        if kind < 0.38:
            return self._filled(self._dressed(self._draw.choice(self._ways)))
        if kind < 0.50:
            slot = self._draw.choice(("<estate>", "<estate>", "<any>", "<any>", "<spot>"))
            return self._filled(self._opening() + slot + self._maybe("的", 0.3) + self._matter())
        if kind < 0.57:
            stop = self._draw.choice(
                ("，", "。", "。", "，就在", "，在", "，地址是", "，我住", " ")
            )
            return self._filled(self._matter() + stop + "<any>" + self._maybe(self._closing(), 0.5))
        if kind < 0.60:
            return self._filled(
                "<any>" + self._draw.choice(("，", "这边，", "：")) + self._matter()
            )
        if kind < 0.67:
            # The region is all that is said of where: what follows is no name.
            between = self._draw.choice(("", "", "", "一家", "某", "有一家", "的", "一个", "各"))
            return self._filled(self._opening() + "<region>" + between + self._matter())
        if kind < 0.80:
            return self._filled(self._opening() + self._named_instead())
        if kind < 0.84:
            return self._filled(self._begun() + "<any>" + self._matter())
        if kind < 0.89:
            return self._filled(self._dressed(self._draw.choice(self._contexts["not_places"])))
        return Marked(self._draw.choice(self._matters)[:160], ())

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
            name = self._name(kind)
            if kind not in ("firm", "person"):
                places.append((len(text), len(text) + len(name)))
            text += name
        return Marked(text + pattern[at:], tuple(places))

    def _pick(self, part: str) -> str:
        return self._draw.choice(self._names[part])

    def _name(self, kind: str) -> str:
        if kind == "any":
            kind = self._draw.choices(
                ("estate", "village", "road", "spot", "real", "region"), (36, 24, 16, 18, 8, 14)
            )[0]
        if kind == "person":
            return self._pick("people")
        if kind == "firm":
            return self._own() + self._pick("company_tails")
        if kind == "region":
            return self._region() or self._stand_in()
        made = {
            "estate": self._estate,
            "village": self._village,
            "road": self._road,
            "spot": self._spot,
            "real": self._real,
        }[kind]()
        return made if kind == "real" else self._region() + made

    def _region(self) -> str:
        kind = self._draw.random()
        if kind < 0.52:
            return ""
        if kind < 0.74:
            return self._stand_in()
        if kind < 0.81:
            return self._draw.choice(self._full)
        if kind < 0.88:
            return self._draw.choice(self._short_names)
        if kind < 0.92:
            return self._draw.choice(self._short_names) + self._draw.choice(self._short_names)
        if kind < 0.96:
            return self._draw.choice(self._full) + self._draw.choice(self._towns)
        return self._stand_in() + self._draw.choice(self._towns)

    def _stand_in(self) -> str:
        def letter() -> str:
            number = str(self._draw.randint(1, 9)) if self._draw.random() < 0.7 else ""
            return self._draw.choice("ABCDEFGHJKLMY") + number

        if self._draw.random() < 0.15:
            return letter() + "市" + letter() + self._draw.choice("区县")
        return self._maybe("西地省", 0.04) + letter() + self._draw.choice("市区区县县镇")

    def _own(self) -> str:
        """Two or three characters that could be anything's name."""
        return "".join(self._pick("given") for _ in range(self._draw.choice((2, 2, 2, 3))))

    def _estate(self) -> str:
        kind = self._draw.random()
        word, tail = self._pick("estate_words"), self._pick("estate_tails")
        if kind < 0.25:
            name = word + tail
        elif kind < 0.40:
            name = word + self._pick("estate_words")
        elif kind < 0.50:
            name = word + self._pick("estate_words") + tail
        elif kind < 0.70:
            name = self._pick("brands") + word + self._maybe(tail, 0.35)
        elif kind < 0.82:
            name = self._own() + tail
        elif kind < 0.90:
            name = self._own()[:2] + word
        elif kind < 0.95:
            name = self._pick("given") + word + self._maybe(tail, 0.4)
        else:
            name = self._own()
        return name + self._maybe("小区", 0.2) + self._part()

    def _part(self) -> str:
        """A part of an estate, or nothing."""
        kind = self._draw.random()
        if kind < 0.76:
            return ""
        number = self._draw.choice(("一", "二", "三", "四", "1", "2", "3", "6", "8", "11", "15"))
        if kind < 0.84:
            return number + "期"
        if kind < 0.86:
            return self._draw.choice(("2009", "1506", "三楼", "二楼", "负一楼", "北门", "西区"))
        house = number + self._draw.choice(("栋", "号楼", "幢", "座", "街坊", "区"))
        if kind < 0.93:
            return house
        if kind < 0.97:
            return house + self._draw.choice(("1203", "2单元", "1单元502", "3单元601室", "负一楼"))
        return self._draw.choice("ABCD") + self._draw.choice(("区", "栋", "座"))

    def _village(self) -> str:
        end = self._pick("hill_and_water")
        first = self._pick("given") + self._draw.choice((self._pick("given"), "家", "家", ""))
        name = first + end
        kind = self._draw.random()
        number = self._draw.choice("一二三四五六七八九十")
        if kind < 0.4:
            return name
        if kind < 0.6:
            return name + "村"
        if kind < 0.75:
            return name + "村" + number + self._draw.choice(("组", "社", "队", "组"))
        if kind < 0.85:
            return self._own()[:2] + self._draw.choice(("镇", "乡")) + name
        return self._own()[:2] + self._draw.choice(("镇", "乡", "街道")) + name + "村"

    def _road(self) -> str:
        def one() -> str:
            first = self._pick("road_words") if self._draw.random() < 0.5 else self._own()[:2]
            return first + self._pick("road_tails")

        kind = self._draw.random()
        if kind < 0.45:
            return one()
        if kind < 0.6:
            return one() + self._draw.choice("与和") + one()
        if kind < 0.7:
            return one() + str(self._draw.randint(1, 399)) + "号"
        if kind < 0.85:
            return one() + self._estate()
        if kind < 0.9:
            return one() + self._own()[:2] + "段"
        if kind < 0.93:
            return one() + self._draw.choice("到至") + one() + self._maybe("之间", 0.4)
        part = self._maybe(self._own()[:2] + self._draw.choice(("段", "出口")), 0.3)
        return (
            f"{self._draw.choice('GSX')}{self._draw.randint(1, 399)}"
            + self._draw.choice(("国道", "省道", "高速", "线", "县道"))
            + part
        )

    def _spot(self) -> str:
        own = self._own()[:2] if self._draw.random() < 0.6 else self._pick("estate_words")
        kind = self._draw.random()
        if kind < 0.35:
            return own + self._pick("school_tails")
        if kind < 0.5:
            return self._pick("hospital_names")
        if kind < 0.8:
            return self._maybe(own, 0.7) + self._pick("shops")
        return self._own() + self._pick("stations")

    def _real(self) -> str:
        return self._pick("real") + self._maybe(self._estate(), 0.1)
