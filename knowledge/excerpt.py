"""Which parts of an entry answer a question, and which of their sentences matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.base import Found
from knowledge.fitting import offices
from knowledge.fitting.acts import acts_in, asked_acts, without_acts
from knowledge.hit import Hit
from knowledge.judging.signals import weigher
from knowledge.lexicon import lexicon
from knowledge.model import Entry, Kind, Passage
from knowledge.questions.follow_up import as_written, asked_fact, manners, share_said
from knowledge.questions.question import asks_whether, bare_of, subject_of, what_about
from knowledge.sources.letter import LETTER
from knowledge.table_words import table_rows
from knowledge.text import among, fold, is_bigram, terms_of

MOST = 2
"""Passages shown of the entry that answers."""
_SENTENCE = re.compile(r"[^。！？；!?;\n]+[。！？；!?;]?")
_SAYS = 0.2  # of what a question adds to the title, in rarity, a section shown for it must have
_TIMES = 2.0  # what the opening, or the section of the aspect asked, has
_PLAIN = re.compile("办理|申请|领取")  # in every guide
# What people are given, when they ask how much of it.
_RECEIVED = re.compile(
    "补助|补贴|津贴|补偿|赔偿|奖励|奖金|抚恤|救助|扶助|报销|补多少|领多少|发多少|给多少|能领|能补"
)
_PAID = re.compile("费|收钱|要钱|[要得]交|缴|花")
_FREE = re.compile("免费|不收|免收|不用交")
_MARK_SHARE = 0.6  # of the best sentence's weight
_ROW_SHARE = 0.85  # of the best, for a row of a table
_MOST_MARKS = 3


def excerpts(found: Found, hit: Hit) -> tuple[Passage, ...]:
    """The passages of an entry to show: the section asked for, then the entry's opening.

    The section asked for is the one of the aspect asked, unless it is asked by yes or no and what
    the question adds to the title stands elsewhere ("老年人坐公交免费吗" is not answered by what a
    check-up costs); without such, the one that says what the title does not and the question does
    ("七天无理由退货哪些不能退" is answered by the exceptions), or of what is to be done with it.

    Of a long text without sections, cut into pieces, the pieces that match best: how it opens says
    nothing of what stands pages later.
    """
    snapshot = found.snapshot
    rows = snapshot.passages_of_entry(hit.entry_row)
    aspect = found.prepared.aspect
    passages = {row: snapshot.passage(row) for row in rows}
    scored = sorted(rows, key=lambda row: (-float(found.scores.passages[row]), row))
    telling = [row for row in scored if passages[row].heading != LETTER] or scored
    matched = hit.passage_row if hit.passage_row in telling else telling[0]
    fitting = [row for row in scored if aspect and passages[row].key == aspect]
    asked = found.prepared.folded
    if office := offices.wanted(asked):
        fitting = [row for row in scored if offices.tells(passages[row].text, office)] or fitting
    if aspect == "fee" and _RECEIVED.search(asked) and not _PAID.search(asked):
        fitting = _of_the_amount(found, telling, None) or fitting
    elif fitting and not _has_amount(found, fitting[0]):
        # The charges of 费用 may be no answer to how much it is: the opening has that.
        fitting = (_of_the_amount(found, telling, None) if aspect == "fee" else []) or fitting
    if _cut(found, rows, hit.passage_row):
        matching = dict.fromkeys([*fitting[:1], hit.passage_row, *scored])
        return tuple(passages[row] for row in list(matching)[:MOST])
    opening = [rows[0]] if not passages[rows[0]].heading else []
    parted = bool(opening) or not (hit.entry.fields or hit.entry.kind is Kind.STATUTE)
    if parted and (not fitting or asks_whether(found.prepared.folded)):
        other = fitting[0] if fitting else opening[0] if opening else None
        fitting = _beside_the_title(found, hit, rows, other) or fitting
        fitting = fitting or _of_the_amount(found, telling, opening[0] if opening else matched)
        fitting = fitting or _of_the_act(found, rows) or _of_the_manner(found, rows)
        fitting = _of_the_case(found, rows) or fitting or _of_the_fact(found, telling, opening)
    elif hit.entry.fields and not fitting:
        fitting = _of_the_manner(found, rows)
    # Of a service item that is nothing but facts, another fact is none that was asked for.
    rest = opening or ([] if fitting and hit.entry.fields else [matched])
    chosen = dict.fromkeys(fitting[:1] + rest)
    return tuple(passages[row] for row in chosen)


def _cut(found: Found, rows: Sequence[int], row: int) -> bool:
    """Whether the section of a passage is so long that it is several."""
    section = found.snapshot.passage(row).section
    beside = (other for other in (row - 1, row + 1) if other in rows)
    return any(found.snapshot.passage(other).section == section for other in beside)


def _beside_the_title(found: Found, hit: Hit, rows: Sequence[int], other: int | None) -> list[int]:
    """The passage that speaks most of what the question adds to the title, if it clearly says more
    of it than ``other`` does; none where that says it."""
    terms, rarity = found.scores.terms, found.scores.rarity
    added = among(terms, terms_of(_added(found.prepared.folded, hit.entry)))
    added &= found.scores.own & is_bigram(terms)
    whole = float(rarity[added].sum())
    if whole <= 0:
        return []

    def said(row: int) -> float:
        passage = found.snapshot.passage(row)
        present = among(terms, terms_of(f"{passage.heading}\n{passage.text}"))
        return float(rarity[added & present].sum()) / whole

    shares = {row: said(row) for row in rows}
    best = max(shares, key=lambda row: (shares[row], -row))
    clearly = shares[best] >= max(_SAYS, _TIMES * shares[other] if other is not None else 0)
    return [best] if clearly else []


def _of_the_amount(found: Found, scored: Sequence[int], opening: int | None) -> list[int]:
    """The best passage with an amount of money, where one is asked for and the opening has none."""
    folded = fold(found.query.text)
    if found.prepared.aspect != "fee" and not re.search(lexicon().amount_asked, folded):
        return []
    given = re.compile(lexicon().amount)
    saying = [row for row in scored if given.search(fold(_in_words(found.snapshot.passage(row))))]
    return [] if opening in saying else saying[:1]


def _has_amount(found: Found, row: int) -> bool:
    """Whether a passage answers how much, where that is asked: an amount, or that it is free."""
    if not re.search(lexicon().amount_asked, fold(found.query.text)):
        return True
    said = fold(_in_words(found.snapshot.passage(row)))
    return re.search(lexicon().amount, said) is not None or _FREE.search(said) is not None


def _in_words(passage: Passage) -> str:
    """What a passage says, the figures of its tables with their units."""
    rows = table_rows(passage.text, passage.heading)
    return "\n".join([passage.text, *(row.in_words() for row in rows)])


def _of_the_act(found: Found, rows: Sequence[int]) -> list[int]:
    """The first passage that speaks of what is to be done, where the opening does not."""
    asked = asked_acts(fold(found.query.text), found.prepared.folded)
    speaking = [row for row in rows if asked & acts_in(fold(found.snapshot.passage(row).text))]
    return speaking[:1]


def _of_the_case(found: Found, rows: Sequence[int]) -> list[int]:
    """The passage that speaks most of what a question adds that has its subject from the one before
    ("定做的呢", "照片能用自己拍的吗"), where the opening does less."""
    if not found.prepared.carried:
        return []
    texts = {row: fold(found.snapshot.passage(row).text) for row in rows}
    asked = as_written(fold(found.query.text), "\n".join(texts.values()))
    case, weigh = what_about(asked) or bare_of(asked), weigher(found)
    said = {row: share_said(text, case, weigh) for row, text in texts.items()}
    best = max(said, key=lambda row: (said[row], -row))
    return [best] if said[best] > said[rows[0]] else []


def _of_the_fact(found: Found, scored: Sequence[int], opening: Sequence[int]) -> list[int]:
    """The best passage with a time or a number such as is asked for, where the opening has none."""
    form = asked_fact(found.prepared.aspect)
    if form is None or not opening:
        return []
    saying = [row for row in scored if form.search(fold(found.snapshot.passage(row).text))]
    return [] if opening[0] in saying else saying[:1]


def _of_the_manner(found: Found, rows: Sequence[int]) -> list[int]:
    """The passage that speaks most of the way of getting it done that is asked about."""
    words = {word for group in manners(fold(found.query.text)) for word in group}
    said = {row: fold(found.snapshot.passage(row).text) for row in rows if words}
    counts = {row: sum(word in text for word in words) for row, text in said.items()}
    best = max(counts, key=lambda row: (counts[row], -row), default=None)
    return [best] if best is not None and counts[best] else []


def _added(folded: str, entry: Entry) -> str:
    """A question without its wrapping and without what the entry's title says, in whatever way: who
    has lost something asks no more than a title that has 丢失."""
    title = fold(entry.title)
    left = _PLAIN.sub(" ", without_acts(subject_of(folded), acts_in(title)))
    for size in range(min(len(left), len(title)), 1, -1):
        for start in range(len(left) - size + 1):
            piece = left[start : start + size]
            if " " not in piece and piece in title:
                left = left.replace(piece, " " * size)
    return left


def marks_of(text: str, found: Found) -> tuple[tuple[int, int], ...]:
    """(start, end) of the sentences that carry the most of the question's weight, in order."""
    sentences = [m.span() for m in _SENTENCE.finditer(text) if m[0].strip()]
    if len(sentences) < 2:
        return tuple(sentences)
    weights = [_weight(text[start:end], found) for start, end in sentences]
    weights = _of_rows(text, sentences, weights, found)
    best = max(weights)
    if best <= 0:
        return ()
    order = sorted(range(len(sentences)), key=lambda i: -weights[i])[:_MOST_MARKS]
    least = [_MARK_SHARE if text[start] != "|" else _ROW_SHARE for start, _ in sentences]
    return tuple(sentences[i] for i in sorted(order) if weights[i] >= least[i] * best)


def _of_rows(
    text: str, spans: Sequence[tuple[int, int]], weights: Sequence[float], found: Found
) -> list[float]:
    """The weights, but those of a table's rows by what tells one row from the others: what stands
    in all of them says of none that it is the one asked for, and the heading is none."""
    rows = {row.start for row in table_rows(text)}
    below = [n for n, (start, _) in enumerate(spans) if start in rows]
    if not below:
        return list(weights)
    present = {n: among(found.scores.terms, terms_of(text[slice(*spans[n])])) for n in below}
    shared = sum(present[n].astype(float) for n in below) / len(below)
    own = found.scores.rarity * (1 - shared if len(below) > 1 else 1)
    plain = [0.0 if text[spans[n][0]] == "|" else one for n, one in enumerate(weights)]
    return [float(own[present[n]].sum()) if n in present else one for n, one in enumerate(plain)]


def _weight(sentence: str, found: Found) -> float:
    present = among(found.scores.terms, terms_of(sentence))
    return float(found.scores.rarity[present].sum())
