"""Kannel 1.4.5: messages come by its get-url, go by its sendsms, receipts by the dlr-url.

What each side says is written down in docs/sms.md, with the configuration it was tried with.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes, urlencode

import aiohttp

from connectors.channel import (
    ConnectionFailed,
    ContentRefused,
    MisconfiguredAccount,
    ReceiptState,
    RecipientRefused,
    Rendered,
    SendError,
    Sent,
)
from connectors.channels.sms import carriers
from connectors.channels.sms.driver import Arrived, Malformed, Thanks, Told, ask
from connectors.channels.sms.udh import part_of
from connectors.outward import Answer
from connectors.segments import Alphabet, alphabet
from connectors.settings.sms import KannelAccount

DELIVERED, FAILED, BUFFERED, SUBMITTED, REJECTED = 1, 2, 4, 8, 16
_KEY = re.compile(r"[A-Za-z0-9_.]{1,64}")
_ID = re.compile(r"[A-Za-z0-9._:@+-]{1,64}")


class Kannel:
    thanks = Thanks(b"", "text/plain")  # with omit-empty nothing is sent back to the person

    def __init__(self, account: KannelAccount, receipts_url: str, signature: str) -> None:
        """``receipts_url``: where Kannel reaches us with what became of a message."""
        self._account = account
        self._receipts_url = receipts_url
        self._signature = "" if account.signed_by_carrier else signature

    # Out ---------------------------------------------------------------------------------------

    async def submit(self, http: aiohttp.ClientSession, rendered: Rendered, text: str) -> Sent:
        account, whole = self._account, self._signature + text
        plain = alphabet(whole) is Alphabet.GSM7
        # Kannel puts its own words where the % are; what it puts in is escaped for an address.
        told = f"{self._receipts_url}?key={quote(rendered.key)}&status=%d&answer=%A"
        fields = {
            "username": account.username,
            "password": account.password.get_secret_value(),
            "from": account.number,
            "to": rendered.person.address,
            "text": whole,
            "charset": "UTF-8",
            "coding": "0" if plain else "2",
            "dlr-mask": str(DELIVERED | FAILED | BUFFERED | SUBMITTED | REJECTED),
            "dlr-url": told,
        }
        if account.smsc is not None:
            fields["smsc"] = account.smsc
        url = f"{account.url}?{urlencode(fields, quote_via=quote)}"
        answer = await ask(http, "GET", url, timeout=account.timeout)
        error = _trouble(answer)
        if error is not None:
            raise error
        return Sent()

    # In ----------------------------------------------------------------------------------------

    def arrived(self, query: str, body: bytes) -> list[Arrived]:
        fields = _fields(query)
        sender, message_id = _text(fields, "from"), _text(fields, "id")
        if not sender:
            raise Malformed("from: must be the sender (%p)")
        if not _ID.fullmatch(message_id):
            raise Malformed("id: must be Kannel's id of the message (%I)")
        if "text" not in fields:
            raise Malformed("text: must be the message (%b)")
        one = Arrived(
            sender=sender,
            external_id=message_id,
            content=fields["text"],
            charset=_text(fields, "charset")[:32],
            coding=_text(fields, "coding")[:8],
            part=part_of(fields.get("udh", b"")),
        )
        return [one]

    def told(self, query: str, body: bytes) -> list[Told]:
        fields = _fields(query)
        key, status = _text(fields, "key"), _text(fields, "status")
        if not _KEY.fullmatch(key):
            raise Malformed("key: must be ours, as it stood in the dlr-url")
        if not status.isascii() or not status.isdigit() or len(status) > 3:
            raise Malformed("status: must be a number (%d)")
        said = _text(fields, "answer")
        match int(status):
            case 1:
                return [Told(ReceiptState.DELIVERED, key)]
            case 8:
                return [Told(ReceiptState.SENT, key)]
            case 2:
                return [Told(ReceiptState.FAILED, key, error=carriers.undelivered(said))]
            case 16:
                return [Told(ReceiptState.FAILED, key, error=carriers.rejected(said))]
            case _:  # 4: waits in a queue of Kannel's or of the carrier's
                return []


def _fields(query: str) -> dict[str, bytes]:
    """The fields of a query as bytes: what is in them is anybody's guess."""
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return {name: unquote_to_bytes(value.replace("+", " ")) for name, _, value in pairs}


def _text(fields: dict[str, bytes], name: str) -> str:
    return fields.get(name, b"").decode("utf-8", "replace").strip()


# What smsbox says: (status, or None for any; what the words have in them; the error).
_ANSWERS: tuple[tuple[int | None, str, type[SendError]], ...] = (
    (None, "authorization failed", MisconfiguredAccount),
    (None, "denied", MisconfiguredAccount),
    (None, "not routable", MisconfiguredAccount),
    (None, "receiver", RecipientRefused),
    (None, "sender missing", MisconfiguredAccount),
    (None, "empty text", ContentRefused),
    (None, "length", ContentRefused),
    (400, "", ContentRefused),
    (401, "", MisconfiguredAccount),
    (403, "", MisconfiguredAccount),
    (404, "", MisconfiguredAccount),
    (405, "", MisconfiguredAccount),
)


def _trouble(answer: Answer) -> SendError | None:
    """What Kannel's answer means; None when it has taken the message or put it in its queue."""
    said = answer.body[:200].decode("utf-8", "replace").strip()
    detail = f"status {answer.status}"
    if 200 <= answer.status < 300:
        if said.startswith(("0:", "3:")) or said == "Sent.":
            return None
        return ConnectionFailed(f"{detail}, but not in Kannel's words")
    if 300 <= answer.status < 400:
        return MisconfiguredAccount(f"{detail}: redirects are not followed")
    if answer.status < 500:
        for status, words, error in _ANSWERS:
            if status in (None, answer.status) and words in said.lower():
                return error(f"{detail}: {said[:80]}")
        return ContentRefused(f"{detail}: {said[:80]}")
    return ConnectionFailed(detail)
