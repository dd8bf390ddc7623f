"""Where it happened: places in the words of the person, as complete as said.

A place is a chain of named units (region, town, road, estate, building …) and what is said about
it (门口, 交口, 以东). Of several the most definite is the place of the matter.
"""

from __future__ import annotations

import re
from dataclasses import replace

from actions.understanding.fields import Place
from actions.understanding.places import gazetteer
from actions.understanding.places.behind import carried_on, related
from actions.understanding.places.parts import parts_of
from actions.understanding.places.unit import Kind, Unit
from actions.understanding.places.units import Finder
from actions.understanding.places.words import MASKED_REGION, ONE_WAY, RELATIONS
from actions.understanding.text.segment import segment
from actions.understanding.text.words import alternation, words

_DEICTIC = re.compile(
    rf"(?:{alternation(words('place', 'deictic'))})(?:的|这边|那边)?"
    rf"(?:{alternation(RELATIONS)})"
    r"|(?:我家|我们小区|我们村|我们单位|咱小区|本小区|我们学校|我们楼|俺村|我村|单位|学校)(?:里(?!面的?人)|内|这边|这里|这儿)"
    r"|[0-9一二三四五六七八九十]{1,8}(?:号楼?|号院|栋|幢)(?:[0-9一二三四五六]{1,8}单元)?"
    rf"(?:{alternation(frozenset(w for w in RELATIONS if len(w) > 1))})"
    r"|(?:我们|俺们?|咱们?)(?:村|庄(?!稼)|屯|小区|社区|镇|院子|楼|宿舍|厂)(?!委|民|干部|长|支书|书记|下|上|主任)"
)
_OF_IT = re.compile(r"的(?:一家|一个|一处|某)?|那边的?|这边的?|那里的|这里的")
_CLOSING = re.compile(r"[^（），。；！？]{0,6}）")
_POINTED = re.compile(r"那个|这个")
_CROSSING = re.compile(r"的?(?:交叉|交汇|交口|路口|十字|丁字|交界|之间|中间)")
_JOINS = frozenset(["与", "和", "及", "跟", "、", "-", "到", "至"])
_MOUTHS = ("路口", "街口", "道口", "巷口")
_STRETCH = frozenset(["至", "到", "-"])
# G107国道靠近月山镇路段
_NEAR = frozenset(["靠近", "临近", "挨着", "紧邻"])
_PART_THERE = re.compile(r"(?:附近|旁边?|门口)?的?(?:路段|那?一?段|地方|位置|那里|这里|处)")
_TOWARDS = frozenset(["往", "向", "至", "去", "到"])
# 兰海高速遵义段往重庆方向忠庄收费站
_DIRECTION = re.compile(
    r"[^，。；！？]{1,6}?方向[^，。；！？的]{0,8}?(?:服务区|停车区|收费站|收费口|出口|入口|匝道|互通|枢纽|立交|隧道|大桥|[0-9])"
)
_ONE_WAY = re.compile(rf"的?{ONE_WAY.pattern}的?")
_BESIDE = re.compile(r"(?:一带|附近|周边|旁边?|边上|门口|对面)$")
_OF_THE_WAY = re.compile(
    r"的(?:[^，。；！？的]{0,2}路)|[这那]?一路(?!上|走|公交)|.{0,8}?(?:路段|那段|这段|一段|段路|之间|沿线|方向|段)"
)
_LOCATIVE = re.compile(
    r"(?:在|位于|坐落于|坐落在|地处|家住|住在|居住在|地址|地点|位置|我是|到|去|来|往|回|发生于)(?:是|为|：)?$"
)
# 我家住…，每天路过…: who lives where tells what they meet on their way.
_ON_THE_WAY = re.compile(r"(?:路过|经过|途经|途径|开到|走到|骑到)$")
_PASSED = 1.4
# Where somebody comes from, where a firm has its seat, whom they turned to: places, not the scene.
_FROM = re.compile(r"(?:从|由|自)$")
_THEN_TO = re.compile(r"[^，。；！？]{0,6}?(?:到|至|往|去|来|前往|开往|搬|毕业|出来|出发)")
# From A to B的公交: the line is A's matter.
_LINE = re.compile(r"的?[^，。；！？]{0,2}?(?:公交|班车|大巴|中巴|客车|地铁|高铁|火车|城铁)")
_LINE_TO = re.compile(rf"[到至往][^，。；！？]{{1,12}}?{_LINE.pattern}")
_TO = re.compile(r"[到至往]$")
_ELSEWHERE = re.compile(
    r"(?:老家(?:是|在)?|户口(?:在|还在)?|户籍(?:在|地)?|籍贯|来自|总部(?:在|位于)|原来(?:住)?在|以前(?:住)?在|原住|先后在|通到|开往|通往)$"
)
# 我在上海打工，爸妈在庐江: the matter is where those are whom the writer goes on to speak of.
_WRITER_IN = re.compile(
    r"(?:我|本人|俺|咱|我们|老公|老婆|人)(?:现在|目前|长期|常年|一直|现|人)*在$"
)
_OTHERS_IN = re.compile(
    r"(?:这边|那边)?(?:打工|上班|工作|务工|做工|干活|出差|读书|上学|做生意|开店|经商|当兵|生活|定居)?[，。；]"
    r"(?:我|我们|俺|家里|家中)?(?:的|家)?(?:老?(?:爸妈?|妈妈?|爹娘?|娘)|爸爸|父母|父亲|母亲|公公|婆婆|岳父|岳母|爷爷|奶奶|外公|外婆|姥姥|姥爷|儿子|女儿|孩子|小孩|老人|老婆|老公|爱人)"
    r"[^，。；！？]{0,8}?(?:在|住)"
    r"|(?:打工|上班|工作|务工|做工|干活|出差|读书|上学|做生意|开店|经商|当兵|生活|定居)，(?:我|我们)?(?:的)?(?:老家|家|户口|户籍|房子|门面)"
    r"|[^，。！？；]{2,12}，(?:现在?|目前|今年)?(?:想|打算|准备|计划)?(?:回|在)?老家(?!在|是)"
)
_I_AM = re.compile(r"(?:我|本人|俺|咱)(?:是|系)$")
# 我是阜南来的: where somebody comes from, and never where it is.
_ONE_OF_IT = re.compile(r"的?(?:人|一[名位个])|的?(?:普通)?(?:市民|网民|群众|老百姓)")
_WHO_LIVES_THERE = re.compile(
    r"(?:的|这边的|里的)?(?:一[名位个户]|普通|老){0,3}(?:业主|住户|居民|村民|租户|商户)"
)
_OURS_IS_CALLED = re.compile(
    r"(?:我|俺|咱)们?(?:的)?(?:村|小区|组|社区|院子|学校|厂|楼)子?(?:名?叫|是|就是)$"
)
# What the letter is about: 关于…红绿灯的问题, 反映…乱停车.
_ABOUT = re.compile(
    r"(?:^|[，。；！？：\n ]|我[想要]?|现在?)(?:关于|反映|投诉|举报)(?:一下|的是)?$"
)
_CROSSES = re.compile(
    r"[路街道巷线](?:与|和|跟|、)?.{2,8}(?:路|街|道|巷|线)?的?(?:交叉|交汇|交会|交界|交口)"
)
_TOLD_TO_BE, _AT_HOME = 1.8, 1.0
"""For what a letter says it is about, and for where those live who write it."""
_CAME_FROM = re.compile(r"(?:那边|这边|过)?来(?:的|嘞|哩|滴|打工|务工|上班|干活|做工)")
_KIN_THERE = re.compile(
    r"(?:的|我|我家)?(?:大|小|老)?(?:儿子|女儿|闺女|姑娘|孩子|小孩|哥哥?|弟弟?|姐姐?|妹妹?|亲戚|亲家|爸妈|父母|公婆|媳妇)(?:们)?(?:家|那边|那里|那儿|那头|身边)"
)
_TURNED_TO = re.compile(
    r"(?:跑(?:到|去|[^，。；！？]{1,5}到)|去|去了|去过|找|找了|找过|到|到过|向|打|打给|问|问了|联系|联系了|拨打)$"
)
# 拖到宝鸡西服务区修理: where it went on afterwards.
_AFTERWARDS = re.compile(r"(?:拖到|拖至|送到|送往|送至|转至|转到|转院到|赶到|抬到)$")
_STAKED = re.compile(r"[Kk][0-9]")
_OFFICE = re.compile(
    r"(?:局|所|队|委|办|办事处|法院|检察院|信访|居委会|村委会|管委会|政府|中心|热线|仲裁院|街道)$"
)
# 市城管局：, 市场监管局领导您好
_ADDRESSED = re.compile(r"的?(?:各位)?(?:领导|同志|负责人|工作人员)?们?(?:：|[，,]?[您你]们?好)")
_A_LITTLE = re.compile(r"(?:表扬|反映|反应|投诉|举报|咨询|感谢|夸奖|说|问|讲|夸)下$")
"""表扬下滨湖派出所 is 表扬一下."""
_ONCE_MORE = 0.4
_WORTH = {Kind.REGION: 1.6, Kind.TOWN: 2.0, Kind.ROAD: 2.4, Kind.POI: 2.2}


def find_places(
    text: str, home_region: str | None = None
) -> tuple[tuple[Place, ...], frozenset[int]]:
    """Every place named in a folded text, best first; unnamed ones (我家楼下) come last.

    Args:
        text: the folded text.
        home_region: GB/T 2260 code of the city served, to settle shared names.

    Returns:
        The places, and the offsets where names of regions, towns and roads end: after one of
        these begins the name of whatever stands there.
    """
    finder = Finder(text, home_region)
    scored = []
    context = _context(finder.regions)
    chains = _chains(finder)
    bounds = frozenset(u.end for chain in chains for u in chain if u.kind < Kind.POI)
    for chain in chains:
        scored.append(_judge(text, chain, context, home_region))
    scored.sort(key=lambda pair: (-pair[0], pair[1].start))
    places = [place for _, place in scored if not _only_origin(text, place)]
    unnamed = [(*_to_a_word(text, *hit.span()), 0.45) for hit in _DEICTIC.finditer(text)]
    unnamed += [
        (start, related(finder, end), 0.35)
        for start, end in finder.kinds_of_place
        if related(finder, end) > end
    ]
    for start, end, sure in unnamed:
        if not any(p.start < end and start < p.end for p in places):
            places.append(Place(text[start:end], start, end, sure, named=False))
    return tuple(places), bounds


def _to_a_word(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the beginning of a word that is something else: 我们单元|门禁."""
    for a, b in segment(text):
        if start < a < end < b:
            return start, a
    return start, end


def _only_origin(text: str, place: Place) -> bool:
    """Whether a place is told for where somebody comes from (我是阜南来的), or for where kin live
    (上海儿子那边)."""
    if all(part.kind == "region" for part in place.parts) and _KIN_THERE.match(text, place.end):
        return True
    before = max(0, place.start - 8)
    here = _I_AM.search(text, before, place.start)
    return here is not None and _CAME_FROM.match(text, place.end) is not None


def _context(regions: list[gazetteer.RegionName]) -> tuple[str, ...]:
    """Codes of the regions the text names for certain, finer ones first."""
    sure = [r.codes[0] for r in regions if len(r.codes) == 1]
    return tuple(sorted(dict.fromkeys(sure), key=lambda code: -gazetteer.level_of(code)))


def _chains(finder: Finder) -> list[list[Unit]]:
    """Units joined where they touch, each extended by buildings and relations."""
    chains: list[list[Unit]] = []
    units = _named_alike(finder.text, finder.units())
    starts = frozenset(unit.start for unit in units)
    for unit in units:
        before = max(0, unit.start - 2)
        if unit.kind == Kind.POI and _A_LITTLE.search(finder.text, before, unit.start + 1):
            unit = replace(unit, start=unit.start + 1)
        if chains and unit.start < chains[-1][-1].end:
            if unit.end <= chains[-1][-1].end:
                continue
            # 88号 belongs to the road, and begins what stands there: 88号锦程大厦.
            chains[-1].append(replace(unit, start=chains[-1][-1].end))
        elif chains and _joins(finder.text, chains[-1], unit):
            chains[-1].append(unit)
        else:
            chains.append([unit])
        chains[-1][-1] = _closed(
            finder.text, chains[-1][0].start, carried_on(finder, chains[-1][-1], starts)
        )
    return chains


def _named_alike(text: str, units: list[Unit]) -> list[Unit]:
    """The units with an estate that is called as the road before it as one: 宁国路 宁国新村 is in no
    county of that name."""
    found: list[Unit] = []
    for unit in units:
        last = found[-1] if found else None
        road = found[-2] if len(found) > 1 else None
        if (
            last is not None
            and road is not None
            and last.kind == Kind.REGION
            and road.kind == Kind.ROAD
            and unit.start == last.end
            and text.startswith(text[last.start : last.end], road.start)
        ):
            found[-1] = replace(unit, start=last.start)
        else:
            found.append(unit)
    return found


def _joins(text: str, chain: list[Unit], unit: Unit) -> bool:
    last = chain[-1]
    gap = text[last.end : unit.start]
    if gap == "":
        return unit.kind > Kind.REGION or not _BESIDE.search(text, last.start, last.end)
    if gap in _NEAR:
        stretch = text.endswith("路段", unit.start, unit.end) or _PART_THERE.match(text, unit.end)
        return last.kind == Kind.ROAD and bool(stretch)
    if last.kind == Kind.ROAD and unit.kind > Kind.TOWN and _ONE_WAY.fullmatch(gap):
        return True
    if gap in _TOWARDS and _DIRECTION.match(text, unit.start):
        return any(one.kind == Kind.ROAD for one in chain)
    if gap in _STRETCH and min(last.kind, unit.kind) > Kind.REGION:
        if gap == "到" and _FROM.search(text, max(0, chain[0].start - 1), chain[0].start):
            return _LINE_TO.match(text, last.end) is None  # 从南站到三里庵司机绕路
        return gap == "至" or bool(_OF_THE_WAY.match(text, unit.end))
    if gap == "上":
        return last.kind == Kind.ROAD and unit.kind == Kind.POI
    if gap == " ":
        within = unit.kind == last.kind == Kind.POI and chain[0].kind < Kind.POI
        return unit.kind > last.kind or within  # 包河区 葛大店 美林苑 9栋
    if gap == "（":
        return unit.kind > Kind.REGION and _CLOSING.match(text, unit.end) is not None
    if _POINTED.fullmatch(gap):
        return unit.kind > Kind.REGION
    if _OF_IT.fullmatch(gap):
        return unit.kind == Kind.POI or unit.kind > max(last.kind, Kind.REGION)
    if gap in ("，", "， "):
        return last.kind == Kind.REGION and unit.kind > Kind.REGION
    if gap in ("和", "与") and unit.end - unit.start == 2 and last.kind < unit.kind:
        return True  # 水西镇和乐村: 乐村 is no name
    if gap in _JOINS and min(last.kind, unit.kind) > Kind.REGION:
        both_roads = last.kind == Kind.ROAD and (
            unit.kind == Kind.ROAD or text.endswith(_MOUTHS, unit.start, unit.end)
        )
        return both_roads or _CROSSING.match(text, unit.end) is not None
    return False


def _closed(text: str, start: int, unit: Unit) -> Unit:
    """The unit with the bracket that closes one opened in its chain: 淮海路（人民路至健康路段）."""
    if text.count("（", start, unit.end) > text.count("）", start, unit.end):
        hit = _CLOSING.match(text, unit.end)
        if hit:
            named = hit.end() if unit.named == unit.end else unit.named
            return replace(unit, end=hit.end(), named=named)
    return unit


def _judge(
    text: str, chain: list[Unit], context: tuple[str, ...], home: str | None
) -> tuple[float, Place]:
    """How well a chain answers "where", and the place it makes."""
    start, end = chain[0].start, chain[-1].end
    worth: dict[Kind, float] = {}
    for unit in chain:
        value = _WORTH[unit.kind] * unit.sure**2
        if unit.kind == Kind.REGION and unit.codes:
            value += 0.3 * (max(map(gazetteer.level_of, unit.codes)) - 2)
        worth[unit.kind] = max(worth.get(unit.kind, 0.0), value)
    score = sum(worth.values()) + 0.03 * min(end - start, 25)
    score += _told_by(text, start, end) + _ONCE_MORE * _told_again(text, chain[-1])
    score -= 1.2 * start / (len(text) + 40)
    code, candidates = _settled(chain, context, home)
    if any(MASKED_REGION.fullmatch(text, unit.start, unit.end) for unit in chain):
        code, candidates = None, ()  # B7县石门镇: which 石门镇 was said, and is not to be known
    confidence = min(0.97, max(unit.sure for unit in chain) * (0.6 + 0.07 * score))
    return score, Place(
        text[start:end],
        start,
        end,
        round(confidence, 3),
        region=code,
        candidates=candidates,
        name_end=chain[-1].named,
        parts=parts_of(text, chain),
    )


def _told_again(text: str, last: Unit) -> bool:
    """Whether the text comes back to what a place is called last."""
    name = text[last.start : last.called]
    return last.kind > Kind.TOWN and len(name) > 2 and name in text[last.end :]


def _told_by(text: str, start: int, end: int) -> float:
    """What the words around a place say for its being the scene, or against it."""
    before = max(0, start - 8)
    if _FROM.search(text, before, start) and _THEN_TO.match(text, end):
        return 0.0 if _LINE_TO.match(text, end) else -0.8
    if _TO.search(text, before, start) and _LINE.match(text, end):
        return -0.6
    if _WRITER_IN.search(text, before, start) and _OTHERS_IN.match(text, end):
        return -1.2
    if _ELSEWHERE.search(text, before, start) and not text.startswith("的", end):
        return -0.4
    if _I_AM.search(text, before, start):
        if _WHO_LIVES_THERE.match(text, end):
            return _AT_HOME
        if _ONE_OF_IT.match(text, end):
            return -0.2
    if _AFTERWARDS.search(text, before, start):
        return -0.6
    if _OFFICE.search(text, start, end) and _TURNED_TO.search(text, before, start):
        return -0.8
    if _OFFICE.search(text, start, end) and _ADDRESSED.match(text, end):
        return -1.2
    if _OURS_IS_CALLED.search(text, before, start):
        return _TOLD_TO_BE
    if _STAKED.search(text, start, end):
        return 0.8
    if _ABOUT.search(text, before, start):
        return _TOLD_TO_BE
    if _CROSSES.search(text, start, end):
        return 0.8
    if _ON_THE_WAY.search(text, before, start):
        return _PASSED
    return 0.6 if _LOCATIVE.search(text, before, start) else 0.0


def _settled(
    chain: list[Unit], context: tuple[str, ...], home: str | None
) -> tuple[str | None, tuple[str, ...]]:
    regions = [unit.codes for unit in chain if unit.kind == Kind.REGION and unit.codes]
    towns = [unit.codes for unit in chain if unit.kind == Kind.TOWN and unit.codes]
    if regions or not towns:
        code, candidates = gazetteer.settle([*regions, *towns], context, home)
    else:
        # A town's name alone is shared too widely: it must agree with what else is known.
        near = (*context, *((home,) if home else ()))
        code, candidates = gazetteer.settle(towns, near, home)
        if code is not None and near and not any(code.startswith(c[:2]) for c in near):
            code = None
    named = [unit for unit in chain if unit.kind == Kind.REGION and unit.codes]
    if candidates and named and all(unit.sure < 1 for unit in named):
        # 滨湖世纪城 need not lie in what is called 滨湖 for short, least of all in another province.
        far = home is not None and not any(c.startswith(home[:2]) for c in candidates)
        if far or chain[-1].kind > Kind.TOWN:
            candidates = ()
    if code is None and not regions and not candidates and context:
        code = context[0]
    return code, candidates
