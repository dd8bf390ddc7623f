"""What people ask or tell the hotline itself in the middle of a matter: how long it takes, whether a
number may be left out, that they will be back. Patterns are matched against folded text.
"""

from __future__ import annotations

import re

from actions.complaint.wording.phrases import SHORT, hurries

_BACK = re.compile(
    r"^(?:好了?|行了?|嗯++|喂|在吗|在不在|你好|您好|那就?|我们?|咱们?|又|现在|可以|刚才?|才|忙完|打完电话|接完电话|[，,。.!！ ]){0,10}"
    r"(?:(?:回来|来|忙完|弄好|准备好|找到|打完电话|接完电话|继续|可以继续|接着说?|好|(?:昨天|昨晚|前天|刚才|上次|之前)(?:跟你们?)?(?:说|讲|反映|报)过?的[^，。 ]{0,8}事(?:情|儿)?)了?(?:吧|啊|哈|呀)?[，,。.!！ ]*){1,3}$"
)

_ASKS_FIRST = re.compile(
    r"^(?:好的?|嗯++|哦|哎|对了|那个|那|等等|等一?下|等会儿?|稍等(?:一?下)?|慢着|打断一?下|不好意思|[，,。.!！ ])*"
    r"(?:我|俺)?(?:先|再|还|就|想|要|得|顺便|另外|插一?句)*"
    r"(?:请?问(?:一?[下句声]|个(?:事情?|问题)儿?|件事|问|你们?|您)+|请问|(?:请教|咨询|打听)一?下)"
    r"(?:个?(?:事情?|问题)儿?)?[，,：:啊哈 ]*(?P<rest>.*)$",
    re.DOTALL,
)


def question_first(text: str) -> str | None:
    """What somebody wants to ask before they go on (等等，我先问一下，低保要多久); empty where they only
    announce that they do, None where they do not."""
    found = _ASKS_FIRST.match(text)
    rest = found["rest"].strip("，,。 ") if found else ""
    return rest if found and (not rest or is_question(rest)) else None


_GO_ON = re.compile(
    r"^(?:好的?|行|嗯++|哦|成|中|可以|知道了|明白了|没事了?|问完了|那就?|你们?|您|咱们?|请|[，,。.!！ ])*"
    r"(?:接着|继续|往下)(?:给我|帮我|往下)?(?:弄|办|登记|问|填|来|写|搞|记|走)(?:下去)?(?:吧|啊|呗|哈)*[。.!！]*$"
)


def goes_on(text: str) -> bool:
    """Whether a message only says that the form shall go on (好的那你接着弄)."""
    return _GO_ON.match(text) is not None


_TAKES_IN = re.compile(
    r"^(?:哦++|噢++|喔|嗯++|啊|呀|好的?+吧?|行吧?|ok|那|我|都|就|这下|原来|如此|这样|是|的|了|谢谢你?们?|多谢"
    r"|(?:知道|明白|晓得|清楚|了解|懂|看到|收到|记住)了?+|没(?:别的)?事了|[，,。.!！~ ])+$",
    re.IGNORECASE,
)
_TOOK_IN = re.compile("知道|明白|晓得|清楚|了解|懂|看到|收到|记住|原来如此|没(?:别的)?事了")


def takes_in(text: str) -> bool:
    """Whether a message only says that what was told is understood (好的知道了)."""
    return _TAKES_IN.match(text) is not None and _TOOK_IN.search(text) is not None


_RHETORICAL = re.compile(r"还要?用?问|问什么问|说了多少遍|不是说了|还用说")

_STATES = re.compile(
    r"(?:还|都|才|有|可)(?:(?!怎|什么|谁|哪|几|多少|多久|吗|没有|不)[^，。？?]){2,}呢[。.!！]*"
)  # 有六十多个家长呢

_QUESTION = re.compile(
    r"[?？]|[吗么呢]\s*$|怎么|怎样|如何|多少|几[天号个点]|哪[里些个儿]|什么|啥|能不能|可不可以|"
    r"是不是|有没有|为什么|为啥|多久|咋(?:补|办|弄|整|搞|申请|查|交|缴|领|开|写|走|去|算|用|说)|[\u4e00-\u9fff]{3}(?<![也都还就从要可真绝并受死活硬偏])不\s*$|需要.{0,6}材料|条件|流程|(?<!不)(?!时不时|动不动|要不要[紧命])([\u4e00-\u9fff])[不没]\1"
)


def is_back(text: str) -> bool:
    """Whether a short message says no more than that the person is here again (好了，回来了)."""
    return len(text) <= SHORT and _BACK.match(text) is not None and not hurries(text)


_HOW_LONG = re.compile(
    r"^(?:那|这个|这|一般|大概|请问|你们?|您们?|政府|12345|最快|到底|究竟)*(?:要|得)?(?:多久|多长时间|几天|多少天|几个工作日|什么时候|啥时候?|几时)(?:能|可以|会|才|才能)*"
    r"(?:给我?个?)?(?:办好|解决|处理|修好?|通(?![车电水气])|清|有结果|有消息|答复|回复|回电|回话|回信|回音|信儿|说法|结果|来(?![电水气])|上门|办完|弄好|得到|好)[^，。]{0,6}$"
)

_ME = r"(?:我|俺|咱)们?"
_WHEN_WE_HEAR = re.compile(
    r"^(?:那|这个|这|一般|大概|大约|请问|你们?|您们?|他们|单位|最快|最晚|到底|究竟|[，, ])*(?:要|得|还要)?"
    r"(?:多久|多长时间|多少天|几天|几个工作日|什么时候|啥时候?|何时|几时|哪天|几号)(?:之?内|以内|左右)?(?:能|可以|会|才|就|你们?|他们|单位|人家)*"
    r"(?:有(?:个|人)?(?:回复|答复|回音|回话|回信|反馈|音信|信儿?|下文|进展)|有人(?:来|会|能|跟|和|给|联系|管|处理|找)[^，。]{0,6}"
    rf"|(?:给|跟|和|与|向){_ME}(?:打(?:个|一个)?电话|回(?:个|一个)?(?:电话|电|话|信)|来(?:个)?电话|联系|沟通|答复|回复|反馈|说一?声|个?(?:说法|答复|回复|结果|话|信|准信))"
    rf"|(?:联系|通知|告诉|答复|回复|打给|找|回访){_ME}|(?:打|来|回)(?:个)?电话|反馈|派人(?:来|去|过来|过去)?)[^，。]{{0,4}}$"
)  # 什么时候能给我打电话

_IF_NOTHING_COMES = re.compile(
    r"^(?:那|可|我|[，, ])*(?:要是|如果|万一|假如)[^，。]{0,6}(?:不|没)(?:人)?(?:解决|处理|办|管|理|回)[^，。]{0,4}(?:呢|怎么办|咋办|咋整)[？?]*$"
)

_HOW_TO_KNOW = re.compile(
    r"^(?:那|我|我们|要|该|到时候?|以后|之后|请问|[，, ])*(?:怎么|咋|怎样|上哪|去哪|在哪)(?:里|儿)?(?:才能|能|会)?(?:知道|晓得|查到?|看到?|了解)"
    r"[^，。]{0,10}[？?吗呢啊]*$"
)

_WHO_CARES = re.compile(
    r"^(?:那|请问|你们?|您们?|12345|热线|政府|这个?|这[种件]?事儿?|到底|先告诉我|究竟|就说|我就问|[，, ])*"
    r"(?:(?:有没有人|有人|谁|没人)?(?:来|能|会)?(?:管不管|管吗|管不了吗|管不管得了|管啊|管呢|管一?管)(?:事|这事)?|(?:该|应该|要|得|是)*(?:归|由|找|是)(?:谁|哪个(?:部门|单位)?|哪里|哪儿|什么部门|哪)(?:来)?(?:管|负责|处理|解决|反映)?(?:的)?)[？?！!啊呀呢]*$"
)

_AN_ORDER = re.compile(
    r"工单|单号|单子|编号|进度|进展|(?:投诉|反映|举报|登记|报)(?:过|的)|上次|上回|之前|以前"
)


def asks_how_long(text: str) -> bool:
    """Whether a short message asks how long it takes, how one gets to know, or whether anybody
    will see to it."""
    return any(
        rule.match(text)
        for rule in (_HOW_LONG, _WHEN_WE_HEAR, _HOW_TO_KNOW, _WHO_CARES, _IF_NOTHING_COMES)
    )


def names_an_order(text: str) -> bool:
    """Whether it speaks of an order filed before."""
    return _AN_ORDER.search(text) is not None


def is_question(text: str) -> bool:
    asks = _QUESTION.search(text) is not None and _RHETORICAL.search(text) is None
    return asks and _STATES.fullmatch(text) is None


_WANTS_A_PERSON = re.compile(
    r"(?:(?:^|[，,。；;！!\s])我?(?:就|还是|只|先)?(?:要|想)?|请|帮我|给我|麻烦|直接|赶紧)"
    r"(?:转接?|找|接|换|要|想?跟)(?:到|个|一?下|你们的?)?"
    r"(?:人工(?![湖岛河费草成智能降增流])|真人|活人|接线员|话务员)"
    r"(?![^，,。；;！!\s]{0,8}(?:了|过|不到|不通|没))"
)


def wants_a_person(text: str) -> bool:
    """Whether a text asks for a person, whatever else it says: 找人工，电梯坏了没人管."""
    return _WANTS_A_PERSON.search(text) is not None


_MAY_NOT_GIVE = re.compile(
    r"(?:能不能|可不可以|可以|能|行不行)(?:先)?不(?:给|留|说|填|写|提供)[^，。]{0,6}(?:吗|么|嘛|呢)?[？?]*$"
    r"|不(?:想|愿意?|太?方便|肯)?(?:给|留|说|填|写|提供)(?:我的?)?(?:电话|手机号?|号码|联系方式|名字|姓名)?(?:可以|能|行|成|中|好)(?:吗|么|不|嘛|不行|不可以|不能)[？?]*$"
)


def asks_to_skip(text: str) -> bool:
    """Whether a question asks if something may be left out (能不能不给)."""
    return len(text) <= SHORT and _MAY_NOT_GIVE.search(text) is not None


_UNKNOWN = r"(?:[说叫讲]不上来|没注意|没看清|不知道|不晓得|不清楚|不记得|记不清|记不得|忘了|说不清|搞不清|晓不得)"

_WHEN_UNKNOWN = re.compile(
    rf"{_UNKNOWN}[^，。]{{0,4}}(?:几时|啥时|什么时候|哪天|哪一天|多久|时间|几点|几号)|(?:几时|什么时候|哪天|时间)[^，。]{{0,6}}{_UNKNOWN}"
)

_WHO_UNKNOWN = re.compile(
    rf"{_UNKNOWN}[^，。]{{0,4}}(?:是谁|谁|哪家|哪个单位|什么人|叫什么|叫啥|姓什么|姓啥|啥名|名字|店名)|(?:名字|店名|叫什么|叫啥|是谁|哪一?[家个])[^，。]{{0,4}}{_UNKNOWN}"
)


def unknown(text: str) -> str:
    """Of what a short message says that it is not known: "time", "subject", or empty."""
    if len(text) > SHORT:
        return ""
    return "time" if _WHEN_UNKNOWN.search(text) else "subject" if _WHO_UNKNOWN.search(text) else ""


_ANOTHERS_PHONE = re.compile(
    r"(?:电话|手机|号码?|座机|固话|微信|QQ|qq)?[^，。]{0,4}(?:行不行?|行吗|行么|可以吗|可以不|可不可以|中不中?|成吗|成不成?|好不好|要得不|得行不)[？?]*$"
)

_PHONE_WORD = re.compile(r"电话|手机|号码?|座机|固话|微信|QQ|qq")


def asks_which_phone(text: str) -> bool:
    """Whether a short message asks if some other number will do (我儿子电话行不行)."""
    return (
        len(text) <= SHORT
        and _PHONE_WORD.search(text) is not None
        and _ANOTHERS_PHONE.search(text) is not None
        and re.search(r"[0-9]{5}", text) is None
    )


_ASKS_IF_FILED = re.compile(
    r"^(?:你们?|您|我|那个?|这个|[那这]件|现在|这样|已经|刚才|刚刚|昨天|上次|到底|事情?|的|都|[，, ]){0,10}(?:提交|登记|报上去|交上去|上报|弄好|办好|好)(?:了|上去了|上了|成功了?|没有?|好了?){0,4}(?:吗|没有?|么)[？?。]*$"
)


def asks_if_filed(text: str) -> bool:
    """Whether somebody at the lines to check asks if it has been handed in."""
    return _ASKS_IF_FILED.match(text) is not None


_GOES_FOR_NOW = re.compile(
    r"(?:先(?!不)|我?去|等(?:一?下|会儿?)再|一会儿?再|回头再?|晚点|待会儿?)[^，。0-9]{0,8}(?:吃饭|忙|开会|接(?:个)?(?:电话|孩子)|上班|干活|睡觉?|做饭|说|弄|填|来|看看|问问|找找|走)[^，。0-9]{0,4}$"
    r"|(?:等(?:一?下|会儿?)|一会儿?|回头|晚点|晚上|明天|待会儿?|下班后?|我)再?(?:用|发|打|在|从|换)(?:短信|微信|电话|电脑|手机|网页?上?)[^，。0-9]{0,4}(?:说|讲|报|发|填|弄|反映)[^，。0-9]{0,2}$"
    r"|^(?:我|那|就)*先(?:不|别)(?:说|讲|聊|弄)了?(?:[吧啊哈]|[，, ].{0,6})?$"
)


_TOLD_ELSEWHERE = re.compile(
    r"(?:短信|微信|网页|网上|公众号|小程序|电话)(?:里|上|中|那边)?(?:跟|和|给)?(?:你们?)?(?:说|讲|报|发|填|反映|写|弄)[^。]{0,20}(?:(?:换|转|到|在|用|来)(?:这|网页|网上|微信|短信|公众号)|接着|继续|这[里边儿](?:说|讲|弄|填|报))"
)


def told_elsewhere(text: str) -> bool:
    """Whether a text says that it was begun elsewhere and shall go on here (刚发短信说的，换这里说)."""
    return _TOLD_ELSEWHERE.search(text) is not None


def goes_for_now(text: str) -> bool:
    """Whether a short message says that the person will be back later (先吃饭去了, 回头再说)."""
    return len(text) <= SHORT and _GOES_FOR_NOW.search(text) is not None


_TO_REGISTER = re.compile(
    r"^(?:哦|噢|嗯|啊|好的?|行|那|就|请|麻烦|帮我|给我|你们?|先|[，, ])*(?:登记|记下来|记一下|报上去|反映上去)(?:问题|一下|吧|上|下来)*[。.!！]?$"
)


_INSISTS = re.compile(
    r"^(?:那|不行|我们?|但|不过|[，, ])*(?:还是|仍然?|就是)(?:要|想)(?:反映|投诉|登记|举报|报)(?:一下|的|上去)?[。.!！]*$"
)


def insists(text: str) -> bool:
    """Whether a message only says that it shall be registered all the same (我还是要反映)."""
    return _INSISTS.match(text) is not None


def asks_to_register(text: str) -> bool:
    """Whether a message only says that what was said shall be registered (登记问题)."""
    return _TO_REGISTER.match(text) is not None


_AT_A_LOSS = re.compile(
    r"^(?:那|这|可|我)*(?:该|要)?(?:怎么办|咋办|咋整|怎么弄|咋弄|怎么查|咋查)(?:呢|啊|呀)?[？?。]*$"
)


_PLEADS = re.compile(
    r"(?:哎[呀哟呦]?|唉|喂|那|请|麻烦|求求|拜托|到底|赶紧|快|能不能|可不可以|可以|能|[，, ])*"
    r"(?:(?:你们?|您们?)(?:12345|热线|政府|领导|这边)*(?:到底|倒是|也|都|就|快|赶紧|好好|得|要)*"
    r"(?:(?:能不能|可不可以|能否|可以|能)(?:快[点些]|早[点些]|尽快|赶紧|来个?人|派个?人|管)[^，。]{0,8}|来?管(?:一?管|一下)(?:这事)?)"
    r"|(?:来|快|好好)?管(?:一管|管|一下)(?:这事)?|(?:帮|给|替)(?:我们?|俺|忙)?(?:催|管|看|查|问|处理|解决|反映|登记|协调)(?:一?下|一?[催管看查问])?)"
    r"(?:不|没有?|吗|嘛|么|吧|啊|呀|呢|行不行|可以吗|好不好|好吗)*"
)


def pleads(clause: str) -> bool:
    """Whether a clause only pleads with us to see to it (你们管管嘛, 能帮催一下不, 你们能不能快点)."""
    return _PLEADS.fullmatch(clause) is not None


_FILES = re.compile(
    r"^(?:那|我|要|该)*(?:怎么|咋|如何)(?:发|传)(?:给(?:你们?|您)|过[来去]|上[来去])(?:啊|呢|呀)?[？?]*$|(?:照片|图片|视频|录像|录音|语音|截图)[^，。]{0,6}(?:吗|么|怎么|咋|如何|哪|行不行|可不可以)|(?:怎么|咋|如何|能不能|可以|能)[^，。]{0,4}(?:发|传|上传|拍)[^，。]{0,4}(?:照片|图片|视频|录像|录音|语音|截图)"
)


def asks_about_files(text: str) -> bool:
    """Whether a short message asks if and how photos and the like can be sent."""
    return len(text) <= SHORT and _FILES.search(text) is not None


def asks_how_to_send(clause: str) -> bool:
    """Whether a clause asks that, and not of what others do with pictures."""
    return asks_about_files(clause) and re.search("发|传|给你|提供|要不要|有用", clause) is not None


def at_a_loss(text: str) -> bool:
    return _AT_A_LOSS.match(text) is not None


_WILL_TELL = re.compile(r"(?:想|要|来)(?:跟你们?|向你们?)?(?:反映|反应)(?:一?下|一个|个)?")
_WHEN_AT_LAST = re.compile(
    r"到底(?:还|能|会|要|想)?(?:(.)不\1|(?:管|修|拉|办|处理|解决|来|清|弄|拆|退|发|通|装)(?:不|吗))"
)
_ASKS_US_TO_ACT = re.compile(
    r"(?:你们?|您)(?:到底)?(?:能不能|可不可以|能否|可否)(?:帮我|给我|替我|派人|叫人|找人|过来|来|去)+(?:个人)?(?:去|来)?(?:管|讲|说|处理|解决|看|查|修|清|弄|制止|劝)"
)
_OURS = re.compile(r"我家|我们|俺|咱|那堆|这堆|那个|这个|这破|家门口|楼[上下]|小区|村")


def wants_it_seen_to(text: str) -> bool:
    """Whether a text put to the base states a grievance: it says that it will tell one (想反映一下…),
    or asks in anger what is still not done (我家门口那堆垃圾到底拉不拉)."""
    if _WILL_TELL.search(text) is not None and not is_question(text):
        return True
    if _ASKS_US_TO_ACT.search(text) is not None:
        return True
    return _WHEN_AT_LAST.search(text) is not None and _OURS.search(text) is not None
