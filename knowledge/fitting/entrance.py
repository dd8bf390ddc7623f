"""The plainest wording, "居住证怎么办": a thing and that one wants it, or an act done to it.

Such a question says so little that counting words tells little: every rule about the thing has
half of it. What it means is known all the same: the rule that is named after the thing and nothing
else but how it is got (申领, 办理, 设立登记), or after the act if one is named ("护照过期了").
Which words are only about getting stands in ``lexicon/words.yml``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from knowledge.fitting.acts import acts_in, without_acts
from knowledge.fitting.purposes import purposes_of
from knowledge.hit import Hit
from knowledge.lexicon import lexicon
from knowledge.matters import matters, ways_to_say
from knowledge.model import Entry, Kind
from knowledge.regions import depth, gazetteer
from knowledge.text import any_of, fold

NEAR = 0.6
"""Share of the best score from which the entry so named goes first."""
CLOSE = 2
"""Characters beside the thing and how it is got up to which an entry is named after it alone."""
FIRST = 4
"""The same where its title says that it is to be got, or for the first time."""
TOLD = -1
"""What a rule counts that is named after what about the thing is asked."""
LOCAL = 2
"""How many more such characters a more local rule may be named after."""
STRANGE = 2
"""What another word for the thing counts, in such characters."""

_CHINESE = re.compile("[一-鿿]")
_THING = re.compile("[一-鿿a-z0-9]{2,10}")
_DEED = re.compile("(?:证书|证|执照)$")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_NO_DEED = "(?<!公证)(?<!认证)"
_PARTS = re.compile("[、,，/和与及]|或者?")
# Aspects of which an entry of its own may be made, which is none for who does not ask for them.
_TOLD_APART = frozenset({"fee", "time", "place", "phone"})
# How much and how long are asked of more than of getting a thing: 失业金多少钱, 产假几天.
_MEASURED = frozenset({"fee", "time"})
_LONGEST = 40  # characters of a plain question with all its wrapping
_WORD = 2  # characters of the shortest
_WITHIN = "[一-鿿]{0,2}"  # left out in a short name: 残疾证 is 残疾人证


@dataclass(frozen=True, slots=True)
class Plain:
    """``things``: what is wanted, or what something happened to, in the ways it may be read: 办学
    in "办学许可证怎么办" is no verb.  ``acts``: what is done with it, none if it is to be got.
    ``aspect``: what about it is asked, or "".  ``deed``: how a rule for the verb is named, where it
    says more than that one wants it (公积金怎么取), or ""."""

    things: tuple[str, ...]
    acts: frozenset[str]
    aspect: str
    deed: str = ""


@lru_cache(maxsize=1024)
def plain(folded: str, aspect: str = "") -> Plain | None:
    """What a folded question in the plainest wording asks for, ``None`` for any other."""
    if len(folded) > _LONGEST:
        return None
    acts = acts_in(folded)
    left = without_acts(folded, acts).strip()
    wish = _before().match(left)
    asking = _after().search(left)
    whole = left[wish.end() if wish else 0 : asking.start() if asking else None].strip()
    verb = _verb().match(whole)
    bare = whole[verb.end() :] if verb else whole
    if not ((asking and asking["ask"]) or acts or (verb and (wish or verb["ask"]))):
        return None
    things = tuple(dict.fromkeys(part for part in (whole, bare) if _is_thing(part)))
    said = f"{verb[0] if verb else ''}{asking[0] if asking else ''}"
    deed = next((named for asked, named in lexicon().deeds if re.search(asked, said)), "")
    return Plain(things, acts, aspect, deed) if things else None


def entrance_first(hits: tuple[Hit, ...], asked: Plain | None, placed: bool) -> tuple[Hit, ...]:
    """The hits, the one first that is named after nothing but the thing of a plain question, as
    far as it is not too far behind; a more local one before it, where the asker's place is known
    (``placed``)."""
    if asked is None or not hits:
        return hits
    enough = NEAR * hits[0].score
    near = [(_beside(asked, hit.entry), at) for at, hit in enumerate(hits) if hit.score >= enough]
    most = TOLD if asked.aspect in _MEASURED else math.inf
    named = [(beside, at) for beside, at in near if beside is not None and beside <= most]
    if not named:
        return hits
    least, at = min(named)
    if placed:
        as_good = [at for beside, at in named if beside <= least + LOCAL]
        at = max(as_good, key=lambda at: (depth(hits[at].entry.region), at == min(named)[1], -at))
    best = hits[at]
    local = best.local or depth(best.entry.region) > depth(hits[min(named)[1]].entry.region)
    best = replace(best, local=local)
    return (best, *hits[:at], *hits[at + 1 :])


def is_named(hits: tuple[Hit, ...], asked: Plain | None) -> bool:
    """Whether the first hit is named after the thing of a plain question, if not after it alone."""
    beside = _beside(asked, hits[0].entry) if asked and hits else None
    return beside is not None and beside <= FIRST


def is_for_else(hits: tuple[Hit, ...], asked: Plain | None) -> bool:
    """Whether the first hit is a service item for looking up or following what is to be got."""
    if asked is None or asked.aspect not in ("", "how"):
        return False
    return hits[0].entry.kind is Kind.SERVICE and bool(purposes_of(hits[0].entry.title))


def is_entrance(hits: tuple[Hit, ...], asked: Plain | None) -> bool:
    """Whether the first hit is what a plain question means, and no other is as much."""
    if asked is None or not is_named(hits, asked):
        return False
    best = hits[0]
    first = _beside(asked, best.entry)
    if first is None or (first > CLOSE and not _first().search(best.entry.title)):
        return False
    rivals = [h for h in hits if h.score >= NEAR * best.score and h.entry.title != best.entry.title]
    others = (_beside(asked, rival.entry) for rival in rivals)
    return all(other is None or other > first for other in others)


def is_one_of_several(hits: tuple[Hit, ...], asked: Plain | None) -> bool:
    """Whether the first hit is named after more than the thing that is to be got, and another of
    the same place after about as little more: which of them is meant (通行证) must be asked."""
    first = _beside(asked, hits[0].entry) if asked and hits else None
    if asked is None or asked.acts or asked.aspect in _MEASURED:
        return False
    if first is None or first <= TOLD + 1:
        return False
    best = hits[0]
    rivals = [
        hit.entry
        for hit in hits[1:]
        if hit.score >= NEAR * best.score
        and hit.entry.region == best.entry.region
        and hit.entry.title != best.entry.title
    ]
    counts = [_beside(asked, rival) for rival in rivals]
    return any(count is not None and 0 < count <= first + 1 for count in counts)


def named_ones_first(hits: tuple[Hit, ...], asked: Plain | None) -> tuple[Hit, ...]:
    """The hits as they are offered: those named after the thing of a plain question first, as far
    as they are not too far behind."""
    if asked is None or not hits:
        return hits
    enough = NEAR * hits[0].score
    return tuple(
        sorted(hits, key=lambda hit: hit.score < enough or not is_called(hit.entry, asked))
    )


def is_called(entry: Entry, asked: Plain | None) -> bool:
    """Whether an entry is named after the thing of a plain question, among other words perhaps."""
    return asked is not None and _beside(asked, entry) is not None


@lru_cache(maxsize=8192)
def _beside(asked: Plain, entry: Entry) -> int | None:
    """How far what an entry is named after goes beyond the thing and what is wanted of it, in
    characters; ``None`` where it is named after another thing or act.  Another name, which items of
    one kind may share, tells only where the title does not call the thing."""
    if entry.kind is Kind.SERVICE and purposes_of(entry.title):
        return None
    title = fold(entry.title)
    forms = [(*form, 0) for form in _forms(title)]
    another_act = not asked.acts and acts_in(title) and not _first().search(title)
    if not another_act and not any(thing in title for thing in asked.things):
        forms += [(*form, 1) for name in entry.aliases for form in _forms(fold(name))]
    counts = [
        count + more
        for name, beside, more in forms
        for thing in asked.things
        if (count := _left_of(asked, name, beside, thing)) is not None
    ]
    return min(counts, default=None)


def _forms(name: str) -> list[tuple[str, str]]:
    """A folded name without the place whose rule it is, and what stands in its brackets, each with
    the other: there may stand another name."""
    for place in reversed(gazetteer().find(name)):
        name = name[: place.start] + name[place.end :]
    outside, inside = _BRACKETS.sub("", name), " ".join(_BRACKETS.findall(name))
    return [(outside, inside), (inside, outside)] if inside else [(outside, "")]


def _left_of(asked: Plain, name: str, beside: str, thing: str) -> int | None:
    """The same for one name, with what stands ``beside`` it, and one reading of the thing."""
    called = _called(thing, name)
    if called is None:
        return None
    told = {aspect for aspect, words in _told_apart() if words.search(name)}
    if told:
        return TOLD if asked.aspect in told else None
    acts = acts_in(name) | acts_in(beside)
    if asked.deed:
        if not re.search(asked.deed, f"{name}{beside}"):
            return None
        name = re.sub(asked.deed, " ", name)
    if asked.acts:
        if not asked.acts & acts:
            return None
        name = without_acts(name, asked.acts)
    elif acts and not _got_too(name, called):
        return None
    count = bool(beside) + len(called) - 1 + STRANGE * _strange(thing, called)
    own = any_of({*called, *(thing[n : n + 2] for n in range(len(thing) - 1))})
    rest = _of_titles().sub(" ", own.sub("_", name))
    for part in _getting().sub(" ", rest).split("、"):
        left = len(_CHINESE.findall(part))
        count += left if "_" in part else min(left, 1)
    # 个人养老金 is a thing of its own, as long as nothing is said of how it is got.
    another = not rest.lstrip().startswith("_") and not acts and not _getting().search(rest)
    return count + another


def _strange(thing: str, called: tuple[str, ...]) -> bool:
    """Whether a thing is called by other words than its own, cut short or in full (低保)."""
    if len(called) > 1:
        return any(piece not in thing for piece in called)
    stem = _DEED.sub("", thing) if len(thing) > _WORD else thing
    return not (_short_for(thing, called[0]) or _short_for(stem, called[0]))


def _short_for(one: str, other: str) -> bool:
    """Whether of two words one has the characters of the other, in their order."""
    short, long = sorted((one, other), key=len)
    rest = iter(long)
    return all(character in rest for character in short)


def _got_too(name: str, called: tuple[str, ...]) -> bool:
    """Whether a thing is also got by a rule that is named after something done to it as well, as in
    社会保障卡申领、补领."""
    parts = [part for part in _PARTS.split(name) if called[0] in part]
    return any(not acts_in(part) for part in parts) and bool(_first().search(name))


@lru_cache(maxsize=8192)
def _called(thing: str, name: str) -> tuple[str, ...] | None:
    """The pieces of a folded name that call a thing, ``None`` where it does not."""
    if ways := [way for way in _ways(thing) if way in name]:
        return (max(ways, key=len),)
    deed = _DEED.search(thing)
    if deed and len(stem := thing[: deed.start()]) >= _WORD:
        if found := re.search(f"{re.escape(stem)}{_WITHIN}{deed[0]}{_NO_DEED}", name):
            return (found[0],)
        if re.search(f"{re.escape(stem)}{_issued()}", name):
            return (stem,)
    return _by_pieces(thing, name)


@lru_cache(maxsize=1024)
def _ways(thing: str) -> frozenset[str]:
    """The ways to call a thing: of the words that help to find it those that are like it and no
    part of it, or the only one for it."""
    ways = frozenset(way for way in ways_to_say(thing) if way not in thing)
    return frozenset({thing, *(way for way in ways if len(ways) == 1 or set(way) & set(thing))})


def _by_pieces(thing: str, name: str) -> tuple[str, ...] | None:
    """The same for a thing of several words of public business."""
    rest = thing
    called = []
    for word in matters(thing):
        ways = [way for way in _ways(word) if way in name]
        if not ways:
            return None
        called.append(max(ways, key=len))
        rest = rest.replace(word, " ", 1)
    left = rest.split()
    if not called or not all(len(piece) > 1 and piece in name for piece in left):
        return None
    return (*called, *left)


def _is_thing(text: str) -> bool:
    return bool(_THING.fullmatch(text)) and not _no_thing().search(text)


@cache
def _before() -> re.Pattern[str]:
    return re.compile(lexicon().plain["before"])


@cache
def _verb() -> re.Pattern[str]:
    return re.compile(lexicon().plain["verb"])


@cache
def _after() -> re.Pattern[str]:
    return re.compile(lexicon().plain["after"])


@cache
def _no_thing() -> re.Pattern[str]:
    return re.compile(lexicon().plain["no_thing"])


@cache
def _getting() -> re.Pattern[str]:
    return re.compile(lexicon().plain["getting"])


@cache
def _first() -> re.Pattern[str]:
    return re.compile(lexicon().plain["first"])


def _issued() -> str:
    return lexicon().plain["issued"]


@cache
def _told_apart() -> tuple[tuple[str, re.Pattern[str]], ...]:
    headings = lexicon().headings
    return tuple((key, any_of(words)) for key, words in headings if key in _TOLD_APART)


@cache
def _of_titles() -> re.Pattern[str]:
    return any_of(lexicon().of_titles)
