"""What Prometheus may read of us. Labels are codes and channel names, never a person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()

inbound_total = Counter(
    "huiying_inbound_total", "Messages received", ["channel", "result"], registry=registry
)
outbound_total = Counter(
    "huiying_outbound_total", "Send attempts", ["channel", "result"], registry=registry
)
delivery_lag = Histogram(
    "huiying_delivery_lag_seconds", "From commit to sent", ["channel"], registry=registry
)
outbox_given_up_total = Counter(
    "huiying_outbox_given_up_total",
    "Deliveries that ended without reaching the person, by why",
    ["channel", "code"],
    registry=registry,
)
attachments_total = Counter(
    "huiying_attachments_total", "Files received: kept, or why not", ["result"], registry=registry
)
receipts_total = Counter(
    "huiying_receipts_total", "Receipts by what they said", ["channel", "state"], registry=registry
)
account_resting = Gauge(
    "huiying_account_resting",
    "1 while an account's circuit is open after failures in a row",
    ["channel", "account"],
    registry=registry,
)
turn_seconds = Histogram(
    "huiying_turn_seconds",
    "Time of a turn by stage: accept, dialogue (with its actions), action, commit",
    ["stage"],
    registry=registry,
)
inbox_pending = Gauge("huiying_inbox_pending", "Messages waiting for a turn", registry=registry)
conversations_unreadable = Gauge(
    "huiying_conversations_unreadable",
    "Conversations somebody waits in or an agent holds whose rows could not be read, nor mended",
    registry=registry,
)
outbox_depth = Gauge(
    "huiying_outbox_depth",
    "Deliveries that wait or were given up, by state: queued, dead, expired",
    ["channel", "state"],
    registry=registry,
)
outbox_waits = Gauge(
    "huiying_outbox_waits_seconds",
    "How long the first delivery that has not left has waited, held back or not",
    ["channel"],
    registry=registry,
)
component_up = Gauge(
    "huiying_component_up", "1 when the component answers", ["component"], registry=registry
)
ticket_sends_total = Counter(
    "huiying_ticket_sends_total",
    "Tries to tell a ticket system something, by what and how it ended",
    ["system", "kind", "result"],
    registry=registry,
)
ticket_events_total = Counter(
    "huiying_ticket_events_total",
    "News from ticket systems, by what became of them",
    ["system", "result"],
    registry=registry,
)
ticket_queue = Gauge(
    "huiying_ticket_queue",
    "What has not reached a ticket system, by state: queued, dead",
    ["system", "state"],
    registry=registry,
)
ticket_lag = Gauge(
    "huiying_ticket_lag_seconds",
    "How long the first of the queue for a ticket system has waited",
    ["system"],
    registry=registry,
)
model_answers_total = Counter(
    "huiying_model_answers_total",
    "Questions a language model could phrase the answer of, by what became of them",
    ["outcome"],
    registry=registry,
)
model_pointings_total = Counter(
    "huiying_model_pointings_total",
    "Messages a language model could point at the fields of, by what became of them",
    ["outcome"],
    registry=registry,
)
sockets_open = Gauge("huiying_sockets_open", "Open WebSockets", ["kind"], registry=registry)
