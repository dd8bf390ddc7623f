"""Whether a callback comes from the platform: it knows the secret path, and calls from where it
should. The platforms sign nothing."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from aiohttp import web

from connectors.origin import caller, is_within
from connectors.settings.sms import SmsAccount
from connectors.webhooks import Refused

_NO_SECRET = "-" * 32  # an unknown account takes as long to refuse as a wrong secret


def check(
    request: web.Request, accounts: Mapping[str, SmsAccount], trusted_proxies: Sequence[str]
) -> str:
    """The account a callback is for. Raises :class:`Refused`."""
    name, given = request.match_info["account"], request.match_info["secret"]
    account = accounts.get(name)
    secret = account.callback_secret.get_secret_value() if account is not None else _NO_SECRET
    if not hmac.compare_digest(secret.encode(), given.encode("utf-8", "replace")):
        raise Refused(403, "forbidden", "no such account, or not its secret; see docs/sms.md")
    if account is None:
        raise Refused(403, "forbidden", "no such account, or not its secret; see docs/sms.md")
    if account.allow_from and not is_within(caller(request, trusted_proxies), account.allow_from):
        raise Refused(403, "not_allowed", "this address is not in allow_from; see docs/sms.md")
    return name
