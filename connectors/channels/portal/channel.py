"""The portal channel: two signed routes in, one signed post out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from sqlalchemy import Connection

from connectors.attachments.refused import AttachmentRefused
from connectors.channel import (
    SEND_ERRORS,
    Capabilities,
    ConnectionFailed,
    Limits,
    MisconfiguredAccount,
    Receipt,
    ReceiptState,
    Rendered,
    Sent,
)
from connectors.channels.portal import answers, wire
from connectors.house import House
from connectors.ids import MessageId
from connectors.json_answer import json_answer
from connectors.messages import Inbound, Link, Location, Part, Person, Picked, Text
from connectors.outward import Connections, NoAnswer, ask
from connectors.posted import Malformed
from connectors.sanitize import printable
from connectors.signing import NONCE_LIFE, NotGenuine, signed_headers, verify
from connectors.store import conversations, messages
from connectors.webhooks import Refused, read_body

BODY_MOST = 8 * 1024 * 1024  # bytes, files in Base64 among them
WORDS_MOST = 128 * 1024  # bytes beside the files; 20,000 characters, escaped, fit
RICH = frozenset({"citation", "fields", "order", "progress", "link", "location", "attachment"})

_ERRORS = {error.code: error for error in SEND_ERRORS}

Take = Callable[[str, bytes], Awaitable[dict[str, object]]]


class Portal:
    name = "portal"

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = house.settings.portal.accounts
        self.capabilities = Capabilities(
            max_text=house.settings.portal.max_text,
            max_choices=12,
            rich_parts=RICH,
            parts_together=True,
            receipts=True,
            account_limits={
                name: Limits(account.per_second, account.per_day)
                for name, account in self._accounts.items()
            },
        )
        self._http = Connections()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.post("/portal/{account}/messages", self._messages),
            web.post("/portal/{account}/receipts", self._receipts),
        ]

    async def typing(self, person: Person) -> None:
        return  # nobody sits before a letter-box and watches

    async def run(self) -> None:
        return

    async def close(self) -> None:
        await self._http.close()

    # In: verify, parse, accept, and only then acknowledge ---------------------------------------

    async def _messages(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._take_message)

    async def _receipts(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._take_receipts)

    async def _answered(self, request: web.Request, take: Take) -> web.Response:
        try:
            account, body = await self._genuine(request)
            return json_answer(await take(account, body))
        except Malformed as error:
            return Refused(400, "malformed", str(error)).response(self.name)
        except Refused as refused:
            return refused.response(self.name)

    async def _genuine(self, request: web.Request) -> tuple[str, bytes]:
        """The account and the body of a request that is what it claims to be, and new."""
        name, house = request.match_info["account"], self._house
        account = self._accounts.get(name)
        known = [account.secret, account.previous_secret] if account is not None else []
        body = await read_body(request, BODY_MOST)
        try:
            accepted = [secret.get_secret_value() for secret in known if secret is not None]
            nonce = verify(accepted, request.headers, body, house.clock.now())
        except NotGenuine as error:  # the same for an account that is not there
            raise Refused(401, error.code, "see docs/channels/portal.md on signing") from None
        assert account is not None
        if not await house.coordinator.allow(f"portal:{name}", account.per_minute, 60):
            raise Refused(429, "too_fast", "more requests than agreed", **{"Retry-After": "10"})
        if not await house.coordinator.allow(f"portal-nonce:{name}:{nonce}", 1, NONCE_LIFE):
            raise Refused(409, "replayed", "this nonce was used; sign every request anew")
        return name, body

    async def _take_message(self, account: str, body: bytes) -> dict[str, object]:
        if (kind := wire.type_of(body)) != "message":
            raise Refused(400, "unknown_type", f"the type {kind[:32]!r} is not known here")
        said = wire.message(body)
        files = sum(len(file.content or b"") * 4 // 3 for file in said.attachments)
        if len(body) - files > WORDS_MOST:
            raise Refused(413, "too_large", f"at most {WORDS_MOST} bytes go beside the files")
        inbound = await self._inbound(account, said)
        accepted = await self._house.intake.accept(inbound)
        return {"message_id": accepted.message_id, "duplicate": accepted.duplicate}

    async def _inbound(self, account: str, said: wire.Message) -> Inbound:
        parts: list[Part] = []
        picked: Picked | None = None
        text = printable(said.text)
        if len(text) > (most := self.capabilities.max_text):
            raise Refused(400, "too_long", f"text has {len(text)} characters, at most {most} go")
        if said.choice is not None:
            text = await self._label(account, said.sender, said.choice)
            picked = Picked(MessageId(said.choice.message_id), said.choice.id)
        if text:
            parts.append(Text(text))
        if (place := said.location) is not None:
            parts.append(Location(place.latitude, place.longitude, printable(place.label)))
        parts += [await self._file(file) for file in said.attachments]
        if not parts:
            raise Refused(400, "empty", "there is nothing in the message")
        return Inbound(
            channel=self.name,
            account=account,
            address=said.sender,
            external_id=f"{said.sender}:{said.id}",
            parts=tuple(parts),
            received_at=self._house.clock.now(),
            picked=picked,
        )

    async def _file(self, file: wire.File) -> Part:
        if file.content is None:
            return Link(printable(file.name), file.url or "")
        try:
            return await self._house.attachments.keep(file.content, file.name)
        except AttachmentRefused as refused:
            said = self._house.texts.say(refused.key, **refused.values)
            code, name = f"attachment_{refused.reason.value}", printable(file.name)[:80]
            raise Refused(400, code, f"{name}: {said}") from None

    async def _label(self, account: str, sender: str, choice: wire.Choice) -> str:
        """The words of a choice we offered to this very person."""

        def unit(conn: Connection) -> str | None:
            conversation = conversations.find(conn, self.name, account, sender)
            offer = messages.get(conn, choice.message_id)
            if conversation is None or offer is None or offer.conversation_id != conversation.id:
                return None
            return next((one.label for one in offer.choices if one.id == choice.id), None)

        label = await self._house.database.read(unit)
        if label is None:
            raise Refused(400, "unknown_choice", "this choice was not offered to this person")
        return label

    async def _take_receipts(self, account: str, body: bytes) -> dict[str, object]:
        told = wire.receipts(body).receipts
        known = 0
        for one in told:
            error = _ERRORS.get(one.code, ConnectionFailed)(one.detail or one.code)
            state = ReceiptState(one.state)
            receipt = Receipt(self.name, account, state, key=one.key, error=error)
            known += await self._house.receipts.record(receipt)
        return {"known": known, "unknown": len(told) - known}

    # Out ---------------------------------------------------------------------------------------

    async def send(self, rendered: Rendered) -> Sent:
        account = self._accounts.get(rendered.person.account)
        if account is None:
            raise MisconfiguredAccount("the account is not in the configuration")
        now = self._house.clock.now()
        body = wire.outbound(rendered)
        headers = signed_headers(account.secret.get_secret_value(), body, now)
        headers |= {"Content-Type": "application/json", "X-Huiying-Key": rendered.key}
        try:
            answer = await ask(
                self._http(),
                "POST",
                account.callback_url,
                timeout=account.timeout,
                body=body,
                headers=headers,
            )
        except NoAnswer as error:
            raise ConnectionFailed(str(error)) from None
        return answers.meaning(answer, now)
