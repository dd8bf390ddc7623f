"""Where somebody who must log in first was going, and what they had written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

_WITHIN = re.compile(r"/desk(?:/[\w-]+)*(?:\?[\w.~%&=+,-]*)?", re.ASCII)
_KEPT = "kept."
_MOST = 40  # fields


def wanted(then: str) -> str:
    """A place of the desk, as asked for; "" for any other."""
    return then if _WITHIN.fullmatch(then) else ""


def going(request: web.Request) -> dict[str, str]:
    """Hidden fields of the login page that remember where a request was going."""
    then = wanted(request.raw_path)
    return {"then": then} if then not in ("", "/desk") else {}


def kept(form: Mapping[str, Any]) -> dict[str, str]:
    """Hidden fields that hold what a form said; the token of its session is worth nothing now."""
    said = {name: str(value) for name, value in form.items() if isinstance(value, str)}
    return {_KEPT + name: said[name] for name in [*said][:_MOST] if name != "csrf"}


def remembered(form: Mapping[str, Any]) -> dict[str, str]:
    """The hidden fields of the login page it was sent with, to be shown again."""
    found = {name: str(form[name]) for name in form if name.startswith(_KEPT)}
    then = wanted(str(form.get("then", "")))
    return {"then": then, **found} if then else {}


def written(hidden: Mapping[str, str]) -> dict[str, str]:
    """What the form had said that :func:`kept` holds."""
    return {name.removeprefix(_KEPT): hidden[name] for name in hidden if name.startswith(_KEPT)}
