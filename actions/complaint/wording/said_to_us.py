"""Clauses of a matter that are only said to us: that something will be told, how to be reached or not,
what will be sent, that it was said before. They are no part of what went wrong, and whoever works on
the order need not read them.

Patterns are matched against whole folded clauses, so that a matter which holds the same words stays.
"""

from __future__ import annotations

import re

from actions.complaint.wording import asked_of_us
from actions.understanding.text.folding import fold

_PIECE = re.compile(
    r"(?:[^，,。.!！?？;；…\n ]|(?<=[A-Za-z0-9]) +(?=[A-Za-z0-9]))+[，,。.!！?？;；…\n ]*"
)
_MARKS = "，,。.!！?？;；…\n "
_LEAD = (
    r"(?:喂|你好|您好|在吗|哦|噢|啊|嗯++|唉|哎[呀哟呦]?|诶|那个?|这个|对了|我们?|俺|咱|就|也|还|先|再|可|反正|顺便|另外|其实|"
    r"请|麻烦|帮我|给我|现在|今天|所以|算了)*"
)
_END = r"(?:啊|呀|呢|吧|了|哈|的|吗|嘛|么)*"
_ME = r"(?:我|俺|我们|老子)"
_WAY = r"(?:电话|手机|座机|固话|手机号码?|号码|联系方式|微信|名字|姓名|真名)"
_SHOWN = r"(?:照片|图片|图|视频|录像|录音|截图)"
_CODE = r"(?:统一社会)?(?:信用代码|代码|税号|工单号?|单号|编号|查询码)"
_UNKNOWN = r"(?:不记得|记不得|记不住|记不清|没[记存留]|忘记?|找不到|没带|不知道)(?:住|清|了)*"
_TO_US = re.compile(
    rf"{_LEAD}(?:想|要|来|得|需要|打算|继续|匿名|实名|另外|再)*(?:(?:向|跟|给|和)?(?:你们?|您|12345|热线))?"
    rf"(?:反映|反应|投诉|举报|求助)(?:一?[下个件些]|[一两三四几2-4][个件点]|别的|其[他它]的?|一点|这个|一个)*(?:问题|情况|事情|事儿?)?{_END}"
    rf"|(?:请问|那|这个?|这种(?:情况|事)?|我)*(?:能不能|可不可以|可以|能)(?:帮我)?(?:投诉|举报|反映|登记)(?:一下)?{_END}"
    rf"|{_LEAD}(?:登记|记)(?:一下|下来)?{_END}"
    rf"|(?:我)?跟你们?(?:说|讲)(?:正事|个事|真的|实话|哦)?{_END}|(?:你们?)?别(?:啰嗦|废话|磨叽|问了){_END}"
    rf"|废话{_END}|(?:你们?|您)?(?:都|还|老|总|要)*问(?:了|我|过)*(?:[几多好两三]+[少几]?[遍次回])?{_END}|还?问什么问"
    rf"|{_LEAD}(?:不是)?(?:都|刚才?|前面|上面|已经|早就?)+(?:跟你们?)?(?:说|讲)(?:过|了)+{_END}"
    rf"|{_LEAD}(?:不(?:需要|用|必|要|想|愿意?|方便)?|别|无需|免)(?:再|你们?|他们|您)*(?:(?:联系|回复|回访|答复|打给){_ME}|(?:登记|留|写|填|记|给|打|公开|透露)(?:{_ME}的?)?{_WAY}|给{_ME}(?:打|回)(?:个)?电话){_END}"
    rf"|{_LEAD}(?:忙完|回来|准备好|弄好)了{_END}|(?:我|这就)?(?:先)?(?:看|查|找|问|想)(?:一?下|看|查|找|问|想)(?:啊|哈|先)*"
    rf"|{_LEAD}(?:要|用)(?:不要|不用)?(?:留|写|填|给){_WAY}(?:吗|么|嘛|不)+{_END}|(?:那|就|我|还是|先|算了)*(?:留|给|写)(?:一|这)?个(?:电话|号码?)?{_END}"
    rf"|{_LEAD}(?:{_ME})?(?:没有?|没得|莫得){_WAY}{_END}|(?:就|只|是|有)*(?:家里?|我家|单位|办公室)(?:的)?(?:座机|固话){_END}"
    rf"|{_LEAD}{_ME}?(?:刚才?|前面|上面)?(?:是)?(?:少|多|漏)(?:打|输|写|按|填|发|报|说)(?:了)?(?:[一两二几1-3])?(?:位|个)(?:数字?|号码?)?{_END}"
    rf"|{_LEAD}(?:当然|可以|能|愿意|行|好)+(?:留|给){_WAY}?{_END}"
    rf"|{_LEAD}{_CODE}{_ME}?(?:也|都|真的?)*{_UNKNOWN}{_END}|{_LEAD}(?:也|都|真的?)*{_UNKNOWN}{_CODE}{_END}"
    rf"|{_LEAD}(?:晚点|回头|等会儿?|等一?下|过会儿?|待会儿?|明天|以后|稍后)(?:再)?(?:补|发|传|给|说|告诉)(?:上|过来|给)?(?:你们?|您)?{_END}"
    rf"|{_LEAD}(?:有|拍了?|录了?|存了?)?(?:些|几张|一段|个)?{_SHOWN}(?:要|想|可以|等会儿?|等下|待会儿?|马上)+(?:发|传|给)(?:给|上来|过来)?(?:你们?|您)?(?:看)?{_END}|{_LEAD}(?:怎么|咋|如何|在哪)(?:发|传|上传){_SHOWN}{_END}"
    rf"|(?:也|又|还是|哦|啊|还)*(?:不对|错了|(?:我)?(?:说|写|打|搞|弄|记|讲)错了?){_END}"
    rf"|(?:好|行|就这些|就这样|没了|没有了|就这么多|说完了|完了)(?:了|的|吧|哈|啊)*|(?:那|还是|就)*算了(?:吧)?"
    rf"|{_LEAD}(?:谢谢|多谢|感谢|拜托|辛苦|不好意思|抱歉)(?:你们?|您们?|了|啦|大家)*{_END}"
)
_NO_CODE = re.compile(
    rf"{_LEAD}{_CODE}{_ME}?(?:也|都|真的?)*{_UNKNOWN}{_END}|{_LEAD}(?:也|都|真的?)*{_UNKNOWN}{_CODE}{_END}"
)


def lacks_number(text: str) -> bool:
    """Whether a message only says that an order's number is not at hand (编号我没存)."""
    return _NO_CODE.fullmatch(fold(text).strip(_MARKS)) is not None


_OF_THEM = re.compile(r"(?:那|到底|可|[，, ])*(?:[他她]们?|人家|对方|物业|商家|老板)")
_LEAST = 2  # characters of a clause that say anything


def without_talk(text: str) -> str:
    """The text without the clauses that are only said to us; empty where nothing else is said."""
    pieces = [part for piece in _PIECE.findall(text) for part in _BEFORE_ASKING.split(piece)]
    kept = [piece for piece in pieces if not is_to_us(piece)]
    if len(kept) == len(pieces):
        return text
    return "".join(kept).strip(_MARKS)


_BEFORE_ASKING = re.compile("(?<=[\u4e00-\u9fff])(?=请问)")  # 臭得很请问你们什么时候能来


def is_to_us(clause: str) -> bool:
    """Whether a clause is only said to us: announced, asked of us, or pleaded for."""
    said = fold(clause).strip(_MARKS)
    if not said:
        return False
    of_them = _OF_THEM.match(said) is not None  # 他们什么时候给我说法 tells who owes an answer
    asks = (not of_them and asked_of_us.asks_how_long(said)) or asked_of_us.asks_how_to_send(said)
    return asks or asked_of_us.pleads(said) or _TO_US.fullmatch(said) is not None


def asked(text: str) -> list[str]:
    """The clauses of a text that ask something of us, folded."""
    pieces = [part for piece in _PIECE.findall(text) for part in _BEFORE_ASKING.split(piece)]
    return [fold(one).strip(_MARKS) for one in pieces if is_to_us(one)]


_POINTS = re.compile(
    r"^(?:就|也|还|是|在|反正|具体|说的|那|这|个|家|间|里|边|儿)+|(?:那|这)?(?:边|里|儿|块|个|家)?[啊呀呢嘛吧哦的了]*$"
)


def without_known(text: str, known: str) -> str:
    """The text without the clauses that only say again, or point to, what is ``known``."""
    pieces: list[str] = _PIECE.findall(text)
    kept = [piece for piece in pieces if not _is_known(piece, known)]
    return text if len(kept) == len(pieces) else "".join(kept).strip(_MARKS)


def _is_known(piece: str, known: str) -> bool:
    said = fold(piece).strip(_MARKS)
    core = _POINTS.sub("", said)
    return said != core and len(core) >= _LEAST and core in fold(known)
