"""What a ticket system's answer means, before its own form is looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from actions.work_orders.tickets import (
    Busy,
    Misconfigured,
    NotCarried,
    OrderRefused,
    TicketError,
    Unreachable,
)
from connectors.outward import Answer, pause

DETAIL_MOST = 300
LONGEST = timedelta(hours=1)  # for which a system may ask us to wait
_NAMED: Mapping[str, type[TicketError]] = {
    error.code: error for error in (Busy, Misconfigured, NotCarried, OrderRefused, Unreachable)
}
_BY_STATUS: Mapping[int, type[TicketError]] = {
    401: Misconfigured,
    403: Misconfigured,
    404: Misconfigured,
    405: Misconfigured,
    408: Unreachable,
    425: Unreachable,
    429: Busy,
    501: NotCarried,
}
_FINE = frozenset({"0", "00000", "200", "201", "202", "ok", "success"})


class ErrorInside(TicketError):
    """A 200 whose body says that it failed, without saying how to take it. Others may go on."""

    code: ClassVar[str] = "error_inside"
    system_at_fault: ClassVar[bool] = False


def by_status(status: int) -> type[TicketError]:
    """What a status stands for that is no success."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 300 <= status < 400:
        return Misconfigured  # redirects are not followed
    return OrderRefused if 400 <= status < 500 else Unreachable


def checked(answer: Answer, now: datetime) -> Any:
    """The JSON of a success, None when there is none. Raises :class:`TicketError`.

    An HTML page with status 200 comes from something that stands before the system (a firewall, a
    login page), and so does anything else that is no JSON: nobody has taken anything.
    """
    found, readable = parsed(answer.body)
    wrong = inside(found)
    if not 200 <= answer.status < 300:
        error = _NAMED.get(wrong[0]) if wrong else None
        raise (error or by_status(answer.status))(
            detail(f"status {answer.status}", wrong[1] if wrong else ""),
            pause(answer.headers, now, LONGEST),
        )
    if answer.body.strip() and not readable:
        raise Unreachable("an answer that is no JSON")
    if wrong is not None:
        raise _NAMED.get(wrong[0], ErrorInside)(detail(f"code {wrong[0]}", wrong[1]))
    return found


def inside(found: Any) -> tuple[str, str] | None:
    """(code, words) of an error told in a body, in any of the usual forms; None when it is none."""
    if not isinstance(found, dict):
        return None
    error = found.get("error") or found.get("errors")
    if isinstance(error, list):
        error = error[0] if error else None
    if isinstance(error, dict):
        words = error.get("message") or error.get("description") or error.get("detail")
        return str(error.get("code", "")), str(words or "")
    if error:
        return "", str(error)
    words = str(found.get("message") or found.get("msg") or found.get("detail") or "")
    if found.get("success") is False or found.get("ok") is False:
        return str(found.get("code", "")), words
    code = found.get("code", found.get("errcode"))
    if code is not None and str(code).lower() not in _FINE:
        return str(code), words
    return None


def parsed(body: bytes) -> tuple[Any, bool]:
    """The JSON of a body, and whether it is any."""
    try:
        return json.loads(body.removeprefix(b"\xef\xbb\xbf")), True
    except (ValueError, RecursionError):
        return None, False


def detail(what: str, words: str) -> str:
    """What an error says of itself, short and on one line."""
    said = " ".join(words.split())[:DETAIL_MOST]
    return f"{what}: {said}" if said else what
