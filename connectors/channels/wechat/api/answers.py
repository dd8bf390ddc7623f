"""What a platform's answer holds: an object of JSON, or bytes, or the number of a refusal."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from connectors.channel import ConnectionFailed, MisconfiguredAccount
from connectors.channels.wechat.api.errcodes import PlatformRefused
from connectors.clock import in_china
from connectors.outward import Answer

Said = dict[str, Any]
"""An answer's object; its fields are looked at one by one."""


def said(answer: Answer, now: datetime) -> Said:
    """The object of an answer that is no refusal.

    Raises :class:`PlatformRefused`, :class:`ConnectionFailed` (an HTML page in an HTTP 200, half an
    answer, a 5xx) and :class:`MisconfiguredAccount` (another server, a redirect).
    """
    found = object_of(answer)
    if found is None:
        if answer.status in range(300, 500) and answer.status not in (408, 429):
            raise MisconfiguredAccount(f"status {answer.status}; api_url is not the platform's")
        raise ConnectionFailed(f"status {answer.status}, and not in the platform's words")
    code = found.get("errcode", 0)
    if isinstance(code, bool) or not isinstance(code, int):
        raise ConnectionFailed("an errcode that is no number")
    if code:
        raise PlatformRefused(code, word(found, "errmsg"), until_midnight=until_midnight(now))
    if answer.status != 200:
        raise ConnectionFailed(f"status {answer.status}")
    return found


def object_of(answer: Answer) -> Said | None:
    """The answer as an object of JSON, whatever type it says it is of; None when it is none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def word(found: Said, name: str) -> str:
    """A field as text; empty when it is not there or of another kind."""
    value = found.get(name)
    return value if isinstance(value, str) else ""


def number(found: Said, name: str) -> int:
    """A field as a whole number, 0 when it is not there; some numbers come as text."""
    value = found.get(name)
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value
    digits = value if isinstance(value, str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0


def objects(found: Said, name: str) -> list[Said]:
    """A field as a list of objects; a single one may stand without its list."""
    value = found.get(name)
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, dict)]


def until_midnight(now: datetime) -> timedelta:
    """How long until the platform's day is over."""
    here = in_china(now)
    tomorrow = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return tomorrow - here
