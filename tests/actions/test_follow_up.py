"""Asked whether it is solved: what a person's answer does to the order."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection
from structlog.contextvars import bound_contextvars

from actions.services import Services
from actions.work_orders import nodes, steps, way
from actions.work_orders.steps import Said
from actions.work_orders.way import Step
from connectors.store import (
    conversations,
    follow_ups,
    order_work,
    schema,
    ticket_sends,
    tickets,
    work_orders,
)
from connectors.store.follow_up_tables import Result, Way, Why
from connectors.store.follow_up_tables import follow_ups as follow_up_table
from connectors.store.work_orders import NewWorkOrder, WorkOrder
from tests.actions.conftest import NOON, Talk

TO_ASKED = (
    (Step.CHECK, Said()),
    (Step.DISPATCH, Said(unit="区城管局")),
    (Step.SIGN, Said()),
    (Step.ANSWER, Said(note="已修好")),
    (Step.APPROVE, Said(outcome="solved")),
)


async def asked_about(services: Services, key: str = "k1") -> str:
    """An order of the person who talks here, answered, about which they have just been asked."""
    order = await services.work_orders.file(
        NewWorkOrder(
            key=key,
            channel="webchat",
            kind="投诉",
            title="路灯不亮",
            content="路灯坏了",
            conversation_id="c1",
            contact_id="p1",
        )
    )
    for step, said in TO_ASKED:
        await services.database.transact(
            lambda conn, step=step, said=said: steps.take(
                conn, services.texts, order.number, step, said, actor="a_1", now=NOON
            )
        )
    return order.number


async def look(services: Services, number: str) -> WorkOrder:
    order = await services.database.read(lambda conn: work_orders.by_number(conn, number))
    assert order is not None
    return order


async def test_solved_settles_the_order_and_asks_for_a_rating_once(
    services: Services, talk: Talk
) -> None:
    number = await asked_about(services)
    talk.hear("/rate_good", "rate_good")
    reply = await talk.run("action_rate_good")
    assert number in reply.text
    assert [button["title"][0] for button in reply.buttons] == ["1", "2", "3", "4", "5"]
    order = await look(services, number)
    assert (order.status, order.handling.solved) == ("closed", True)
    talk.hear("都挺好的", "rate_good")
    assert number not in (await talk.run("action_rate_good")).text


async def test_what_a_ticket_system_is_told_of_it_is_of_the_messages_trace(
    services: Services, talk: Talk
) -> None:
    """What nobody said in a message is of the trace of what the order came of."""
    solved, unsolved = await asked_about(services), await asked_about(services, "k2")
    for number in (solved, unsolved):
        await services.database.transact(
            lambda conn, number=number: tickets.hand_over(conn, number, "core", NOON, "t_filed")
        )
    for trace_id, payload, action in (
        ("t_good", f"asked:{solved}", "rate_good"),
        ("t_five", f"rating:{solved}:5", "rate_good"),
        ("t_bad", f"asked:{unsolved}", "rate_bad"),
    ):
        talk.hear(f"/{action}", action, choice=payload)
        with bound_contextvars(trace_id=trace_id):
            await talk.run(f"action_{action}")
    await services.database.transact(
        lambda conn: tickets.tell(conn, unsolved, "follow_up", NOON, solved=True)
    )
    sent = await services.database.read(lambda conn: ticket_sends.listed(conn, ["queued"]))
    assert [one.trace_id for one in sorted(sent, key=lambda one: one.id)] == [
        *("t_filed", "t_filed", "t_good", "t_five", "t_bad", "t_filed")
    ]


@pytest.mark.parametrize(("stars", "words"), [(5, "谢谢"), (1, "对不起")])
async def test_the_rating_is_kept(services: Services, talk: Talk, stars: int, words: str) -> None:
    number = await asked_about(services)
    talk.hear("/rate_good", "rate_good")
    await talk.run("action_rate_good")
    talk.hear("/rate_good", "rate_good", choice=f"rating:{number}:{stars}")
    assert words in (await talk.run("action_rate_good")).text
    assert (await look(services, number)).handling.rating == stars


async def test_not_solved_sends_the_order_back_with_the_persons_words(
    services: Services, talk: Talk
) -> None:
    number = await asked_about(services)
    talk.hear("根本没修，晚上还是黑的", "rate_bad")
    reply = await talk.run("action_rate_bad")
    assert number in reply.text
    order = await look(services, number)
    assert way.station(order) == nodes.HANDLED
    assert (order.handling.outcome, order.handling.solved) == (None, False)
    taken = await services.database.read(lambda conn: order_work.steps(conn, number))
    assert (taken[-1].actor, taken[-1].note) == ("citizen", "根本没修，晚上还是黑的")


async def test_of_several_the_latest_is_meant(services: Services, talk: Talk) -> None:
    first = await asked_about(services, "k1")
    second = await asked_about(services, "k2")
    talk.hear("解决了", "rate_good")
    assert second in (await talk.run("action_rate_good")).text
    assert (await look(services, first)).status == "open"


async def test_the_button_means_the_order_it_was_asked_under(
    services: Services, talk: Talk
) -> None:
    first = await asked_about(services, "k1")
    second = await asked_about(services, "k2")
    talk.hear("/rate_good", "rate_good", choice=f"asked:{first}")
    assert first in (await talk.run("action_rate_good")).text
    assert (await look(services, second)).status == "open"
    talk.hear("/rate_good", "rate_good", choice=f"asked:{first}")  # pressed twice
    assert second not in (await talk.run("action_rate_good")).text
    assert (await look(services, second)).status == "open"


async def test_why_it_is_not_solved_is_asked_and_goes_to_whoever_handles_it(
    services: Services, talk: Talk
) -> None:
    number = await asked_about(services)
    talk.hear("/rate_bad", "rate_bad", choice=f"asked:{number}")
    reply = await talk.run("action_rate_bad")
    assert way.station(await look(services, number)) == nodes.HANDLED
    why = next(one for one in reply.buttons if one["title"] == "处理后又出现")
    choice = json.loads(why["payload"].removeprefix("/rate_bad"))["choice"]
    for _ in range(2):
        talk.hear("/rate_bad", "rate_bad", choice=choice)
        reply = await talk.run("action_rate_bad")
        assert "处理后又出现" in reply.text
    records = await services.database.read(lambda conn: order_work.records(conn, number))
    assert {one.text for one in records} == {"回访时市民说的原因：处理后又出现"}
    talk.hear("/rate_bad", "rate_bad", choice=f"reason:{number}:made-up")
    assert "made-up" not in (await talk.run("action_rate_bad")).text
    talk.meta.update(conversation_id="c_other", contact_id="p_other")
    talk.hear("/rate_bad", "rate_bad", choice=f"reason:{number}:undone")
    await talk.run("action_rate_bad")
    records = await services.database.read(lambda conn: order_work.records(conn, number))
    assert len({one.text for one in records}) == 1


async def test_few_points_may_have_it_handled_anew(services: Services, talk: Talk) -> None:
    number = await asked_about(services)
    talk.hear("/rate_good", "rate_good")
    await talk.run("action_rate_good")
    talk.hear("/rate_good", "rate_good", choice=f"rating:{number}:2")
    reply = await talk.run("action_rate_good")
    assert [one["title"] for one in reply.buttons] == ["重新办理", "转人工"]
    talk.hear("/rate_bad", "rate_bad", choice=f"reopen:{number}")
    assert number in (await talk.run("action_rate_bad")).text
    order = await look(services, number)
    assert (order.status, order.handling.solved) == ("open", False)
    assert way.station(order) == nodes.HANDLED
    for choice in (f"rating:{number}:9", f"rating:{number}:x"):
        talk.hear("/rate_good", "rate_good", choice=choice)
        await talk.run("action_rate_good")
    assert (await look(services, number)).handling.rating == 2


async def test_somebody_elses_order_cannot_be_rated(services: Services, talk: Talk) -> None:
    number = await asked_about(services)
    talk.meta.update(conversation_id="c_other", contact_id="p_other")
    talk.hear("/rate_good", "rate_good", choice=f"rating:{number}:1")
    await talk.run("action_rate_good")
    assert (await look(services, number)).handling.rating is None
    talk.hear("没解决", "rate_bad")
    await talk.run("action_rate_bad")
    assert way.station(await look(services, number)) == nodes.ASKED


async def test_out_of_the_blue_it_is_thanks_or_regret(talk: Talk) -> None:
    talk.hear("很满意", "rate_good")
    assert "谢谢" in (await talk.run("action_rate_good")).text
    talk.hear("不满意", "rate_bad")
    assert "对不起" in (await talk.run("action_rate_bad")).text


async def asked_elsewhere(services: Services, key: str = "k9") -> str:
    """An order somebody filed for the person who talks here, and was asked about here."""
    order = await services.work_orders.file(
        NewWorkOrder(key=key, channel="open311", kind="求助", title="路灯", content="路灯坏了")
    )

    def unit(conn: Connection) -> None:
        for step, said in TO_ASKED:
            steps.take(conn, services.texts, order.number, step, said, actor="a_1", now=NOON)
        if conversations.get(conn, "c1") is None:
            conn.execute(schema.contacts.insert().values(id="p1", created_at=NOON))
            conn.execute(
                schema.conversations.insert().values(
                    id="c1",
                    contact_id="p1",
                    channel="sms",
                    account="a",
                    address="+8613800001234",
                    owner="bot",
                    created_at=NOON,
                )
            )
        follow_ups.begin(conn, order.number, NOON, Way.MESSAGE, conversation_id="c1")

    await services.database.transact(unit)
    return order.number


async def test_who_was_asked_by_phone_answers_there(services: Services, talk: Talk) -> None:
    number = await asked_elsewhere(services)
    talk.hear("/rate_good", "rate_good", choice=f"asked:{number}")
    assert number in (await talk.run("action_rate_good")).text
    talk.hear("/rate_good", "rate_good", choice=f"rating:{number}:4")
    await talk.run("action_rate_good")
    order = await look(services, number)
    assert (order.status, order.handling.solved, order.handling.rating) == ("closed", True, 4)
    other = await asked_elsewhere(services, "k10")
    talk.hear("没有，还是黑的", "rate_bad")
    assert other in (await talk.run("action_rate_bad")).text
    assert way.station(await look(services, other)) == nodes.HANDLED
    ended = await services.database.read(lambda conn: follow_ups.latest(conn, other))
    assert ended is not None
    assert ended.result is Result.UNSOLVED


@pytest.mark.parametrize(
    ("intent", "action", "solved", "status"),
    [
        ("rate_good", "action_rate_good", True, "closed"),
        ("rate_bad", "action_rate_bad", False, "open"),
    ],
)
async def test_a_word_that_comes_late_counts(
    services: Services, talk: Talk, intent: str, action: str, solved: bool, status: str
) -> None:
    number = await asked_elsewhere(services)
    await services.database.transact(
        lambda conn: steps.unanswered(conn, services.texts, number, NOON)
    )
    ended = await services.database.read(lambda conn: follow_ups.latest(conn, number))
    assert ended is not None
    assert ended.result is Result.UNANSWERED
    talk.hear(f"/{intent}", intent, choice=f"asked:{number}")
    assert number in (await talk.run(action)).text
    order = await look(services, number)
    assert (order.handling.solved, order.status) == (solved, status)
    talk.hear(f"/{intent}", intent, choice=f"asked:{number}")  # pressed twice
    assert number not in (await talk.run(action)).text


async def test_nobody_answers_for_somebody_else(services: Services, talk: Talk) -> None:
    number = await asked_elsewhere(services)
    await services.database.transact(
        lambda conn: follow_ups.end(conn, number, Result.OVERTAKEN, "house", NOON)
    )
    await services.database.transact(
        lambda conn: follow_ups.begin(conn, number, NOON, Way.CALL, why=Why.REFUSED)
    )
    await services.database.transact(
        lambda conn: conn.execute(follow_up_table.update().values(conversation_id=None))
    )
    talk.hear("/rate_good", "rate_good", choice=f"asked:{number}")
    assert number not in (await talk.run("action_rate_good")).text
    assert (await look(services, number)).status == "open"
