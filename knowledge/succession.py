"""When rules end because others replace them, and which claims of replacing make no sense."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge.model import Entry, EntryId
from knowledge.names import called
from knowledge.regions import within


@dataclass(frozen=True, slots=True)
class Span:
    """What succession needs to know of an entry.  ``supersedes``: ids, or the numbers and names by
    which a document calls those it ends; ``names``: by which others may call this one;
    ``part_of``: the document it is a piece of."""

    id: EntryId
    region: str
    first: date | None
    last: date | None
    supersedes: tuple[EntryId, ...]
    names: tuple[str, ...] = ()
    part_of: str = ""

    @classmethod
    def of(cls, entry: Entry) -> Span:
        return cls(
            entry.id,
            entry.region,
            entry.effective_from,
            entry.effective_to,
            entry.supersedes,
            called(entry),
            entry.part_of,
        )


def settled(
    span: Span, there: Callable[[EntryId], bool], named: Callable[[str], Sequence[EntryId]]
) -> tuple[Span, tuple[str, ...]]:
    """The span with ids for the numbers and names it replaces by, where just one entry has them;
    and what could not be told."""
    ids: list[EntryId] = []
    unclear: list[str] = []
    for other in span.supersedes:
        found = [] if there(other) else [one for one in named(other) if one != span.id]
        if len(found) > 1:
            some = "、".join(found[:5])
            unclear.append(f"取代的“{other}”不止一个条目（{some}），请写编号")
        else:
            ids.append(found[0] if found else other)
    return replace(span, supersedes=tuple(dict.fromkeys(ids))), tuple(unclear)


def cycles(spans: Mapping[EntryId, Span]) -> frozenset[EntryId]:
    """Entries that, by way of others, claim to replace themselves."""
    state: dict[EntryId, int] = {}  # 1: on the current path, 2: done
    caught: set[EntryId] = set()
    for root in spans:
        if root in state or not spans[root].supersedes:
            continue
        path: list[EntryId] = []
        stack: list[tuple[EntryId, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                state[node] = 2
                path.pop()
                continue
            if state.get(node) == 1:
                caught.update(path[path.index(node) :])
                continue
            if state.get(node) == 2:
                continue
            state[node] = 1
            path.append(node)
            stack.append((node, True))
            stack += [(other, False) for other in spans[node].supersedes if other in spans]
    return frozenset(caught)


def last_days(spans: Iterable[Span]) -> dict[EntryId, date | None]:
    """The last day each entry holds: its own, or the day before a successor's first.

    A successor without a first day ends its predecessor outright.  One whose region does not
    cover the predecessor's ends nothing: a city cannot repeal a national rule.
    """
    known = {span.id: span for span in spans}
    last = {span.id: span.last for span in known.values()}
    for span in known.values():
        for other in span.supersedes:
            before = known.get(other)
            if before is None or not within(before.region, span.region):
                continue
            end = span.first - timedelta(days=1) if span.first else date.min
            current = last[other]
            last[other] = end if current is None else min(current, end)
    return last


def doubts(span: Span, known: Mapping[EntryId, Span]) -> Iterable[str]:
    """What is odd about an entry's claims, in words for an editor."""
    for other in span.supersedes:
        before = known.get(other)
        if before is None:
            yield f"取代的条目不在库里：{other}"
            continue
        if not within(before.region, span.region):
            yield f"声明取代 {other}，但地区 {span.region} 管不到 {before.region}，不予认可"
        elif span.first is None:
            yield f"取代了 {other} 却没有生效日期，旧条目按已失效处理"
        elif before.first and before.first >= span.first:
            yield f"生效日期 {span.first} 不晚于被取代的 {other}（{before.first}）"
