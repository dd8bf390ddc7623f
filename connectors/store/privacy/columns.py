"""Which columns can name a person or hold what they said, and what erasing leaves there.

The two tables below cover every column there is; a test fails when a new column is in neither, so
that whoever adds one decides. ``docs/privacy.md`` says the same in words.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Left(StrEnum):
    """What stands in a column after an erasure."""

    NOTHING = "nothing"  # NULL, an empty list, or the whole row is gone
    NOTICE = "notice"  # a sentence that says something was deleted
    PSEUDONYM = "pseudonym"  # a made-up value that is unique but leads to nobody
    HIDDEN = "hidden"  # the text, with names, numbers and the exact place made unreadable


PERSONAL: Final[dict[str, dict[str, Left]]] = {
    "contacts": {"region": Left.NOTHING, "verified_phone": Left.NOTHING},
    "conversations": {"address": Left.PSEUDONYM},
    "messages": {
        "parts": Left.NOTICE,
        "choices": Left.NOTHING,
        "picked": Left.NOTHING,
        "external_id": Left.NOTHING,
        "dedup_key": Left.PSEUDONYM,
    },
    "attachment_uses": {"attachment_id": Left.NOTHING},
    "deliveries": {"provider_id": Left.NOTHING, "error_detail": Left.NOTHING},
    "delivery_pieces": {"provider_id": Left.NOTHING},
    "stray_receipts": {"name": Left.NOTHING, "error_detail": Left.NOTHING},
    "opt_outs": {"address": Left.NOTHING},
    "sms_parts": {
        "address": Left.NOTHING,
        "content": Left.NOTHING,
        "external_id": Left.NOTHING,
        "handed_as": Left.NOTHING,
    },
    "wechat_consents": {"openid": Left.NOTHING, "last_event": Left.NOTHING},
    "wechat_files": {
        "external_id": Left.NOTHING,
        "address": Left.NOTHING,
        "media_id": Left.NOTHING,
    },
    "phones": {"phone": Left.NOTHING},
    "phone_codes": {"phone": Left.NOTHING},
    "open_forms": {"draft": Left.NOTHING},
    "conversation_notes": {"text": Left.NOTHING},
    "conversation_fields": {"fields": Left.NOTHING},
    "knowledge_gaps": {"question": Left.NOTHING, "region": Left.NOTHING},
    "knowledge_votes": {"question": Left.NOTHING, "region": Left.NOTHING},
    "work_orders": {
        "caller_phone": Left.NOTHING,
        "contact_name": Left.NOTHING,
        "contact_phone": Left.NOTHING,
        "on_behalf": Left.NOTHING,
        "title": Left.HIDDEN,
        "content": Left.HIDDEN,
        "time_text": Left.HIDDEN,
        "recurrence": Left.HIDDEN,
        "place_text": Left.NOTHING,
        "latitude": Left.NOTHING,
        "longitude": Left.NOTHING,
        "subject": Left.HIDDEN,
        "wanted": Left.HIDDEN,
        "enterprise": Left.NOTHING,
        "credit_code": Left.NOTHING,
        "duration": Left.NOTHING,
        "answer": Left.HIDDEN,
        "attachments": Left.NOTHING,
        "query_code": Left.NOTHING,
    },
    "work_order_nodes": {"note": Left.HIDDEN},
    "work_order_records": {"text": Left.HIDDEN},
    "work_order_steps": {"note": Left.HIDDEN},
    "ticket_sends": {"body": Left.NOTHING, "error_detail": Left.NOTHING},
    "ticket_events": {"body": Left.NOTHING},
}

# Ids of our own making, codes, counts, states and moments; and what is about staff, not citizens.
IMPERSONAL: Final[dict[str, frozenset[str]]] = {
    # The file itself goes as soon as nothing uses it (``connectors/attachments/keeper.py``).
    # Written by supervisors, for everybody.
    "incident_notices": frozenset(
        [
            "id",
            "region",
            "places",
            "category",
            "words",
            "text",
            "until",
            "ended_at",
            "version",
            "created_at",
            "updated_at",
            "updated_by",
        ]
    ),
    "incident_tellings": frozenset(
        {"notice_id", "conversation_id", "message_id", "at", "insisted"}
    ),
    "surges": frozenset(
        [
            "id",
            "region",
            "category",
            "usual",
            "most",
            "orders",
            "began_at",
            "seen_at",
            "ended_at",
            "settled_by",
        ]
    ),
    "leases": frozenset({"name", "holder", "until"}),
    "attachments": frozenset({"id", "media", "size", "kept_at"}),
    "attachment_uses": frozenset({"used_by"}),
    "contacts": frozenset({"id", "created_at", "audience"}),
    "conversations": frozenset(
        [
            "id",
            "contact_id",
            "channel",
            "account",
            "owner",
            "epoch",
            "fence",
            "agent_id",
            "skill",
            "handoff_reason",
            "waiting_since",
            "queue_rank",
            "unanswered_since",
            "last_agent_id",
            "care",
            "session",
            "last_seq",
            "last_inbound_at",
            "erased_seq",
            "created_at",
        ]
    ),
    "messages": frozenset(
        [
            "id",
            "conversation_id",
            "seq",
            "author",
            "agent_id",
            "trace_id",
            "inbox_state",
            "attempts",
            "noticed",
            "in_reply_to",
            "created_at",
        ]
    ),
    "deliveries": frozenset(
        [
            "id",
            "message_id",
            "conversation_id",
            "seq",
            "channel",
            "account",
            "purpose",
            "state",
            "attempts",
            "next_attempt_at",
            "expires_at",
            "error_code",
            "sent_at",
            "updated_at",
        ]
    ),
    "delivery_pieces": frozenset(
        [
            "delivery_id",
            "piece",
            "channel",
            "account",
            "state",
            "sent_at",
            "cut_to",
            "joined_up_to",
        ]
    ),
    "phones": frozenset({"contact_id", "proved_at"}),
    "contact_links": frozenset(
        ["id", "source", "target", "at", "how", "actor", "undone_at", "undone_by", "sealed"]
    ),
    "phone_codes": frozenset(
        [
            "id",
            "conversation_id",
            "contact_id",
            "asked_by",
            "nonce",
            "state",
            "tries",
            "issued_at",
            "expires_at",
            "answered_by",
            "outcome",
        ]
    ),
    "open_forms": frozenset(
        {"conversation_id", "session", "updated_at", "taken_by", "held", "offered_to"}
    ),
    "reply_grants": frozenset({"conversation_id", "opened_at", "ends_at", "sends"}),
    "wechat_consents": frozenset({"account", "template", "times", "always", "updated_at"}),
    "wechat_cursors": frozenset({"account", "open_kfid", "cursor", "updated_at"}),
    "wechat_files": frozenset(
        {"channel", "account", "kind", "silent", "received_at", "attempts", "next_at"}
    ),
    "delivery_routes": frozenset({"delivery_id", "account", "left_at"}),
    "opt_outs": frozenset({"channel", "at"}),
    "sending_costs": frozenset({"channel", "account", "day", "purpose", "messages", "units"}),
    "sms_parts": frozenset(
        {"account", "reference", "total", "number", "charset", "received_at", "joined_at"}
    ),
    "short_links": frozenset({"code", "message_id", "expires_at"}),
    "sending_accounts": frozenset({"channel", "account", "next_free_at", "day", "sent_that_day"}),
    "stray_receipts": frozenset({"id", "channel", "account", "ours", "state", "error_code", "at"}),
    "conversation_notes": frozenset({"id", "conversation_id", "at", "agent_id"}),
    "knowledge_gaps": frozenset({"id", "at", "conversation_id", "reason"}),
    "knowledge_votes": frozenset(
        {"id", "at", "conversation_id", "asked_id", "entry_id", "passage_id", "vote"}
    ),
    "model_days": frozenset({"day", "calls", "tokens"}),
    "work_orders": frozenset(
        [
            "number",
            "key",
            "created_at",
            "channel",
            "conversation_id",
            "contact_id",
            "confidential",
            "anonymous",
            "kind",
            "category",
            "category_confidence",
            "time_from",
            "time_to",
            "place_region",
            "urgency",
            "risk",
            "related",
            "suggested_unit",
            "suggested_helpers",
            "unit_confidence",
            "unit_reasons",
            "due_at",
            "due_from",
            "status",
            "unit",
            "helpers",
            "outcome",
            "solved",
            "rating",
            "every_step",
            "notify",
            "reported_before",
        ]
    ),
    "work_order_nodes": frozenset({"number", "position", "name", "state", "at", "by"}),
    "work_order_records": frozenset({"id", "number", "key", "at", "kind", "conversation_id"}),
    "work_order_steps": frozenset({"id", "number", "at", "actor", "step", "station"}),
    "work_order_checks": frozenset({"id", "number", "at", "conversation_id", "passed"}),
    "work_order_serials": frozenset({"day", "last"}),
    "follow_ups": frozenset(
        [
            "id",
            "number",
            "began_at",
            "way",
            "why",
            "conversation_id",
            "message_id",
            "tries",
            "tried_at",
            "ended_at",
            "result",
            "ended_by",
        ]
    ),
    "tickets": frozenset(
        [
            "number",
            "system",
            "receipt",
            "token",
            "accepted_at",
            "status_at",
            "look_at",
            "looks",
        ]
    ),
    "ticket_sends": frozenset(
        [
            "id",
            "number",
            "system",
            "kind",
            "key",
            "trace_id",
            "state",
            "attempts",
            "next_attempt_at",
            "error_code",
            "created_at",
            "updated_at",
        ]
    ),
    "ticket_events": frozenset(
        ["id", "system", "event_id", "number", "receipt", "at", "received_at", "state"]
    ),
    "audit": frozenset({"id", "at", "conversation_id", "actor", "event", "detail"}),
    "agents": frozenset(
        [
            "id",
            "login",
            "name",
            "role",
            "password_hash",
            "active",
            "created_at",
            "skills",
            "max_load",
            "version",
        ]
    ),
    "agent_presence": frozenset({"agent_id", "seen_at", "ready", "missed", "offered_at", "taken"}),
    "conversation_waits": frozenset(
        [
            "id",
            "conversation_id",
            "channel",
            "skill",
            "reason",
            "began_at",
            "place",
            "told_at",
            "told_place",
            "told_minutes",
            "ended_at",
            "outcome",
            "agent_id",
            "answered_at",
        ]
    ),
    "agent_offers": frozenset(
        ["id", "conversation_id", "epoch", "agent_id", "offered_at", "expires_at", "outcome"]
    ),
    "deadline_events": frozenset(
        [
            "id",
            "kind",
            "subject",
            "began_at",
            "due_at",
            "light",
            "at",
            "agent_id",
            "settled_at",
            "settled_by",
        ]
    ),
    "callbacks": frozenset(
        ["number", "conversation_id", "promised_at", "due_at", "done_at", "done_by"]
    ),
    "conversation_fields": frozenset({"conversation_id", "version", "updated_at", "updated_by"}),
    "note_mentions": frozenset({"note_id", "agent_id", "seen_at"}),
    "desk_plans": frozenset({"name", "version", "plan", "updated_at", "updated_by"}),
    "agent_sessions": frozenset({"token_hash", "agent_id", "csrf", "expires_at"}),
}
