"""Whether a sentence says no more than passages do.

Strict where it counts: every amount with its unit and telephone number must stand in one and the
same clause of a passage that also carries most of the sentence's clause; negations and bounds
("至少", "以内", "必须") must stand there too, and none may be lost; names of places, offices and
documents and Latin words must be in what is shown.  Lenient in wording: a clause may leave words
out and use other function words, but no word of its own, and none of another case's: what the rule
says of a first card is not said of a new one, nor the one's fee of the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.phrasing.facts import Facts, bare, facts_of, plain_numbers
from knowledge.phrasing.orders import order_in
from knowledge.phrasing.shown import Shown
from knowledge.phrasing.words import words
from knowledge.table_words import table_rows
from knowledge.text import fold

COVERED = 0.6
"""Share of a clause's pairs of characters that its source must hold; with the words of the headings
counted too, only where the clause uses as large a share of its source."""
NEW_RUN = 3
"""Pairs in a row that may not all be new; at the edge of a run of words one less."""
NEARLY_ALL = 0.8
"""Share, both ways, from which one clause may stand for some of a sentence taken together."""
SHORT = 3
"""Characters up to which a clause has no subject of its own: it is taken with the one beside it."""
_TOGETHER = 3  # clauses of a source
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_CLAUSE = re.compile(r"[^，,。！？!?；;\n（）()]+")
_CHINESE = re.compile(r"[一-鿿]")
_NUMBERED = re.compile(r"^\s*(?:\d+[.、)）]|[（(]?[一二三四五六七八九十]+[)）、.])\s*")
_STAND_IN = re.compile(r"〔[^〕]{1,8}〕")  # for what is personal in a question
_OPENING = re.compile(r"^(?:在|对|如|若|凡|当|除|经)|(?:的|时|后)$")
_CONDITION = re.compile(r"(?:的|时|后|之日起)$")
_OF_FEES = frozenset("收费免缴交付")  # "不收费" is "免费"
_BETWEEN = re.compile(r"[^一-鿿]+")


@dataclass(frozen=True, slots=True)
class _Source:
    """A clause of a passage with what is counted of it; ``context``: the title and heading it
    stands under, whose words may be used but which support nothing alone; ``letters``: the
    characters of both.  ``sentence`` and ``first``: which sentence it is of, and which of its
    clauses.  ``depends``: the clause before it says of whom or when it is said."""

    text: str
    pairs: frozenset[str]
    facts: Facts
    context: frozenset[str]
    letters: frozenset[str]
    sentence: int
    first: int
    clauses: int = 1
    depends: bool = False

    @property
    def last(self) -> int:
        return self.first + self.clauses - 1


class Grounds:
    """What may be said: what is shown of an entry, but for what is written to a machine."""

    def __init__(self, shown: Shown) -> None:
        self._sources: list[_Source] = []
        self._all = ""
        self._pairs: set[str] = set()
        self._sentences = 0
        for piece in shown.pieces:
            if not order_in(piece.text):
                self._add(piece.text, f"{shown.title} {piece.heading}")
        for row in shown.fields:
            if not order_in(row.value):
                self._add(f"{row.label}：{row.value}", f"{shown.title} {row.label}")

    def _add(self, text: str, context: str) -> None:
        under = plain_numbers(fold(context))
        self._all += f"{under}\n{plain_numbers(fold(text))}\n"
        sentences = [_CLAUSE.findall(plain_numbers(fold(one))) for one in _SENTENCE.findall(text)]
        for row in table_rows(text, context):  # what a row says, each cell of it by itself
            name = plain_numbers(fold(row.name))
            cells = [name + plain_numbers(fold(said)) for said in row.said]
            sentences += [cells, *([under + name, cell] for cell in cells)]
            self._all += "".join(cells) + "\n"
        self._pairs |= set(_pairs(self._all))
        pairs = frozenset(_pairs(under))
        for clauses in sentences:
            self._sentences += 1
            for size in range(1, _TOGETHER + 1):
                for first in range(len(clauses) - size + 1):
                    window = "".join(clauses[first : first + size])
                    own = frozenset(_pairs(window))
                    letters = frozenset(window) | frozenset(under)
                    self._sources.append(
                        _Source(
                            window,
                            own,
                            facts_of(window),
                            pairs,
                            letters,
                            self._sentences,
                            first,
                            size,
                            first > 0 and bool(_CONDITION.search(clauses[first - 1])),
                        )
                    )

    def support(self, sentence: str) -> bool:
        """Whether every clause of a sentence is carried by a clause of the passages."""
        sentence = _NUMBERED.sub("", _STAND_IN.sub("", sentence))
        plain = plain_numbers(fold(sentence))
        if order_in(sentence) or not self._names_stand(facts_of(sentence)):
            return False
        clauses = [clause for clause in _CLAUSE.findall(plain) if not _empty(clause)]
        pieces = self._pieces(clauses)
        return bool(pieces) and self._said_together(pieces)

    def _said_together(self, pieces: list[str]) -> bool:
        """Whether the clauses of a sentence are carried by neighbours in one sentence of the
        passages, or by others that say for themselves of what they speak."""
        before: list[_Source] = []
        for at, piece in enumerate(pieces):
            carrying = self._carrying(piece)
            opened = at > 0 and _OPENING.search(pieces[at - 1])  # and this is what holds then
            before = [
                one
                for one in carrying
                if any(_beside(one, other) for other in before)
                or (not one.depends and (not at or (not one.first and not opened)))
            ]
            if not before:
                return False
        return True

    def _pieces(self, clauses: list[str]) -> list[str]:
        """The clauses, those too short to have a subject joined to the one before, or after.

        What is new in a short one is not made good by its neighbour: nothing carries such a piece.
        """
        pieces: list[str] = []
        begun = ""
        for clause in clauses:
            bare = _bare_pairs(clause)
            if len("".join(_segments(clause))) > SHORT:
                pieces.append(begun + clause)
                begun = ""
            elif any(pair not in self._pairs for pair in bare):
                return []
            elif pieces:
                pieces[-1] += clause
            else:
                begun += clause
        return pieces or ([begun] if begun else [])

    def _names_stand(self, facts: Facts) -> bool:
        """Names and codes word for word somewhere in what is shown."""
        said = re.sub(r"(?<=\d)[ ()-]+(?=\d)", "", self._all)
        unwrapped = bare(self._all)
        return all(name in self._all or name in unwrapped for name in facts.names) and all(
            code in said for code in facts.codes
        )

    def _carrying(self, piece: str) -> list[_Source]:
        found: list[_Source] = []
        facts, segments = facts_of(piece), _segments(piece)
        pairs = [pair for segment in segments for pair in _pairs(segment)]
        for source in self._sources:
            known = source.pairs | source.context
            if (
                facts.amounts <= source.facts.amounts
                and facts.codes <= source.facts.codes
                and _enough(pairs, source)
                and (pairs or set("".join(segments)) <= source.letters)
                and not any(_something_new(segment, known) for segment in segments)
                and bool(_negations(piece)) == bool(_negations(source.text))
                and not _unbound(piece, source.text)
                and not self._of_another_case(segments, source)
            ):
                found.append(source)
        return found

    def _of_another_case(self, segments: list[str], source: _Source) -> bool:
        """Whether it has a character that only other clauses of the passages have (补 of 补领)."""
        strange = {char for run in segments for char in run if len(run) > 1}
        strange -= source.letters | _OF_FEES
        return any(char in self._all for char in strange)


def _beside(one: _Source, other: _Source) -> bool:
    near = one.first <= other.last + 1 and other.first <= one.last + 1
    return one.sentence == other.sentence and near


def _pairs(text: str) -> list[str]:
    return [
        text[n : n + 2]
        for n in range(len(text) - 1)
        if _CHINESE.match(text[n]) and _CHINESE.match(text[n + 1])
    ]


def _segments(text: str) -> list[str]:
    """The runs of Chinese characters left when the words of wrapping are taken out."""
    return [run for run in _BETWEEN.split(bare(text)) if run]


def _bare_pairs(text: str) -> list[str]:
    return [pair for segment in _segments(text) for pair in _pairs(segment)]


def _empty(clause: str) -> bool:
    """Whether it says nothing: words of wrapping, no fact, no negation."""
    return not re.search(r"\w", words().glue.sub("", clause))


def _enough(pairs: list[str], source: _Source) -> bool:
    if not pairs:
        return source.clauses == 1 and source.facts.any  # facts alone, and they stand here
    own = sum(pair in source.pairs for pair in pairs) / len(pairs)
    if source.clauses == 1 and own >= COVERED:
        return True
    used = set(_bare_pairs(source.text))
    share = len(used & set(pairs)) / len(used) if used else 1.0
    if source.clauses > 1:
        return own >= NEARLY_ALL and share >= NEARLY_ALL
    held = sum(pair in source.pairs or pair in source.context for pair in pairs) / len(pairs)
    return own > 0 and held >= COVERED and share >= COVERED


def _something_new(segment: str, known: frozenset[str]) -> bool:
    """Whether a word or more of a run of characters is nowhere in the source."""
    if len(segment) == 1:
        return False
    run = 1  # the edge counts as one
    for pair in _pairs(segment):
        run = 0 if pair in known else run + 1
        if run >= NEW_RUN:
            return True
    return run + 1 >= NEW_RUN and run > 0


def _negations(text: str) -> list[str]:
    found = words()
    return found.negations.findall(found.not_negations.sub("", text))


def _unbound(piece: str, source: str) -> bool:
    """Whether the piece sets a bound the source does not, or says without its limit what is limited
    there ("首次申领免费" is not "申领免费")."""
    found = words()
    return any(bound.search(piece) and not bound.search(source) for bound in found.bounds) or any(
        limit[1] in piece and limit[0] not in piece for limit in found.limited.findall(source)
    )
