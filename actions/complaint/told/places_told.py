"""The place of a matter as a value: whether it tells where, told in two goes, put right, and which
of several cities it lies in."""

from __future__ import annotations

import re
from collections.abc import Collection

from actions.complaint.record.draft import BUILDING, POINTED, WIDE, Value
from actions.complaint.told.where import joined, region_before
from actions.complaint.wording import phrases
from actions.understanding.fields import Fields, Place
from actions.understanding.places import gazetteer
from actions.understanding.text.folding import fold

LONGEST_POINTING = 6  # "我们小区楼下"; the limit of actions.understanding.missing
_ROAD = re.compile(r"[\u4e00-\u9fff]{2,5}?(?:路|街|大道|巷)")
_LANDMARK = re.compile(
    r"(?![一这那哪某每几])(?P<name>[\u4e00-\u9fff]{2,4})(?:湖|河|公园|大桥|立交桥|水库|体育[场馆]|火车站|汽车站)"
)  # 天鹅湖边上
_AT = re.compile(r"^(?:住|就)?[喺系](?=[\u4e00-\u9fff]{2})|^住在")
_OURS = re.compile(
    r"[就在是]*(?:我|俺|咱|阿拉|偶|自己|本小区|楼[上下]|隔壁|对门|对面|门口|[这那](?:个|条|栋|幢|边|里|一))"
)
_NUMBER, _SIDES = "[0-9一二三四五六七八九十]", "东南西北前后左右上下"


# What every town has one of: 社区卫生站 does not say which.
_A_KIND = re.compile(
    r"(?:我们|那个|社区|小区|村|镇|附近的?|家门口的?)?(?:社区)?(?:卫生(?:服务)?(?:中心|站|室|院)|医院|诊所|药店|幼儿园|银行|派出所|驿站|公交站|地铁站|居委会|村委会|(?:政务)?(?:服务)?大厅)(?:门口|里面?|附近|旁边)?"
)


def tells_where(found_place: Place) -> bool:
    """Whether somebody else could find the place: it is named, or at least described."""
    if phrases.points_only(fold(found_place.text)) or _A_KIND.fullmatch(fold(found_place.text)):
        return False
    if found_place.named:
        return True
    if len(found_place.text) > LONGEST_POINTING:
        return _OURS.match(fold(found_place.text)) is None
    landmark = _LANDMARK.match(fold(found_place.text))
    return landmark is not None and not phrases.points_only(landmark["name"])


_THEREABOUTS = re.compile(
    r"(?:那边|那块儿?|那一?片|那一带|这边|这块儿?|这一?片|附近|一带)?的(?:一[名个]|老)?(?:业主|住户|居民|村民|老百姓|市民|老头|老太|老人|租户|商户)"
    r"|(?:那边|那块儿?|那一?片|那一带)(?:住|的人)"
)
_WIDE_NAME = re.compile(r"(?:[湖河山江岭路街站桥]|大道|公园|广场|新区|开发区)$")


def only_thereabouts(text: str, found_place: Place) -> bool:
    """Whether a place is only where somebody says they are from, and a lake, a road, a station (我是翡翠
    湖那边的业主): too wide to go and look."""
    from_there = _THEREABOUTS.match(text, found_place.end) is not None
    return from_there and _WIDE_NAME.search(found_place.text) is not None


def value_of(found_place: Place) -> Value:
    """A place read out of a text, with its region or those it may lie in."""
    detail = {"region": found_place.region} if found_place.region else {}
    if not found_place.region and len(cities(found_place.candidates)) > 1:
        detail["candidates"] = ",".join(found_place.candidates)
    return Value(_AT.sub("", found_place.text), detail=detail)


def put_right(known: Value, said: Value) -> Value:
    """The place a correction gives: in the region told before where it names none."""
    if other := _other_end(known.text, said.text):
        return Value(other, detail=known.detail)
    said = _by_full_name(said)
    whole = joined(known, said)
    region = region_before(known.text)
    same_road = any(road in said.text for road in _ROAD.findall(known.text[len(region) :]))
    if whole.text == said.text and same_road and region and not region_before(said.text):
        return Value(region + said.text, detail=known.detail)
    return whole


def _by_full_name(said: Value) -> Value:
    """A region called by its short name (庐阳) by its whole one, so that it is known for a region."""
    name = gazetteer.name_of(said.detail.get("region", "")) or ""
    short = len(said.text) > 1 and len(name) == len(said.text) + 1 and name.startswith(said.text)
    return Value(name, detail=said.detail) if short else said


def at_the_road(known: str, said: str) -> str:
    """A place that is named and lies at the road told before (极速网吧 at 庐阳区阜阳北路), with it;
    empty where the road or its region is named anew."""
    anew = _ROAD.search(said) or region_before(said) or said in known
    return f"{known}{said}" if _ROAD.search(known[-4:]) and not anew else ""


def _other_end(known: str, said: str) -> str:
    """The place with its end put right, where only a number or a side is another one: 合肥南站南广场
    of 合肥南站北广场 and 南广场; else empty."""
    if len(said) >= len(known):
        return ""
    pattern = "".join(
        f"{_NUMBER}+"
        if re.match(_NUMBER, piece)
        else f"[{_SIDES}]"
        if piece in _SIDES
        else re.escape(piece)
        for piece in re.findall(rf"{_NUMBER}+|.", said)
    )
    end = re.search(rf"(?<!{_NUMBER}){pattern}$", known)
    return known[: end.start()] + said if end and pattern != re.escape(said) else ""


_UNITS = re.compile("[省市区县]")


def _within(known: str, said: str) -> bool:
    """Whether a place said again more exactly holds the one known, however its county was called
    (肥东店埠镇, of 肥东县店埠镇人民路)."""
    bare, whole = _UNITS.sub("", fold(known)), _UNITS.sub("", fold(said))
    return len(bare) >= _LEAST_KNOWN and whole.startswith(bare) and len(whole) > len(bare)


_LEAST_KNOWN = 4  # characters of a place without the names of its units


def beside(known: Value, value: Value) -> Value:
    """Two places told without a word that one of them was wrong: both, where they may be one
    (天鹅湖, and then 万达广场那边); of two regions the later."""
    if known.detail.get(WIDE) == BUILDING:
        return Value(f"{value.text}{known.text}", detail=value.detail)
    if _within(known.text, value.text):
        return Value(value.text, detail={**known.detail, **value.detail})
    whole = joined(known, value)
    if whole.text != value.text or known.text in value.text or "candidates" in known.detail:
        return whole
    before, now = known.detail.get("region"), value.detail.get("region")
    if (before and now and before != now) or (now and not before) or POINTED in known.detail:
        return whole
    if value.text in known.text:
        return known
    if phrases.points_only(fold(known.text)):
        return value
    return Value(f"{known.text}，{value.text}", detail=known.detail)


def cities(codes: Collection[str]) -> dict[str, str]:
    """The cities regions lie in, by name with the province: ``{"江苏省南京市": "320106"}``."""
    found: dict[str, str] = {}
    for code in codes:
        names = dict.fromkeys(
            gazetteer.name_of(part) or "" for part in (code[:2] + "0000", code[:4] + "00")
        )
        if name := "".join(names):
            found.setdefault(name, code)
    return found


def settled(asked: Value, text: str, fields: Fields) -> Value:
    """The place of ``asked`` in the city that ``text`` names; as it was where it names none."""
    codes = asked.detail["candidates"].split(",")
    named = fields.place.region if fields.place else None
    bare = fold(text).strip("的吧啊 。").removesuffix("市")
    for name, code in cities(codes).items():
        if (named and code[:4] == named[:4]) or (bare and bare in name):
            return in_city(asked.text, code, name)
    return Value(asked.text)


def in_city(text: str, code: str, name: str) -> Value:
    """A place of which it was asked in which city it lies, with the city's name before it."""
    return Value(f"{name}{text}", detail={"region": code})
