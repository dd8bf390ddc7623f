"""Which of the offered choices a person means.

"2", "２", "二", "②", "第二个", "选2", "2. 修改地址", "修改地址" all choose the second; where
是的 and 不是 are offered, 对 and 错了 choose as well; where 👍 有帮助 is, 有用.
Only a message that is nothing but a choice counts: "2栋有人吵" chooses nothing, nor does
"两个", which counts things.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from connectors.messages import Choice

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_NUMBER = r"(?P<n>\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_WANTING = (
    r"(?:(?:嗯|好的?|行|那)*就?我?(?:想|要|就)?(?:选择?|要|回复?|按|点|用)?(?:是(?!不)|的是)?"
    r"(?:数字|选项|编号|序号|no)?)"
)
_ENDING = r"(?:那个|这个|选项|吧|呢|啊|呀|哦|呗|哈|嘛|啦|的|就行|就好|可以|谢谢您?|好)*"
_BARE = re.compile(rf"{_WANTING}{_NUMBER}号?{_ENDING}")
_ORDINAL = re.compile(rf"{_WANTING}第{_NUMBER}(?:个|项|条|种|号|行|点)?{_ENDING}")
_FIRST = re.compile(rf"{_WANTING}(?:头一|首|最前面?(?:那|的)?一?)(?:个|项|条){_ENDING}")
_LAST = re.compile(rf"{_WANTING}(?:最后|末尾|最末)(?:面)?(?:的|那)?一?(?:个|项|条){_ENDING}")
_FROM_END = re.compile(rf"{_WANTING}倒数第{_NUMBER}(?:个|项|条)?{_ENDING}")
_POINTS = re.compile(rf"{_WANTING}(?:打|给)?{_NUMBER}分{_ENDING}")
_NUMBERED = re.compile(r"(?P<n>\d{1,2})(?P<label>\D.*)")
_SIGNS = r"[\s。.,，、!！?？~～()（）〔〕【】\[\]<>《》:：;；\"'“”‘’`·*#/\\|—_\-\ufe0f\u20e3]+"
_NOISE = re.compile(rf"(?<!\d){_SIGNS}|{_SIGNS}(?!{_SIGNS}|\d)")  # but "1、2" are two numbers
_TINTS = re.compile("[\U0001f3fb-\U0001f3ff]")  # of hands
_CIRCLED = re.compile(r"\s*(?:[①-⑳]|[⑴-⒇]|[⒈-⒛]|[❶-❿]|[㈠-㈩]|[㊀-㊉])\s*")
_ASSENT = {
    "是",
    "是的",
    "是滴",
    "是这样",
    "对",
    "对的",
    "嗯",
    "嗯嗯",
    "没错",
    "就是",
    "正是",
    "yes",
    "y",
    "ok",
}
_DENIAL = {"不", "否", "不是", "不是的", "都不是", "不对", "错", "错了", "没有", "no", "n"}
_HELPED = {"👍", "有帮助", "有用", "帮到我了", "帮上忙了", "很有帮助", "解决了", "helpful"}
_UNHELPFUL = {
    "👎",
    "没解决",
    "没用",
    "没有用",
    "没帮助",
    "没有帮助",
    "没帮上忙",
    "不管用",
    "不顶用",
    "没有解决",
    "不解决问题",
    "unhelpful",
}
_NUMERAL = re.compile(r"[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]")
_AGAIN = re.compile(r"(.{1,2}?)\1+")
_DENYING = frozenset("没不无非未别勿")
_LEAST_OF_LABEL = 3  # characters of a label that are no word of any other
_LONGEST = 60  # characters; nobody names a choice at greater length


def pick(text: str, choices: Sequence[Choice]) -> Choice | None:
    """The choice meant by ``text``, or None when it says something else."""
    if not choices or len(text) > _LONGEST:
        return None
    if _CIRCLED.fullmatch(text):
        return _at(choices, int(unicodedata.numeric(text.strip())))
    said = _key(text)
    if not said:
        return None
    labels = [_key(choice.label) for choice in choices]
    named = [n for n, label in enumerate(labels) if label and _names(said, label)]
    if len(named) == 1:
        return choices[named[0]]
    counted = [n for n, label in enumerate(labels) if label and _counted(said) == _counted(label)]
    if len(counted) == 1:
        return choices[counted[0]]
    # "5分" or "非常满意" of "5分 非常满意":
    points = _POINTS.fullmatch(said)
    part = f"{_value(points['n'])}分" if points else said
    parts = [n for n, one in enumerate(choices) if part in map(_key, one.label.split()[:2])]
    if len(parts) == 1:
        return choices[parts[0]]
    # To a question of yes or no, and of whether an answer helped:
    for words in (_ASSENT, _DENIAL, _HELPED, _UNHELPFUL):
        if (
            _once(said) in words
            and len(meant := [n for n, one in enumerate(labels) if one in words]) == 1
        ):
            return choices[meant[0]]
    for pattern in (_BARE, _ORDINAL):
        if found := pattern.fullmatch(said):
            return _at(choices, _value(found["n"]))
    if _FIRST.fullmatch(said):
        return choices[0]
    if _LAST.fullmatch(said):
        return choices[-1]
    if found := _FROM_END.fullmatch(said):
        return _at(choices, len(choices) + 1 - _value(found["n"]))
    if (found := _NUMBERED.fullmatch(said)) and found["label"] in labels:
        at = labels.index(found["label"])
        return choices[at] if at + 1 == int(found["n"]) else None
    edges = [n for n, label in enumerate(labels) if _is_much_of(said, label)]
    return choices[edges[0]] if len(edges) == 1 else None


def _is_much_of(said: str, label: str) -> bool:
    """Whether the words are a label's beginning or end, half of it at least (转人工, of
    转人工客服), and what they leave out denies nothing (有处理, of 没有处理)."""
    if len(said) < _LEAST_OF_LABEL or 2 * len(said) < len(label):
        return False
    for rest in (label.removeprefix(said), label.removesuffix(said)):
        if rest != label:
            return _DENYING.isdisjoint(rest)
    return False


def _counted(key: str) -> str:
    """A key with its numbers in digits: 两个月 and 2个月 are one."""
    return _NUMERAL.sub(lambda found: str(_value(found[0])), key)


def _once(said: str) -> str:
    """What is said several times in a row, said once (对对对, 👍👍)."""
    again = _AGAIN.fullmatch(said)
    return again[1] if again else said


def _names(said: str, label: str) -> bool:
    """Whether the words are a label, with no more around it than "我选…吧"."""
    return said == label or bool(
        label in said and re.fullmatch(_WANTING + re.escape(label) + _ENDING, said)
    )


def _key(text: str) -> str:
    """The text in one spelling: half-width, simplified, small letters, without punctuation and
    tints, and without pictures if there are words beside them ("👍 有帮助")."""
    folded = _simplifier().convert(unicodedata.normalize("NFKC", text)).translate(_FORMAL)
    plain = _TINTS.sub("", _NOISE.sub("", folded)).lower()
    return "".join(one for one in plain if unicodedata.category(one) != "So") or plain


@cache
def _simplifier() -> Any:
    from opencc import OpenCC  # a native library with its tables: only when first needed

    return OpenCC("t2s")


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    if "十" not in number:
        return _DIGITS[number]
    tens, _, ones = number.partition("十")
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)


def _at(choices: Sequence[Choice], position: int) -> Choice | None:
    return choices[position - 1] if 1 <= position <= len(choices) else None
