"""Names of people in a question: the person's own, and those of others they speak of.

Meant rather to take one too many than to leave one in: what is put aside by mistake only costs the
model a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from actions.understanding.people.contact import SURNAME, find_name
from knowledge.text import fold

_KIN = (
    "老公|丈夫|前夫|前妻|未婚夫|未婚妻|先生|老婆|妻子|太太|爱人|对象|儿子|女儿|孩子|小孩|娃|宝宝|父亲|母亲|爸爸|妈妈|爸|妈"
    "|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|哥哥?|姐姐?|弟弟?|妹妹?|孙子|孙女|外孙女?"
    "|叔叔?|舅舅?|阿姨|姑姑?"
)
_ROLE = (
    f"(?:{_KIN}|户主|联系人|申请人|代办人|经办人|房东|房主|业主|租客|房客|法人代表|法定代表人"
    "|负责人|老板|邻居|同事|朋友|患者|病人|学生|本人|姓名|名字|我叫|名叫|我是|名下|亡者|逝者)"
)
_SAID = r"(?:名?叫做?|就?是|名为|的?姓名|的?名字|姓名是)?\s*[:：]?\s*"
_AFTER = (
    r"(?=的|[\s，,。、；;：:！!？?（）()〔]|$|\d|想|要|今年|现在|[他她]|因|去|在|上|住|身份|电话|手机"
    r"|证件|能|可|已|之|生|死|过|来|办|买|卖|和|与|跟|有|不|是|给|说|一起|从|被|把)"
)
_NAME = rf"{SURNAME}[一-鿿]{{1,2}}?"
_NAMED = (
    re.compile(rf"{_ROLE}{_SAID}({_NAME}){_AFTER}"),
    re.compile(rf"(?:[她他]|{_KIN})(?:名字)?叫([一-鿿]{{2,3}}?){_AFTER}"),
    re.compile(rf"(?<![一-鿿])({_NAME})(?=是我)|(?<=的)({_NAME})(?=是我的?(?:{_KIN}))"),
    re.compile(r"([一-鿿]{1,6}·[一-鿿]{1,8}(?:·[一-鿿]{1,8})?)"),
)
# Names side by side: of any length before what only people do, else of three characters each.
_BESIDE = r"\s*(?:和|跟|与|同|及|以及|、)\s*"
_BEFORE = r"(?:(?<![一-鿿])|(?<=[帮给替为是叫请由让把问对我]))"
_TOGETHER = (
    "(?=(?:两个?人|二人|三个?人|[俩仨]|夫妻|一起|一同|共同|都|各|想|要|打算|准备|已经?|正在|去|来|的)*"
    "(?:离婚|结婚|复婚|再婚|领证|登记|合伙|合租|合买|夫妻|一起|一同|共同|吵架|打架|打官司|继承|婚|孩子|房子"
    "|两个?人|二人|[俩仨]))"
)
_LONG_NAME = rf"(?:{SURNAME}[一-鿿]{{2}})(?<![区县市镇乡村路街证费金卡单表书局院站所厅部会税险法])"
_JOINED = (
    re.compile(rf"{_BEFORE}({_NAME}(?:{_BESIDE}{_NAME}){{1,5}}){_TOGETHER}"),
    re.compile(rf"{_BEFORE}({_LONG_NAME}(?:{_BESIDE}{_LONG_NAME}){{1,5}}){_AFTER}"),
)
# Words that begin like a name.
_NO_NAME = re.compile(
    "高[中龄校新]|安徽|江[西苏]|白天|金额|方[便式]|任何|单[身位]|路上|成都|周岁|于是|何[时地]|万一|武汉"
    "|康复|温州|时间|和我|房[子屋产租东贷]|车[子辆位库]|成[人本]|安[全置]|时候|全部|全家|全额|常住|常年|农村|农民|时常|谷雨|明年|明天|查询|路费|成年"
)


def names_in(text: str) -> Iterator[str]:
    """Each name as it is written."""
    own = find_name(text)
    if own and len(own.text) > 1:
        yield own.text
    plain = fold(text)
    if len(plain) != len(text):  # a sign that stands for several: the places would not fit
        plain = text
    for form in _NAMED:
        for found in form.finditer(plain):
            which = 1 if found[1] else 2
            if not _NO_NAME.match(found[which]):
                yield text[found.start(which) : found.end(which)]
    for form in _JOINED:
        for found in form.finditer(plain):
            several = text[found.start(1) : found.end(1)]
            yield from (one for one in re.split(_BESIDE, several) if not _NO_NAME.match(one))
