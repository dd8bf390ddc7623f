"""Direct dispatch: what is sure goes to its unit, what is delicate to a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.services import Services
from actions.work_orders import nodes as stations
from actions.work_orders import way
from actions.work_orders.direct import Direct
from actions.work_orders.register import LocalRegister
from tests.actions.conftest import Talk
from tests.actions.test_complaint_form import answered, filed, opened, order_of
from tests.tickets.subjects import new_order


async def test_a_sure_order_goes_to_its_unit_at_once_and_a_delicate_one_does_not(
    services: Services,
) -> None:
    def register_of(direct_from: float | None) -> LocalRegister:
        orders = services.settings.orders.model_copy(update={"direct_from": direct_from})
        settings = services.settings.model_copy(update={"orders": orders})
        return replace(services, settings=settings).register

    register = register_of(0.9)
    sure: dict[str, Any] = {"suggested_unit": "燃气公司", "unit_confidence": 0.95}
    filed = await register.file(new_order(key="a", **sure))
    assert way.station(filed) == stations.SIGNED
    assert filed.handling.unit == "燃气公司"
    for key, more in (
        ("b", {"unit_confidence": 0.89}),
        ("c", {"risk": ("threat",)}),
        ("d", {"related": ("HY1",)}),
        ("e", {"confidential": True}),
        ("f", {"suggested_unit": None, "category": ()}),
    ):
        waits = await register.file(new_order(key=key, **sure | more))
        assert way.station(waits) == stations.CHECKED, more
    assert way.station(await register_of(None).file(new_order(key="g", **sure))) == stations.CHECKED


async def test_who_has_it_and_how_much_will_be_told_stands_under_the_receipt(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Direct, "is_sure", lambda _self, order: bool(order.suggested_unit))
    await opened(talk, "合肥市蜀山区黄山路停水两天了，没人管")
    for said in ("13800001234", "昨天", "跳过"):
        if talk.slots["requested_slot"] not in (None, "confirmed"):
            await answered(talk, said)
    reply = await filed(talk)
    number = reply.cards[0]["number"]
    order = await order_of(talk.services, number)
    assert order.handling.unit
    assert f"派给{order.handling.unit}办理" in reply.text
    assert [one["title"] for one in reply.buttons][-1] == "每一步都通知我"
