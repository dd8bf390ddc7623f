"""What has failed, or is closed, for many people at once: water, power, gas, heat, network, lift,
bus or road.

Everybody puts that in words of their own (停水, 水龙头一滴没有), and a few words are easily put in
another category; so it is read by itself, for telling whether two texts speak of one outage.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from actions.understanding.text.folding import fold


class Outage(StrEnum):
    WATER = "water"
    POWER = "power"
    GAS = "gas"
    HEAT = "heat"
    NETWORK = "network"
    LIFT = "lift"
    BUS = "bus"
    ROAD = "road"


_NONE = r"(?:没(?:有|得)?(?!收|交|抄)|[停断缺]了?|无|冇|莫得|不(?:来|出|通|供|上)|来不了|出不来|上不[来去])"
_SIGNS = {
    Outage.WATER: re.compile(
        r"(?<![排污雨热积])(?:停|断|缺|没(?:有|得|了)?|无|不(?:来|出|供|上|通)|不给)自?来?水(?![平果泥产准电费质表印]|龙头)"
        rf"|(?:自来水|水龙头|龙头|水管|家里水|的水|[^\W排污雨积淹进热洪喝口泪香药]水)(?:都|也|又|就|还|全|从[^，。]{{2,6}}){{0,3}}[^，。费质压表黄浑]{{0,6}}?(?:{_NONE}(?![费人修处])|一[滴点]|干了)"
        r"|用不[上了]水|接不[到上]水|打不出水|放不出水|一滴水|(?<![排污雨积])水[^。]{0,12}一[滴点](?:都|也)?没"
    ),
    Outage.POWER: re.compile(
        r"(?<![桩禁车机板灯锁池])(?:停|断|没(?:有|得|了)?|无|不(?:来|供|通)|缺)电(?![梯话视脑动费影子工表瓶池源线车]|业)|跳闸|(?:电|电力|供电)[^，。梯话视脑动费影子工表瓶池源线]{0,3}(?:停了|断了|没了|不来|没来)|电(?:什么时候|啥时候|几时|多久|还没)[^，。]{0,3}来"
    ),
    Outage.GAS: re.compile(
        r"(?:停|断|没(?:有|得|了)?|无|不(?:来|供|通))(?:天然|煤|燃|管道)?气(?![味象候味球瓶表费])"
        rf"|(?:天然气|煤气|燃气)(?:灶)?(?:都|也|又|就|还|全){{0,3}}[^，。费味表漏泄]{{0,4}}?(?:{_NONE}(?![费人修处])|打不着|点不着|没火)"
    ),
    Outage.HEAT: re.compile(
        r"(?:暖气片?|供暖|供热|地暖|暖气管)[^，。费贴用]{0,10}?(?:不热|不暖(?!和)|没有?|不行|停|冷|凉|坏|故障|温度|上不来|[0-9一二三四五六七八九十]+度|不达标)"
        r"|(?:没(?:有|得|了)?|无|不|停|断)(?:供)?(?:暖气|暖(?!和|心)|供热|热气)|[家屋房](?:里|间)?[^，。]{0,6}(?:冷得|冻得|冰凉|才?[0-9一二三四五六七八九十]+度)"
    ),
    Outage.NETWORK: re.compile(
        r"(?:断|没(?:有|得|了)?|无|上不了)(?:宽带|手机)?(?:网络?|信号)(?![吧点购约])|(?:网络|宽带|信号|wifi)[^，。费]{0,4}(?:断|没|不通|不了|中断|故障|用不)"
    ),
    Outage.LIFT: re.compile(
        r"电梯[^，。费广]{0,6}(?:停(?:了|用|运)|坏|不(?:动|走|能[用坐]|开|运行)|故障|检修|用不了)"
    ),
    Outage.BUS: re.compile(
        r"(?:公交|地铁|班车|[0-9一二三四五六七八九十]路车?|线路)[^，。卡]{0,14}(?:停运|停开|改道|绕行|甩站|不[来停走到去]|没来|不经过|等不到|取消|停了)"
    ),
    Outage.ROAD: re.compile(
        r"封(?:了)?(?:路|道|桥|闭|起来)|断头?路|围挡|绕(?:行|路|道)|(?<!下水道)(?<!消防通道)(?<![管口孔楼厕])堵(?:车|死|得|了|成|在)|拥堵|走不(?:通|了)|过不(?:去|了)|不(?:让|准|能)(?:车)?(?:走|过|通行|通车)|通不了车"
        r"|(?:路|(?<!通)(?<!水)道|桥|街|高架|隧道|路面|车道)[^，。]{0,8}(?:封|挖|围|施工|修|少了|变窄|占了|只剩)|修(?:地铁|路|桥|高架)|占道施工|改道"
    ),
}


@lru_cache(maxsize=4096)
def outages(text: str) -> frozenset[Outage]:
    """What a text says has failed or is closed; empty where it says of nothing."""
    said = fold(text)
    return frozenset(what for what, sign in _SIGNS.items() if sign.search(said))
