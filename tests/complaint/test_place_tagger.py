"""Names of places that end in no word for one are found, and what is no name is left."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from actions.understanding.fields import Place
from actions.understanding.places import gazetteer
from actions.understanding.places.composed import Composer, Marked, bracketed, told
from actions.understanding.places.features import GRAMS
from actions.understanding.places.place import find_places
from actions.understanding.places.tagged import joined
from actions.understanding.places.tagger import (
    FIRST,
    INSIDE,
    LAST,
    OUT,
    Tagged,
    load_tagger,
    names_in,
    write_tagger,
)
from actions.understanding.places.training import labels_of, train
from actions.understanding.places.unit import Kind, Unit
from actions.understanding.places.units import Finder
from actions.understanding.text.folding import fold
from actions.understanding.text.runs import run_of
from actions.understanding.text.segment import segment

MATTERS = ["路灯坏了没人修", "物业乱收费，业主都不满意", "小区门口天天堵车", "公积金怎么提取"]

TEXTS = [Marked("住在云水居里的老人下不了楼", ((2, 6),)), Marked("路边的树倒了", ())]


def named(text: str) -> list[Place]:
    return [place for place in find_places(fold(text))[0] if place.named]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我是翠岛天成的业主，地下车库渗水", "翠岛天成"),
        ("投诉E3区云水居里物业乱收装修押金", "E3区云水居里"),
        ("请问D5县江岸国风什么时候交房", "D5县江岸国风"),
        ("家住星汇云锦，楼下广场舞吵到十点", "星汇云锦"),
        ("橡树湾畔停电两天了，家里有老人", "橡树湾畔"),
        ("我们家在石牯岭，出门没有一条好路", "石牯岭"),
        ("苗圃路西延线什么时候通车", "苗圃路西延线"),
        ("G2高速浏醴段的护栏倒了", "G2高速浏醴段"),
        ("住杏林道天汇大厦1806，空调外机太吵", "杏林道天汇大厦1806"),
    ],
)
def test_a_name_without_a_word_for_a_place_is_found(text: str, place: str) -> None:
    assert place in [found.text for found in named(text)]


def test_what_is_told_by_its_kind_belongs_to_the_place() -> None:
    assert named("他在惠安县东岭镇的五金厂上班")[0].text == "惠安县东岭镇的五金厂"


NAMELESS = [
    "楼上邻居天天半夜拖椅子，说了好几次都不听",
    "和物业沟通了三次，每次都说在研究",
    "我想咨询一下退休金是怎么计算的，工龄三十一年",
    "联系人李某某，电话13800001234",
    "三轮车的牌照是皖A·X0000，跑了六趟",
    "大医院挂不上号，小诊所又看不好",
    "楼下开了个棋牌室，天天打到半夜",
    "俺庄的路一下雨就进不去车",
    "公交司机到站不停，一脚油门就走",
    "同样的手机，网上比店里便宜两百",
    "孩子高三了，晚上十点才放学",
    "药店的降压药比医院贵一倍",
    "快递柜超时收费，一天五毛",
    "村里的机耕路三年没修了",
    "包工头跑了，工钱一分没给",
    "小学门口堵车，中学门口也堵",
    "养老金比去年少了一百多",
    "上个月的水费突然多了三倍",
    "在家里办公，网一天断五次",
    "修路把水管挖断了，停了两天水",
]


def test_hardly_anything_is_named_where_nothing_names_a_place() -> None:
    heard = [text for text in NAMELESS if named(text)]
    assert len(heard) <= 1, heard


def test_names_of_a_set_written_before_the_tagger_are_found_whole() -> None:
    lines = Path(__file__).with_name("place_names.tsv").read_text(encoding="utf-8").splitlines()
    gold = found = covered = right = 0
    for line in lines:
        text, _, names = line.partition("\t")
        places = [fold(name) for name in names.split("|") if name]
        said = [place.text for place in named(text)]
        gold += len(places)
        covered += sum(any(place in name for name in said) for place in places)
        found += len(said)
        right += sum(any(n in p or p in n for p in places) for n in said)
    assert covered / gold >= 0.92
    assert right / found >= 0.95


def test_composed_sentences_mark_their_names_and_are_the_same_again() -> None:
    one, other = (Composer(MATTERS, TEXTS, 3).sentences(300) for _ in range(2))
    assert one == other
    for sentence in one:
        assert all(0 <= a < b <= len(sentence.text) for a, b in sentence.places)
    assert {len(sentence.places) for sentence in one} >= {0, 1, 2}


def test_whole_texts_mark_what_names_a_place_and_nothing_else() -> None:
    texts = bracketed()
    assert len(texts) > 300
    assert sum(not text.places for text in texts) > 10
    for text in texts:
        assert not set("[]") & set(text.text)
        assert all(0 <= a < b <= len(text.text) for a, b in text.places)
    assert told(["我要去实验小学", "四星级酒店太贵"]) == [
        Marked("我要去实验小学", ((3, 7),)),
        Marked("四星级酒店太贵", ()),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("大岭头村的水井干了，全村三百多人靠镇里的洒水车", "大岭头村"),
        ("红星化工厂旧址那块地要盖幼儿园，家长担心", "红星化工厂"),
        ("赣州市章贡区水西镇和乐村老屋下组有人挖沙", "赣州市章贡区水西镇和乐村老屋下组"),
        ("我叫李桂芳，住在石岩街道浪心村", "石岩街道浪心村"),
        ("我妈在三院住院", "三院"),
        ("S308线老虎口隧道里的灯坏了大半", "S308线老虎口隧道"),
    ],
)
def test_what_only_ends_in_a_word_for_a_place_does_not_stand_before_a_name(
    text: str, place: str
) -> None:
    found = named(text)
    assert [p.text for p in found if place not in p.text] == []
    assert place in found[0].text


def test_what_is_told_by_its_kind_alone_is_a_place_where_nothing_else_is_one() -> None:
    assert named("海鲜批发市场一年涨两次摊位费")[0].text == "海鲜批发市场"


def test_labels_say_where_a_name_begins_and_ends() -> None:
    assert labels_of(Marked("住在云水居里", ((2, 6),))) == [OUT, OUT, FIRST, INSIDE, INSIDE, LAST]


def test_the_same_sentences_give_the_same_tagger_and_it_has_learnt(tmp_path: Path) -> None:
    sentences = Composer(MATTERS, TEXTS, 5).sentences(1500)
    one, other = train(sentences), train(sentences)
    assert np.array_equal(one.of_words, other.of_words)
    assert np.array_equal(one.of_runs, other.of_runs)
    text = "我是A3区云水居里的业主"
    names = names_in(one.likelihoods(Finder(text).clues()))
    assert [text[name.start : name.end] for name in names] == ["A3区云水居里"]
    assert write_tagger(one, tmp_path / "t.tsv") > 100


def test_what_is_looked_at_of_a_character_stands_around_it() -> None:
    seen = Finder("路灯坏").clues()
    for kind, (offset, length) in enumerate(GRAMS):
        read = [run_of(key) for key in seen.runs[length - 1][seen.looked_at(kind)].tolist()]
        edged = "▁▁路灯坏▁▁▁"
        begin = 2 + offset
        assert read == [edged[begin + k : begin + k + length] for k in range(3)]


def test_probabilities_of_a_character_are_of_all_labels() -> None:
    for text in ("路", "我是云水居里的业主", "😀😀"):
        chances = load_tagger().likelihoods(Finder(text).clues())
        assert len(chances) == len(text)
        assert all(abs(sum(row) - 1) < 1e-6 for row in chances)
    assert len(load_tagger().likelihoods(Finder("").clues())) == 0


def test_words_lie_side_by_side_whatever_names_overlap() -> None:
    known = gazetteer.tables()
    parts = [*known.full, *known.short, *known.towns]
    others = ["A3区", "D4镇", "某某镇", "XX小区", "路", "3栋", "的", "，", "😀", "市", "镇"]
    draw = random.Random(5)
    for _ in range(800):
        text = "".join(
            draw.choice(parts) if draw.random() < 0.6 else draw.choice(others)
            for _ in range(draw.randint(0, 6))
        )
        cut = draw.randint(0, len(text))
        text = fold(text[:cut] + text[cut + 1 :])
        at = 0
        for start, end in Finder(text).tokens:
            assert start == at < end
            at = end
        assert at == len(text)


def units(text: str, *found: Unit, name: str, sure: float = 0.9) -> list[str]:
    start = text.index(name)
    tagged = [Tagged(start, start + len(name), sure)]
    return [text[unit.start : unit.end] for unit in joined(text, found, tagged, segment(text))]


def test_rules_and_tagger_are_joined_where_they_touch() -> None:
    masked = Unit(0, 3, Kind.REGION)
    assert units("A3区澜山悦停电", masked, name="A3区澜山悦") == ["A3区", "澜山悦"]
    hill = Unit(3, 5, Kind.POI)
    assert units("A3区澜山悦停电", masked, hill, name="A3区澜山悦") == ["A3区", "澜山悦"]
    road = Unit(0, 3, Kind.ROAD)
    assert units("学府路交汇处", road, name="学府路交汇") == ["学府路"]


def test_nothing_stands_before_its_region_and_a_short_one_may_end_a_name() -> None:
    text = "夸夸东营区的路"
    assert units(text, Unit(2, 5, Kind.REGION, ("370502",)), name="夸夸东营区") == ["东营区"]
    text = "御景江山的物业"
    short = Unit(2, 4, Kind.REGION, ("330881",), 0.85)
    assert units(text, short, name="御景江山") == ["御景江山"]


def test_where_nothing_says_so_the_tagger_must_be_surer() -> None:
    assert units("翠玉姐姐", name="翠玉", sure=0.55) == []
    assert units("住翠玉", name="翠玉", sure=0.55) == ["翠玉"]
    assert units("十七里", name="十七", sure=0.99) == []


@pytest.mark.parametrize("text", ["汉堡里有头发", "米粉里吃出钢丝", "奶茶里面有虫子"])
def test_what_has_something_in_it_is_food_before_it_is_a_place(text: str) -> None:
    assert not [place for place in find_places(text)[0] if place.named]
