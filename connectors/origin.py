"""Where a request comes from: which pages may open our sockets and post our forms (OWASP ASVS 5.0,
4.4.2), and whose address it is."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web


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
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc == request.host


def caller(request: web.Request, trusted_proxies: Sequence[str]) -> str:
    """The address a request comes from: of those a trusted proxy names, the last it did not add
    for another trusted proxy."""
    address = request.remote or ""
    if not is_within(address, trusted_proxies):
        return address
    # A proxy adds its own at the end, in the same line or as a line of its own.
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", ()))
    for named in reversed(forwarded.split(",")):
        if named.strip():
            address = named.strip()
            if not is_within(address, trusted_proxies):
                break
    return address


def is_within(address: str, networks: Sequence[str]) -> bool:
    """Whether an IP address lies in one of the networks; False for what is no address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(mapped in ip_network(one) for one in networks)
