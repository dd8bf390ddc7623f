"""The parties a text mentions: firms, shops, schools, offices, cars, doors, people by what they do."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection

from actions.understanding.text.segment import segment
from actions.understanding.text.words import alternation, word_lists, words

_LISTS = word_lists("subject")
_ORG = re.compile(alternation(_LISTS["organisations"]))
_ROLE = re.compile(alternation(_LISTS["roles"]))
_BRAND = re.compile(rf"(?:{alternation(_LISTS['brands'])})的?$")
# Before these stands no name: 跑毛|商家.
_NEVER_NAMED = frozenset(
    {"商家", "店家", "卖方", "厂家", "商户", "店方", "厂方", "校方", "园方", "院方"}
)
_SPOKEN = frozenset(_LISTS["spoken"])
_TITLED = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[的是叫找给跟和对])|(?<=[位个名])|(?<=院)|(?<=表扬|感谢|举报|投诉))"
    r"(?:小|老|大)?(?:欧阳|司马|上官|诸葛|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文])"
    r"(?:某某|某|[\u4e00-\u9fff])?(?:老师|医生|大夫|护士长?|警官|教练|校长|院长|主任|局长|所长|镇长|书记|村长|支书|经理|总|老板|师傅|法官|律师|会计|队长)"
    r"|(?<![\u4e00-\u9fff])(?:[\u4e00-\u9fff]{1,6}的)?[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗]某(?:某)?"
)
_DOOR = re.compile(
    r"(?:楼上|楼下|隔壁|对门|对面|单元)[0-9]{3,4}(?:室|号)?(?:的)?(?:住户|业主|租客|邻居|那家|户)?"
    r"|(?<![0-9年月])[0-9]{3,4}(?:室|户)(?:的)?(?:住户|业主|租客|邻居)"
)
_NAMING = re.compile(r"(?:要|想|来)?(?:表扬|感谢|举报|投诉|反映|曝光)(?:一下)?")
# Who they are stands before: 3号窗口的工作人员, 支教的李老师, 一位女司机.
_WHOSE = re.compile(
    r"(?:(?<=[，。！？；：、\n ])|^|(?<=表扬)|(?<=感谢)|(?<=举报)|(?<=投诉)|(?<=一下)|(?<=反映)|(?<=有))"
    r"[\u4e00-\u9fffA-Za-z0-9]{1,9}的(?:那|这)?(?:[几两三一]?[位个名])?(?:男|女|年轻|老)?$"
    r"|(?:[那这一几两三])?[位名](?:男|女|年轻)?$|女$|男$"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\-•. ]?[A-Z0-9Xx*]{3,6}"
    r"(?:的)?(?:白色|黑色|红色|银色|蓝色|绿色|黄色|灰色)?"
    r"(?:出租车|网约车|面包车|公务车|大货车|货车|轿车|小车|越野车?|大巴|中巴|公交车|渣土车|车)?"
)
_LINE = re.compile(
    r"(?<![0-9])[A-Z]?[0-9]{1,3}路(?:公交车|公交|车)?(?:的?(?:那个|那位|一[个位名])?(?:司机|驾驶员|售票员|师傅))?(?![口灯])"
)
_DEPARTMENT = re.compile(rf"的?(?:几位|那位|一位|一个|某)?(?:{alternation(_LISTS['departments'])})")
_SELLER = re.compile(
    r"(?:卖|做|收|开|搞|修|租|拉)[\u4e00-\u9fff]{1,6}的(?:摊子|摊位|摊|店|小店|铺子|人|那家|老板|商贩)"
    r"|(?:一个|那个|一伙|一帮|有个|那家)(?:[\u4e00-\u9fff]{1,8}的)?(?:人|男的|女的|小贩|老头|大妈|小哥|姑娘|邻居)"
    r"|[0-9]{3,4}(?:室)?(?:那家|住户|那户|业主|的邻居)"
)
_DETERMINER = re.compile(
    r"(?:(?:楼下|楼上|对面|隔壁|旁边|门口|附近)(?:的)?(?:那?家|那个|有家)?|这家|那家|一家|某家|有一?家|一台|一辆|一个|一所|某个|某|这个|那个|我们镇|我们村|我们小区|我们单位)$"
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
_PLEADING = frozenset(
    [
        "成立",
        "筹备",
        "筹建",
        "组建",
        "摆",
        "摆个",
        "开",
        "开个",
        "开办",
        "盖",
        "建",
        "办",
        "换",
        "请",
        "求",
        "希望",
        "望",
        "督促",
        "恳请",
        "推",
        "推给",
        "甩给",
        "踢给",
        "要求",
        "呼吁",
        "建议",
    ]
)


def find_parties(text: str, bounds: Collection[int]) -> list[tuple[int, int]]:
    """``(start, end)`` of every party mentioned in a folded text, by where they stand.

    ``bounds`` are offsets where a region's name ends: a firm's name begins after it.
    """
    found: set[tuple[int, int]] = set()
    for hit in _ORG.finditer(text):
        named = hit.group() not in _NEVER_NAMED
        start = _name_start(text, hit.start(), bounds) if named else hit.start()
        if text[hit.end() : hit.end() + 1] in ("区", "县", "市", "镇"):
            continue
        if start == hit.start() and not _is_word(text, hit.start(), hit.end()):
            continue
        found.add((_with_determiner(text, start), _department(text, hit.end())))
    for hit in _ROLE.finditer(text):
        if _is_word(text, hit.start(), hit.end()):
            found.add((_whose(text, hit.start()), hit.end()))
    found.update((a, b) for a, b in segment(text) if text[a:b] in _SPOKEN)
    found.update((_whose(text, hit.start()), hit.end()) for hit in _TITLED.finditer(text))
    found.update((_branded(text, start), end) for start, end in list(found))
    for rule in (_DOOR, _PLATE, _LINE):
        found.update(hit.span() for hit in rule.finditer(text))
    begins = {start for start, _ in segment(text)}
    found.update(hit.span() for hit in _SELLER.finditer(text) if hit.start() in begins)
    return sorted(found)


def _branded(text: str, start: int) -> int:
    """Where a party begins with the firm it is of: 滴滴 of 滴滴司机."""
    brand = _BRAND.search(text, max(0, start - 6), start)
    return brand.start() if brand else start


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
    hit = _DETERMINER.search(text, max(0, start - 5), start) or _DESCRIBED.search(
        text, max(0, start - 16), start
    )
    return hit.start() if hit else start


def _whose(text: str, start: int) -> int:
    """With the words that say who a person is (3号窗口的工作人员), or what points at them."""
    hit = _WHOSE.search(text, max(0, start - 14), start)
    if hit and not any(word in hit.group() for word in ("我", "他", "自己", "时候", "说")):
        naming = _NAMING.match(hit.group())
        return hit.start() + (naming.end() if naming else 0)
    return _with_determiner(text, start)


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
