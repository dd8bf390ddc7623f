"""Who speaks for a business (企业诉求): that they do, its name, its unified social credit code.

The code is GB 32100-2015: 18 characters of digits and capital letters without I, O, S, V and Z, the
last of which is a check character, the weighted sum of the others modulo 31.
"""

from __future__ import annotations

import re

from actions.understanding.fields import AppealType, CreditCode, Span, span

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_CODE = re.compile(
    r"(?<![0-9A-Za-z])([0-9A-HJ-NP-RTUW-Y]{2}\d{6}[0-9A-HJ-NP-RTUW-Y]{10})(?![0-9A-Za-z])", re.I
)
_SAID_CODE = re.compile(
    r"(?:信用代码|税号|机构代码|纳税人识别号)[号是为：: ]{0,4}([0-9A-Za-z](?:[ -]?[0-9A-Za-z]){9,24})"
)
_LETTERS_NEEDED = re.compile(r"[A-Za-z]")
_KINDS_OF_FIRM = (
    "有限责任公司|股份有限公司|有限公司|分公司|集团|公司|合作社|联合社|"
    "经营部|商行|商贸行|事务所|门市部|服务部|工作室|饭店|酒店|超市|药店|商店|工厂|[^，。]厂"
)
_REGISTERED = (
    r"(?:有限责任公司|股份有限公司|有限公司|合作社|联合社|个体工商户|经营部|商行|事务所)"
    r"(?:[\u4e00-\u9fff]{2,8}分公司)?"
)
_TRADE = (
    r"(?:公司|集团|厂|项目部|[商门]?店|药房|诊所|超市|便利店|馆|饭庄|酒楼|餐厅|小吃|宾馆|客栈|民宿|网吧|驾校|农场|"
    r"工作室|服务部|维修部|门市部|批发部|[店商药]铺|[作茶工]坊|[车琴银]行|协会|商会)"
)
_SIGN = r"(?:(?!的|[一几两][家个间])[\u4e00-\u9fff（）()A-Za-z0-9·])"
_FIRST = rf"(?![一个这那你他做开搞办在某哪有从没]){_SIGN}"
_ENDED = r"(?=[，,。；;！？\n（()）]|反映|反应|咨询|申请|请求|想问|$)"
_RUN_BY = r"(?=的?(?:总?负责人|老板娘?|店主|总?经理|法人|法定代表人|厂长|股东|董事长|理事长))"
_IS = r"(?:就?是|叫做?|名叫|为|系|：|:)"
_WHO = r"(?:我|我们|咱们?|俺们?)(?:这边|这里|这儿)?|这里|这边"
_UNIT = r"(?:公司|企业|厂|店|单位|合作社|农场|工厂|商行|机构)"
# Who speaks says which business they are: 我们是…公司, 我是…店的老板, 我公司（…）.
_INTRODUCED = re.compile(
    rf"(?:(?:{_WHO}|(?:我们?的?|本|敝|我们这[个家]){_UNIT}|我司|本店)(?:名称?|全称|名字)?"
    rf"(?:{_IS}|（|\()|^(?:我|我们|本人)?(?:谨|现)?代表)(?:位于[^，。；]{{2,20}}?的)?"
    rf"(?P<name>{_FIRST}{_SIGN}{{0,29}}?(?:{_REGISTERED}|{_TRADE})(?:{_ENDED}|{_RUN_BY}))"
    rf"|(?:我叫[^，。；]{{1,4}}，)是(?P<run>{_FIRST}{_SIGN}{{0,29}}?(?:{_REGISTERED}|{_TRADE}){_RUN_BY})"
    rf"|作为[^，。]{{0,8}}(?:企业|公司|商户)，我们(?P<ours>{_FIRST}{_SIGN}{{0,29}}?{_REGISTERED})"
)
# 我开了个小超市，名字叫…
_RUN = re.compile(
    r"(?:我们?|本人|咱|俺)(?:是|在)?[^，。；]{0,15}?(?:开|经营|办|做|承包)[^，。；]{0,12}?"
    rf"(?:{_TRADE}|企业|生意)，(?:店|公司|厂|企业)?(?:名[字称]?(?:叫做?|是|为)|叫做?)"
    rf"(?P<name>{_FIRST}{_SIGN}{{0,19}}?)(?=[，,。；;！\n]|$)"
)
# A business named by what it is only, at a clause's beginning or as one's own: 店叫…, but not 烧烤店叫….
_ITS_OWN = r"(?:(?<![\u4e00-\u9fffA-Za-z0-9])|(?<=我)|(?<=们)|(?<=咱)|(?<=我的)|(?<=们的)|(?<=开的)|(?<=们这)|(?<=我这))"
# What the business of who speaks is called: 公司名字是…, 营业执照上是….
_CALLED = re.compile(
    rf"(?:{_ITS_OWN}{_UNIT}(?:(?:的)?(?:名称?|名字|全称|全名)(?:{_IS})?|：|:)"
    rf"|执照上?(?:的?名[称字])?(?:写的)?{_IS})"
    rf"(?P<name>{_FIRST}{_SIGN}{{0,29}}?(?:{_REGISTERED}|{_TRADE}){_ENDED})"
    rf"|{_ITS_OWN}(?:公司|企业|店|厂|合作社)(?:名[字称]?)?叫做?"
    rf"(?P<called>{_FIRST}{_SIGN}{{0,14}}?)(?=[，,。；;！\n]|$)"
)
_NAME = re.compile(
    r"(?:我们?(?:是|叫)|这里是|(?:公司|企业|单位)(?:名称?|全称)?(?:叫|是|为|：|:)|^|[，,。；;！\n ])"
    rf"(?P<name>{_FIRST}{_SIGN}{{1,29}}?{_REGISTERED})"
)
_OURS = re.compile(
    r"我们?(?:是|作为)(?:一?[个名位])?(?:个体户|个体工商户|私营业主|企业主|店主|商户|小微?企业主)|(?:统一)?社会信用代码|"
    r"我司|我公司|本公司|敝公司|我厂|本厂|本企业|我们企业|我企业|本店|我院所|"
    r"作为(?:一家|一个)?[^，。]{0,8}(?:企业|公司|商户)|(?:企业|公司)(?:法人|负责人|法定代表人)|"
    rf"我们?(?:是|开|经营|办)(?:了|的是)?(?:一|个|家|间|一家|一个|一间|做|搞|开)[^，。]{{0,12}}?(?:{_KINDS_OF_FIRM}|企业|店|馆|小微|个体户|个体工商户)(?!的?[^，。]{{0,2}}上班|打工|的员工|员工|工作|的工人|做|干|买)"
)
_WE_ARE = re.compile(
    r"我们?(?:这里)?是[^，。；]{2,30}?(?:有限公司|有限责任公司|合作社|商行|经营部|事务所)(?!的|上班|打工)"
)
_OUR_FIRM = re.compile(
    r"我们(?:这个|这家|的)?(?:公司|厂|店|合作社)"
    r"|我们(?:是|都是)?(?:做|搞|干)(?:餐饮|食品|外贸|贸易|批发|零售|加工|制造|建材|服装|物流|电商|软件|装修|机械|家具|印刷|包装|养殖|种植)[^，。]{0,4}的(?=[，,。；;！ ]|$)"
)
# Owed to a business by whom it trades with, not by the business (验收完一年了，货款还拖着不给).
_TRADE_DEBT = re.compile(
    r"(?:拖欠|欠|拖|不[给付结])[^，。；]{0,8}(?:货款|账款|工程款|尾款|服务费)"
    r"|(?:货款|账款|工程款|尾款|服务费)[^，。；]{0,14}(?:拖欠|欠着?|拖着?|没|不)(?:不?[给付结])?"
    r"|(?:对方|客户|甲方|他们)[^，。；]{0,6}不(?:肯|愿意?)?[给付结]"
)
_OWED = re.compile(r"(?:欠|不发|没发|不给)[^，。]{0,6}(?:工资|薪)|(?:辞退|开除|裁掉?)了?我(?!们)")
_CUSTOMER = re.compile(
    r"商家|店家|卖家|外卖|[饭菜汤面]里(?:有|吃)|退(?:款|钱|货|卡)|[我俺](?!们店)[^，。；]{0,8}(?:买|吃|点|充|消费|办)(?:了|的|过)"
)
_AGAINST_IT = re.compile(
    r"老板|拖欠|欠(?:薪|我|工资)|克扣|不(?:给|交|签|发|缴)|工资|社保|加班|辞退|裁员|强制|违法|偷排|偷税|离职|劳动合同|上班|打工|员工|食堂|宿舍|同事|工友"
)


def speaks_for_one(text: str, kind: AppealType | None = None) -> bool:
    """Whether the writer of a folded text speaks for a business, and not of where they work."""
    if _OURS.search(text) is not None or _WE_ARE.search(text) is not None:
        return kind is not AppealType.REPORT or _AGAINST_IT.search(text) is None
    if _INTRODUCED.search(text) is not None or _RUN.search(text) is not None:
        against = _AGAINST_IT if kind is AppealType.REPORT else _OWED
        return against.search(text) is None
    if kind is AppealType.REPORT:
        return False
    named = _CALLED.search(text) is not None and _CUSTOMER.search(text) is None
    told = _OUR_FIRM.search(text) is not None or named
    return told and _AGAINST_IT.search(_TRADE_DEBT.sub("，", text)) is None


_ENDS_AS_A_FIRM = re.compile(rf"{_FIRST}{_SIGN}+?(?:{_REGISTERED}|{_TRADE})")


def ends_as_a_firm(name: str) -> bool:
    """Whether a name may be that of a business by its last word (合肥森木家具厂)."""
    return _ENDS_AS_A_FIRM.fullmatch(name) is not None


def find_enterprise(text: str) -> Span | None:
    """The name of a business the writer gives as theirs, best the registered one."""
    for pattern in (_INTRODUCED, _RUN, _CALLED, _NAME):
        if hit := pattern.search(text):
            group = hit.lastgroup or "name"
            return span(text, hit.start(group), hit.end(group), 0.8)
    return None


def find_credit_code(text: str) -> CreditCode | None:
    """The first credit code, checked; also one whose form is wrong, where it is called one."""
    hit = _CODE.search(text)
    if hit is None or not (_LETTERS_NEEDED.search(hit.group(1)) or is_credit_code(hit.group(1))):
        hit = _SAID_CODE.search(text)  # eighteen digits alone are likelier an identity number
    if hit is None:
        return None
    value = re.sub(r"[ -]", "", hit.group(1)).upper()
    return CreditCode(hit.group(1), hit.start(1), hit.end(1), 0.95, value, is_credit_code(value))


def is_credit_code(value: str) -> bool:
    """GB 32100-2015: eighteen of its characters, of which the last checks the others."""
    value = value.upper()
    if len(value) != 18 or any(sign not in _SIGNS for sign in value):
        return False
    if not value[2:8].isdecimal():
        return False
    total = sum(w * _SIGNS.index(sign) for w, sign in zip(_WEIGHTS, value, strict=False))
    return _SIGNS[(31 - total % 31) % 31] == value[17]
