"""What only sounds like danger: idiom (热死了, 跳楼价), what is feared, what was done to one's things."""

from __future__ import annotations

import re
from functools import cache

from actions.understanding.danger.cues import patterns
from actions.understanding.people.contact import SURNAME

BLANK = "□"

# Nobody threatens with the revenge they are afraid of (怕他报复我).
_FEARED = re.compile(r"(?:怕|担心|害怕|会不会|以免|免得|万一)[^，。！？]{0,8}?(?:打击)?报复")
# What somebody does to the writer's own things is suffered, not threatened (把我家墙砸了个洞).
_SUFFERED = re.compile(
    r"(?<!我)(?<!我们)(?:把|将|给)(?:我|俺|咱|业主|居民|村民|人家|老百姓)[^，。！？]{0,10}?(?:砸|堵|围|烧|点|拆|扒|撬|泼|打断|挖断|炸)(?:了|掉|坏|断|毁|烂|住|死|开)?"
    # So is what is done at one's door, where nobody says what they will do (我家门口修路把水管挖断了).
    r"|(?:我|俺|咱)们?(?:家|店|小区|村|单位|学校|厂)的?(?:门口|门前|楼[上下]|旁边|附近|对面|前面|后面|隔壁|院子|房子|车)"
    r"[^，。！？我要就会去想]{0,12}?(?:砸|堵|拆|扒|撬|泼|打断|挖断)(?:了|掉|坏|断|毁|烂|住|死|开)"
    r"|防(?:止)?走[失丢]"
)
# A hole in a road is pressing, and no emergency while nobody has fallen into it.
_HOLE = re.compile(
    r"(?:路面?|马路|道路|人行道|盲道|地砖|路边|路口|车道|村道|巷子|井盖"
    r"|围挡|花坛|绿化带|雨棚|台阶|路沿)[^，。房楼屋墙桥坝堤山人车埋]{0,6}塌了"
)
_FELL_IN = re.compile(
    r"(?<!差点)(?<!差点儿)(?<!差一点)(?<!险些)(?:掉|陷|栽|摔|翻|埋|压|伤)(?:了|进|下|到|住|在|着|倒|伤)"
)
_KIN = "儿子|女儿|老公|老婆|爱人|妈妈?|爸爸?|孙子|孙女|邻居|朋友|媳妇|女婿"
_SAYS_WHO = re.compile(
    rf"(?:(?:我|他|她|我[爸妈]|老人)(?:的?名字)?(?:(?:叫|姓){SURNAME}[\u4e00-\u9fff]{{0,2}}|是(?:他|她|我)的?(?:{_KIN})(?:{SURNAME}[\u4e00-\u9fff]{{0,2}})?)[，,。 ]*)+"
)


@cache
def _idiom() -> re.Pattern[str]:
    return re.compile("|".join(patterns("harmless")))


def blotted(text: str) -> str:
    """A folded text, as long as it was, with what only sounds like danger blotted out."""
    if _SAYS_WHO.fullmatch(text):  # 他叫陈国平，我是他儿子陈磊
        return BLANK * len(text)
    harmless = (_idiom(), _SUFFERED, _FEARED, *(() if _FELL_IN.search(text) else (_HOLE,)))
    for rule in harmless:
        text = rule.sub(lambda m: BLANK * len(m.group()), text)
    return text
