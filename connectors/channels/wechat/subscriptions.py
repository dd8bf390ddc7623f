"""Subscription messages (订阅消息): what people agreed to be told when no reply window is open.

A template's fields are filled from the message; WeChat checks each by its type, so what is too long
is cut to it and what cannot be of that type makes the template unusable for that message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from connectors import logs
from connectors.channel import Rendered, Sent, WindowClosed
from connectors.channels.wechat.api.errcodes import NOT_SUBSCRIBED, PlatformRefused
from connectors.channels.wechat.api.wechat import WechatApi
from connectors.clock import in_china
from connectors.house import House
from connectors.messages import OrderCard, Part, Progress, Stored, plain_text
from connectors.settings.wechat import WechatAccount
from connectors.settings.wechat_sending import Template, type_of
from connectors.store import conversations, holding, wechat_consents
from connectors.store.wechat_consents import Agreed, Change

log = logs.get(__name__)

_MOST: Final = {
    "thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32,
    "phone_number": 17, "car_number": 8, "name": 20, "phrase": 5, "amount": 16, "const": 20,
    "time": 40, "date": 40,
}  # fmt: skip
# What a value may be made of; what is not in it is left out.
_NOT: Final = {
    "number": re.compile(r"[^0-9.]"),
    "letter": re.compile(r"[^A-Za-z]"),
    "character_string": re.compile(r"[^!-~]"),
    "phrase": re.compile(r"[^\u4e00-\u9fff]"),
    "phone_number": re.compile(r"[^0-9+()-]"),
    "symbol": re.compile(r"[\w\s]"),
}
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_HAN_NAME_MOST: Final = 10
_ORDER: Final = re.compile(r"(?<![0-9A-Za-z])[A-Z]{0,6}\d{8}[0-9A-Z-]{2,16}(?![0-9A-Za-z])")

SAID: Final = {"accept": True, "acceptwithaudio": True, "ban": False}
"""What WeChat says a person answered, and whether that is an agreement. To refuse one question
takes nothing back of what was agreed to before."""


# How our news name the matter and the order, whoever numbered it; what is new comes after that.
_NEWS: Final = re.compile(
    r"“(?P<title>[^“”]{1,60})”（工单 (?P<number>[^（）]{1,64})）(?:有[^：]{2,4}：)?(?P<text>.+)"
)
_QUOTED: Final = re.compile(r"“([^“”]{2,60})”")


class Subscriptions:
    """The consents and templates of one kind of account."""

    def __init__(self, house: House, channel: str, accounts: Mapping[str, WechatAccount]) -> None:
        self._house = house
        self._channel = channel
        self._accounts = accounts

    # What people agree to ----------------------------------------------------------------------

    async def answered(
        self, account: str, openid: str, answers: Mapping[str, str], event: str = ""
    ) -> int:
        """What a person answered, by the template's id; how many answers concern us. ``event`` is
        what the platform's event is known by: a repeat changes nothing. Raises
        ``StoreUnavailable``."""
        ours = self._templates(account)
        changes = {
            template: _change(ours[template], SAID[said])
            for template, said in answers.items()
            if template in ours and said in SAID
        }
        if changes:
            await self._note(account, openid, changes, event)
        return len(changes)

    async def withdrew(self, account: str, openid: str, template: str, event: str = "") -> None:
        """The person took it back in WeChat's own settings."""
        if template in self._templates(account):
            await self._note(account, openid, {template: Change.NEVER}, event)

    def ids(self, account: str, use: str = "") -> list[str]:
        """The templates to ask a person's consent for, of one use or of all."""
        templates = self._accounts[account].templates if account in self._accounts else {}
        return list(dict.fromkeys(one.id for name, one in templates.items() if use in ("", name)))

    # Sending -----------------------------------------------------------------------------------

    async def send(self, api: WechatApi, rendered: Rendered) -> Sent:
        """Sends a notice by a template the person agreed to.

        Raises :class:`WindowClosed` when there is none, and what sending raises.
        """
        person = rendered.person
        for template, data in self._usable(person.account, rendered.message):
            agreed = Agreed(person.account, person.address, template.id)
            if not await self._may_send(agreed):
                continue
            body = {"touser": person.address, "template_id": template.id, "data": data}
            if template.page:
                body["page"] = template.page
            try:
                await api.subscription(body)
            except PlatformRefused as refused:
                if refused.code != NOT_SUBSCRIBED:
                    raise refused.error from None
                await self._note(person.account, person.address, {template.id: Change.NEVER}, "")
                continue
            await self._spent(agreed)
            return Sent(free=True)
        raise WindowClosed("the reply window is shut, and the person agreed to no template for it")

    def _usable(
        self, account: str, message: Stored
    ) -> list[tuple[Template, dict[str, dict[str, str]]]]:
        """The templates that can say a message, the most fitting in front, with their fields."""
        templates = self._accounts[account].templates
        values = self._values(message)
        uses = ["notice"]
        if values["number"]:
            uses.insert(0, "progress")
        if message.choices:
            uses.insert(0, "follow_up")
        found = [(templates[use], fill(templates[use], values)) for use in uses if use in templates]
        return [(template, data) for template, data in found if data is not None]

    def _values(self, message: Stored) -> dict[str, str]:
        here, say = in_china(message.created_at), self._house.texts.say
        day = say("wechat_date", year=here.year, month=here.month, day=here.day)
        return facts(message.parts) | {
            "time": f"{day} {here:%H:%M}",
            "date": day,
            "city": self._house.settings.city,
        }

    # Bookkeeping -------------------------------------------------------------------------------

    def _templates(self, account: str) -> dict[str, Template]:
        known = self._accounts.get(account)
        return {one.id: one for one in known.templates.values()} if known is not None else {}

    async def _may_send(self, agreed: Agreed) -> bool:
        return await self._house.database.read(lambda conn: wechat_consents.may_send(conn, agreed))

    async def _spent(self, agreed: Agreed) -> None:
        now = self._house.clock.now()
        await self._house.database.transact(lambda conn: wechat_consents.spend(conn, agreed, now))

    async def _note(
        self, account: str, openid: str, changes: Mapping[str, Change], event: str
    ) -> None:
        """What was held back because the person had not agreed may go now."""
        now = self._house.clock.now()
        agreed = any(change is not Change.NEVER for change in changes.values())

        def unit(conn: Connection) -> None:
            for template, change in changes.items():
                about = Agreed(account, openid, template)
                wechat_consents.change(conn, about, change, event, now)
            talk = conversations.find(conn, self._channel, account, openid) if agreed else None
            if talk is not None:
                holding.release_notices(conn, talk.id, now)

        await self._house.database.transact(unit)
        if agreed:
            self._house.spoken()


def facts(parts: tuple[Part, ...]) -> dict[str, str]:
    """What a message says that a field may be filled with: the order it is about, its words."""
    text = " ".join(plain_text(parts).split())
    number = title = status = ""
    if news := _NEWS.search(text):
        number, title, text = news["number"], news["title"], news["text"]
    for part in parts:
        if isinstance(part, OrderCard):
            number, title, status = part.number, part.title, part.status
        elif isinstance(part, Progress):
            number = part.number
            status = next((one.name for one in part.nodes if one.state == "current"), "")
    if not number and (named := _ORDER.search(text)):
        number = named[0]
    if not title and (quoted := _QUOTED.search(text)):
        title = quoted[1]
    return {"number": number, "title": title or text, "status": status, "text": text}


def fill(template: Template, values: Mapping[str, str]) -> dict[str, dict[str, str]] | None:
    """The template's fields; None when one of them stays empty."""
    data: dict[str, dict[str, str]] = {}
    for name, words in template.fields.items():
        value = shaped(type_of(name), words.format_map(values))
        if not value:
            return None
        data[name] = {"value": value}
    return data


def shaped(kind: str, value: str) -> str:
    """The value as a field of that type may be: without what the type forbids, cut to its length;
    a phrase that is cut says something else, so a longer one is none."""
    value = " ".join(value.split())
    if forbidden := _NOT.get(kind):
        value = forbidden.sub("", value)
    most = _HAN_NAME_MOST if kind == "name" and _HAN.search(value) else _MOST[kind]
    if len(value) <= most:
        return value
    if kind in ("thing", "const"):
        return value[: most - 1] + "…"
    return value[:most] if kind == "character_string" else ""


def _change(template: Template, agreed: bool) -> Change:
    if not agreed:
        return Change.NEVER
    return Change.ALWAYS if template.lasting else Change.ONCE
