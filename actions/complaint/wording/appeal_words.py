"""How people name their appeal: its kind, who must not know, another matter, more of the same.
Patterns are matched against folded text.
"""

from __future__ import annotations

import re

from actions.complaint.record.draft import Privacy
from actions.complaint.wording.asked_of_us import is_question
from actions.complaint.wording.phrases import SHORT, is_no
from actions.understanding.fields import AppealType
from actions.understanding.text.sentences import ANNOUNCING

LEAST_BESIDE = 4  # characters told beside a choice

_ADD = re.compile(
    r"^(?:我|还|再|要|想|需要|另外|对了|等等|等一下|哦|还有|[，, ])*"
    r"(?:补充(?:一下|一点|一句|一条|两句|下|说明)?|(?:请|帮我|给我|把)?(?:写|加|记|备注|注明|写明)上|补(?:上)?一?(?:句|点|下)|还有(?=[，, ])|还有一点|还有(?:个|一个)?(?:情况|问题|事)|再说(?:一点|一?句|明一下)|另外|(?:刚才?|我)*(?:忘记?了?|漏)说了?(?=[，,：: ])|再(?:加|写|添|讲)(?:一[点句条个下]|上))"
    r"[：:，, 的是]*(?P<rest>.*)$",
    re.DOTALL,
)

_ANONYMOUS = re.compile(
    r"匿名|(?:别|不要)(?:写|留|登|记|报)(?:上|下)?(?:我|本人)?的?(?:名字?|姓名)|不[要想愿留敢能]?(?:留|写|填|透露|说)?(?:真实)?(?:姓名|名字?|身份)|不实名"
)

_CONFIDENTIAL = re.compile(
    r"保密|(?:不要|别|不能|不想|不愿意?)公开|不(?:想|愿意?|能|敢)(?:被)?(?:暴露|曝光)|不(?:想|愿意?|能)让[^，。]{0,6}(?:知道|晓得)|别(?:让|告诉|透露)|(?:别|不要|不能|莫)(?:跟|和|对|给)[^，。]{1,6}(?:讲|说|提)|不要(?:让|告诉|透露|泄露)|不能(?:让|告诉).{0,10}(?:知道|是我)|(?:别|不要?|不能)(?:说|讲|写)(?:出|是|出来)?(?:我是谁|是?我(?:(?:说|讲|举报|投诉|反映)的?|(?=$|[，。！])))"
)

_OPENLY = re.compile(
    r"实名|(?<!不)(?<!不要)(?<!别)(?<!不能)(?<!不想)(?<!不愿)公开|(?:不|别|没必要|无需)(?:用|要|需要?|必)*(?:给我|替我|帮我)?(?:保密|匿名)|无所谓"
)

_KINDS = {
    "举报": AppealType.REPORT,
    "投诉": AppealType.COMPLAINT,
    "建议": AppealType.SUGGESTION,
    "求助": AppealType.HELP,
    "表扬": AppealType.PRAISE,
}

_KIND_WRONG = re.compile(
    r"^(?:那|这种?|这个|我|[，, ])*(?:是不是|要不要|该不该|应不应该|算不算|到底|还是)(?:应该|得|要|算|是)*(?:举报|投诉|建议|求助|表扬)(?:他们?|它们?)?(?:还是(?:举报|投诉|建议|求助|表扬))?(?:好|吗|啊|呢|呀|的)*[？?]*$|^^(?:诉求|事项|投诉)?(?:类型|性质|类别)[^，。]{0,4}(?:不对|错|改|换)|^改一?下?类型$"
)

_CHANGE_KIND = re.compile(
    r"(?:^(?=(?:举报|投诉|建议|求助|表扬)(?:吧|类)?$)|这(?:其实|应该)?(?:是|算)|其实是|我(?:要|想|这是)|改成|改为|换成|按|(?<!不)算作?|应该(?:是|算)|当作?个?|还是|我是)"
    r"\s*(?P<kind>举报|投诉|建议|求助|表扬)"
)

_OTHER_KIND = re.compile(
    r"^(?:哦|嗯|不对|不是|算了|对了|等等|改一?下|换一?下|[，, ])*(?:这个?|那个?|我|其实|得|还是|应该|就|是|算|要|想(?:了想|了一下|来想去)?|来|考虑了一下|干脆|改成|改为|换成)+"
    r"(?P<kind>举报|投诉|建议|求助|表扬)(?:他们?|它们?)?(?:吧|的|了|呢)*[，,。；; ]+(?P<rest>.+)$",
    re.DOTALL,
)

_KIND_AT_END = re.compile(
    r"^(?P<rest>.{6,}?)(?<![，,。；;！! ])[，,。；;！! ]+(?:所以|那|现在|这下|干脆|[，, ]){0,4}(?:我们?|俺)(?:还是|现在|就|改|要|想|来)+(?P<kind>举报|投诉|建议|求助|表扬)"
    r"(?:他们?|她们?|它们?|这家店?)?(?:了|吧|的)?[。.!！]*$",
    re.DOTALL,
)

_KIND_WORD = re.compile(r"举报|投诉|反映|建议|求助|表扬")

_URGE = re.compile(r"催|(?:帮我)?(?:快点|赶紧|尽快)|怎么还没|同一件|是(?:的)?这件|就是(?:这|那)")

_ONTO = re.compile(r"补充|加(?:上|到|进)|并(?:到|进)|一起")

_ANEW = re.compile(
    r"新|不是(?:同)?一|另(?:外)?(?:一|再|起|立|登|报|开|提|建|算)|另外的|^另外$|别的|不一样|重新|不同"
)


def about_earlier(text: str) -> str | None:
    """What is to become of a matter reported before: "new", "add", "urge", or None if not said."""
    if _ANEW.search(text) or is_no(text):
        return "new"
    if _ONTO.search(text):
        return "add"
    return "urge" if _URGE.search(text) else None


_EARLIER_AND_MORE = re.compile(
    r"^(?:那|就|我|要|想|帮我|请|给我|再|还是|[，, ])*(?:(?P<urge>催办?(?:一下|下)?)|(?P<add>补充(?:一下|一点|到(?:这张|那张)?工单)?|加上?))[：:，,。 ]+(?P<rest>.{2,})$",
    re.DOTALL,
)


def about_earlier_and_more(text: str) -> tuple[str, str] | None:
    """What is to become of a matter reported before, and what is told with it (补充，今天早上撞车了);
    None where nothing is."""
    found = _EARLIER_AND_MORE.match(text)
    if found is None or len(found["rest"].strip()) < LEAST_BESIDE:
        return None
    return "urge" if found["urge"] else "add", found["rest"].strip()


_ANOTHER = re.compile(
    r"^(?:对了|哦|另外|顺便|[，, ])*(?:还|再|另外)(?:有|要|想)?(?:反映|投诉|说|报)?(?:另外)?(?:一|个|两|别的|其他)*(?:件|个|桩)(?:别的|其他|另外的)?(?:事情?|问题)"
    r"(?:儿|想|要|也)*(?:反映|投诉|说|报)?(?:一下|的)?[，,：:。 ]*(?P<rest>.*)$",
    re.DOTALL,
)


def another_matter(text: str) -> str | None:
    """What follows "还有一件事，…"; None where no other matter is announced."""
    found = _ANOTHER.match(text)
    return found["rest"].strip() if found else None


def addition(text: str) -> str | None:
    """What follows "再补充一点…"; empty if the person only announces it; None if it is none."""
    found = _ADD.match(text)
    return found["rest"].strip() if found else None


_SUPPLEMENT = re.compile(
    r"^(?:我|还|再|要|想|需要|另外|对了|哦|[，, ])*补充"
    r"(?:(?:一下|一点|一句|一条|两句|下|说明)[：:，, ]*|[：:，, ]+)(?P<rest>.{2,})$"
    r"|^还有[，, ]*(?P<also>(?![一个件])[^，。！？]{1,10}也[^，。！？吗么]{1,12})[。!！]?$"
    r"|^(?:哦|噢|[，, ])*对了[，, ]+(?P<by_the_way>(?![^。]*(?:投诉|举报|反映|反应|表扬|建议|问|查|[吗么呢?？]$|什么|怎么|咋|多少|多久|哪|谁|能不能))[^?？]{4,40})$",
    re.DOTALL,
)


def supplement(text: str) -> str:
    """What follows "补充一下，…", "还有…也…" or "对了，…", said of an order already filed; "另外…" is
    another matter."""
    found = _SUPPLEMENT.match(text)
    return (found["rest"] or found["also"] or found["by_the_way"]).strip() if found else ""


def privacy(text: str) -> Privacy | None:
    """What a message asks for: anonymity, confidentiality, or neither."""
    if openly := _OPENLY.search(text):
        beside = f"{text[: openly.start()]}，{text[openly.end() :]}"
        return Privacy.CONFIDENTIAL if _CONFIDENTIAL.search(beside) else Privacy.OPEN
    if _ANONYMOUS.search(text):
        return Privacy.ANONYMOUS
    return Privacy.CONFIDENTIAL if _CONFIDENTIAL.search(text) else None


_FEARS = re.compile(
    r"(?:怕|担心|会不会|不会)[^，。]{0,8}(?:报复|找我|知道是我|穿小鞋|为难|针对|欺负|使绊子|认出|泄露|透露|告诉(?:他|她|对方|物业|老板|公司|学校))"
    r"|(?:怕|担心)[^，。]{0,8}(?:知道|晓得|麻烦)|会不会[^，。]{0,10}(?:告诉|让)(?:我|我们|俺)?(?:们?的)?(?:他|她|对方|物业|老板|公司|学校|单位|领导|邻居|房东|老师)"
)


def fears(text: str) -> Privacy | None:
    """Who says they are afraid of whom they report is to be protected."""
    return Privacy.CONFIDENTIAL if _FEARS.search(text) else None


def announced(text: str) -> AppealType | None:
    """The kind of matter a short message announces without telling it ("我要投诉一家公司")."""
    kinds = set(_KIND_WORD.findall(text)) if len(text) <= SHORT and not is_question(text) else set()
    return _KINDS.get(kinds.pop(), AppealType.COMPLAINT) if len(kinds) == 1 else None


_GRUMBLE = re.compile(
    r"(?:你们?|您们?|12345|热线|政府|这热线|打你们)?(?:就是|都是|真是|就|也|只会|根本|简直|全是)*(?:一?[个群帮])?(?:摆设|吃干饭的?|骗人的?|没用|没得用|不管用|不管事|不办事|不作为|踢皮球|推来推去|互相推|糊弄(?:人|老百姓)|敷衍(?:人|了事)?|走过场|形式主义)(?:的|了|啊)*"
    r"|(?:跟你们?|给你们?|向你们?)?(?:反映|投诉|打电话|打了?|找你们?|说)(?:了|过|再多)*(?:几次|多少[次遍]|好几[次遍])*(?:也|都|还是)*(?:没用|没人管|白(?:打|说|反映|投诉)|不管)(?:的|了|啊)*"
    r"|(?:要|养)你们?(?:有什么用|干什么|干嘛|干啥)|什么(?:破|狗屁|烂)?热线"
)


def grumbles(text: str) -> bool:
    """Whether a message only says what the hotline is worth, and no matter (你们就是个摆设，反映了也
    没用)."""
    said = [one for one in re.split(r"[，,。.!！?？;； ]+", text) if one]
    return bool(said) and all(_GRUMBLE.fullmatch(one) for one in said)


_OF_US = re.compile(
    r"(?:投诉|举报|反映|告)(?:的就是)?(?:你们|12345|热线)|你们(?:[^，。]{0,6})(?:不作为|不办事|不管|推诿|推来推去|踢皮球|办事|效率|太慢|糊弄|敷衍)"
)


def of_us(text: str) -> bool:
    """Whether it is the hotline that somebody complains of (我要投诉你们不作为)."""
    return _OF_US.search(text) is not None


_COMPLAINS_OF_US = re.compile(r"(?:投诉|举报|告)(?:的就是)?(?:你们|12345|热线)")


def complains_of_us(text: str) -> bool:
    """Whether somebody says in so many words that the hotline is whom they complain of."""
    return _COMPLAINS_OF_US.search(text) is not None


_COMPLAINS = re.compile(
    r"(?:^|[，,。；;！!\s])(?:我们?|所以|现在|还是|就|那|今天|再)*(?:要|想|来)?(?:实名)?(?:投诉|举报)"
    r"(?!电话|热线|渠道|方式|平台|的|人|信|流程|箱|[^，,。]{0,4}(?:过|了))"
)


def complains(text: str) -> bool:
    """Whether a text says in so many words that it complains or reports, and asks nothing."""
    return _COMPLAINS.search(text) is not None and not is_question(text)


def beside_announcement(text: str) -> str:
    """What a message says beside that something will be told: nothing of 我要投诉, 没水了 of itself."""
    return ANNOUNCING.sub("", text).strip("，,。.！!：: ")


_TOPIC = re.compile(
    r"(?:关于|有关)?(?P<topic>(?:(?!的问题)[^，。！？]){2,12}?)(?:的|这个|那个)?(?:问题|事情|情况)(?:啊|吧|呢)*"
)
_SAYS_WHAT = re.compile(
    r"[没停断漏堵欠偷拖缺塌臭吵冒坏不无乱违扰骗拒超涨贵慢差难脏乱占收罚拆退赔晃跳]|噪[音声]|污染|垃圾|诈骗|工资"
)


def topic(text: str) -> str:
    """What a message announces to be about, and does not say what is wrong with it (我要反映小区充电
    桩的问题); else empty."""
    beside = beside_announcement(text)
    found = _TOPIC.fullmatch(beside) if beside != text else None
    said = found["topic"] if found else ""
    return "" if _SAYS_WHAT.search(said) or _NO_NAME.match(said) else said


def kind_is_wrong(text: str) -> bool:
    return _KIND_WRONG.search(text) is not None


_KIND_NOUN = "举报|投诉|建议|求助|表扬"
_IS_NO = r"(?:不是|不算|算不上|谈不上|说不上|称不上|够不上|并非|没想|没要|没打算)(?:个|什么|在|要|想|来|是|做|提)*"
_KIND_NOT_KIND = re.compile(
    rf"^(?:我|这|那|其实|哦|也|还|[，, ])*(?:{_IS_NO}|不(?:要|想)(?:提|做|来)?)(?:{_KIND_NOUN})(?:他们?|吧|啊|的)*[，,。 ]*(?:我|这|而|就|应该|只|其实|[，, ])*(?:是|要|想|算)+(?:个|来|提|点|一个|一些|说)*(?P<kind>{_KIND_NOUN}|意见)(?:他们?|吧|的|啊|而已)*[。.!！]*$"
    rf"|^(?:我|这|那|其实|就|应该|[，, ])*(?:是|要|想|算)+(?:个|来|提)*(?P<first>{_KIND_NOUN}|意见)(?:他们?|吧|的|啊)*[，,。 ]+(?:而|并|我|这)*(?:{_IS_NO}|不要)(?:{_KIND_NOUN})(?:的|啊|他们?)*[。.!！]*$"
    r"|^(?:我|这|那|其实|[，, ])*(?:就|只|不过)(?:是|想|算)+(?:来)?(?:提|说)?(?:个|点|一个|一点|一些|几句)*(?P<only>建议|意见)(?:吧|的|啊|而已)*[。.!！]*$"
)


def kind_not_another(text: str) -> AppealType | None:
    """The kind a message means by saying which it is not ("不是投诉，我要举报"), or that it is no more
    than that ("就是提个意见")."""
    found = _KIND_NOT_KIND.match(text)
    said = found["kind"] or found["first"] or found["only"] if found else ""
    return _KINDS.get(said, AppealType.SUGGESTION) if said else None


_NOT_KIND_BUT = re.compile(
    rf"^(?:我|这|那|其实|哦|也|还|[，, ])*{_IS_NO}(?:{_KIND_NOUN})(?:他们?|吧|啊|的)*[，,。 ]+(?:我|这|而|就|应该|只|其实|[，, ])*(?:是|要|想|来)+(?P<kind>{_KIND_NOUN})(?P<rest>.{{3,}})$",
    re.DOTALL,
)
_KIND_DENIED = re.compile(
    rf"^(?:我|这|那|其实|哦|也|还|可|又|[，, ])*{_IS_NO}(?P<kind>{_KIND_NOUN})(?:他们?|谁|吧|啊|的|了|呀)*[。.!！]*$"
)


def kind_denied(text: str) -> AppealType | None:
    """The kind a message says its matter is not (算不上举报); None where it says none."""
    found = _KIND_DENIED.match(text) if len(text) <= SHORT else None
    return _KINDS[found["kind"]] if found else None


def kind(text: str) -> AppealType | None:
    """The kind a short message asks for ("我要举报", "改成建议")."""
    found = _CHANGE_KIND.search(text) if len(text) <= SHORT else None
    return _KINDS[found["kind"]] if found else None


def kind_and_more(text: str) -> tuple[AppealType, str] | None:
    """Another kind, and what is told with it ("其实我是想举报，他们没有执照", "他还无证卖肉，我要举报")."""
    found = _OTHER_KIND.match(text) or _KIND_AT_END.match(text) or _NOT_KIND_BUT.match(text)
    return (_KINDS[found["kind"]], found["rest"].strip()) if found else None


_SUFFERED = re.compile(
    r"(?:被|遭)[^，。]{0,8}(?:打|揍|砍|捅|踢|推|绑|抢|威胁|恐吓)|(?:把|将)(?:我|俺|咱|我们|孩子|我[爸妈])[^，。]{0,4}(?:打|揍|砍|捅|踢|推|锁)"
    r"|(?:他|她|他们|对方|老公|丈夫|邻居|房东|老板|保安|城管|有人|人家)[^，。我]{0,6}(?:打|揍|砍|踢|推|威胁|恐吓|要打|要砍)(?:了|伤了?)?(?:我|俺|人)"
)


def suffered(text: str) -> bool:
    """Whether violence is told by whom it was done to (他把我打了), and not threatened."""
    return _SUFFERED.search(text) is not None


_KEEPS_KIND = re.compile(
    r"^(?:那|算了|还是|就|按|改成|改回|[，, ])+(?:举报|投诉|建议|求助|表扬)(?:吧|了|处理|登记)*[。.!！]?$"
)


def keeps_kind(text: str) -> bool:
    """Whether a message names the kind only to keep it after all (还是投诉吧)."""
    return _KEEPS_KIND.match(text) is not None


_NO_NAME = re.compile(
    r"^(?:你们?|您|他们?|她们?|它们?|自己|谁|一?[个家名位件]?(?:人|某人|公司|单位|店|事情?|问题|东西|情况))$"
)


def is_name(text: str) -> bool:
    """Whether what follows an announcement names somebody or some firm."""
    return 1 < len(text) <= 10 and _NO_NAME.match(text) is None and not is_question(text)
