"""Aliyun: SendSms signed by ACS3-HMAC-SHA256; SmsUp and SmsReport pushed to us, unsigned."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

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
    Throttled,
)
from connectors.channels.sms import carriers, cloud
from connectors.channels.sms.driver import Arrived, Thanks, Told, ask
from connectors.clock import Clock
from connectors.json_codec import dumps
from connectors.outward import Answer
from connectors.settings.sms import AliyunAccount

ACTION, VERSION = "SendSms", "2017-05-25"
ALGORITHM = "ACS3-HMAC-SHA256"
_KEY = re.compile(r"d_[A-Za-z0-9_.]{1,62}")
_HOME = "+86"

OF_A_NUMBER = "isv.BUSINESS_LIMIT_CONTROL"
_CODES: tuple[tuple[str, type[SendError]], ...] = (
    ("isv.MOBILE_NUMBER_ILLEGAL", RecipientRefused),
    ("isv.CUSTOMER_REFUSED", RecipientRefused),
    ("isv.BLACK_KEY_CONTROL_LIMIT", ContentRefused),
    ("isv.PARAM_", ContentRefused),
    ("isv.INVALID_JSON_PARAM", ContentRefused),
    ("isv.TEMPLATE_", ContentRefused),
    ("isv.SMS_CONTENT", ContentRefused),
    (OF_A_NUMBER, Throttled),
    ("isv.DAY_LIMIT_CONTROL", Throttled),
    ("isv.MONTH_LIMIT_CONTROL", Throttled),
    ("Throttling", Throttled),
    ("isp.RAM_PERMISSION_DENY", MisconfiguredAccount),
    ("isp.", ConnectionFailed),
    ("ServiceUnavailable", ConnectionFailed),
    ("InternalError", ConnectionFailed),
    ("SignatureNonceUsed", ConnectionFailed),
    ("isv.", MisconfiguredAccount),  # signature, template, balance, account
    ("SignatureDoesNotMatch", MisconfiguredAccount),
    ("InvalidAccessKey", MisconfiguredAccount),
    ("InvalidTimeStamp", MisconfiguredAccount),
    ("Forbidden", MisconfiguredAccount),
    ("Missing", MisconfiguredAccount),
    ("Invalid", MisconfiguredAccount),
)
_SPANS = (("DAY", timedelta(hours=6)), ("MONTH", timedelta(hours=24)))
# What the answer to BUSINESS_LIMIT_CONTROL says was exceeded: per minute, hour, day of the number.
_LIMITS = (
    (re.compile("分钟级"), timedelta(minutes=1)),
    (re.compile("小时级"), timedelta(hours=1)),
    (re.compile("天级"), timedelta(hours=12)),
)


class Aliyun:
    # "received", as the vendor's document spells it
    thanks = Thanks(b'{"code":0,"msg":"\\u63a5\\u6536\\u6210\\u529f"}', "application/json")

    def __init__(self, account: AliyunAccount, signature: str, clock: Clock) -> None:
        self._account = account
        self._sign = account.sign or signature.strip("【】")
        self._clock = clock

    async def submit(self, http: aiohttp.ClientSession, rendered: Rendered, text: str) -> Sent:
        account = self._account
        template = cloud.template_of(account, rendered)
        parameters = {
            "PhoneNumbers": _number(rendered.person.address),
            "SignName": self._sign,
            "TemplateCode": template.id,
            "TemplateParam": dumps(cloud.filled(template, text)),
            "OutId": rendered.key,
        }
        if account.extend_code:
            parameters["SmsUpExtendCode"] = account.extend_code
        query = canonical_query(parameters)
        headers = signed_headers(
            account.access_key_id,
            account.access_key_secret.get_secret_value(),
            host=urlsplit(account.endpoint).netloc,
            action=ACTION,
            version=VERSION,
            query=query,
            now=self._clock.now(),
            nonce=secrets.token_hex(16),
        )
        url = f"{account.endpoint.rstrip('/')}/?{query}"
        answer = await ask(http, "POST", url, timeout=account.timeout, body=b"", headers=headers)
        return _meaning(answer)

    def arrived(self, query: str, body: bytes) -> list[Arrived]:
        found, bad = [], ""
        for one in cloud.objects(body):
            sender, content = cloud.word(one, "phone_number"), one.get("content")
            message_id = cloud.word(one, "sequence_id")
            if sender and message_id and isinstance(content, str):
                content_bytes = content.encode("utf-8", "replace")
                found.append(Arrived(sender, message_id, content_bytes))
            else:
                bad = "phone_number, content, sequence_id: one is missing or of the wrong kind"
        return cloud.taken(found, bad)

    def told(self, query: str, body: bytes) -> list[Told]:
        found, bad = [], ""
        for one in cloud.objects(body):
            key, biz_id = cloud.word(one, "out_id"), cloud.word(one, "biz_id")
            success = cloud.word(one, "success")
            if success not in ("true", "false") or not (key or biz_id):
                bad = "success, out_id or biz_id: missing or of the wrong kind"
                continue
            ours = key if _KEY.fullmatch(key) else None
            provider_id = biz_id if ours is None else None
            if success == "true":
                found.append(Told(ReceiptState.DELIVERED, ours, provider_id))
            else:
                error = carriers.undelivered(cloud.word(one, "err_code"))
                found.append(Told(ReceiptState.FAILED, ours, provider_id, error))
        return cloud.taken(found, bad)


def _number(address: str) -> str:
    """As Aliyun wants it: bare at home, else with the country code and nothing before it."""
    return address.removeprefix(_HOME).removeprefix("+")


def _meaning(answer: Answer) -> Sent:
    said = cloud.answer_of(answer)
    code, message = cloud.word(said, "Code"), cloud.word(said, "Message", 300)
    if code == "OK":
        return Sent(cloud.word(said, "BizId") or None)
    for beginning, error in _CODES:
        if code.startswith(beginning):
            if error is Throttled:
                number = code == OF_A_NUMBER
                raise Throttled(code, retry_after=_pause(code, message), this_person=number)
            raise error(code)
    raise ConnectionFailed(f"status {answer.status}, code {code[:64] or 'missing'}")


def _pause(code: str, message: str) -> timedelta | None:
    for pattern, span in _LIMITS:
        if pattern.search(message):
            return span
    return next((span for word, span in _SPANS if word in code), None)


# Signing: ACS3-HMAC-SHA256 ----------------------------------------------------------------------


def canonical_query(parameters: Mapping[str, str]) -> str:
    """The parameters as they are signed and as they are sent."""
    pairs = sorted(parameters.items())
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def signed_headers(
    key_id: str,
    key_secret: str,
    *,
    host: str,
    action: str,
    version: str,
    query: str,
    now: datetime,
    nonce: str,
) -> dict[str, str]:
    """The headers of a POST to "/" with an empty body. The vendor's own example is in the tests."""
    nothing = hashlib.sha256(b"").hexdigest()
    signed = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": nothing,
        "x-acs-date": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    canonical = f"POST\n/\n{query}\n{lines}\n{names}\n{nothing}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    return signed | {"Authorization": credential}
