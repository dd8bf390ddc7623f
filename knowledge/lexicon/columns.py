"""What other people call the parts of an entry (``columns.yml``)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from knowledge.lexicon import fact_labels
from knowledge.yaml_file import read_yaml

_IGNORED = re.compile(r"[\s_\-—·:：*＊（）()\[\]【】「」“”\"'　]+")
# What a column is of, which keys of databases like to say first: knowledgeTitle, faq_content.
_WHAT = re.compile(r"^(?:knowledge|kb|faq|item|matter|article|policy|guide|doc)(?=[a-z])")
# Of what a name is that is not known, by the word it ends with, and with which words it begins that
# is of something else.
_ENDS = {
    "title": ("问题", "提问", "问句", "咨询"),
    "text": (
        "答案",
        "答复",
        "回复",
        "回答",
        "解答",
        "说法",
        "口径",
        "正文",
        "答复内容",
        "回复内容",
    ),
}
_NO_MATTER = ("是否", "有无", "是不是", "已", "未", "相关", "其他", "备选")
_LONGEST = 8  # characters
_REMARK = re.compile(r"[（(].*[）)]\s*$")


@cache
def _names() -> dict[str, tuple[str, int]]:
    """Per plain name: the part it means, and its place in that part's list."""
    data = read_yaml(Path(__file__).parent / "columns.yml")
    found: dict[str, tuple[str, int]] = {}
    for part, names in data.items():
        for place, name in enumerate([part, *map(str, names)]):
            found.setdefault(_plain(name), (part, place))
    for key, (label, _) in fact_labels().items():
        found.setdefault(_plain(label), (key, 0))
    return found


@lru_cache(maxsize=4096)
def part_named(name: str) -> tuple[str, int] | None:
    """The part of an entry or the fact of a service item a name means, with its rank among the
    names of that part (0 is the part's own); ``None`` if it is not known.

    A remark in brackets is no part of a name: 问题（必填）.
    """
    for said in (name, _REMARK.sub("", name)):
        known = _names().get(_plain(said))
        if known:
            return known
    plain = _plain(name)
    return _names().get(_WHAT.sub("", plain)) or _by_its_end(plain)


def _by_its_end(plain: str) -> tuple[str, int] | None:
    """What an unknown name in Chinese is of by the word it ends with: 群众提问, 官方答复."""
    if len(plain) > _LONGEST or plain.startswith(_NO_MATTER):
        return None
    return next((known for end, known in _ends().items() if plain.endswith(end)), None)


@cache
def _ends() -> dict[str, tuple[str, int]]:
    return {end: (part, len(_names())) for part, ends in _ENDS.items() for end in ends}


def _plain(name: str) -> str:
    return _IGNORED.sub("", name).lower()
