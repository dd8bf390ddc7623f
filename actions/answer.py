"""A policy question: answered in the knowledge base's own words, or honestly not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import Tracker

from actions import feedback, history, offers, payloads
from actions.base import TurnAction
from actions.complaint import matters
from actions.model.stand_ins import searchable
from actions.phrasing.phrased import Phrased, phrased, without_orders
from actions.services import Services
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.fields import AppealType
from actions.understanding.people.enterprise import speaks_for_one
from actions.understanding.text.folding import fold as fold_words
from connectors.clock import in_china
from connectors.store import gaps
from knowledge.answer import Answer, Cited
from knowledge.fitting import offices
from knowledge.judging.judge import Verdict
from knowledge.judging.signals import asks
from knowledge.query import Query
from knowledge.questions.follow_up import LONGEST
from knowledge.questions.question import points_back, subject_before, what_about
from knowledge.table_words import table_rows
from knowledge.text import fold

ENTRY = "entry"  # kind of a choice: "entry:<id>:<title>"
SURE_OF_INTENT = 0.45  # the classifier's, which falls back below 0.3
SHORTEST_QUESTION = 2  # characters; less asks nothing
PLAIN_QUOTE = 100  # characters of a quotation where there are no cards
TWO_SEGMENTS = 134  # characters of a text message of two parts, which an answer with its source is
APART = 24  # characters that tell two entries of one title apart
LEAST_QUOTE = 40  # characters, however long the names of rule and source are
_OFFICES = re.compile(r"^[^《]+?(?=关于)")
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]*")
_OF_US = re.compile(
    "[你您]|12345|热线|机器人|人工|客服|座席|坐席|话务|工单|单号|单子|编号|进度|进展|催|撤|回复|答复|上次|上回"
)
"""Of these a short question is about us or an order, not about the rule just shown."""
AUDIENCES: dict[str, Literal["person", "enterprise"]] = {"enterprise": "enterprise"}
"""Whom rules are kept to. A person may ask for their shop or firm, so nothing is kept from one;
who has come as a firm is not told what is for people only."""


class AnswerPolicy(TurnAction):
    action_name = "action_answer"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if feedback.is_vote(turn):
            return await feedback.pressed(self.services, turn, speaker)
        if turn.choice and turn.choice.startswith(f"{ENTRY}:"):
            asked = history.earlier_questions(tracker)
            return await self._entry(turn, speaker, asked)
        if turn.is_payload or len(turn.text.strip()) < SHORTEST_QUESTION:
            speaker.say("answer_what")
            return []
        earlier = asked_before(tracker)
        question, matter = question_and_matter(turn)
        found = await look_up(self.services, turn, question, earlier, shown_before(tracker))
        return await self.told(found, matter, turn, speaker)

    async def told(self, found: Phrased, matter: str, turn: Turn, speaker: Speaker) -> list[Event]:
        """Say what was found, and offer to register the ``matter`` told beside the question."""
        answer = found.answer
        if answer.verdict is Verdict.ANSWER:
            show(found, speaker, turn)
            return [SlotSet("failures", None), *and_the_matter(matter, turn, speaker)]
        await note_gap(self.services, turn, answer)
        if answer.verdict is Verdict.CANDIDATES:
            offer_candidates(answer, speaker)
            return [SlotSet("failures", None), *and_the_matter(matter, turn, speaker)]
        return nothing_found(turn, speaker)

    async def _entry(self, turn: Turn, speaker: Speaker, asked: tuple[str, ...]) -> list[Event]:
        """A candidate was chosen: what that entry says to the question it was offered for."""
        _, entry_id, title = (turn.choice or "").split(":", 2)
        query = query_of(self.services, turn, asked[-1] if asked else title, asked[:-1])
        about = self.services.answerer.about
        answer = without_orders(await asyncio.to_thread(about, entry_id, query))
        if answer.verdict is not Verdict.ANSWER:
            speaker.say("answer_gone", (Button("button_human", "/ask_human"),))
            return []
        await self._found_after_all(turn, asked)
        cite(answer.passages, speaker, turn, answer=answer)
        return [SlotSet("failures", None)]

    async def _found_after_all(self, turn: Turn, asked: tuple[str, ...]) -> None:
        talk = turn.conversation_id
        if talk is not None and asked:
            await self.services.database.transact(
                lambda conn: gaps.found_after_all(conn, talk, asked[-1])
            )


def question_and_matter(turn: Turn) -> tuple[str, str]:
    """What a message asks, and the matter it tells in the same breath, outside a form; the whole
    and nothing where it is not both."""
    both = None if turn.active_form or turn.is_payload else matters.beside_question(turn.text)
    return both or (turn.text, "")


def and_the_matter(matter: str, turn: Turn, speaker: Speaker) -> list[Event]:
    """Offer to register what was told beside a question just answered."""
    if not matter:
        return []
    speaker.say("answer_and_matter", (Button("button_complaint", "/complain"),))
    return [offers.make(turn, offers.REGISTER, text=matter)]


async def more(
    services: Services, turn: Turn, speaker: Speaker, tracker: Tracker
) -> list[Event] | None:
    """A question without a subject right after an answer or an offer ("要多久？", "孩子的呢") is
    about the same rule, whatever else it could mean, and one for an office's number or hours is
    none of ours; ``None`` if this is neither."""
    if of_an_office(turn):
        return await AnswerPolicy(services).act(turn, speaker, tracker)
    said = fold(turn.text)
    if turn.active_form or turn.is_payload or not (points_back(said) and asks(said)):
        return None
    if not shown_before(tracker) and not offered_before(tracker):
        return None
    return await AnswerPolicy(services).act(turn, speaker, tracker)


async def of_the_rule(
    services: Services, turn: Turn, speaker: Speaker, tracker: Tracker
) -> list[Event] | None:
    """A short question right after a rule that sounded like something else (照片要几张, 周末上班吗)
    and names nothing of that, if the base has anything to say to it; ``None`` if this is none."""
    before = shown_before(tracker)
    if turn.active_form or turn.is_payload or not (before or offered_before(tracker)):
        return None
    if not asks_further(turn):
        return None
    found = await look_up(services, turn, turn.text, asked_before(tracker), before)
    if found.answer.verdict is Verdict.NONE:
        return None
    return await AnswerPolicy(services).told(found, "", turn, speaker)


def asks_further(turn: Turn) -> bool:
    """Whether a message is short, asks, and names neither us nor an order: right after a rule it is
    about that, whatever it sounds like."""
    said = fold(turn.text)
    return len(said) <= LONGEST and asks(said) and not _OF_US.search(said)


async def another_case(
    services: Services, turn: Turn, speaker: Speaker, tracker: Tracker
) -> list[Event] | None:
    """``more`` for the actions of other intents: only what asks about another case ("那男方呢"),
    and only where the classifier is not sure that it heard theirs."""
    if of_an_office(turn):
        return await AnswerPolicy(services).act(turn, speaker, tracker)
    if turn.confidence >= SURE_OF_INTENT or not what_about(fold(turn.text)):
        return None
    return await more(services, turn, speaker, tracker)


def of_an_office(turn: Turn) -> bool:
    """Whether a message outside a form only asks for an office's number, address or hours."""
    return not (turn.active_form or turn.is_payload) and offices.wanted(fold(turn.text)) is not None


def asked_before(tracker: Tracker) -> tuple[str, ...]:
    """The person's latest questions, oldest first, without those that only went on about the rule
    shown before them ("没有租房合同咋办"): what comes next is about what was asked first."""
    kept: list[str] = []
    about = ""
    for exchange in history.exchanges(tracker):
        shown = _entry_shown(exchange.words)
        text = exchange.text
        further = shown and shown == about and not points_back(fold(text))
        if text and not text.startswith("/") and not further:
            kept.append(text)
        about = shown or about
    return tuple(kept[-history.EARLIER_QUESTIONS :])


def offered_before(tracker: Tracker) -> bool:
    """Whether the bot's last turn asked which rule was meant."""
    offer = payloads.compose("ask_policy", ENTRY)[:-2]
    buttons = (button for said in history.last_words(tracker) for button in said.buttons)
    return any(button["payload"].startswith(offer) for button in buttons)


def shown_before(tracker: Tracker) -> str:
    """The entry quoted in the bot's last turn, "" if none was."""
    return _entry_shown(history.last_words(tracker))


def _entry_shown(words: Sequence[history.Said]) -> str:
    parts = (said.custom or {} for said in words)
    return next((str(one["entry_id"]) for one in parts if one.get("part") == "citation"), "")


async def look_up(
    services: Services, turn: Turn, question: str, earlier: tuple[str, ...], before: str = ""
) -> Phrased:
    """Ask the knowledge base, for this person, today; and a language model, where there is one.

    A question without a subject of its own is about the entry shown just ``before``, unless others
    are found and it is not among them; with others found, what about something else ("那医保呢") is
    only if it speaks of it.
    """
    query = query_of(services, turn, question, earlier)
    answer = without_orders(await asyncio.to_thread(services.answerer.answer, query))
    if before and answer.carried and answer.verdict is not Verdict.ANSWER:
        about = without_orders(await asyncio.to_thread(services.answerer.about, before, query))
        if about.verdict is Verdict.ANSWER and _stays(answer, about, before, question):
            answer = replace(about, carried=True)
    if before and answer.verdict is not Verdict.ANSWER and not what_about(fold(question)):
        gone_on = await asyncio.to_thread(services.answerer.going_on, before, query, answer)
        answer = without_orders(gone_on) if gone_on else answer
    asked = f"{subject_before(earlier)} {question}" if answer.carried else question
    return await phrased(services, turn, asked, answer)


def _stays(answer: Answer, about: Answer, before: str, question: str) -> bool:
    if answer.verdict is Verdict.NONE or answer.passages[0].entry_id == before:
        return True
    offered = any(cited.entry_id == before for cited in answer.passages)
    return offered and not (about.unsaid and what_about(fold(question)))


def query_of(services: Services, turn: Turn, question: str, earlier: tuple[str, ...]) -> Query:
    """A question with what decides which rules may answer this person."""
    return Query(
        text=searchable(question),
        on=in_china(turn.now).date(),
        region=turn.region or services.settings.region,
        audience=AUDIENCES.get(turn.audience or "") or _as_a_firm(turn, question),
        history=tuple(map(searchable, earlier)),
    )


def _as_a_firm(turn: Turn, question: str) -> Literal["enterprise"] | None:
    """Who asks for a business, in so many words or in the complaint being taken."""
    draft = turn.slots.get("complaint") or {}
    firm = draft.get("for_enterprise") or speaks_for_one(fold_words(question))
    return "enterprise" if firm else None


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
        text = shortened(lines, room, "\n") if plain else "\n".join(lines)
        speaker.show({"part": "fields", "title": first.title, "rows": rows}, text)
        if plain:
            return  # the rows are the answer; the quotation would say them again
    if plain:
        _card(first, speaker, named=True, room=room)
        return
    for cited in passages[:-1]:
        _card(cited, speaker)
    _card(passages[-1], speaker, feedback.buttons(turn, first))


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
) -> None:
    """``named``: the title was just said; in so many words it need not be said again.  ``room``:
    characters there are for the quotation in words."""
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
    source, quote = cited.issuer or cited.document, _trimmed(cited, room)
    if named:
        text = speaker.text("answer_named_source", quote=quote, source=source) if source else quote
    else:
        key = "answer_plain_source" if source else "answer_plain"
        text = speaker.text(key, quote=quote, title=cited.title, source=source)
    speaker.show(part, text, buttons)


def _room(cited: Cited, title: str, speaker: Speaker) -> int:
    """Characters for the quotation beside what names it and its source, in two segments."""
    source = "" if cited.fields else cited.issuer or cited.document
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


def nothing_found(turn: Turn, speaker: Speaker) -> list[Event]:
    """Say so, and offer a person or to register the question; inside a form only say so."""
    if turn.active_form:
        speaker.say("answer_none_in_form")
        return []
    speaker.say(
        "answer_none",
        (Button("button_register_question", "/affirm"), Button("button_human", "/ask_human")),
    )
    return [offers.make(turn, offers.REGISTER, text=turn.text, appeal=AppealType.CONSULT)]


async def note_gap(services: Services, turn: Turn, answer: Answer) -> None:
    """Keep the question for the editors of the knowledge base."""
    now = services.clock.now()
    await services.database.transact(
        lambda conn: gaps.record(
            conn,
            now,
            question=turn.text,
            reason=answer.verdict.value,
            conversation_id=turn.conversation_id,
            region=turn.region or services.settings.region,
        )
    )
