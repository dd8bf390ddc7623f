"""What is asked for: the clause of wish, plea or demand, as said."""

from __future__ import annotations

import re

from actions.understanding.fields import AppealType, Span, span
from actions.understanding.text.sentences import clauses

# A plea begins a clause, perhaps after who pleads or a word of urgency.
_LEAD = r"(?:我们?|俺们?|本人|居民|业主|市民|来电人|现|特|也|还|就|只|同时|最后|所以|因此|在此|再次|真心|非常|强烈|诚恳|迫切){0,6}"
_PLEA = re.compile(
    rf"{_LEAD}(?P<verb>强烈(?:要求|建议|呼吁)|恳请|恳求|敬请|烦请|还请|请求|希望|盼望|期盼|期望|呼吁|要求|建议|诉求(?:是|：)|我?想要|想(?:让|请(?![^，。]{0, 3}假)|叫)(?!我)|求求?(?!职|学|证|助$)|拜托|麻烦(?!的|死|了|事)|"
    r"请(?![^，。]{0,8}[点半早晚午班周][^，。]{0,5}(?:打|来电|联系|回电)|问|教(?!育)|假|客|柬|了|过|不起|的|愿|示|勿|务工)|望(?=领导|政府|有关|相关|各|部门|尽快|能|给予|予以|早日|帮|解决|处理|贵|市|区|县|您|采纳)|"
    r"帮帮?(?!我[^，。]{1,5}(?:反映|问|咨询|投诉|打听|说|讲))(?:我|忙|俺|老|他|她|孩子)|快(?:点|来|派|给|帮|救)|赶紧|赶快|尽快|尽早|立即|马上(?=派|来|处理|解决|给)|要(?:他们?|她|物业|开发商|老板|公司|学校|求)|申请(?!了|过|人|的|表|执行人)|退(?:钱|款|我|费)|还(?:我|钱)|赔(?:钱|我)|能给|给我(?!们?家?(?:里|门口)?[^，。]{1,3}的)|给(?:个|一个)(?:说法|答复|交代)|不如|最好)"
)
# These take the words before them with them: 校服能否统一款式.
_MODAL = re.compile(
    r"(?P<lead>[^，。！？；\n：]{0,14}?)(?P<verb>能不能|能否|可不可以|可否|可唔可以|是否可以|是不是可以|有没有办法|有没有人能|应该(?!(?:就|也|都)?(?:是|在|叫|有|快|已经))|应当|可以(?=考虑|在|把|将|设|增|学|借)|最好|建议)"
)
_MORE = re.compile(
    r"(?:并|再|也|或|把|让|将|同时|由|不要|别(?!人|墅|处|的)|给|为|好好|查|还(?!是|有)|尽快|立即|追|严|依法|加|对|以便|恢复|改|做|设|建|用|来(?!了|过)|统一|退|赔|处理|解决|帮|拆|清|修|公开|责令|督促|使|以|保|早日|还我|而不是|给予|予以|取缔|切实|第[二三四五]|[二三四五]是|[二三四五]、)"
)
_ASIDE = re.compile(
    r"(?:我|这(?!样)|那|不然|否则|因为|现在|他们?|她|谢|感谢|电话|联系|手机|此致|本人|[0-9]|家里|毕竟|实在|别一|也没|也不|还没)"
)
_NOT_MINE = re.compile(
    r"(?:不|没|无|被|物业|他们?|对方|老板|公司|学校|开发商|老师|多次|之前|曾|一直|合同|按照?|政策|符合|达到|根据|医生|房东|单位|银行)$"
)
# A bare plea says nothing of what is to be done: 求求你们了, 能不能帮帮我, 请尽快处理 is a wish.
_PLEADS_ONLY = re.compile(
    r"(?:(?:求求?|拜托|麻烦|请|恳请|希望|能不能|能否|可不可以|你们?|您|政府|领导|帮帮?|一?下|忙|我们?|俺们?|他|她|老人家?|大家|救救|想想办法|行行好|了|吧|啊|呀|呢|吗|好吗)[，, ]*+){1,14}"
)
_STRENGTH = {
    "希望": 0.8,
    "请": 0.82,
    "要求": 0.82,
    "建议": 0.82,
    "恳": 0.85,
    "求": 0.8,
    "强": 0.85,
    "望": 0.78,
}
_WITHIN = re.compile(
    r"(?:希望|恳请|请求|要求|建议|请(?=求|帮|派|尽快|给|相关|有关|政府|领导|督促|查|依法))"
)
_FERVOUR = re.compile(r"(?:强烈|迫切|真心)$")
_WEAK_IN_QUESTIONS = re.compile(r"能|可|有没有|应|最好|申请|退|还|给|快|帮|要")


def find_wanted(text: str, kind: AppealType | None) -> Span | None:
    """The wish of an appeal: the strongest, of equals a suggestion's first, a grievance's last."""
    best: tuple[float, int, int] | None = None
    parts = clauses(text, 0, len(text))
    for k, (start, end) in enumerate(parts):
        found = _plea(text, start, end, kind)
        if found is None:
            continue
        strength, begin = found
        last = _carried_on(text, parts, k)
        if last - begin < 2 or (last - begin < 4 and strength < 0.6):
            continue
        if _PLEADS_ONLY.fullmatch(text, begin, last):
            continue
        place = start / (len(text) + 1)
        score = strength + 0.1 * (place if kind is not AppealType.SUGGESTION else 1 - place)
        if best is None or score > best[0]:
            best = (score, begin, last)
    if best is None:
        return None
    return span(text, best[1], best[2], min(0.95, best[0]))


def _plea(text: str, start: int, end: int, kind: AppealType | None) -> tuple[float, int] | None:
    """How strong the clause's plea is and where it begins, or None."""
    hit = _PLEA.match(text, start, end)
    if hit is not None and not _NOT_MINE.search(text, max(0, start - 4), hit.start("verb")):
        verb = hit["verb"]
        if kind is AppealType.CONSULT and _WEAK_IN_QUESTIONS.match(verb):
            return None
        strength = next((v for k, v in _STRENGTH.items() if verb.startswith(k)), 0.6)
        # 强烈 and 请 belong to the wish; who wishes (我们) does not.
        lead = _FERVOUR.search(text, start, hit.start("verb"))
        return strength, hit.start("verb") - (len(lead.group()) if lead else 0)
    inner = _WITHIN.search(text, start, end)
    if inner is not None and not _NOT_MINE.search(
        text, max(start, inner.start() - 4), inner.start()
    ):
        return 0.7, inner.start()
    modal = _MODAL.match(text, start, end)
    if modal is not None and kind is not AppealType.CONSULT:
        return (0.66 if kind is AppealType.SUGGESTION else 0.55), start
    return None


def _carried_on(text: str, parts: list[tuple[int, int]], k: int) -> int:
    """Where the wish that begins in clause ``k`` ends: over clauses that add to it."""
    last = parts[k][1]
    for start, end in parts[k + 1 : k + 6]:
        gap = text[last:start]
        if gap not in ("，", "、", "，并", "：") or _ASIDE.match(text, start):
            break
        if gap == "，" and not _MORE.match(text, start):
            break
        last = end
    return last
