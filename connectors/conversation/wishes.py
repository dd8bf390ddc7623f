"""Words by which people refuse what they did not ask for, and allow it again.

"T", "ＴＤ", "退订", "回复R" are wishes only where a channel offers them (``Manners.opt_out``), and
only as the whole of a message: "T恤" and "退订酒店的钱" are not.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Wish(StrEnum):
    STOP = "stop"
    RESUME = "resume"


_SIGNS = re.compile(r"[\W_]+")
_STOP = re.compile(
    r"(?:请?回复?)?(?:r|t|td|tuiding|unsubscribe|stop"
    r"|(?:我要|请)?(?:退[订訂]|拒收|取消[订訂][阅閱])"
    r"(?:短信|信息|通知|服务)?)"
)
_RESUME = re.compile(
    r"(?:请?回复?)?(?:dy|huifu|start"
    r"|(?:我要|请)?(?:恢[复復](?:接收|[订訂][阅閱])?|(?:重新)?[订訂][阅閱])"
    r"(?:短信|信息|通知|服务)?)"
)


def wish(text: str) -> Wish | None:
    """What the whole message wishes; None when it says something else."""
    said = _SIGNS.sub("", unicodedata.normalize("NFKC", text)).lower()
    if _STOP.fullmatch(said):
        return Wish.STOP
    return Wish.RESUME if _RESUME.fullmatch(said) else None
