"""What the words of a text are to a place: the last word of a name, no part of one, a side of one.

The lists are in ``data/words/place.txt``; here are the patterns beside them, and how words are
recut so that the head of a name stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from actions.understanding.text.words import words

ADMIN = words("place", "admin_heads")
ROAD = words("place", "road_heads")
POI = words("place", "poi_heads")
WEAK = words("place", "weak_heads")
GENERIC = words("place", "generic")
SINGLE = words("place", "single")
COMMON = words("place", "common")
NEVER = words("place", "never")
TYPES = words("place", "type_words") | words("place", "generic") | words("place", "never")
STOPS = words("place", "stops")
RELATIONS = words("place", "relations")
HEADS = ADMIN | ROAD | POI
# Of the words for parts of a county those that stand at an address: 三一大道旁的金碧物流园.
ESTATES = frozenset(
    [
        "工业园",
        "工业园区",
        "产业园",
        "科技园",
        "科技园区",
        "物流园",
        "景区",
        "园区",
        "农场",
        "林场",
        "矿区",
        "老街",
        "古镇",
        "古城",
    ]
)
ROAD_NAMES = words("place", "road_names")
# 长岭中学, but 长岭县中学 may be any.
CALLED_AFTER_COUNTIES = frozenset(["小学", "中学", "高中", "大学", "学院", "医院", "夜市"])
OLD_ESTATES = frozenset(["新村", "小区", "社区", "桥"])
LONG_WORDS = frozenset(word for word in HEADS | GENERIC if len(word) > 2)
NUMERALS = frozenset("一二三四五六七八九十")
LONGEST_HEAD = max(len(head) for head in HEADS)
LONGEST_NAME = 12
PRONOUNS = frozenset("我你您他她它俺咱")
OURS = PRONOUNS | {"们"}
SIDES = frozenset("里内外上下前后旁边口")
DIRECTIONS = frozenset("东西南北中")
# 二环高架由西向东龙腾立交: which way, and no name.
ONE_WAY = re.compile(r"[由自从]?[东西南北]{1,2}[往向至到][东西南北]{1,2}(?:方向)?")
# 请问下虹桥火车站: a little of what is done, and no lower 虹桥.
A_LITTLE = frozenset("问说看听讲管查修")
GATES = re.compile(r"[东西南北中前后][\u4e00-\u9fff]")
# Even right after a region these begin something else than a name.
HARD_STOPS = frozenset(
    "的在有是和与及跟到至去来从被把比说也都就不没要想请问我你您他她了着过这那一某个每各里内"
)
# Before a whole word these say what is done there (开饭店), before one character a name (买提尕孜村).
DOINGS = frozenset(
    "冒开办买卖修拆堵打挖排倒放装走跑坐乘骑读租吃喝睡听讲贴搞做拿送付退搭围封锁断漏淹骗欠种养念看"
)
# Regions of these kinds are all in the gazetteer, or masked: 活动区 and 能省 are none.
LISTED = frozenset("省市县区州旗盟弄道")
LANES = frozenset("道弄")
# 三家火锅店, 二十公里山路: counted, not named.
COUNT = re.compile(
    r"[一二两三四五六七八九十几数百千0-9]+(?:多|来)?(?:家|所|个|条|座|处|块|片|间|名|位|趟|台|辆|公里|层|面|道|楼)"
    r"|[一二三四五六七八九十百0-9]+楼$"
)
JOINED = ("与", "和", "及")
DONE_TO = frozenset("到进给着过了向被把得从在是个")
HOUSING = frozenset(
    ["公租房", "廉租房", "经适房", "保障房", "安置房", "还建房", "棚户区", "项目", "线"]
)
COUNTED = re.compile(r"[东西南北]?[一二三四五六七八九十]{1,2}(?:路|街|巷|弄)")
# 花卉园东一路 is a road, not a garden.
ROAD_GOES_ON = re.compile(
    r"[东西南北中前后]?[一二三四五六七八九十]{0,2}(?:路(?![口灯人上边])|街(?![上头边])|巷|大道|大街|道(?=[，。0-9与和口上这那附]))"
)
# 两天塘里, 三次: a count begins no name.
SO_MANY = re.compile(
    r"[0-9一二两三四五六七八九十几数半多]+(?:天|年|月份?|日|次|点|米|岁|元|块|人|周|户)"
)
BEGIN_NO_NAME = frozenset("在到去来从被把我你您他她各每这那该不没")

# 管一管中原油田: what is tried begins no name.
TRIED = re.compile(r"(.)一\1")
# Rivers and lakes that words name, and what such a word begins with that only speaks of one: 过河.
WATERS = frozenset("湖河")
NO_WATER = frozenset(
    "江山大小内外入出过跨涉渡临沿滨环巡下上跳投坠开填护治河某诸两一二几各本该拦封拔先历银星冰界运古条人母堰淡咸盐之成"
)
# Behind a 道 that is a road: the other one, or its number.
CROSSED = re.compile(r"[与和及][\u4e00-\u9fff]{2,5}(?:路|街|道)(?![上边])|交(?:口|叉|汇)|[0-9]+号")

# Before one of SINGLE: whoever says where, and does not speak of its making.
THERE = re.compile(r"(?:[在住往到去位于是]|^|[，。；：！？\s])$")
BUILDING_ANCHOR = re.compile(r"[0-9一二三四五六七八九十]+(?:栋|幢|号楼|期|单元)|[A-Z](?:座|区)")
MASK = r"[XxＸ×*某○]"
MASKED_REGION = re.compile(
    # A letter and 区 behind a name is a part of an estate: 雅居乐C区8栋.
    r"(?<![A-Za-z0-9])(?!(?<=[\u4e00-\u9fff])(?<![市县省州区镇乡在住于是到去从自来向的])[A-Z]区[0-9])[A-Z][0-9]{0,3}(?:(?:省|县|乡)(?!道|级)|市|区|镇|村|街道|社区)"
    rf"|{MASK}{{1,4}}(?:(?:省|市|县|区(?!间))(?!级)|镇|乡|街道)|[东西南北]地省"
)
MASKED = re.compile(rf"[A-Z]|{MASK}")
LINES = re.compile(
    r"(?:公交|地铁|轻轨|轨道交通|轨道)?(?<![0-9A-Za-z])(?:[A-Z]|旅游?|夜班?|快|环|游|高峰|定制|微公?)?[0-9]{1,4}"
    r"(?:路(?:公交车|公交|公共汽车|快[车线]|[支专]线|区间车?|车(?!上|里|道)|线)?(?![口灯段])|号线(?:地铁|轻轨)?)"
    r"|(?:地铁|轻轨|轨道交通)[一二三四五六七八九十]{1,2}号线"
    r"|(?<![0-9A-Za-z·•坐乘])[GSXYgsxy][0-9]{2,4}(?:国道|省道|县道|乡道|高速公路|高速|线)?(?![0-9A-Za-z次])"
    r"|(?<![0-9])[0-9]{3}(?:国道|省道|县道|乡道)"
    r"|(?:国道|省道|县道|乡道)[A-Z]?[0-9]{3}(?:线|(?![0-9]))"
    r"|[东西南北]?[一二三四五六七]环(?!节|境|保|比)(?:路|线|高架|快速路)?(?:[东南西北]{1,2}段|辅路)?"
)
# Places a city or county has one of: the name is their kind, the 市 or 县 before it says whose.
ITS_OWN = re.compile(
    r"(?<![\u4e00-\u9fff])(?:我们?|本)?(?P<place>[省市县区州](?:立|属|直)?(?:第?[一二三四五六七八九十]|人民|中心|中医|中西医|妇幼|妇女儿童|儿童|肿瘤|传染病|精神病|口腔|胸科|骨科|实验|机关|高级|职业|体育|图书|博物|文化|少年|科技|疾控|殡仪|行政|政务|服务|便民|市民|老干部|火车|汽车|客运)*"
    r"(?:医院|保健院|卫生院|中学|小学|高中|初中|幼儿园|(?<=[一二三四五六七八九十])中|体育馆|体育场|体育中心|图书馆|博物馆|文化馆|科技馆|少年宫|活动中心|政务(?:服务)?(?:中心|大厅)|行政服务中心|便民服务中心|殡仪馆|客运站|汽车站|火车站|电影院|剧院|技校|党校|看守所|疾控中心))"
)
# What a town has one of: stations by their side of it, its house for all offices, its old ones.
OF_A_TOWN = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[在到去从])|(?<=县城|镇上|街上|城里))"
    r"(?:(?:(?:长途)?汽车|客运|火车|高铁)[东西南北]站|市民(?:服务)?中心"
    r"|老(?:(?:汽|火)?车站|(?:县|镇)?(?:医院|政府)|县委|(?:农贸|菜)市场|电影院|影剧院|粮站|供销社|百货大楼|体育场|卫生院)"
    r"|[省市县区州镇乡](?:人民)?政府(?=大[楼院]|广场|[斜正]?对[面过门]|旁|附近|门口|[前后东西南北左右][面边侧]|隔壁|边上|宿舍|家属))"
)
# Schools and hospitals told by their number alone.
BY_NUMBER = re.compile(
    r"(?:(?<![\u4e00-\u9fff0-9])|(?<=[在到去从给的是上读和与]))"
    r"(?:第?[一二三四五六七八九十]{1,2}(?:医院|中学|小学|幼儿园)|(?:[一二三四五六七八九十]{1,3}|[1-9][0-9]?)中(?=[，。的上读学、校门初高]|$|附近|对面|旁|食堂)"
    r"|[一二三四五六七八九十]小(?=[，。的校门、]|$|附近|对面|旁|食堂|学区|[和与][一二三四五六七八九十]小)"
    r"|[一二三四五六七八九十]院(?=[，。的、]|$|住院|看病|门诊|急诊|挂号|附近|对面|旁|做)|(?:军区)?总(?:医)?院|(?:人医|[一二三四]附院|[特职技卫党]校|职业技术学院)(?=[，。的读上]|门[诊口]|急诊|住院|宿舍|食堂|挂|附近|对面))"
)
# A branch of a shop in brackets: （五一路店）.
BRANCH = re.compile(r"（[\u4e00-\u9fffA-Za-z0-9]{2,8}店）")
# What lies at a highway is called after what is near, by words that begin no other name: 来凤服务区.
ON_THE_WAY = re.compile(
    r"(?:高速(?:公路)?|国道|省道|环线|绕城|(?<![A-Za-z0-9])[GS][0-9]{1,4}线?)(?:[东西南北]线|[东西南北]?往[东西南北]?方向|[\u4e00-\u9fff]{2,3}方向)?"
    r"(?P<place>(?:[\u4e00-\u9fff]{1,4}段)?(?![的上在有到往])[\u4e00-\u9fff]{2,4}(?:服务区|停车区|收费站|收费口|互通|枢纽|立交|隧道|大桥|出口|入口|匝道))"
)
# 平江道/交口, 中山路/路灯: words that begin where a road's name has ended.
BEHIND_A_ROAD = re.compile(
    r"(?<=[路街道巷线])交(?:叉|汇|界|会)?(?:路口|口|处|点)|(?<=[路街道巷])路(?:灯(?:杆|柱)?|牌|桩)"
)
# Words cut wrongly that look like the end of a name: 花山|市场监督管理所, 院子里|路灯.
WHOLE_WORDS = re.compile(r"市场监(?:督管理|管)[局所]|(?<=[里外口边旁近前后的])路灯(?:杆|柱)?")
# 跳广场舞, 客运站台: the word goes on.
NO_PLACE_AFTER = re.compile(r"(?<=广场)舞|(?<=合作)社")
# Rivers whose name is one character, told by what is said of rivers: 茹河边上, 谷河水.
RIVER = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[在去到往从的进入沿离排]))(?![{''.join(sorted(NO_WATER))}条])[\u4e00-\u9fff][河江](?=水|边|里|两岸|上游|下游|沿岸|大堤|流域|河道|$|[，。；！？、])"
)
# Streets inside and outside a gate of the town there was: 南门外大街, 永定门内大街.
GATE_STREET = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[市县区在到去往从的道]))[\u4e00-\u9fff]{1,2}门[内外]大?街(?!道)"
)
NAME_CHARACTER = re.compile(r"[\u4e00-\u9fffA-Za-z0-9XxＸ×*○·•\-]")


def apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, without those that begin inside another; of two that begin as one, the longer."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def kept_whole(
    cuts: tuple[tuple[int, int], ...], spans: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The words of a text with each of the spans as one word."""
    found: list[tuple[int, int]] = []
    queue = iter(spans)
    span = next(queue, None)
    for word, b in cuts:
        a = word
        while span is not None and span[1] <= a:
            span = next(queue, None)
        while span is not None and span[0] < b:
            if a < span[0]:
                found.append((a, span[0]))
            if span[1] > b:
                a = b
                break
            if span[1] > a:
                found.append(span)
                a = span[1]
            span = next(queue, None)
        if a < b:
            found.append((a, b))
    return found


_STOREYED = (HEADS - {"楼"}) | {"栋", "幢", "座"}
_CROSSES = re.compile(r"与(?!其)[\u4e00-\u9fff]{2,5}(?:路|街|道|巷)")
_LATIN = re.compile(r"[A-Za-z]+")


def recut(text: str, cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Words cut so that the head of a name stands alone: 园/里, 一/路, but 村民组; Latin letters stay
    together (SOHO)."""
    found: list[tuple[int, int]] = []
    for a, b in cuts:
        head = text[a : b - 1]
        if found and found[-1][1] == a and _one_word(text, found[-1][0], a, b):
            found[-1] = (found[-1][0], b)
        elif text[a:b] == "路口" and found and _names_a_road(text[slice(*found[-1])]):
            found[-1] = (found[-1][0], a + 1)
            found.append((a + 1, b))
        elif text[a:b] == "路口" and found and text[a - 1] in "路街道巷":
            found.append((a, b))
        elif (
            b - a > 1 and text[a] == "与" and _CROSSES.match(text, a) and text[a - 1] in "路街道巷"
        ):
            found += [(a, a + 1), (a + 1, b)]  # 漓江路|与|会仙路
        elif text[a:b] in ("镇政府", "乡政府") and found and _names_a_town(text, *found[-1]):
            found += [(a, a + 1), (a + 1, b)]  # 滩头|镇|政府
        elif head == "楼" and found and text[slice(*found[-1])] in _STOREYED:
            found.append((a, b))  # 花园|楼下
        elif (b - a > 1 and text[b - 1] in SIDES and head in HEADS) or (
            b - a == 2 and text[a] in NUMERALS and text[b - 1] in "路街巷弄"
        ):
            found += [(a, b - 1), (b - 1, b)]
        elif b - a == 2 and (
            (text[a] in "村镇乡路街巷" and text[a + 1] in "有的在是和与到至往从给被")
            or (text[a] == "村" and text[a + 1] in "小大上下前后老新东西南北")
            or (text[a:b] == "村村" and text[b : b + 1] in tuple("口头里内委边前后旁东西南北"))
            or (text[a] in "路街从在到去往至" and text[a + 1] in DIRECTIONS)
        ):
            found += [(a, a + 1), (a + 1, b)]
        else:
            while found and found[-1][1] == a and text[found[-1][0] : b] in LONG_WORDS:
                a = found.pop()[0]
            found.append((a, b))
    return found


def _one_word(text: str, before: int, a: int, b: int) -> bool:
    """Whether a word goes on with the one before it: SO|HO, 建设|路."""
    if _LATIN.fullmatch(text, before, b):
        return True
    head = text[a:b]
    road = head in ROAD and head not in ("线", "道", "堤", "通道", "路段")
    return text[before:a] in ROAD_NAMES and (road or head in OLD_ESTATES)


def _names_a_town(text: str, start: int, end: int) -> bool:
    """Whether what stands before 镇政府 names the town: 滩头镇政府, but 找镇政府, 当地镇政府."""
    word = text[start:end]
    plain = word in STOPS or word in TYPES or word in RELATIONS or word in HEADS
    return end - start in (2, 3) and not plain and word[0] >= "\u4e00" and word[0] not in PRONOUNS


def _names_a_road(word: str) -> bool:
    """Whether 路口 behind a word is the mouth of a road of that name: 建设路口, but 学校路口."""
    return word in ROAD_NAMES and word not in GENERIC


def head_of(word: str) -> str | None:
    """The part of a word that makes it a kind of place, or None."""
    if word in NEVER and word not in HEADS:
        return None
    if word in HEADS:
        return word
    if len(word) < 2 or (word in STOPS and word not in GENERIC):
        return None
    if word[0] in BEGIN_NO_NAME:
        return None
    for width in range(min(len(word), LONGEST_HEAD), 0, -1):
        if word[-width:] in HEADS:
            return word[-width:]
    return None
