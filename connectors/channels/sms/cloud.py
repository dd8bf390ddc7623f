"""What the clouds have in common: approved templates, and JSON both ways."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

from connectors import logs
from connectors.channel import ConnectionFailed, ContentRefused, Rendered
from connectors.channels.sms.driver import Malformed
from connectors.outward import Answer
from connectors.sanitize import storable
from connectors.settings.sms import CloudAccount, CloudTemplate

T = TypeVar("T")

log = logs.get(__name__)

MESSAGES_MOST = 1000  # in one callback
_CODE = re.compile(r"(?<!\d)\d{4,8}(?!\d)")


def template_of(account: CloudAccount, rendered: Rendered) -> CloudTemplate:
    """The template for what the message is for. Raises :class:`ContentRefused`."""
    found = account.templates.get(rendered.purpose.value)
    if found is None:
        raise ContentRefused(f"there is no template for the purpose {rendered.purpose.value!r}")
    return found


def filled(template: CloudTemplate, text: str) -> dict[str, str]:
    """The template's parameters. Raises :class:`ContentRefused`: it wants a code, there is none."""
    code = _CODE.search(text)
    values: dict[str, str] = {}
    for name, pattern in template.parameters.items():
        if "{code}" in pattern and code is None:
            raise ContentRefused("the template wants a code, and the message has none")
        one = pattern.replace("{code}", code[0] if code else "")
        values[name] = one.replace("{text}", text)
    return values


def objects(body: bytes) -> list[dict[str, Any]]:
    """The objects of a callback: a list of them, or one. Raises :class:`Malformed`."""
    try:
        found = json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        raise Malformed("body: must be JSON in UTF-8") from None
    listed = found if isinstance(found, list) else [found]
    if not listed or not all(isinstance(one, dict) for one in listed):
        raise Malformed("body: must be an object or a list of them")
    if len(listed) > MESSAGES_MOST:
        raise Malformed(f"body: at most {MESSAGES_MOST} at once")
    return listed


def taken(found: list[T], bad: str) -> list[T]:
    """What is good of a callback is taken even if something else in it is not: it would come again
    a few times only. Raises :class:`Malformed` when nothing is good; ``bad`` says what is not."""
    if not found:
        raise Malformed(bad)
    if bad:
        log.warning("sms.callback_in_part", why=bad)
    return found


def word(data: dict[str, Any], name: str, most: int = 160) -> str:
    """A field as text, however the platform wrote it; empty when it is not there."""
    value = data.get(name)
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, int | str):
        return storable(str(value)).strip()[:most]
    return ""


def answer_of(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer. Raises :class:`ConnectionFailed`: it is not the platform's."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ConnectionFailed(f"status {answer.status}, and not in the platform's words")
    return found
