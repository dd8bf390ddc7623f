"""Every channel, one line each. The only module that may import them."""

from __future__ import annotations

from connectors.channel import Channel
from connectors.channels.portal.channel import Portal
from connectors.channels.sms.channel import Sms
from connectors.channels.webchat.channel import WebChat
from connectors.channels.wechat.kf.channel import WechatKf
from connectors.channels.wechat.looking import Look, look
from connectors.channels.wechat.mini import WechatMini
from connectors.channels.wechat.miniapp.channel import WechatMiniapp
from connectors.channels.wechat.official import WechatOfficial
from connectors.house import House
from connectors.settings import Settings


def build_channels(house: House) -> dict[str, Channel]:
    """The channels of this gateway by name."""
    built: list[Channel] = [
        WebChat(house),
        Portal(house),
        Sms(house),
        WechatMini(house),
        WechatMiniapp(house),
        WechatOfficial(house),
        WechatKf(house),
    ]
    return {channel.name: channel for channel in built}


async def look_at_accounts(settings: Settings) -> list[Look]:
    """What the platforms say of the accounts that can be asked about."""
    return await look(settings.wechat)
