"""What a portal's answer to a post of ours means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from connectors.channel import (
    SEND_ERRORS,
    ConnectionFailed,
    ContentRefused,
    MisconfiguredAccount,
    RecipientRefused,
    SendError,
    Sent,
    Throttled,
)
from connectors.outward import Answer, pause

LONGEST = timedelta(days=1)  # for which a portal may ask us to wait

_NAMED = {error.code: error for error in SEND_ERRORS}
_BY_STATUS: dict[int, type[SendError]] = {
    400: ContentRefused,
    401: MisconfiguredAccount,
    403: MisconfiguredAccount,
    404: MisconfiguredAccount,
    405: MisconfiguredAccount,
    408: ConnectionFailed,
    410: RecipientRefused,
    413: ContentRefused,
    415: ContentRefused,
    422: ContentRefused,
    425: ConnectionFailed,
    429: Throttled,
}


def meaning(answer: Answer, now: datetime) -> Sent:
    """The portal took it, or one of the send errors is raised.

    A 409 says that it has it already. An HTML page with status 200 comes from something that stands
    before the portal (a firewall, a login page), so nobody took anything.
    """
    status, said = answer.status, _json(answer.body)
    if 200 <= status < 300 and "html" not in answer.headers.get("Content-Type", ""):
        return Sent(_string(said, "id"))
    if status == 409:
        return Sent()
    fault = said.get("error")
    code = _string(fault, "code") if isinstance(fault, dict) else None
    error = _NAMED.get(code or "") or _BY_STATUS.get(status) or _by_class(status)
    raise error(
        f"status {status}" + (f", code {code}" if code else ""),
        retry_after=pause(answer.headers, now, LONGEST),
    )


def _by_class(status: int) -> type[SendError]:
    """What a status of no entry in the table stands for."""
    if 300 <= status < 400:
        return MisconfiguredAccount  # redirects are not followed
    return ContentRefused if 400 <= status < 500 else ConnectionFailed


def _json(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _string(data: Mapping[str, object], key: str) -> str | None:
    value = data.get(key)
    return value[:64] if isinstance(value, str) and value.isprintable() and value else None
