"""Spans from arrival to delivery, seen by an exporter, holding ids and nothing a person said."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from connectors import tracing
from tests.house import house
from tests.servers import ROOT


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    memory = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("huiying"))
    yield memory
    provider.shutdown()


async def test_one_trace_id_runs_from_acceptance_to_delivery(
    tmp_path: Path, exporter: InMemorySpanExporter
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("我的电话13800001234", id="one")
        await page.hear("bot")
    spans = {span.name: span for span in exporter.get_finished_spans()}
    assert {"accept", "turn", "turn.decide", "turn.commit", "deliver"} <= set(spans)
    ids = {spans[name].attributes["huiying.trace_id"] for name in ("accept", "turn", "deliver")}
    assert len(ids) == 1
    assert "13800001234" not in "".join(span.to_json() for span in exporter.get_finished_spans())


def test_a_failed_step_is_marked_by_its_type_alone(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="13800001234"), tracing.span("step"):
        raise ValueError("13800001234")
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code is trace.StatusCode.ERROR
    assert "13800001234" not in span.to_json()


async def test_spans_reach_the_collector_that_is_configured() -> None:
    """In a process of its own: OpenTelemetry is set up once in each."""
    taken: list[tuple[str, bytes]] = []

    async def take(request: web.Request) -> web.Response:
        taken.append((request.path, await request.read()))
        return web.Response(content_type="application/x-protobuf")

    app = web.Application()
    app.add_routes([web.post("/v1/traces", take)])
    async with TestServer(app) as server:
        code = (
            "import sys; from connectors import tracing; tracing.configure(sys.argv[1])\n"
            "with tracing.span('step', trace_id='t_1'): pass"
        )
        url = str(server.make_url("/v1/traces"))
        ended = await asyncio.create_subprocess_exec(sys.executable, "-c", code, url, cwd=ROOT)
        assert await ended.wait() == 0
    (path, spans), *_ = taken
    assert path == "/v1/traces"
    for told in (b"huiying-gateway", b"step", b"huiying.trace_id", b"t_1"):
        assert told in spans


def test_the_next_process_is_told_the_trace(exporter: InMemorySpanExporter) -> None:
    with tracing.span("step"):
        assert tracing.carry({"Authorization": "x"})["traceparent"].startswith("00-")
