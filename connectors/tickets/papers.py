"""What goes with an order by link: the talk it came from and its attachments, signed and expiring.

A transcript's link is ``<number>.<until>.<signature>``: whoever has it may look until then, and
each look leaves an audit row. An anonymous order has no transcript.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from actions.work_orders.tickets import File, Papers
from connectors.attachments.links import FileLinks
from connectors.clock import Clock
from connectors.store.work_orders import WorkOrder

_MAC = 44  # characters of the signature: 176 bits


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads them. ``own_url``: how the outside reaches us."""

    key: bytes
    own_url: str
    last: timedelta
    clock: Clock

    def papers(self, order: WorkOrder) -> Papers:
        """The links of an order, good from now on."""
        talk, now = order.filed.conversation_id, self.clock.now()
        open_talk = talk is not None and not order.filed.anonymous
        files = FileLinks(self.key, self.last)
        return Papers(
            self.transcript(order.number) if open_talk else None,
            tuple(
                File(f"{order.number}-{place}", self.own_url + files.path(one, now))
                for place, one in enumerate(order.filed.attachments, 1)
            ),
        )

    def transcript(self, number: str) -> str:
        """The address of the talk an order came from."""
        # To the hour: a repeated try carries the same link.
        until = (int((self.clock.now() + self.last).timestamp()) // 3600 + 1) * 3600
        token = f"{number}.{until}.{self._mac(number, str(until))}"
        return f"{self.own_url}/tickets/transcript/{token}"

    def read(self, token: str) -> str | None:
        """The order whose transcript a link shows; None when it is forged or has run out."""
        number, _, rest = token.partition(".")
        until, _, given = rest.partition(".")
        good = self._mac(number, until)
        if not hmac.compare_digest(good.encode(), given.encode("utf-8", "replace")):
            return None
        return number if int(until) > self.clock.now().timestamp() else None

    def _mac(self, number: str, until: str) -> str:
        signed = f"transcript|{number}|{until}".encode()
        return hmac.new(self.key, signed, hashlib.sha256).hexdigest()[:_MAC]
