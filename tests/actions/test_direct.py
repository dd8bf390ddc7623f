"""Direct dispatch: what is sure goes to its unit, what is delicate to a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions.services import Services
from actions.work_orders import nodes as stations
from actions.work_orders import way
from actions.work_orders.register import LocalRegister
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
