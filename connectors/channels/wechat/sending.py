"""Customer messages (客服消息) of mini-programs and official accounts: how we reach people."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from connectors.channel import MisconfiguredAccount, Rendered, Sent
from connectors.channels.wechat.api.wechat import Platform, WechatApi
from connectors.house import House
from connectors.messages import Person, plain_text
from connectors.settings.wechat import WechatAccount


class Sending:
    """The accounts of one kind, towards the platform."""

    def __init__(
        self, house: House, platform: Platform, accounts: Mapping[str, WechatAccount]
    ) -> None:
        self._session: aiohttp.ClientSession | None = None
        self.apis = {
            name: WechatApi(
                platform,
                appid=account.appid,
                secret=account.secret.get_secret_value(),
                url=account.api_url,
                timeout=account.timeout,
                http=self._http,
                coordinator=house.coordinator,
                clock=house.clock,
                key=house.signing_key,
            )
            for name, account in accounts.items()
        }

    async def send(self, rendered: Rendered) -> Sent:
        """Sends one message. Raises send errors and nothing else."""
        person = rendered.person
        text = {"content": plain_text(rendered.parts)}
        await self._api(person.account).send(
            {"touser": person.address, "msgtype": "text", "text": text}
        )
        return Sent()

    async def typing(self, person: Person) -> None:
        await self._api(person.account).typing(person.address)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _api(self, account: str) -> WechatApi:
        api = self.apis.get(account)
        if api is None:
            raise MisconfiguredAccount("the account is not in the configuration")
        return api

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), headers={"Accept-Encoding": "identity"}
            )
        return self._session
