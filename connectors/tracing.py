"""OpenTelemetry spans, from a message's arrival to its delivery, when an endpoint is configured.

A message's trace id, ``t_`` and 32 hexadecimal digits, is the id of its trace: so the steps of one
message are one trace, whichever process takes them and whenever, and the id in the logs finds it.
Its first span, the acceptance, has the last sixteen of the digits for its id, so that the others
can name it as their parent without having met it.

Without an endpoint a span costs nothing and nothing is loaded. Attributes are ids and codes only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.trace import (
    INVALID_SPAN,
    NonRecordingSpan,
    Span,
    SpanContext,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
)

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.sampling import Sampler

_TRACE_ID = re.compile(r"t_([0-9a-f]{32})")

_tracer: Tracer | None = None
_sampler: Sampler | None = None
_beginning: ContextVar[SpanContext | None] = ContextVar("beginning", default=None)
_SILENT: AbstractContextManager[Span] = nullcontext(INVALID_SPAN)


def configure(endpoint: str | None, service: str = "huiying-gateway") -> None:
    """Sends spans to an OTLP/HTTP collector, such as ``http://collector:4318/v1/traces``."""
    global _tracer
    if endpoint is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    made = provider(service)
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(made)
    use(made)


def provider(service: str) -> TracerProvider:
    """Makes spans with ids of ours where a message's trace begins."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class Ids(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            first = _beginning.get()
            return first.trace_id if first else super().generate_trace_id()

        def generate_span_id(self) -> int:
            first = _beginning.get()
            return first.span_id if first else super().generate_span_id()

    return TracerProvider(resource=Resource.create({"service.name": service}), id_generator=Ids())


def use(made: TracerProvider) -> None:
    global _tracer, _sampler
    _tracer, _sampler = made.get_tracer("huiying"), made.sampler


def span(
    name: str, *, trace_id: str = "", first: bool = False, **attributes: str | int
) -> AbstractContextManager[Span]:
    """A span around a step; an exception marks it failed by its type, never by its text.

    ``trace_id``: of the message the step is for; without, it belongs to the step it is part of.
    ``first``: the message's trace begins here.
    """
    if _tracer is None:
        return _SILENT
    if trace_id:
        attributes["trace_id"] = trace_id
    return _recorded(_tracer, name, _first(trace_id), first, attributes)


def _first(trace_id: str) -> SpanContext | None:
    """The first span of a message's trace; None for what is no trace id of ours."""
    found = _TRACE_ID.fullmatch(trace_id)
    if found is None:
        return None
    whole = int(found[1], 16)
    # The collector is to get all of a trace or nothing: who begins it and who goes on decide alike.
    decided = None if _sampler is None else _sampler.should_sample(None, whole, "").decision
    dropped = decided is not None and decided.name != "RECORD_AND_SAMPLE"
    flags = TraceFlags.DEFAULT if dropped else TraceFlags.SAMPLED
    span_id = whole & (2**64 - 1)
    return SpanContext(whole, span_id or 1, is_remote=True, trace_flags=TraceFlags(flags))


@contextmanager
def _recorded(
    tracer: Tracer,
    name: str,
    root: SpanContext | None,
    first: bool,
    attributes: dict[str, str | int],
) -> Iterator[Span]:
    named = {f"huiying.{key}": value for key, value in attributes.items()}
    above: Context | None = None  # the step under way
    if root is not None and first:
        above = Context()
    elif root is not None and trace.get_current_span().get_span_context().trace_id != root.trace_id:
        above = trace.set_span_in_context(NonRecordingSpan(root), Context())
    token = _beginning.set(root if first else None)
    try:
        started = tracer.start_span(name, above, attributes=named, record_exception=False)
    finally:
        _beginning.reset(token)
    with trace.use_span(
        started, end_on_exit=True, record_exception=False, set_status_on_exception=False
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
