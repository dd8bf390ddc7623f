"""A policy question: answered in the knowledge base's own words, or honestly not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import Tracker

from actions import feedback, history, offers, payloads
from actions.base import TurnAction
from actions.complaint import matters
from actions.model.stand_ins import searchable
from actions.phrasing.phrased import Phrased, phrased, without_orders
from actions.quoting import ENTRY, cite, offer_candidates, show
from actions.services import Services
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.fields import AppealType
from actions.understanding.people.enterprise import speaks_for_one
from actions.understanding.text.folding import fold as fold_words
from connectors.clock import in_china
from connectors.store import gaps
from knowledge.answer import Answer
from knowledge.fitting import offices
from knowledge.judging.judge import Verdict
from knowledge.judging.signals import asks
from knowledge.model import Kind
from knowledge.query import Query
from knowledge.questions.follow_up import LONGEST, shares_words
from knowledge.questions.question import points_back, subject_before, what_about
from knowledge.text import fold

SURE_OF_INTENT = 0.45  # the classifier's, which falls back below 0.3
SHORTEST_QUESTION = 2  # characters; less asks nothing
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
    if not (shown_before(tracker) or offered_before(tracker) or _unanswered_before(tracker)):
        return None
    return await AnswerPolicy(services).act(turn, speaker, tracker)


def _unanswered_before(tracker: Tracker) -> bool:
    """Whether the bot's last turn had to say that it knows no rule for what was asked."""
    offer = offers.standing(tracker)
    if offer is None or offer["kind"] != offers.REGISTER:
        return False
    return bool(offer["appeal"] == AppealType.CONSULT)


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


async def answered_by_a_rule(services: Services, turn: Turn, tracker: Tracker) -> bool:
    """Whether a message that sounded like something else is a question the base surely answers."""
    if turn.is_payload or not asks(fold(turn.text)):
        return False
    query = query_of(services, turn, turn.text, asked_before(tracker))
    answer = await asyncio.to_thread(services.answerer.answer, query)
    return without_orders(answer).verdict is Verdict.ANSWER


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
    if before and _is_led_astray(answer, before):
        about = without_orders(await asyncio.to_thread(services.answerer.about, before, query))
        answer = replace(about, carried=True) if about.verdict is Verdict.ANSWER else answer
    if before and answer.carried and answer.verdict is not Verdict.ANSWER:
        about = without_orders(await asyncio.to_thread(services.answerer.about, before, query))
        if about.verdict is Verdict.ANSWER and _stays(answer, about, before, question):
            answer = replace(about, carried=True)
    if before and answer.verdict is not Verdict.ANSWER and not what_about(fold(question)):
        gone_on = await asyncio.to_thread(services.answerer.going_on, before, query, answer)
        answer = without_orders(gone_on) if gone_on else answer
    asked = f"{subject_before(earlier)} {question}" if answer.carried else question
    return await phrased(services, turn, asked, answer)


def _is_led_astray(answer: Answer, before: str) -> bool:
    """Whether a question without a subject of its own has found another rule than the one shown
    ``before``, and that says nothing of it either."""
    elsewhere = answer.verdict is Verdict.ANSWER and answer.passages[0].entry_id != before
    return elsewhere and answer.carried and answer.unsaid


def _stays(answer: Answer, about: Answer, before: str, question: str) -> bool:
    if answer.verdict is Verdict.NONE:
        return True
    other = what_about(fold(question)) if about.unsaid else ""
    if answer.passages[0].entry_id == before:
        items = [cited for cited in answer.passages if cited.kind is Kind.SERVICE]
        return not (other and any(shares_words(cited.title, other) for cited in items))
    offered = any(cited.entry_id == before for cited in answer.passages)
    return offered and not other


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
