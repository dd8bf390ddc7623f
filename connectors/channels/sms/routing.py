"""By which account a message goes: by the beginning of the number, then in order."""

from __future__ import annotations

from connectors.settings.sms import Sms


def route(settings: Sms, address: str) -> tuple[str, ...]:
    """The accounts that may carry a message to the number, the one to be tried first in front.

    Of the prefixes that fit the longest counts; the other accounts follow it in their order, so
    that a route says who goes first and never that nobody does.
    """
    fitting = [prefix for prefix in settings.routes if address.startswith(prefix)]
    first = settings.routes[max(fitting, key=len)] if fitting else []
    return tuple(dict.fromkeys((*first, *(settings.order or settings.accounts))))


def is_blocked(settings: Sms, address: str) -> bool:
    """Whether the number stands on the list of those neither heard nor written to."""
    return any(address.startswith(one) for one in settings.blocked)
