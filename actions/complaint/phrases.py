"""How people steer a form: the phrases that mean "wrong", "skip", "stop", "yes", "no".

Patterns are matched against folded text (half-width, Simplified). They decide before the intent
does: a telephone number with 88 in it is no goodbye, and "没有" after a question is no chat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.complaint.draft import Field, Privacy
from actions.complaint.fields import AppealType
from actions.complaint.sentences import ANNOUNCING

_FIELD_WORDS: tuple[tuple[Field, str], ...] = (
    (Field.PHONE, "联系电话|联系方式|手机号码?|电话号码?|手机|电话|号码"),
    (Field.PLACE, "事发地[址点]|详细地址|地址|地点|位置|住址|路名|小区名|地方"),
    (Field.TIME, "发生时间|事发时间|时间|日期|钟点|时候"),
    (Field.NAME, "联系人|姓名|名字|称呼|我的名|贵姓"),
    (Field.CREDIT_CODE, "(?:统一社会)?信用代码|税号"),
    (Field.ENTERPRISE, "企业名称?|公司名称|我们公司名"),
    (Field.SUBJECT, "投诉对象|被投诉人|涉事单位|涉及单位|对象|单位|公司名?|商家|店名|当事人"),
    (Field.WANTED, "诉求|期望结果|要求|期望|希望的结果"),
    (Field.MATTER, "投诉内容|反映内容|主要内容|内容|事情经过|经过|描述|事项|问题"),
)
_ANY_FIELD = "|".join(f"(?P<f{index}>{words})" for index, (_, words) in enumerate(_FIELD_WORDS))

_WRONG = (
    "不对|不正确|有误|错了?一?位?|写错|说错|打错|弄错|填错|搞错|记错|输错|不是这个|不准|"
    "需?要改|改一下|改下|改改|修改|改成|改为|改到|改回|换成|换一?个|更正|更改|应该是|应当是|应为"
)
_BECOMES = "改成|改为|改到|改回|换成|更正为|更改为|应该是|应当是|应为|其实是|而是|是|为|:|："

_FIELD_WRONG = re.compile(rf"(?:{_ANY_FIELD})[^，。,;；!！]{{0,8}}?(?:{_WRONG})")
_CHANGE_FIELD = re.compile(
    rf"(?:改一?下?|修改一?下?|更正一?下?|更改一?下?|换一?下?|纠正一?下?|重新填一?下?)(?:{_ANY_FIELD})"
)
_OH_NO = (
    r"^(?:哦|噢|啊|呃|哎呀?|不好意思|抱歉|等等|[，,。 ])*"
    r"(?:(?:不对|错了|我?(?:说|搞|写|打|弄|记)错了|不是)[呀啊哦的了]*[，,。 ]*)+"
)
_NOT_THIS_BUT = re.compile(rf"{_OH_NO}(?:应该)?是(?P<value>.+)$")
_IT_IS = re.compile(
    rf"{_OH_NO}(?:我的?)?(?:{_ANY_FIELD})[^，。,;；!！]{{0,4}}?(?:{_BECOMES}|在)\s*(?P<value>.+)$"
)
_NOT_A_BUT_B = re.compile(r"不是(?P<old>[^，,。]+?)[，, ]*(?:而?是|应该是)(?P<value>[^，。]+)")
_BARE_WRONG = re.compile(
    r"^(?:不对|不是|错了|有错|不正确|有误|有问题|要改|改一下|修改|我要改|我想改|需要修改|改)[呀啊哦的了吧]*[。!！]?$"
)
_NEW_VALUE = re.compile(rf"(?:{_BECOMES})\s*(?P<value>.+)$")
_TAIL = re.compile(r"(?:才对|才是|谢谢|吧|哈|啊|呢|哦)?[。.!！\s]*$")

_SKIP = re.compile(
    r"^(?:这个|我|真的|就|也|都|暂时|目前|现在|嗯|呃|先){0,3}"
    r"(?:没有了?|没了?|无|木有|冇|没得了?|莫得|冇得|不记得(?:编号|工单号|单号|号码)了?|忘了(?:编号|工单号|单号|号码)|不知道|不清楚|不晓得|不记得了?|记不清了?|记不得了?|忘了|忘记了|"
    r"说不清楚?|说不准|不确定|不好说|不详|跳过|略过|过|下一个|下一项|不填|不用了?|不需要|不必|"
    r"(?:没有?|没得|莫得|冇得?)(?:电话|手机|号码|联系方式)|不方便说?|不便透露|不提供|"
    r"不(?:想|愿意?|太想)?[留给说填](?:电话|手机号?|号码|名字|姓名)?|免了|随便|都行|都可以|没啥|没什么|暂无|空着)"
    r"[吧的了呢啊哈呀嘛]*[。.!！~]*$"
)
_CANCEL = re.compile(
    r"^(?:那|我|还是|先|就){0,2}"
    r"(?:取消|算了|不投诉了|不举报了|不反映了|不报了|不弄了|不提交了|不要提交|别提交|不办了|不说了|"
    r"退出|放弃|终止|停止|不用登记了|不登记了|撤销|撤回|作废)"
    r"(?:这[个次件]|投诉|登记|吧|了|算了|不弄了|不投诉了|谢谢|[，,。.!！ ])*$"
)
_KEEP = re.compile(
    r"^(?:不|别|不要|先别|先不|我不)(?:取消|撤|算)|^(?:那就|还是|请|我)*(?:继续|接着)"
)
_YES = re.compile(
    r"^(?:(?:嗯+|哦|好|好的|好吧|好嘞|对|对的|对对|是|是的|是啊|没错|没问题|没有问题|没有了|无误|正确|准确|都对|"
    r"确认|确定|确认提交|提交|提交吧|可以|可以的|行|行的|行吧|成|中|ok|yes|要得|得行|就这样|就这样吧|"
    r"就这么办|同意|继续|报上去|帮我提交|请提交)[，,。.!！~ 吧了的]*)+$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^(?:不|不要|不行|不可以|不了|不用|不是|不对|先不|别|不确认|不提交|还没|没有|no|不同意)"
    r"[，,。.!！~ 吧了的啊]*$",
    re.IGNORECASE,
)
_ADD = re.compile(
    r"^(?:我|还|再|要|想|需要|另外|对了|等等|等一下|哦|还有|[，, ])*"
    r"(?:补充(?:一下|一点|下|说明)?|还有一点|还有(?:个|一个)?(?:情况|问题|事)|再说(?:一点|明一下)|另外|再加(?:一点|上))"
    r"[：:，, 的是]*(?P<rest>.*)$",
    re.DOTALL,
)
_QUESTION = re.compile(
    r"[?？]|[吗么呢]\s*$|怎么|怎样|如何|多少|几[天号个点]|哪[里些个儿]|什么|啥|能不能|可不可以|"
    r"是不是|有没有|为什么|为啥|多久|需要.{0,6}材料|条件|流程"
)
_ANONYMOUS = re.compile(
    r"匿名|不[要想愿留]?(?:留|写|填|透露|说)?(?:真实)?(?:姓名|名字|身份)|不实名"
)
_CONFIDENTIAL = re.compile(
    r"保密|别(?:让|告诉|透露)|不要(?:让|告诉|透露|泄露)|不能(?:让|告诉).{0,10}(?:知道|是我)"
)
_OPENLY = re.compile(r"实名|公开|不用保密|不需要保密|不保密|无所谓|不用匿名|不匿名")

_KINDS = {
    "举报": AppealType.REPORT,
    "投诉": AppealType.COMPLAINT,
    "建议": AppealType.SUGGESTION,
    "求助": AppealType.HELP,
    "表扬": AppealType.PRAISE,
}
_KIND_WRONG = re.compile(
    r"^(?:诉求|事项|投诉)?(?:类型|性质|类别)[^，。]{0,4}(?:不对|错|改|换)|^改一?下?类型$"
)
_CHANGE_KIND = re.compile(
    r"(?:^(?=(?:举报|投诉|建议|求助|表扬)(?:吧|类)?$)|这(?:其实|应该)?(?:是|算)|其实是|我(?:要|想|这是)|改成|改为|换成|按|算作?|应该(?:是|算)|当作?)"
    r"\s*(?P<kind>举报|投诉|建议|求助|表扬)"
)
_POINTING = re.compile(
    r"^(?:就|在|是|就在|我|我们|我家|咱|咱们|俺|俺们|本|自己|这|那|这个|那个|家|小区|村|村里|单位|公司|学校|楼|"
    r"隔壁|屋里|工地|马路|路口|饭店|商店|超市|菜场|菜市场|广场|公园|停车场|车库|地下|院子|巷子|胡同|"
    r"楼上|楼下|楼道|门口|门前|附近|旁边|旁|对面|后面|前面|边上|周围|里|里面|外面|外|上|下|这里|那里|这儿|那儿|"
    r"这边|那边|边|附近的|路边|街上|家里|家门口|的|呀|啊|呢|吧|[，,。.!！ ])+$"
)
_OTHER_KIND = re.compile(
    r"^(?:哦|嗯|不对|不是|算了|对了|等等|[，, ])*(?:这|那|我|其实|还是|应该|就|是|算|要|想|来|改成|改为|换成)+"
    r"(?P<kind>举报|投诉|建议|求助|表扬)(?:他们?|它们?)?(?:吧|的|了|呢)*[，,。；; ]+(?P<rest>.+)$",
    re.DOTALL,
)
_KIND_WORD = re.compile(r"举报|投诉|反映|建议|求助|表扬")
SHORT = 16  # characters; a longer message says more than which kind it is


@dataclass(frozen=True, slots=True)
class Correction:
    """A person says something is wrong. ``field``/``value`` are None where not said."""

    field: Field | None
    value: str | None


def correction(text: str) -> Correction | None:
    """The correction a (folded) message makes, if it makes one."""
    named = _IT_IS.match(text)
    if named is not None:
        return Correction(_field_of(named), _trim(named["value"]) or None)
    found = _FIELD_WRONG.search(text) or _CHANGE_FIELD.search(text)
    if found is not None:
        return Correction(_field_of(found), _value_after(text, found))
    told = _NOT_THIS_BUT.match(text) or _NOT_A_BUT_B.search(text)
    if told is not None:
        return Correction(None, _trim(told["value"]) or None)
    return Correction(None, None) if _BARE_WRONG.match(text) else None


def _field_of(found: re.Match[str]) -> Field:
    return next(
        name for index, (name, _) in enumerate(_FIELD_WORDS) if found.group(f"f{index}") is not None
    )


def _value_after(text: str, found: re.Match[str]) -> str | None:
    """What stands after the wrong field: "…改成X", "…不对，是X", "…错了一位，13…"."""
    if re.search(rf"(?:{_BECOMES})$", found.group()):
        return _trim(text[found.end() :]) or None
    rest = text[found.end() :].lstrip("了的呀啊哦，,。 一位")
    told = _NEW_VALUE.search(rest)
    return _trim(told["value"] if told else rest) or None


def _trim(text: str) -> str:
    return _TAIL.sub("", text.strip().lstrip("，,：: "))


def field_named(text: str) -> Field | None:
    """The one field a short message names ("地址", "改电话")."""
    found = re.search(_ANY_FIELD, text)
    return _field_of(found) if found is not None and len(text) <= SHORT else None


def is_skip(text: str) -> bool:
    return _SKIP.match(text) is not None


def is_cancel(text: str) -> bool:
    return _CANCEL.match(text) is not None


def is_keep(text: str) -> bool:
    """Whether a message takes a cancelling back ("不取消", "继续吧")."""
    return _KEEP.match(text) is not None or is_no(text)


def is_yes(text: str) -> bool:
    return _YES.match(text) is not None


def is_no(text: str) -> bool:
    return _NO.match(text) is not None


_URGE = re.compile(r"催|(?:帮我)?(?:快点|赶紧|尽快)|怎么还没|同一件|是(?:的)?这件|就是(?:这|那)")
_ONTO = re.compile(r"补充|加(?:上|到|进)|并(?:到|进)|一起")
_ANEW = re.compile(r"新|不是(?:同)?一|另(?:外|一)|别的|不一样|重新|不同")


def about_earlier(text: str) -> str | None:
    """What is to become of a matter reported before: "new", "add", "urge", or None if not said."""
    if _ANEW.search(text) or is_no(text):
        return "new"
    if _ONTO.search(text):
        return "add"
    return "urge" if _URGE.search(text) else None


_FOR_ONESELF = re.compile(r"(?:是|就是)?(?:我自己|我本人|自己的事|本人的事)")
_DISAGREES = re.compile(
    r"不(?:知道|知情|同意|晓得)|没(?:有)?(?:跟|和|给|对)?(?:他|她|他们)?(?:说|讲|商量)|还没|瞒着"
)
_AGREES = re.compile(r"知道|同意|让我|叫我|托我|委托|晓得|说好|知情")
_ONLY_AGREES = re.compile(
    r"^(?:(?:对方|本人|老人家?|她|他|我?(?:妈妈?|爸爸?|母亲|父亲|奶奶|爷爷|外公|外婆|老公|老婆|爱人|邻居|朋友))?"
    r"(?:也|都|是|当然|肯定)*(?:知道|同意|知情|晓得|说好)(?:这[件个]?事)?(?:了|的|啦|呢)*[，,。！! ]*)+$"
)
_HURRIES = re.compile(r"提交|就这样|就这么办|报上去|快点")


def for_oneself(text: str) -> bool:
    return len(text) <= SHORT and _FOR_ONESELF.search(text) is not None


def disagrees(text: str) -> bool:
    """Whether whom it is told for does not know or agree."""
    return is_no(text) or _DISAGREES.search(text) is not None


def agrees(text: str) -> bool:
    """Whether whom it is told for knows or agrees. "提交" says nothing of that."""
    return not hurries(text) and (is_yes(text) or _AGREES.search(text) is not None)


def only_agrees(text: str) -> bool:
    """Whether a message says nothing but that ("她知道的，她同意")."""
    return _ONLY_AGREES.match(text) is not None


def hurries(text: str) -> bool:
    """Whether a short message only wants to be done with it."""
    return len(text) <= SHORT and _HURRIES.search(text) is not None


_HOW_LONG = re.compile(
    r"^(?:那|这个|这|一般|大概|请问|你们?|您们?|最快|到底)*(?:要)?(?:多久|多长时间|几天|多少天|几个工作日|什么时候)(?:能|可以|会|才|才能)*"
    r"(?:给我?)?(?:办好|解决|处理|修好|有结果|答复|回复|回电|来人|上门|办完|弄好|得到|好)[^，。]{0,6}$"
)
_AN_ORDER = re.compile(
    r"工单|单号|单子|编号|进度|进展|(?:投诉|反映|举报|登记|报)(?:过|的)|上次|上回|之前|以前"
)


def asks_how_long(text: str) -> bool:
    """Whether a short message asks how long it will take."""
    return _HOW_LONG.match(text) is not None


def names_an_order(text: str) -> bool:
    """Whether it speaks of an order filed before."""
    return _AN_ORDER.search(text) is not None


def is_question(text: str) -> bool:
    return _QUESTION.search(text) is not None


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
    r"(?:(?:一下|一点|下|说明)[：:，, ]*|[：:，, ]+)(?P<rest>.{2,})$",
    re.DOTALL,
)


def supplement(text: str) -> str:
    """What follows "补充一下，…" said of an order already filed; "另外…" is another matter."""
    found = _SUPPLEMENT.match(text)
    return found["rest"].strip() if found else ""


def privacy(text: str) -> Privacy | None:
    """What a message asks for: anonymity, confidentiality, or neither."""
    if _OPENLY.search(text):
        return Privacy.OPEN
    if _ANONYMOUS.search(text):
        return Privacy.ANONYMOUS
    return Privacy.CONFIDENTIAL if _CONFIDENTIAL.search(text) else None


_FEARS = re.compile(r"(?:怕|担心)[^，。]{0,8}(?:报复|找我|知道|穿小鞋|麻烦|认出)")


def fears(text: str) -> Privacy | None:
    """Who says they are afraid of whom they report is to be protected."""
    return Privacy.CONFIDENTIAL if _FEARS.search(text) else None


def points_only(text: str) -> bool:
    """Whether a place says where only to whoever stands there ("我们小区楼下")."""
    return _POINTING.match(text) is not None


def announced(text: str) -> AppealType | None:
    """The kind of matter a short message announces without telling it ("我要投诉一家公司")."""
    kinds = set(_KIND_WORD.findall(text)) if len(text) <= SHORT and not is_question(text) else set()
    return _KINDS.get(kinds.pop(), AppealType.COMPLAINT) if len(kinds) == 1 else None


_COMPLAINS = re.compile(
    r"(?:^|[，,。；;！!\s])(?:我们?|所以|现在)*(?:要|想|来)?(?:实名)?(?:投诉|举报)"
    r"(?!电话|热线|渠道|方式|平台|的|人|信|流程|箱|[^，,。]{0,4}(?:过|了))"
)


def complains(text: str) -> bool:
    """Whether a text says in so many words that it complains or reports, and asks nothing."""
    return _COMPLAINS.search(text) is not None and not is_question(text)


def beside_announcement(text: str) -> str:
    """What a message says beside that something will be told: nothing of 我要投诉, 没水了 of itself."""
    return ANNOUNCING.sub("", text).strip("，,。.！!：: ")


def kind_is_wrong(text: str) -> bool:
    return _KIND_WRONG.search(text) is not None


def kind(text: str) -> AppealType | None:
    """The kind a short message asks for ("我要举报", "改成建议")."""
    found = _CHANGE_KIND.search(text) if len(text) <= SHORT else None
    return _KINDS[found["kind"]] if found else None


def kind_and_more(text: str) -> tuple[AppealType, str] | None:
    """Another kind, and what is told with it ("其实我是想举报，他们没有执照")."""
    found = _OTHER_KIND.match(text)
    return (_KINDS[found["kind"]], found["rest"].strip()) if found else None
