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
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.contextvars import bound_contextvars

from actions.work_orders.register import RecordKind
from connectors import tracing
from connectors.ids import new_id
from tests.house import house
from tests.lines import heard
from tests.servers import ROOT
from tests.tickets.stand import stand

ARRIVALS = {"inbound.accepted", "inbound.duplicate"}


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    memory = InMemorySpanExporter()
    monkeypatch.setattr(tracing, "_tracer", None)
    monkeypatch.setattr(tracing, "_sampler", None)
    provider = tracing.provider("huiying-gateway")
    provider.add_span_processor(SimpleSpanProcessor(memory))
    tracing.use(provider)
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
    assert {f"t_{span.context.trace_id:032x}" for span in spans.values()} == ids
    assert spans["accept"].parent is None
    for name in ("turn", "deliver"):
        assert spans[name].parent is not None
    assert spans["turn"].parent.span_id == spans["accept"].context.span_id
    assert "13800001234" not in "".join(span.to_json() for span in exporter.get_finished_spans())


async def test_the_trace_goes_on_to_the_ticket_system(
    tmp_path: Path, exporter: InMemorySpanExporter
) -> None:
    """Whatever is told it of an order: in the log, in the spans, and in the request itself."""
    arrived, asked = new_id("t"), new_id("t")
    headers: list[str] = []

    async def note(request: web.Request) -> None:
        headers.append(request.headers["traceparent"].split("-")[1])

    async with stand(tmp_path) as s:
        s.receiver.misbehave = note
        with bound_contextvars(trace_id=arrived):
            order = await s.file()
        with bound_contextvars(trace_id=asked):
            await s.add(order, RecordKind.URGE)
        await s.add(order, RecordKind.SUPPLEMENT)  # not by a message: at the desk, say
        with heard() as lines:
            await s.empty()
    told = [line.get("trace_id") for line in lines if line["event"] == "ticket.sent"]
    assert told == [arrived, asked, arrived]
    assert headers == [one.removeprefix("t_") for one in told]
    sent = [span for span in exporter.get_finished_spans() if span.name == "ticket"]
    assert [f"{span.context.trace_id:032x}" for span in sent] == headers


async def test_a_repeat_is_logged_with_the_trace_of_the_message_it_repeats(
    tmp_path: Path, exporter: InMemorySpanExporter
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        with heard() as lines:
            for _ in range(2):
                await page.say("你好", id="one")
                await page.wait("accepted")
    told = {line["event"]: line["trace_id"] for line in lines if line["event"] in ARRIVALS}
    assert set(told) == ARRIVALS
    assert len(set(told.values())) == 1
    accepted = [span for span in exporter.get_finished_spans() if span.name == "accept"]
    named = {span.attributes["huiying.trace_id"] for span in accepted if span.attributes}
    assert named == set(told.values())


def test_all_of_a_trace_is_kept_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_tracer", None)
    monkeypatch.setattr(tracing, "_sampler", None)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    tracing.use(tracing.provider("huiying-gateway"))
    kept = set()
    for trace_id in (new_id("t") for _ in range(50)):
        with tracing.span("accept", trace_id=trace_id, first=True) as accepted:
            pass
        with tracing.span("turn", trace_id=trace_id) as turn:
            pass
        assert turn.is_recording() == accepted.is_recording()
        kept.add(accepted.get_span_context().trace_flags.sampled)
    assert kept == {True, False}


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
