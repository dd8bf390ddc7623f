"""What in a text says nothing of its matter: where it is, since when, that nobody cared, whom to call.

A few words on a matter drown in such scenery: 体育东路 is not sport, 手机号 no question of telephones
and 没人管 is said of everything. :mod:`actions.understanding.matter.category` reads the text without it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.understanding.fields import Place
from actions.understanding.matter.asides import CLOSING, asides
from actions.understanding.text.sentences import ANNOUNCING

_SURE = 0.5
"""Places found with less are left as they are: they may be no places."""
_COUNT = r"(?:[0-9]{1,8}|[一二两三四五六七八九十百半几数好大多]{1,8})"
_SCENERY = re.compile(
    "|".join(
        (
            # Whom to call.
            r"(?:我的?|本人)?(?:联系|手机|电话|座机|微信|办公|宅)?(?:电话|手机|号码|方式|微信)?(?:号码|号)?(?:是|为|：| ){0,4}(?:\+?[0-9][0-9\- ]{6,}[0-9])",
            r"(?:我|本人)(?:姓|叫|名叫)[\u4e00-\u9fff]{1,3}(?=[，。！ ]|$)",
            # How long, how often, and that it was in vain.
            rf"(?:已经|已|都|有|快|持续|连着|连续|整整){{0,4}}{_COUNT}(?:个)?(?:多)?(?:天|周|星期|礼拜|个月|月|年|小时|分钟)(?:多|左右|以来|过去)?了",
            rf"(?:打|拨|反映|反应|投诉|报修|举报|说|找|问|催)(?:了|过)?(?:无数|{_COUNT})(?:次|回|遍|趟|个电话|次电话)(?:电话)?(?:了)?",
            r"(?:也|都|就|还是?|一直|到现在|至今|始终|根本|总){0,4}(?:没有?|无)人(?:来|去)?(?:管|理|修|弄|处理|解决|过问|问津|搭理|管理|答复|回复|维修)(?!人员)(?:过|一下)?",
            r"(?:一直|到现在|至今|也)(?:都)?没(?:有)?人来",
            r"(?:也|都|就是|根本|一直|还是|却){0,4}(?:不管|不理|不处理|不解决)(?:不问|不睬)?",
            r"都?没(?:有)?(?:用|结果|下文|反应|动静)",
            # What is asked of whoever reads it.
            r"(?:希望|请|麻烦|恳请|要求|请求|望|拜托|盼)(?:(?:有关|相关)(?:部门|单位|领导)|领导|政府|你们|您|你|能够?|给予|早日|尽快|及时|马上|立即|赶紧|帮忙|帮助|帮){0,8}(?:解决|处理|管一管|管管|协调|重视|过问|答复|回复|关注|给个说法|看看|看一下|查一下)(?:一下|下)?",
            CLOSING,
            # A word of abuse is no waste.
            r"(?:太|真|这么|那么|很|超级|特别|简直)垃圾(?=了|[啊吧的]?(?:[，。！？]|$))",
            # That there is something more to say.
            r"^(?:对了|另外|然后|[，。 ])*(?:还有|另有|再有|顺便说)(?:另外)?(?:一|[两三])?(?:[个件]|点儿?)?(?:事情?儿?|问题)?(?=[，：。 ])",
            r"来电人|来电者|诉求人|反映人|话务员",
            r"(?:谢谢|感谢)(?:您|你|领导|了|大家)?",
        )
    )
)
_BLANK = "，"
_NUMBERED = re.compile(
    r".*(?:[0-9]|[0-9A-Za-z一二三四五六七八九十百]"
    r"(?:号楼|号院|单元|室|号|栋|幢|座|楼|层|期|组|队|弄|门))"
)
"""A place as far as it is numbered; what follows is no name (2幢的电梯里)."""
# What stands beside a place is the matter, not the place: 加油站旁边|井盖没了.
_BESIDE = re.compile(r"(?:旁边?|对面|附近|边上|后面|隔壁|外面)的?$")
_AT_THE_DOOR = re.compile(r"门[口前外]的?$")
_OF_THE_STREET = re.compile(
    r"的?(?:盲道|人行道|路灯|路面|井盖|窨井|公交站|站牌|红绿灯|信号灯|斑马线|台阶|护栏|大树|行道树|电线|变压器|垃圾|大坑)"
)
_TOWARDS_US = re.compile(r"我|俺|咱|家|本|楼[上下]")
_THING = re.compile(r"的?(?!有点|有些)[\u4e00-\u9fff]{2}")
_ESTATE = "小区"
_HOMES = re.compile(r"花园|花苑|家园|新村|公寓|公馆|小区|号楼|单元|[栋幢室]")
_REGION = re.compile(
    r"(?:[\u4e00-\u9fff]{1,8}?(?:省|(?<![超城夜菜])市|县|(?<![小社校景园厂库])区|州|盟|旗|镇|乡|街道))+"
)
_ROAD = re.compile(r"[\u4e00-\u9fff]{1,5}?(?:大道|路|街|巷|弄|胡同)(?![灯口面边])")
_LINE = re.compile(r"(?<![0-9])[0-9]{1,3}路(?![口灯段边面])")
_BUS = "公交"
"""What is left of the number of a bus line (23路半小时没一辆)."""


def without_scenery(text: str, places: Sequence[Place]) -> str:
    """The folded text without its scenery.

    Regions, roads and addresses go; of homes it stays that they are some (和平花园3栋 → 小区), of bus
    lines that they are buses.
    Places without a name (我家楼下) stay whole, but for those beside which something is (加油站旁边).
    """
    instead = [(*hit.span(), _BLANK) for hit in _SCENERY.finditer(text)]
    instead += [(*hit.span(), _BUS) for hit in _LINE.finditer(text)]
    aside = asides(text)
    instead += [(*bounds, _BLANK) for bounds in aside]
    # What is announced stands first, perhaps behind the words of a desk.
    begin = aside[0][1] if aside and aside[0][0] == 0 else 0
    if hit := ANNOUNCING.match(text[begin:]):
        instead.append((begin, begin + hit.end(), _BLANK))
    for place in places:
        beside = (_BESIDE.search(place.text) and _THING.match(text, place.end)) or (
            _AT_THE_DOOR.search(place.text) and _OF_THE_STREET.match(text, place.end)
        )
        if beside and _TOWARDS_US.match(place.text) is None:
            instead.append((place.start, place.end, _BLANK))
        elif place.named and place.confidence >= _SURE:
            instead.append((place.start, place.end, _kind(place.text)))
    left, since = [], 0
    for start, end, kind in sorted(instead):
        if start >= since:
            left += [text[since:start], kind]
            since = end
    return "".join(left) + text[since:]


def _kind(place: str) -> str:
    """What a place with a name is, without what says only where."""
    if numbered := _NUMBERED.match(place):
        home = _ESTATE if _HOMES.search(place) else _BUS if _LINE.search(place) else ""
        return f"{_BLANK}{home}{_BLANK}{place[numbered.end() :]}"
    region = _REGION.match(place)
    return _ROAD.sub(_BLANK, f"{_BLANK}{place[region.end() :]}" if region else place)
