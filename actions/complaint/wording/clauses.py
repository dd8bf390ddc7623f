"""An answer by its clauses: what is said to us in it, and what in it gives up on the question.

People answer in several goes of one breath (还能在哪里！瑶海区…; 叫我小郑吧，电话就不留了). Patterns
are matched against whole folded clauses, so that a matter which holds the same words stays whole.
"""

from __future__ import annotations

import re

from actions.complaint.record.draft import Field
from actions.complaint.wording import asked_of_us, phrases, said_to_us
from actions.understanding.text.folding import fold

_CLAUSE = re.compile(r"[^，,。.!！?？;；…\n]+[，,。.!！?？;；…\n]*")
_HEAD = re.compile(r"^(?:哦|啊|诶|呃|噢|喔|哎呀?|唉|嗯++|呃|好吧?|行吧?|对了?)[ ，,]*")
_TO_US = re.compile(
    r"(?:(?:我|俺)?(?:不是|都|已经|刚才?|前面|上面|早就?|不都|之前)*(?:跟|和|给)?(?:你们?|您)?(?:说|讲|告诉)(?:过|了|过了)(?:好?几遍|多少遍|几次)?(?:(?:是|在)?(?:我|俺)(?:们|家)*(?:这里|这儿|这边|那里|那边|小区|楼下|门口))?(?:吗|嘛|啊|呀|的)*"
    r"|(?:还|那|这)(?:能|会|用)(?:是|在|有)?(?:哪里?儿?|谁|什么时候|啥|说|问)(?:啊|呀|呢|嘛)*"
    r"|(?:你|您)?(?:问|说|指)(?:我|俺)?的?(?:是)?(?:哪[一-龥]{1,2}|什么|啥|这个|那个)(?:啊|呀|吗|嘛|么)*"
    r"|(?:叫(?:什么|啥)(?:名字)?来?着?)?(?:让|容|给)?(?:我|俺)(?:再)?(?:想想|想一?下|想一想|看看|看一?下|查查|找找)(?:啊|哈|呀)*|叫(?:什么|啥)来着|怎么说呢|等我(?:想想|看看)"
    r"|(?:你|您|你们)?(?:记|写|听)(?:一下|好|下来?|清楚|明白)(?:了|了吗|没有?|啊|哈)*"
    r"|(?:请|麻烦|拜托|求求?)?(?:你们?|您)?(?:尽快|快点儿?|赶紧|赶快|抓紧|早点)(?:给我|帮我)?(?:解决|处理|办|来人?|修|弄)?(?:一下|下)?(?:吧|啊|哈)*"
    r"|(?:麻烦|辛苦|拜托|谢谢)(?:你们?|您)?(?:帮忙|快点|一下)*"
    r"|(?:你们?|您)?(?:还|又|老|总)(?:要|来)?问(?:我)?(?:是|在)?(?:什么|啥|哪[里儿个]?|谁)(?:啊|呀|呢)*"
    r"|(?:你们?|您|那|就|不会)*自[己个]儿?(?:不会|去|来)*(?:查|看|找|翻|想)(?:[查看找翻]|一?下)?(?:去|吗|嘛|啊|吧|呗)*"
    r"|(?:你们?|您)(?:那里?|这里?|系统里?)?(?:不是)?(?:都|应该)?有(?:记录|登记|地址|定位|档案|底子)的?(?:吗|嘛|么|吧)"
    r"|(?:我|这|才|刚[刚才]?+)*(?:打|接|忙|吃|开)完(?:电话|饭|会)?(?:了|啦)?|(?:我|又|现在)*回来了"
    r"|(?:你们?|您)?(?:(?:是不?是|他妈的?|眼睛?|耳朵|脑子)+)?(?:瞎|聋|傻|有病|有毛病|进水|听不懂(?:人?话)?|看不懂|不识字|没长(?:眼睛?|耳朵|脑子))(?:了|子)?(?:吗|啊|吧|呀|嘛)*|滚|闭嘴|少废话|去(?:你的|死)(?:吧)?"
    r"|(?:你们?|您)?(?:老|总)?问(?:那么|这么|那|这)(?:多|细|清楚)(?:干嘛|干什么|干啥|做什么|搞么事)?(?:啊|呀|呢)*|(?:我)?不(?:想|方便|便)说(?:得|的)?(?:太|那么|这么)(?:细|多|清楚|具体)"
    r"|(?:喂|在吗|在不在|有人吗|你好|您好)(?:啊|呀)*|(?:我)?(?:昨天|昨晚|前天|刚才|上次|之前)(?:跟你们?)?(?:说|讲|反映|报)(?:过)?的[^，。]{0,8}的?(?:事|问题)(?:情|儿)?"
    r"|(?:还|到底|究竟|你们?)*(?:要|让|得)(?:我|俺)(?:再)?(?:说|讲|重复)(?:几|多少)[遍次回](?:啊|呀)*"
    r"|真是的?|烦死了?|烦不烦|行了吧|可以了吧|够了吧?|对吧|是吧|嗯++|哦|噢|喂)"
)
_PHONE_LEFT_OUT = re.compile(
    r"(?:那|我|还是|就|先|真的?|这个|[，, ])*(?:(?:电话|手机号?|号码|联系方式)(?:号码?)?(?:的话|嘛|呢|我|就|还是|也|真的?|这个|[，, ])*"
    r"(?:(?:不(?:想|愿意?|方便|便|必|用|要|太想)*(?:留|给|说|提供|写|填)?|免|算)(?:了|吧|[，, ])*)+|不(?:想|愿意?|方便|便|必|用|要|太想)*(?:留|给|说|提供|写|填)(?:我的?)?(?:电话|手机号?|号码|联系方式)(?:号码?)?)"
    r"(?:了|吧|啊|啦|咯|可以吗|行吗|吗|行不行)*"
)
_YES_LEAD = re.compile(
    r"^(?:(?:对的?|是的?|嗯++|好的?|没错|行|可以)(?:[，,。！! ]+|(?=那|他|她)))+(?P<rest>.+)$",
    re.DOTALL,
)
_HAND_IN = re.compile(
    r"提交|交(?:吧|了|上)|报(?:吧|了|上)|办吧|尽快|快点|赶紧|赶快|谢|麻烦|辛苦|拜托|这样|没(?:问题|错|了|有|毛病)|登记|确认|"
    r"就是(?:这|那)|等(?:你|消息|回复|通知)|放心|知道了?$|(?:处理|解决)(?:吧|一下|了)?$|(?:可以|行|好|对|得)(?:了|的|吧|啦|啊)*$"
)
_HEAD_OF_A_CHECK = re.compile(r"^(?:就|我|只|先)*(?:想|要)?问一?[下句](?:你们?|您)?[，, ]*")
_LEAST_MORE = 4  # characters after a yes that tell more
_BETWEEN_WORDS = re.compile("(?<=[\u4e00-\u9fff] )(?=[\u4e00-\u9fff])")
_EDGE = "，,。.!！?？;；…\n "


def clauses(text: str) -> list[str]:
    """The clauses of a text, each with the marks behind it."""
    found: list[str] = _CLAUSE.findall(text)
    return found


def pieces(text: str) -> list[str]:
    """The clauses of a text, those too that only a blank parts (宝业广场 公司叫宏图商贸)."""
    return [piece for part in clauses(text) for piece in _BETWEEN_WORDS.split(part)]


def without_talk(text: str) -> str:
    """The text without the clauses that are only said to us; all of it where nothing else is."""
    parts = [
        piece
        for part in clauses(text)
        for piece in ([part] if _is_talk(part) else _BETWEEN_WORDS.split(part))
    ]
    kept = [part for part in parts if not _is_talk(part)]
    if len(kept) == len(parts) or not kept:
        return text
    return "".join(kept).strip(_EDGE)


def only_talk(text: str) -> bool:
    """Whether each clause of a text is talk about the asking, which answers nothing (还问哪里，自己查
    去)."""
    parts = [fold(part).strip(_EDGE) for part in pieces(text)]
    return bool(parts) and all(_TO_US.fullmatch(part) for part in parts)


def _is_talk(part: str) -> bool:
    said = fold(part).strip(_EDGE)
    if not said:
        return False
    beside = any(_TO_US.fullmatch(one) for one in (said, _HEAD.sub("", said)) if one)
    return beside or said_to_us.is_to_us(said)


def gives_up(asked: Field, text: str) -> str | None:
    """What a message tells beside the clause that gives up on what was asked (电话就不留了; 我也不知
    道是谁): the other clauses, perhaps none. None where no clause does."""
    parts = pieces(text)
    left = [part for part in parts if not _leaves_out(asked, fold(part).strip(_EDGE))]
    if len(left) == len(parts) and asked is Field.PHONE and parts:
        parts = [*re.split(r"(?<=了) +", parts[0], maxsplit=1), *parts[1:]]  # 不留了 他姓高
        left = [part for part in parts if not _leaves_out(asked, fold(part).strip(_EDGE))]
    return None if len(left) == len(parts) else "".join(left).strip(_EDGE)


def _leaves_out(asked: Field, clause: str) -> bool:
    if asked is Field.PHONE:
        left_out = _PHONE_LEFT_OUT.fullmatch(clause) is not None
        return left_out or phrases.refuses_phone(clause)
    if asked is Field.CREDIT_CODE and phrases.has_no_code(clause):
        return True
    if asked not in _MAY_BE_UNKNOWN:
        return False
    return phrases.is_skip(clause) or asked_of_us.unknown(clause) == asked.value


_MAY_BE_UNKNOWN = (Field.TIME, Field.SUBJECT, Field.ENTERPRISE, Field.CREDIT_CODE)


_AND_HAND_IN = re.compile(
    r"^(?P<rest>.{4,}?)(?<![，,。；;！! ])[，,。；;！! ]+(?:就|那就|可以|赶紧|请|帮我|给我|现在|直接){0,4}(?:提交|交|报)(?:吧|了|上去)*[。.!！]*$",
    re.DOTALL,
)


def before_handing_in(text: str) -> str:
    """What a message at the lines to check tells before it has them handed in (住在12栋 提交吧);
    empty where it tells nothing."""
    found = _AND_HAND_IN.match(text)
    rest = found["rest"].strip(_EDGE) if found else ""
    return "" if phrases.is_fine(text) or phrases.is_fine(rest) else rest


# What is only to make us hurry, beside a yes: 再不来人我真砸了, 别糊弄, 今天必须给我解决.
_PRESSES = re.compile(
    r"(?:再|要是|如果|不然|否则|到时候|别怪)[^，。]{2,24}|[^，。]{0,8}[不没](?:解决|处理|来|管|人)[^，。]{0,6}(?:我们?|俺|老子)(?:就|真|可|还|要|只|去|找|天天)[^，。]{2,16}"
    r"|(?:你们?|自己)*看着办|(?:我)?(?:跟|和)?(?:你们?|他们)?没完|(?:我|我们|俺)(?:就)?等(?:着|你们)[^，。]{0,8}"
    r"|(?:你们?|您)?(?:可)?(?:别|不要|莫)(?:再|又|想)*(?:糊弄|敷衍|拖|推|忽悠|骗|踢皮球|不当回事|石沉大海|没下文|没音信|跟我|让我|像上次)[^，。]{0,8}"
    r"|(?:你们?|您)?(?:今天|明天|这次|马上|立刻|立马|务必|一定|必须|可)+(?:要|得)?(?:给|帮|替)?(?:我们?|俺)?(?:解决|处理|办|落实|修|弄|管)[^，。]{0,5}"
)


def after_yes(text: str) -> str | None:
    """What a message says after it agrees to the lines to check; None where it does not begin so."""
    parts = pieces(text)
    agreed = [n for n in range(1, len(parts) + 1) if phrases.is_fine("".join(parts[:n]))]
    return "".join(parts[agreed[-1] :]).strip(_EDGE) if agreed else None


def without_pressing(text: str) -> str:
    """The text without the clauses that only press us, or talk to us: what goes on record, or
    agrees."""
    said = [part for part in pieces(text) if not _is_talk(part) or phrases.is_fine(fold(part))]
    return "".join(part for part in said if not _only_presses(part)).strip(_EDGE)


def _only_presses(part: str) -> bool:
    said = fold(part).strip(_EDGE).rstrip("了吧啊的")
    return _PRESSES.fullmatch(said) is not None and not phrases.is_fine(said)


def asked_after_yes(text: str) -> str:
    """What a yes to the lines to check asks beside it (提交吧 多久有结果); empty where it asks nothing."""
    rest = after_yes(text)
    if rest is None:  # 嗯提交吧多久有结果
        starts = (at for at in range(2, len(text) - 1) if phrases.is_yes(text[:at]))
        run = max(starts, default=0)
        return text[run:] if run and asked_of_us.asks_how_long(text[run:]) else ""
    rest = _HEAD_OF_A_CHECK.sub("", rest)
    about_us = asked_of_us.pleads(rest) or asked_of_us.asks_how_long(rest)
    return rest if rest and (about_us or asked_of_us.is_question(rest)) else ""


_TAKEN_BACK = re.compile(
    r"(?P<old>[^，。！？!?；,;…\s]{1,30}?)[，,。；;…\s.]*"
    r"(?:(?:哦|噢|啊|呃|嗯|唉|哎呀?|我|[，, ])*(?:不对|(?:说|写|打|搞|弄|讲)错了|口误|不不)|(?:哦|噢|啊|呃|哎)不|(?<=[，,。；;…\s])(?:不是|错了)(?=[，,…\s]+是))"
    r"(?:不对|不是|(?:说|写|打)错了|了|啊|哦|呀|[，,。…\s])*(?:应该|说的)?是?(?P<new>(?![么不的对])[^，。！？!?；,;…]{2,}.*)$",
    re.DOTALL,
)
_NUMBERED = re.compile(
    r"(?P<number>[0-9一二三四五六七八九十]+)(?P<unit>号楼|号|栋|幢|座|单元|室|层|楼|点|路|块|元)"
)


_IN_PASSING = 300  # characters of what is said as it comes; a letter is read over


def as_put_right(text: str) -> str:
    """A text with what somebody puts right in the same breath (3号…哦不 是5号; 上周三，不对，上周四)
    in its place, and without what they took back."""
    slip = _TAKEN_BACK.search(text) if len(text) <= _IN_PASSING else None
    if slip is None:
        return text
    old, new = slip["old"], slip["new"].lstrip()
    number = _NUMBERED.match(new)
    same = [one for one in _NUMBERED.finditer(old) if number and one["unit"] == number["unit"]]
    kept = old[: same[-1].start()] if same else ""
    return text[: slip.start("old")] + kept + new


def more_after_yes(text: str) -> str:
    """What a yes to the lines to check tells beside it (对，那车是绿色的); empty where it only agrees."""
    found = _YES_LEAD.match(text)
    rest = found["rest"].strip(_EDGE) if found else ""
    enough = len(rest) >= _LEAST_MORE or rest.startswith("我姓")
    more = enough and not phrases.is_fine(text) and not asked_of_us.is_question(rest)
    return rest if more and _HAND_IN.search(rest) is None else ""
