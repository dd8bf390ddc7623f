"""Whether the accounts of the configuration are right: asks the platform for each one's token."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp

from connectors.channel import MisconfiguredAccount, SendError
from connectors.channels.wechat.api.wechat import Platform, WechatApi
from connectors.channels.wechat.api.wecom import WecomApi
from connectors.clock import SystemClock
from connectors.coordination.in_process import InProcessCoordinator
from connectors.settings.wechat import Wechat

TIMEOUT = 5.0  # seconds for one account


@dataclass(frozen=True, slots=True)
class Look:
    """What the platform said of an account; ``trouble`` is empty when all is well. ``wrong``: the
    configuration or the console must be mended, else it is the platform or the way to it."""

    account: str
    trouble: str = ""
    wrong: bool = False


async def look(settings: Wechat) -> list[Look]:
    """Every account, in the order of the configuration. Takes nothing away from a running gateway:
    the platform gives everybody who asks without force the same token."""
    async with aiohttp.ClientSession() as http:
        clock = SystemClock()
        apis: dict[str, WechatApi | WecomApi] = {}
        kinds = ((Platform.MINI, settings.mini), (Platform.OFFICIAL, settings.official))
        for platform, accounts in kinds:
            for name, account in accounts.items():
                apis[f"wechat.{platform.value}.{name}"] = WechatApi(
                    platform,
                    appid=account.appid,
                    secret=account.secret.get_secret_value(),
                    url=account.api_url,
                    timeout=min(TIMEOUT, account.timeout),
                    http=lambda: http,
                    coordinator=InProcessCoordinator(),  # each shall ask for itself
                    clock=clock,
                    key=b"",
                )
        for name, company in settings.kf.items():
            apis[f"wechat.kf.{name}"] = WecomApi(
                corp_id=company.corp_id,
                secret=company.secret.get_secret_value(),
                url=company.api_url,
                timeout=min(TIMEOUT, company.timeout),
                http=lambda: http,
                coordinator=InProcessCoordinator(),  # each shall ask for itself
                clock=clock,
                key=b"",
            )
        return list(await asyncio.gather(*(_look(name, api) for name, api in apis.items())))


async def _look(name: str, api: WechatApi | WecomApi) -> Look:
    try:
        await api.tokens.current()
    except SendError as error:
        return Look(name, error.detail, isinstance(error, MisconfiguredAccount))
    return Look(name)
