"""Danger in a text: to life (emergency), to others (threat), to oneself (despair).

Scores are what cue words say less what speaks against them: negation, the past, hearsay, idiom
(热死了, 跳楼价). They serve to put a text before a person, so a miss costs more than a false alarm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.complaint.fields import Alarm, Risk

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class _Cue:
    rule: re.Pattern[str]
    weight: float


def _cues(*rows: tuple[str, float]) -> tuple[_Cue, ...]:
    return tuple(_Cue(re.compile(pattern), weight) for pattern, weight in rows)


_IDIOM = re.compile(
    r"(?:跳楼(?:价|大甩卖|甩卖|促销|机)|(?:热|冷|冻|吵|烦|臭|气|累|困|急|饿|渴|晒|笑|愁|痒|疼|难受|无聊|呛|熏|冤|恶心|坑|堵|慢|贵|脏|黑|忙|晕|苦|痛|担心|羡慕|爱|想|丑|难吃|恨)死(?:了|我|人|个人|啦|宝宝|掉)?|要死(?:了)?(?:热|冷|吵|烦|累|困)|"
    r"死(?:活|心|板|角|党|机|循环|规定|工资|皮|赖|路|胡同|贵|慢|沉|等|扣|缠|期|鱼|猪|鸡|树|水|账|灰|亡证明|亡赔偿|者家属)|该死|打死(?:都|也|我)不|往死里|死不(?:承认|认账|悔改|要脸|改)|半死不活|死气沉沉|炸(?:鸡|串|薯|油条|酱|街|药厂|锅|裂|了锅|土豆)|油炸|火(?:锅|车|爆|热|腿|龙果|葬|化)|爆炸(?:头|性|式|新闻)|自杀式|跳河边|跳广场舞|跳绳|要命(?:的是)?|不要命|没命|拼命|卖命|救命(?:恩|稻草|药|钱)|消防(?:救援|通道|栓|设施)|防火|灭火器|打火机|杀(?:菌|毒|虫|价|青|熟|猪|鸡|羊|鱼|鸭|牛)|宰客|砍(?:树|价|伐|柴|掉|头息)|砍了.{0,4}树)"
)
_PAST = re.compile(
    r"(?:去年|前年|前几年|以前|之前|曾经?|那年|当年|上个?月|上次|多年前|年前|年的时候|\d{4}年|历史上|已经(?:扑灭|解决|处理))"
)
_UNREAL = re.compile(
    r"(?:如果|万一|假如|要是|一旦|避免|防止|预防|以防|怕|担心|容易|可能|会不会|恐怕|万一|隐患|风险|怎么办理|咨询|请问|演练|预案|宣传|知识|培训|设施|报警器|险情|保险|投保|赔付)"
)
_NEGATED = re.compile(
    r"(?:没有?|并?未|不会|不是|别|不要|不想|不至于|绝不|不敢|无)[^，。！？\n]{0,3}$"
)
_HEARSAY = re.compile(r"(?:听说|新闻|网上|据说|看到报道|电视|网传|别人说)")

_EMERGENCY = _cues(
    (r"(?:着|失|起)(?:大)?火(?:了|啦|，|。|！|$|灾)|大火|火灾|烧起来|冒(?:出)?(?:浓烟|黑烟|大烟|火)|浓烟滚滚", 0.6),
    (r"(?:燃气|煤气|天然气|液化气|氨气|氯气|毒气)(?:管道?)?[^，。]{0,6}(?:泄漏|泄露|漏了|在漏|漏气)|煤气味|燃气味|煤气中毒|一氧化碳", 0.7),
    (r"爆炸|炸了", 0.5),
    (r"(?:昏迷|晕倒|休克|没有?呼吸|没有?心跳|心脏病发作|脑溢血|大出血|流了?(?:好多|很多|一地)血|快不行|不省人事|叫不醒|抽搐|中毒|喝了?农药|服毒|吞了|溺水|落水|掉(?:进|到)?(?:河|水|江|湖|井|池)里?|触电|电到人|被砸|压在|坠楼|跳下去)", 0.6),
    (r"(?:被困|困在|出不来)[^，。]{0,8}(?:电梯|火|水|屋|里面|车|山)?|电梯(?:里)?(?:困|关)(?:了|着|住)?[^，。]{0,3}人|(?:困|关)在电梯", 0.6),
    (r"(?:正在|现在|马上|快来|赶紧来)[^，。]{0,8}(?:打人|砍人|杀人|行凶|抢劫|持刀|打架|斗殴|被打|追打|家暴)|持刀|拿着?刀|砍人|捅(?:了)?人|杀人了|抢劫|绑架|劫持|有人(?:打|追)我|救命|救救我|救人", 0.6),
    (r"(?:坍塌|塌方|倒塌|垮塌|塌了|山体滑坡|泥石流|决堤|房子(?:要)?塌|楼(?:要)?塌|地面塌陷|高压线(?:掉|断|落)|电线(?:掉|断)[^，。]{0,6}(?:地上|水里|路上))", 0.5),
    (r"(?:孩子|小孩|老人|母亲|父亲|儿子|女儿|人)[^，。]{0,4}(?:失踪|走失|走丢|不见了|被拐|被抢走)", 0.5),
    (r"快(?:要)?(?:来人|救)|(?:快|赶紧|马上)(?:派|叫)[^，。]{0,6}(?:消防|救护|警|人)|要出人命|人命关天|生命危险|有生命危险|情况危急|十万火急", 0.35),
)  # fmt: skip
_THREAT = _cues(
    (r"(?:我|我们|老子|俺)[^，。！？]{0,12}(?:杀|砍|捅|弄死|打死|炸|烧|同归于尽|拼命|拼了|报复)(?:了|死|掉|光|他|她|你|他们|你们|全家|一|个)", 0.7),
    (r"同归于尽|鱼死网破|血洗|让(?:他|你|他们|你们|她)[^，。]{0,6}(?:偿命|陪葬|死|付出代价|见血|好看)|一个(?:都)?别想活|要(?:他|你|他们)的?命|大不了[^，。]{0,8}(?:命|死|坐牢|拼)|杀(?:了)?(?:他|你|他们)?全家", 0.75),
    (r"(?:带|买|准备|拎着?|提着?|拿着?)[^，。]{0,6}(?:汽油|炸药|刀|雷管|硫酸|煤气罐)", 0.7),
    (r"(?:炸|烧|砸)(?:了|掉|毁|平)(?:你|他|政府|单位|公司|学校|法院|办公|楼|售楼|社区|医院|店)", 0.6),
    (r"(?:组织|召集|联合|带领|集体|上百|几百|全体)[^，。！？]{0,16}(?:上访|堵路|堵门|拉横幅|游行|静坐|示威|围堵|去北京|进京|闹事|罢工|罢运|罢课|堵高速)", 0.6),
    (r"(?:堵路|堵高速|拉横幅|围堵政府|堵政府|进京上访|越级上访|去北京上访|到北京上访|集体上访|去省里闹|闹大|堵(?:在)?[^，。]{0,6}(?:门口|大门))", 0.4),
    (r"(?:别怪我|不要怪我|后果自负|走极端|采取极端|极端(?:行为|手段|方式)|逼(?:我|人|老百姓)(?:们)?(?:走|上|造|做|动)|什么事(?:都|情都)(?:做|干)得出来|报复社会|以暴制暴|出人命)", 0.55),
)  # fmt: skip
_DESPAIR = _cues(
    (r"(?:不想活|活不下去|活够了|没法活|不想活着|活着(?:没|没有|还有什么|有什么)(?:意思|意义|劲)|想死|死了算了|一死了之|死了一了百了|不如死|生不如死|想自杀|要自杀|自杀|轻生|寻死|自尽|自残|割腕|上吊|喝(?:农)?药(?:死|自|算)|喝农药)", 0.75),
    (r"(?:我|俺|本人|真想|只能|只有|只好|想|要|去|就|不如|恨不得)[^，。！？]{0,8}(?:跳楼|跳河|跳江|跳湖|跳桥|撞墙|撞死|吊死|卧轨|死给)", 0.7),
    (r"跳楼|跳河|跳江|跳桥", 0.35),
    (r"(?:遗书|遗言|安排后事|最后一次(?:写信|打电话|留言)|永别|再见了这个世界|下辈子|结束(?:自己的?|我的?|这)(?:生命|一生|一切))", 0.65),
    (r"(?:逼(?:死|上绝路)|走投无路|绝望|万念俱灰|撑不下去|熬不下去|坚持不下去|崩溃|看不到希望|没有?活路|死路一条|抑郁症|生无可恋)", 0.3),
)  # fmt: skip
_FIRST_PERSON = re.compile(r"我|俺|本人")


def assess_risk(text: str) -> Risk:
    """Scores and alarms of a folded text."""
    quiet = _IDIOM.sub(lambda m: "□" * len(m.group()), text)
    emergency = _score(quiet, _EMERGENCY)
    threat = _score(quiet, _THREAT, questions=False)
    despair = _score(quiet, _DESPAIR, questions=False)
    if despair and not _FIRST_PERSON.search(text):
        despair *= 0.8
    scores = {
        Alarm.EMERGENCY: emergency,
        Alarm.THREAT: threat,
        Alarm.DESPAIR: despair,
    }
    alarms = tuple(alarm for alarm, score in scores.items() if score >= THRESHOLD)
    return Risk(round(emergency, 3), round(threat, 3), round(despair, 3), alarms)


def _score(text: str, cues: tuple[_Cue, ...], *, questions: bool = True) -> float:
    """1 - Π(1 - weight) over the cues, each damped by what stands around it."""
    calm = 1.0
    for cue in cues:
        best = 0.0
        for hit in cue.rule.finditer(text):
            best = max(best, cue.weight * _damping(text, hit.start(), hit.end(), questions))
        calm *= 1 - best
    return 1 - calm


def _damping(text: str, start: int, end: int, questions: bool) -> float:
    left = max(text.rfind(mark, 0, start) for mark in "。！？\n；") + 1
    before = text[left:start]
    clause = before[max(before.rfind("，"), -1) + 1 :]
    factor = 1.0
    if _NEGATED.search(clause):
        factor *= 0.25
    if questions and _UNREAL.search(text, max(left, start - 12), min(len(text), end + 6)):
        factor *= 0.4
    if _PAST.search(before):
        factor *= 0.45
    if _HEARSAY.search(before):
        factor *= 0.6
    return factor
