"""The words of time: one scan that finds every date, clock, part of day and repetition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from re import Match

from actions.understanding.text.words import alternation
from actions.understanding.times.calendar_zh import HOLIDAYS, PARTS
from actions.understanding.times.recurring import RECURRING

_N = r"(?:\d{1,4}(?:\.\d)?|[零〇一二两三四五六七八九十几数百半]{1,5})"
_D = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_NOT_DAY = r"(?!楼|线|院|房|车|店|栋|门|机|码|地块|馆|文|公馆|桌|口|坑|井|段|岗|亭)"
_YEARS = r"(?:今年|去年|前年|大前年|本年度|当年|明年)"

_AROUND_NEW_YEAR = ("年前", "年后")
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("iso", r"(?<![\d\-])(?P<iso_y>(?:19|20)\d{2})[-/.](?P<iso_m>\d{1,2})(?:[-/.](?P<iso_d>\d{1,2}))?(?![\d\-])"),
    ("ymd", rf"(?:(?P<ymd_y>(?:19|20)\d{{2}}|[12][零〇一二三四五六七八九]{{3}}|[二一][零〇九][零〇一二三四五六七八九]{{2}}|(?<!\d)[012]\d(?!年(?:[了多来没还都内之不]|以[上来内]|前|后)))年|(?P<ymd_rel>{_YEARS})(?:的(?=[\d一二三四五六七八九十]))?)"
            rf"(?:(?P<ymd_m>{_D})月份?(?:(?P<ymd_d>{_D})[日号])?|(?P<ymd_part>年初|年底|年末|年中|初|底|上半年|下半年|春天|夏天|秋天|冬天|夏季|冬季))?(?P<ymd_x>[上中下]{{1,2}}旬|月初|月底|初|底)?"),
    ("holiday", rf"(?<![快要块元毛角])(?<!快到)(?<!要到)(?P<hol_name>{alternation(tuple(h for h in HOLIDAYS if h not in _AROUND_NEW_YEAR))}|(?<![\d一二三四五六七八九十百千几数多半来今去前当每整两年])(?:{alternation(_AROUND_NEW_YEAR)})(?!的?[年天月])|十一(?=长假|假期|期间|放假|黄金周|国庆|前后|小长假))(?!路|街|广场|大道|村|小区|新村|[大小]?桥|[商书]店)(?:节|小长假|长假|黄金周|放假|假期|期间|前后|那几天|前夕|时){{0,3}}(?:(?P<hol_before>(?:之|以)?前(?![后夕面门台往来去院排任期]))|(?P<hol_after>后(?=第[一二三]|上班|开[学工门业]|的?(?:那|这)|一上班))|(?P<hol_day>当天|当日|那一?天)|(?=的?(?P<hol_part>早|晚|上午|下午|凌晨|傍晚|中午)))?"),
    ("md", rf"(?<![\d第])(?P<md_m>{_D})月(?:(?P<md_d>{_D})[日号]|份)(?P<md_x>[上中下]{{1,2}}旬|初|底)?|(?<![\d第])(?P<md_m2>{_D})月(?P<md_x2>[上中下]{{1,2}}旬|初|底)"
           # 从七月干到十月, 七月至十月: a month alone where it is an end of a stretch
           rf"|(?<![\d第])(?P<md_m3>{_D})月(?=以来|[\u4e00-\u9fff]{{0,4}}?[到至\-~](?:{_YEARS}|次年)?(?:{_D}月|现在|今|目前|如今))|(?<=[到至\-~年])(?P<md_m4>{_D})月(?![\d一二三四五六七八九十])"),
    ("month", rf"(?P<mon_rel>上上个?月|上个?月|这个?月|本月|当月|下个?月)(?:的?(?P<mon_d>{_D})[日号]|(?P<mon_x>初|底|末|[上中下]{{1,2}}旬))?|(?<![每个今上下本当\d一二三四五六七八九十])月(?P<mon_bare>初|中旬|底)"),
    ("stretch", rf"(?:最近|近|过去|这|(?<!提)前)(?P<st_n>{_N})多?(?P<st_u>个半月|个多月|个月|年|天|日|周|个?星期|个?礼拜|个?小时)(?:多|来|里|以来|之内|内)?(?!前|级|轮|次|期间|以上)"),
    ("ago", rf"(?:大约|大概|约|差不多)?(?P<ago_n>{_N})(?P<ago_u>个半月|个多月|个月|年|天|日|周|个?星期|个?礼拜|个?小时|个?钟头|分钟)(?P<ago_m>多|左右)?(?:以前|之前|前)(?!后|夫|妻|任|男友|女友)"),
    ("day", r"(?P<day>大前天|大前晚|前天|前日|前晚|昨天|昨日|昨晚|昨夜|昨儿个?|昨个|昨早|昨|前儿个?(?!子|媳|童)|今天|今日|今早|今晨|今晚|今儿个?|今个|当晚|当天|当日|明天|明日|明早|明晚|后天)"),
    ("week", r"(?P<wk_rel>上上个?|上个?|这个?|本|下个?)(?:周|星期|礼拜)(?P<wk_d>[一二三四五六日天末])?(?![期岁年])|(?<![每个逢\d])(?<!除)(?<!除了)(?:周|星期|礼拜)(?P<wk_d2>[一二三四五六日天])(?!围|边|岁|年|期|到|[至-](?:周|星期|礼拜)?[五六日天])"),
    ("recur", rf"(?<!除)(?<!除了)(?P<rec>{RECURRING})"),
    ("season", r"去(?P<sea_last>[春夏秋冬])(?=[，改修挖开停换漏断交搬建]|以来|至今|到现在)|(?:去年|今年)?(?:(?:整个|一整个|这个|这一个)(?P<sea>[春夏秋冬])[天季]|[入开](?P<sea_in>[春夏秋冬]))|(?P<half>[上下]半年)"),
    ("fuzzy", r"(?P<fz>最近|这学期|本学期|上学期|上个学期|近期|近日|近来|近段时间|最近一段时间|这几天|这两天|这几日|近几天|近两天|近几日|前几天|前两天|前些天|前几日|前段时间|前一段时间|前阵子|前些日子|这段时间|这阵子|这些天|近几个月|近几年|近年来|近两年|前几年|前些年|前不久|不久前|刚才|刚刚|这些年)"),
    ("clock", r"(?P<ck_h>\d{1,2}|[零一二两三四五六七八九十]{1,3}|十几)(?:点(?!建议|要求|意见|原因|问题|诉求|想法|疑问|希望|需求|说明|半夜|数|赞|名|菜|餐|击|评|滴)(?:来?钟)?(?:(?P<ck_half>半|多)|(?P<ck_q>[一三])刻|(?P<ck_m>\d{1,2}|[一二三四五]?十[一二三四五六七八九]?|零[一二三四五六七八九])分?)?|：(?P<ck_m2>[0-5]\d)(?:：[0-5]\d)?|时(?P<ck_m3>\d{1,2})分|时(?!候|间|常|不|而|段|代|期|刻|至今|隔|速|长|候|差))(?P<ck_x>左右|前后|许|钟|多)?"),
    ("part", rf"(?P<part>{alternation(tuple(p for p in PARTS if len(p) > 1))})(?:时分|时段|时间|期间)?"
             rf"|(?<=[日号天末一二三四五六])(?P<part_of_day>[早晚夜])(?=\d{{1,2}}[点时：]|{_D}点)"),
    ("hours", r"(?<![\d：])(?P<hr_a>\d{1,2})\s*[-~至到]\s*(?P<hr_b>\d{1,2})(?:点|时(?!间|候))"),
    ("dom", rf"(?<![\d一二三四五六七八九十第])(?P<dom>{_D})[日号]{_NOT_DAY}"),
)  # fmt: skip

_ANY = "|".join(f"(?P<{name}_>{pattern})" for name, pattern in _PATTERNS)
# Every pattern begins with a digit or a character written in it: nothing is tried where none stands.
_BEGINS = "".join(sorted({character for character in _ANY if character >= "\u3007"}))
_MASTER = re.compile(rf"(?=[\d{_BEGINS}])(?:{_ANY})")


@dataclass(frozen=True, slots=True)
class Atom:
    """One word of time. ``kind`` names its pattern, ``parts`` its non-empty groups."""

    kind: str
    start: int
    end: int
    parts: dict[str, str]


def atoms(text: str) -> Iterator[Atom]:
    """The words of time in a folded text, left to right."""
    for hit in _MASTER.finditer(text):
        yield _atom(hit)


def _atom(hit: Match[str]) -> Atom:
    groups = {name: value for name, value in hit.groupdict().items() if value}
    kind = next(name for name in groups if name.endswith("_"))
    del groups[kind]
    return Atom(kind[:-1], hit.start(), hit.end(), groups)
