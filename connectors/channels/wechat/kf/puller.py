"""Fetches what people wrote to a WeCom customer service account, once for all gateways.

WeCom's push only says that there is something; it is fetched page by page after a cursor. The
cursor moves only when everything before it is safe in the inbox: after a crash a page comes again,
and its messages are known by their ids. One gateway at a time fetches, by lease.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from connectors import logs
from connectors.channel import ConnectionFailed, SendError
from connectors.channels.wechat.api.answers import Said as Fields
from connectors.channels.wechat.api.wecom import WecomApi
from connectors.house import House
from connectors.store import wechat_cursors
from connectors.store.database import StoreUnavailable

log = logs.get(__name__)

LOOK_EVERY = 300.0  # seconds between looks without a push: few are allowed
AGAIN = 1.0  # seconds after which what could not be fetched is tried again, and …
LONGEST = 60.0  # … after which at most
PAGES_MOST = 200  # of one look

Take = Callable[[str, Fields, bool], Awaitable[None]]
"""Account, message, and whether it is of before we began: makes it durable. Raises
``StoreUnavailable``."""

Key = tuple[str, str]  # our account and its open_kfid


class Puller:
    def __init__(self, house: House, apis: Mapping[str, WecomApi], take: Take) -> None:
        self._house = house
        self._apis = apis
        self._take = take
        self._wanted: dict[Key, str] = {}  # with the token of the push, if there was one
        self._woken = asyncio.Event()
        self._pause = AGAIN

    def wake(self, account: str, open_kfid: str, token: str) -> None:
        """There is something to fetch."""
        self._wanted[account, open_kfid] = token
        self._woken.set()

    async def run(self) -> None:
        """Fetches what is pushed, and looks now and then for what was not, until cancelled."""
        while True:
            await self._remember()
            await self._while_wanted()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._woken.wait()

    async def _remember(self) -> None:
        """Wants the accounts something was fetched of before: a push may have been missed."""
        if self._wanted:
            return
        for account in self._apis:
            with contextlib.suppress(StoreUnavailable):
                for open_kfid in await self._house.database.read(
                    partial(wechat_cursors.known, account=account)
                ):
                    self._wanted.setdefault((account, open_kfid), "")

    async def _while_wanted(self) -> None:
        self._woken.clear()
        while self._wanted:
            done = True
            for (account, open_kfid), token in list(self._wanted.items()):
                if self._wanted.get((account, open_kfid)) == token:
                    del self._wanted[account, open_kfid]
                try:
                    fetched = await self.fetch(account, open_kfid, token)
                except (SendError, StoreUnavailable) as error:
                    log.warning("wechat.kf_not_fetched", account=account, reason=str(error))
                    fetched = False
                except Exception:
                    log.exception("wechat.kf_broken", account=account)
                    fetched = False
                if not fetched:
                    done = False
                    self._wanted.setdefault((account, open_kfid), "")
            self._pause = AGAIN if done else min(LONGEST, self._pause * 2)
            if not done:
                await asyncio.sleep(self._pause / 2)

    async def fetch(self, account: str, open_kfid: str, token: str) -> bool:
        """Takes all there is; False when another gateway is at it, who may have looked before the
        newest came. Raises send errors and ``StoreUnavailable``: what was taken stays taken."""
        api = self._apis.get(account)
        if api is None:
            return True
        async with self._house.coordinator.lease(f"wechat-kf:{account}:{open_kfid}") as ours:
            if not ours:
                return False
            cursor = await self._house.database.read(
                lambda conn: wechat_cursors.get(conn, account, open_kfid)
            )
            first = not cursor
            for _ in range(PAGES_MOST):
                following, more = await self._page(account, api, open_kfid, cursor, token, first)
                if not more or following == cursor:
                    return True
                cursor = following
        return False

    async def _page(
        self,
        account: str,
        api: WecomApi,
        open_kfid: str,
        cursor: str,
        token: str,
        first: bool,
    ) -> tuple[str, bool]:
        """Takes one page; where to go on, and whether there is more."""
        try:
            page = await api.sync(open_kfid, cursor, token)
        except ConnectionFailed:
            if not token:
                raise
            page = await api.sync(open_kfid, cursor, "")  # the push's token may have run out
        for message in page.messages:
            await self._take(account, message, first)
        if page.cursor and page.cursor != cursor:
            now = self._house.clock.now()
            await self._house.database.transact(
                lambda conn: wechat_cursors.move(conn, account, open_kfid, page.cursor, now)
            )
        return page.cursor or cursor, page.more
