"""Whether an answer helped: by its buttons, or by a word after it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from actions.services import Services
from connectors.store import gaps, votes
from connectors.store.votes import Tally
from tests.actions.conftest import Reply, Talk
from tests.store.people import write

QUESTION = "外地人怎么办居住证"
ENTRY = "household-residence-permit"


async def asked(services: Services) -> tuple[Talk, Reply]:
    """A question in the store, and its answer."""
    accepted = await write(services.database, text=QUESTION)
    talk = Talk(services)
    talk.meta = {"conversation_id": accepted.conversation_id, "message_id": accepted.message_id}
    talk.hear(QUESTION, "ask_policy")
    reply = await talk.run("action_answer")
    talk.meta = {"conversation_id": accepted.conversation_id}
    return talk, reply


async def kept(services: Services) -> tuple[list[Tally], list[tuple[str, str]]]:
    def unit(conn: Connection) -> tuple[list[Tally], list[tuple[str, str]]]:
        return votes.tallies(conn), [(gap.question, gap.reason) for gap in gaps.latest(conn)]

    return await services.database.read(unit)


async def test_an_answer_asks_whether_it_helped_under_its_last_card(services: Services) -> None:
    _, reply = await asked(services)
    assert [button["title"] for button in reply.buttons] == ["👍 有帮助", "👎 没解决"]
    assert reply.said[-1]["buttons"]
    assert not any(message["buttons"] for message in reply.said[:-1])


async def test_where_each_message_costs_it_does_not_ask(services: Services) -> None:
    talk = Talk(services, plain=True)
    talk.hear(QUESTION, "ask_policy")
    assert (await talk.run("action_answer")).buttons == []


async def test_a_thumb_up_is_counted_for_the_entry(services: Services) -> None:
    talk, reply = await asked(services)
    talk.press(reply.buttons[0]["payload"])
    thanks = await talk.run("action_answer")
    assert "谢谢" in thanks.text
    assert await kept(services) == ([Tally(ENTRY, 1, 0)], [])


async def test_a_thumb_down_is_a_gap_and_offers_more(services: Services) -> None:
    talk, reply = await asked(services)
    talk.press(reply.buttons[1]["payload"])
    sorry = await talk.run("action_answer")
    assert [button["payload"] for button in sorry.buttons] == ["/affirm", "/ask_human"]
    assert sorry.slot("offer")["text"] == QUESTION
    assert await kept(services) == ([Tally(ENTRY, 0, 1)], [(QUESTION, "unhelpful")])


async def test_thinking_better_of_it_leaves_one_vote(services: Services) -> None:
    talk, reply = await asked(services)
    for button in (reply.buttons[1], reply.buttons[0]):
        talk.press(button["payload"])
        await talk.run("action_answer")
    assert (await kept(services))[0] == [Tally(ENTRY, 1, 0)]


@pytest.mark.parametrize(
    ("words", "intent", "action", "tally"),
    [
        ("没解决", "rate_bad", "action_rate_bad", Tally(ENTRY, 0, 1)),
        ("很有帮助", "rate_good", "action_rate_good", Tally(ENTRY, 1, 0)),
    ],
)
async def test_a_word_right_after_an_answer_is_about_it(
    services: Services, words: str, intent: str, action: str, tally: Tally
) -> None:
    talk, _ = await asked(services)
    talk.hear(words, intent)
    await talk.run(action)
    assert (await kept(services))[0] == [tally]


async def test_what_only_sounds_like_regret_is_answered(services: Services) -> None:
    talk, _ = await asked(services)
    talk.hear("没有租房合同呢", "rate_bad", 0.4)
    reply = await talk.run("action_rate_bad")
    assert "居住证" in reply.text
    assert (await kept(services))[0] == []


async def test_somebody_else_s_answer_cannot_be_voted_on(services: Services) -> None:
    talk, reply = await asked(services)
    talk.meta = {"conversation_id": "c_other"}
    talk.press(reply.buttons[1]["payload"])
    await talk.run("action_answer")
    assert await kept(services) == ([], [])
