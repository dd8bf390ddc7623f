"""What sources write for a date, a place, a list or whom a rule is for, made into what it means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from knowledge.model import NATIONAL, Audience, Kind
from knowledge.regions import gazetteer, is_region_code, shortest
from knowledge.sources.decode import printable
from knowledge.text import fold

_NATIONAL_WORDS = frozenset({"000000", "100000", "0", "全国", "国家", "中国", "national", "cn"})
_ENTERPRISE = (
    "enterprise",
    "firm",
    "company",
    "business",
    "企业",
    "法人",
    "组织",
    "机构",
    "机关",
    "单位",
    "个体",
    "商户",
    "合作社",
    "公司",
    "经营者",
    "纳税人",
    "雇主",
)
_PERSON = (
    "person",
    "citizen",
    "individual",
    "个人",
    "自然人",
    "公众",
    "市民",
    "居民",
    "群众",
    "老年人",
    "残疾人",
    "军人",
    "人员",
    "学生",
    "毕业生",
    "职工",
    "家庭",
    "儿童",
    "妇女",
    "青年",
    "农民",
    "村民",
)
_EVERYBODY = ("both", "all", "全部", "不限", "所有", "全体", "公民")
_LIST_SEPARATOR = re.compile(r"[;；|\n]+")
_NAME_SEPARATOR = re.compile(r"[;；|\n,，、]+")
_TEXT_KEYS = ("text", "content", "value", "answer", "html")
_MARKUP = re.compile(
    r"</(?:p|div|span|b|strong|a|li|ul|ol|td|table|h\d|font|section|em|i)>|<br\s*/?>|&(?:nbsp|lt|gt|amp|quot);",
    re.I,
)
_TAGS_MOST = 20_000
_KINDS = {"指南": "guide", "事项": "service", "办事指南": "service", "法规": "statute"}
_KINDS |= {"法律": "statute", "问答": "faq", "常见问题": "faq"}


# Radicals as letters of their own, which fonts put for the characters they look like.  Those of the
# first block (U+2F00) Unicode itself says are the same; of the second only these are simple forms.
_LOOKALIKES = (
    "⼾户⺁厂⺄乙⺎兀⺖忄⺟母⺠民⺩王⺮竹⺼月⻁虎⻄西⻅见⻆角⻉贝⻋车⻒镸⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马"
    "⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙⻳龟"
)
_RADICALS = re.compile("[\u2e80-\u2fd5]")
_AS_CHARACTERS = dict(zip(_LOOKALIKES[::2], _LOOKALIKES[1::2], strict=True))


def without_radicals(text: str) -> str:
    """The text with characters for the radicals that PDF fonts put in their place (⺠ for 民)."""
    if not _RADICALS.search(text):
        return text
    return _RADICALS.sub(
        lambda m: _AS_CHARACTERS.get(m[0]) or unicodedata.normalize("NFKC", m[0]), text
    )


def as_text(value: Any) -> Any:
    """Lists of paragraphs are joined, an object that only wraps a text is unwrapped."""
    if value is None or value != value:  # what is no number is nothing
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "\n".join(dict.fromkeys(filter(None, (str(as_text(one)) for one in value))))
    if isinstance(value, Mapping):
        return next((as_text(value[key]) for key in _TEXT_KEYS if value.get(key)), value)
    return (
        without_radicals(_unmarked(printable(value).strip())) if isinstance(value, str) else value
    )


def _unmarked(text: str) -> str:
    """The words of a text that an editor for web pages has written; any other as it is."""
    if not _MARKUP.search(text):
        return text
    from bs4 import BeautifulSoup

    from knowledge.sources.page_text import text_of

    if text.count("<") > _TAGS_MOST:
        return text
    page = BeautifulSoup(text, "lxml")
    for part in page.find_all(["script", "style"]):
        part.decompose()
    return text_of(page.body or page)


def as_lines(value: Any, separator: re.Pattern[str] = _LIST_SEPARATOR) -> Any:
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        parts = separator.split(printable(value))
        return tuple(part.strip() for part in parts if part.strip())
    if isinstance(value, Mapping):
        return as_lines(next((value[k] for k in ("question", *_TEXT_KEYS) if k in value), None))
    if isinstance(value, (list, tuple)):
        found = (part for one in value if one is not None for part in as_lines(one, separator))
        return tuple(dict.fromkeys(found))
    return (str(value),)


def as_names(value: Any) -> Any:
    return as_lines(value, _NAME_SEPARATOR)


def as_region(value: Any) -> Any:
    """A code, in the six digits of a county where it has zeros behind them; a name where only one
    place has it."""
    if value is None or value == "":
        return None
    if isinstance(value, Mapping) and len(value) == 1:
        return as_region(next(iter(value.values())))
    text = str(value).strip()
    if text.lower() in _NATIONAL_WORDS:
        return NATIONAL
    if is_region_code(text):
        if not gazetteer().has_province(text):
            raise ValueError(f"没有这个区划代码：{text}（六位数字，全国写 000000）")
        return shortest(text)
    if len(text) < 2 or text.isascii():
        raise ValueError(f"区划代码看不懂：{text}（六位数字，全国写 000000）")
    code = place_of(text)
    if code is None:
        names = tuple(map(gazetteer().name, gazetteer().search(text)))
        if len(names) > 1:
            raise ValueError(f"叫“{text}”的地方不止一处：{'、'.join(names)}；请写全，或写六位数字")
        alike = f"有{names[0]}；请写全" if names else "不知道是哪里；请写省、市、县的名字"
        why = f"{alike}，或写六位数字，全国写 000000"
        raise ValueError(f"区划代码看不懂：{text}（{why}）")
    return code


def region_of(words: str) -> str:
    """The code of a place written as a name or a code, "" for nothing.  Raises
    :class:`ValueError`, with the places that may be meant."""
    return str(as_region(words.strip()) or "")


def words_of_region(code: str) -> str:
    """The name of a place that ``region_of`` takes again; its code where no name leads back."""
    if code in ("", NATIONAL):
        return "全国" if code else ""
    name = gazetteer().name(code)
    return name if place_of(name) == code else code


def place_of(name: str) -> str | None:
    """The one place a name is (合肥市、安徽省合肥市), ``None`` if it is none or several."""
    folded = fold(name)
    places = gazetteer().find(folded)
    if len(places) != 1 or (places[0].start, places[0].end) != (0, len(folded)):
        return None
    return places[0].code


def as_audience(value: Any) -> Any:
    if isinstance(value, Audience):
        return value
    found = Audience(0)
    for word in as_names(value):
        low = word.lower()
        if low in _EVERYBODY:
            return Audience.BOTH
        known = False
        if any(w in low for w in _ENTERPRISE):
            found, known = found | Audience.ENTERPRISE, True
        if any(w in low for w in _PERSON):
            found, known = found | Audience.PERSON, True
        if not known:
            raise ValueError(f"适用对象看不懂：{word}（person 或 enterprise）")
    return found or Audience.BOTH


def as_kind(value: Any) -> Any:
    if value in (None, ""):
        return None
    said = _KINDS.get(str(value).strip(), value)
    if said not in {kind.value for kind in Kind}:
        raise ValueError(f"种类看不懂：{value}（{'、'.join(k.value for k in Kind)}）")
    return Kind(said)
