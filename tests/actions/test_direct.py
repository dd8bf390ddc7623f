"""Direct dispatch: what is sure goes to its unit, what is delicate to a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions.services import Services
from actions.work_orders import nodes as stations
from actions.work_orders import way
from tests.tickets.subjects import new_order


async def test_a_sure_order_goes_to_its_unit_at_once_and_a_delicate_one_does_not(
    services: Services,
) -> None:
    settings = services.settings.model_copy(
        update={"orders": services.settings.orders.model_copy(update={"direct_from": 0.9})}
    )
    register = replace(services, settings=settings).register
    sure: dict[str, Any] = {"suggested_unit": "燃气公司", "unit_confidence": 0.95}
    filed = await register.file(new_order(key="a", **sure))
    assert way.station(filed) == stations.SIGNED
    assert filed.handling.unit == "燃气公司"
    for key, more in (
        ("b", {"unit_confidence": 0.89}),
        ("c", {"risk": ("threat",)}),
        ("d", {"related": ("HY1",)}),
        ("e", {"confidential": True}),
        ("f", {"suggested_unit": None}),
    ):
        waits = await register.file(new_order(key=key, **sure | more))
        assert way.station(waits) == stations.CHECKED, more
    assert way.station(await services.register.file(new_order(key="g", **sure))) == stations.CHECKED
