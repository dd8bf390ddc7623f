"""Who or what is complained of, reported or praised: a firm, shop, school, office, car, person."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection

from actions.complaint.fields import AppealType, Span, span
from actions.complaint.segment import segment
from actions.complaint.words import alternation, word_lists, words

_LISTS = word_lists("subject")
_ORG = re.compile(alternation(_LISTS["organisations"]))
_ROLE = re.compile(alternation(_LISTS["roles"]))
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\-•. ]?[A-Z0-9Xx*]{3,6}"
    r"(?:的)?(?:白色|黑色|红色|银色|蓝色|绿色|黄色|灰色)?"
    r"(?:出租车|网约车|面包车|公务车|大货车|货车|轿车|小车|越野车?|大巴|中巴|公交车|渣土车|车)?"
)
_LINE = re.compile(
    r"(?<![0-9])[A-Z]?[0-9]{1,3}路(?:公交车|公交|车)?(?:的)?(?:司机|驾驶员|售票员)?(?![口灯])"
)
_DEPARTMENT = re.compile(rf"的?(?:几位|那位|一位|一个|某)?(?:{alternation(_LISTS['departments'])})")
_SELLER = re.compile(
    r"(?:卖|做|收|开|搞|修|租|拉)[\u4e00-\u9fff]{1,6}的(?:摊子|摊位|摊|店|小店|铺子|人|那家|老板|商贩)"
    r"|(?:一个|那个|一伙|一帮|有个|那家)(?:[\u4e00-\u9fff]{1,8}的)?(?:人|男的|女的|小贩|老头|大妈|小哥|姑娘|邻居)"
    r"|[0-9]{3,4}(?:室)?(?:那家|住户|那户|业主|的邻居)"
)
_ACCUSED = re.compile(
    r"(?:投诉|举报|反映|控诉|质疑|表扬|感谢|点赞|曝光)(?:一下|：|对|关于|一家|某|的)?$"
)
_ACTED = re.compile(r"(?:被|遭|让|由)$")
_MY_OWN = re.compile(
    r"(?:我是|作为|我们是|本人是|一名|一位|我在|找|去|到|问|叫|打|请|求|让|跟|和|向|给|对|联系|告诉|说是|在)$"
)
# What follows a party that is to blame, and what follows one that only stands there.
_DOES = re.compile(
    r"(?:的?人)?(?:就|还|都|却|也|又|竟然?|居然|一直|长期|总是?|经常|天天|每天|至今|仍|硬是?|非)*"
    r"(?:拒|不(?!知|清楚)|没|把|将|强|私自|擅自|违|乱收|收(?!到|入)|骗|拖|欠|占|强|任意|"
    r"利用|逼|偷|排|扣|态度|服务|迟迟|承诺|答应|通知|威胁|打人|骂|敷衍|跑路)"
)
_STANDS = re.compile(
    r"(?:的)?(?:门口|旁边?|对面|附近|周边|大厅|大堂|操场|宿舍|后面|前面|楼下|楼上|路口|周围|隔壁|里面?(?!的人)|内|上班|工作|打工|读书|上学|住院|看病|就诊)"
)
_DETERMINER = re.compile(
    r"(?:这家|那家|一家|某家|有一?家|一台|一辆|一个|一所|某个|某|这个|那个|我们镇|我们村|我们小区|我们单位)$"
)
_DESCRIBED = re.compile(r"(?:一|那)[个位台辆家名伙帮群栋][^，。！？；\n]{1,12}的$")
_VERBAL = frozenset("过了着到")
_KEPT = frozenset(
    [
        "公司",
        "商家",
        "老板",
        "物业",
        "物业公司",
        "开发商",
        "中介",
        "房东",
        "建筑",
        "装修",
        "建设",
        "运营",
        "管理",
        "设计",
        "医院",
        "学校",
        "驾驶",
        "快递",
        "检测",
        "检验",
        "评估",
        "维修",
        "种植",
        "养殖",
        "用",
        "户",
        "保险",
        "租",
        "新",
        "老",
        "大",
        "小",
        "民办",
        "公办",
        "正",
        "高",
        "好",
        "金",
        "排",
        "手机",
    ]
)
_STOPS = words("place", "stops") - _KEPT
_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z0-9XxＸ×*·（）\"“”]")
_PLEADING = frozenset(["请", "求", "希望", "望", "督促", "恳请", "要求", "呼吁", "建议"])
_ABOUT = (AppealType.COMPLAINT, AppealType.REPORT, AppealType.PRAISE, AppealType.HELP)
_LEAST = {AppealType.HELP: 0.5}


def find_subject(
    text: str, kind: AppealType | None, bounds: Collection[int], wanted: Span | None
) -> Span | None:
    """The party an appeal is about, or None; questions and suggestions are about nobody.

    Args:
        text: the folded text.
        kind: the kind of appeal.
        bounds: offsets where a region's name ends: a firm's name begins after it.
        wanted: the wish; whoever is named in it is asked, not accused.
    """
    if kind not in _ABOUT:
        return None
    best: tuple[float, int, int] | None = None
    for score, start, end in _candidates(text, bounds):
        if wanted is not None and wanted.start <= start < wanted.end:
            score -= 0.35
        score -= 0.3 * start / (len(text) + 30)
        if _ACCUSED.search(text, max(0, start - 6), start):
            score += 0.35
        elif _ACTED.search(text, max(0, start - 1), start):
            score += 0.15
        elif start == 0 or text[start - 1] in "，。！？；：\n ":
            score += 0.12
        elif _MY_OWN.search(text, max(0, start - 3), start):
            score -= 0.3
        if _DOES.match(text, end):
            score += 0.15
        elif _STANDS.match(text, end):
            score -= 0.25
        if best is None or score > best[0]:
            best = (score, start, end)
    if best is None or best[0] < _LEAST.get(kind, 0.35):
        return None
    return span(text, best[1], best[2], min(0.92, best[0] + 0.1))


def _candidates(text: str, bounds: Collection[int]) -> list[tuple[float, int, int]]:
    """``(score, start, end)`` of every party mentioned."""
    found: list[tuple[float, int, int]] = []
    for hit in _ORG.finditer(text):
        start = _name_start(text, hit.start(), bounds)
        named = hit.start() - start
        if text[hit.end() : hit.end() + 1] in ("区", "县", "市", "镇"):
            continue
        if not named and not _is_word(text, hit.start(), hit.end()):
            continue
        end = _department(text, hit.end())
        start = _with_determiner(text, start)
        found.append((0.45 + 0.05 * min(named, 5) + (0.1 if end > hit.end() else 0), start, end))
    for hit in _ROLE.finditer(text):
        if _is_word(text, hit.start(), hit.end()):
            found.append((0.45, _with_determiner(text, hit.start()), hit.end()))
    found += [(0.75, hit.start(), hit.end()) for hit in _PLATE.finditer(text)]
    found += [(0.6, hit.start(), hit.end()) for hit in _LINE.finditer(text)]
    found += [(0.6, hit.start(), hit.end()) for hit in _SELLER.finditer(text)]
    return found


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether the stretch begins and ends where words do (整形 in 整形状 does not)."""
    cuts = segment(text)
    first = bisect_right(cuts, (start, -1))
    last = bisect_right(cuts, (end, -1)) - 1
    return first < len(cuts) and cuts[first][0] == start and cuts[last][1] == end


def _department(text: str, end: int) -> int:
    """Where a named part of an organisation ends: the 心内科 of a hospital."""
    hit = _DEPARTMENT.match(text, end)
    return hit.end() if hit else end


def _with_determiner(text: str, start: int) -> int:
    """With what points at it: 一家…, 那个…, 一个穿黄衣服的…."""
    hit = _DETERMINER.search(text, max(0, start - 4), start) or _DESCRIBED.search(
        text, max(0, start - 16), start
    )
    return hit.start() if hit else start


def _name_start(text: str, head: int, bounds: Collection[int]) -> int:
    """Where the name of an organisation that ends in the word at ``head`` begins."""
    start = head
    cuts = segment(text)
    k = bisect_right(cuts, (head, -1))
    if k and cuts[k - 1][1] > head:  # the word at head has its name within it: 长街/派出所
        k -= 1
        start = cuts[k][0]
    for a, b in reversed(cuts[:k]):
        word = text[a:b]
        if start in bounds or head - a > 20 or word in _STOPS or word in _PLEADING:
            break
        verbal = b - a > 1 and word[-1] in _VERBAL
        if verbal or word[0] in "我你他她它" or not all(_NAME.match(c) for c in word):
            break
        start = a
    return start
