"""A text cut into sentences and clauses, with the weight a reader gives to each."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。！？\n；!?]+[。！？；!?…]*\n*|[。！？；!?\n]+")
_CLAUSE = re.compile(r"[^，。！？；\n、：… ]+")
_GREETING = re.compile(
    r"^\s*(?:尊敬的|敬爱的|您好|你好|各位|领导|书记|市长|县长|区长|局长|主任|[^，。]{0,8}(?:书记|市长|县长|区长|局长|主任|领导)(?:您好|你好|们好|好|：|，|$))"
)
_CLOSING = re.compile(
    r"(?:谢谢|感谢您|感谢领导|此致|敬礼|盼复|望回复|期待.{0,4}回复|敬请.{0,6}回复)[^，。]{0,8}[。！\s]*$"
)

ANNOUNCING = re.compile(
    r"^(?:喂|您好|你好|那个|那|所以|哎|请问|[，,。 ])*(?:我们?|俺们?|咱们?)?(?:就是|是|要|想|来|得|需要|顺便)*(?:实名|匿名)?"
    r"(?:投诉|举报|反映|反应|建议|提议|表扬|求助|咨询|说|讲)(?:一下|下|一个|个|一点|点|一件|件|些)*"
    r"(?:问题|情况|事情|事儿?|意见|建议)?"
)
"""That something will be told (我要投诉一件事): it says nothing of what."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's bounds in the text, and whether it is only a greeting or a closing."""

    start: int
    end: int
    courtesy: bool


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a folded text; blank ones are left out."""
    found = []
    for hit in _SENTENCE.finditer(text):
        said = hit.group()
        body = said.strip(" \n。！？；!?…，")
        if not body:
            continue
        polite = len(body) < 22 and bool(_GREETING.match(body) or _CLOSING.search(body))
        start = hit.start() + len(said) - len(said.lstrip())
        end = hit.start() + len(said.rstrip())
        found.append(Sentence(start, end, polite and len(body) < 14))
    return tuple(found)


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The ``(start, end)`` of each clause within a stretch."""
    return [(m.start(), m.end()) for m in _CLAUSE.finditer(text, start, end)]
