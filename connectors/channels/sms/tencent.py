"""Tencent Cloud: SendSms signed by TC3-HMAC-SHA256; replies and statuses pushed, unsigned."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

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
from connectors.json_codec import dump_bytes
from connectors.outward import Answer
from connectors.settings.sms import CloudTemplate, TencentAccount

ACTION, VERSION, SERVICE = "SendSms", "2021-01-11", "sms"
ALGORITHM = "TC3-HMAC-SHA256"
CONTENT_TYPE = "application/json; charset=utf-8"

_CODES: tuple[tuple[str, type[SendError]], ...] = (
    ("FailedOperation.PhoneNumberInBlacklist", RecipientRefused),
    ("InvalidParameterValue.IncorrectPhoneNumber", RecipientRefused),
    ("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", ContentRefused),
    ("InvalidParameterValue.TemplateParameter", ContentRefused),
    ("FailedOperation.ContainSensitiveWord", ContentRefused),
    ("FailedOperation.ParametersOtherError", ContentRefused),
    ("UnsupportedOperation", ContentRefused),
    ("LimitExceeded", Throttled),
    ("RequestLimitExceeded", Throttled),
    ("InternalError", ConnectionFailed),
    ("FailedOperation.FailResolvePacket", ConnectionFailed),
    ("AuthFailure", MisconfiguredAccount),
    ("UnauthorizedOperation", MisconfiguredAccount),
    ("FailedOperation", MisconfiguredAccount),  # signature, template, balance
    ("Missing", MisconfiguredAccount),
    ("Invalid", MisconfiguredAccount),
    ("Unknown", MisconfiguredAccount),
    ("NoSuch", MisconfiguredAccount),
)
_PAUSES = (
    ("ThirtySecond", timedelta(seconds=30)),
    ("OneHour", timedelta(hours=1)),
    ("Daily", timedelta(hours=12)),
)


class Tencent:
    thanks = Thanks(b'{"result":0,"errmsg":"OK"}', "application/json")

    def __init__(self, account: TencentAccount, signature: str, clock: Clock) -> None:
        self._account = account
        self._sign = account.sign or signature.strip("【】")
        self._clock = clock

    async def submit(self, http: aiohttp.ClientSession, rendered: Rendered, text: str) -> Sent:
        account = self._account
        template = cloud.template_of(account, rendered)
        request: dict[str, Any] = {
            "PhoneNumberSet": [rendered.person.address],
            "SmsSdkAppId": account.sdk_app_id,
            "SignName": self._sign,
            "TemplateId": template.id,
            "TemplateParamSet": _in_order(template, text),
            "SessionContext": rendered.key,
        }
        if account.extend_code:
            request["ExtendCode"] = account.extend_code
        body = dump_bytes(request)
        now = self._clock.now()
        host = urlsplit(account.endpoint).netloc
        headers = {
            "Authorization": authorization(
                account.secret_id,
                account.secret_key.get_secret_value(),
                host=host,
                service=SERVICE,
                body=body,
                now=now,
            ),
            "Content-Type": CONTENT_TYPE,
            "Host": host,
            "X-TC-Action": ACTION,
            "X-TC-Version": VERSION,
            "X-TC-Region": account.region,
            "X-TC-Timestamp": str(int(now.timestamp())),
        }
        url = f"{account.endpoint.rstrip('/')}/"
        answer = await ask(http, "POST", url, timeout=account.timeout, body=body, headers=headers)
        return _meaning(answer)

    def arrived(self, query: str, body: bytes) -> list[Arrived]:
        found, bad = [], ""
        for one in cloud.objects(body):
            mobile, text = cloud.word(one, "mobile"), one.get("text")
            if mobile and isinstance(text, str):
                content = text.encode("utf-8", "replace")
                found.append(Arrived(_number(one, mobile), _id(one, content), content))
            else:
                bad = "mobile, text: one is missing or of the wrong kind"
        return cloud.taken(found, bad)

    def told(self, query: str, body: bytes) -> list[Told]:
        found, bad = [], ""
        for one in cloud.objects(body):
            sid, status = cloud.word(one, "sid"), cloud.word(one, "report_status").upper()
            if not sid or status not in ("SUCCESS", "FAIL"):
                bad = "sid, report_status: one is missing or of the wrong kind"
            elif status == "SUCCESS":
                found.append(Told(ReceiptState.DELIVERED, provider_id=sid))
            else:
                error = carriers.undelivered(cloud.word(one, "errmsg"))
                found.append(Told(ReceiptState.FAILED, provider_id=sid, error=error))
        return cloud.taken(found, bad)


def _number(one: dict[str, Any], mobile: str) -> str:
    nation = cloud.word(one, "nationcode").removeprefix("+")
    return f"+{nation}{mobile}" if nation and not mobile.startswith("+") else mobile


def _id(one: dict[str, Any], content: bytes) -> str:
    """Tencent Cloud numbers no replies: the same words in the same second are one message."""
    told = f"{cloud.word(one, 'time')}\n{cloud.word(one, 'extend')}\n".encode() + content
    return hashlib.sha256(told).hexdigest()[:32]


def _in_order(template: CloudTemplate, text: str) -> list[str]:
    """The parameters by their numbers. One that is called otherwise is the first."""
    values = cloud.filled(template, text)
    order = sorted(values, key=lambda name: int(name) if name.isdecimal() else 0)
    return [values[name] for name in order]


def _meaning(answer: Answer) -> Sent:
    said = cloud.answer_of(answer).get("Response")
    if not isinstance(said, dict):
        raise ConnectionFailed(f"status {answer.status}, and no Response in it")
    fault = said.get("Error")
    statuses = said.get("SendStatusSet")
    status = statuses[0] if isinstance(statuses, list) and statuses else fault
    if not isinstance(status, dict):
        raise ConnectionFailed(f"status {answer.status}, and no SendStatusSet in it")
    code = cloud.word(status, "Code")
    if code == "Ok" and status is not fault:
        return Sent(cloud.word(status, "SerialNo") or None)
    for beginning, error in _CODES:
        if code.startswith(beginning):
            pause = next((span for word, span in _PAUSES if word in code), None)
            if error is Throttled:
                raise Throttled(code, retry_after=pause, this_person="PhoneNumber" in code)
            raise error(code)
    raise ConnectionFailed(f"status {answer.status}, code {code[:64] or 'missing'}")


# Signing: TC3-HMAC-SHA256 -----------------------------------------------------------------------


def authorization(
    secret_id: str, secret_key: str, *, host: str, service: str, body: bytes, now: datetime
) -> str:
    """The Authorization header of a POST of JSON to "/". The vendor's example is in the tests."""
    moment = now.astimezone(UTC)
    day, names = f"{moment:%Y-%m-%d}", "content-type;host"
    hashed = hashlib.sha256(body).hexdigest()
    canonical = f"POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\n\n{names}\n{hashed}"
    scope = f"{day}/{service}/tc3_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{int(moment.timestamp())}\n{scope}\n{digest}"
    key = f"TC3{secret_key}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={secret_id}/{scope}"
    return f"{ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}"
