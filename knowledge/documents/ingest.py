"""Takes files into a base: read, check, store, publish; one report of what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.clock import today
from knowledge.codec import entry_from_json, entry_to_json
from knowledge.documents.pieces import Pieces
from knowledge.model import Entry, EntryId
from knowledge.names import plain_name
from knowledge.published.publish import Published, check_judge, publish, writer_lock
from knowledge.published.store import Change, EntryStore
from knowledge.sources.mapping import FieldMap
from knowledge.sources.official import form
from knowledge.sources.paths import id_of, said
from knowledge.sources.raw import Problem, Raw, build
from knowledge.sources.read import files_under, read_file
from knowledge.succession import Span, cycles, doubts, settled

if TYPE_CHECKING:
    from knowledge.vectors.embeddings import Embedder

_NAMED_PLACES = 5

Progress = Callable[[str, int], None]
"""Called with the name of the stage and how many things it has done so far."""


@dataclass(slots=True)
class Report:
    """``skipped``: not taken, each with its reason; ``warnings``: taken, with a doubt.
    ``vectors``: passages Chroma holds, ``None`` if it was left alone."""

    added: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    skipped: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    published: Published | None = None
    vectors: int | None = None

    @property
    def taken(self) -> int:
        return self.added + self.changed + self.same


def silent(stage: str, done: int) -> None:
    """No progress shown."""


def ingest(
    folder: Path,
    paths: Sequence[Path],
    *,
    urls: Sequence[str] = (),
    field_map: FieldMap | None = None,
    who: str = "",
    why: str = "ingest",
    prune: bool = False,
    embedder: Embedder | None = None,
    progress: Progress = silent,
) -> Report:
    """Bring a base up to date with files, and with addresses on hosts that are allowed
    (:mod:`knowledge.sources.web`).  Nothing is published if nothing was readable.

    ``prune``: entries that came from these paths before and are no longer there are removed,
    but only when every file could be read: a folder that vanished must not empty the base.
    Raises :class:`~knowledge.published.publish.BaseBusyError` if another process is at it.
    """
    report = Report()
    with EntryStore(folder / "entries.sqlite") as before:
        parcels = _collect(paths, urls, field_map, report, progress, before)
    with writer_lock(folder), EntryStore(folder / "entries.sqlite") as store:
        parcels = _sound(parcels, store, report)
        kept = {parcel.span.id for parcel in parcels}
        with store.transaction():
            parcels.reverse()
            while parcels:  # each is let go as it is stored
                parcel = parcels.pop()
                text = parcel.text.decode()
                _count(report, store.put_text(text, parcel.span, parcel.origin, who, why))
                if report.taken % 500 == 0:
                    progress("store", report.taken)
            if prune and kept and not report.skipped:
                report.removed = _prune(store, [*map(said, paths), *urls], kept, who)
        progress("index", 0)
        report.published = publish(folder, store)
        if report.published.rebuilt:
            progress("check", 0)
            check_judge(folder, store, today())
        _mirror(folder, embedder, report, progress)
        progress("done", report.taken)
    return report


def _mirror(folder: Path, embedder: Embedder | None, report: Report, progress: Progress) -> None:
    from knowledge.errors import EmbeddingError
    from knowledge.vectors.embeddings import configured
    from knowledge.vectors.mirror import mirror

    try:
        chosen = embedder or configured()
        report.vectors = mirror(folder, chosen, lambda done: progress("vectors", done))
    except EmbeddingError as error:
        report.warnings.append(Problem(folder.name, f"{error}；检索暂时只按文字", taken=True))


@dataclass(frozen=True, slots=True)
class _Parcel:
    """An entry that was read, packed: a hundred thousand of them must fit in memory."""

    text: bytes
    origin: str
    span: Span

    @classmethod
    def of(cls, entry: Entry) -> _Parcel:
        return cls(entry_to_json(entry).encode(), entry.origin, Span.of(entry))


def _collect(
    paths: Sequence[Path],
    urls: Sequence[str],
    field_map: FieldMap | None,
    report: Report,
    progress: Progress,
    before: EntryStore,
) -> list[_Parcel]:
    """Read everything before touching the base, so a bad source leaves it as it was."""
    found: dict[EntryId, _Parcel] = {}
    pieces = Pieces()
    for items in _sources(paths, urls, field_map):
        for item in items:
            for made in (item,) if isinstance(item, Problem) else build(item):
                if isinstance(made, Problem):
                    (report.warnings if made.taken else report.skipped).append(made)
                    continue
                made = _own_id(made, found, before)
                if made.id not in found:
                    found[made.id] = _Parcel.of(made)
                    if len(found) % 500 == 0:
                        progress("read", len(found))
                    continue
                taken = pieces.add(
                    entry_from_json(found[made.id].text), found[made.id].origin, made
                )
                (report.warnings if taken.taken else report.skipped).append(taken)
    for entry in pieces.joined():
        found[entry.id] = _Parcel.of(entry)
    return list(found.values())


def _own_id(entry: Entry, found: Mapping[EntryId, _Parcel], before: EntryStore) -> Entry:
    """The entry under an id of its own, where it has only its file's name and another file of that
    name, in this ingest or still there from an earlier one, has it too."""
    path = Path(entry.origin)
    stem = id_of(path)
    if entry.id != stem:
        return entry
    suffix = path.suffix.lstrip(".")
    for own in (stem, f"{path.parent.name}-{stem}", f"{stem}-{suffix}"):
        other = found[EntryId(own)].origin if own in found else before.origin(EntryId(own))
        if other in ("", entry.origin) or (own not in found and not Path(other).exists()):
            return replace(entry, id=EntryId(own))
    return entry


def _sources(
    paths: Sequence[Path], urls: Sequence[str], field_map: FieldMap | None
) -> Iterator[Iterable[Raw | Problem]]:
    for file in files_under(paths):
        yield (file,) if isinstance(file, Problem) else read_file(file, field_map)
    if urls:
        from knowledge.sources.web import Hosts, read_url

        hosts = Hosts.configured()
        for url in urls:
            yield read_url(url, hosts, field_map)


def _sound(parcels: list[_Parcel], store: EntryStore, report: Report) -> list[_Parcel]:
    """Leave out entries whose claims of replacing go in a circle; voice the doubts of others."""
    unclear: dict[EntryId, tuple[str, ...]] = {}
    incoming = {parcel.span.id: parcel.span for parcel in parcels}
    names: dict[str, list[EntryId]] = {}
    for span in incoming.values():
        for name in span.names:
            names.setdefault(name, []).append(span.id)

    def there(entry_id: EntryId) -> bool:
        return entry_id in incoming or store.holds(entry_id)

    def named(name: str) -> list[EntryId]:
        kept = [one for one in store.named(name) if one not in incoming]
        return [*names.get(plain_name(name), ()), *kept]

    for span in [span for span in incoming.values() if span.supersedes]:
        incoming[span.id], unclear[span.id] = settled(span, there, named)
    _same_names(names, incoming, unclear)
    claimed = {other for span in incoming.values() for other in span.supersedes}
    before = [*store.succession(), *store.spans(claimed)]
    known = {span.id: span for span in before} | incoming
    looping = cycles(known)
    kept: list[_Parcel] = []
    for parcel in parcels:
        if parcel.span.id in looping:
            loop = "、".join(sorted(looping)[:5])
            report.skipped.append(
                Problem(
                    parcel.origin, f"互相取代，成了环：{loop}；请核对各自的 supersedes，都没有收"
                )
            )
            continue
        kept.append(parcel)
        voiced = (*unclear.get(parcel.span.id, ()), *doubts(known[parcel.span.id], known))
        for doubt in voiced:
            report.warnings.append(Problem(parcel.origin, doubt, taken=True))
    return kept


def _same_names(
    names: Mapping[str, Sequence[EntryId]],
    incoming: Mapping[EntryId, Span],
    unclear: dict[EntryId, tuple[str, ...]],
) -> None:
    """Voice a doubt where two documents of one name hold at once and neither replaces the other:
    an old version of a law beside the new one would be cited as in force."""
    for name, ids in names.items():
        if len(ids) < 2 or not name.endswith(form().kinds):
            continue
        for one, other in pairwise(ids):
            first, second = incoming[one], incoming[other]
            told = one in second.supersedes or other in first.supersedes
            told = told or (first.part_of != "" and first.part_of == second.part_of)
            if not told and _both_hold(first, second) and first.region == second.region:
                doubt = f"和 {one} 同名，没写谁取代谁，两份都当作有效；请在新的一份写 supersedes"
                unclear[other] = (*unclear.get(other, ()), doubt)


def _both_hold(one: Span, other: Span) -> bool:
    """Whether there is a day, today or later, on which both are in force."""
    begin = max(span.first or date.min for span in (one, other))
    end = min(span.last or date.max for span in (one, other))
    return max(begin, today()) <= end


def _count(report: Report, change: Change) -> None:
    if change is Change.ADDED:
        report.added += 1
    elif change is Change.CHANGED:
        report.changed += 1
    else:
        report.same += 1


def _prune(store: EntryStore, roots: Sequence[str], kept: set[EntryId], who: str) -> int:
    # An origin is a file, or a file with ":line" or "[sheet]:row" after it.
    within = tuple(f"{root}{sign}" for root in roots for sign in ("/", ":", "["))
    gone = [
        entry_id
        for entry_id, origin in store.origins().items()
        if entry_id not in kept and (origin in roots or origin.startswith(within))
    ]
    return sum(store.remove(entry_id, who, "no longer in the source") for entry_id in gone)


def grouped(problems: Sequence[Problem], most: int = 50) -> list[str]:
    """Problems as lines; one reason in many places becomes one line that names the first few."""
    counts = Counter(problem.reason for problem in problems)
    places: dict[str, list[str]] = {}
    for problem in problems:
        named = places.setdefault(problem.reason, [])
        if len(named) < _NAMED_PLACES:
            named.append(problem.where.replace("\n", " "))
    lines = [
        "、".join(places[reason])
        + (f" 等 {count} 处" if count > len(places[reason]) else "")
        + f"：{reason}"
        for reason, count in counts.most_common(most)
    ]
    if len(counts) > most:
        lines.append(f"……另有 {len(counts) - most} 种情况，用 --json 看全部")
    return lines
