"""Who or what is complained of: a company, shop, school, office, or a person by role."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.complaint.fields import Place, Span, span
from actions.complaint.segment import segment
from actions.complaint.words import words

_ORGANISATION = (
    r"有限责任公司|股份有限公司|有限公司|分公司|物业公司|物业管理公司|公交公司|自来水公司|供水公司|燃气公司|热力公司|供热公司|供电公司|供电所|供电局|房地产公司|置业公司|装修公司|装饰公司|保险公司|"
    r"旅行社|中介公司|劳务公司|建筑公司|建筑工程公司|培训机构|教育机构|培训学校|培训中心|健身房|健身中心|美容院|幼儿园|驾校|中学|小学|大学|学院|学校|医院|卫生院|诊所|卫生室|银行|支行|超市|商场|"
    r"酒店|宾馆|饭店|餐馆|餐厅|烧烤店|火锅店|快餐店|理发店|网吧|酒吧|KTV|棋牌室|麻将馆|洗车店|修理厂|4S店|药店|药房|商店|便利店|水果店|早餐店|门店|专卖店|"
    r"公司|集团|工厂|加工厂|养殖场|养猪场|搅拌站|采石场|砂石厂|砖厂|化工厂|机构|平台|店铺|厂家|商家|村委会|居委会|村委|居委|社区|街道办事处|街道办|镇政府|乡政府|区政府|县政府|派出所|交警队|交警大队|"
    r"人社局|教育局|住建局|城管局|环保局|国土局|民政局|社保局|医保局|公积金中心|房管局|税务局|不动产登记中心|业委会|售楼部|项目部|工地|网约车|出租车|公交车|快递公司|物流公司|客运站"
)
_ORG = re.compile(_ORGANISATION)
_ROLE = re.compile(
    r"物业管理处|物业服务|物业|开发商|房东|包工头|施工方|施工单位|施工队|建筑商|承包商|老板娘|老板|城管队员|城管|村支书|村书记|村主任|村长|村干部|村支部书记|社区主任|社区工作人员|班主任|校长|园长|辅导员|老师|主治医生|医生|护士|"
    r"公交司机|出租车司机|网约车司机|司机|驾驶员|保安|工作人员|窗口人员|协管员|交警|民警|警察|快递员|外卖员|骑手|楼上住户|楼下住户|楼上邻居|楼下邻居|隔壁邻居|楼上(?:的|这家|那家|邻居)?|隔壁|邻居|对门|流动摊贩|小摊贩|摊贩|商贩|摊主|跳广场舞的(?:人|大妈|阿姨)?|"
    r"广场舞|渣土车|大货车|货车|洒水车|中介|房产中介|黑车|黑中介|装修工人|租户|二房东|卖家|商户|业主|教练|施工工地|工地"
)
_LEADING = re.compile(r"(?:投诉|举报|反映|控诉|实名举报|强烈投诉|质疑|表扬|感谢|点赞)(?:一下|：|对|关于)?")
_NOT_SUBJECT = re.compile(r"(?:我|本|在|到|去|向|给|找|被|跟|和|是|我们|本人|让|请)$")
_OURSELVES = re.compile(r"(?:我是|作为|我们)$")
_STOPS = words("place", "stops")
_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z0-9XxＸ×*·（）]")
_KEPT = frozenset("公司 商家 老板 物业 物业公司 开发商 中介 房东 建筑 装修 建设 运营 管理 设计 医院 学校".split())


def find_subject(text: str, places: Sequence[Place]) -> Span | None:
    """The party complained of: what follows 投诉/举报, a named organisation, or a role."""
    scored: list[tuple[float, int, int]] = []
    for hit in _ORG.finditer(text):
        start = _name_start(text, hit.start())
        named = hit.start() - start
        own = _NOT_SUBJECT.search(text, max(0, start - 2), start) is not None
        score = 0.5 + min(named, 6) * 0.06 - (0.25 if own else 0.0)
        scored.append((score, start, hit.end()))
    for hit in _ROLE.finditer(text):
        ourselves = _OURSELVES.search(text, max(0, hit.start() - 3), hit.start())
        scored.append((0.1 if ourselves else 0.5, hit.start(), hit.end()))
    ranked: list[tuple[float, int, int]] = []
    for score, start, end in scored:
        if _LEADING.search(text, max(0, start - 10), start):
            score += 0.3
        score -= 0.25 * start / (len(text) + 30)
        ranked.append((score, start, end))
    if ranked:
        score, start, end = max(ranked, key=lambda r: (r[0], r[2] - r[1]))
        if score >= 0.3:
            return span(text, start, end, min(0.9, score))
    return None


def _name_start(text: str, head: int) -> int:
    """Where the name of an organisation that ends in the word at ``head`` begins."""
    left_end = max(0, head - 24)
    window = text[left_end:head]
    start = head
    for a, b in reversed(segment(window)):
        word = window[a:b]
        if not all(_NAME.match(c) for c in word) or (word in _STOPS and word not in _KEPT):
            break
        if head - (left_end + a) > 20:
            break
        start = left_end + a
    return start
