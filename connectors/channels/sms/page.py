"""The page behind a short link: the whole of a message, in plain words, for one telephone only."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web
from sqlalchemy import Connection

from connectors import logs, templates
from connectors.clock import in_china
from connectors.house import House
from connectors.links import Links, LinkState
from connectors.messages import Stored, plain_text
from connectors.origin import caller
from connectors.store import messages, text_messages
from connectors.webhooks import Refused

TRIES, WITHIN = 60, 60.0  # looks from one address, seconds

STYLE = (
    "body{margin:0;background:#fff;color:#1a1a1a;font:1.25rem/1.7 sans-serif}"
    "main,footer{max-width:40rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.5rem;line-height:1.4}"
    "h2{font-size:1.25rem;line-height:1.4;margin:1.5rem 0 .5rem}"
    ".words,blockquote,dd{white-space:pre-wrap;overflow-wrap:anywhere}"
    "blockquote{margin:.5rem 0;padding:0 0 0 1rem;border-left:.25rem solid #0b57a4}"
    "dt{font-weight:bold}dd{margin:0 0 .75rem}.about,footer{color:#4a4a4a;font-size:1.125rem}"
    "a{color:#0b4a8f;display:inline-block;min-height:1.75rem;padding:.25rem 0}"
    "footer{border-top:1px solid #8a8a8a}"
    "@media (prefers-color-scheme:dark){body{background:#121212;color:#f0f0f0}"
    ".about,footer{color:#c8c8c8}a{color:#9ecbff}}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class FullText:
    def __init__(self, house: House, links: Links) -> None:
        self._house = house
        self._links = links
        environment = templates.environment(Path(__file__).parent / "templates")
        environment.filters.update(hide=lambda text: logs.mask(str(text)), words=plain_text)
        self._template = environment.get_template("full.html")

    async def show(self, request: web.Request) -> web.Response:
        """The message, or a page that says why not. Strangers' guesses never reach the store."""
        proxies = self._house.settings.trusted_proxies
        if not await self._house.coordinator.allow(
            f"sms-link:{caller(request, proxies)}", TRIES, WITHIN
        ):
            return Refused(429, "too_fast", "too many looks from one address").response("sms")
        code = request.match_info["code"]
        state = self._links.look(code, self._house.clock.now())
        if state is LinkState.EXPIRED:
            return self._sorry("expired", 410)
        if state is LinkState.FORGED:
            return self._sorry("unknown", 404)

        def unit(conn: Connection) -> Stored | None:
            message_id = text_messages.linked(conn, code)
            return messages.get(conn, message_id) if message_id is not None else None

        message = await self._house.database.read(unit)
        if message is None:
            return self._sorry("unknown", 404)
        last = in_china(self._links.ends(message) - timedelta(seconds=1))
        return self._page(
            200,
            parts=message.parts,
            choices=message.choices,
            said=_day(in_china(message.created_at)),
            ends=_day(last),
        )

    def _sorry(self, why: str, status: int) -> web.Response:
        say = self._house.texts.say
        return self._page(
            status,
            parts=(),
            heading=say(f"sms_link_{why}"),
            advice=say(f"sms_link_{why}_advice"),
        )

    def _page(self, status: int, **values: object) -> web.Response:
        html = self._template.render(style=STYLE, **values)
        return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
