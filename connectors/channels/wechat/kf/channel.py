"""The channel of WeCom's customer service (微信客服): several companies, each with its accounts."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from aiohttp import web
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from connectors import logs
from connectors.channel import (
    Capabilities,
    ContentRefused,
    Limits,
    MisconfiguredAccount,
    Receipt,
    ReceiptState,
    RecipientRefused,
    Rendered,
    SendError,
    Sent,
    TextUnit,
)
from connectors.channels.wechat.api.answers import Said as Fields
from connectors.channels.wechat.api.answers import number, word
from connectors.channels.wechat.api.wecom import WecomApi
from connectors.channels.wechat.arrivals import Happened
from connectors.channels.wechat.arrivals import word as pushed_word
from connectors.channels.wechat.files import Files
from connectors.channels.wechat.hearing import Hearing
from connectors.channels.wechat.kf import sending
from connectors.channels.wechat.kf.arrivals import Event, Spoken, read
from connectors.channels.wechat.kf.handing_over import HandingOver
from connectors.channels.wechat.kf.puller import Puller
from connectors.channels.wechat.kf.sessions import Sessions
from connectors.channels.wechat.receiving import Arrival, Receiving
from connectors.channels.wechat.uploads import Uploads
from connectors.house import House
from connectors.ids import MessageId
from connectors.links import Links
from connectors.messages import Author, Choice, Person, Text, plain_text
from connectors.outward import Connections
from connectors.settings.wechat import KfAccount
from connectors.store import text_messages, wechat_cursors
from connectors.store.ratings import RATINGS

log = logs.get(__name__)

TEXT_MOST = 2000  # bytes of UTF-8 in one message
WINDOW = timedelta(hours=48)
SENDS = 5  # after each message of the person; known at second hand
CHOICES_MOST = 10
OLD = timedelta(minutes=10)  # messages from before the first look are kept, not answered
CODE_LIFE = 20  # seconds within which an event may be answered
REFUSED = frozenset({10, 11})  # fail_type: the person refused, or blocked us
TAKEN, ENDED = frozenset({1, 2, 4}), 3  # change_type of a session


class WechatKf:
    name = "wechat_kf"

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = accounts = house.settings.wechat.kf
        self._http = Connections()
        self.apis = {name: self._api_of(account) for name, account in accounts.items()}
        self._hearing = Hearing(house, self.name)
        self._sessions = Sessions(house, self.name)
        self._handing_over = HandingOver(house, self.name, accounts, self.apis, self._sessions)
        self._files = Files(house, self.name, self._hearing, self._download)
        self._puller = Puller(house, self.apis, self._take)
        self._receiving = Receiving(house, self.name, accounts, self._pushed)
        self._links = Links(
            house.signing_key, f"{house.settings.own_url}/s/", house.settings.sms.link_life
        )
        self.capabilities = Capabilities(
            max_text=TEXT_MOST,
            text_unit=TextUnit.UTF8,
            max_choices=CHOICES_MOST,
            rich_parts=frozenset({"attachment", "link"}),
            reply_window=WINDOW,
            joins_turn=True,
            elsewhere=self._links.url,
            elsewhere_at_need=True,
            limits=Limits(per_reply_window=SENDS),
            account_limits={
                name: Limits(account.per_second, account.per_day, SENDS)
                for name, account in accounts.items()
            },
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        return self._receiving.routes("/wechat/kf/{account}")

    async def typing(self, person: Person) -> None:
        return  # WeCom knows no such thing

    async def run(self) -> None:
        await asyncio.gather(self._puller.run(), self._files.run(), self._handing_over.run())

    async def close(self) -> None:
        await self._files.close()
        await self._http.close()

    # In ----------------------------------------------------------------------------------------

    async def _pushed(self, arrival: Arrival) -> MessageId | None:
        what = arrival.what
        open_kfid = pushed_word(what.fields, "OpenKfId") if isinstance(what, Happened) else ""
        if isinstance(what, Happened) and what.name == "kf_msg_or_event" and open_kfid:
            await self._note(arrival.account, open_kfid[:64])
            token = pushed_word(what.fields, "Token")
            self._puller.wake(arrival.account, open_kfid[:64], token[:256])
        else:
            self._hearing.count("unknown_event")
        return None

    async def _note(self, account: str, open_kfid: str) -> None:
        """That there is something to fetch survives a crash before it was."""
        now = self._house.clock.now()

        def unit(conn: Connection) -> None:
            wechat_cursors.note(conn, account, open_kfid, now)

        try:
            await self._house.database.transact(unit)
        except IntegrityError:  # another push was quicker, and has noted the same
            return

    async def _take(self, account: str, message: Fields, first: bool) -> None:
        what = read(message)
        if what is None and word(message, "msgtype") == "event":
            self._hearing.count("event")  # of the company's own people: nobody's conversation
        elif what is None:
            self._hearing.count("malformed")
            log.warning("wechat.kf_malformed", account=account)
        elif isinstance(what, Event):
            await self._happened(account, what)
        elif what.servicer:
            words = what.said.parts or (Text(self._say("wechat_unknown_kind")),)
            await self._sessions.note(account, what.said.person, words, what.said.external_id)
        else:
            age = self._house.clock.now().timestamp() - what.at
            await self._said(account, what, old=first and age > OLD.total_seconds())

    async def _said(self, account: str, what: Spoken, *, old: bool) -> None:
        said, rating = what.said, _rating(what)
        if not said.known:
            await self._hearing.unreadable(account, said)
        elif said.media is not None:
            await self._files.take(account, said)
        else:
            accepted = await self._hearing.heard(
                account, said, said.parts, picked=said.picked, silent=old or bool(rating)
            )
            if rating and not accepted.duplicate:
                await self._sessions.rated(account, said.person, rating)
                thanks = "wechat_kf_sorry" if rating == "bad" else "wechat_kf_thanks"
                await self._hearing.say(account, said.person, thanks, name=said.external_id)

    async def _happened(self, account: str, what: Event) -> None:
        self._hearing.count("event")
        match what.name:
            case "enter_session":
                await self._greet(account, what)
            case "msg_send_fail":
                await self._failed(account, what)
            case "session_status_change":
                change = number(what.fields, "change_type")
                if change in TAKEN:
                    await self._sessions.taken(account, what.person)
                elif change == ENDED and await self._sessions.ended(account, what.person):
                    await self._ask_rating(account, what)
            case _:
                log.info("wechat.unknown_event", channel=self.name, name=what.name)

    async def _greet(self, account: str, what: Event) -> None:
        code = word(what.fields, "welcome_code")
        if not code or not self._accounts[account].welcome or self._too_late(what):
            return
        words = self._say("wechat_welcome", city=self._house.settings.city)
        await self._on_event(account, what, code, {"msgtype": "text", "text": {"content": words}})

    async def _ask_rating(self, account: str, what: Event) -> None:
        code = word(what.fields, "msg_code")
        if not code or not self._accounts[account].satisfaction or self._too_late(what):
            return
        words = self._say("wechat_kf_rate")
        choices = tuple(
            Choice(f"kf_{rating}", self._say(f"wechat_kf_rate_{rating}"), rating)
            for rating in RATINGS
        )
        asked = await self._sessions.note(
            account, what.person, (Text(words),), code, choices=choices, author=Author.SYSTEM
        )
        await self._on_event(account, what, code, sending.menu(words, choices, asked))

    def _too_late(self, what: Event) -> bool:
        return self._house.clock.now().timestamp() - what.at > CODE_LIFE

    async def _on_event(self, account: str, what: Event, code: str, message: Fields) -> None:
        """Sends what an event allows; it is not worth a second try."""
        if not await self._house.coordinator.allow(f"wechat-kf-code:{code[:64]}", 1, 3600):
            return
        try:
            await self.apis[account].send_on_event({"code": code} | message)
        except SendError as error:
            log.warning("wechat.kf_event_not_answered", event_type=what.name, detail=error.detail)

    async def _failed(self, account: str, what: Event) -> None:
        kind = number(what.fields, "fail_type")
        error: SendError = (
            RecipientRefused(f"fail_type {kind}")
            if kind in REFUSED
            else ContentRefused(f"fail_type {kind}")
        )
        await self._house.receipts.record(
            Receipt(
                self.name,
                account,
                ReceiptState.FAILED,
                provider_id=word(what.fields, "fail_msgid") or "?",
                error=error,
            )
        )

    async def _download(self, account: str, media_id: str) -> bytes:
        return await self._api(account).media.download(media_id)

    # Out ---------------------------------------------------------------------------------------

    async def send(self, rendered: Rendered) -> Sent:
        account = rendered.person.account
        api = self._api(account)
        words = plain_text(rendered.parts)
        if self._links.base in words:
            said = (rendered.message, *rendered.joined)

            def unit(conn: Connection) -> None:
                text_messages.open_links(conn, self._links, said, words)

            await self._house.database.transact(unit)
        settings = self._accounts[account]
        uploads = Uploads(self._house, settings.corp_id, api.media)
        return await sending.send(api, settings, uploads, rendered)

    def _say(self, key: str, **values: str) -> str:
        return self._house.texts.say(key, self.name, **values)

    def _api(self, account: str) -> WecomApi:
        api = self.apis.get(account)
        if api is None:
            raise MisconfiguredAccount("the account is not in the configuration")
        return api

    def _api_of(self, account: KfAccount) -> WecomApi:
        return WecomApi(
            corp_id=account.corp_id,
            secret=account.secret.get_secret_value(),
            url=account.api_url,
            timeout=account.timeout,
            http=self._http,
            coordinator=self._house.coordinator,
            clock=self._house.clock,
            key=self._house.signing_key,
        )


def _rating(what: Spoken) -> str:
    """How the person judged the service, when that is what they tapped."""
    picked = what.said.picked
    choice = picked.choice_id.removeprefix("kf_") if picked is not None else ""
    return choice if choice in RATINGS else ""
