"""Where a request comes from: which pages may open our sockets and post our forms (OWASP ASVS 5.0,
4.4.2), and whose address it is."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import web

from connectors.settings.sms import is_within


def origin_allowed(request: web.Request, allowed: Sequence[str], public_url: str | None) -> bool:
    """Whether the page that asks is ours or on the list.

    Browsers always send ``Origin`` with a WebSocket; programs that send none carry nobody's
    cookies, so there is nothing of another person's for them to borrow.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    if origin in allowed or (public_url and origin == public_url.rstrip("/")):
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc == request.host


def caller(request: web.Request, trusted_proxies: list[str]) -> str:
    """The address a request comes from: of those a trusted proxy names, the last it did not add
    for another trusted proxy."""
    address = request.remote or ""
    if not is_within(address, trusted_proxies):
        return address
    for named in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if named.strip():
            address = named.strip()
            if not is_within(address, trusted_proxies):
                break
    return address
