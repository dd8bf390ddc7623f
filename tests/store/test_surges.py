"""Surges: found once, grown while they last, over when it is quiet; by a clock of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from connectors.store import surges, work_orders
from connectors.store.surges import Rule, Surge
from connectors.store.work_orders import NewWorkOrder, Node
from tests.house import store_in_memory

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
WATER = ("公用事业", "供水", "停水")
NOISE = ("生态环境", "噪声", "夜间施工噪声")
MINUTE = timedelta(minutes=1)


class Register:
    """Orders come in, and the surges are looked for."""

    def __init__(self) -> None:
        self.database = store_in_memory()
        self.count = 0

    async def file(
        self, at: datetime, many: int = 1, category: tuple[str, ...] = WATER, region: str = "340104"
    ) -> None:
        def unit(conn: Connection) -> None:
            for _ in range(many):
                self.count += 1
                number = f"2026030200{self.count:04d}"
                order = NewWorkOrder(
                    key=number, channel="webchat", kind="投诉", title="停水", content="停水了",
                    category=category, place_region=region,
                )  # fmt: skip
                work_orders.add(conn, at, number, order, (Node("受理登记", "current"),), None)

        await self.database.transact(unit)

    async def look(self, at: datetime, **rule: float) -> list[Surge]:
        return await self.database.transact(
            lambda conn: surges.look(conn, at, Rule(**rule))  # type: ignore[arg-type]
        )

    async def open(self) -> list[Surge]:
        return await self.database.read(surges.open_surges)


@pytest.fixture
async def register() -> AsyncIterator[Register]:
    made = Register()
    yield made
    await made.database.close()


async def test_ten_in_an_hour_where_there_were_none_are_a_surge_with_its_cluster(
    register: Register,
) -> None:
    await register.file(NOON - 50 * MINUTE, 5)
    await register.file(NOON - 10 * MINUTE, 4)
    assert await register.look(NOON) == []
    await register.file(NOON - MINUTE)
    (surge,) = await register.look(NOON)
    assert (surge.region, surge.category, surge.most) == ("340104", WATER[:2], 10)
    assert len(surge.orders) == 10


async def test_what_is_usual_is_no_surge(register: Register) -> None:
    for day in range(1, 29):
        for hour in range(24):
            await register.file(NOON - timedelta(days=day, hours=-hour) - timedelta(hours=2), 4)
    await register.file(NOON - MINUTE, 11)  # four an hour are usual: twelve would be three times
    assert await register.look(NOON) == []
    await register.file(NOON - MINUTE)
    (surge,) = await register.look(NOON)
    assert surge.usual == pytest.approx(4, abs=0.1)


async def test_areas_and_categories_are_counted_apart(register: Register) -> None:
    await register.file(NOON - MINUTE, 9)
    await register.file(NOON - MINUTE, 9, region="340103")
    await register.file(NOON - MINUTE, 9, category=NOISE)
    await register.file(NOON - MINUTE, 20, category=())
    assert await register.look(NOON) == []


async def test_a_surge_is_told_once_however_long_it_lasts(register: Register) -> None:
    fresh = []
    for minute in range(0, 240, 5):
        at = NOON + minute * MINUTE
        await register.file(at - MINUTE, 2)
        fresh += await register.look(at)
    assert len(fresh) == 1
    (surge,) = await register.open()
    assert surge.most == 24
    assert len(surge.orders) == register.count


async def test_it_is_over_after_an_hour_of_quiet_and_the_next_one_is_new(
    register: Register,
) -> None:
    await register.file(NOON - MINUTE, 12)
    assert len(await register.look(NOON)) == 1
    for minute in (30, 59, 85):
        assert await register.look(NOON + minute * MINUTE) == []
    assert len(await register.open()) == 1
    assert await register.look(NOON + 95 * MINUTE) == []
    assert await register.open() == []
    later = NOON + timedelta(days=3)
    await register.file(later - MINUTE, 12)
    assert len(await register.look(later)) == 1


async def test_who_sees_to_it_first_has_seen_to_it(register: Register) -> None:
    await register.file(NOON - MINUTE, 12)
    (surge,) = await register.look(NOON)
    settle = register.database.transact
    assert await settle(lambda conn: surges.settle(conn, surge.id, "a_1"))
    assert not await settle(lambda conn: surges.settle(conn, surge.id, "a_2"))
    left = await register.database.read(lambda conn: surges.unsettled(conn, NOON))
    assert left == []


async def test_the_rule_is_the_citys(register: Register) -> None:
    await register.file(NOON - MINUTE, 4)
    assert len(await register.look(NOON, least=4)) == 1
