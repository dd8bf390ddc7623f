"""The channel of text messages: several accounts, one person one conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import time
from functools import partial

from aiohttp import web

from connectors import logs
from connectors.channel import (
    Addresses,
    Capabilities,
    Limits,
    Manners,
    MisconfiguredAccount,
    Receipt,
    RecipientRefused,
    Rendered,
    Sent,
    TextUnit,
)
from connectors.channels.sms import door
from connectors.channels.sms.aliyun import Aliyun
from connectors.channels.sms.driver import Driver, Malformed
from connectors.channels.sms.inbox import Inbox
from connectors.channels.sms.kannel import Kannel
from connectors.channels.sms.page import FullText
from connectors.channels.sms.routing import is_blocked, route
from connectors.channels.sms.tencent import Tencent
from connectors.house import House
from connectors.links import Links
from connectors.messages import Person, plain_text
from connectors.outward import Connections
from connectors.store import text_messages
from connectors.store.database import StoreUnavailable
from connectors.webhooks import Refused, read_body

log = logs.get(__name__)

BODY_MOST = 512 * 1024  # bytes: the clouds bring up to some hundred messages in one callback
SEGMENTS_MOST = 2  # of one answer
SWEEP_EVERY = 5.0  # seconds between looks for messages whose part is missing

Take = Callable[[str, Driver, str, bytes], Awaitable[None]]


class Sms:
    name = "sms"

    def __init__(self, house: House) -> None:
        self._house = house
        self._settings = house.settings.sms
        self._accounts = self._settings.accounts
        self._drivers = drivers(house)
        self._inbox = Inbox(house, self.name)
        self._http = Connections()
        self._links = Links(
            house.signing_key, f"{house.settings.own_url}/s/", self._settings.link_life
        )
        self._full_text = FullText(house, self._links)
        self.capabilities = Capabilities(
            max_text=SEGMENTS_MOST,
            text_unit=TextUnit.SMS_SEGMENTS,
            signature=self._settings.signature,
            emoji=False,
            receipts=True,
            may_begin=True,
            texts="sms",
            joins_turn=True,
            join_burst=self._settings.join_within,
            addresses=Addresses.PHONES,
            begins_from=next(iter(self._accounts), ""),
            manners=Manners(
                quiet=(
                    time.fromisoformat(self._settings.quiet_from),
                    time.fromisoformat(self._settings.quiet_until),
                ),
                per_day=self._settings.notices_per_day,
                opt_out=True,
            ),
            accounts_for=partial(route, self._settings),
            elsewhere=self._links.url,
            account_limits={
                name: Limits(account.per_second, account.per_day)
                for name, account in self._accounts.items()
            },
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        path = "/sms/{account}/{secret}"
        callbacks: list[web.AbstractRouteDef] = [
            web.route(method, f"{path}/{what}", handler)
            for what, handler in (("inbound", self._inbound), ("receipts", self._receipts))
            for method in ("GET", "POST")
        ]
        return [*callbacks, web.get("/s/{code}", self._full_text.show)]

    async def typing(self, person: Person) -> None:
        return  # a telephone shows nothing of the kind

    async def run(self) -> None:
        while True:
            try:
                await self._inbox.sweep()
            except StoreUnavailable as error:
                log.error("store.unavailable", reason=str(error))
            except Exception:
                log.exception("sms.sweep_broken")
            await asyncio.sleep(SWEEP_EVERY)

    async def close(self) -> None:
        await self._http.close()

    # In ----------------------------------------------------------------------------------------

    async def _inbound(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._take_messages)

    async def _receipts(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._take_receipts)

    async def _answered(self, request: web.Request, take: Take) -> web.Response:
        try:
            account = door.check(request, self._accounts, self._house.settings.trusted_proxies)
            body = await read_body(request, BODY_MOST)
            driver = self._drivers[account]
            await take(account, driver, request.rel_url.raw_query_string, body)
            thanks = driver.thanks
            return web.Response(body=thanks.body, content_type=thanks.content_type)
        except Malformed as error:
            return Refused(400, "malformed", str(error)).response(self.name)
        except Refused as refused:
            return refused.response(self.name)

    async def _take_messages(self, account: str, driver: Driver, query: str, body: bytes) -> None:
        for arrived in driver.arrived(query, body):
            await self._inbox.take(account, arrived)

    async def _take_receipts(self, account: str, driver: Driver, query: str, body: bytes) -> None:
        for told in driver.told(query, body):
            receipt = Receipt(
                self.name,
                account,
                told.state,
                key=told.key,
                provider_id=told.provider_id,
                error=told.error,
            )
            await self._house.receipts.record(receipt)

    # Out ---------------------------------------------------------------------------------------

    async def send(self, rendered: Rendered) -> Sent:
        driver = self._drivers.get(rendered.person.account)
        if driver is None:
            raise MisconfiguredAccount("the account is not in the configuration")
        if is_blocked(self._settings, rendered.person.address):
            raise RecipientRefused("the number is on the list sms.blocked")
        text = plain_text(rendered.parts)
        if self._links.base in text:
            await self._house.database.transact(
                lambda conn: text_messages.open_links(conn, self._links, [rendered.message], text)
            )
        return await driver.submit(self._http(), rendered, text)


def drivers(house: House) -> dict[str, Driver]:
    """A driver for each account of the configuration."""
    settings = house.settings.sms
    built: dict[str, Driver] = {}
    for name, account in settings.kannel.items():
        base = (account.callback_base or house.settings.own_url).rstrip("/")
        secret = account.callback_secret.get_secret_value()
        receipts_url = f"{base}/sms/{name}/{secret}/receipts"
        built[name] = Kannel(account, receipts_url, settings.signature)
    for name, aliyun in settings.aliyun.items():
        built[name] = Aliyun(aliyun, settings.signature, house.clock)
    for name, tencent in settings.tencent.items():
        built[name] = Tencent(tencent, settings.signature, house.clock)
    return built
