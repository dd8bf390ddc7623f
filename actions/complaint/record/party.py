"""Whom a matter is about: by name, or only by what kind of party it is (健身房, 班主任)."""

from __future__ import annotations

import re

from actions.understanding.people.contact import SURNAME

_KIND_OF_PARTY = re.compile(
    "(?:(?:楼[上下]|隔壁|对面|门口|旁边|附近)的?)?(?:[那这][个家]|一[个家])?"
    "(?P<kind>商家|店家|商店|超市|医院|诊所|药店|学校|幼儿园|加油站|(?:快递|菜鸟)?驿站|健身房|饭店|饭馆|餐馆|餐厅|银行|快递|外卖|菜市场|农贸市场|商场|直播间|"
    "培训(?:机构|班)|辅导班|补习班|托管班|机构|驾校|酒店|宾馆|网吧|理发店|美容院|4S店|网店|中介|卖家|平台|快递公司)"
    "(?:食堂|教练|老师|老板|店员|服务员|客服|工作人员|经理|医生|护士|前台)?"
)
_BEFORE_A_KIND = re.compile(
    r"(?:^|[，。！？；：、\s的个家间所了到去在找跟和给说对被把是我们他这那有上下里门口面边近人办报交买候后天时次]"
    r"|投诉|反映|孩子|小孩|儿子|女儿|闺女|孙子|孙女|外孙|学生|家长)$"
)


_BY_ROLE = re.compile(
    "(?:男|女|实习)?(?:班主任|老师|校长|园长|教导主任|生活老师|教练|医生|专家|大夫|护士长?|前台)"
)
_EMPLOYER = re.compile("公司|单位|工厂|厂里?")
_EMPLOYS = re.compile(
    "工资|工钱|社保|公积金|加班|辞退|辞职|离职|工伤|劳动合同|试用期|老板|年假|产假"
)
_OF_A_VILLAGE = re.compile(
    "(?:村|社区|居委会|镇|乡)?(?:支?书记?|支书|主任|长|干部)|村(?:里|委会|支书)|居委会|社区"
)
_INSTITUTIONS = "学校|中学|小学|大学|学院|幼儿园|医院|卫生[院所]|诊所|机构|驾校|门诊部?"
_INSTITUTION = re.compile(
    r"(?:[一二三四五六七八九十]|[0-9])[中小院](?!学生|[时个])|附[小中院]|实[小验]|省立|(?:人民|中|妇幼|儿童|口腔)医院"
)


_ONLY_A_TRADE = re.compile(
    "(?:我们?|咱们?|俺们?|自己|就|是|开|做|的|了|一|个|家|间|小|普通)*"
    "(?:餐饮|餐|食品|小吃|服装|五金|建材|水果|蔬菜|早餐|日用|杂货|母婴|汽修|理发|美容|快递|物流|贸易|商贸|加工|制造|装修|外贸)?"
    "(?:公司|企业|工厂|厂子?|[门小]?店铺?|商店|饭店|饭馆|餐馆|餐厅|超市|便利店|工作室|合作社|作坊|铺子|个体户?|个体工商户|小微企业)的?"
)


def only_a_trade(said: str) -> bool:
    """Whether words for a business only say what sort it is (就一个小餐饮店), and not its name."""
    return _ONLY_A_TRADE.fullmatch(said) is not None


_NEVER_NAMED = frozenset({"商家", "店家", "卖家"})  # before these stands no name: 跑毛|商家


def _names_one(matter: str, kind: str) -> bool:
    """Whether a matter names one of a kind, a pattern, somewhere (燃动健身房)."""
    return any(
        _BEFORE_A_KIND.search(matter, max(0, hit.start() - 2), hit.start()) is None
        for hit in re.finditer(kind, matter)
    )


def only_an_employer(whom: str, matter: str) -> bool:
    """Whether a party is the firm that somebody works for, and the matter does not name it."""
    employs = _EMPLOYER.fullmatch(whom) is not None and _EMPLOYS.search(matter) is not None
    return employs and not _names_one(matter, whom)


_ONLY_A_ROAD = re.compile(
    r".*[\u4e00-\u9fff](?:路|街|大道|巷|区|县|镇|乡|街道|市)(?:上|那边|附近)?"
)


def only_a_road(place: str) -> bool:
    """Whether a place is no more than a road or a region, on which many of a kind stand."""
    return _ONLY_A_ROAD.fullmatch(place) is not None


_A_FIRM = re.compile(
    r"[\u4e00-\u9fff]{2}(?:公司|集团|厂|店|医院|学校|[中小大]学|幼儿园|银行|超市|商场|工地|项目部|宾馆)(?:门口|里|旁边|内)?$"
)


def names_a_firm(place: str) -> bool:
    """Whether a place is that of somebody who may be an employer (联宝电子厂)."""
    return _A_FIRM.search(place) is not None


def names_only_a_kind(whom: str, matter: str) -> bool:
    """Whether a party is but a kind, and the matter names none of it either."""
    if _BY_ROLE.fullmatch(whom):  # 班主任: of which school?
        return _INSTITUTION.search(matter) is None and not _names_one(matter, _INSTITUTIONS)
    if _OF_A_VILLAGE.fullmatch(whom):
        return not _names_one(matter, "村|社区|镇|乡")
    if _EMPLOYER.fullmatch(whom):
        return only_an_employer(whom, matter)
    kind = _KIND_OF_PARTY.fullmatch(whom)
    if kind is not None and kind["kind"] in _NEVER_NAMED:
        return True
    return kind is not None and not _names_one(matter, kind["kind"])


_A_PERSON = re.compile(
    r"(?:[二大小]?(?:房东|老板娘?|包工头|工头|店主|店长|司机|中介|业务员|销售|负责人|承包人|经理|班主任|老师|教练|医生|邻居|车主|摊主|组长|队长|骑手))"
)


def by_name(whom: str, matter: str) -> str:
    """Whom a matter is about with the name it gives them (老板徐大海, of 老板 … 老板叫徐大海); empty where
    it gives none."""
    if _A_PERSON.fullmatch(whom) is None:
        return ""
    found = re.search(
        rf"{whom}(?:的?名字)?(?:是)?(?P<how>叫做?|名叫|姓)(?P<name>{SURNAME}[\u4e00-\u9fff]{{0,2}}?)(?=$|[，。；！、\s]|的|电话|手机)",
        matter,
    )
    if found is None:
        return ""
    return f"{whom}{'姓' if found['how'] == '姓' else ''}{found['name']}"
