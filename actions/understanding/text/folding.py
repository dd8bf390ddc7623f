"""One spelling for many: full-width to half-width, Traditional to Simplified.

Folding maps each character to exactly one character, so an offset into the folded text is the
same offset into the text as given and no index map is needed.
"""

from __future__ import annotations

from functools import cache

_CJK_FIRST, _CJK_LAST = 0x4E00, 0x9FFF
# What people send for a short answer; bot/components/simplified.py knows the same.
_SIGNS = {"👌": "好", "👍": "好", "🆗": "好", "✅": "对", "❌": "不"}
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\x0b\x0c\u200b\u200c\u200d\u2060\ufeff"
# Punctuation keeps its Chinese form: the rules are written with it.
_PUNCTUATION = {",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "(": "（", ")": "）"}
_DASHES = "－–—―‐‑‒─−﹣"


@cache
def _table() -> dict[int, str]:
    from opencc import OpenCC  # 30 ms and a native library: only when first needed

    traditional = "\n".join(chr(c) for c in range(_CJK_FIRST, _CJK_LAST + 1))
    simplified = OpenCC("t2s").convert(traditional).split("\n")
    table = {_CJK_FIRST + i: s for i, s in enumerate(simplified) if len(s) == 1}
    table = {code: s for code, s in table.items() if chr(code) != s}
    table.update({code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
    table.update({ord(c): " " for c in _SPACES})
    table.update({ord(c): "-" for c in _DASHES})
    for half, full in _PUNCTUATION.items():
        table[ord(half)] = full
        table[ord(full)] = full
    table[ord("~")] = "~"
    table[ord("～")] = "~"
    table[ord("\r")] = "\n"
    table.update({ord(sign): word for sign, word in _SIGNS.items()})
    return table


def fold(text: str) -> str:
    """The text in one spelling, character for character: ``len(fold(t)) == len(t)``."""
    return text.translate(_table())
