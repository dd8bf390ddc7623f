"""Talk each gold text through with the form: ``python -m tests.complaint.simulate [file …]``.

The text opens a complaint; a patient person then answers whatever is asked, one thing a message,
until the summary. Counted are the questions, the texts that need three at most, and questions for
what was already answered: for a field the draft holds (must be none), and for one the text told
though the form did not hear it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from actions.complaint.dialogue import take
from actions.complaint.record.draft import CONFIRMED, Draft, Field, Privacy
from actions.complaint.record.needs import needed
from actions.complaint.steering.moves import Message
from actions.complaint.told import intake
from actions.understanding import Nlu, Understanding, understand
from actions.understanding.fields import AppealType
from tests.complaint.evaluate import read_rows

ANSWERS = {
    Field.MATTER: "楼道灯坏了很久没有人修",
    Field.PLACE: "翠竹园小区3栋",
    Field.TIME: "昨天晚上八点",
    Field.SUBJECT: "物业公司",
    Field.WANTED: "尽快修好",
    Field.ENTERPRISE: "蜀山新科商贸有限公司",
    Field.CREDIT_CODE: "91350100M000100Y43",
    Field.NAME: "张先生",
    Field.PHONE: "13800001234",
}
TOLD = {Field.PLACE: "place", Field.TIME: "time", Field.WANTED: "wanted", Field.SUBJECT: "subject"}
MOST_TURNS = 12


@dataclass
class Talks:
    """What was counted over conversations."""

    questions: list[int] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    """Asked though the draft held it."""
    unheard: Counter[str] = field(default_factory=Counter)
    """Asked though the text told it, by field."""
    unfinished: list[str] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """Everything as one JSON object."""
        count = len(self.questions)
        return {
            "talks": count,
            "finished": count - len(self.unfinished),
            "questions_mean": round(sum(self.questions) / max(1, count), 2),
            "questions": dict(sorted(Counter(self.questions).items())),
            "three_at_most": round(sum(q <= 3 for q in self.questions) / max(1, count), 3),
            "asked_what_was_answered": len(self.held),
            "told_but_not_heard": dict(self.unheard),
        }


def talk(row: dict[str, Any], talks: Talks) -> None:
    """One conversation, from the text to the summary."""
    now = datetime.fromisoformat(row["now"])

    def read(text: str) -> Understanding:
        return understand(text, Nlu("inform", 0.0), now)

    kind = AppealType(row["gold"].get("appeal_type") or AppealType.COMPLAINT)
    draft = Draft(key=row["id"], kind=kind, needed=needed(kind, Privacy.OPEN))
    draft = intake.told(draft, read(row["text"]), row["text"])
    asked: list[Field] = []
    while (slot := draft.next_slot()) not in (CONFIRMED, None) and len(asked) < MOST_TURNS:
        name = Field(str(slot))
        where = name is Field.PLACE and (draft.which_city() or draft.too_wide())
        more = where or (name is Field.SUBJECT and draft.names_only_a_kind())  # of what was said
        if (draft.text(name) and not more) or (name in asked and not more):
            talks.held.append(f"{row['id']} {name}")
        if row["gold"].get(TOLD.get(name, "")):
            talks.unheard[name] += 1
        asked.append(name)
        outcome = take(draft, Message(ANSWERS[name], "inform", 0.9), read)
        assert outcome.draft is not None
        draft = outcome.draft
    if draft.next_slot() != CONFIRMED:
        talks.unfinished.append(row["id"])
    talks.questions.append(len(asked))


def hold(rows: Iterable[dict[str, Any]]) -> Talks:
    """A conversation with each row that is a matter."""
    talks = Talks()
    for row in rows:
        if row["gold"].get("appeal_type"):
            talk(row, talks)
    return talks


def main() -> None:
    """Run from the shell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = Path(__file__).parent
    parser.add_argument("files", nargs="*", type=Path, default=sorted(here.glob("*.jsonl")))
    for file in parser.parse_args().files:
        talks = hold(read_rows(file))
        print(file.name, json.dumps(talks.report(), ensure_ascii=False))
        print(" ", *talks.held[:8], *talks.unfinished[:8])


if __name__ == "__main__":
    main()
