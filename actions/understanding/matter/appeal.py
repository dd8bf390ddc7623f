"""The kind of appeal: 咨询 求助 投诉 举报 建议 表扬, or none for talk without a matter.

Three voices are summed as log-odds. A linear model of our own hears how a text is written, long
letters included. Cues hear what the writer names it (我要举报), how sentences ask (怎么办理？) and what
they tell of (grievance, breach, gratitude), the first sentence (a letter's title) and the last ones
above all. The intent classifier's ranking counts as much as it is sure, less for letters longer
than what it learnt from.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from actions.understanding.fields import AppealType
from actions.understanding.learning.linear import features, load_model
from actions.understanding.matter.asides import without_asides
from actions.understanding.matter.category import NOTHING, Category
from actions.understanding.text.sentences import Sentence, sentences

C, H, T, R, S, P = (
    AppealType.CONSULT,
    AppealType.HELP,
    AppealType.COMPLAINT,
    AppealType.REPORT,
    AppealType.SUGGESTION,
    AppealType.PRAISE,
)
INTENTS: dict[str, AppealType] = {
    "ask_policy": C,
    "seek_help": H,
    "emergency": H,
    "despair": H,
    "complain": T,
    "threat": T,
    "report_violation": R,
    "make_suggestion": S,
    "give_praise": P,
}
NO_MATTER = "无"
"""The linear model's class for talk without a matter."""
# What is asked in need but is also a grievance is registered as a complaint.
_PRIOR = {H: -0.2, R: 0.3, C: 0.2}
_MODEL_WEIGHT, _CUE_WEIGHT = 0.7, 0.5


@dataclass(frozen=True, slots=True)
class Appeal:
    """The kind with its share 0..1 among the kinds, and all shares, highest first."""

    kind: AppealType | None
    confidence: float
    ranking: tuple[tuple[AppealType, float], ...]


@dataclass(frozen=True, slots=True)
class _Cue:
    rule: re.Pattern[str]
    weights: tuple[tuple[AppealType, float], ...]
    most: int


def _cue(pattern: str, most: int = 1, /, **weights: float) -> _Cue:
    kinds = {"c": C, "h": H, "t": T, "r": R, "s": S, "p": P}
    return _Cue(re.compile(pattern), tuple((kinds[k], w) for k, w in weights.items()), most)


# Anywhere in the text, each counted at most so many times.
_ANYWHERE = (
    _cue(r"我(?:们)?(?:要|想|来)?(?:实名|匿名)?举报|(?:实名|匿名|特此|现|再次)举报|举报(?:人|信|一家|一个|某|如下|内容|他|该|有人|：|你)", r=2.6),
    _cue(r"我(?:们)?(?:要|想|来)?投诉|(?:强烈|再次|实名|特此|现)投诉|投诉(?:一下|他|该|你们|物业|：|如下|内容)", t=2.2),
    _cue(r"(?:我|本人|想|我们)?(?:有(?:个|一个|几个|几点|一点|以下)?(?:小)?(?:建议|提议)|提(?:个|几个|一个|点|几点|出|以下)(?:小)?(?:建议|意见)|(?:强烈|特此|个人|我|我们|本人|在此|现|特)建议|建议(?:：|如下|在|将|把|增|设|尽快增|对|政府|市|区|县|相关|有关|加|取消|开通|能|可以|该|改|延|修|优|完|统|公|学|规|推|出|建|给|由|实|从|各|应|尽|组|多|采|限|恢|扩|参|引|让|适|进|按|通|调|简|合|考虑))|一些建议|几点建议|金点子|合理化建议", s=2.4),
    _cue(r"(?:请问|咨询|想问|问一下|问下|请教|想了解|了解一下|想知道|想咨询|打听|麻烦问)", c=1.7),
    _cue(r"求助|帮帮(?:我|我们|忙)|救救|求求(?:你们|您|政府|领导)|请(?:政府|领导|社会|好心人)?帮(?:帮|助|忙|我)|恳请[^，。]{0,8}帮|走投无路|孤立无援|求救|希望(?:得到|能得到)[^，。]{0,6}帮助|请求(?:帮助|援助|救助)", h=1.8),
    _cue(r"表扬|点赞|锦旗|表示(?:衷心|由衷|诚挚)?(?:的)?感谢|(?:特此|特别|非常|衷心|由衷|十分|万分|真诚)感谢(?!您的(?:阅读|回复)|领导(?:百忙|在百忙)|您(?:百忙|在百忙))|感谢信|值得(?:表扬|学习|称赞)|为[^，。]{1,12}点(?:个)?赞|好人好事|拾金不昧|大力表彰", p=2.0),
    _cue(r"扰民|噪音|噪声|恶臭|臭味|异味|油烟|脏乱差|乱停|乱放|乱扔|乱收费|占道|不作为|推诿|踢皮球|敷衍|态度(?:恶劣|极差|很差|差|不好|蛮横|傲慢)|服务(?:态度)?(?:差|太差|极差|恶劣)|不予理睬|置之不理|无人(?:管|问津|处理|监管|清理)|没人(?:管|处理|理|修|清理)|受不了|忍无可忍|苦不堪言|怨声载道|民不聊生|叫苦不迭|严重影响|深受其害|无法(?:入睡|休息|正常|忍受|出行)|睡不(?:着|好)|不堪其扰|质量(?:问题|差|太差)|偷工减料|霸王条款|欺骗|忽悠|坑(?:人|害|消费者|业主)|不退(?:款|钱|费)?|拒(?:绝|不)(?:退|赔|处理|履行|承认|支付)|拖欠|克扣|欠薪|逾期|烂尾|延期交房|虚假宣传|维权|讨(?:个)?说法|强行|强制|强迫|侵害|侵犯|损害|气愤|愤怒|可恶|太过分|过分|坑蒙|漏水|破损|塌陷|坏了|停水|停电|积水", 4, t=0.55),
    _cue(r"违法|违规|违章|违建|非法|无证|无照|涉嫌|私自|擅自|偷(?:税|排|倒|采|挖|盗)|逃税|贪污|受贿|行贿|腐败|挪用|侵吞|套取|骗取|骗保|以权谋私|优亲厚友|滥用职权|赌博|嫖|卖淫|色情|传销|诈骗|黑(?:作坊|诊所|网吧|车|煤窑|工厂|砖窑|加油站|恶势力|社会)|假(?:冒|货|药|酒|烟|证)|伪劣|有偿补课|违规补课|占用(?:基本)?农田|占用耕地|滥砍|盗采|电鱼|非法捕|吃空饷|低保(?:户)?(?:有车|开车|不符)|吸毒|高利贷|套路贷|关系户|暗箱操作|围标|串标|造假|瞒报|偷拍", 4, r=0.5, t=0.12),
    _cue(r"(?:请|希望|要求|望|恳请)[^，。！？]{0,14}(?:严查|查处|彻查|严惩|取缔|打击|依法处理|绳之以法|严肃处理|立案|调查处理|惩处|追究)|查处|严惩|彻查", 2, r=0.7, t=0.25),
    _cue(r"(?:请|希望|要求|望|恳请|请求|强烈要求)[^，。！？]{0,14}(?:解决|处理|整改|整治|治理|修复|维修|清理|退款|退还|赔偿|给(?:个|予)?(?:说法|答复|交代)|还(?:我|我们)|协调|制止|督促|介入|重视)", 2, t=0.5, h=0.2),
    _cue(r"(?:请|希望|麻烦|盼|恳请)[^，。！？]{0,8}(?:派人|上门|来人|出面)[^，。！？]{0,6}(?:调解|处理|解决|看看|看一下|管管|查|协调|维修|修)", t=0.8, h=0.3),
    _cue(r"(?:增设|增加|开通|加装|设置|设立|新增|增开|延长|优化|完善|推广|建立|推行|改善|拓宽|规划|扩建|改造|安装|修建|加强|提高|提升|统一|规范|放开|出台|试点|引进|打造)", 4, s=0.25),
    _cue(r"(?:如果|要是|若)[^，。]{2,20}(?:就(?:更)?好|会更好|更方便|更合理)|(?:应该|应当|可以|不妨|最好)(?:考虑|增|设|在|把|将|对|采取|学习|借鉴|规定|统一|加强|推)|借鉴|参考(?:其他|外地|兄弟)|为了(?:方便|更好|美化|提升|建设|改善)|有利于|便于|方便(?:市民|群众|居民|百姓|老百姓|大家|乘客)|人性化|更加(?:合理|方便|完善)|望采纳|请采纳|供参考|采纳", 3, s=0.7),
    _cue(r"(?:怎么|如何|怎样|咋)(?:办理?|申请|申领|查询?|报名|缴|补办|补交|补缴|领取?|计算|算|交|处理|收费|转|落户|开|享受|认定|界定|规定|操作|报销|补|提取|使用|选|安排)|什么(?:条件|手续|材料|流程|政策|标准|时候|时间|资料|程序|要求|证件|部门|规定|样的)|哪些(?:条件|手续|材料|政策|部门|资料|证件|要求|地方)|(?:在|到|去|找)哪(?:里|儿|个部门|办)|多少(?:钱|年|天|岁|时间|人|分|费用)?|多久|几年|几岁|何时|能否(?:办|申|报|享|领|转|落|参|提|补|用|买|入|上|迁|异地)|可以(?:办|申|报|享|领|转|落|参|提|补|用|买|入|上|迁|异地)[^，。？]{0,14}(?:吗|么|嘛|不)|是否(?:有|可以|能|需要|属于|符合|会|已|应该|合理|合法|还|可|必须|允许|支持|享受|要|在|包括|规划|计划|有效|影响)|有没有(?:相关|什么|政策|规定|补贴|计划|规划|时间|办法)|是不是|还是", 4, c=0.55),
    _cue(r"(?:吗|呢|么|嘛|吧)?[？?]", 3, c=0.4),
    _cue(r"([要能可算行用该归给有])[不没]\1|[^，。]{3}(?:不|没|啥|咋办|哪儿?|几次|好多)[，。？！ ]*$|啥时候|归谁管|找谁|咋(?:办|弄|搞|整|申请|查)", 2, c=0.5),
    _cue(r"匿名|(?:不|唔)(?:留名|署名|具名|便说名字|方便说名字)|(?:别|不要|唔好)(?:说|讲|透露)[^，。]{0,6}我|暗访|(?:夜里|晚上|突击|悄悄)来查|不要提前通知|手上有|有照片|有录像|有截图|有证据|拍(?:了|下|到)", 2, r=0.7),
    _cue(r"(?:政策|规定|条件|流程|手续|标准|规划|补贴|资格|材料|细则|通知|文件)", 3, c=0.25),
    _cue(r"(?:困难|贫困|残疾|重病|大病|癌症|白血病|瘫痪|低保|孤儿|单亲|丧失劳动|无力(?:支付|承担|负担)|负债|举目无亲|救助|无家可归|走失|丢失|遗失|找不到)", 3, h=0.4),
    _cue(r"辛苦(?:了|你们了)|(?:要|来|必须|得|不得不|想)(?:好好)?(?:夸|赞)|赞(?:一个|下|一下)|好样的|真牛|[局所院]牛|致谢|感激|一百分|名字(?:都|也)[没冇](?:有)?(?:留|说)|(?:不肯|没有?|没)收(?:我们?|过)?一分|分文不取|心里(?:一下)?(?:就)?(?:暖|热)|(?:帮|替)(?:我|我们|他|她)[^，。]{0,10}(?:找(?:到|回)|送回|修好)(?:了|来)|(?:救|送|背|抱|扶)(?:了)?(?:起来|上来|回来|到)[^，。]{0,8}(?:就走|没留|才走|送医院)", 3, p=0.9),
    _cue(r"难道|凭什么|(?:合理|合法|合规|合适|对|公平|应该|正常)(?:的)?(?:吗|么)[？?]|有(?:这个|这种)?权(?:力|利)[^，。]{0,8}[吗么]|就(?:可以|能)(?:想|随便|这样)|(?:有|还有)没有(?:王法|天理|人管|人敢)|谁(?:来)?(?:管|负责|赔)|什么道理|讲不讲理|为(?:什么|啥)(?:别|还|就|非|要分|分|年年|总|不(?:能|给|管|让))|(?:说不过去|岂有此理|欺负人|不是人)|何时(?:才)?(?:能)?(?:解决|是个头)", 2, t=0.8, c=-0.45),
    _cue(r"(?:热心|耐心|及时|周到|尽职尽责|认真负责|服务(?:态度)?(?:好|热情|周到)|态度(?:好|和蔼|热情)|感动|暖心|敬业|辛苦了|贴心|高效|为民|好样的)", 4, p=0.6),
)  # fmt: skip

# In the first sentence (or title) and in the last ones.
_OPENING = (
    _cue(r"^[^，。]{0,6}(?:咨询|请问|询问|请教|问)|(?:的)?(?:咨询|疑问|疑惑)$|(?:问题的?|有关|相关)?咨询$", c=1.5),
    _cue(r"(?:吗|呢|么|何时|怎么办|多少|多久|哪里|如何|什么时候|什么|是否.{1,20}|能否.{1,20}|能不能.{1,20})[？?]?$", c=1.0),
    _cue(r"^[^，。]{0,8}(?:建议)|(?:的)?(?:建议|提议|意见|设想|思考)$|^关于.{2,30}的(?:建议|提案)", s=2.0),
    _cue(r"^[^，。]{0,6}(?:投诉|反映|控诉)|(?:的)?投诉$|问题$", t=0.9),
    _cue(r"^[^，。]{0,8}举报|(?:的)?举报$", r=2.0),
    _cue(r"^[^，。]{0,6}(?:求助|求救|请求帮助|帮帮|救救)|(?:的)?求助$", h=1.8),
    _cue(r"^[^，。]{0,6}(?:表扬|感谢|致谢|点赞|好评)|(?:的)?(?:感谢信|表扬信|表扬|感谢)$", p=1.8),
    _cue(r"扰民|噪音|乱|差|违|不(?:作为|合理|处理|公平|给|退|发|让)|拖欠|无人管|没人管|太|竟然|居然|强制|严重|欺骗|坑|质疑", t=0.6),
)  # fmt: skip
_CLOSING = (
    _cue(r"(?:吗|呢|么|多少|多久|哪里|怎么办|什么时候|何时|能否.{1,30}|是否.{1,30})[？?！。]*$", c=0.8),
    _cue(r"(?:请|望|希望|盼)[^，。]{0,10}(?:解答|答疑|告知|回答|解惑|指点|明示|给予答复|给个答复|解释)", c=0.7),
    _cue(r"(?:望|请|希望)[^，。]{0,8}(?:采纳|考虑|斟酌|参考|研究)", s=1.0),
    _cue(r"(?:请|望|希望|恳请|要求|强烈)[^，。]{0,16}(?:查处|严查|严惩|取缔|彻查|打击|依法)", r=0.7, t=0.3),
    _cue(r"(?:请|望|希望|恳请|要求|强烈)[^，。]{0,16}(?:解决|处理|整改|重视|管管|管一管|介入|协调|做主|主持公道|给个说法|维护)", t=0.7),
)  # fmt: skip
_CHINESE = re.compile("[\u4e00-\u9fff][^\u4e00-\u9fff]*[\u4e00-\u9fff]")
_COURTESY = re.compile(
    r"尊敬的[^，。：！\n]{0,14}|(?:您|你|们)好|百忙之中|感谢您?(?:的)?(?:阅读|回复|关注|关心|支持)|谢谢(?:您|你|领导|了)?|(?:领导|您|你)们?(?:都)?辛苦了?"
)


def judge_appeal(
    text: str, ranking: Sequence[tuple[str, float]] = (), category: Category = NOTHING
) -> Appeal:
    """The kind of appeal of a folded text.

    Args:
        text: the folded text.
        ranking: the classifier's intents with confidences; may be empty.
        category: what the text is about.
    """
    if _CHINESE.search(text) is None:
        return Appeal(None, 1.0, ())
    whole, text = len(text), without_asides(text)
    cues, evidence = _cue_scores(text)
    intents, dialogue = _intent_scores(ranking)
    model = load_model("appeal")
    written = dict(
        zip(model.classes, model.scores(features(text, category.path)).tolist(), strict=True)
    )
    talk = written.pop(NO_MATTER) - max(written.values()) - 0.5 * evidence
    talk += 2.0 * dialogue - (1.0 if intents else 0.0) - (0.5 if category.topical else 0.0)
    talk -= len(text) / 40
    if talk > 0:
        return Appeal(None, round(1 / (1 + math.exp(-talk)), 3), ())
    # A letter is longer than what the intent classifier learnt from: it is then heard less. It has
    # read the asides too.
    trust = (1.6 if len(text) < 60 else 1.2 if len(text) < 150 else 0.9) * len(text) / whole
    scores = {
        kind: _PRIOR.get(kind, 0.0)
        + _MODEL_WEIGHT * written[kind.value]
        + _CUE_WEIGHT * cues[kind]
        + trust * intents.get(kind, 0.0)
        for kind in AppealType
    }
    top = max(scores.values())
    powers = {kind: math.exp(score - top) for kind, score in scores.items()}
    total = sum(powers.values())
    order = sorted(powers, key=lambda kind: -powers[kind])
    shares = tuple((kind, round(powers[kind] / total, 3)) for kind in order)
    return Appeal(shares[0][0], shares[0][1], shares)


def _intent_scores(ranking: Sequence[tuple[str, float]]) -> tuple[dict[AppealType, float], float]:
    """Log-odds by kind from the ranking, and the share of intents that carry no matter."""
    mass = dict.fromkeys(AppealType, 0.0)
    dialogue = 0.0
    for intent, confidence in ranking:
        kind = INTENTS.get(intent)
        if kind is None:
            dialogue += confidence if intent != "nlu_fallback" else 0.0
        else:
            mass[kind] += confidence
    if sum(mass.values()) < 0.05:
        return {}, dialogue
    return {k: math.log((m + 0.1) / 0.3) for k, m in mass.items()}, dialogue


def _cue_scores(text: str) -> tuple[dict[AppealType, float], float]:
    """Scores by kind and how much evidence of any kind there is."""
    plain = _COURTESY.sub(lambda m: " " * len(m.group()), text)
    scores = dict.fromkeys(AppealType, 0.0)
    # A long letter names more things in passing: its cues count less each.
    damp = 1.0 if len(text) < 150 else 0.85 if len(text) < 400 else 0.7
    evidence = 0.0
    for cue in _ANYWHERE:
        hits = 0
        for _ in cue.rule.finditer(plain):
            hits += 1
            if hits >= cue.most:
                break
        if hits:
            for kind, weight in cue.weights:
                scores[kind] += weight * hits * damp
                evidence += abs(weight) * hits
    parts = [part for part in sentences(plain) if not part.courtesy]
    for cues, chosen in ((_OPENING, parts[:1]), (_CLOSING, parts[-2:])):
        for part in chosen:
            evidence += _add(scores, cues, plain, part)
    return scores, evidence


def _add(scores: dict[AppealType, float], cues: Sequence[_Cue], text: str, part: Sentence) -> float:
    said = text[part.start : part.end].strip(" 。，！")
    evidence = 0.0
    for cue in cues:
        if cue.rule.search(said):
            for kind, weight in cue.weights:
                scores[kind] += weight
                evidence += weight
    return evidence
