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
# 我是外卖员: who tells it.
_ONESELF = re.compile(
    r"(?:我们?|俺们?|咱们?|本人)(?:就|也|都)*是(?:[一两]?[名个位])?(?:[\u4e00-\u9fff]{1,6}的)?$"
)
# 联系下燃气公司: a little, and no part of a name.
_A_LITTLE = re.compile(r"(?:联系|问|找|查|催|表扬|感谢|投诉|举报|反映|管)$")
_COUNTED = frozenset("次回趟遍")
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
    r"(?<![0-9])[A-Z]?[0-9]{1,3}路(?:公交车|公交|车)?(?:的)?(?:司机|驾驶员|售票员)?(?![口灯])"
)
_DEPARTMENT = re.compile(rf"的?(?:几位|那位|一位|一个|某)?(?:{alternation(_LISTS['departments'])})")
_SELLER = re.compile(
    r"(?:卖|做|收|开|搞|修|租|拉)[\u4e00-\u9fff]{1,6}的(?:摊子|摊位|摊|店|小店|铺子|人|那家|老板|商贩)"
    r"|(?:一个|那个|一伙|一帮|有个|那家)(?:[\u4e00-\u9fff]{1,8}的)?(?:人|男的|女的|小贩|老头|大妈|小哥|姑娘|邻居)"
    r"|[0-9]{3,4}(?:室)?(?:那家|住户|那户|业主|的邻居)"
)
# Who they are is what they do: 遛狗的不牵绳, 管安全的压着不报, 没牌子的给人打针.
_DOER = re.compile(
    r"(?:(?<=[，。！？；：、\n ])|^|(?<=有个)|(?<=有)|(?<=那个)|(?<=来了个)|(?<=被)|(?<=让))"
    r"(?:遛|养|卖|收|管|查|送|修|装|拉|运|喂|搬|摆|烧|跳|唱|带|教|看|扫|开|种|挖|换|剪|做|抄|催|包|承包|施工|验收|执法|肇事|值班|回访|代课|负责|领头|带头|没|搞|穿)"
    r"[\u4e00-\u9fff]{0,4}的(?:人|车|那家|师傅|小伙子?|姑娘|大姐|大哥|阿姨)?"
    r"(?=(?:全|也|就|都|又|还|却|天天|每天|经常|总是?|老是?|一直|从来|半夜|夜里|硬|非|直接|随便){0,3}"
    r"(?:[不没把将在给往从向对让叫说骂问收帮占堵停偷倒乱跑]|压着|上门|一分|吃|喝|打|开))"
)
# A household by its floor or its side: 一楼把院子封了, 顶楼那家又盖两间.
_HOUSEHOLD = re.compile(
    r"(?:[一二三四五六七八九十顶底][层楼]|[1-9][0-9]?[层楼]|[上下前后对][面头边]|楼[上下]|斜对面|旁边|隔壁|对门)(?:的)?那[一]?[家户](?!人?[里门])"
    r"|(?:(?<=[，。！？；：、\n ])|^)(?:[一二三四五六七八九十顶底][层楼]|[1-9][0-9]?[层楼]|楼[上下])"
    r"(?=(?:又|还|就|老是?|总|天天|半夜|死活|硬|私自|偷偷|自己|一直){0,2}(?:[把将搭封占养改砸往养圈堵接拿](?!不)|不[同肯让签]|非[要说]))"
    r"|(?:(?<=[，。！？；：、\n ])|^)[他她]们?家(?![里人门])"
)
# A house of any trade that begins a clause and acts in it: 林业站收了条子, 托老所说好两人一间.
_HOUSE = re.compile(
    r"(?:(?<=[，。！？；：、\n ])|^)(?![我你他她它在去从到被是有说这那哪把对]|[一几两]个|投诉|举报|反映|表扬|感谢|建议)"
    r"(?:(?!了)[\u4e00-\u9fff]){2,5}(?:店|厂|站|所|馆|厅|队|场|社|班|行|局|院|组|科|部|中心)的?"
    r"(?=(?:就|还|都|却|也|又|全|竟然?|居然|一直|总是?|经常|天天|老是?|硬是?){0,3}"
    r"(?:[不没把将让叫说给收扣拖欠占骗逼偷乱]|要求|要我|答应|通知|私自|违规|利用|联合|跟))"
)
_LEADS = re.compile(
    r"(?:想|要[盖建换找]|老说|老是|总说|加盟|注销|换掉|换个?|附近的?|[几近]年|[建盖开报]个?|连|并且?|以及)+"
)
"""What stands before a name and is none of it: 想换|物业, 加盟|奶茶店."""
_ACTS = re.compile(
    r"[，。！？；：\n ]|$|那边|(?:的?(?:人|领导|干部))?(?:就|还|都|却|也|又|竟然?|居然|一直|总是?|经常|天天|至今|老是?|硬是?|从来|连){0,3}"
    r"(?:[不没把将让叫说给要收扣拖欠分卖拿占推骗逼强偷排管派搞修建租罚打回签]|答应|通知|选举|开会|违|私)"
)
"""What a place that stands for who runs it does (村里不给); 村里的路 and 村里大喇叭 only say where."""
_DETERMINER = re.compile(
    r"(?:(?:楼下|楼上|对面|隔壁|旁边|门口|附近)(?:的)?(?:那?家|那个|有家)?|这家|那家|一家|某家|有一?家|一台|一辆|一个|一所|某个|某|这个|那个|我们镇|我们村|我们小区|我们单位)$"
)
_DESCRIBED = re.compile(r"(?:一|那)[个位台辆家名伙帮群栋][^，。！？；\n]{1,12}的$")
_VERBAL = frozenset("过了着到")
# Of a registered name the region is a part, told without its suffix.
_REGISTERED = re.compile("(?:股份)?有限|集团|公司")
_SUFFIXES = frozenset("省市区县旗州盟镇乡")
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
_STOPS = (words("place", "stops") - _KEPT) | {"这儿", "那儿", "这里", "那里"}
_SHORT = 2
"""Characters of a word for an organisation that may be a part of another word (整形 of 整形状)."""
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
        "转告",
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
        short = len(hit.group()) <= _SHORT
        if start == hit.start() and short and not _is_word(text, hit.start(), hit.end()):
            continue
        found.add((_with_determiner(text, start), _department(text, hit.end())))
    for hit in _ROLE.finditer(text):
        itself = _ONESELF.search(text, max(0, hit.start() - 14), hit.start())
        if not itself and _is_word(text, hit.start(), hit.end()):
            found.add((_whose(text, hit.start()), hit.end()))
    found.update((a, b) for a, b in segment(text) if text[a:b] in _SPOKEN and _ACTS.match(text, b))
    found.update((_whose(text, hit.start()), hit.end()) for hit in _TITLED.finditer(text))
    found.update((_branded(text, start), end) for start, end in list(found))
    for rule in (_DOOR, _PLATE, _LINE, _DOER, _HOUSEHOLD, _HOUSE):
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


_HABITUAL = frozenset(("老是", "总是", "一直", "天天", "经常", "每天", "又", "老", "总"))


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
        if word in _HABITUAL:  # 车库老是进水|物业也不抽: what follows is what happens
            return head
        if start in bounds:  # 江苏 of 江苏恒泰建设工程有限公司, not 合肥市 of 合肥市第一人民医院
            registered = _REGISTERED.match(text, head) and text[start - 1] not in _SUFFIXES
            start = a if registered else start
            break
        if head - a > 20 or word == "了" or word in _STOPS or word in _PLEADING:
            break
        if word[-1] in _COUNTED or (word == "下" and _A_LITTLE.search(text, max(0, a - 2), a)):
            break
        verbal = b - a > 1 and word[-1] in _VERBAL
        if verbal or word[0] in "我你他她它" or not all(_NAME.match(c) for c in word):
            break
        start = a
    lead = _LEADS.match(text, start, head)
    return lead.end() if lead else start
