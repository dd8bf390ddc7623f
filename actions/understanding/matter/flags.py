"""Yes-or-no facts beside the matter: on behalf of another, anonymous, reported before, urgent."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.understanding.fields import AppealType, Duration, Span, Urgency, span
from actions.understanding.text.folding import fold
from actions.understanding.times.durations import find_duration

_KIN = (
    r"(?:父亲|母亲|爸爸|妈妈|爸|妈|父母|爷爷|奶奶|外公|外婆|姥姥|姥爷|儿子|女儿|老公|老婆|丈夫|妻子|爱人|哥哥|姐姐|弟弟|妹妹|岳父|岳母|公公|婆婆|"
    r"亲戚|朋友|同事|邻居|同学|室友|舅舅|叔叔|姑姑|阿姨|家人|孩子|老人|老乡|姐夫|嫂子|表哥|表弟|表姐|表妹|侄子|外甥|老伴儿?|老头子|孙子|孙女|外孙女?|娃|老爸|老妈|老爹|老娘|老人家|[大二三四五六小老](?:叔|伯|姑|姨|舅|婶|嫂|哥|姐|弟|妹|爷|奶|妈|爸)(?:[公婆子妈爷])?)"
)
_NEXT_DOOR = r"(?:隔壁|对门|楼[上下]|同村|村里|邻居)(?:家)?的?[^\W我俺的们替帮给家是为和跟老]?"
_ON_BEHALF = re.compile(
    rf"(?:我?(?:是)?(?:替|代|帮|为)(?:我|我们|俺|一个|一位|家里)?(?:的)?{_KIN}[^，。！？\n]{{0,6}}?(?:反映|投诉|咨询|问|打|举报|求助|申请|办|来电|说|写|查|申诉|提|留言|发|联系)"
    rf"|(?:代|替|帮)(?:人|别人|朋友|家人|亲友|邻居|老人)(?:反映|投诉|咨询|问|打|举报|求助|发|提问|提)"
    rf"|(?:{_NEXT_DOOR})?{_KIN}[^。！？\n]{{0,24}}?(?:让|叫|托)我(?:来|帮忙)?(?:说|讲|反映|投诉|问|打)"
    rf"|(?:{_NEXT_DOOR})?{_KIN}[^。！？\n]{{0,24}}?我(?:来)?(?:替|代|帮)(?:他|她|他们|老人家?)们?(?:说|讲|反映|投诉|问|打|报|写|来)"
    r"|(?:大爷|大妈|大娘|奶奶|爷爷|阿姨|[老小][\u4e00-\u9fff]|大姐|大哥|师傅|婶|伯伯)[^。！？\n]{0,12}?(?:让|叫|托)我(?:来|帮忙|帮|替)*(?:说|讲|反映|投诉|问|打|报)"
    rf"|受{_KIN}?[^，。]{{0,6}}委托|代为(?:反映|投诉|咨询|举报|求助|转达)|亲友代办|代办人|(?:我|她|他)?{_KIN}(?:不会|不识字|不懂|年纪大|听不清|说不清|没法)[^，。]{{0,10}}，?[^，。]{{0,6}}(?:我(?:来|就)?(?:替|代|帮)))"
)
# Another adult is what the matter is about: 我妈今年六十五…, 家父出院半年了….
_OTHER_ADULT = re.compile(
    r"(?:^|[，。！？；：\n\s]|请问|咨询(?:一下)?|问(?:一)?下|反映)(?:(?:我|俺|咱|我们?家?|孩子)(?:的|家|滴)?(?:老|亲|阿|大)?(?:妈妈?|爸爸?|老汉儿?|老爹|小姨|姨妈?|姑妈|舅妈|老伴|爹|娘|父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|老公|老婆|丈夫|妻子|爱人|哥哥?|姐姐?|弟弟?|妹妹?|岳父|岳母|公公|婆婆|舅舅|叔叔?|姑姑?|大伯|伯父|嫂子|父母|爸妈)"
    r"|(?:家父|家母|老妈|老爸|老爹|老娘|妈妈|爸爸|爷爷|奶奶|外公|外婆|姥姥|姥爷|父亲|母亲)(?!们|的话))"
)
# What is told of a relative beside the matter: their illness, what they did, that they are away.
_BESIDE_THE_MATTER = re.compile(
    r"(?:[今年都已经]*[\d一二三四五六七八九十]{1,3}(?:多|几)?岁?[，]?)?[^，。]{0,6}?"
    r"(?:有(?:高血压|心脏病|哮喘|糖尿病|抑郁|病)|犯(?:病|低血糖|心脏病)|身体不好|心脏不好|腿脚|行动不便|睡不|坐月子|怀孕|怀着|刚(?:生|出院|做完?手术)|血压|神经衰弱|上夜班|倒班|(?:摔|卡|绊|滑|磕|崴)(?:了|倒)|喝(?:了|醉|多)|打(?:了)?我|骂我|家暴|"
    r"(?:的)?(?:电话|手机号?|号码)?[是为：: ]*\d{7,}|在(?:外地|外面|外省)|回不来|摔了|吓|被气|不让我|拦|药都停|(?:换|买|投)了|已经投)"
)
_WE_OURSELVES = re.compile(
    r"^.{0,40}(?:我(?:和|跟|与|同|带)|我们(?:家|小区|村)|我家|我(?:是|在|买|于|的(?:房|车|工资)))"
)
_WHOM = re.compile(
    rf"(?:{_NEXT_DOOR}|(?:我|俺)?(?:的|老|家)?){_KIN}(?:[\u4e00-\u9fff]{{1,2}}?(?:奶奶|爷爷|阿姨|叔叔|大爷|大妈|大姐|大哥|先生|女士|师傅|老师))?"
)
_ANONYMOUS = re.compile(
    r"(?:就|我就|也|还是)?(?:不|唔)(?:署名|留名|具名|报名字|讲名|留姓名)|匿名(?!信|电话|群|账)|不(?:想|愿意?|便|方便|留|愿)(?:透露|说|留|公开|提供|告诉)?(?:你们?)?(?:我的|自己的|真实)?(?:姓名|名字|身份|真名)|不要?(?:问|登记|记)我(?:叫|的名字|姓名|是谁)|不实名"
)
_NOT_ANONYMOUS = re.compile(r"(?:不|非|没有?|别|不用|不需要|不是|无需)$")
_KEPT_QUIET = r"(?:保密|(?:不要|别|不得|不能|勿)(?:泄露|透露|公开|外泄|泄漏)|保护(?:好)?(?:我|举报人|投诉人|本人|个人)(?:的)?(?:隐私|信息|身份|个人信息|安全)?|(?:别|不要|唔好|莫)(?:说|讲|透露|告诉)[^，。]{0,6}(?:是|系)我|(?:姓名|名字|信息|身份|号码)(?:请)?(?:别|不要|莫)(?:公开|透露|泄露|外传)|(?:别|不要|不能|不想|莫|勿)让[^，。]{0,6}(?:知道|晓得)|怕[^，。]{0,4}?(?:报复|打击报复))"
_SAYS_SO = re.compile(_KEPT_QUIET)
_CONFIDENTIAL = re.compile(
    rf"(?:请|要|希望|务必|一定|求|帮我|给我|需要|能|严格|注意|可以)?[^，。！？\n]{{0,8}}?{_KEPT_QUIET}"
)
_NOT_CONFIDENTIAL = re.compile(
    r"(?:不(?:用|需要?|必)|无需)保密|保密协议|保密工作|保密局|泄露(?:了)?(?:我|个人|业主|客户)"
)
_REPORTED = re.compile(
    r"(?:(?:已经?|曾经?|之前|以前|此前|前期|上次|多次|再次|反复|几次|两次|三次|无数次|数次|屡次|一直|又|也|前几天|上个?月|去年|昨天)[^，。！？\n；]{0,10}?(?:反映|投诉|举报|拨打|打过|打(?=12345|热线|电话|110|市长)|致电|报警|求助|上访|信访|留言|上报|报修|咨询|找过|沟通)[^，。！？\n；]{0,14}"
    r"|(?:反映|投诉|举报|报修|留言|上访|信访|反馈|申诉)(?:过|了)(?:很多|好多|好几|多|几|无数|两|三|四|五|数|\d+)?[次回遍]?[^，。！？\n；]{0,6}"
    r"|找过(?:很多次?|好几次|多次)?(?:物业|社区|街道|村|镇|城管|派出所|居委|业委会|信访|厂|公司|学校|他们|[\u4e00-\u9fff]{1,6}(?:局|部门|办|所|站|委))[^，。！？\n；]{0,8}"
    r"|(?:跟|给|向|和|同|打给)[\u4e00-\u9fff]{1,8}(?:说|讲|反映|反馈|报|打)(?:了|过)[^，。！？\n；]{0,8}(?:遍|次|回)"
    r"|(?:反映给|给[\u4e00-\u9fff]{1,6}反映)[^，。！？\n；]{0,8}"
    r"|打[\u4e00-\u9fff]{0,8}电话(?:也|都|又|就|总是?|一直|永远|要么|他们?)*(?:没人接|占线|打不通|不接|推|说|讲|让)[^，。！？\n；]{0,6}"
    r"|(?:反映|投诉|举报|报修)的[^，。！？\n；]{0,10}(?:事情?|问题|单子?)[^，。！？\n；]{0,4}(?:结果|进展|进度|怎么样|回复|消息|下文)"
    r"|(?:去过|跑了|跑过)[^，。！？\n；]{0,12}(?:趟|次|回|遍)"
    r"|(?:社区|村[上里]|镇[上里]|物业|街道|城管|局里)(?:也)?来(?:人)?(?:看|拍|量|查|瞧)过[^，。！？\n；]{0,6}"
    r"|(?:打|拨打|致电)(?:过|了)(?!给)[^，。！？\n]{0,10}?(?:12345|热线|电话|110|市长热线)[^，。！？\n；]{0,8}"
    r"|打了?(?:几|十几|几十|上百|无数|[一二三四五六七八九十百千0-9]+)[多来]?[遍次回](?:电话|了|都|也|还)[^，。！？\n；]{0,6}"
    r"|(?:打|拨打|致电)(?:12345|热线)(?:[^，。！？\n]{0,4}?[次遍回]|都|也|没用|没人)[^，。！？\n；]{0,8}"
    r"|(?:工单|编号|受理)(?:号|编号)[^，。！？\n]{0,4}[A-Z]*\d{6,}|第[二三四五六七八九十\d]+次(?:反映|投诉|留言|来信|打电话|写信|举报|求助))"
)
_NOT_REPORTED = re.compile(
    r"(?:没有?|未|从来没|从不|也不|都不|又不|不曾|第一次|不敢)(?:反映|投诉|举报|打|来)|首次(?:反映|投诉)|(?:投诉|举报|报警|反映)(?:电话|热线|无门|渠道|方式)$"
)
# 办证跑了三趟 is an errand of one's own; nobody was told of anything.
_ERRAND = re.compile(r"去过|跑了|跑过")
_AT_THE_COUNTER = re.compile(r"窗口|大厅|政务(?:服务)?中心|材料|手续|证明|办[^，。]{0,6}证|办理")
_NOTHING_CAME = re.compile(
    r"没有?(?:人)?(?:回复|答复|结果|下文|解决|处理|反应|消息)|未(?:果|解决|处理|回复|答复)|不了了之|石沉大海"
)

_URGENT = re.compile(
    r"(?:紧急|十万火急|火烧眉毛|急急急|急急|加急|特急|着急|很急|非常急|急需|急用|急盼|迫在眉睫|刻不容缓|人命关天|生命危险|安全隐患|随时(?:可能|都|会|有)|危险|马上就要|立刻|立即|马上|尽快|赶快|赶紧|急求|火速)"
)
# Somebody is to come at once; it cannot wait; harm was near or threatens.
_AT_ONCE = (
    r"(?:赶紧|赶快|抓紧|(?<!尽)快点?|马上|立刻|立即|火速)(?:给我?们?|请|叫|让|再)?(?:派|安排)?(?:个|点|几个)?"
    r"(?:人(?!命)|来(?:人|个人|修|看|救|处理|管)|过来|到现场|抢修|抢险|救|帮(?:帮|我们)|恢复(?:供|通))"
    r"|等不(?:得|起|及)|(?:不能|没法|经不起)再(?:等|拖)|拖不起|耽误不起|急(?:死|坏|疯)|心急如焚|燃眉之急|等米下锅|揭不开锅"
    r"|等[^，。！？]{0,4}钱(?:救命|看病|治病|手术)|救命钱"
    r"|差点(?:儿|就|没)?[^，。！？]{0,3}(?:砸|伤到|伤着|撞(?!车)|摔|电到|压到|掉(?:进|下))|(?:要|会|得|迟早|早晚)要?出(?:人命|大事)"
    r"|万一[^，。！？]{0,6}?(?:炸|塌|砸|倒|掉下|爆|漏电|着火|失火)|快要?(?:倒|塌|掉下来|砸下来|断)了|冒火花|漏电|裸露的?电线|电线裸露"
    r"|[堤坝][^，。！？]{0,4}[塌溃决垮]|漫[到进上][^，。]{0,4}[村家屋路]"
    r"|着火|失火|起火|(?:燃气|煤气|天然气)泄漏|漏气|爆炸|有人(?:落水|触电|被困|晕倒|昏迷)|被困|坍塌|塌方|掉下来砸|昏迷|快不行|救命(?=[啊呀哪！，。]|$)"
)
_URGENT_STRONG = re.compile(
    rf"(?:{_AT_ONCE})|"
    r"(?:十万火急|急急|紧急|加急|特急|迫在眉睫|刻不容缓|人命关天|生命危险|随时(?:可能|都|会|有)|急需|急求|火速|非常急|很急|着急|"
    r"停水|停电|断水|断电|没水|没电|没暖气|停暖|停气|断气|井盖(?:丢|没|破|缺|塌)|塌陷|坠落|脱落|漏电|电线(?:掉|垂|断)|困在电梯|困在)"
)
_NEGATED = re.compile(r"(?:不|没有?|并不|不算|不太|无)$")


@dataclass(frozen=True, slots=True)
class Flags:
    """What was found; None where the text does not say so."""

    on_behalf: Span | None
    anonymous: Span | None
    confidential: Span | None
    reported_before: Span | None
    urgency: Urgency
    urgency_cue: Span | None
    duration: Duration | None


def find_flags(text: str, kind: AppealType | None = None) -> Flags:
    """All the yes-or-no facts of a folded text on an appeal of some kind.

    Where somebody praises, reports or suggests, a relative in the text is only part of the story.
    """
    urgency, cue = _urgency(text)
    own = kind in (AppealType.PRAISE, AppealType.REPORT, AppealType.SUGGESTION)
    if kind in (AppealType.PRAISE, AppealType.SUGGESTION):
        urgency, cue = Urgency.NORMAL, None
    return Flags(
        on_behalf=_first(_ON_BEHALF, text, 0.85) or (None if own else _other_adult(text)),
        anonymous=_first(_ANONYMOUS, text, 0.9, _NOT_ANONYMOUS),
        confidential=_confidential(text),
        reported_before=_reported(text),
        urgency=urgency,
        urgency_cue=cue,
        duration=find_duration(text),
    )


def whom(told: str) -> str:
    """The one a matter is told for, of the words that say so: 我邻居王奶奶 of 我是帮我邻居王奶奶问."""
    hit = _WHOM.search(fold(told))
    return told[hit.start() : hit.end()] if hit else told


def _other_adult(text: str) -> Span | None:
    hit = _OTHER_ADULT.search(text[:120])
    if hit is None or _WE_OURSELVES.search(text[: hit.start()]):
        return None
    if _BESIDE_THE_MATTER.match(text, hit.end()) or (hit.start() > 60 and "问" not in hit.group()):
        return None
    start = (
        hit.start() + len(hit.group()) - len(hit.group().lstrip("，。！？；：\n 请问咨询一下反映"))
    )
    return span(text, start, hit.end(), 0.6)


def _first(
    rule: re.Pattern[str], text: str, sure: float, unless: re.Pattern[str] | None = None
) -> Span | None:
    for hit in rule.finditer(text):
        if unless is None or not unless.search(text, max(0, hit.start() - 4), hit.start()):
            return span(text, hit.start(), hit.end(), sure)
    return None


def _confidential(text: str) -> Span | None:
    if _SAYS_SO.search(text) is None:  # what may stand before it is tried at every character
        return None
    for hit in _CONFIDENTIAL.finditer(text):
        around = text[hit.start() : hit.end() + 4]
        if not _NOT_CONFIDENTIAL.search(around):
            return span(text, hit.start(), hit.end(), 0.85)
    return None


def _reported(text: str) -> Span | None:
    for hit in _REPORTED.finditer(text):
        if _NOT_REPORTED.search(text, max(0, hit.start() - 3), hit.end()):
            continue
        if _ERRAND.match(hit.group()) and _AT_THE_COUNTER.search(text):
            continue
        unheard = _NOTHING_CAME.search(text, hit.start(), min(len(text), hit.end() + 40))
        return span(text, hit.start(), hit.end(), 0.9 if unheard else 0.75)
    return None


def _urgency(text: str) -> tuple[Urgency, Span | None]:
    """How soon, by the words; whether it is an emergency is for ``risk`` to say."""
    for hit in _URGENT_STRONG.finditer(text):
        if not _NEGATED.search(text, max(0, hit.start() - 3), hit.start()):
            return Urgency.URGENT, span(text, hit.start(), hit.end(), 0.75)
    hit_weak = _URGENT.search(text)
    if hit_weak:
        return Urgency.NORMAL, span(text, hit_weak.start(), hit_weak.end(), 0.4)
    return Urgency.NORMAL, None
