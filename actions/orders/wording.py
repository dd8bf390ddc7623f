"""What people say of an order they have handed in, without its number. Patterns are matched against
folded text.
"""

from __future__ import annotations

import re
from enum import StrEnum

from actions.complaint.wording import asked_of_us


class About(StrEnum):
    """What is said or asked of the order."""

    STANDS = "stands"
    """How far it is, when somebody comes, who sees to it, whether anybody will call."""
    NUMBER = "number"
    FILES = "files"
    NEWS = "news"
    """More of the same matter."""
    UNHEARD = "unheard"
    """Nobody has come or called yet."""
    SOLVED = "solved"
    """It is solved before anybody said that it was done."""
    PRIVATE = "private"
    """Whether they will hear who told it."""
    KEPT = "kept"
    """It is not to be taken back after all."""
    OVER = "over"
    """It need not be dealt with any more."""


LONGEST_ASKED = 24  # characters of a question about an order, or a verdict on it, and nothing else
_LEAD = r"^(?:那|这|你们?|您们?|他们|请问|我想问(?:一下)?|问一下|我|这个|那个|到底|就|大概|大约|一般|最快|最多|估计|还要?+|要|得|需要|[，, ])*"
_END = r"(?:[啊呀呢吗嘛么吧哦]|一下|的)*[？?。!！~]*$"
_DONE = r"(?:给我?+|来|到|修|办|处理|解决|回|答|联系|结果|信|上门|弄|好|管|打|派|通知|有|能|会|可以|才|出|完|搞定|落实|消息|动静|回音|人|个|电话|话|复|我|现场|看|维修|整)"
_STANDS = re.compile(
    rf"{_LEAD}(?:几[天日时]|[多好]久|多长时间|多少天|几个(?:工作日|小时|钟头)|什么时候|啥时候?|啥辰光|何时|哪天|几号|几点){_DONE}*{_END}"
    rf"|{_LEAD}(?:会|是|由|归|派给|转给|交给|给|分给)*(?:哪个?|什么|啥|谁)(?:部门|单位|人|局|科室|家)?(?:会|能)?(?:来|去|在)?(?:管|办|处理|负责|跟进|联系我|弄|修)(?:这事|我|这个)?{_END}"
    rf"|{_LEAD}(?:派给|转给|交给|分给|给)(?:了)?(?:哪个?|什么|啥|谁)(?:部门|单位|人|局|科室|家)?(?:了)?{_END}"
    rf"|{_LEAD}有了?(?:消息|结果|进展|答复|回音)了?(?:就|再|请|麻烦|记得|要|可以|能)*(?:通知|告诉|跟|给)(?:一下|一声)?我(?:说|讲|回)?(?:一下|一声|个话)?{_END}"
    rf"|{_LEAD}(?:有没有|可有|有)人(?:来|在|去)?(?:管|修|处理|弄|看)(?:过|了)?(?:没有?|吗|不)?{_END}"
    rf"|{_LEAD}(?:有没有|会不会|可会|可有|能不能|会|有|能)(?:有)?(?:人|哪个|谁|他们|部门|单位|师傅)?(?:会|来)?(?:给我?|跟我?|打|联系|通知|回|上门|来)(?:打|回|个|我|电话|话|复|信|联系|通知|消息|修|看|处理|一下)*{_END}"
    rf"|{_LEAD}(?:现在|目前|今天)?(?:(?:办|处理|进行|走|弄|搞)?到?(?:哪一步|哪里|哪儿|哪步|什么(?:程度|地步|阶段)|啥程度)了?|进展(?:如何|怎么样|怎样)|(?:处理|办|弄|搞|解决)?[得的]?(?:怎么样|咋样|怎样|咋个样|如何)了?|(?:有|可有)(?:没有)?(?:什么|啥|新)?(?:进展|结果|消息|回复|答复|动静)(?:了)?(?:吗|没有?|么)?|(?:办|处理|解决|弄|修|受理|派|派下去|转)(?:好|完|掉|下去|出去)?了?(?:没有?|吗|么)){_END}"
)
_WHICH = re.compile(
    r"^(?:那|哦|对了|还有|还|我|问一下|请问|帮我(?:查|看)(?:一下|下)?|查(?:一下|下)?|看(?:一下|下)?|上次|之前|刚才|昨天|前天|前几天|报|反映|投诉|说|的|[，, ]){0,8}"
    r"(?P<what>[^，。？?]{1,14}?)(?:那个?(?:单子?|工单|事情?|件事|投诉)?|这个|那件事?|的(?:事情?|单子?|工单|投诉|问题))"
    r"(?P<rest>[^，。]{0,12})$"
)
_NUMBER = re.compile(
    r"(?:编号|单号|工单号|号码?)[^，。]{0,10}(?:没记|没存|没看|忘|再发|再说|再报|再给|发我|告诉我|多少|是什么|是啥|记不|没截|几)|(?:再发|再说|再报|重发|发|报)[^，。]{0,6}(?:编号|单号|工单号)"
)
_FILES = re.compile(
    r"(?:照片|图片?|视频|录音|材料|附件)[^，。]{0,8}(?:收到|看到|看见|传上|发过|发出|加上|补上|有)(?:去)?了?(?:没有?|吗|么)"
)
_NEWS = re.compile(
    r"^(?:你好|您好|喂|那个|对了|哦|还|又|我|这边|现在|今天|[，,。.!！ ]){0,8}"
    r"(?:有(?:点|个|些)?(?:新的?|别的|其他)?(?:情况|进展|变化|发现|证据|线索|消息)|(?:新|最新)情况|情况(?:又|更|现在)*(?:有变|变了|严重|恶化|不一样|更)"
    r"|(?:刚才?|刚刚|上次|之前|前面)?(?:我)?(?:忘了?|忘记|漏了?|没有?)(?:跟你们?)?(?:说|讲|提|写|告诉)|(?:要|想)?(?:再|还要?|得|需要)?(?:补充|说明|补)(?:一下|下|一点|点|几句|个|一|两)"
    r"|再(?:说|讲|加|补)(?:一?[下点句个])?)"
)
_MORE = re.compile(r"^(?:那|哦|对了|另外|[，, ])*还有(?![一个两几]?[件个桩](?:事|问题|别的))")
_UNHEARD = re.compile(
    r"(?:没有?|不见|未|无|莫得|冇)(?:看?见|接到|收到|等到|有)?(?:一个|半个|任何|个|谁|你们|哪个|人家)?(?:人|动静|消息|回音|回复|答复|下文|结果|反应|电话|回信|音讯|说法)"
    r"|没(?:看)?见(?:着|到|过)?(?:谁|人|有人|一个人|半个人)?来|(?:人|电话|答复|回复)(?:都|也|还)*没(?:有|来|见|等|接)|没(?:人)?(?:来|联系|打电话|回|管|动|修|处理|解决|反应|下文|办)|怎么还(?:没|不|在)|还没(?:有)?(?:来|修|办|处理|解决|动|人|弄|消息|回|结果)|(?:到底|究竟)(?:办|管|处理|解决|修)不(?:办|管|处理|解决|修)|(?:到底|究竟)(?:有没有人|谁)(?:来)?管|拖到什么时候|等到什么时候"
)
_OVER = re.compile(
    r"不用(?:你们?|他们|再|麻烦)?(?:处理|办|管|来|修|查|弄|派人|麻烦)(?:人)?了|(?:单子?|工单|投诉|那个|事情?)[^，。]{0,6}(?:可以)?(?:关|撤|销|结|取消)(?:了|掉|单|回|吧)|不(?:投诉|反映|举报|追究|报)了|撤(?:了吧|掉|单|回|销|诉)|取消(?:工单|投诉|这个|那个)"
)
_PRIVATE = re.compile(
    r"(?:会不会|不会|会|可会|能不能不)(?:把我)?(?:告诉|透露|泄露|让)[^，。]{0,10}(?:吧|吗|么|呢|不)?$|(?:知道|晓得)(?:了)?是(?:我|谁)(?:说|讲|举报|投诉|反映|告)的?(?:吧|吗|么|呢)?$|(?:能|会|给)?保密(?:的|了)?(?:吧|吗|么)$"
)
_KEPT = re.compile(
    r"^(?:那|就|我|算了|还是|先|[，, ])*(?:不|别|先不|不用|不要|甭)(?:想|用|要)?(?:撤|取消)|留着(?:吧|它|好了)|(?:继续|接着)(?:办|处理)吧?$"
)
_ANY_FILED = re.compile(
    r"^(?:那|请问|帮我看看|看看|查查|我|以前|之前|上次|到底|有没有|是不是|都|[，, ])*(?:报|反映|投诉|登记|提交)过(?:没有?|吗|么|什么|哪些|啥|几次)[^，。]{0,4}$"
)


def about(text: str) -> About | None:
    """What is said of an order, None where nothing plainly is."""
    short = len(text) <= LONGEST_ASKED
    if short and keeps(text):
        return About.KEPT
    if short and _PRIVATE.search(text):
        return About.PRIVATE
    if short and _NUMBER.search(text):
        return About.NUMBER
    if short and _FILES.search(text):
        return About.FILES
    if short and _STANDS.match(text):
        return About.STANDS
    if _NEWS.match(text):
        return About.NEWS
    if short and _OVER.search(text):
        return About.OVER
    if len(text) <= 2 * LONGEST_ASKED and _UNHEARD.search(text):
        return About.UNHEARD
    return None


_CLOSES = re.compile(
    r"(?:好的?|行|嗯++|可以|谢谢|多谢|感谢|(?:那就?)?(?:麻烦|辛苦)(?:你们?|您们?)?+(?:了|啦)|知道了|晓得了|收到|明白了?+|ok|你们?|您们?|了|啊|哈|吧|啦|[，,。.!！~ ])+",
    re.IGNORECASE,
)
_THANKS = re.compile(r"谢|麻烦|辛苦")


def thanks(text: str) -> bool:
    """Whether a message only closes the talk, with thanks (好，麻烦了)."""
    closes = len(text) <= LONGEST_ASKED and _CLOSES.fullmatch(text) is not None
    return closes and _THANKS.search(text) is not None


def asks_if_any(text: str) -> bool:
    """Whether somebody asks if they have handed in anything (我报过没有)."""
    return _ANY_FILED.match(text) is not None


_REFERS = re.compile(
    r"^(?:我)?(?:刚才?|刚刚|上次|昨天|之前|前面)(?:我)?(?:说|报|反映|投诉|登记)?的?(?:那个|那件|那张|那)"
)
_OF_TIME_OR_PEOPLE = re.compile(
    r"多久|[几多少]+天|多长时间|什么时候|啥时候?|几时|派[人谁哪]|来人|上门|到?现场|谁来|哪个?(?:部门|单位|人)|(?:联系|通知|告诉|回复)我|打(?:我|个)?电话|进度|结果|消息了?"
)


def keeps(text: str) -> bool:
    """Whether an order is not to be taken back after all (不撤了，留着吧)."""
    return _KEPT.search(text) is not None


def refers_back(text: str) -> bool:
    """Whether a statement begins with what was handed in (刚才那个红绿灯，早高峰撞了两次车)."""
    return _REFERS.match(text) is not None and not asked_of_us.is_question(text)


def may_ask_how_far(text: str) -> bool:
    """Whether a short question may be about an order just handed in (会派人到现场看吗)."""
    asks = len(text) <= LONGEST_ASKED and asked_of_us.is_question(text)
    return asks and _OF_TIME_OR_PEOPLE.search(text) is not None


def goes_on(text: str) -> bool:
    """Whether a message begins as more of what was said before (还有昨天晚上开到三点)."""
    return _MORE.match(text) is not None


def news_in(text: str) -> str:
    """What is told with the news; empty where it is only announced (我要补充一下)."""
    rest = _NEWS.sub("", text).strip("，,。.!！：:的 了")
    asks_first = asked_of_us.is_question(text) and len(rest) <= 8  # 再补充一张照片行吗
    return text.strip() if len(rest) > 3 and not asks_first else ""


def which(text: str) -> tuple[str, str] | None:
    """What an order is called, and what is said of it (菜市场那个呢); None where none is."""
    found = _WHICH.match(text) if len(text) <= 2 * LONGEST_ASKED else None
    return (found["what"].strip(), found["rest"].strip()) if found else None


def asks_of_it(rest: str) -> bool:
    """Whether what follows what an order is called only asks how it stands (呢, 怎么样了)."""
    return re.fullmatch(r"[呢吗啊呀？?。! ]*", rest) is not None or about(rest) is About.STANDS


_STARS = (
    (1, re.compile(r"(?:很|非常|极其?|特别|太|相当)(?:地)?(?:不满|差|烂|失望)|极差|差评|^(?:1|一|零|0)[分星]")),
    (2, re.compile(r"不(?:太|怎么|是很|够)?(?:满意|好|行)|(?:有点|比较)?差|^(?:2|二|两)[分星]")),
    (5, re.compile(r"(?:很|非常|十分|特别|相当|超级?)(?:地)?(?:满意|好|棒|赞|不错)|满分|好评|太好了|[五5][分星]|👍|点赞")),
    (3, re.compile(r"一般|基本满意|还(?:行|可以|好|成|凑合)|凑合|马马虎虎|过得去|中等|就那样|勉强|^(?:3|三)[分星]")),
    (4, re.compile(r"满意|不错|挺好|蛮好|可以|^好|^行|^(?:4|四)[分星]")),
)  # fmt: skip
_BARE_STARS = re.compile(
    r"^(?:打|给|我给|就给|算)?(?:个)?([1-5一二三四五])(?:[分星个]|颗星)?[。.!！]*$"
)
_DIGIT = {one: at for at, pair in enumerate(("1一", "2二", "3三", "4四", "5五"), 1) for one in pair}
_UNSOLVED = re.compile(
    r"没(?:有)?(?:解决|修|弄|处理|好|人|来|变|用|动|改|换|清|拆|退|给)|还(?:是|在|没|有|不)|又[^，。]|照样|照旧|老样子|依旧|依然|不行|不解决|敷衍|糊弄|应付|骗|假的?|根本|原样|胡说|乱说|瞎说|未(?:解决|处理)|^没有?[吧啊呢呀。.!！]*$|^(?:哪里|哪有|并?没)"
)
_SOLVED = re.compile(
    r"(?:好|清|通|亮|解决|处理|可以|正常|恢复|干净|搞定|到位|来水|来电|热|拆|换|退|到账|没有|不臭|不漏|装|补|铺|焊|接|运|拉|搬|赔|发|撤|走)(?:掉|完|好|到|上|走|通|齐)?了|不[^，。]{1,3}了(?:$|[，。])|(?:解决|修好|弄好|办好|处理好|搞好)(?:的|了|啦|$)|(?:好|行)多了|满意"
)


def stars(text: str) -> int:
    """How many points somebody gives, 0 where none are said."""
    if bare := _BARE_STARS.match(text):
        return _DIGIT[bare[1]]
    if len(text) > LONGEST_ASKED:
        return 0
    return next((points for points, words in _STARS if words.search(text)), 0)


def is_solved(text: str) -> bool | None:
    """Whether it is solved, where a short text plainly says one or the other."""
    if len(text) > LONGEST_ASKED or asked_of_us.is_question(text):
        return None
    if _UNSOLVED.search(text):
        return False
    return True if _SOLVED.search(text) else None
