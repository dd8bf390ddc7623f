"""Spans from arrival to delivery, seen by an exporter, holding ids and nothing a person said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from connectors import tracing
from tests.house import house


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    memory = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("huiying"))
    yield memory
    provider.shutdown()


async def test_one_trace_id_runs_from_acceptance_to_commit(
    tmp_path: Path, exporter: InMemorySpanExporter
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("我的电话13800001234", id="one")
        await page.hear("bot")
    spans = {span.name: span for span in exporter.get_finished_spans()}
    assert {"accept", "turn", "turn.decide", "turn.commit"} <= set(spans)
    ids = {span.attributes["huiying.trace_id"] for span in (spans["accept"], spans["turn"])}
    assert len(ids) == 1
    assert "13800001234" not in "".join(span.to_json() for span in exporter.get_finished_spans())


def test_a_failed_step_is_marked_by_its_type_alone(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="13800001234"), tracing.span("step"):
        raise ValueError("13800001234")
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code is trace.StatusCode.ERROR
    assert "13800001234" not in span.to_json()


def test_the_next_process_is_told_the_trace(exporter: InMemorySpanExporter) -> None:
    with tracing.span("step"):
        assert tracing.carry({"Authorization": "x"})["traceparent"].startswith("00-")
