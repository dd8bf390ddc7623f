"""Whether an answer helped: two buttons under it, or a word after it; kept for the editors."""

from __future__ import annotations

from rasa_sdk.interfaces import Tracker
from sqlalchemy import Connection

from actions import history, offers, payloads
from actions.complaint.wording import appeal_words
from actions.services import Services
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.fields import AppealType
from actions.understanding.text.folding import fold
from connectors.messages import plain_text
from connectors.store import gaps, messages, votes
from connectors.store.votes import Answered, Vote
from knowledge.citing import Cited

VOTE = "vote"  # kind of a choice: "vote:<up or down>:<message answered>:<passage id>"


def buttons(turn: Turn, cited: Cited) -> tuple[Button, ...]:
    """The two buttons under an answer; none where the conversation cannot be told apart."""
    if turn.conversation_id is None or not turn.message_id:
        return ()

    def payload(vote: Vote) -> str:
        choice = f"{VOTE}:{vote.value}:{turn.message_id}:{cited.passage_id}"
        return payloads.compose("ask_policy", choice)

    return (
        Button("button_helped", payload(Vote.UP)),
        Button("button_unhelpful", payload(Vote.DOWN)),
    )


def is_vote(turn: Turn) -> bool:
    return (turn.choice or "").startswith(f"{VOTE}:")


async def pressed(services: Services, turn: Turn, speaker: Speaker) -> list[Event]:
    """One of the buttons was pressed."""
    _, said, asked_id, passage_id = (turn.choice or "").split(":", 3)
    vote = Vote.UP if said == Vote.UP.value else Vote.DOWN
    question = await _noted(services, turn, asked_id, passage_id, vote)
    return _answered(turn, speaker, vote, question)


async def said_after(
    services: Services, turn: Turn, speaker: Speaker, tracker: Tracker, vote: Vote
) -> list[Event] | None:
    """Words of thanks or regret right after an answer; ``None`` if there was none."""
    if appeal_words.complains(fold(turn.text)):  # 态度很差，我要投诉 is more than a vote
        return None
    shown = [said.custom or {} for said in history.last_words(tracker)]
    passages = [str(part["passage_id"]) for part in shown if part.get("part") == "citation"]
    asked_id = history.message_before(tracker)
    if not passages or asked_id is None:
        return None
    question = await _noted(services, turn, asked_id, passages[0], vote)
    return None if question is None else _answered(turn, speaker, vote, question)


async def _noted(
    services: Services, turn: Turn, asked_id: str, passage_id: str, vote: Vote
) -> str | None:
    """Keeps the vote; what was asked, ``None`` if that was not in this conversation."""
    talk = turn.conversation_id
    region = turn.region or services.settings.region

    def unit(conn: Connection) -> str | None:
        asked = messages.get(conn, asked_id)
        if talk is None or asked is None or asked.conversation_id != talk:
            return None
        question = plain_text(asked.parts)
        entry_id = passage_id.rpartition("#")[0]
        answered = Answered(talk, asked_id, entry_id, passage_id, question, region)
        votes.record(conn, turn.now, answered, vote)
        if vote is not Vote.UP:
            gaps.record(
                conn,
                turn.now,
                question=question,
                reason=gaps.UNHELPFUL,
                conversation_id=talk,
                region=region,
            )
        return question

    return await services.database.transact(unit)


def _answered(turn: Turn, speaker: Speaker, vote: Vote, question: str | None) -> list[Event]:
    if vote is Vote.UP or question is None:
        speaker.say("feedback_thanks")
        return []
    speaker.say(
        "feedback_unhelpful",
        (Button("button_register_question", "/affirm"), Button("button_human", "/ask_human")),
    )
    return [offers.make(turn, offers.REGISTER, text=question, appeal=AppealType.CONSULT)]
