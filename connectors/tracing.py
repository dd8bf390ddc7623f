"""OpenTelemetry spans, from a message's arrival to its delivery, when an endpoint is configured.

Without one a span costs nothing and nothing is loaded. Attributes are ids and codes only;
``huiying.trace_id`` is the id the logs carry.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from opentelemetry import propagate, trace
from opentelemetry.trace import INVALID_SPAN, Span, Status, StatusCode, Tracer

_tracer: Tracer | None = None
_SILENT: AbstractContextManager[Span] = nullcontext(INVALID_SPAN)


def configure(endpoint: str | None, service: str = "huiying-gateway") -> None:
    """Sends spans to an OTLP/HTTP collector, such as ``http://collector:4318/v1/traces``."""
    global _tracer
    if endpoint is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
    _tracer = trace.get_tracer("huiying")


def span(name: str, **attributes: str | int) -> AbstractContextManager[Span]:
    """A span around a step; an exception marks it failed by its type, never by its text."""
    return _SILENT if _tracer is None else _recorded(_tracer, name, attributes)


@contextmanager
def _recorded(tracer: Tracer, name: str, attributes: dict[str, str | int]) -> Iterator[Span]:
    named = {f"huiying.{key}": value for key, value in attributes.items()}
    with tracer.start_as_current_span(
        name, attributes=named, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except Exception as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def carry(headers: MutableMapping[str, str]) -> MutableMapping[str, str]:
    """The headers with the current span's ``traceparent``, so that the next process joins it."""
    if _tracer is not None:
        propagate.inject(headers)
    return headers
