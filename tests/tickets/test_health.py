"""How ticket systems are: named, with why, and never the gateway's own fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from connectors.http import Health
from connectors.tickets.courier import Housekeeping
from tests.contract.peer import answers
from tests.tickets.stand import Stand, stand


async def asked(s: Stand, path: str) -> tuple[int, str]:
    checks = s.office.checks()
    app = web.Application()
    app.add_routes(Health(checks, frozenset({"store"}), frozenset(checks)).routes())
    client: TestClient[Any, Any] = TestClient(TestServer(app))
    async with client, client.get(path) as answer:
        return answer.status, await answer.text()


async def test_a_system_out_of_order_is_named_and_the_gateway_stays_in_service(
    tmp_path: Path,
) -> None:
    async with stand(tmp_path) as s:
        s.receiver.misbehave = answers(500, "")
        await s.file()
        await s.empty()
        status, text = await asked(s, "/health/ready")
        assert status == 200
        assert '"degraded"' in text
        assert "unreachable: status 500, since" in text
        await Housekeeping(s.database, s.clock, {"core": s.courier}).gauges()
        _, metrics = await asked(s, "/metrics")
        assert 'huiying_component_up{component="ticket_core"} 0.0' in metrics
        assert 'huiying_ticket_queue{state="queued",system="core"} 1.0' in metrics
        assert 'huiying_ticket_lag_seconds{system="core"}' in metrics
        s.receiver.misbehave = None
        await s.looker.ask_health()
        assert '"ready"' in (await asked(s, "/health/ready"))[1]


async def test_a_system_that_does_not_answer_rests(tmp_path: Path) -> None:
    async with stand(tmp_path, rest_after=3, first_rest=600) as s, aiohttp.ClientSession():
        s.receiver.misbehave = answers(500, "")
        for _ in range(5):
            await s.file()
        await s.empty()
        tried = [one.attempts for one in await s.sends()]
        assert sum(tried) == 4, "four at once, then it rests"
        assert s.office.standings["core"].rest > 400
        assert await s.empty() == 0
