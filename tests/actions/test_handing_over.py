"""What the dialogue says of an order that another system is to work on."""

from __future__ import annotations

from dataclasses import replace

from pydantic import SecretStr

from actions.services import Services
from connectors.settings.tickets import Tickets, WebhookSystem
from connectors.store import tickets
from tests.actions.conftest import Talk
from tests.actions.test_complaint_form import filed, opened, order_of


def handing_over(services: Services) -> Talk:
    system = WebhookSystem(url="https://core.example/orders", secret=SecretStr("k" * 40))
    own = Tickets(default="core", webhook={"core": system})
    settings = services.settings.model_copy(update={"tickets": own})
    return Talk(replace(services, settings=settings))


async def test_a_number_is_called_provisional_until_the_other_system_has_it(
    services: Services,
) -> None:
    talk = handing_over(services)
    await opened(talk)
    receipt = (await filed(talk, "张先生13800001234")).cards[0]
    assert "临时编号" in receipt["text"]
    assert "等待" in receipt["status"]
    order = await order_of(talk.services, receipt["number"])
    assert order.provisional
    assert order.filed.suggested_unit is not None
    assert order.filed.unit_confidence is not None
    assert 0 < order.filed.unit_confidence <= 1
    assert "region" in order.filed.unit_reasons


async def test_progress_is_asked_for_by_either_number(services: Services) -> None:
    talk = handing_over(services)
    await opened(talk)
    number = (await filed(talk, "张先生13800001234")).cards[0]["number"]
    now = services.clock.now()
    await services.database.transact(lambda conn: tickets.accept(conn, number, "GD-2026/77", now))
    for said in (f"{number} 1234", "查一下gd-2026/77，尾号1234"):
        talk.hear(said, "query_progress")
        await talk.run("action_open_order")
        talk.loop = "order_form"
        await talk.run("validate_order_form")
        talk.loop = None
        reply = await talk.run("action_finish_order")
        assert reply.cards[0]["number"] == "GD-2026/77", said
