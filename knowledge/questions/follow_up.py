"""What a question says that its subject does not, and whether a rule speaks of it.

"网上能办吗" and "外地的呢" after a rule are about that rule.  Where it says nothing of the kind,
the honest answer is that it does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from knowledge.fitting import offices
from knowledge.fitting.acts import acts_in
from knowledge.hit import Hit
from knowledge.lexicon import fact_labels, lexicon
from knowledge.matters import matters, said_in, ways_to_say
from knowledge.model import Entry
from knowledge.questions.question import aspect_of, bare_of, what_about
from knowledge.questions.sounds import homophones
from knowledge.text import fold

_RUN = re.compile(r"[一-鿿]+")
NEAR = 0.9
"""Share of the best score from which an entry that mentions it goes before one that does not."""
_DENIAL = "没不未"  # what is not done is told in a rule as what is to be done
_ENOUGH = 0.5  # of the pairs of characters of what is added
_LITTLE = 3  # characters
LONGEST = 14
"""Characters of a question that goes on about what was just shown."""
_RELATIVES = re.compile(
    "老公|老婆|爱人|配偶|丈夫|妻子|父母|爸|妈|爷|奶|孩|娃|儿子|女儿|家属|亲戚|朋友"
)
_GOES_ON = re.compile(
    r"[吗么嘛][?。 ]*$|(.)不\1|可不可以|有没有|需不需要|几(?!乎)|多少|多[久长大远]|[什啥]么?时候"
    "|[去在到找归]哪|[找由]谁|谁[来出]"
    "|(?:[不没无丢缺超]|过了|要是|如果|万一|只有).{1,8}(?:怎么办|咋办|咋整|怎么弄)"
)
"""By yes or no, by how much or where, or what to do in such a case: not what begins anew."""
_WHETHER = re.compile(
    r"(?:[吗么嘛]|(.)不\1|怎么算|[会要]怎么?样|什么(?:后果|意思|用)|啥意思|谁[出付发])[?。 ]*$"
)
_NEEDS = re.compile("^[那还也都]*(?:需要|[要用])(?!不|办|申请)[一-鿿]{1,5}[吗么嘛][?。 ]*$")
_STILL = re.compile("还(?:能|可以|[给要有得算会])[一-鿿]{0,4}[吗么嘛][?。 ]*$")
_ONLY_WHETHER = re.compile(
    "[一-鿿]{1,4}(?:[可也]?以?行不行|[可也]?以?行[吗么]|可[不以]可?以?[吗么]?)[?。 ]*"
)
"""So little beside yes or no that nothing can begin anew ("复印件行不行")."""
_DIGITS = str.maketrans("一二两三四五六七八九", "1223456789")
_NOT_YET = re.compile("没(?![有收])")

Weigh = Callable[[Sequence[str]], Sequence[float]]
"""How telling pairs of characters are in a base, 0 for those it never has."""


def says_nothing(entry: Entry, text: str, weigh: Weigh | None = None) -> bool:
    """Whether an entry says nothing of what a question without a subject adds: a way of getting it
    done it never mentions, or words of its own that stand nowhere in it.

    With ``weigh`` what is telling counts for more, and what no rule of the base says for nothing:
    "换成电池拿上去呢" is about the battery.
    """
    said = fold(f"{entry.title}\n{entry.text}")  # not how people ask: that is no part of the rule
    folded = as_written(fold(text), said)
    if groups := manners(folded):
        return not any(word in said for group in groups for word in group)
    aspect = aspect_of(folded)
    if not _RUN.search(bare_of(folded)) or any(s.key == aspect != "" for s in entry.sections):
        return False
    return not (acts_in(folded) & acts_in(said) or _has(said, folded, weigh))


def goes_on(entry: Entry, folded: str) -> bool:
    """Whether a short question that names no matter but those of an entry is put as one asks about
    what was just said ("刚入职半年的有吗", "要几张")."""
    if len(folded) > LONGEST or not (what_about(folded) or _GOES_ON.search(folded)):
        return False
    if _ONLY_WHETHER.fullmatch(folded):
        return True
    said = said_in(entry)
    return all(
        any(way in said for way in ways_to_say(word)) or manners(word) or _of_people(word)
        for word in matters(folded)
    )


def asks_whether_of_it(folded: str) -> bool:
    """Whether a question is put as one by yes or no, as another case of what was said, or otherwise
    as one goes on."""
    return bool(what_about(folded) or _WHETHER.search(folded) or _GOES_ON.search(folded))


def adds_to_it(folded: str) -> bool:
    """Whether a question is about what was just shown though it names a thing of its own: whether
    that is needed for it too ("需要发票吗"), or something still holds ("辞职了还给吗")."""
    return bool(_NEEDS.search(folded) or _STILL.search(folded))


def names_better(title: str, other: str, folded: str) -> bool:
    """Whether of two titles the ``other`` has all that a question says and the first does not:
    "工伤待遇有哪些" after 工伤认定."""
    asked = bare_of(folded)
    whole = share_said(fold(other), asked) >= 1
    return whole and share_said(fold(title), asked) < 1


def _of_people(word: str) -> bool:
    """Whether a word only says for whom it is asked (孩子, 老公)."""
    return bool(_RELATIVES.search(word)) or any(
        way in word for group in lexicon().whom[:1] for kind in group for way in kind
    )


def shares_words(title: str, folded: str) -> bool:
    """Whether a title has about half of what is left of a few words without their wrapping."""
    return share_said(fold(title), bare_of(folded)) >= _ENOUGH


def as_written(folded: str, said: str) -> str:
    """What "…呢" asks about, in the characters of a rule where it has them otherwise: 没休 is 未休,
    and 定做 sounds like the 定作 it speaks of."""
    about = what_about(folded)
    written = _NOT_YET.sub("未", about)
    for at in range(len(written) - 1):
        pair = written[at : at + 2]
        if pair not in said and (same := _sounding(pair, said)):
            written = written[:at] + same + written[at + 2 :]
    return folded.replace(about, written) if about else folded


def _sounding(pair: str, said: str) -> str:
    """The pair of characters in a text that differs in one from ``pair`` and sounds like it."""
    for at, char in enumerate(pair):
        for other in homophones().get(char, ""):
            same = pair[:at] + other + pair[at + 1 :]
            if same in said:
                return same
    return ""


def spoken_first(hits: tuple[Hit, ...], text: str) -> tuple[Hit, ...]:
    """The hits, but for a way of getting it done the first never mentions: there one that is about
    as good and does goes before it."""
    groups = manners(fold(text))
    if not groups or not hits:
        return hits

    def mentions(hit: Hit) -> bool:
        return any(word in said_in(hit.entry) for group in groups for word in group)

    if mentions(hits[0]):
        return hits
    enough = NEAR * hits[0].score
    better = next((hit for hit in hits if hit.score >= enough and mentions(hit)), hits[0])
    return (better, *(hit for hit in hits if hit is not better))


def titled_first(hits: tuple[Hit, ...], text: str) -> tuple[Hit, ...]:
    """The hits, but where the title of one that is about as good as the first has at least half of
    a question that only points back ("能领多少"), and the first one's has not, that one first."""
    folded = fold(text)
    asked = {folded[at : at + 2] for at in range(len(folded) - 1)}
    enough = NEAR * hits[0].score if hits else 0.0

    def titled(hit: Hit) -> bool:
        title = fold(hit.entry.title)
        return bool(asked) and sum(pair in title for pair in asked) >= _ENOUGH * len(asked)

    better = next((hit for hit in hits if hit.score >= enough and titled(hit)), None)
    if better is None or titled(hits[0]):
        return hits
    return (better, *(hit for hit in hits if hit is not better))


def manners(folded: str) -> list[tuple[str, ...]]:
    """The ways of getting it done a folded question is about, each with all its words."""
    return [group for group in lexicon().manners if any(word in folded for word in group)]


def speaks_of(entry: Entry, folded: str) -> bool:
    """Whether an entry, or a question it is there for, has about half of what is left of a few
    words without their wrapping."""
    return _has(said_in(entry), folded)


def belongs(entry: Entry, folded: str) -> bool:
    """Whether a few words are about an entry: it has them; or they ask what one asks of any rule,
    and what else they say is in what it is called ("补卡收费吗" of a lost card)."""
    if speaks_of(entry, folded):
        return True
    left = "".join(_RUN.findall(bare_of(folded)))
    if not (aspect_of(folded) or manners(folded)) or not 0 < len(left) <= _LITTLE:
        return False
    names = fold("\n".join((entry.title, *entry.aliases, *entry.questions)))
    return all(char in names for char in left)


def _has(said: str, folded: str, weigh: Weigh | None = None) -> bool:
    return share_said(said, bare_of(folded), weigh) >= _ENOUGH


def share_said(said: str, words: str, weigh: Weigh | None = None) -> float:
    """The share of what is left of a question that a text says, by pairs of characters."""
    runs = [run.lstrip(_DENIAL) or run for run in _RUN.findall(words)]
    pairs = sorted({run[at : at + 2] for run in runs for at in range(len(run) - 1)} or set(runs))
    written = [
        pair.translate(_DIGITS) if pair.translate(_DIGITS) in said else pair for pair in pairs
    ]
    weights = weigh(written) if weigh else [1.0] * len(pairs)
    there = sum(weight for pair, weight in zip(written, weights, strict=True) if pair in said)
    return there / sum(weights) if there else 0.0


def lacks(entry: Entry, folded: str) -> bool:
    """Whether a question asks for an amount, a time or a number and the entry has none at all."""
    if offices.lacks_hours(entry, folded):
        return True
    aspect = aspect_of(folded)
    forms = _facts()
    if aspect not in forms or any(section.key == aspect for section in entry.sections):
        return False
    labels = fact_labels()
    if any(labels[row.key][1] == aspect for row in entry.fields):
        return False
    if entry.fields and aspect == "fee":  # 税 or 费 in its conditions are no charge for it
        return not re.search(f"{lexicon().amount}|免费|不收|缴费|交费|费用", fold(entry.text))
    return not forms[aspect].search(fold(entry.text))


def asked_fact(aspect: str) -> re.Pattern[str] | None:
    """How rules give what an aspect asks for, where that has a form of its own."""
    return _facts().get(aspect)


@cache
def _facts() -> dict[str, re.Pattern[str]]:
    return {aspect: re.compile(form) for aspect, form in lexicon().facts}
