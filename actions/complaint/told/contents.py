"""Whether a message holds what was asked for, and what it tells beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from actions.complaint.record.draft import Field, Value
from actions.complaint.record.needs import ON_SITE
from actions.complaint.told import buildings, intake, places_told, where
from actions.complaint.wording import phrases
from actions.understanding.fields import Fields, Span
from actions.understanding.people.enterprise import ends_as_a_firm, find_enterprise
from actions.understanding.text.folding import fold
from actions.understanding.understand import Understanding

HAPPENS = re.compile(
    r"[没停断漏堵欠偷拖缺塌臭吵冒坏]"
)  # what happens, told in a character or two: 没水, 漏水
_ASKED_OF_IT = frozenset({Field.SUBJECT, Field.PLACE, Field.TIME})
SHORT_PREDICATE = 6  # characters of a text that is nothing but what is the matter
SHORT_REST = 2  # characters beside a place that say no more than where: 那边, 附近
LEAST_TOLD = 4  # characters after a place that tell what is the matter there
CONTACT_WORDS = re.compile(
    r"(?:我的?|联系|留|请|打|可以|你们|记一下|这个|就是|是|叫|姓|嗯++|哦|呃|[：:，, ])*"
    r"(?:电话|手机号?|号码|联系方式|联系人|姓名|名字|(?:统一社会)?信用代码|税号|身份证)(?:号码?|号)?(?:是|为|改成|改为|换成|换了|变成|[：:，, ])*"
    r"|谢谢(?:你们?|您|了)?"
)

FILLERS = re.compile(
    r"(?:的事(?:情|儿)?|具体|好[了的]?+|嗯++|哦|噢|啊|喂|那个|又|好像|可能|也许|还|就是?+|大概|大约|差不多|应该|已经|都|有|快|我们?|我家|在|是|的|了|吧|呀|呢|哈)+(?=[，,。]|$)"
    r"|(?:^|(?<=[，,。]))(?:具体|好[了的]?|嗯++|哦|噢|那个|就是?+|大概|应该|已经|还是|改回|那就?+|都|有|快|我们?|我家|住?在|是|从|[，,])+"
)
PREDICATE = re.compile(
    r"^(?:真的?|实在|太|很|非常|特别|挺)[^，。]{1,6}$|[\u4e00-\u9fff]了(?:我|他|她|我们|一|两|半|好)[^，。]|得很|死了$|[过走去来进出用开关看睡受停下]不[去来了过得动开到着住]|太[^，。]|(?:没|不)(?:有人)?(?:解决|处理|管|理|修|来|给|让|退|行|好)|坏了|下(?:的|了|着|起)?[大小暴]?[雨雪]|[漏坏断塌裂淹砸碎倒]的$|[^，。]{2}了$|[，,。！!].{3,}"
)
_STORY = re.compile(
    r"^(?:小票|发票|收据|照片|视频|录音|聊天记录|合同|证据)[^，。]{0,8}(?:拍|留|存|录|在|有|带)|^(?:我们?|俺们?)(?:就?是?想|要|需要|打算)|^(?:就是)?(?:有(?:人|个|一个|几个|些人)|他们?|她们?|它|每天|天天|经常|总是|老是|一直)"
)
# Said to us while telling where it is: 问什么问, 你们到底管不管, 行吧.
_CLAUSE = re.compile(r"[^，,。.!！?？;；\s]+[，,。.!！?？;；\s]*")
_TALK = re.compile(
    r"(?:想起来|记起来|想到)了|接着说|继续说|说到哪|你们?|您|^不[是在](?:这|那)(?:里|儿|边|个地方|块)?[，,。]*$|(?:照片|图片|视频)(?:是|都)[^，。]{0,6}拍的|发的?(?:这张|那张)?(?:照片|图片?|视频|定位|位置)|不好意思|抱歉|(?:多|少)按了|边度|边个|点解|什么|怎么|为啥|咋|还得|到底|谢谢|麻烦|快点|赶紧|赶快|求求|管不管|有没有人|真是|不是说|说过|"
    r"问(?:个|什么)?(?:屁|鬼|毛|锤子|球)|^问+[个了吧啊]*$|废话|啰嗦|有完没完|烦死|烦不烦|"
    r"^(?:行|好|对|哦|唉|哎|嗯|成|得)+[吧了啊呀的]*$|[吗么嘛]$"
)
_SPOT = re.compile(
    r"(?:旁边?|门口|附近|对面|楼[上下]|里面?|那边?|这边?|处|口|边|的地方|那里|这里|号|栋|单元|室)$"
)
_CALL = re.compile(r"[呗嘛哈啊呀\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]+$")
_THEREABOUTS = re.compile(r"^(?:[上里]面?|那[边里]|这[边里]|附近|旁边|边上)的?$")
_LEFT_OVER = 2  # characters before a place that belong to its name
_THEY_LIVE = re.compile(r"[他她]家?[住在是]?|[住在]")  # 她住 of 她住瑶海区
_REST_OF_NAME = re.compile(
    r"[的那个]*[\u4e00-\u9fffA-Za-z0-9]{0,10}(?:公园|广场|中心|大厦|大楼|学校|中学|小学|大学|园|院|厅|局|所|馆|站|店|市场|超市|酒店|小区|"
    r"公馆|新村|[苑城府邸庄村路街巷口桥楼栋号幢]|(?:门口|旁边|附近|对面|楼下|里面|那边|那里)(?:的|那个|那家)*)"
)
_REST_OF_FIRM = re.compile(
    r"[\u4e00-\u9fff（）()]{0,14}?(?:有限责任公司|有限公司|公司|集团|合作社|事务所|商行)(?!的?(?:门口|旁|对面|附近|楼下|里面|大门|那边))"
)
_I_AM_CALLED = re.compile(r"(?:^|[，,。； ])(?:我|俺|本人)?(?:的?名字)?(?:叫做?|姓)(?=$|[，,。；])")
_AT = re.compile(r"[，, ]在?$")
_WE_ARE = re.compile(r"(?:我们?|俺们?|这里|这边|本人)(?:是|来自|叫)*$")
_ABOUT_US = re.compile(
    r"(?<=[号楼栋店口路区村室幢园厂巷里道])(?:那里|这里)?[，, ]?(?:我|俺)(?:们)?(?:是|开|租|买|做|经营)[^，。]*"
)
_TIMELIKE = re.compile(
    r"[时点天年月周日早晚夜刚昨今前直久阵常总老每上从春夏秋冬节假期现才回次]|[0-9][号点月日年:：./-]|开始|以来|季|暑|寒"
)
AROUND = "，,。.;；:： \n在是就的"


def fits(asked: Field, fields: Fields) -> bool:
    """Whether the message holds, by pattern, the very thing asked for."""
    match asked:
        case Field.PHONE:
            return fields.phone is not None and fields.phone.valid
        case Field.PLACE:
            return fields.place is not None
        case Field.TIME:
            return fields.time is not None or fields.duration is not None
        case Field.NAME:
            return fields.name is not None
        case Field.ENTERPRISE:
            return fields.enterprise is not None
        case Field.CREDIT_CODE:
            return fields.credit_code is not None
        case _:
            return False


_PLACELIKE = re.compile(
    r"(?:[路街巷道弄里村庄镇乡区县市桥站园苑府城邸庭居楼栋幢号室厅院校馆店场所厂口坊湾岗堡塘湖河山寺庙局处][门边旁上下里外]?|门口|旁边?|附近|对面|上面|下面|里面|后面|前面|那边|这边|那里|这里|那块|一带)"
    r"(?:的|那|那个|那边|吧|呢|啊)*(?=$|[，,。；;！! ])|[车船机]上"
)


_NO_WAY = re.compile(r"[味知报频人]道")


def like_a_place(text: str) -> bool:
    """Whether words may tell where though no place was read out of them."""
    return _PLACELIKE.search(_NO_WAY.sub("，", text)) is not None


_STATES = re.compile(
    r"^(?:没有?|没人|有人|还是|还|都|一直|已经|听到|听见|看到|看见|现在|里面)[^，。]{2,}|一直[^，。]*着|[^，。]{2,}(?:也|都|还)(?:没|不)[^，。]+"
)


def states(text: str) -> bool:
    """Whether words that name no place state how it is (没有味道 电视一直响着)."""
    return len(text) > SHORT_PREDICATE and _STATES.search(text) is not None


def only_points(text: str, fields: Fields) -> bool:
    if fields.place is not None and places_told.tells_where(fields.place):
        return False
    pointing = phrases.points_only(text) or phrases.points_at_the_photo(text)
    return fields.place is not None or pointing


_INSTITUTION = re.compile(
    r"(?:医院|诊所|卫生院|卫生室|学校|小学|中学|大学|学院|[一二三四五六七八九十]中|幼儿园|银行|支行|公司|集团|酒店|宾馆|饭店|超市|商场|"
    r"仲裁院|管理处|服务站|[交刑特]警[大支中]?队|局|厅|中心|物业|门诊部?|药店|药房|驾校|健身房?|派出所|法院|村委会|居委会|社区|街道办(?:事处)?)$"
)


def institution(text: str, fields: Fields) -> str:
    """The institution that is all a message names (安徽省立医院): whom it is about as well as where;
    else empty."""
    place = fields.place
    if place is None or fields.subject is not None or besides(text, fields):
        return ""
    return place.text if _INSTITUTION.search(fold(place.text)) else ""


def something_else(asked: Field | None, text: str, fields: Fields) -> Mapping[Field, Value]:
    """What a message tells that holds nothing but values of other fields than the one asked for
    (a telephone number where the time was asked for)."""
    told = values_with_how_long(fields)
    left = besides(text, fields)
    if Field.PLACE in told:
        left = _THEREABOUTS.sub("", left)
    return told if told and asked not in told and not left else {}


def values_with_how_long(fields: Fields) -> Mapping[Field, Value]:
    """The values of fields, with how long it has gone on where no other time is told."""
    told = dict(intake.values(fields))
    if Field.TIME not in told and fields.duration is not None:
        told[Field.TIME] = Value(fields.duration.text)
    return told


def besides(text: str, fields: Fields) -> str:
    """What a message says beside the values of its fields."""
    said = (
        *(fields.phone, fields.name, fields.place, fields.time, fields.duration),
        *(fields.enterprise, fields.credit_code),
    )
    rest = _I_AM_CALLED.sub("", without(text, said)) if fields.name else without(text, said)
    return FILLERS.sub("", CONTACT_WORDS.sub("", rest)).strip(AROUND + "!！")


def own_words(asked: Field, text: str, fields: Fields) -> str:
    """The words of an answer without what it tells for other fields: of "大铺头站，昨天8点" the
    place is 大铺头站. All of it where nothing would be left."""
    spans: dict[Field, Span | None] = {
        Field.PLACE: fields.place,
        Field.TIME: fields.time or fields.duration,
        Field.SUBJECT: fields.subject,
        Field.WANTED: fields.wanted,
    }
    own = spans.get(asked)
    others = [fields.phone, fields.id_number, fields.name, fields.credit_code]
    if asked is Field.SUBJECT and fields.place and _AT.search(text[: fields.place.start]):
        others += [fields.place]
    if asked is not Field.TIME:
        others += [fields.time]
    elif own is not None:
        others += [fields.place]
    apart = [one for one in others if one and not (own and _overlap(one, own))]
    if not apart:
        return text
    words = CONTACT_WORDS.sub("", without(text, apart))
    words = re.sub(r"[，,、；;\s]*[，,；;。][，,、；;\s]*", "，", words).strip(AROUND)
    return _I_AM_CALLED.sub("", words).strip(AROUND) or text


def without_talk(text: str, fields: Fields) -> str:
    """The words of a place without what is said to us beside it: 香樟雅苑6号楼 of "咋的还得说在哪啊
    香樟雅苑6号楼呗"."""
    named = fields.place.text if fields.place else ""
    clauses: list[str] = _CLAUSE.findall(text)
    kept = [one for one in clauses if (named and named in one) or not _TALK.search(_bare(one))]
    return _bare("".join(kept)) or text


def _bare(clause: str) -> str:
    return _CALL.sub("", clause.strip(AROUND + "!！?？"))


def with_whole_names(text: str, fields: Fields) -> Fields:
    """The fields with the name of a place as it was said: what is left over before it belongs to it
    (望 of 望湖城); and with a region before a firm's name as the firm's."""
    place, subject = fields.place, fields.subject
    if place is None:
        return fields
    if subject is not None and where.is_wide(place.text):
        if place.end == subject.start:
            firm = replace(subject, text=text[place.start : subject.end], start=place.start)
            return replace(fields, place=None, subject=firm)
        if subject.start <= place.start and place.end <= subject.end:
            return replace(fields, place=None)
    left, right = text[: place.start], text[place.end :].rstrip(AROUND + "！!？?吧呢啊那个家")
    rest_of_it = _REST_OF_NAME.fullmatch(right) or buildings.building(right.replace(" ", ""))
    if right and besides(text, fields) == right.strip(AROUND) and rest_of_it:
        place = replace(place, text=place.text + right, end=place.end + len(right), named=True)
        return replace(fields, place=place)
    of_name = 0 < len(left) <= _LEFT_OVER and left.isalpha() and not _THEY_LIVE.fullmatch(left)
    if of_name and besides(text, fields) == left:
        return replace(fields, place=replace(place, text=left + place.text, start=0))
    return fields


_THEIRS = re.compile(r"的?(?:快递员?|外卖员?|骑手|客服|业务员|销售|配送员|送货员)")


def with_firms(text: str, fields: Fields) -> Fields:
    """The fields without the beginning of a firm's name as a place (合肥蓝天 of 合肥蓝天物流有限公司);
    the firm is the writer's own (我是…公司的) or whom it is about."""
    place, subject = fields.place, fields.subject
    if place and subject and place.start <= subject.start and subject.end < place.end:
        subject = None  # 葛大店 of 葛大店绿苑小区 is no shop
        fields = replace(fields, subject=None)
    if (
        place
        and subject
        and place.start == subject.start
        and _THEIRS.fullmatch(text[place.end : subject.end])
    ):  # 顺丰的快递员
        others = tuple(one for one in fields.places if one != place)
        fields = replace(fields, place=others[0] if others else None, places=others)
        place = fields.place
    rest = _REST_OF_FIRM.match(text, place.end) if place is not None else None
    if place is None or rest is None:
        return fields
    firm = Span(text[place.start : rest.end()], place.start, rest.end(), place.confidence)
    others = tuple(one for one in fields.places if not _overlap(one, firm))
    fields = replace(fields, place=others[0] if others else None, places=others)
    if subject is not None and not _overlap(subject, firm):
        return fields
    if _WE_ARE.search(text[: firm.start].rstrip()) or fields.enterprise is not None:
        return replace(fields, subject=None, enterprise=fields.enterprise or firm)
    return replace(fields, subject=firm)


def with_own_firm(text: str, fields: Fields) -> Fields:
    """The fields with the only thing said, a firm's name, as the business's own that is still to be
    named."""
    firm = fields.enterprise or find_enterprise(fold(text))
    whole = fields.place or fields.subject
    if firm is None and whole is not None and ends_as_a_firm(fold(whole.text)):
        firm = Span(whole.text, whole.start, whole.end, whole.confidence)  # 合肥森木家具厂
    if firm is None or besides(text, replace(fields, enterprise=firm)):
        return fields
    return replace(fields, enterprise=firm, subject=None, place=None, places=())


def like_a_time(text: str) -> bool:
    """Whether words may tell a time though none was read out of them."""
    return _TIMELIKE.search(text) is not None or _ALWAYS.fullmatch(text) is not None


_ALWAYS = re.compile(
    r"(?:这个?|它|那|就|就是|反正|[，, ])*(?:一直|从来|向来|老|总是|老是|不定时|不固定|没个准|没准)(?:都|就|是)*"
    r"(?:这样子?|这么|如此|有|存在|在|没变)?(?:的|了|啊|呀|吧)*"
)


_PLATE = re.compile(
    r"(?:车牌号?码?|车号|牌照|是|为|[：:，, ])*[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·.]?[A-Z0-9]{5,6}(?:的|吧)?",
    re.IGNORECASE,
)


def only_plate(text: str) -> bool:
    """Whether a message gives a vehicle's plate and no more: no answer to where it was."""
    return _PLATE.fullmatch(text) is not None


_CODE = re.compile(
    r"(?:(?:统一社会)?(?:信用)?代码|税号|好像|应该|是|为|：|:|[，, ])*(?=[0-9A-Za-z -]*[0-9])(?P<code>[0-9A-Za-z](?:[ -]?[0-9A-Za-z]){8,21})(?:吧|的|来着)*"
)


def code_alone(text: str) -> str:
    """What is meant for a credit code, of a message that gives nothing else; else empty."""
    found = _CODE.fullmatch(text.strip(AROUND))
    return re.sub("[ -]", "", found["code"]) if found else ""


def time_alone(text: str, own: str, fields: Fields) -> tuple[str, str]:
    """The words of a time, and what is told of the matter beside it (昨天下午三点，从南站到天鹅湖)."""
    when = fields.time or fields.duration
    if when is None:
        return own, ""
    clauses: list[str] = _CLAUSE.findall(text)
    telling = [
        one
        for one in clauses
        if when.text not in one
        and _goes_on(_bare(one), fields)
        and not (fields.phone and fields.phone.text in one)
    ]
    if not telling or len(telling) == len(clauses):
        return own, ""
    return _bare("".join(one for one in clauses if one not in telling)), _bare("".join(telling))


def _goes_on(clause: str, fields: Fields) -> bool:
    """Whether a clause beside a time tells of the matter: more than a place, and no time itself."""
    places = [place.text for place in fields.places if place.text in clause]
    if len(places) > 1 or any(f"从{place}" in clause and "到" in place for place in places):
        return True  # 从南站到天鹅湖
    rest = clause
    for place in places:
        rest = rest.replace(place, "，")
    rest = FILLERS.sub("", rest).strip(AROUND)
    return len(rest) > SHORT_REST if places else len(rest) >= LEAST_TOLD and not like_a_time(clause)


def place_alone(text: str, fields: Fields) -> tuple[str, str]:
    """The words of a place, and what is told beside it: of the speaker (长江中路128号, 我开服装店的)
    or of the matter (和平小区, 下水道臭死了)."""
    if (found := _ABOUT_US.search(text)) is not None:
        return text[: found.start()], found.group().strip(AROUND)
    if fields.place is None:
        return text, ""
    place = fields.place
    rest = _bare(text[place.end :])
    goes_on = len(rest) >= LEAST_TOLD and PREDICATE.search(fold(rest)) is not None
    if goes_on and not _SPOT.search(rest) and text[place.end : place.end + 1] not in "，,。":
        return text[: place.end], rest  # 翠竹园门口停满车过不去
    clauses = [one for one in _CLAUSE.findall(text) if _bare(one)]
    telling = [
        one for one in clauses if fields.place.text not in one and _tells_beside(fold(_bare(one)))
    ]
    if not telling or len(telling) == len(clauses):
        return text, ""
    kept = "".join(one for one in clauses if one not in telling)
    return _bare(kept), _bare("".join(telling))


_WHO_IS_CALLED = re.compile(
    r"^(?:房东|老板娘?|店主|负责人|司机|经理|厂长|校长|园长|工头|包工头|他|她|对方)(?:好像|是)?(?:姓|叫|名叫)"
)


def _tells_beside(clause: str) -> bool:
    """Whether a clause beside a place tells of the matter, or what somebody is called."""
    return PREDICATE.search(clause) is not None or _WHO_IS_CALLED.match(clause) is not None


# What no name holds, be it of a firm or a person: 收了钱不办事, 老板态度特别差.
_NO_NAME = re.compile(
    r"[\u4e00-\u9fff]了[\u4e00-\u9fff]|[\u4e00-\u9fff]{2}说[\u4e00-\u9fff]{2}|没有|不(?!动产|锈钢|夜|二|倒)[\u4e00-\u9fff]|还[骂打要说是没不]"
    r"|(?:很|特别|非常|一直|天天|经常|老是|总是)[\u4e00-\u9fff]"
)


def tells_more(asked: Field, text: str, understood: Understanding) -> bool:
    """Whether an answer to "whom is it about?", "where?" or "when?" goes on with the matter instead
    (黑得很, 有人偷偷倒垃圾, 小区停水了)."""
    fields = understood.fields
    if asked not in _ASKED_OF_IT or fits(asked, fields) or not besides(text, fields):
        return False
    folded = fold(text)
    if asked is Field.TIME and _ALWAYS.fullmatch(folded):
        return False
    others = (fields.time, fields.duration, fields.phone)
    telling = fold(without(text, others)).strip(AROUND) if asked is Field.PLACE else folded
    goes_on = PREDICATE.search(telling) is not None or _STORY.search(folded) is not None
    if asked is Field.SUBJECT:
        return (goes_on and fields.subject is None) or _NO_NAME.search(folded) is not None
    if asked is Field.PLACE and goes_on and _no_place_in(folded):
        return True  # 过不去, 坏了; 黑得要命，昨天我妈摔了一跤
    return goes_on and understood.appeal_type in ON_SITE and bool(understood.category.path)


def _no_place_in(text: str) -> bool:
    """Whether words in which no place was read are none, for certain: few, or a story of clauses."""
    return len(text) <= SHORT_PREDICATE or ("，" in text and not like_a_place(text))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def without(text: str, spans: Iterable[Span | None]) -> str:
    """The text with each of the spans made a comma."""
    for one in sorted((one for one in spans if one), key=lambda one: -one.start):
        text = f"{text[: one.start]}，{text[one.end :]}"
    return text
