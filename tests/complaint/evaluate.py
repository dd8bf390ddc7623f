"""Measure complaint understanding: ``python -m tests.complaint.evaluate [file] [--nlu] [--json]``.

With ``--nlu`` the trained intent classifier is heard too, as in ``huiying understand``.

A line of the set is ``{"id", "text", "now", "gold": {...}}``. Gold fields are stretches of the
text; one that is absent was not said. Reported are, per field: precision and recall, where a found
stretch is right if it covers the gold one or shares most of it; how many were found to the letter
(``exact``) or whole (``covered``); of places how many are, to the letter, what is found or its name
(``named``), or what begins and ends where parts of it do (``by_parts``); per kind of appeal
precision, recall and F1; per first-level category how many were right; and texts a second on one
core, the classifier's time not counted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from actions.understanding import AppealType, Nlu, Understanding, understand, warm_up
from actions.understanding.matter.category_tree import group_of
from connectors import bot_process

GOLD = Path(__file__).with_name("texts.jsonl")
MAIN_KINDS = ("投诉", "咨询", "建议", "举报")
SPANS = ("place", "time", "subject", "wanted", "name", "phone")
FLAGS = ("on_behalf", "anonymous", "confidential", "reported_before")


@dataclass
class Tally:
    """Counts for one field or class."""

    gold: int = 0
    found: int = 0
    right: int = 0
    exact: int = 0
    covered: int = 0
    named: int = 0
    by_parts: int = 0

    def report(self) -> dict[str, Any]:
        """Rates of these counts; a rate over nothing is left out."""
        line: dict[str, Any] = {"gold": self.gold, "found": self.found}
        if self.found:
            line["precision"] = round(self.right / self.found, 3)
        if self.gold:
            line["recall"] = round(self.right / self.gold, 3)
        if self.exact or self.covered:
            line["exact"] = round(self.exact / self.gold, 3)
            line["covered"] = round(self.covered / self.gold, 3)
        if self.named or self.by_parts:
            line["named"] = round(self.named / self.gold, 3)
            line["by_parts"] = round(self.by_parts / self.gold, 3)
        if self.found and self.gold:
            line["f1"] = round(2 * self.right / (self.found + self.gold), 3)
        return line


@dataclass
class Score:
    """Everything counted over a set."""

    fields: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    kinds: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    firsts: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    hits: Counter[str] = field(default_factory=Counter)
    chances: Counter[str] = field(default_factory=Counter)

    def mark(self, name: str, right: bool) -> None:
        """Count one yes-or-no question."""
        self.chances[name] += 1
        self.hits[name] += right

    def rate(self, name: str) -> float:
        """Share of a question's answers that were right."""
        return round(self.hits[name] / max(1, self.chances[name]), 3)

    def macro(self, kinds: Iterable[str]) -> float:
        """Mean F1 over kinds of appeal."""
        values = [self.kinds[k].report().get("f1", 0.0) for k in kinds]
        return round(sum(values) / len(values), 3)


def overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Shared length over the longer stretch."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return max(0, shared) / max(a[1] - a[0], b[1] - b[0], 1)


def count_spans(score: Score, text: str, gold: dict[str, Any], found: dict[str, Any]) -> None:
    """Compare each field with a span."""
    for name in SPANS:
        tally = score.fields[name]
        said, got = gold.get(name), found.get(name)
        tally.gold += bool(said)
        tally.found += bool(got)
        if not said or not got:
            continue
        spots = [i for i in range(len(text)) if text.startswith(said, i)] or [-10_000]
        spot = (got["start"], got["end"])
        covered = said in got["text"]
        shared = max(overlap((s, s + len(said)), spot) for s in spots)
        tally.exact += got["text"] == said
        tally.covered += covered
        tally.right += covered or shared >= 0.5
        if name == "place":
            tally.named += said in (got["text"], got.get("name", got)["text"])
            tally.by_parts += said in cut_by_parts(got)


def cut_by_parts(place: dict[str, Any]) -> set[str]:
    """A place, and every stretch of it from where one of its parts begins to where one ends, or the
    name does."""
    parts, begin = place.get("parts", ()), place["start"]
    ends = [*(part["end"] for part in parts), place.get("name", place)["end"]]
    cuts = {place["text"][p["start"] - begin : end - begin] for p in parts for end in ends}
    return {place["text"], *cuts} - {""}


def count_one(score: Score, text: str, gold: dict[str, Any], line: dict[str, Any]) -> None:
    """Compare one understanding with its gold."""
    kind, got_kind = gold.get("appeal_type"), line["appeal_type"]
    score.confusion[str(kind), str(got_kind)] += 1
    score.kinds[str(kind)].gold += 1
    score.kinds[str(got_kind)].found += 1
    score.kinds[str(kind)].right += kind == got_kind
    path, got_path = gold.get("category") or [], line["category"]
    if path:
        first = got_path[0] if got_path else ""
        score.firsts[path[0]].gold += 1
        score.firsts[first].found += 1
        score.firsts[path[0]].right += first == path[0]
        score.mark("category_first", first == path[0])
        score.mark("category_group", bool(first) and group_of(first) == group_of(path[0]))
        if len(path) > 1:
            score.mark("category_second", got_path[:2] == path[:2])
    found = line["fields"]
    count_spans(score, text, gold, found)
    for name in FLAGS:
        if name in gold:
            tally = score.fields[name]
            tally.gold += gold[name]
            tally.found += found[name]
            tally.right += gold[name] and found[name]
    if gold.get("region") and gold.get("place"):
        score.mark("region", found.get("place", {}).get("region") == gold["region"])
    if "from" in gold and gold.get("time"):
        when = found.get("time", {})
        for end in ("from", "to"):
            if gold[end]:  # what only recurs has no day of its own
                score.mark(f"time_{end}_day", str(when.get(end))[:10] == gold[end][:10])
        score.mark("recurrence", when.get("recurrence") == gold["recurrence"])
    score.mark("three_questions", len(line["missing"]) <= 3)


def classified(rows: list[dict[str, Any]]) -> list[Nlu]:
    """What the trained intent classifier says of every row."""
    done = subprocess.run(
        bot_process.command("nlu"),
        cwd=bot_process.folder(),
        input="".join(json.dumps({"id": k, "text": r["text"]}) + "\n" for k, r in enumerate(rows)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seen = [json.loads(line) for line in done.stdout.splitlines()[1:]]
    return [
        Nlu(s["intent"]["name"], s["intent"]["confidence"], tuple(map(tuple, s["ranking"])))
        for s in seen
    ]


def evaluate(
    rows: list[dict[str, Any]],
    home_region: str | None = None,
    heard: Sequence[Nlu] | None = None,
) -> tuple[Score, list[Understanding]]:
    """Understand every row, without the classifier unless ``heard`` has its words, and compare."""
    score = Score()
    answers = []
    silent = [Nlu("nlu_fallback", 0.0)] * len(rows)
    for row, nlu in zip(rows, heard or silent, strict=True):
        answer = understand(
            row["text"],
            nlu,
            datetime.fromisoformat(row["now"]),
            home_region=home_region,
        )
        answers.append(answer)
        count_one(score, row["text"], row["gold"], answer.to_json(row["id"]))
    return score, answers


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a gold set."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def report(score: Score, count: int, seconds: float) -> dict[str, Any]:
    """Everything as one JSON object."""
    return {
        "n": count,
        "texts_per_second": round(count / seconds, 1),
        "appeal_macro_f1": score.macro(MAIN_KINDS),
        "appeal_macro_f1_all": score.macro([kind.value for kind in AppealType]),
        "appeal": {kind.value: score.kinds[kind.value].report() for kind in AppealType},
        "rates": {name: score.rate(name) for name in score.chances},
        "fields": {name: score.fields[name].report() for name in (*SPANS, *FLAGS)},
        "first_levels": {
            name: tally.report() for name, tally in score.firsts.items() if tally.gold
        },
    }


def show(result: dict[str, Any], confusion: Counter[tuple[str, str]]) -> None:
    """The report as tables for a person."""
    print(
        f"{result['n']} texts, {result['texts_per_second']}/s, appeal macro-F1 "
        f"{result['appeal_macro_f1']} (all six {result['appeal_macro_f1_all']})"
    )
    names = [kind.value for kind in AppealType] + ["None"]
    print("gold \\ found", *names)
    for gold in names:
        print(f"{gold:8}", *(f"{confusion[gold, got]:4}" for got in names))
    for block in ("appeal", "fields", "first_levels"):
        print(f"\n{block}")
        for name, line in result[block].items():
            print(f"  {name:14}", "  ".join(f"{k} {v}" for k, v in line.items()))
    print("\nrates", result["rates"])


def main() -> int:
    """Run from the shell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=GOLD)
    parser.add_argument("--json", action="store_true", help="write one JSON object")
    parser.add_argument("--nlu", action="store_true", help="hear the trained intent classifier")
    arguments = parser.parse_args()
    rows = read_rows(arguments.file)
    heard = classified(rows) if arguments.nlu else None
    warm_up()
    began = time.process_time()
    score, _ = evaluate(rows, heard=heard)
    result = report(score, len(rows), time.process_time() - began)
    if arguments.json:
        json.dump(result, sys.stdout, ensure_ascii=False)
        print()
    else:
        show(result, score.confusion)
    return 0


if __name__ == "__main__":
    sys.exit(main())
