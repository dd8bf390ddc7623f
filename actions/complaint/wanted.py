"""What is asked for: the clause of wish, plea or demand, as said."""

from __future__ import annotations

import re

from actions.complaint.fields import Span, span

_VERB = (
    r"(?:强烈要求|强烈建议|强烈呼吁|恳请|恳求|敬请|烦请|还请|跪求|请求|请政府|请领导|请相关|请有关|请市|请区|请县|请贵|请你们|请您|希望|盼望|期盼|期望|"
    r"呼吁|要求|建议|诉求是|我的诉求|诉求：|我想要|我要求|我希望|能不能|能否|可不可以|可否|是否可以|是不是可以|麻烦你们|麻烦您|麻烦|帮我|帮忙|求求|求|拜托|"
    r"望(?=领导|政府|有关|相关|各|部门|尽快|能|给予|予以|早日|帮|解决|处理|贵|市|区|县|您))"
)
_STRONG = re.compile(r"强烈|恳|请求|请|希望|要求|诉求|望|呼吁|建议|盼")
_CLAUSE = re.compile(rf"{_VERB}[^。！？\n；]{{2,80}}")
_BACKGROUND = re.compile(r"(?:不|没|无|被|物业|他们|对方|老板|公司|学校|开发商|领导|老师|多次|之前|曾|一直|合同|按|按照|政策|符合|达到|根据)$")
_ENOUGH = re.compile(r"，(?=谢谢|感谢|我的电话|电话|联系|手机|此致|因为|本人)")
_EMPTY = re.compile(r"^(?:希望|请|请您|望)?(?:领导)?(?:谢谢|回复|您好)?$")


def find_wanted(text: str) -> Span | None:
    """The wish, the last strong one of the text (people end with what they want)."""
    best: tuple[float, int, int] | None = None
    for hit in _CLAUSE.finditer(text):
        start, end = hit.start(), hit.end()
        if _BACKGROUND.search(text, max(0, start - 6), start):
            continue
        cut = _ENOUGH.search(text, start, end)
        if cut:
            end = cut.start()
        while end > start and text[end - 1] in "，、 ：":
            end -= 1
        if end - start < 4 or _EMPTY.match(text[start:end]):
            continue
        strength = 0.75 if _STRONG.match(text, start) else 0.55
        score = strength + 0.15 * start / (len(text) + 1)
        if best is None or score >= best[0]:
            best = (score, start, end)
    if best is None:
        return None
    return span(text, best[1], best[2], min(0.95, best[0]))
