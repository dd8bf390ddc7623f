"""The paper a question names (居住证, 预售许可证 …): a rule that never speaks of it is another's.

A lost residence permit and a lost identity card share nearly all their words; what tells them
apart is the two characters before 证. Counting words cannot know that these two matter most, so
what is named is looked for in the entry itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from knowledge.hit import Hit
from knowledge.matters import said_in
from knowledge.model import Entry
from knowledge.text import fold

NEAR = 0.9
"""Share of the best score from which an entry named after the paper goes before one that is not."""

RIVAL = 0.6
"""Share of the best score from which such an entry makes the best one doubtful."""

BEST = 3
"""Hits among which a paper called by its formal name must be spoken of."""

_FORMAL = 4  # characters: 排污许可证, 从业资格证
_LOOSE = ("证明", "执照")
_PAPER = re.compile(r"许可证|资格证|合格证|登记证|证书|证明|执照|签证|公证|认证|证|卡|簿")
_NO_PAPER = frozenset({"公证", "认证"})  # deeds, not things one holds
_HEAD = 2  # characters before it that say which
# Heads that do not say which: what they are of stands before them (种子 in 种子生产经营许可证).
_KINDS = frozenset(
    {"经营", "生产", "从业", "执业", "职业", "使用", "零售", "专卖", "运输", "安全", "注册"}
)
_LONGEST = 4  # such pieces
# What stands before a paper without naming one: 办个证, 什么证明, 带上证.
_STOPS = frozenset(
    "个的办补领什么这那本张换要需带我你他她们怎在有没不用凭拿哪几一二两丢掉失遗到去开出取发给和与及或是为把被让"
    "上下能找做里各类多少新旧老原其它该此双"
)
_WORD = re.compile(r"[一-鿿]{2}")
_BETWEEN = "[一-鿿]{0,4}"  # left out in a short name: 食品经营许可证 is people's 食品许可证


def named(folded: str) -> tuple[str, ...]:
    """The papers a folded question names, each with the characters that say which: two, and two
    more where those only say what it allows."""
    found: list[str] = []
    for paper in _PAPER.finditer(folded):
        head = _head(folded[: paper.start()])
        if paper.group() in _NO_PAPER or not head:
            continue
        found.append(head + paper.group())
    return tuple(dict.fromkeys(found))


def _head(before: str) -> str:
    """What says which paper is meant, at the end of what stands before it; "" if nothing does."""
    head = ""
    for _ in range(_LONGEST):
        piece = before[len(before) - len(head) - _HEAD : len(before) - len(head)]
        if not _WORD.fullmatch(piece) or set(piece) & _STOPS:
            break
        head = piece + head
        if piece not in _KINDS:
            break
    return head


def speaks_of(entry: Entry, papers: Iterable[str]) -> bool:
    """Whether the entry mentions every one of them, anywhere."""
    return all(_called(paper).search(said_in(entry)) for paper in papers)


@lru_cache(maxsize=512)
def _called(paper: str) -> re.Pattern[str]:
    """A paper as rules may write it; a short name (居住证) only as it is: 居住证明 is another."""
    tail = _PAPER.search(paper, _HEAD)
    if tail is None or len(tail[0]) < _HEAD:
        return re.compile(re.escape(paper))
    head = paper[: tail.start()]
    pieces = [head[at : at + _HEAD] for at in range(0, len(head), _HEAD)]
    return re.compile(_BETWEEN.join(map(re.escape, [*pieces, tail[0]])))


def named_first(hits: tuple[Hit, ...], papers: tuple[str, ...]) -> tuple[Hit, ...]:
    """The hits with one named after the papers at the top, if it is near and the best is not; a
    more local rule that speaks of them stays there."""
    if hits and hits[0].local and speaks_of(hits[0].entry, papers):
        return hits
    better = _named_after(hits, papers, NEAR)
    return hits if better is None else (better, *(hit for hit in hits if hit is not better))


def offered(hits: tuple[Hit, ...], papers: tuple[str, ...]) -> tuple[Hit, ...]:
    """The hits as they are offered to choose from: those named after the papers first, as far as
    they are not too far behind."""
    if not papers or not hits:
        return hits
    enough = RIVAL * hits[0].score
    return tuple(sorted(hits, key=lambda h: not (h.score >= enough and _is_named(h.entry, papers))))


def doubtful(hits: tuple[Hit, ...], papers: tuple[str, ...]) -> bool:
    """Whether the first hit may be about another paper: it never speaks of the one named, or
    another entry that is not far behind is named after it."""
    if not papers:
        return False
    return not speaks_of(hits[0].entry, papers) or _named_after(hits, papers, RIVAL) is not None


def unheard_of(hits: tuple[Hit, ...], papers: tuple[str, ...]) -> bool:
    """Whether a paper is called by its formal name and none of the best hits ever speaks of it.
    A short name may be people's own for it, or misspelt: that it is not there says little. What is
    to be proved (单身证明) is put in people's words too."""
    formal = [paper for paper in papers if len(paper) >= _FORMAL and not paper.endswith(_LOOSE)]
    return any(not any(speaks_of(hit.entry, [paper]) for hit in hits[:BEST]) for paper in formal)


def _named_after(hits: tuple[Hit, ...], papers: tuple[str, ...], share: float) -> Hit | None:
    """The best hit named after the papers, from ``share`` of the first one's score on; None where
    the first is so named itself."""
    if not papers or not hits or _is_named(hits[0].entry, papers):
        return None
    enough = share * hits[0].score
    return next((h for h in hits if h.score >= enough and _is_named(h.entry, papers)), None)


def _is_named(entry: Entry, papers: tuple[str, ...]) -> bool:
    """Whether title, another name or a question holds them: more than a mention."""
    words = fold("\n".join((entry.title, *entry.aliases, *entry.questions)))
    return all(_called(paper).search(words) for paper in papers)
