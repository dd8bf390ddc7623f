"""Several matters told in one breath, taken apart: each becomes an order of its own.

Careful on purpose: a letter that numbers its grievances about one thing stays one matter. Parts
are split off only where the person marks them (第二, 还有一件事, 另外) and each is clearly of
another category.
"""

from __future__ import annotations

import re

from actions.complaint.wording import asked_of_us
from actions.understanding.fields import AppealType
from actions.understanding.matter.appeal import judge_appeal
from actions.understanding.matter.category import categorise
from actions.understanding.text.folding import fold
from actions.understanding.times.calendar_zh import number

MOST = 6
_SHORTEST = 8  # characters of a part
_SHORTEST_LISTED = 4  # of one that the person numbered
_PREAMBLE = 12  # characters before a list that say no more than that one follows
_LONGEST_BREATH = 120  # characters of a text whose neighbouring parts may be one order
_SURE = 0.57
_SURE_IF_COUNTED = 0.4  # of parts as many as the person says there are
_OTHERWISE = re.compile(
    r"[，。；！\s](?:还有(?:(?:一|个|另外)+(?:件|个)?(?:事情?|问题|情况)?|(?![人的些点很许待没钱几多]))|另外(?:还有)?(?:一|个|件|再|想)*(?:事情?|问题|反映|投诉|说)?(?:一下|的是)?|"
    r"再(?:有|一个)(?:就是|问题)?|顺便(?:再)?(?:反映|投诉|说)(?:一下|下)?|第二件事?)(?:是|就是|，|：|,)*"
)
_LISTED = re.compile(
    r"(?:^|(?<=[，。；：！\n\s]))(?:第[一二三四五六](?:件事?|个问题|点)?[，、：是]|第[一二三四五六]个?(?!小学|中学|医院|人民|附属|[次天年月季期批位件点步项届条])(?=[\u4e00-\u9fff]{4})|(?:首先|其次|再次|再者|最后)(?:是|就是|，)|[一二三四五六](?:是|、)|[（(]?[1-4１-４][)）、.．])\s*"
)
_ONE_IS = re.compile(r"(?:第一件(?:事情?)?(?:就?是)|第?一个?(?:是|就是)|一件(?:是|就是)|一个呢)")
_ANOTHER_IS = re.compile(
    r"[，,；;。 ]?(?:还有|另外|再)(?:一个|一件)(?:事|问题)?(?:是|就是|呢)|[，,；;。 ]?(?:还有|再|另外)(?:呢)?就是(?:说)?|[，,；;。 ]?(?:第[二三四]个?|二一个)(?:是|就是)|[，,；;。 ]?第[二三四](?:件|个)(?:事情?|问题)?就?是"
)
_COUNTS = re.compile(
    r"(?:我|我们|要|想|跟你|反映|投诉|说|讲|有|啊|[两三四几2-4][个件]|事情?|问题)+"
)
_ANNOUNCED = re.compile(
    r"(?:我|我们)?(?:要|想)?(?:反映|投诉|说|讲|举报)?(?:有)?(?:以下)?(?:两|三|四|几)(?:件|个|点)(?:事情?|问题|情况)(?:啊|呢|吧|哈)?[，：:。,\s]*$"
)
_LEAD_OF_LIST = re.compile(
    r"^(?:我|我们)?(?:要|想|来)?(?:反映|投诉|说|讲|举报)?(?:有)?(?:以下)?(?:两|三|四|几)(?:件|个|点|桩)(?:事情?|问题|情况)(?:啊|呢|吧|哈)?[，：:。, ]*(?:头一个|第一个?|首先|先说|一个是?|一是)?(?:是|就是|呢)?[，, ]*(?=[\u4e00-\u9fff]{4})"
)
_HOW_MANY = re.compile(r"(?P<count>[两三四五六2-6])(?:件|个|点|桩)(?:事情?|问题|情况)")
_ABOUT_ONESELF = re.compile(
    r"[，。；！\s]?(?:我们?家?|本人)(?:就?住在?|是|叫|姓|的?(?:电话|手机|地址))[^，。；！\s]*"
)
_MATTERS = (AppealType.COMPLAINT, AppealType.REPORT, AppealType.HELP)


def apart(text: str) -> tuple[str, ...]:
    """The matters of a text, in its own words; the text itself when it is one.

    What stands before a numbered list belongs to each of its items.
    """
    folded = fold(text)
    listed = _listed(text, folded)
    if 1 < len(listed) <= MOST:
        sure = _SURE_IF_COUNTED if _counts(folded, len(listed)) else _SURE
        if _differ(listed, listed=_is_bare_list(folded), sure=sure):
            return listed
    grouped = _grouped(listed)
    if 2 < len(grouped) <= MOST:
        return grouped
    for parts in (_counted(text, folded), _joined(text, folded)):
        if 1 < len(parts) <= MOST and _differ(parts, listed=parts == _counted(text, folded)):
            return parts
    grouped = _grouped(_joined(text, folded)) if len(text) <= _LONGEST_BREATH else ()
    if 1 < len(grouped) <= MOST:
        return grouped
    if added := _added(text, folded):
        return added
    unmarked = _unmarked(text)
    return unmarked if 1 < len(unmarked) <= MOST else (text,)


_AND = re.compile(r"[，。；\s]*(?:而且|并且|同时)(?:呢|，)?")
_SURE_AND = 0.9  # of the first level of each of two matters joined by a mere and


def _added(text: str, folded: str) -> tuple[str, ...]:
    """Two matters joined by a mere and (路灯坏了一个月，而且隔壁饭店油烟往我家飘), which mostly goes on with the
    first: each plainly is one by itself, and of another first level. Empty where not so."""
    marks = list(_AND.finditer(folded)) if len(text) <= _LONGEST_UNMARKED else []
    if len(marks) != 1:
        return ()
    parts = tuple(part.strip() for part in (text[: marks[0].start()], text[marks[0].end() :]))
    firsts = {_first_level(part, _SURE_AND) for part in parts}
    return parts if "" not in firsts and len(firsts) == len(parts) else ()


_CLAUSE_OF_LIST = re.compile(r"[^，,；;。！!\n]+")
_LONGEST_UNMARKED = 70  # characters of a text that may be a list without a mark
_PLAINLY = 0.55  # of the first level of each of its clauses
_SHORTEST_UNMARKED = 5  # characters of each of them


def _unmarked(text: str) -> tuple[str, ...]:
    """Matters said one after another without a mark (食堂天天吃剩菜，28路老是不停站，物业不给开发票): each
    clause plainly is one by itself, of a first level no other has. Empty where any is not."""
    parts = tuple(part.strip() for part in _CLAUSE_OF_LIST.findall(text) if part.strip())
    if len(text) > _LONGEST_UNMARKED or not 2 < len(parts) <= MOST:
        return ()  # of two clauses, the second mostly goes on with the first
    firsts = {_first_level(part, _PLAINLY, _SHORTEST_UNMARKED) for part in parts}
    return parts if "" not in firsts and len(firsts) == len(parts) else ()


def _is_bare_list(folded: str) -> bool:
    """Whether nothing but an announcement stands before the numbered parts: a letter tells first
    what all of its points are about, and stays one matter."""
    first = _LISTED.search(folded)
    return first is not None and len(_ANNOUNCED.sub("", folded[: first.start()])) <= _PREAMBLE


def _counted(text: str, folded: str) -> tuple[str, ...]:
    """Matters counted in speech: 一个是…还有一个是…"""
    first = _ONE_IS.search(folded)
    if first is None:
        return ()
    marks = list(_ANOTHER_IS.finditer(folded, first.end()))
    if not marks:
        return ()
    starts = [first.end(), *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(text)]
    parts = tuple(text[a:b].strip("，,；; ") for a, b in zip(starts, ends, strict=True))
    lead = _COUNTS.sub("", folded[: first.start()]).strip("，,：: ")
    return parts if len(lead) <= _PREAMBLE else (text[: first.start()] + parts[0], *parts[1:])


def _listed(text: str, folded: str) -> tuple[str, ...]:
    marks = list(_LISTED.finditer(folded))
    if len(marks) < 2:
        return ()
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    before = _ANNOUNCED.sub("", text[: marks[0].start()])
    return tuple(
        before + text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)
    )


def _joined(text: str, folded: str) -> tuple[str, ...]:
    marks = list(_OTHERWISE.finditer(folded))
    if not marks:
        return ()
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() + 1 for mark in marks), len(text)]
    parts = tuple(text[a:b].strip() for a, b in zip(starts, ends, strict=True))
    return (_LEAD_OF_LIST.sub("", parts[0]), *parts[1:])


def _grouped(listed: tuple[str, ...]) -> tuple[str, ...]:
    """The numbered parts of a long letter, neighbours of one first level as one: 物业费 and 电梯 are
    one order, 烧烤摊 and 路灯 are not. Empty unless each is clearly a matter."""
    groups: list[tuple[str, str]] = []
    shared = shared_start(*listed[:2]) if len(listed) > 1 else 0
    for part in listed:
        first = _first_level(part)
        if not first:
            return ()
        if groups and groups[-1][0] == first:
            groups[-1] = (first, f"{groups[-1][1].rstrip('，,；; ')}\n{part[shared:]}")
        else:
            groups.append((first, part))
    apart_from_all = len({first for first, _ in groups}) == len(groups)
    return tuple(part for _, part in groups) if apart_from_all else ()


def shared_start(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((k for k, (a, b) in pairs if a != b), min(len(one), len(other)))


def _first_level(part: str, sure: float = _SURE, least: int = _SHORTEST) -> str:
    """The first level of a part that is clearly a matter; else empty."""
    said = _ABOUT_ONESELF.sub("", fold(part))
    category = categorise(said)
    if len(said) < least or not category.path or category.confidence[0] < sure:
        return ""
    return category.path[0] if judge_appeal(said, (), category).kind in _MATTERS else ""


_ASKS_OF_IT = re.compile(
    r"到底|什么时候|几时|怎么办|咋办|谁(?:来)?管|管不管|有没有人|为什么|凭什么"
)
_AFTER_A_SENTENCE = re.compile(r"(?<=[。？！?!；;])")


def beside_question(text: str) -> tuple[str, str] | None:
    """A question and a matter told in one breath (公积金怎么提取，还有我们小区停水三天了); None where
    a text is not clearly both."""
    folded = fold(text)
    for parts in (_joined(text, folded), tuple(_AFTER_A_SENTENCE.split(text))):
        told = [part.strip("，,。；; ") for part in parts if part.strip("，,。；;！!？? ")]
        asked = [part for part in told if asked_of_us.is_question(fold(part))]
        matter = [part for part in told if part not in asked]
        first = _first_level(matter[0]) if asked and len(matter) == 1 else ""
        if first and _is_question(asked, first):
            return "，".join(asked), matter[0]
    return None


def _is_question(parts: list[str], told: str) -> bool:
    """Whether what is asked is asked for its own sake, and not about the matter told with it, whose
    first level is ``told``."""
    said = fold("，".join(parts))
    category = categorise(said)
    other = bool(category.path) and category.path[0] != told and _ASKS_OF_IT.search(said) is None
    return other and judge_appeal(said, (), category).kind not in _MATTERS


def _counts(folded: str, parts: int) -> bool:
    """Whether the person says how many matters they tell (三个事), and it is so many."""
    said = _HOW_MANY.search(folded)
    return said is not None and number(said["count"]) == parts


def _differ(parts: tuple[str, ...], *, listed: bool = False, sure: float = _SURE) -> bool:
    """Whether each part is a matter, and each of another first level than the others; of parts that
    the person counts as so many matters, of another second level."""
    kinds = set()
    least = _SHORTEST_LISTED if listed else _SHORTEST
    for part in parts:
        said = _ABOUT_ONESELF.sub("", fold(part))
        category = categorise(said)
        if len(said) < least or not category.path or category.confidence[0] < sure:
            return False
        if judge_appeal(said, (), category).kind not in _MATTERS:
            return False
        kinds.add(category.path[:2] if listed else category.path[:1])
    return len(kinds) == len(parts)
