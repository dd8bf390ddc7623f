"""What happened, in the person's own words: without greeting, thanks, and how to reach them."""

from __future__ import annotations

import re

from actions.understanding.people.contact import find_id_number, find_phone
from actions.understanding.text.folding import fold

_GREETING = re.compile(
    r"^(?:尊敬的[^，。：！\n]{0,14}[，：！。\n]|(?:各位)?领导(?:们)?(?:，|：|[您你]?(?:们)?好)|(?:(?:同志|师傅|姑娘|小姑娘|小伙子|大姐|美女|客服|接线员|话务员|12345|热线)(?:们|同志)?[，\s]*)?(?:您|你)们?好[啊呀吗]*[，。！：\s]*|(?:姑娘|小姑娘|小伙子|小同志|同志|师傅|大姐|大哥|美女|领导)[啊呀]?[，\s]*(?=我(?:想|要)?(?:跟|和|给|向)你)|(?:我(?:想|要)?(?:跟|和|给|向)(?:你|您)们?(?:讲|说|反映|汇报|反应)(?:一下|下|一|个|件|点)*(?:事情?|情况|问题)?[啊呢哈哦噢呀]*[，。：\s]*)(?!的)|(?:(?:姑娘|小姑娘|小伙子|小同志|同志|师傅|大姐|大哥|领导)[啊呀]?[，\s]+)?我?(?:想|要)?问(?:一下|下)(?:你们?|您)?[，\s]*(?=我|俺|咱)(?![^。]*(?:[吗呢么?？]|怎么|咋|多少|哪|什么|几|能不能|可以|是不是|有没有|该))|(?:我|俺)?(?:就是)?(?:想|要)(?:跟你们?|向你们?)?(?:反映|反应|说|讲)(?:一下|下|一?个|点)*(?:情况|问题|事情?)[啊呢哈]*[，：。\s]*(?:就是说?|是这样的?)[，：\s]*|另外[，：\s]*(?![一两几多的有])|那个[，\s]*(?=我|俺)|(?:那个|嗯++|呃)*我(?:想|要)?(?:说|讲)(?:一下|个事情?)(?:啊|哈|呢)?[，\s]*(?:就是)?|(?:那个|嗯++|呃|哎|啊)[，\s]*(?=喂|(?:您|你)们?好)|(?:能|可以)?听得?[到见清](?:吗|吧|不|么|嘛)+[，。！\s]*|[\u4e00-\u9fff]{0,6}(?:书记|市长|县长|区长|局长|主任)(?:您好|你好|好)?[，：！。\s]|喂+(?![猪狗鸡鸭鹅猫牛羊鱼马鸽鸟奶食养饭的了给不])[，。！\s]*|\s+)+"
)
_FAREWELL = re.compile(
    r"(?:谢谢(?:您|你|领导|了|政府|大家)?|感谢(?:您|领导|政府)?|非常感谢|此致|敬礼|盼复|[！!。，,\s])+$"
)
# 我电话是…，请联系我: a clause that says how to reach the writer and nothing of the matter. What
# number somebody else has (对方电话…) belongs to it.
_CLAUSE_END = "，。；！？、,;!?\n （）()"
_TO_REACH = re.compile(
    r"(?:我是?|本人|俺|这是|我们家?|你们?|的|请|可以?|就|打|留|给|拨打|回|记一下|如有(?:需要|问题|疑问)|有事|需要|了解|反馈|回复|联系人?|本?投诉人|本?反映人|来电人|联系(?:电话|方式|号码)?|电话|手机号?码?|号码?|微信(?:同号)?|同号|身份证号?码?|是|为|：|:|-| ){0,14}"
)
_REACHED = re.compile(
    r"(?:微信|同号|联系|请|随时|谢谢|可以?|打|给?我|回电话?|这个|电话|号码?){0,10}"
)


_SAME_NUMBER = re.compile(r"（(?:微信|同号|电话|手机号?|本人的?|我的?)+）")


def clean_matter(text: str) -> str:
    """What happened, in the person's words: without greeting, thanks, doubled blanks, and their
    own telephone and identity number where these stand in clauses of their own."""
    body = without_contact(text.strip())
    folded = fold(body)
    opening = _GREETING.match(folded)
    first = opening.end() if opening and opening.end() < len(body) else 0
    closing = _FAREWELL.search(folded, first)
    last = closing.start() if closing and closing.start() > first else len(body)
    return re.sub(r"[ \t\u3000]{2,}|\n{2,}", " ", body[first:last]).strip()


def without_contact(text: str) -> str:
    """The text without the clauses that only say how to reach the writer; all of it where it says
    nothing else."""
    folded = fold(text)
    kept, at = "", 0
    for number in sorted(
        (one for one in (find_phone(folded), find_id_number(folded)) if one is not None),
        key=lambda one: one.start,
    ):
        start = 1 + max(folded.rfind(mark, 0, number.start) for mark in _CLAUSE_END)
        same = _SAME_NUMBER.match(folded, number.end)
        told = same.end() if same else number.end
        ends = (folded.find(mark, told) for mark in _CLAUSE_END)
        end = min((one for one in ends if one >= 0), default=len(folded))
        if start < at or not _TO_REACH.fullmatch(folded, start, number.start):
            continue
        if _REACHED.fullmatch(folded, told, end):
            kept += text[at:start]
            at = min(end + 1, len(text))
    return (kept + text[at:]).strip(_CLAUSE_END[:3] + "、,;") or text
