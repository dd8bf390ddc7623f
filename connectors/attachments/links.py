"""Links that open one file for a while: whoever has the link has the file until it ends.

``/files/<id>?until=<Unix seconds>&sign=<hex>``, signed with HMAC-SHA256. The end is rounded up, so
that within half a life a page shown again names the same links and loads nothing twice.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta


class FileLinks:
    def __init__(self, key: bytes, life: timedelta) -> None:
        self._key = key
        self._life = int(life.total_seconds())

    def path(self, attachment_id: str, now: datetime, *, small: bool = False) -> str:
        """The address on our own host; good for one life at least, one and a half at most."""
        step = max(1, self._life // 2)
        until = (int(now.timestamp()) + self._life) // step * step + step
        size = "&small=1" if small else ""
        signed = self._sign(attachment_id, until, small)
        return f"/files/{attachment_id}?until={until}&sign={signed}{size}"

    def opens(
        self, attachment_id: str, until: str, sign: str, now: datetime, *, small: bool
    ) -> bool:
        if not (until.isascii() and until.isdigit() and len(until) <= 12 and sign.isascii()):
            return False
        good = self._sign(attachment_id, int(until), small)
        return hmac.compare_digest(good, sign) and now.timestamp() < int(until)

    def _sign(self, attachment_id: str, until: int, small: bool) -> str:
        words = f"file|{attachment_id}|{until}|{int(small)}"
        return hmac.new(self._key, words.encode(), hashlib.sha256).hexdigest()[:40]
