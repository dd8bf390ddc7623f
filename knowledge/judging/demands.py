"""Whether a message demands that somebody act, reports, praises or proposes: it wants no rule.

"路灯坏了" may be told to hear what holds, "路灯坏了，请尽快处理" is not.  A demand is known by the
form of a clause near the end, or of the first, and by the end as a whole not reading like a
question: "…，恳请各位领导指点" asks.
"""

from __future__ import annotations

import re

from knowledge.judging.inquiry import telling

SURE = -1.0
"""Below it :func:`knowledge.judging.inquiry.telling` must put a message with such a clause."""
_LAST = 3  # clauses
_LONGEST = 2000  # characters looked at
_CLAUSE = re.compile(r"[,。!?;:\n~…]+")
_SPEAKER = (
    "(?:那?我们?|俺们?|咱们?|本人|业主们?|大家|居民们?|家长们?|老百姓|市民|来电人|诉求|现|特此?|再次|也|又|还|就|故"
    "|因此|所以|另外|只|真诚|真心|诚恳|迫切|强烈|衷心|在此|实名|要|想)*"
)
# 请 and 望 begin other things too: 请问, 请教, 请告知 want to know, 请假 and 请律师 are no request.
_PLEASE = (
    "请(?![问教假个了律人客告示指讲回答柬产病事年探婚工代列]"
    "|保姆|护工|说明|解释|介绍|明确|钟点|月嫂|阿姨)"
)
_WANTS = re.compile(
    rf"^{_SPEAKER}(?:恳请|恳求|请求|烦请|敬请|希望|盼望?|呼吁|(?:要求|建议|投诉|举报|反映)(?!的)|求求|拜托"
    rf"|赶紧|赶快|快点|尽快|麻烦|表扬|感谢|点赞|望(?![着见远])|{_PLEASE})"
)
_NOBODY_ACTS = re.compile(
    r"没有?(?:一个)?人(?:来|去|出来)?(?:管|理|处理|修|负责|解决|清|查|过问)"
    r"|(?:(?:有没有|有|还有|谁|哪个)(?:人|部门)?(?:来|能)?管管?|(?:有没有|有|还有)(?:人|部门)?(?:来|能)?负责|(?:谁|哪个部门)(?:来|能)负责)(?:一下|啊|呀|呢|吗|了)*$"
    r"|管不管|凭什么$|怎么还?(?:没人|不)(?:来|管|修)"
)
# That somebody comes, that a thing be mended, asked for as though it were a question.
_ACTS = re.compile(
    "来几?个?人[^,]{0,3}(?:修|管|看|清|查|处理|制止|拖|收拾)"
    "|(?:能不能|能否|可不可以|可以)(?:派|安排|来)几?[个点些]?(?:人|执法人员|工作人员|交警|警察|城管|保安|环卫)"
    "[^,]{0,2}(?:来|去|把|管|看|修|清|查|制止|处理|指挥)"
    "|什么时候才?能(?:给我们|重新|彻底|真正)?(?:整改|修|铺|清理|清走|换[个掉]|装上)"
    "|(?:能不能|能否|可不可以)(?:再)?多(?:加|派|开|设|放|装)[几一点些]|^快?(?:退我?钱|赔钱|还钱|道歉)$"
)
_TO_KNOW = re.compile("想?问|咨询|了解|知道|吗$|怎么|如何|哪|什么|是否")


def demands(folded: str) -> bool:
    """Whether a folded message is a demand, a report, praise or a proposal, by its own words."""
    clauses = [clause.strip() for clause in _CLAUSE.split(folded[:_LONGEST]) if clause.strip()]
    looked_at = clauses[:1] + clauses[1:][-_LAST:]
    return any(map(_demands, looked_at)) and telling(folded, asks=False) < SURE


def _demands(clause: str) -> bool:
    wants = _WANTS.search(clause) is not None and _TO_KNOW.search(clause) is None
    return wants or any(form.search(clause) for form in (_NOBODY_ACTS, _ACTS))
