"""How what was found is shown: the rule in its own words with its source, or choices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from actions import feedback, payloads
from actions.phrasing.phrased import Phrased
from actions.turn import Button, Speaker, Turn
from knowledge.answer import Answer
from knowledge.citing import Cited
from knowledge.table_words import table_rows

ENTRY = "entry"  # kind of a choice: "entry:<id>:<title>"
PLAIN_QUOTE = 100  # characters of a quotation where there are no cards
TWO_SEGMENTS = 134  # characters of a text message of two parts, which an answer with its source is
APART = 24  # characters that tell two entries of one title apart
LEAST_QUOTE = 40  # characters, however long the names of rule and source are
_OFFICES = re.compile(r"^[^《]+?(?=关于)")
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]*")


def show(found: Phrased, speaker: Speaker, turn: Turn) -> None:
    """Show a sure answer: the rule verbatim with its source, a model's words for it before; older
    rules if they were asked for."""
    answer = found.answer
    if not (answer.history and answer.past):  # else the rule of today has just been shown
        cite(answer.passages, speaker, turn, words=found.text, answer=answer)
    if answer.history:
        speaker.say("answer_history")
        for cited in answer.history:
            _card(cited, speaker)


def cite(
    passages: Sequence[Cited],
    speaker: Speaker,
    turn: Turn,
    *,
    words: str = "",
    answer: Answer | None = None,
) -> None:
    """Quote passages of one entry, each as a card, after one sentence that names the source, or
    after the ``words`` a model has for them. The ``answer`` they are from tells what that sentence
    must not hide: that the entry does not say it, that it is no rule of the place asked about.
    Under the last card stands whether it helped."""
    first, plain = passages[0], turn.plain
    title = _without_office(first.title) if plain else first.title
    if words:
        speaker.say("answer_phrased", text=words, title=first.title)
    if answer and answer.past and not words:
        since = first.effective_from
        held = since is not None and since <= answer.past.first
        speaker.say("answer_same_then" if held else "answer_no_past", title=title)
    elif answer and answer.unsaid and not words:
        speaker.say("answer_unsaid", title=title)
    elif answer and answer.wider:
        speaker.say("answer_wider", title=title, place=answer.wider)
    elif not words:
        speaker.say("answer_local" if first.local else "answer_found", title=title)
    room = _room(first, title, speaker)
    if first.fields:
        rows = [{"key": f.key, "label": f.label, "value": f.value} for f in first.fields]
        lines = [f"{row['label']}：{row['value']}" for row in rows]
        if plain:
            whole = replace(first, heading="", quote="\n".join(lines), marks=())
            _card(whole, speaker, named=True, words=shortened(lines, room, "\n"))
            return
        speaker.show({"part": "fields", "title": first.title, "rows": rows}, "\n".join(lines))
        passages = _beside_the_rows(passages)
    if plain:
        _card(first, speaker, named=True, room=room)
        return
    for cited in passages[:-1]:
        _card(cited, speaker)
    _card(passages[-1], speaker, feedback.buttons(turn, first))


def _beside_the_rows(passages: Sequence[Cited]) -> Sequence[Cited]:
    """The passages that are none of the rows just shown; where all are, their source alone."""
    rows = {row.label for row in passages[0].fields}
    others = [cited for cited in passages if cited.heading not in rows]
    return others or [replace(passages[0], heading="", quote="", marks=())]


def _without_office(title: str) -> str:
    """A document's name without the offices it begins with, which the source names anyway: where
    little fits, the room is for what the rule says."""
    return _OFFICES.sub("", title)


def _card(
    cited: Cited,
    speaker: Speaker,
    buttons: Sequence[Button] = (),
    *,
    named: bool = False,
    room: int = PLAIN_QUOTE,
    words: str | None = None,
) -> None:
    """``named``: the title was just said; in so many words it need not be said again.  ``room``:
    characters there are for the quotation in words, where it is not in these ``words``."""
    part: dict[str, Any] = {
        "part": "citation",
        "title": f"{cited.title} · {cited.heading}" if cited.heading else cited.title,
        "issuer": cited.issuer or None,
        "document": cited.document or None,
        "document_number": cited.document_number or None,
        "region": cited.region or None,
        "region_name": cited.region_name or None,
        "effective_from": cited.effective_from.isoformat() if cited.effective_from else None,
        "link": cited.link or None,
        "entry_id": cited.entry_id,
        "passage_id": cited.passage_id,
        "quote": cited.quote,
        "sample": cited.sample,
        "historical": cited.historical,
    }
    source, quote = cited.issuer or cited.document, words or _trimmed(cited, room)
    if named:
        text = speaker.text("answer_named_source", quote=quote, source=source) if source else quote
    else:
        key = "answer_plain_source" if source else "answer_plain"
        text = speaker.text(key, quote=quote, title=cited.title, source=source)
    speaker.show(part, text, buttons)


def _room(cited: Cited, title: str, speaker: Speaker) -> int:
    """Characters for the quotation beside what names it and its source, in two segments."""
    source = cited.issuer or cited.document
    beside = len(speaker.text("answer_found", title=title)) + 1
    beside += len(speaker.text("answer_named_source", quote="", source=source)) if source else 0
    return max(LEAST_QUOTE, min(PLAIN_QUOTE, TWO_SEGMENTS - beside))


def _trimmed(cited: Cited, room: int) -> str:
    """The sentences that matter, where the whole is too long to read out or to send."""
    if len(cited.quote) <= room:
        return cited.quote
    rows = {row.start: row.in_words() + "。" for row in table_rows(cited.quote, cited.heading)}
    marked = [rows.get(start) or cited.quote[start:end] for start, end in cited.marks]
    between = "\n" if any(piece.startswith("- ") for piece in marked) else ""
    return shortened(marked or _SENTENCE.findall(cited.quote), room, between)


def shortened(pieces: Sequence[str], limit: int, between: str = "") -> str:
    """The first pieces that fit into so many characters, whole; only the very first may be cut, at
    the end of a line of it where there is one."""
    said = pieces[0].strip() if pieces else ""
    if len(said) > limit:
        line = said.rfind("\n", limit // 2, limit)
        return f"{said[: line if line > 0 else limit - 1]}…"
    for piece in pieces[1:]:
        if len(said) + len(between) + len(piece) > limit:
            break
        said += between + piece
    return said.strip()


def offer_candidates(answer: Answer, speaker: Speaker) -> None:
    """The base is not sure: let the person say which entry was meant."""
    buttons = [
        Button(
            "button_title",
            payloads.compose("ask_policy", f"{ENTRY}:{cited.entry_id}:{cited.title}"),
            {"title": told_apart(cited, answer.passages)},
        )
        for cited in answer.passages
    ]
    buttons.append(Button("button_none_of_these", "/ask_human"))
    speaker.say("answer_candidates", buttons)


def told_apart(cited: Cited, offered: Sequence[Cited]) -> str:
    """A title; with what tells it from others of the same title, where there are such: the same
    thing is done at several windows, by several offices."""
    same = [one for one in offered if one.title == cited.title]
    if same == [cited]:
        return cited.title
    ways = [[one.region_name for one in same], [one.issuer for one in same]]
    ways += [[_row(one, field.key) for one in same] for field in cited.fields]
    ways += [[one.quote for one in same]]
    at = same.index(cited)
    best = max(ways, key=lambda way: len(set(way)))
    detail = best[at].replace("\n", " ").strip()
    return f"{cited.title}（{detail[:APART]}{'…' if len(detail) > APART else ''}）"


def _row(cited: Cited, key: str) -> str:
    return next((field.value for field in cited.fields if field.key == key), "")
