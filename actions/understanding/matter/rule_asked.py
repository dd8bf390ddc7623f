"""Whether a text asks what follows from such a thing by rule: 火灾事故认定怎么复核, 砸了车谁赔.

Who pays, whether an insurance covers it, how it is certified, what is allowed: whoever asks that is
in no danger at the moment, whatever words for danger they need for it.
"""

from __future__ import annotations

import re

LONGEST = 40
"""Characters of a text that asks nothing else; a story may end in such a question."""

_HOW = "(?:怎么|怎样|如何|咋)(?:样|才能|能|可以|去)?"
_FOLLOWS = (
    "索?赔偿?|理赔|报销|认定|定罪|定性|鉴定|复核|复议|复查|申请|申领|领取?|办理|处罚|罚款?|判|量刑|计算|算|规定|定义|界定"
    "|划分|追责|取证|采集|评定|登记|备案|验收|参保|投保"
)
_RULE = (
    "规定|合法|违法|犯法|犯罪|构成|标准|条件|材料|手续|流程|政策|法律|条例|责任|保险|医保|社保|工伤|补助|补贴|补偿"
    "|赔偿|赔付|抚恤金?|救助金|慰问金|报销|低保|改造|鉴定|认定书?|收费"
)
_ASKED = "[吗么嘛呢?？]|多少|多久|多长|几[个天年岁次人种级]|[什啥]么?|哪|谁|怎么|如何|(?P<either>.)不(?P=either)|有没有"
_OF_A_RULE = re.compile(
    rf"{_HOW}(?:{_FOLLOWS})"
    "|(?:谁|哪个|哪方|哪家)(?:来|该|应该?|要|得)*(?:赔|负责|承担|担责|出钱|掏钱|买单)"
    "|(?:赔|罚|判|补|报|领)(?:偿|款|刑|助|贴|销)?(?:多少|几年|几个月|几倍)|(?P<pays>赔|报|判|罚)不(?P=pays)"
    "|(?:能|可以|会|给|需要|要)(?:申请|报销?|赔|领|享受|办|补助|判|罚)"
    f"|(?:有没有|有无|有什么|哪些)[^，。]{{0,4}}(?:{_RULE})"
    "|(?:负|担|承担)(?:什么|哪些|多少)[^，。]{0,4}责任|算不算|(?:算|属于|构成)[^，。]{1,8}(?:吗|么)|(?:负|担|承担)(?:主要|全部|法律)?责任?(?:吗|么)"
    "|(?:犯|触犯|违反)(?:什么|哪[条部])|坐牢(?:吗|么)|赔(?:吗|么|不$)|(?:赔偿|补偿|收费|处罚|立案|量刑|报销)标准"
    "|(?:最多|至少|不得|允许|可以)[^，。]{0,6}(?:几|多少)"
)
_RULE_ASKED = re.compile(rf"(?:{_RULE})[^，。！？?]{{0,8}}(?:{_ASKED})")
_IN_GENERAL = re.compile(
    rf"(?:遇到|遇上|发生|碰到|一旦|万一)[^，。]{{1,10}}(?:应该?|该|要){_HOW}|{_HOW}(?:预防|防范|避免)"
    rf"|(?:有|是)(?:哪些|什么)(?:规定|种类|情形)"
)
# What goes on is danger all the same, and so is what is asked of us in such a tone.
_GOES_ON = re.compile(
    "现在|正在|[刚此]|还(?:在|有人|没)|里面|又在|快[来点救]|快(?:派|叫|通知)|赶紧|马上(?!要)|立[刻即]|救[命人我他她]"
    "|叫不醒|流血|流着|不止|[!！]|[你您]们?|有人|不行了|要(?:杀|砍|捅|打死|跳)"
)
# That somebody is to answer for what is about to fall is a cry, not a question.
_ABOUT_TO = re.compile("(?:快要?|马上|眼看|要)(?:塌|倒|掉|垮|炸|断)[^，。]{0,12}(?:谁|责任|负责)")
_WILL = re.compile(r"(?:我|我们|老子|俺)(?:就|要|会|非|一定|必须|想)")


def asks_of_a_rule(text: str) -> bool:
    """Whether a short folded text asks what holds by rule and tells of nothing that goes on."""
    if len(text) > LONGEST or any(p.search(text) for p in (_GOES_ON, _ABOUT_TO, _WILL)):
        return False
    return any(p.search(text) for p in (_OF_A_RULE, _RULE_ASKED, _IN_GENERAL))
