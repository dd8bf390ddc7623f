"""Telling people of news while the app is closed: what they agreed to, and the message itself.

WeChat asks the person in the app and tells us in an event of its own (``../consent_events.py``);
the app tells us too, for an account whose events do not come. So that one answer is not two
consents, what the app says counts only while no consent is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Connection

from connectors import logs
from connectors.channel import Rendered, SendError
from connectors.channels.wechat.api.wechat import WechatApi
from connectors.channels.wechat.subscriptions import Subscriptions
from connectors.chat.door import Entered
from connectors.house import House
from connectors.store import wechat_consents
from connectors.store.wechat_consents import Agreed
from connectors.webhooks import Refused, read_body

log = logs.get(__name__)

BODY_MOST = 4096  # bytes
ANSWERS_MOST = 10


class Answers(BaseModel):
    """What WeChat said of each template, by its id: accept, reject, ban, filter."""

    results: dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=32)]] = (
        Field(max_length=ANSWERS_MOST)
    )


class Notices:
    def __init__(
        self, house: House, subscriptions: Subscriptions, apis: Mapping[str, WechatApi]
    ) -> None:
        self._house = house
        self._subscriptions = subscriptions
        self._apis = apis

    def offered(self, account: str) -> list[dict[str, str]]:
        """The templates the app may ask for."""
        templates = self._house.settings.wechat.mini[account].templates
        return [{"purpose": use, "template_id": template.id} for use, template in templates.items()]

    async def answered(self, request: web.Request, who: Entered) -> dict[str, Any]:
        """Notes what a person answered. Raises :class:`Refused`."""
        try:
            said = Answers.model_validate_json(await read_body(request, BODY_MOST)).results
        except ValidationError:
            message = self._house.texts.say("miniapp_malformed")
            raise Refused(400, "malformed", message) from None

        def known(conn: Connection) -> frozenset[str]:
            about = {one: Agreed(who.account, who.address, one) for one in said}
            return frozenset(
                one for one, agreed in about.items() if wechat_consents.may_send(conn, agreed)
            )

        # One refusal of a question takes nothing back of what was agreed to before; a ban does.
        agreed = await self._house.database.read(known)
        news = {
            one: answer
            for one, answer in said.items()
            if answer == "ban" or (answer != "reject" and one not in agreed)
        }
        noted = await self._subscriptions.answered(who.account, who.address, news)
        return {"noted": noted}

    async def tell(self, rendered: Rendered) -> None:
        """Tells the person by WeChat, if they agreed to it. The message is in the app in any case,
        so what hinders this is written down and no more."""
        api = self._apis.get(rendered.person.account)
        if api is None:
            return
        try:
            await self._subscriptions.send(api, rendered)
        except SendError as error:
            log.info("miniapp.not_told", code=error.code, detail=error.detail)
