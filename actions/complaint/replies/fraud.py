"""Money that somebody has just been cheated out of: banks can still stop it, for a few hours.

Whoever tells of it is told at once whom to call (110, or 96110, the police's line against fraud by
telephone and net), before anything is asked.
"""

from __future__ import annotations

import re

from actions.understanding.text.folding import fold

_CHEATED = re.compile(
    r"(?<!没)(?:被|遭|受|上当)[^，。]{0,6}骗|诈骗|骗子|骗(?:了|走|去)|骗(?:我|俺|他|她|老人|[我他她]?[爸妈爷奶]\S{0,1}?)[^，。]{0,3}(?=转|打|汇|充|扫|付)|冒充|假冒(?=公安|警察|客服|领导|老师|银行|快递|社保|法院)|上当|杀猪盘|刷单"
)
_PAID = re.compile(
    r"[转打汇付充划扣刷](?:账|款|了|走|过去|给|出去|帐)|(?:一|两|几|多|上)?[0-9一二两三四五六七八九十百千万]+多?(?:块|元|万)"
)
_JUST = re.compile(
    r"刚刚|刚才|刚(?=[转打汇付被把充])|今天|今早|今晚|(?:昨天|昨晚)|(?:[0-9一二两三四五六七八九十几半]+个?)(?:分钟|小时|钟头)(?:之?前|了)|现在才"
)
_PAST = re.compile(r"去年|前年|上个?月|上周|几个月前|年前|以前|怎么(?:办理|预防|防)|如何|防止")


def just_paid(text: str) -> bool:
    """Whether a text tells of money paid to a cheat today or yesterday."""
    said = fold(text)
    told = all(one.search(said) for one in (_CHEATED, _PAID, _JUST))
    return told and _PAST.search(said) is None
