"""Other machines: never answered, or two of them talk all night at somebody's expense.

Machines are told by where they write from (the short number of a service), by what they say (an
automatic reply) and by what they repeat (our own words coming back). What is taken for a machine's
is kept and shown on the desk like everything else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_AUTOMATIC = re.compile(
    r"^\W*(?:自动(?:回复|应答|答复)|系统自动|auto(?:matic)?[ -]?(?:reply|response)|out of office)"
    r"|(?:此|本)(?:短信|信息|消息|条短信)(?:为|由|是)?(?:系统|平台)?自动(?:发送|生成|回复)"
    r"|(?:系统|自动)(?:短信|发送|生成)\W{0,2}(?:请)?勿(?:直接)?回复"
    r"|我正在开车[，,且].{0,40}(?:勿扰|专注|稍后)"
    r"|i['’]m driving with .{0,40}(?:focus|disturb)",
    re.IGNORECASE | re.DOTALL,
)
_NOT_WORDS = re.compile(r"[\W_]+")
LEAST = 12  # characters of ours in a row that nobody types by chance
_AROUND = 8  # characters a machine may put around them


def is_automatic(text: str) -> bool:
    """Whether the text says of itself that a machine wrote it."""
    return _AUTOMATIC.search(unicodedata.normalize("NFKC", text)) is not None


def folded(text: str) -> str:
    """The words alone, in one form of each character."""
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text)).lower()


def is_ours(text: str, sent: Iterable[str], offered: Iterable[str]) -> bool:
    """Whether the text is what we sent, or a piece of it; unless it is one of the choices we
    ``offered``, which people do copy."""
    said = folded(text)
    if len(said) < LEAST or said in {folded(label) for label in offered}:
        return False
    return any(_carries(said, own) for one in sent if len(own := folded(one)) >= LEAST)


def _carries(said: str, own: str) -> bool:
    return said in own or (own in said and len(said) - len(own) <= _AROUND)
