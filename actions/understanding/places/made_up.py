"""Names of places put together from our own parts, for the sentences that teach the tagger of names.

Estates, villages, roads, highways, schools and shops, bare or behind the regions they lie in.
"""

from __future__ import annotations

import random

from actions.understanding.places import gazetteer
from actions.understanding.text.words import word_lists

_FIRMS = frozenset({"firm", "person"})


def is_place(kind: str) -> bool:
    """Whether what a slot of a sentence names is a place: firms and people are none."""
    return kind not in _FIRMS


class Names:
    """Draws names of places, firms and people."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._names = word_lists("place_names")
        known = gazetteer.tables()
        self._full = sorted(name for name in known.full if 2 < len(name) < 6)
        self._short_names = sorted(name for name in known.short if len(name) < 4)
        self._towns = sorted(name for name in known.towns if len(name) < 7)
        self._codes = known.names
        self._owned = sorted((town, codes[0]) for town, codes in known.towns.items())

    def name(self, kind: str) -> str:
        """A name for a slot: any, estate, village, road, spot, real, region, firm or person."""
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

    def _pick(self, part: str) -> str:
        return self._draw.choice(self._names[part])

    def _maybe(self, text: str, chance: float) -> str:
        return text if self._draw.random() < chance else ""

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
        if kind < 0.90:
            return self._draw.choice(self._short_names) + self._draw.choice(self._short_names)
        if kind < 0.96:
            return self._chain()
        return self._stand_in() + self._draw.choice(self._towns)

    def _chain(self) -> str:
        """A town behind its county, often behind its city too: 台州市路桥区金清镇."""
        town, county = self._draw.choice(self._owned)
        city = self._codes.get(county[:4] + "00", "")
        return self._maybe(city, 0.6) + self._codes.get(county, "") + town

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
        elif kind < 0.94:
            name = self._pick("given") + word + self._maybe(tail, 0.4)
        elif kind < 0.97:
            first = self._pick("brands") if self._draw.random() < 0.5 else word
            return first + self._pick("latin") + self._part()
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
            return house + self._draw.choice(
                ("1203", "2单元", "1单元502", "3单元601室", "负一楼", "甲单元", "A1806")
            )
        return self._draw.choice("ABCD") + self._draw.choice(("区", "栋", "座"))

    def _village(self) -> str:
        if self._draw.random() < 0.12:
            return self._far_off()
        end = self._pick("hill_and_water")
        first = self._pick("given") + self._draw.choice((self._pick("given"), "家", "家", ""))
        name = first + end
        kind = self._draw.random()
        number = self._draw.choice("一二三四五六七八九十")
        if kind < 0.4:
            return name
        if kind < 0.6:
            return name + "村"
        if kind < 0.70:
            return name + "村" + number + self._draw.choice(("组", "社", "队", "组"))
        if kind < 0.75:
            # A hamlet behind its village.
            own = self._pick("given") + self._draw.choice((self._pick("given"), "家", ""))
            behind = self._draw.choice(("村", "村", "村委会", "行政村", "嘎查"))
            tail = self._draw.choice((self._pick("hill_and_water"), "屯", "自然村", "小组"))
            return name + behind + own + tail
        if kind < 0.85:
            return self._own()[:2] + self._draw.choice(("镇", "乡")) + name
        return self._own()[:2] + self._draw.choice(("镇", "乡", "街道")) + name + "村"

    def _far_off(self) -> str:
        """A name written by its sound: of grassland, oasis or plateau."""
        sound = "".join(self._pick("sounds") for _ in range(self._draw.randint(2, 5)))
        return self._maybe(sound[:2] + self._draw.choice(("镇", "乡", "苏木")), 0.3) + (
            sound + self._pick("far_off_tails")
        )

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
        if kind < 0.78:
            return one() + self._estate()
        if kind < 0.84:
            return one() + str(self._draw.randint(1, 399)) + "号" + self._estate()
        if kind < 0.88:
            return one() + self._own()[:2] + "段"
        if kind < 0.90:
            return one() + self._draw.choice("到至") + one() + self._maybe("之间", 0.4)
        if kind < 0.94:
            return self._on_the_way()
        part = self._maybe(self._own()[:2] + self._draw.choice(("段", "出口")), 0.3)
        return (
            f"{self._draw.choice('GSX')}{self._draw.randint(1, 399)}"
            + self._draw.choice(("国道", "省道", "高速", "线", "县道"))
            + part
        )

    def _on_the_way(self) -> str:
        """What lies at a highway or a line: a service area, a gate, an exit, a stake."""
        kind = self._draw.random()
        own = self._own()[:2]
        if kind < 0.5:
            ends = f"{self._pick('given')}{self._pick('given')}"
            number = self._maybe(f"G{self._draw.randint(1, 99)}", 0.4)
            spot = own + self._draw.choice(("服务区", "收费站", "出口", "入口", "隧道", "互通"))
            stake = f"K{self._draw.randint(10, 2400)}+{self._draw.randint(0, 999)}"
            return f"{number}{ends}高速{self._draw.choice((spot, spot, stake))}"
        if kind < 0.8:
            line = self._maybe(f"地铁{self._draw.randint(1, 18)}号线", 0.6)
            gate = self._draw.choice("ABCD1234") + self._draw.choice(("口", "出口", "号口"))
            return line + own + self._draw.choice(("站", "地铁站", "路站")) + self._maybe(gate, 0.5)
        return own + self._draw.choice(("立交", "高架", "隧道", "大桥", "快速路"))

    def _spot(self) -> str:
        if self._draw.random() < 0.12:
            return self._shop()
        own = self._own()[:2] if self._draw.random() < 0.6 else self._pick("estate_words")
        kind = self._draw.random()
        if kind < 0.35:
            return own + self._pick("school_tails")
        if kind < 0.5:
            return self._pick("hospital_names")
        if kind < 0.8:
            return self._maybe(own, 0.7) + self._pick("shops")
        return self._own() + self._pick("stations")

    def _shop(self) -> str:
        """A shop by its own name, or one of many by where it is: 老码头火锅解放碑店."""
        name = self._own() + self._pick("shop_kinds")
        if self._draw.random() < 0.5:
            return name
        where = self._draw.choice((self._own()[:2], self._pick("real"), self._pick("road_words")))
        if self._draw.random() < 0.4:
            return f"{name}（{where}店）"
        return self._own() + self._pick("shop_kinds").removesuffix("店") + where + "店"

    def _real(self) -> str:
        return self._pick("real") + self._maybe(self._estate(), 0.1)
