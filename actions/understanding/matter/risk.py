"""Danger in a text: to life (emergency), to others (threat), to oneself (despair).

Scores are what cue words say less what speaks against them (negation, the past, hearsay, idiom:
热死了, 跳楼价), joined by how the text is written and what the intent classifier heard. They serve to put a text before a person, so a miss costs more than a false alarm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from actions.understanding.fields import Alarm, Risk
from actions.understanding.learning.linear import features, load_model
from actions.understanding.matter.rule_asked import asks_of_a_rule
from actions.understanding.people.contact import SURNAME

THRESHOLD = 0.5
NO_DANGER = "none"
"""The linear model's class for everything else."""
_MODEL_TRUST, _RANKING_TRUST = 0.9, 0.8
_NOISE = 0.1
_ENOUGH = 8  # characters from which the way a text is written says something without any cue
_MERE = ("complain", "ask_policy", "make_suggestion", "report_violation", "give_praise")
_MOST_DOUBT = 0.45
# Who writes at such length, and as people write who are in no danger, tells what could happen or
# did: one cue alone (万一砸到人怎么办) is not enough.
_LONG, _CALM, _OF_A_LONG_STORY = 150, 0.95, 0.8
_SEEN_TO = 0.4
# So many characters that name nobody and hold no cue (降压药 络活喜) say nothing of how one feels.
_WORDS_ALONE = 9
# Words of abuse alone (你们就是一群废物) are answered calmly; they are no threat.
_MERELY = 0.4
# Nor is a text without a threatening word in which nobody says what they will do (不知道归谁管).
_NO_THREAT_IN_WORDS = 0.8
INSULT = re.compile(
    r"废物|饭桶|蠢货|蠢猪|猪脑|猪头|脑残|白痴|弱智|垃圾|混蛋|王八|畜生|不要脸|狗屁|傻[逼比叉子]|吃干饭|他妈|[草操日]你|骗子|没用的东西|什么东西|狗东西|良心"
)
_HESITATES = re.compile(
    r"该不该(?:说|讲|问|反映|投诉|举报)|不知道(?:该)?(?:怎么|从哪|咋)(?:里|儿)?(?:说|讲|反映|开口)|不好意思(?:说|讲)"
)
_I_WILL = re.compile(r"(?:我|我们|老子|俺)(?:就|要|会|去|今天|明天|非|一定|必须)|等着|小心|走着瞧")
_LONGEST_SENTENCE = 200
"""Characters before a cue that still speak of it; a transcript may have no full stop at all."""
_CHINESE = re.compile("[\u4e00-\u9fff]{2}")


@dataclass(frozen=True, slots=True)
class _Cue:
    rule: re.Pattern[str]
    weight: float


def _cues(*rows: tuple[str, float]) -> tuple[_Cue, ...]:
    return tuple(_Cue(re.compile(pattern), weight) for pattern, weight in rows)


_IDIOM = re.compile(
    r"(?:(?:经常|总是?|老是?|时常|常常|三天两头|隔三[差岔]五|动不动|多次|屡次|屡屡|频繁|好几次)[^，。！？]{0,3}(?:困|关|卡)住?(?:人|我|业主|居民|老人|孩子|小孩)|(?:困|关|卡)住?(?:过|了)?(?:人|我们?|业主|居民|老人|孩子|小孩)(?:都|已经|过|了)*[两三四五六七八九十几好0-9]+多?[次回]|(?:水|车子?|信号|声音?|画面|钱|货|证|成绩|结果|快递)(?:都|也|就|还|根本|一直)*(?:流|放|开|打|取|拿|倒|退)?出不来|出不来(?:热?水|电|车|信号|声|图|货|钱|结果|成绩)|想死(?:我|你|你们|人)了?|跳楼(?:价|大甩卖|甩卖|促销|机)|(?:热|冷|冻|吵|烦|臭|气|累|困|急|饿|渴|晒|笑|愁|痒|疼|难受|无聊|呛|熏|冤|恶心|坑|堵|慢|贵|脏|黑|忙|晕|苦|痛|担心|羡慕|爱|丑|难吃|恨)死(?:了|我|人|个人|啦|宝宝|掉)?|要死(?:了)?(?:热|冷|吵|烦|累|困)|"
    r"死(?:活|心|板|角|党|机|循环|规定|工资|皮|赖|路|胡同|贵|慢|沉|等|扣|缠|期|鱼|猪|鸡|树|水|账|灰|亡证明|亡赔偿|者家属)|该死|打死(?:都|也|我)不|往死里|死不(?:承认|认账|悔改|要脸|改)|半死不活|死气沉沉|炸(?:鸡|串|薯|油条|酱|街|药厂|锅|裂|了锅|土豆)|油炸|火(?:锅|车|爆|热|腿|龙果|葬|化)|爆炸(?:头|性|式|新闻)|自杀式|(?:还|冲|对|朝|给|光|直|跟)(?:着)?(?:我|人|你|我们|病人|家属|老人|顾客|乘客)?(?:还|直|光)?翻(?:了?个|着)?白眼|(?:站牌|护栏|栏杆|路灯|灯杆|电线杆|标志牌|路牌|指示牌|隔离[栏墩桩]|石墩|垃圾桶|消防栓|道闸|大门|围墙|马路牙子|路牙石?|路沿石?|[地瓷墙]砖|井盖|盲道|路面|花坛|车窗|屋顶)[^，。]{0,4}被(?:车)?(?:撞|砸|压)(?:倒|坏|歪|断|弯|烂|碎)?|(?:厂子?|工厂|烟囱|锅炉|车间?|货车|客车|公交|排气管|窑|饭店|烧烤摊?)[^，。]{0,5}冒(?:出|着)?(?:黑|浓|白|大|黄)烟|跳河边|跳广场舞|跳绳|要命(?:的是)?|不要命|没命|拼命|卖命|救命(?:恩|稻草|药|钱|的)|消防(?:救援|通道|栓|设施)|防火|灭火器|打火机|杀(?:菌|毒|虫|价|青|熟|猪|鸡|羊|鱼|鸭|牛)|宰客|砍(?:树|价|伐|柴|掉|头息)|砍了.{0,4}树)"
)
# Nobody threatens with the revenge they are afraid of (怕他报复我).
_FEARED = re.compile(r"(?:怕|担心|害怕|会不会|以免|免得|万一)[^，。！？]{0,8}?(?:打击)?报复")
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
# A hole in a road is pressing, and no emergency while nobody has fallen into it.
_HOLE = re.compile(
    r"(?:路面?|马路|道路|人行道|盲道|地砖|路边|路口|车道|村道|巷子|井盖)[^，。房楼屋墙桥坝堤山人车埋]{0,6}塌了"
)
_FELL_IN = re.compile(
    r"(?<!差点)(?<!差点儿)(?<!差一点)(?<!险些)(?:掉|陷|栽|摔|翻|埋|压|伤)(?:了|进|下|到|住|在|着|倒|伤)"
)
# Nor with what they want done (我要他全退).
_WANTED = re.compile(
    r"(?:要|想|让|叫|请)(?:他|她|你|他们|她们|你们|物业|公司|商家)[^，。！？]{0,5}?(?:退|赔|改|修|还|道歉|解决|处理|管)"
)
# What somebody does to the writer's own things is suffered, not threatened (把我家墙砸了个洞).
_SUFFERED = re.compile(
    r"(?<!我)(?<!我们)(?:把|将|给)(?:我|俺|咱|业主|居民|村民|人家|老百姓)[^，。！？]{0,10}?(?:砸|堵|围|烧|点|拆|扒|撬|泼|打断|挖断|炸)(?:了|掉|坏|断|毁|烂|住|死|开)?"
    # So is what is done at one's door, where nobody says what they will do (我家门口修路把水管挖断了).
    r"|(?:我|俺|咱)们?(?:家|店|小区|村|单位|学校|厂)的?(?:门口|门前|楼[上下]|旁边|附近|对面|前面|后面|隔壁|院子|房子|车)"
    r"[^，。！？我要就会去想]{0,12}?(?:砸|堵|拆|扒|撬|泼|打断|挖断)(?:了|掉|坏|断|毁|烂|住|死|开)"
    r"|防(?:止)?走[失丢]"
)
_PAST = re.compile(
    r"(?:去年|前年|前几年|以前|之前|曾经?|那年|当年|上个?月|上次|多年前|年前|年的时候|\d{4}年|历史上|已经(?:扑灭|解决|处理))"
)
_UNREAL = re.compile(
    r"(?:如果|万一|假如|要是|一旦|避免|防止|预防|以防|怕|担心|容易|可能|会不会|恐怕|万一|隐患|风险|怎么办理|咨询|请问|演练|预案|宣传|知识|培训|设施|报警器|险情|工伤|保险|投保|赔付)"
)
_NEGATED = re.compile(
    r"(?:没有?|并?未|不会|不是|别|不要|不想|不至于|绝不|不敢|无)[^，。！？\n]{0,3}$"
)
# What comes and goes, or once was, does not happen now (经常晕倒, 有人摔伤过); violence that comes
# again and again is danger all the same.
_HABIT = re.compile(
    r"经常|常常|时常|总是|老是|有时候?|时不时|三天两头|隔三[差岔]五|动不动|容易|多年|常年|长期"
)
_ONCE = re.compile(r"(?:摔|跌|滑|撞|砸|烫|掉|落|淹|烧|着|伤|晕|病)[^，。！？]{0,3}过(?![来去不])")
_CREATURES = re.compile(r"鱼|死(?:猪|鸡|鸭|鹅|羊|牛|狗|猫|虾|鸟|老鼠)")
"""What floats in rivers and is caught there is no person."""
_VIOLENCE = re.compile(r"打|砍|捅|刀|追|跟踪|闯")
_HEARSAY = re.compile(r"(?:听说|新闻|网上|据说|看到报道|电视|网传|别人说)")

_EMERGENCY = _cues(
    (r"(?:(?<!不)(?<!没)着|失|起)(?:大)?火(?:了|啦|，|。|！|$|灾)|大火|火灾|(?:烧|着)起来|全着了|火苗|火光|冒(?:出)?(?:浓烟|黑烟|大烟|火)|浓烟滚滚", 0.6),
    (r"(?:燃气|煤气|天然气|液化气|氨气|氯气|毒气)(?:管道?)?[^，。]{0,6}(?:泄漏|泄露|漏了|在漏|漏气)|(?:漏|泄漏|泄露)(?:着|了)?(?:燃气|煤气|天然气|液化气)|[气油]管(?:道|子)?[^，。]{0,6}断了|煤气味|燃气味|煤气中毒|一氧化碳|漏油了", 0.7),
    (r"爆炸|炸了|炸响|轰的?一声|巨响", 0.5),
    (r"昏迷|昏过去|晕倒|晕过去|休克|没有?呼吸|没有?心跳|心脏病(?:犯|发作)|心梗|中风|脑溢血|大出血|流了?(?:好多|很多|一地)血|(?:全|都)是血|止不住血|快不行|不省人事|叫不醒|叫(?:她|他)?不应|不说话了|嘴(?:巴)?歪|抽搐|口吐白沫|脸(?:发紫|色发青)|喘不上气|噎住|呛住|中毒|误食|(?:喝|吃|吞)了?[^，。]{0,4}(?:农药|百草枯|敌敌畏|除草剂|老鼠药|耗子药|消毒液)|服毒|吞了|溺水|落水|掉(?:进|到|下)[^，。]{0,4}(?:河|水|江|湖|井|坑|塘|雪)|触电|电到人|被(?:砸|压|撞|捅|蛇咬|卷)|砸到人(?!行道)|压在|坠楼|摔下(?:去|来|楼)|割腕了|卡在|夹住|动不了|一动不动|不能动|说不出话|没(?:有)?知觉|失去意识|倒(?:在|下)[^，。]{0,6}(?:地上|门口|路边|马路|不起|没反应)|突然倒(?:下|地)|半边身子|翻白眼|浑身发抖|脸(?:都)?憋|挣扎|胸口(?:疼|痛)", 0.6),
    (r"(?:被困|困在|出不来|关在|锁在)[^，。]{0,8}(?:电梯|火|水|屋|里面|车|山|房间)?|电梯(?:里)?(?:困|关)(?:了|着|住)?[^，。]{0,3}(?<![没无])人|(?:困|关)在电梯|迷路.{0,12}(?:没电|天黑)", 0.55),
    (r"(?:正在|现在|马上|快来|赶紧来|又在|刚才)[^，。]{0,10}(?:打人|砍人|杀人|行凶|抢劫|持刀|打架|斗殴|被打|追打|家暴|打我|撬(?:锁|门))|持(?:刀|械)|(?:拿|举|带|握)着?(?:菜)?(?:刀|斧头|锤子|棍子|枪)|砍人|捅(?:了)?人|杀人了|抢劫|绑架|劫持|闯进|(?:他|有人)(?:在)?(?:打|追|跟踪|砸)我|躲在(?:厕所|床底|柜|房间|衣柜)|救命|救救我|救人", 0.6),
    (r"(?:要|想|往下|准备)跳(?:楼|下去|河|江|桥)?[^，。]{0,4}$|(?:有人|邻居|他|她)[^，。]{0,10}(?:要跳|往下跳|想不开|轻生)|(?:在)?(?:窗台|阳台|楼顶|天台|栏杆|桥)(?:上|外|边)?[^，。]{0,10}(?:站|坐|爬|要跳)[^，。]{0,4}(?:着|在|到|要|外)|告别短信", 0.65),
    (r"坍塌|塌方|倒塌|垮(?:塌|了)|塌了|山体滑坡|泥石流|决堤|冲开|房子(?:要)?塌|楼(?:要)?塌|地面塌陷|踩踏|高压线(?:掉|断|落)|电线(?:掉|断)[^，。]{0,6}(?:地上|水里|路上)|水(?:还在|已经)?(?:涨|漫)(?:上|到|进|过)|洪水(?:冲|进|来)|正在沉|翻(?:车|船|到沟)", 0.5),
    (r"车祸|撞(?:了|到)[^，。]{0,4}(?:人|车|桥)[^。]{0,20}(?:伤|血|动不了|卡)|好多人受伤|有人受伤", 0.5),
    (r"(?:冒|有|出|打|迸|直闪)(?:着|出)?(?:电)?(?:火花|火星)|(?:压|砸|刮|扯|挂|撞)断(?:了)?[^，。]{0,3}(?:电线|高压线|电缆)|(?:电线|高压线|电缆)[^，。]{0,4}(?:压|砸|刮|扯|挂|撞|吹)断", 0.6),
    (r"(?:孩子|小孩|老人|母亲|父亲|儿子|女儿|人|娃)[^，。]{0,4}(?:失踪|走失|走丢|不见了|被拐|被抢走)", 0.5),
    (r"(?:老太太?|老爷子|老头子?|老伴儿?|大爷|大妈|大娘|奶奶|爷爷|外婆|外公|姥姥|姥爷|母亲|父亲|妈妈?|爸爸?|儿子|女儿|孙子|孙女|孩子|小孩|老人)(?!们)[^，。狗猫的]{0,10}(?:走失|走丢|失踪|找不到人|找不着人|人不见|(?:找不到|找不着|不见)了)(?!工作|地方)", 0.6),
    (r"(?:孩子|小孩|娃|孙子|孙女|老人|奶奶|爷爷|外婆|外公|姥姥|姥爷|母亲|父亲|妈妈?|爸爸?)(?!们)[^年月。！？]{2,24}(?:到现在|还|一直|到处找)(?:没|未|不见|都没)(?:有)?(?:回来|回家|人影|找到)", 0.6),
    (r"(?:发烧|高烧|发病|犯病|急病|病人|病重|晕|昏|疼|痛|出血|流血|要生|临产|喘|心脏|中风|摔伤|受伤)[^。！？]{0,24}(?:救护车|急救车|120)(?:的?车)?[^，。常容]{0,4}(?:进不|过不|开不|上不|堵)", 0.6),
    (r"(?:吃|吞|喝|服)(?:下|了|完|掉)*(?:一?整?[瓶把]|几十[片粒颗]|半瓶)[^，。]{0,4}(?:安眠药|药片|药(?!水|膏|没|不|也|都|还))|(?:农药|百草枯|敌敌畏|除草剂|老鼠药|耗子药|消毒液|洁厕[^，。]{0,2}|安眠药)[^，。]{0,4}(?:喝|吞|吃|咽)(?:下|了|进|完)|(?:喝|吃|吞)错[^，。]{0,4}(?:药|农药)|羊水破|破(?:了)?羊?水(?:了|$)|(?:烧|烫)伤[^，。]{0,3}(?:一大片|一片|全身|满身|半边|整个)", 0.6),
    (r"(?:摔|跌|滑|晕|栽)(?:倒|跤|下|了)*[^，。]{0,6}(?:起不来|爬不起|站不起|不起来|没反应)|(?:人|老[人太头]|老太太|大[爷妈]|奶奶|爷爷|孩子?|司机|男的|女的)[^，。车]{0,4}躺(?:在)?(?:地|路|马路|血|门口)", 0.6),
    (r"(?:有人|刚才|男的|女的)[^，。]{0,6}抢(?:了|走|我|她)+[^，。]{0,4}(?:包|手机|钱|项链|东西|车)|(?:跟着|尾随|跟了|跟踪)(?:我|她|我?(?:女儿|孩子|闺女))[^，。]{0,8}(?:路|街|站|不走|家|不放)|(?:男的|女的|有人|陌生人)[^，。]{0,6}(?:一直|老是)?(?:跟着|尾随)(?:我|她|孩子)", 0.6),
    (r"(?:对门|隔壁|楼[上下道]|邻居|屋里|家里|家|车[里子]?|地下室|(?:配电|电表|电)箱|变压器|电线|插座|厨房|房子|阳台|仓库|窗户?|被子|窗帘)[^，。店厂]{0,6}(?:一直|正|还)?(?:在烧(?!烤|烧烤|菜|饭|水|香|纸|垃圾|煤|柴|秸秆)|(?:往外|一直|在|直)?冒(?:着|出)?烟)", 0.6),
    (r"(?:砸|压|埋|掉|翻|撞|烧|淹|困|塌|锁|沉)[^。]{0,12}(?:人|老人|孩子|司机)(?:都|还)?在(?:里面|里头|里边|车里|车上|下面|底下)", 0.55),
    (r"自燃了|(?:货车|客车|大巴|校车|轿车|车子?|吊车|罐车)(?:侧翻|翻了|翻倒|翻在)|(?<!已经)(?:压|埋|卡|夹|绞|轧|困)(?:住|着|到|了)+[^，。]{0,4}(?:人|手|脚|腿|胳膊|头|轿车|司机|工友|孩子)|(?:手|脚|腿|胳膊|头发?)被[^，。]{0,6}(?:绞|轧|卷|夹|压|锯|切)|有人(?:卡|压|埋|困)住", 0.6),
    (r"掐(?:着|住)?(?:我|她|他|人|孩子)?的?脖子|惨叫|呼救|喊救命|弄死(?:我|她|他|人)|打死(?:我|她)|(?:砸|踹|撞)(?:我|我们)家?(?:的)?门|不让我下车|锁(?:了|上|死)车?门|(?:在)?(?:楼顶|天台|桥|塔吊|栏杆|窗台)[^，。]{0,4}边(?:上)?(?:坐|站|哭)", 0.6),
    (r"(?:孩子|小孩|儿子|女儿|闺女|孙子|孙女|老人|宝宝|娃)[^，。]{0,12}(?:走散|掉下来|摔下来|掉下去)了?|水[^，。]{0,4}淹[^，。]{0,12}出不[去来]|(?:老年痴呆|失智|痴呆)[^，。]{0,12}(?:没回|不见|出门|出走)", 0.6),
    (r"快(?:点|要)?(?:来人|救|派|叫)|(?:快|赶紧|马上)(?:点)?(?:派|叫|通知|来)[^，。]{0,8}(?:消防|救护|警|人|冲锋舟|车)|要出人命|人命关天|生命危险|情况危急|十万火急|求(?:求)?你们快", 0.4),
)  # fmt: skip
_THREAT = _cues(
    (r"(?:我|我们|老子|俺)[^，。！？]{0,14}(?:杀|砍|捅|弄死|打死|炸|烧|点了|同归于尽|拼命|拼了|跟[^，。]{1,6}拼|(?<![怕被受遭到击])报复|报仇|打断|泼|挖断|砸|堵死|算账|收拾)(?:了|死|掉|光|他|她|你|他们|你们|全家|一|谁|把|$|，|的)", 0.65),
    (r"同归于尽|鱼死网破|血洗|收尸|以命抵命|不是他死就是我亡|(?:让|要|叫)(?:他|你|他们|你们|她|那个)[^，。]{0,8}(?:偿命|陪葬|死|付出代价|见血|好看|后悔|记一辈子|不得安宁|不好过|好好活)|一个(?:都)?别想(?:活|上班|进|走)|要(?:他|你|他们)的?命|把他(?:儿子|家人|全家)的?命|大不了[^，。]{0,8}(?:命|死|坐牢|拼)|杀(?:了)?(?:他|你|他们)?全家|打断(?:他|你|谁|他们)的?(?:腿|手)|光脚不怕穿鞋", 0.7),
    (r"(?:带|买|准备|拎着?|提着?|拿着?|随身)[^，。]{0,6}(?:汽油|炸药|刀|雷管|硫酸|煤气罐|砖头|锤子|锄头|铁棍)", 0.6),
    (r"(?:炸|烧|砸|点|围)(?:了|掉|毁|平)(?:你|他|政府|单位|公司|学校|法院|办公|楼|售楼|社区|医院|店)|把(?:楼|你们|他家?|项目部|派出所|办公室|店|门|车|房子)[^，。]{0,8}(?:点|烧|炸|砸|围|堵死|拆)(?:了|掉)?|打砸|泼(?:油漆|硫酸|他一身|上)", 0.65),
    (r"(?:组织|召集|联合|带领?|叫上?|集体|上百|几百|几十|全体|全村|[一二三四五六七八九十百两0-9]{1,8}(?:个|名|台|口))[^。！？]{0,18}(?:上访|堵路|堵门|堵车|拉横幅|游行|静坐|坐着|示威|围堵|围了|去北京|进京|闹事|罢工|停运|罢运|罢课|堵高速|打砸|把门|政府门口)", 0.6),
    (r"(?:上高速|去)堵(?:车|路|高速)|(?:个|多|名|位)(?:司机|业主|工人|村民|人|老乡|家长)[^，。]{0,8}堵(?:上|住|死|了)?|(?:去|就|要|集体|一起|准备)[^，。]{0,6}堵(?:路|门|高速|政府|大门)|拉横幅|围堵政府|进京上访|越级上访|去北京上访|到北京上访|集体上访|去省里闹|(?:把事|事情)[^，。]{0,3}闹大|大动静|抬(?:着)?棺材?|(?:我|我们|去|带人|再不)[^，。]{0,12}(?:堵(?:在|住)?[^，。]{0,6}(?:门口|大门)|把[^，。]{0,6}(?:大门|路)[^，。]{0,4}堵)", 0.5),
    (r"别怪我|不要怪我|后果自负|走极端|采取极端|极端(?:行为|手段|方式)|逼(?:我|人|老百姓)(?:们)?(?:走|上|造|做|动)|什么事(?:都|情都)(?:做|干)得出来|报复社会|以暴制暴|等着瞧|你给我(?:记着|等着)|你们?等着(?!回复|通知|消息|办)|出门小心|知道(?:你|他)(?:住|家|孩子|走哪)|惹毛了我|别以为我不敢|跟(?:谁|他们?|你们?|拆迁队)(?:动手|拼|干)|奉陪到底|不会让他好", 0.55),
)  # fmt: skip
_DESPAIR = _cues(
    (r"不想(?:再)?活|不打算活|活不下去|活够了|没法活|不知道(?:怎么|为什么要?)活|(?:活着)(?:真|也|好)?(?:没|没有|还有什么|有什么|就是|是)(?:意思|意义|劲|受罪|煎熬)|(?:好|真|就|只|都在|天天|总)?想死(?!我|你)|早死早超生|不如(?:早)?死|死了算了|一死了之|一了百了|生不如死|(?:想|要|会)?自杀|轻生|寻死|自尽|自残|自我了断|(?<!来)了断(?!断)|割腕|上吊|喝(?:农)?药(?:死|自|算)|喝农药|傻事|生无可恋", 0.75),
    (r"(?:我|俺|本人|真想|只能|只有|只好|想|不如|恨不得)[^，。！？]{0,10}(?:跳楼|跳河|跳江|跳湖|跳桥|跳下去|撞墙|撞死|吊死|卧轨|死给)|从(?:桥|楼|窗)[^，。]{0,4}跳|除了死|死(?:才|了)(?:是|就)?(?:解脱|干净|轻松)", 0.7),
    (r"遗书|遗言|后事|最后一次(?:写信|打电话|给|留言)|永别|(?:世界|人间|爸妈?|妈妈?|孩子|亲人)[^。！？]{0,4}再见了|再见了[，！、]?(?:世界|人间|爸|妈|孩子|亲人|我)|下辈子|结束(?:自己|我的?|这)(?:的?生命|一生|一切|算了|$|，|。)?|不(?:想|要|愿)?再?醒(?:过)?来|睡过去|(?:离开|告别)(?:这个|人)?世界?|想離開|我想离开了|要是我?(?:走|不在)了|如果我不在|(?:没有|沒有)我(?:他们|她们|大家|的位置)?[^，。]{0,6}(?:更好|轻松|位置)|消失了|走了干净|哪天走了|先走一步|(?:爸|妈|孩子|老婆|老公|儿子|女儿|闺女)[^。！？]{0,8}先走了|陪(?:她|他|孩子)一?起?走|一起走|想去陪(?:她|他)|去见(?:他|她)$|(?:药|安眠药)(?:片)?(?:我)?(?:已经|都)*(?:准备|攒|买|吃)(?:好|够|了|下)|(?:什么|啥|没有?)[^，。]{0,4}(?:可)?留恋|(?:睁开眼|睁眼)|没有?(?:了)?(?:牵挂|盼头|指望)", 0.65),
    (r"伤害自己|控制不住[^，。]{0,8}(?:伤害|死)|(?:我|自己)是?(?:个)?(?:多余|废物|累赘|负担|拖累)|不想(?:再)?(?:拖累|给谁添麻烦|连累)|没有(?:一个)?人(?:在乎|需要)我|心如死灰|万念俱灰|站在(?:河边|江边|楼顶|桥上|天台)|坐在(?:江堤|河边|楼顶|桥)", 0.6),
    (r"跳楼|跳河|跳江|跳桥|往下跳|(?:天台|楼顶|桥上)[^。]{0,10}跳", 0.45),
    (r"逼(?:死|上绝路)|走投无路|绝望|撑不下去|熬不下去|坚持不(?:下去|住)|崩溃|看不到希望|没有?活路|死路一条|抑郁症|没脸见|煎熬|对不起全家|太累了|真的累了", 0.3),
)  # fmt: skip
_SUPPOSED = re.compile(r"如果|万一|假如|要是|一旦|建议|演练|请问|咨询")
_FIRST_PERSON = re.compile(r"我|俺|本人")


def assess_risk(text: str, ranking: Sequence[tuple[str, float]] = ()) -> Risk:
    """Scores and alarms of a folded text.

    Three voices, any of which may raise the alarm: cues, a linear model of our own utterances,
    and the intent classifier's ranking. Where the last is sure of a mere complaint or question, one
    cue alone does not.
    """
    quiet = _without_the_harmless(text)
    cues = {
        Alarm.EMERGENCY: _score(quiet, _EMERGENCY),
        Alarm.THREAT: _score(quiet, _THREAT, questions=False),
        Alarm.DESPAIR: _score(quiet, _DESPAIR, questions=False),
    }
    if not _FIRST_PERSON.search(text):
        cues[Alarm.DESPAIR] *= 0.9
    written = _written(quiet)
    thanked = _WILL_THANK.search(text) is not None and _GOES_ON.search(text) is None
    ranked = dict(ranking)
    over = _TOO_LATE.search(text) is not None and _GOES_ON.search(text) is None
    if over or thanked or _PRAISES.match(text) or _RESCUED.match(text):
        ranked["emergency"] = _SEEN_TO * ranked.get("emergency", 0.0)
        cues[Alarm.EMERGENCY] *= _SEEN_TO
        written["emergency"] = _SEEN_TO * written.get("emergency", 0.0)
    if not cues[Alarm.DESPAIR] and not _FIRST_PERSON.search(text) and len(text) <= _WORDS_ALONE:
        written["despair"] = _MERELY * written.get("despair", 0.0)
    if not cues[Alarm.EMERGENCY] and _CREATURES.search(text):
        written["emergency"] = _MERELY * written.get("emergency", 0.0)
    if _SUPPOSED.search(text) or (_ONCE.search(text) and _NOW.search(text) is None):
        written["emergency"] = 0.4 * written.get("emergency", 0.0)
    lies_there = _NOBODY_HURT.search(text) and _MAY_SPREAD.search(text) is None
    if lies_there and _GOES_ON.search(text) is None:
        cues[Alarm.EMERGENCY] *= _SEEN_TO
        written["emergency"] = _SEEN_TO * written.get("emergency", 0.0)
    if _SEEN_TO_ALREADY.search(text) and _GOES_ON.search(text) is None:
        ranked["emergency"] = _SEEN_TO * ranked.get("emergency", 0.0)
        cues[Alarm.EMERGENCY] *= _SEEN_TO
        written["emergency"] = _SEEN_TO * written.get("emergency", 0.0)
    if asks_of_a_rule(text):  # 老房子快塌了能补助吗
        for alarm in (Alarm.EMERGENCY, Alarm.THREAT):
            cues[alarm] *= _SEEN_TO
            written[alarm.value] = _SEEN_TO * written.get(alarm.value, 0.0)
    if not cues[Alarm.DESPAIR] and _HESITATES.search(text):
        written["despair"] = _MERELY * written.get("despair", 0.0)
    said = min(1.0, len(text) / _ENOUGH)
    if not any(cues.values()) and INSULT.search(text) and not _I_WILL.search(text):
        written["threat"] = _MERELY * written.get("threat", 0.0)
    if not any(cues.values()) and _WANTED.search(text):
        written["threat"] = _MERELY * written.get("threat", 0.0)
    if not cues[Alarm.THREAT] and not _I_WILL.search(text):
        written["threat"] = _NO_THREAT_IN_WORDS * written.get("threat", 0.0)
    doubt = _doubt(ranked)
    if len(text) > _LONG and written.get(NO_DANGER, 0.0) > _CALM:
        doubt *= _OF_A_LONG_STORY
    scores = {
        alarm: round(
            1
            - (1 - (cue if alarm is Alarm.DESPAIR else doubt * cue))
            * (1 - _MODEL_TRUST * (1.0 if cue else said) * written.get(alarm.value, 0.0))
            * (1 - _RANKING_TRUST * ranked.get(alarm.value, 0.0)),
            3,
        )
        for alarm, cue in cues.items()
    }
    alarms = tuple(alarm for alarm, score in scores.items() if score >= THRESHOLD)
    loud = {alarm: score if score >= _NOISE else 0.0 for alarm, score in scores.items()}
    return Risk(loud[Alarm.EMERGENCY], loud[Alarm.THREAT], loud[Alarm.DESPAIR], alarms)


# 树倒了压在车上，没伤到人: what fell lies there.
_NOBODY_HURT = re.compile(
    r"(?:没有?|没得|幸好没|还好没|万幸没)(?:伤|砸|压|撞|碰|造成)(?:着|到|了)?(?:人|人员伤亡|伤亡)|人(?:都)?没(?:事|受伤|伤着)|无人(?:员)?(?:受伤|伤亡)"
)
_MAY_SPREAD = re.compile(r"火|烧|烟|煤气|燃气|漏气|爆|电线|高压|触电|塌|裂|被困|刀")
# 不用处理了，已经有人盖上了: it is over, and nobody has to come.
_SEEN_TO_ALREADY = re.compile(
    r"不用(?:你们?|他们|再|麻烦)*(?:处理|管|来|派人|修|办)(?:人)?了|已经(?:有人|师傅|他们)?(?:来|给|过来)*(?:盖|修|补|弄|处理|解决|接|关|清|拉走|扶)(?:上|好|完|掉|住|走|起来)?了"
)
_NOW = re.compile("又|现在|正在|刚|此刻|里面有|快来|救")


def only_sounds_like_one(text: str) -> bool:
    """Whether what sounds like an emergency in a folded text is named as none (电梯经常困人), and
    nothing else in it is."""
    quiet = _without_the_harmless(text)
    calm = Alarm.EMERGENCY not in assess_risk(text).alarm
    over = _SEEN_TO_ALREADY.search(text) is not None
    named = (over or quiet != text) and _NOW.search(quiet) is None
    return named and calm and not _score(quiet, _EMERGENCY)


_KIN = "儿子|女儿|老公|老婆|爱人|妈妈?|爸爸?|孙子|孙女|邻居|朋友|媳妇|女婿"
_SAYS_WHO = re.compile(
    rf"(?:(?:我|他|她|我[爸妈]|老人)(?:的?名字)?(?:(?:叫|姓){SURNAME}[\u4e00-\u9fff]{{0,2}}|是(?:他|她|我)的?(?:{_KIN})(?:{SURNAME}[\u4e00-\u9fff]{{0,2}})?)[，,。 ]*)+"
)


def _without_the_harmless(text: str) -> str:
    """The text with what only sounds like danger blotted out."""
    if _SAYS_WHO.fullmatch(text):  # 他叫陈国平，我是他儿子陈磊
        return "□" * len(text)
    harmless = (_IDIOM, _SUFFERED, _FEARED, *(() if _FELL_IN.search(text) else (_HOLE,)))
    for rule in harmless:
        text = rule.sub(lambda m: "□" * len(m.group()), text)
    return text


def _doubt(ranked: dict[str, float]) -> float:
    """What is left of a cue where the classifier is sure to hear a mere complaint or question."""
    dangers = sum(ranked.get(alarm.value, 0.0) for alarm in Alarm)
    mere = max((ranked.get(intent, 0.0) for intent in _MERE), default=0.0)
    return 1 - _MOST_DOUBT * mere * (1 - min(1.0, 3 * dangers))


def _written(text: str) -> dict[str, float]:
    """How likely each danger is by how the text is written; nothing for a text without words."""
    if _CHINESE.search(text) is None:
        return {}
    model = load_model("risk")
    scores = model.scores(features(text))
    powers = np.exp(scores - scores.max())
    return dict(zip(model.classes, (powers / powers.sum()).tolist(), strict=True))


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
    reach = max(0, start - _LONGEST_SENTENCE)
    left = max(reach, *(text.rfind(mark, reach, start) + 1 for mark in "。！？\n；"))
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
    once = text.startswith("过", end) and not text.startswith(("过来", "过去", "过一"), end)
    if once or (_HABIT.search(clause) and not _VIOLENCE.search(text, start, end)):
        factor *= 0.45
    return factor
