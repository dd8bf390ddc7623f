"""Customer messages (客服消息) of mini-programs and official accounts: how we reach people.

While the person's reply window is open a message goes as it is; a notice that finds it shut goes by
a template the person agreed to (``subscriptions.py``), or another way by the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from connectors import logs
from connectors.channel import (
    ContentRefused,
    Limits,
    MisconfiguredAccount,
    Rendered,
    SendError,
    Sent,
    WindowClosed,
)
from connectors.channels.wechat.api.errcodes import MediaGone
from connectors.channels.wechat.api.wechat import Platform, WechatApi
from connectors.channels.wechat.shaping import CardOf, Fields, File, in_words, shape
from connectors.channels.wechat.subscriptions import Subscriptions
from connectors.channels.wechat.uploads import CannotShow, Uploads
from connectors.house import House
from connectors.links import Links
from connectors.messages import Attachment, Author, Person, Purpose, plain_text
from connectors.outward import Connections
from connectors.settings.wechat import MiniAccount, WechatAccount
from connectors.store import reply_windows, text_messages
from connectors.store.conversations import Conversation

log = logs.get(__name__)

WINDOW = timedelta(hours=48)
SENDS = 5  # after each message of the person
ENTRY = {Platform.MINI: 2, Platform.OFFICIAL: 3}  # after coming in, following, a click, a scan
ENTRY_LIFE = timedelta(minutes=1)
LINK_PICTURE = "/wechat/link.png"  # beside links, where a city has set none of its own


class Sending:
    """The accounts of one kind, towards the platform."""

    def __init__(
        self, house: House, platform: Platform, accounts: Mapping[str, WechatAccount]
    ) -> None:
        self._house = house
        self._platform = platform
        self._accounts = accounts
        self._http = Connections()
        self.subscriptions = Subscriptions(house, f"wechat_{platform.value}", accounts)
        self.links = Links(
            house.signing_key, f"{house.settings.own_url}/s/", house.settings.sms.link_life
        )
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

    def limits(self) -> dict[str, Limits]:
        """The limits of each account."""
        return {
            name: Limits(account.per_second, account.per_day, SENDS)
            for name, account in self._accounts.items()
        }

    def came_in(self, conn: Connection, talk: Conversation, now: datetime) -> None:
        """The person came in, followed, clicked or scanned: WeChat lets us send a little for a
        minute."""
        reply_windows.grant(conn, talk.id, ENTRY[self._platform], ENTRY_LIFE, now)

    async def send(self, rendered: Rendered) -> Sent:
        """Sends one message. Raises send errors and nothing else."""
        person = rendered.person
        api, account = self._api(person.account), self._accounts[person.account]
        notice = rendered.purpose is Purpose.NOTICE and rendered.pieces == 1
        if rendered.shut:
            return await self.subscriptions.send(api, rendered)
        words = plain_text(rendered.parts)
        checked = isinstance(account, MiniAccount) and account.check_content
        if checked and rendered.message.author is Author.AGENT and words:
            await api.check_text(person.address, words)
        await self.open_links(rendered)
        try:
            await self._send(api, account, rendered)
        except WindowClosed:
            if not notice:
                raise
            return await self.subscriptions.send(api, rendered)
        return Sent()

    async def open_links(self, rendered: Rendered) -> None:
        """What a message points to shall be there before anybody can look."""
        words = plain_text(rendered.parts)
        if self.links.base not in words:
            return
        said = (rendered.message, *rendered.joined)

        def unit(conn: Connection) -> None:
            text_messages.open_links(conn, self.links, said, words)

        await self._house.database.transact(unit)

    async def typing(self, person: Person) -> None:
        """Shows that an answer is being written; what hinders that is nobody's trouble."""
        try:
            await self._api(person.account).typing(person.address)
        except SendError as error:
            log.info("wechat.typing_not_shown", account=person.account, detail=error.detail)

    async def close(self) -> None:
        await self._http.close()

    # Shapes ------------------------------------------------------------------------------------

    async def _send(self, api: WechatApi, account: WechatAccount, rendered: Rendered) -> None:
        """Sends it, and once more with its file uploaded anew when the old upload is gone. A card
        or link that cannot be shown as one goes in words."""
        to: Fields = {"touser": rendered.person.address}
        try:
            try:
                await api.send(to | await self._fields(api, account, rendered))
            except MediaGone:
                await api.send(to | await self._fields(api, account, rendered, anew=True))
        except (ContentRefused, CannotShow) as refused:
            words = in_words(rendered)
            if words is None:
                raise
            log.warning(
                "wechat.link_in_words", account=rendered.person.account, reason=str(refused)
            )
            await api.send(to | words)

    async def _fields(
        self, api: WechatApi, account: WechatAccount, rendered: Rendered, *, anew: bool = False
    ) -> Fields:
        uploads = Uploads(self._house, account.appid, api.media)
        cards, picture = [], ""
        if isinstance(account, MiniAccount):
            ours = f"{self._house.settings.own_url}{LINK_PICTURE}"
            cards, picture = account.cards, account.link_picture or ours
        made = shape(
            rendered.parts, rendered.choices, rendered.asks.id, self._platform, cards, picture
        )
        if isinstance(made, File):
            media_id = await uploads.attachment(made.attachment, made.kind, anew=anew)
            return {"msgtype": made.kind, made.kind: {"media_id": media_id}}
        if isinstance(made, CardOf):
            thumb = await uploads.picture(made.card.picture, anew=anew)
            page = {"title": made.title, "pagepath": made.page, "thumb_media_id": thumb}
            return {"msgtype": "miniprogrampage", "miniprogrampage": page}
        if made["msgtype"] == "text" and isinstance(only := rendered.parts[0], Attachment):
            return {"msgtype": "text", "text": {"content": uploads.link_to(only)}}
        return made

    def _api(self, account: str) -> WechatApi:
        api = self.apis.get(account)
        if api is None:
            raise MisconfiguredAccount("the account is not in the configuration")
        return api
