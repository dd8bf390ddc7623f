"""How people steer a form: the phrases that mean "wrong", "skip", "stop", "yes", "no".

Patterns are matched against folded text (half-width, Simplified). They decide before the intent
does: a telephone number with 88 in it is no goodbye, and "没有" after a question is no chat.
"""

from __future__ import annotations

import re

from actions.complaint.draft import Privacy
from actions.complaint.fields import AppealType
from actions.complaint.sentences import ANNOUNCING

_SKIP = re.compile(
    r"^(?:这个|我|真的?|就|也|都|暂时|目前|现在|嗯|呃|先){0,3}"
    r"(?:没有了?|没了?|无|木有|冇|没得了?|莫得|冇得|不记得(?:编号|工单号|单号|号码)了?|忘了(?:编号|工单号|单号|号码)|不知道|不清楚|不晓得|不记得了?|记不清了?|记不得了?|忘了|忘记了|"
    r"说不清楚?|说不准|不确定|不好说|不详|跳过|略过|过|下一个|下一项|不填|不用了?|不需要|不必|"
    r"(?:没有?|没得|莫得|冇得?)(?:电话|手机|号码|联系方式)|(?:不能|说不了|不好|不敢|没法)(?:说|讲|透露)?(?:在哪|是哪|出来)?|不方便[说讲]?|不便透露|不提供|"
    r"不(?:想|愿意?|太想)?[留给说填](?:电话|手机号?|号码|名字|姓名)?|免了|随便|都行|都可以|没啥|没什么|暂无|空着)"
    r"[吧的了呢啊哈呀嘛]*[。.!！~]*$"
)
_REFUSES_PHONE = re.compile(
    r"^(?:我|我就|就|真的?|还是|也|可以)*(?:[不唔莫](?:想|愿意?|太想|方便|敢|能|要|用|使)?|别)(?:让我)?(?:留|给|说|填|提供|透露|公开)"
    r"(?:我的?)?(?:电话|手机号?|号码|联系方式)?(?:了|吧|可以吗|行吗|行不行|得唔得)?(?:$|[，,。；;！!？? ])"
)
_WISHES = re.compile(r"^(?:我们?|就是|另外|[，, ])*(?:希望|要求|请求|恳请|想要求)[^，。]{2}")
_NO_CODE = re.compile(
    r"^(?:我们?|个体户?|小店|[，, ])*(?:没有?|没办|冇|莫得|不知道|不记得)(?:这个|那个|统一社会)*(?:信用代码|代码|税号|营业执照|执照)[^，。]{0,4}$"
)
_CANCEL = re.compile(
    r"^(?:那|我|还是|先|就){0,2}"
    r"(?:取消|算了|不投诉了|不举报了|不反映了|不报了|不弄了|不提交了|不要提交|别提交|不办了|不说了|"
    r"退出|放弃|终止|停止|不用登记了|不登记了|撤销|撤回|作废)"
    r"(?:这[个次件]|投诉|登记|吧|了|算了|不弄了|不投诉了|谢谢|[，,。.!！ ])*$"
)
_KEEP = re.compile(
    r"^(?:不|别|不要|先别|先不|我不)(?:取消|撤|算)|^(?:那就|还是|请|我)*(?:继续|接着)|"
    r"^(?:不|等等|等一下|[，, ])*还是(?:要|再|给我)?(?:弄|办|报|登记|投诉|反映|举报|提交|说)"
)
_BACK = re.compile(
    r"^(?:好了?|行了?|嗯+|喂|我|又|现在|可以|刚才?|才|忙完|打完电话|接完电话|[，,。.!！ ])*"
    r"(?:回来|来|忙完|弄好|准备好|找到|打完电话|接完电话|继续|可以继续|接着说?|好)了?(?:吧|啊|哈|呀)?[，,。.!！ ]*$"
)
_YES_WORDS = (
    r"[嗯恩]+|哦|好|好的|好吧|好嘞|对|对的|对对|是|是的|是啊|没错|没问题|没有问题|没有了|无误|正确|准确|都对|"
    r"确认|确定|确认提交|提交|提交吧|可以|可以的|行|行的|行吧|成|中|照|好额|倍儿好|ok|yes|要得|得行|就这样|就这样吧|"
    r"就这么办|同意|继续|报上去|帮我提交|请提交"
)
_YES = re.compile(rf"^(?:(?:{_YES_WORDS})[，,。.!！~ 吧了的]*)+$", re.IGNORECASE)
# At the lines to check: nothing is wrong with them, hand it in.
_NOTHING_MORE = re.compile(
    rf"^(?:{_YES_WORDS}|(?:就|只有|只)?是?(?:这|那)(?:些|么多|样子?|个事?|件事?|点事?)事?|"
    r"没有?(?=[，,。.!！~ ]|$)|没有?(?:了|啥|什么|问题|别的|其[他它]的?|错|毛病|要改的?|要补充的?|得)+|冇(?:了|嘢|问题)?|"
    r"不(?:用|需要?|必)?改|不用(?:再)?(?:补充|说|看)|妥+|妥当|赶紧|赶快|搞?快[点些]?|(?:提)?交(?:上去)?|报(?:上去)?|办|登记|"
    r"全?都?(?:对|是|行|好)|得|[，,。.!！~ 、的了吧啊呀哈呗啦嘞哦噢咯]+)+$",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"(?:谢谢|多谢|感谢|麻烦|辛苦|拜托|唔该|thanks?(?: you)?)"
    r"(?:你们?|您们?|姑娘|师傅|叔叔|阿姨|同志|大姐|大哥|领导|老师|晒|了|啦|啊|哈)*|[\U0001f64f\U0001f339]",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^(?:不|不要|不行|不可以|不了|不用|不是|不对|先不|别|不确认|不提交|还没|没有|no|不同意)"
    r"[，,。.!！~ 吧了的啊]*$",
    re.IGNORECASE,
)
_ADD = re.compile(
    r"^(?:我|还|再|要|想|需要|另外|对了|等等|等一下|哦|还有|[，, ])*"
    r"(?:补充(?:一下|一点|一句|一条|两句|下|说明)?|还有一点|还有(?:个|一个)?(?:情况|问题|事)|再说(?:一点|明一下)|另外|再加(?:一点|上))"
    r"[：:，, 的是]*(?P<rest>.*)$",
    re.DOTALL,
)
_RHETORICAL = re.compile(r"还要?用?问|问什么问|说了多少遍|不是说了|还用说")
_QUESTION = re.compile(
    r"[?？]|[吗么呢]\s*$|怎么|怎样|如何|多少|几[天号个点]|哪[里些个儿]|什么|啥|能不能|可不可以|"
    r"是不是|有没有|为什么|为啥|多久|需要.{0,6}材料|条件|流程"
)
_ANONYMOUS = re.compile(
    r"匿名|不[要想愿留]?(?:留|写|填|透露|说)?(?:真实)?(?:姓名|名字|身份)|不实名"
)
_CONFIDENTIAL = re.compile(
    r"保密|不(?:想|愿意?|能)让[^，。]{0,6}(?:知道|晓得)|别(?:让|告诉|透露)|不要(?:让|告诉|透露|泄露)|不能(?:让|告诉).{0,10}(?:知道|是我)"
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


def is_skip(text: str) -> bool:
    return _SKIP.match(text) is not None


def refuses_phone(text: str) -> bool:
    """Whether a message begins by refusing a number, whatever its reason (不想留电话，怕被穿小鞋)."""
    return _REFUSES_PHONE.match(text) is not None


def has_no_code(text: str) -> bool:
    """Whether a business says that it has no credit code or licence (没有信用代码, 没办执照)."""
    return _NO_CODE.match(text) is not None


def wishes(text: str) -> bool:
    """Whether a message begins with what is wanted (希望停业整顿, 要求退款)."""
    return _WISHES.match(text) is not None


def is_cancel(text: str) -> bool:
    return _CANCEL.match(text) is not None


def is_keep(text: str) -> bool:
    """Whether a message takes a cancelling back ("不取消", "继续吧")."""
    return _KEEP.match(text) is not None or is_no(text)


def is_yes(text: str) -> bool:
    return _YES.match(_COURTESY.sub("", text).strip("，, ")) is not None


def is_fine(text: str) -> bool:
    """Whether an answer to the lines to check says that nothing is wrong with them (没了, 就这些,
    好的谢谢, 快点): hand it in."""
    bare = _COURTESY.sub("", text).strip("，,。.!！~ ")
    return bool(bare) and _NOTHING_MORE.match(bare) is not None


def is_back(text: str) -> bool:
    """Whether a short message says no more than that the person is here again (好了，回来了)."""
    return len(text) <= SHORT and _BACK.match(text) is not None and not hurries(text)


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
_HURRIES = re.compile(
    r"提交|就这样|就这么办|报上去|快点|(?:好了|行了|够了){2}|^够了|别问了|不要?再?问了|问完(?:了)?没|烦不烦"
)


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
_HOW_TO_KNOW = re.compile(
    r"^(?:那|我|我们|到时候?|以后|之后|请问|[，, ])*(?:怎么|咋|怎样|上哪|去哪|在哪)(?:里|儿)?(?:才能|能|会)?(?:知道|晓得|查到?|看到?|了解)"
    r"[^，。]{0,10}[？?吗呢啊]*$"
)
_WHO_CARES = re.compile(
    r"^(?:那|你们?|您们?|到底|先告诉我|究竟|就说|我就问|[，, ])*(?:有没有人|有人|谁)?(?:来|能|会)?(?:管不管|管吗|管不了吗|管不管得了|管啊|管呢)[？?！!啊呀]*$"
)
_AN_ORDER = re.compile(
    r"工单|单号|单子|编号|进度|进展|(?:投诉|反映|举报|登记|报)(?:过|的)|上次|上回|之前|以前"
)


def asks_how_long(text: str) -> bool:
    """Whether a short message asks how long it takes, how one gets to know, or whether anybody
    will see to it."""
    return any(rule.match(text) for rule in (_HOW_LONG, _HOW_TO_KNOW, _WHO_CARES))


def names_an_order(text: str) -> bool:
    """Whether it speaks of an order filed before."""
    return _AN_ORDER.search(text) is not None


def is_question(text: str) -> bool:
    return _QUESTION.search(text) is not None and _RHETORICAL.search(text) is None


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
    r"(?:(?:一下|一点|一句|一条|两句|下|说明)[：:，, ]*|[：:，, ]+)(?P<rest>.{2,})$",
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


_WANTS_A_PERSON = re.compile(
    r"(?:(?:^|[，,。；;！!\s])我?(?:就|还是|只|先)?(?:要|想)?|请|帮我|给我|麻烦|直接|赶紧)"
    r"(?:转接?|找|接|换|要|想?跟)(?:到|个|一?下|你们的?)?"
    r"(?:人工(?![湖岛河费草成智能降增流])|真人|活人|接线员|话务员)"
    r"(?![^，,。；;！!\s]{0,8}(?:了|过|不到|不通|没))"
)


def wants_a_person(text: str) -> bool:
    """Whether a text asks for a person, whatever else it says: 找人工，电梯坏了没人管."""
    return _WANTS_A_PERSON.search(text) is not None


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
