"""Where an office is, its telephone number, its hours: a question that only an entry answers that
says so of that office.

"社保局几点上班" shares its words with every rule on social insurance, and none of these says when
the office opens.  What is asked is short and always put alike, so it is read by its form: an
office's name, what is wanted of it, and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from knowledge.lexicon import fact_labels
from knowledge.matters import said_in
from knowledge.model import Entry
from knowledge.regions import gazetteer
from knowledge.text import fold

_LONGEST = 40  # characters of a question that asks for no more
_NAME = re.compile(
    "[一-鿿]{1,16}?(?:[局厅委办处所站院馆科队社庭厂园会室部协]|政府|中心|大厅|窗口|公司|集团|门诊"
    "|学校|[大中小]学|银行|残联|妇联|工商联|物业|市场|客服)"
    "|(?:残联|妇联|物业|疾控|工商联)"
)
_HOTLINE = re.compile("热线")  # is named after what it is for: 反诈热线
_NOT_NAMED = re.compile("[怎咋哪几多]|什么|啥|如何|谁")
_NUMBER = (
    "电话号码|联系电话|电话|号码|热线|联系方式|(?:怎么|如何|怎样)联系|打(?:哪个|几号|什么|给谁)"
    "|拨打|客服"
)
_PLACE = (
    "地址|地点|位置|在?哪[里儿](?!查)|在哪|哪[个条栋座](?:楼|路|街|位置|地方)|几楼|[怎咋]么?[走去]"
    "|[什啥]么?地方|办公地"
)
_DAY = (
    "今天|明天|后天|现在|早上|上午|中午|下午|晚上|夜里|平时|周末|双休日?|节假日|假期|过年|春节|国庆"
    "|五一|元旦|清明|端午|中秋|期间|(?:周|星期|礼拜)[一二三四五六日天末]|24 ?小时"
)
_OPEN = "上班|下班|办公|营业|开门|开放|关门|闭馆|休息|接待|办事|放假"
_HOURS = (
    rf"(?:{_OPEN}|工作|服务|挂号|对外办公)时间"
    rf"|(?:几点|什么时候|啥时候|几时)(?:钟|到几点)?(?:{_OPEN}|开始)?|(?:{_OPEN})(?:[吗么不没嘛]|$)"
    r"|(?:开门|上班|休息)?(?P<verb>[上开休放])不(?P=verb)[班门息假]?|有人(?:[吗么不没]|值班)|(?<=在)办公"
)
_OPENING = re.compile("上班|下班|办公|营业|开门|开不开|关门|闭馆|接待时间|休息[吗么不]")
_KINDS = tuple(
    (kind, re.compile(form))
    for kind, form in (("phone", _NUMBER), ("place", _PLACE), ("hours", _HOURS))
)
_ASKED = re.compile(f"{_NUMBER}|{_PLACE}|{_HOURS}|{_DAY}")
# What stands before and behind an office's name without saying more.
_LEAD = re.compile(
    "^(?:最近的|附近的?|离我|请问|你好|您好|麻烦|帮忙|帮|谢谢|想问一?下?|问问|问一?下|问|咨询|查询"
    "|查一?下|查|能不能|可不可以|能否|可以|能|告诉|知道|晓得|清楚|给|发|有没有|有|的|是|我们?|你们?|您"
    "|要|想|一下|找|去|到|个|那|这|谁|哪[里儿]?|把|和|与|以及|还|拨打?|打|[,。?!、 ])+"
)
_TAIL = re.compile(
    "(?:的|是|在|有|多少|哪个|哪|什么|啥|吗|呢|么|呀|啊|吧|嘛|哦|了|好|不|没|一下|给|发|告诉|知道|查"
    "|找|我|您?|都|一般|具体|咨询|投诉|举报|报修|抢修|监督|服务|值班|总机|公开|官方|工作人员|的人|人员"
    "|联系|能|可以|办公|[,。?!、 ])+$"
)
_TIERS = re.compile("^(?:我们|咱们|本地|当地|[省市区县镇乡]|街道)+")
_SUFFIX = re.compile(
    "(?:总局|分局|局|厅|委员会|委|处|所|站|中心|支队|大队|中队|大厅|窗口|营业厅|公司|集团|办事处|办|院|馆"
    "|热线|客服|协会|联合会)+$"
)
_FACTS = {
    "phone": re.compile(
        r"(?<![\d-])(?!12345(?!\d))(?:1[12]\d|\d{5}|\d{6,8}|\d{3,4}-\d{5,8}|1\d{10})(?!\d)"
    ),
    "place": re.compile(
        r"[一-鿿][路街道巷村](?:[一-鿿]{0,4}\d|[一-鿿]{0,6}[口旁侧])|\d ?号(?!文|令|公告)"
        r"|[楼层座]\d|\d ?[楼层]"
    ),
    "hours": re.compile(
        r"\d{1,2} ?[:点时]|周[一二三四五六日末]|星期[一二三四五六日天]|24 ?小时|全天|[上下]午|假日"
    ),
}
_LISTS = {
    "phone": re.compile("电话|热线|联系|通讯录"),
    "place": re.compile("地址|位置|[网站]点|[证事]点|机构查询|分布|名录|一览"),
    "hours": re.compile("[放业公班]时间"),
}
"""In the title of an entry that is there to look offices up in."""
_ROWS = {"phone": "phone", "place": "place", "hours": "place"}
"""Under which aspect the rows of a service item tell it."""
_SHORTEST, _SHORT = 2, 3  # characters of what names an office apart from its kind
_KIND = 3  # characters at its end that say what kind of office it is: 看守所
_APART = 4  # characters that may stand between two of a short name's: 人社 is 人力资源和社会保障
_CLAUSE = re.compile(r"[。；;\n]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """``office``: its folded name as the question says it, without its place; ``kind``: ``phone``,
    ``place`` or ``hours``."""

    office: str
    kind: str


@lru_cache(maxsize=256)
def wanted(folded: str) -> Wanted | None:
    """What a folded question wants to know of an office, ``None`` where it asks for anything else
    too, or for something else."""
    kind = next((kind for kind, form in _KINDS if form.search(folded)), "")
    if len(folded) > _LONGEST or not kind:
        return None
    parts = _ASKED.sub("|", _without_places(folded)).split("|")
    names = [name for part in parts if (name := _TAIL.sub("", _LEAD.sub("", part)))]
    if len(names) != 1 or len(names[0]) < _SHORTEST or _NOT_NAMED.search(names[0]):
        return None
    if not (_NAME.fullmatch(names[0]) or _HOTLINE.search(folded)):
        return None
    return Wanted(_TIERS.sub("", names[0]) or names[0], kind)


def aspect(folded: str) -> str:
    """The aspect of a rule under which stands what is wanted of an office; "" if nothing is."""
    asked = wanted(folded)
    return _ROWS[asked.kind] if asked else ""


def says(entry: Entry, asked: Wanted) -> bool:
    """Whether an entry says of the office what is wanted (:func:`tells`), in its text or in a
    service item's row, or is there to look such things up in."""
    title = fold(entry.title)
    if _LISTS[asked.kind].search(title) and _lists(said_in(entry), asked.office):
        return True
    labels = fact_labels()
    rows = [fold(row.value) for row in entry.fields if labels[row.key][1] == _ROWS[asked.kind]]
    fact = _FACTS[asked.kind]
    whose = "\n".join((title, fold(entry.issuer), *rows))
    if _spoken(asked.office).search(whose) and any(map(fact.search, rows)):
        return True
    text = fold(entry.text)
    return tells(f"{title}\n{text}", asked) or (asked.office in title and bool(fact.search(text)))


def tells(text: str, asked: Wanted) -> bool:
    """Whether a clause of a text has the office's name and such a fact as is wanted."""
    name, fact = _spoken(asked.office), _FACTS[asked.kind]
    return any(name.search(one) and fact.search(one) for one in _CLAUSE.split(fold(text)))


def lacks_hours(entry: Entry, folded: str) -> bool:
    """Whether a question asks when something is open and the entry tells no hours and no days."""
    asks = len(folded) <= _LONGEST and _KINDS[-1][1].search(folded) and _OPENING.search(folded)
    return bool(asks) and _FACTS["hours"].search(fold(entry.text)) is None


def _without_places(folded: str) -> str:
    for place in sorted(gazetteer().find(folded), key=lambda one: -one.start):
        folded = f"{folded[: place.start]}{folded[place.end :]}"
    return folded


def _lists(said: str, office: str) -> bool:
    """Whether a list is of offices of the kind: it has how the name ends, or half of the name."""
    core = _SUFFIX.sub("", office) or office
    pairs = {core[at : at + 2] for at in range(len(core) - 1)}
    return office[-_KIND:] in said or 2 * sum(pair in said for pair in pairs) >= len(pairs)


@lru_cache(maxsize=256)
def _spoken(office: str) -> re.Pattern[str]:
    """An office's name as rules may write it: with more between the characters of a short one, and
    whatever kind of office it is called."""
    core = _SUFFIX.sub("", office)
    if len(core) < _SHORTEST:
        return re.compile(re.escape(office))
    between = f"[一-鿿]{{0,{_APART}}}" if len(core) <= _SHORT else "[一-鿿]?"
    return re.compile(between.join(map(re.escape, core)))
