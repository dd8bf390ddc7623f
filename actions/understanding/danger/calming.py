"""What in a text speaks against a danger that its words, or the way it is written, tell of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from actions.understanding.danger.cues import HEARSAY
from actions.understanding.fields import Alarm
from actions.understanding.matter.rule_asked import asks_of_a_rule

INSULT = re.compile(
    r"废物|饭桶|蠢货|蠢猪|猪脑|猪头|脑残|白痴|弱智|垃圾|混蛋|王八|畜生|不要脸|狗屁|傻[逼比叉子]|吃干饭|他妈|[草操日]你|骗子|没用的东西|什么东西|狗东西|良心"
)
_HESITATES = re.compile(
    r"该不该(?:说|讲|问|反映|投诉|举报)|不知道(?:该)?(?:怎么|从哪|咋)(?:里|儿)?(?:说|讲|反映|开口)|不好意思(?:说|讲)"
)
_I_WILL = re.compile(r"(?:我|我们|老子|俺)(?:就|要|会|去|今天|明天|非|一定|必须)|等着|小心|走着瞧")
# Whoever writes to praise tells of a danger that somebody has seen to.
_PRAISES = re.compile(
    r"^[^，。！？]{0,8}(?:表扬|点(?:个)?赞|送(?:面)?锦旗|感谢)(?!你们(?:快|赶紧|派))"
)
_RESCUED = re.compile(
    r"(?=.*(?:幸亏|多亏|幸好|亏得|全靠))(?=.*(?:感谢|谢谢|表扬|点赞|锦旗|感动|感激)(?!你们(?:快|赶紧|派)))",
    re.DOTALL,
)
# Or who says, of what is over, that thanks are due (十分钟就到了…我要好好谢谢他们).
_WILL_THANK = re.compile(
    r"(?:我|我们|俺)(?:就|真|特别|特地|特意|一定|必须|得|要|想|也|是|来|专门){1,4}(?:好好|重重|当面|真心|衷心)*(?:地)?(?:谢谢|感谢|表扬|夸夸?|点赞)(?!你们(?:快|赶紧|派))"
)
# Nobody is saved any more by whoever is called now.
_TOO_LATE = re.compile(
    r"没(?:能)?(?:抢)?救(?:过来|回来|活)|抢救无效|(?:已经?|人)(?:去世|过世|死亡)"
)
_GOES_ON = re.compile(r"现在|正在|又|还在|快来|赶紧来|救命")
# Nor does anybody threaten with what they want done (我要他全退).
_WANTED = re.compile(
    r"(?:要|想|让|叫|请)(?:他|她|你|他们|她们|你们|物业|公司|商家)[^，。！？]{0,5}?(?:退|赔|改|修|还|道歉|解决|处理|管)"
)
# What floats in rivers and is caught there is no person.
_CREATURES = re.compile(r"鱼|死(?:猪|鸡|鸭|鹅|羊|牛|狗|猫|虾|鸟|老鼠)")
_ONCE = re.compile(r"(?:摔|跌|滑|撞|砸|烫|掉|落|淹|烧|着|伤|晕|病)[^，。！？]{0,3}过(?![来去不])")
_NOW = re.compile("又|现在|正在|刚|此刻|里面有|快来|救")
_SUPPOSED = re.compile(r"如果|万一|假如|要是|一旦|建议|演练|请问|咨询")
_FIRST_PERSON = re.compile(r"我|俺|本人")
# 树倒了压在车上，没伤到人: what fell lies there.
_NOBODY_HURT = re.compile(
    r"(?:没有?|没得|幸好没|还好没|万幸没)(?:伤|砸|压|撞|碰|造成)(?:着|到|了)?(?:人|人员伤亡|伤亡)|人(?:都)?没(?:事|受伤|伤着)|无人(?:员)?(?:受伤|伤亡)"
)
_MAY_SPREAD = re.compile(r"火|烧|烟|煤气|燃气|漏气|爆|电线|高压|触电|塌|裂|被困|刀")
# 不用处理了，已经有人盖上了: it is over, and nobody has to come.
_SEEN_TO_ALREADY = re.compile(
    r"不用(?:你们?|他们|再|麻烦)*(?:处理|管|来|派人|修|办)(?:人)?了|已经(?:有人|师傅|他们)?(?:来|给|过来)*(?:盖|修|补|弄|处理|解决|接|关|清|拉走|扶)(?:上|好|完|掉|住|走|起来)?了"
)
# Who is to pay for it, or owns up to it, is asked when it is over (缝了三针，园方不给说法).
_AFTERWARDS = re.compile(
    r"(?:不|拒绝?|要求?|让|谁|该|没有?|未|索|求)[^，。]{0,3}(?:赔|道歉|给?说法)|赔偿|医[药疗]费|不(?:认账|承认|认错|理睬)"
    r"|没有?(?:结果|说法|下文)|(?:做|录)了?笔录"
)
_WORDS_ALONE = 9
"""So many characters that name nobody and hold no cue (降压药 络活喜) say nothing of how one feels."""


@dataclass(frozen=True, slots=True)
class Told:
    """A folded text, and what its cues say of it."""

    text: str
    cues: dict[Alarm, float]

    def has(self, *rules: re.Pattern[str]) -> bool:
        return any(rule.search(self.text) for rule in rules)

    def no_cue(self, *alarms: Alarm) -> bool:
        return not any(self.cues[alarm] for alarm in alarms or self.cues)


@dataclass(frozen=True, slots=True)
class Calming:
    """What is left of what each voice says of these alarms, 0 to 1, where this is so."""

    alarms: tuple[Alarm, ...]
    so: Callable[[Told], bool]
    cues: float = 1.0
    written: float = 1.0
    ranked: float = 1.0


def seen_to(text: str) -> bool:
    """Whether a text says that the matter is settled (已经有人盖上了)."""
    return _SEEN_TO_ALREADY.search(text) is not None


def claimed_for(text: str) -> bool:
    """Whether a text asks who is to pay, or to own up, for what has happened (不赔, 不承认)."""
    return _AFTERWARDS.search(text) is not None and _GOES_ON.search(text) is None


def happens_now(text: str) -> bool:
    return _NOW.search(text) is not None


def _is_over(told: Told) -> bool:
    thanked = bool(_PRAISES.match(told.text)) or told.has(_RESCUED)
    settled = told.has(_TOO_LATE, _WILL_THANK, _SEEN_TO_ALREADY) and not told.has(_GOES_ON)
    return thanked or settled


def _lies_there(told: Told) -> bool:
    return told.has(_NOBODY_HURT) and not told.has(_MAY_SPREAD, _GOES_ON)


def _supposed_or_past(told: Told) -> bool:
    # 新闻上说外地有人跳楼, 有人摔伤过
    before = told.has(HEARSAY, _ONCE) and not happens_now(told.text)
    return before or told.has(_SUPPOSED)


def _a_few_words(told: Told) -> bool:
    short = len(told.text) <= _WORDS_ALONE
    return short and told.no_cue(Alarm.DESPAIR) and not told.has(_FIRST_PERSON)


_SEEN_TO = _MERELY = 0.4

CALMINGS = (
    Calming((Alarm.EMERGENCY,), _is_over, _SEEN_TO, _SEEN_TO, _SEEN_TO),
    Calming((Alarm.EMERGENCY,), lambda t: claimed_for(t.text), 0.7, _MERELY, _MERELY),
    Calming((Alarm.EMERGENCY,), _lies_there, _SEEN_TO, _SEEN_TO),
    Calming((Alarm.EMERGENCY,), _supposed_or_past, written=_MERELY),
    Calming(
        (Alarm.EMERGENCY,),
        lambda t: t.no_cue(Alarm.EMERGENCY) and t.has(_CREATURES),
        written=_MERELY,
    ),
    # 老房子快塌了能补助吗
    Calming((Alarm.EMERGENCY, Alarm.THREAT), lambda t: asks_of_a_rule(t.text), _SEEN_TO, _SEEN_TO),
    # Words of abuse alone (你们就是一群废物) are answered calmly; they are no threat.
    Calming(
        (Alarm.THREAT,),
        lambda t: t.no_cue() and t.has(INSULT) and not t.has(_I_WILL),
        written=_MERELY,
    ),
    Calming((Alarm.THREAT,), lambda t: t.no_cue() and t.has(_WANTED), written=_MERELY),
    # Nor is a text without a threatening word in which nobody says what they will do (不知道归谁管).
    Calming((Alarm.THREAT,), lambda t: t.no_cue(Alarm.THREAT) and not t.has(_I_WILL), written=0.8),
    Calming((Alarm.DESPAIR,), lambda t: not t.has(_FIRST_PERSON), cues=0.9),
    Calming((Alarm.DESPAIR,), _a_few_words, written=_MERELY),
    Calming(
        (Alarm.DESPAIR,), lambda t: t.no_cue(Alarm.DESPAIR) and t.has(_HESITATES), written=_MERELY
    ),
)


def calmed(told: Told) -> Iterator[Calming]:
    """What speaks against danger in a text."""
    return (one for one in CALMINGS if one.so(told))
