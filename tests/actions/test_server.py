"""The action server speaks to Rasa as rasa_sdk's own would, and to nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from aiohttp.test_utils import TestClient, TestServer

from actions.registry import all_actions
from actions.server import build_actions_app
from actions.services import Services
from connectors.settings import ROOT


def call(action: str, **tracker: Any) -> dict[str, Any]:
    state = {"sender_id": "s", "slots": {}, "latest_message": {}, "events": [], "paused": False,
             "followup_action": None, "active_loop": {}, "latest_action_name": None}  # fmt: skip
    return {"next_action": action, "sender_id": "s", "tracker": {**state, **tracker}}


@pytest.fixture
async def client(services: Services) -> Any:
    async with TestClient(TestServer(build_actions_app(services, "secret"))) as client:
        yield client


def test_the_actions_are_those_of_the_domain(services: Services) -> None:
    named = [
        name
        for file in (ROOT / "bot/domain").glob("*.yml")
        for name in yaml.safe_load(file.read_text(encoding="utf-8")).get("actions", ())
    ]
    assert sorted(a.name() for a in all_actions(services)) == sorted(named)


async def test_an_action_is_run_without_a_domain(client: TestClient[Any, Any]) -> None:
    response = await client.post("/actions?token=secret", json=call("action_wait"))
    assert response.status == 200
    body = await response.json()
    assert body["responses"][0]["text"]
    assert body["events"]


async def test_a_bearer_token_is_as_good(client: TestClient[Any, Any]) -> None:
    headers = {"Authorization": "Bearer secret"}
    response = await client.post("/actions", json=call("action_wait"), headers=headers)
    assert response.status == 200


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong"])
async def test_without_the_token_nothing_runs(client: TestClient[Any, Any], query: str) -> None:
    response = await client.post(f"/actions{query}", json=call("action_wait"))
    assert response.status == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'"x"'])
async def test_what_is_no_call_is_refused(client: TestClient[Any, Any], body: bytes) -> None:
    response = await client.post("/actions?token=secret", data=body)
    assert response.status == 400


async def test_an_unknown_action_is_an_error(client: TestClient[Any, Any]) -> None:
    response = await client.post("/actions?token=secret", json=call("action_nothing"))
    assert response.status == 404


async def test_an_action_that_breaks_is_an_error_without_its_details(
    client: TestClient[Any, Any],
) -> None:
    broken = call("validate_complaint_form", slots={"complaint": {"nonsense": "张先生"}})
    response = await client.post("/actions?token=secret", json=broken)
    assert response.status == 500
    assert "张先生" not in json.dumps(await response.json(), ensure_ascii=False)


async def test_what_an_action_logs_carries_the_trace_of_its_message(
    client: TestClient[Any, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    meta = {"trace_id": "t_1", "conversation_id": "c_1", "message_id": "m_1"}
    broken = call(
        "validate_complaint_form",
        slots={"complaint": {"nonsense": 1}},
        latest_message={"metadata": meta},
    )
    await client.post("/actions?token=secret", json=broken)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "{" in line]
    (line,) = [line for line in lines if "action_failed" in line["event"]]
    assert meta.items() <= line.items()
