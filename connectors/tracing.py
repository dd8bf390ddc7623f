"""OpenTelemetry spans, from a message's arrival to its delivery, when an endpoint is configured.

Without one the API's own no-op tracer is used and nothing is loaded. Attributes are ids and codes
only; ``huiying.trace_id`` is the id the logs carry.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

from opentelemetry import propagate, trace
from opentelemetry.trace import Span, Status, StatusCode

_tracer = trace.get_tracer("huiying")


def configure(endpoint: str | None, service: str = "huiying-gateway") -> None:
    """Sends spans to an OTLP/HTTP collector, such as ``http://collector:4318/v1/traces``."""
    if endpoint is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[Span]:
    """A span around a step; an exception marks it failed by its type, never by its text."""
    named = {f"huiying.{key}": value for key, value in attributes.items()}
    with _tracer.start_as_current_span(
        name, attributes=named, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except Exception as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def carry(headers: MutableMapping[str, str]) -> MutableMapping[str, str]:
    """The headers with the current span's ``traceparent``, so that the next process joins it."""
    propagate.inject(headers)
    return headers
