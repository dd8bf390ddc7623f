"""What settings of several sections are held to; each raises ``ValueError`` with what to write."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import SecretStr


def web_address(value: str | None) -> str | None:
    """The root of an interface; an empty one is none."""
    if value is not None and not value.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return value or None


def safe_address(name: str, address: str, *, insecure: bool) -> None:
    """An address of somebody else's that personal data goes to: encrypted, but on this machine or
    where the operator said ``insecure``; ``name`` is the key it stands under."""
    url = urlsplit(address)
    if url.scheme not in ("http", "https") or not url.hostname or url.username or url.fragment:
        raise ValueError(f"{name} must be https://host[:port]/path")
    local = url.hostname in ("127.0.0.1", "::1", "localhost")
    if url.scheme == "http" and not (local or insecure):
        raise ValueError(f"{name} must be https://, or set insecure_http: true")


def long_secret(value: SecretStr | None) -> SecretStr | None:
    """A secret that signs: too long to be guessed."""
    if value is not None and len(value.get_secret_value()) < 32:
        raise ValueError("must have 32 characters or more; make one with `openssl rand -hex 32`")
    return value
