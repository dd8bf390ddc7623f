"""Who can be reached and how: names as said, telephone numbers, identity numbers.

Telephone rules: mainland mobiles are 11 digits beginning 13-19; landlines are 7-8 digits, with an
area code 0xx or 0xxx. Identity numbers follow GB 11643: 17 digits and a mod 11-2 check character.
"""

from __future__ import annotations

import re
from datetime import date

from actions.understanding.fields import IdNumber, Phone, Span, span
from actions.understanding.text.segment import is_familiar

_SURNAMES = (
    "常王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊"
    "秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪"
    "梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝束仝亓鄢郗昝"
)
_TWO_SURNAMES = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|端木|夏侯|令狐"
_TITLE = "先生|女士|小姐|同志|师傅|老师|大姐|大哥|阿姨|大爷|大妈|奶奶|爷爷|叔叔|老太太|老人家|太太|某某|某"
SURNAME = rf"(?:{_TWO_SURNAMES}|[{_SURNAMES}])"
_FULL = rf"{SURNAME}(?:[\u4e00-\u9fff]{{1,2}}|[某Xx×*＊]{{1,2}})"
_AFTER_NAME = r"(?=[，。；、！？\s\n（）]|$|电话|手机|联系|身份证|\d|先生|女士|住|家住|，|来自|反映|想|要|在|号码)"

_AT_END = r"(?=\s*(?:[，。；、！？\n：（]|$|电话|手机|号码|联系|微信|[+0-9幺]))"
_WRITTEN_AS = re.compile(
    rf"(?:^|[，。；\n\s])(?:名字)?(?:就|可以)?(?:写|留|填|登记)(?:个|成|上)?\s*({SURNAME}(?:{_TITLE}))(?:吧|就行|就好)?(?=[，。\s]|$)"
)
_NAME_RULES: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(rf"(?:联系人|投诉人|反映人|诉求人|举报人|来信人|求助人|申请执行人|申请人|建议人|反馈人|留言人|本人姓名|姓名|我的名字|署名|落款)(?:姓名)?\s*(?:是|为|叫|：)?\s*({_FULL}(?:{_TITLE})?|{SURNAME}(?:{_TITLE})){_AFTER_NAME}"), 0.95),
    (re.compile(rf"(?:我(?:的名字)?叫|本人叫|我名叫|俺叫|我的名字是|本人系|我大名叫)\s*({_FULL}|{SURNAME}(?:{_TITLE}))(?:就行|就好|吧)?{_AFTER_NAME}"), 0.9),
    (re.compile(rf"(?:叫我|我叫|叫俺|称呼我|喊我|喊俺)\s*([老小]{SURNAME}|{SURNAME}(?:{_TITLE}))"), 0.88),
    (re.compile(rf"(?:我|本人|免贵|您叫我|你叫我|叫我|称呼我|喊我|俺)\s*姓\s*({SURNAME})"), 0.9),
    (re.compile(rf"(?:^|[，。；！？\s])(?:贵|免贵)?姓\s*({SURNAME}){_AT_END}"), 0.85),
    (re.compile(rf"(?:我是|俺是|本人|叫我|喊我|称呼我|这里是|这边是|我这边是|找我|就找|联系我)，?\s*({SURNAME}(?:{_TITLE}))(?!的)"), 0.85),
    (re.compile(rf"(?:^|[，。！？；\n\s])(?:来电人|市民|居民|业主|村民|网民|群众|女儿|儿子|邻居|家属|家长|店主|负责人|退休教师|职工|学生家长)?({SURNAME}(?:{_TITLE}|工)){_AT_END}"), 0.75),
    (re.compile(rf"(?:^|[，。！？\n\s])(?:来电人|市民|居民|业主|村民|网民|群众)({SURNAME}(?:先生|女士|小姐))(?=来电|反映|咨询|投诉|致电|表示|求助|举报|建议)"), 0.75),
    (re.compile(rf"(?:联系|找|电话联系|请联系|回复|打给)\s*({SURNAME}(?:先生|女士|小姐))"), 0.7),
    (re.compile(rf"(?:^|[，。；\n\s])({_FULL})\s*[，：]?\s*(?:电话|手机|联系电话|联系方式|手机号)?\s*[：:是]?\s*(?=1[3-9]\d{{9}})"), 0.75),
    (_WRITTEN_AS, 0.8),
    (re.compile(rf"(?:我是|本人)({_FULL})(?=[，。,]|$)"), 0.6),
    (re.compile(rf"(?<!\d)1[3-9]\d{{9}}[，\s]+({SURNAME}(?:{_TITLE}))(?=[，。\s]|$)"), 0.75),
)  # fmt: skip
_NOT_NAMES = re.compile(
    r"(?:一个|一名|一位|.?小区|.?业主|.?居民|.?村民|.?学生|.?家长|.?员工|.?职工|.?老师$|.?公司|.?工人|.?租户|.?市民|.?路|.?村|.?镇|.?县|.?市|.?区|.?社区|.?房|.?人|.?户|.?农民|.?商户|.?司机|.?车主|.?患者|.?患|.?实名|.?匿名|.?今年|.?于|.?在|.?有|.?来|.?和|.?是|.?从|.?要|.?想|.?的|.?家)$"
    r"|^(?:和|于|时|应|全|明|成|关于|向|单位|安全|车|路|方|高|房|万|文|全部|成都|江苏|安徽|解|解决|关|关心|时候|时间|应该|来|连|经|何|任何|曾经|何时|麻烦|农|成为|房子|石|高中|白天|车位|车主|万分|安|广|马|马上|简单|项目|商|查|边|古|池|路|游|全家)$"
)

_MOBILE = re.compile(r"(?<![\dA-Za-z])(?:(?:\+|00)?86[\s\-]?)?(1[3-9]\d(?:[\s\-]?\d){8})(?!\d)")
_LETTERED = re.compile(r"(?<![\dA-Za-z])[1lI][\doOlI]{10}(?![\dA-Za-z])")  # 138OOOOl234
_DIGIT_OF_LETTER = str.maketrans("oOlI", "0011")
_LANDLINE = re.compile(
    r"(?<![\dA-Za-z\-])(?:（?(010|02\d|0[3-9]\d{2})）?[\s\-]?)([2-8]\d{2,3}[\s\-]?\d{4})(?:(?:转|-)\d{1,5})?(?!\d)"
)
_LOCAL = re.compile(
    r"(?:电话|座机|固话|号码|联系方式|致电|拨打)(?:是|为|：)?\s*([2-8]\d{6,7})(?:(?:转|-)\d{1,5})?(?!\d)"
)
_LOCAL_ALONE = re.compile(r"\D*?([2-8]\d{2,3}[ -]?\d{4}(?:\s*(?:转|-)\s*\d{1,5})?)\D{0,6}")
_LOCAL_SOMEWHERE = re.compile(
    r"\D{0,12}?([2-8]\d{2,3}[ -]?\d{4}(?:\s*(?:转|-)\s*\d{1,5})?)\D{0,12}"
)
_SAID_MOBILE = re.compile(
    r"(?:电话|手机号?码?|联系方式|联系电话|号码|打我)(?:号码|是|为|：|\s){0,4}(1[\d\s\-]{7,15}\d)(?!\d)"
)
_SPOKEN = re.compile(r"(?:幺|一|1)[零〇一二三四五六七八九幺两0-9\s\-，]{9,20}")
_SPOKEN_DIGITS = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "幺": "1",
    "两": "2",
}
_ID = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_HOTLINE_BEFORE = re.compile(
    r"(?:客服|公司|他们|对方|商家|物业|房东|老板|其|骗子|陌生|该|店家|单位|中介)[^，。；\n]{0,6}$"
)


def find_name(text: str) -> Span | None:
    """The name a person gives for themselves, as said: 李强, 王女士, or 王 of 我姓王."""
    best: Span | None = None
    for rule, confidence in _NAME_RULES:
        for hit in rule.finditer(text):
            said = hit.group(1)
            plain = "姓" not in text[hit.start() : hit.start(1)]
            if (plain and _NOT_NAMES.search(said)) or (
                best is not None and best.confidence >= confidence
            ):
                continue
            best = span(text, hit.start(1), hit.end(1), confidence)
    return best


_NO_GIVEN_NAME = re.compile(
    r"[没不是有了的也都要还很就太在被把给能会可说退交坏停断漏堵吵个这那吗呢吧啊快多少]|[区县市镇乡村路街巷店厂楼号]$"
)


def bare_name(text: str) -> str:
    """The full name that is all a message says (李国强); else empty. It neither is
    nor begins with a common word (马上来, 方便面), nor is it a short sentence (钱没退)."""
    said = text.strip("，。！!. ")
    if re.fullmatch(_FULL, said) is None or not said.isalpha() or _NOT_NAMES.search(said):
        return ""
    surname = 2 if re.match(_TWO_SURNAMES, said) else 1
    word = surname == 1 and (is_familiar(said) or is_familiar(said[:2]))
    return said if not word and _NO_GIVEN_NAME.search(said[surname:]) is None else ""


def written_as(text: str) -> str:
    """The name by which somebody would be written down (不想留真名，就写李女士); else empty."""
    found = _WRITTEN_AS.search(text)
    return found.group(1) if found else ""


def find_phone(text: str) -> Phone | None:
    """The number to call back: the person's own before others', mobile before landline."""
    found: list[Phone] = []
    written, text = text, _LETTERED.sub(lambda hit: hit.group().translate(_DIGIT_OF_LETTER), text)
    for hit in _MOBILE.finditer(text):
        if _within_id(text, hit.start(), hit.end()):
            continue
        value = "".join(c for c in hit.group(1) if c.isdigit())
        theirs = _HOTLINE_BEFORE.search(text, max(0, hit.start() - 12), hit.start())
        sure = 0.5 if theirs else 0.96
        found.append(
            Phone(written[hit.start() : hit.end()], hit.start(), hit.end(), sure, value, True)
        )
    for hit in _LANDLINE.finditer(text):
        local = "".join(c for c in hit.group(2) if c.isdigit())
        value = f"{hit.group(1)}-{local}"
        digits = len(hit.group(1)) + len(local)
        valid = 10 <= digits <= 12
        found.append(Phone(hit.group(), hit.start(), hit.end(), 0.8, value, valid))
    for hit in _LOCAL.finditer(text):
        found.append(Phone(hit.group(1), hit.start(1), hit.end(1), 0.7, hit.group(1), True))
    if not found:
        found = [*_malformed(text), *_spoken(text)]
    return max(found, key=lambda p: p.confidence, default=None)


_AREA = re.compile(r"(?<!\d)(?:010|02\d|0[3-9]\d{2})(?!\d)")


def area_code(text: str) -> str:
    """The area code that is the only number a text says (前面加0551); else empty."""
    said = "".join(_SPOKEN_DIGITS.get(c, c) for c in text)
    found = _AREA.search(said)
    alone = found is not None and re.search(r"\d", _AREA.sub("", said, count=1)) is None
    return found.group() if found is not None and alone else ""


def _with_area(text: str, said: str) -> Phone | None:
    """A landline whose area code is told apart from it (62855123，区号0551)."""
    area = _AREA.search(said)
    if area is None:
        return None
    left = f"{said[: area.start()]}{'，' * len(area.group())}{said[area.end() :]}"
    hit = _LOCAL_SOMEWHERE.fullmatch(left)
    if hit is None:
        return None
    start, end = min(area.start(), hit.start(1)), max(area.end(), hit.end(1))
    local = re.sub(r"[ -](?=\d)", "", hit.group(1).replace(" 转", "转"))
    return Phone(text[start:end], start, end, 0.7, f"{area.group()}-{local}", True)


def find_local(text: str) -> Phone | None:
    """A landline of the city itself, 7 or 8 digits and perhaps an extension, in an answer to the
    question for a number, its area code perhaps apart from it: the digits said (六二八幺三四五六) or written, and nothing else counted."""
    said = "".join(_SPOKEN_DIGITS.get(c, c) for c in text)  # character for character
    if (whole := _with_area(text, said)) is not None:
        return whole
    hit = _LOCAL_ALONE.fullmatch(said)
    if hit is None:
        return None
    start, end = hit.span(1)
    value = re.sub(r"[ -](?=\d)", "", hit.group(1).replace(" 转", "转"))
    return Phone(text[start:end], start, end, 0.7, value, True)


def _malformed(text: str) -> list[Phone]:
    """A number said to be a telephone with too few or too many digits."""
    found = []
    for hit in _SAID_MOBILE.finditer(text):
        value = "".join(c for c in hit.group(1) if c.isdigit())
        found.append(Phone(hit.group(1), hit.start(1), hit.end(1), 0.75, value, is_mobile(value)))
    return found


def _spoken(text: str) -> list[Phone]:
    """一三八零零… of voice transcripts."""
    found = []
    for hit in _SPOKEN.finditer(text):
        said = hit.group().rstrip("，- ")
        digits = "".join(_SPOKEN_DIGITS.get(c, c) for c in said if c not in "，- ")
        if is_mobile(digits):
            found.append(Phone(said, hit.start(), hit.start() + len(said), 0.85, digits, True))
    return found


def is_mobile(digits: str) -> bool:
    """Whether the digits are a mainland mobile number."""
    return len(digits) == 11 and digits.isdecimal() and digits[0] == "1" and digits[1] in "3456789"


def find_id_number(text: str) -> IdNumber | None:
    """The first identity number, checked."""
    hit = _ID.search(text)
    if hit is None:
        return None
    value = hit.group().upper()
    return IdNumber(hit.group(), hit.start(), hit.end(), 0.95, value, is_id_number(value))


def is_id_number(value: str) -> bool:
    """GB 11643: 17 digits with a real birth date, and the mod 11-2 check character."""
    if len(value) != 18 or not value[:17].isdecimal() or not value.isascii():
        return False
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return False
    if born.year < 1870:
        return False
    total = sum(w * int(c) for w, c in zip(_ID_WEIGHTS, value, strict=False))
    return _ID_CHECKS[total % 11] == value[17]


def _within_id(text: str, start: int, end: int) -> bool:
    return any(m.start() <= start and end <= m.end() for m in _ID.finditer(text))
