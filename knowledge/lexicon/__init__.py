"""Language facts the engine uses, kept as data (``words.yml``) so they can be read and edited."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.yaml_file import read_yaml


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lists of ``words.yml``; see its comments for what each is for."""

    aspects: tuple[tuple[str, tuple[str, ...]], ...]
    asking: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    amount_asked: str
    amount: str
    of_time: tuple[str, ...]
    before_span: tuple[str, ...]
    within: tuple[str, ...]
    wants: dict[str, str]
    whether: tuple[str, ...]
    headings: tuple[tuple[str, tuple[str, ...]], ...]
    function_words: tuple[str, ...]
    pointing: tuple[str, ...]
    not_places: frozenset[str]
    not_after_place: tuple[str, ...]
    roadside: tuple[str, ...]
    before_origin: tuple[str, ...]
    doing: tuple[str, ...]
    of_titles: tuple[str, ...]
    manners: tuple[tuple[str, ...], ...]
    past: tuple[str, ...]
    whom: tuple[tuple[tuple[str, ...], ...], ...]
    acts: tuple[tuple[str, str], ...]
    events: frozenset[str]
    getting: str
    plain: dict[str, str]
    deeds: tuple[tuple[str, str], ...]
    unnamed_place: str
    purposes: dict[str, tuple[str, str]]
    to_do: str
    only_for: tuple[tuple[str, ...], ...]
    initials: dict[str, str]
    people: tuple[str, ...]


@cache
def lexicon() -> Lexicon:
    """Read once per process."""
    path = Path(__file__).parent / "words.yml"
    data = read_yaml(path)
    return Lexicon(
        aspects=tuple((k, tuple(v)) for k, v in data["aspects"].items()),
        asking=tuple(data["asking"]),
        facts=tuple(data["facts"].items()),
        amount_asked=data["amount_asked"],
        amount=data["amount"],
        of_time=tuple(data["of_time"]),
        before_span=tuple(data["before_span"]),
        within=tuple(data["within"]),
        wants=data["wants"],
        whether=tuple(data["whether"]),
        headings=tuple((k, tuple(v)) for k, v in data["headings"].items()),
        function_words=tuple(data["function_words"]),
        pointing=tuple(data["pointing"]),
        not_places=frozenset(data["not_places"]),
        not_after_place=tuple(data["not_after_place"]),
        roadside=tuple(data["roadside"]),
        before_origin=tuple(data["before_origin"]),
        doing=tuple(data["doing"]),
        of_titles=tuple(data["of_titles"]),
        manners=tuple(tuple(map(str, group)) for group in data["manners"]),
        past=tuple(data["past"]),
        whom=tuple(tuple(tuple(map(str, words)) for words in kind) for kind in data["whom"]),
        acts=tuple(data["acts"].items()),
        events=frozenset(data["events"]),
        getting=data["getting"],
        plain=data["plain"],
        deeds=tuple((asked, named) for asked, named in data["deeds"].values()),
        unnamed_place=data["unnamed_place"],
        purposes={k: (v["asked"], v["named"]) for k, v in data["purposes"].items()},
        to_do=data["to_do"],
        only_for=tuple(tuple(map(str, group)) for group in data["only_for"]),
        people=tuple(data["people"]),
        initials={typed: word for word, said in data["initials"].items() for typed in said},
    )


@cache
def fact_labels() -> dict[str, tuple[str, str]]:
    """Per fact of a service item: (label shown, aspect it answers), in the order shown."""
    data = read_yaml(Path(__file__).parent / "fields.yml")
    return {key: (row["label"], row["aspect"]) for key, row in data.items()}


@cache
def official_words() -> dict[str, tuple[str, ...]]:
    """Everyday word → the words rules use for it, from ``lay.txt``; as written, not folded."""
    found: dict[str, tuple[str, ...]] = {}
    path = Path(__file__).parent / "lay.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        lay, arrow, official = line.partition(">")
        if arrow and not line.startswith("#"):
            for word in lay.split():
                known = (*found.get(word, ()), *official.split())
                found[word] = tuple(dict.fromkeys(known))
    return found
