"""What of a text is beside its matter: who writes, what is well, that they write, what the law says.

A letter introduces its writer, praises the park and the buses, quotes a law, and names its matter in
the fifth sentence; a call taker's note is wrapped in the words of the desk (市民来电反映：…，请核实处理
并回复). Who reads it for its kind or its category passes over that.

A small linear model tells such sentences from those of a matter. It learns them from
``data/words/asides.txt`` and ``letter_phrases.txt``, the others from our own utterances
(:mod:`actions.understanding.training`). The desk's words are told by rules.
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

from actions.understanding.learning.linear import load_model
from actions.understanding.text.runs import characters, runs
from actions.understanding.text.sentences import sentences

ASIDE, MATTER = "beside", "matter"
"""The classes of the model."""
_SURE = -1.2
"""Asides are few among what the model learnt from, so that its score is low for them: above this,
held out, it finds three in four, and of a hundred sentences of matters two, most of them asides."""
_SHORTEST = 60
"""Characters of a text with asides; a shorter one is read whole."""
_LEAST_LEFT = 4
_EDGES = " 。，！？；：\n"
_NONE = -1
_ASKS = re.compile(r"[？?]|(?:吗|呢|多少|多久|哪里)[。！]*$")
_WHO = (
    r"(?:市民|来电人|来电者|来访人|来信人|诉求人|投诉人|举报人|反映人|咨询人|求助人|网民|网友|群众|居民|村民|业主|企业|客户|用户)"
    r"(?:[\u4e00-\u9fff]{1,2}(?:先生|女士))?(?:（[^）]{0,20}）)?"
)
_DESK = re.compile(
    r"\s*(?:(?:【[^】]{1,16}】|\[[^\]]{1,16}\]|（[^）]{1,12}）)\s*)*"
    r"(?:(?:接|据|来自)?[^，。：\n]{0,10}(?:工单|热线|平台|渠道|信箱|留言板)[^，。：\n]{0,6}：)?"
    r"(?:(?:受理|来电|反映|诉求|问题|工单|主要)(?:内容|描述|事由|详情|摘要)：)?"
    rf"(?:{_WHO}(?:再次|多次|第[二三四五]次)?(?:来电|致电|来信|来访|留言|拨打)?(?:12345)?(?:热线)?"
    r"(?:(?:反映|反应|称|表示|陈述|说)(?:如下)?[：，]?|(?=[：，]|咨询|投诉|举报|求助|建议|表扬|要求|想|希望))[：，]?)?"
)
CLOSING = (
    r"(?:请|望|希望|盼|烦请|现|要求)(?:贵|相关|有关|主管|职能|承办|属地|辖区)*(?:部门|单位|街道|社区|人员|领导)?(?:能够?)?"
    r"(?:依法|依规|尽快|及时|按时|给予|予以|进行|督促|协调)*"
    r"(?:核实|调查|核查|处理|办理|解决|跟进|处置|回复|答复|反馈|回应|协调|关注|重视)"
    r"(?:[并、，后]*(?:于?[0-9一二三五七十]+个?(?:工作)?[日天]内|[将把]?(?:处理|办理|调查)?(?:结果|情况|意见)|及时|给予|予以|核实|调查|处理|办理|"
    r"解决|整改|反馈|回复|答复|告知|回应))*(?:给|至)?(?:来电人|诉求人|市民|本人|我们?|群众|当事人)?(?:为盼)?"
)
"""How a note or a letter ends: that somebody is to see to it and to answer, whatever it is."""
_ENDING = re.compile(
    rf"[，。；、]?(?:（[^）]{{0,16}}）)?{CLOSING}(?:，?谢谢)?[。！]*(?:（[^）]{{0,20}}）)?$"
)


@lru_cache(maxsize=4)
def asides(text: str) -> tuple[tuple[int, int], ...]:
    """``(start, end)`` of what is beside the matter of a folded text, in order; nothing where
    hardly anything else would be left."""
    found = []
    desk = _DESK.match(text)
    begin, end = (desk.end() if desk else 0), len(text)
    if begin:
        found.append((0, begin))
        if ending := _ENDING.search(text, begin):
            end = ending.start()
    if len(text) >= _SHORTEST:
        reader = _Reader(text)
        found += [
            (max(part.start, begin), part.end)
            for part in sentences(text)
            if part.end > begin and part.start < end and reader.is_beside(part.start, part.end)
        ]
    if end < len(text):
        found.append((end, len(text)))
    left = len(text) - sum(last - first for first, last in found)
    return tuple(found) if left >= min(_LEAST_LEFT, len(text) // 3) else ()


def without_asides(text: str) -> str:
    """The folded text without what is beside its matter."""
    left, since = [], 0
    for start, end in asides(text):
        left.append(text[since:start])
        since = max(since, end)
    return "".join(left) + text[since:]


def features(sentence: str) -> frozenset[str]:
    """What the model reads of a folded sentence: runs of one to three characters, how it begins and
    ends, and how long it is."""
    said = sentence.strip(_EDGES)
    return _outline(said).union(
        said[k : k + size] for size in (1, 2, 3) for k in range(len(said) - size + 1)
    )


def _outline(said: str) -> frozenset[str]:
    """All that is read of a sentence but its runs."""
    begins = ("B" + said[:k] for k in range(1, 5))
    ends = ("$" + said[-k:] for k in range(1, 4))
    return frozenset((*begins, *ends, f"#{min(6, len(said) // 8)}"))


class _Reader:
    """Tells which sentences of a text are beside its matter. Runs are looked up for all at once."""

    def __init__(self, text: str) -> None:
        self._text = text
        table, row_of = load_model("asides").known_runs
        self._rows = [row_of[table.rows(keys)].tolist() for keys in runs(characters(text))]

    def is_beside(self, start: int, end: int) -> bool:
        """Whether the sentence with these bounds is."""
        sentence = self._text[start:end]
        if _ASKS.search(sentence):
            return False
        said = sentence.strip(_EDGES)
        first = end - len(sentence.lstrip(_EDGES))
        last = first + len(said)
        index = load_model("asides").index
        found = {index.get(name, _NONE) for name in _outline(said)}
        for shorter, rows in enumerate(
            self._rows
        ):  # a run begins so much before the last character
            found.update(rows[first : max(first, last - shorter)])
        found.discard(_NONE)
        gains = _gains()
        known = [gains[row] for row in found]
        return bool(known) and math.fsum(known) / math.sqrt(len(known)) > _SURE


@cache
def _gains() -> list[float]:
    """How much each feature speaks for an aside."""
    model = load_model("asides")
    for_aside = model.weights[:, model.classes.index(ASIDE)]
    gains: list[float] = (for_aside - model.weights[:, model.classes.index(MATTER)]).tolist()
    return gains


def warm_up() -> None:
    """Load the model now."""
    _gains()
    _Reader("")
