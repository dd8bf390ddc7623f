"""Whether somebody tells of a death in their family: that is met with a word of its own."""

from __future__ import annotations

import re

_KIN = (
    "爸爸?|妈妈?|父亲|母亲|爹|娘|老公|丈夫|爱人|老婆|妻子|孩子|小孩|儿子|女儿|闺女|宝宝|哥哥?|弟弟?|姐姐?|妹妹?"
    "|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|老伴儿?|舅舅|叔叔?|姑姑|阿姨|亲人|家人|老人"
)
_DIED = "去世|过世|离世|病逝|逝世|身亡|没(?:能)?(?:抢)?救过来|抢救无效"
_GONE = "不在了|死(?:了|亡|在)"
_NEARLY = "差点|差一点|险些|要是|如果|万一|担心|怕"
_DEATH = re.compile(
    rf"(?:我|俺|咱)们?(?:家)?(?:里)?的?(?:{_KIN})"
    rf"(?:(?:(?!{_NEARLY})[^。！？；]){{0,24}}?(?:{_DIED})|[^，。！？；得快要吵累气热急]{{0,4}}?(?:{_GONE}))"
    r"|(?<!差点)(?<!差一点)人(?:就|都|已经|最后|也)?(?:没了|没(?:能)?(?:抢)?救过来)"
)


def bereaved(text: str) -> bool:
    """Whether a folded text tells that somebody of the writer's own has died."""
    return _DEATH.search(text) is not None
