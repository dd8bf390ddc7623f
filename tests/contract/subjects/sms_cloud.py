"""Aliyun and Tencent Cloud on the stand."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from aiohttp import web
from yarl import URL

from connectors.channel import (
    ConnectionFailed,
    ContentRefused,
    MisconfiguredAccount,
    ReceiptState,
    RecipientRefused,
    Throttled,
)
from tests.contract.peer import (
    Behaviour,
    Peer,
    Received,
    answers,
    dribbles,
    floods,
    hangs,
    hangs_up,
)
from tests.contract.subject import PERSON, Answer, Line, PeerError
from tests.contract.subjects.sms import OTHER, SECRET, SmsSubject, number

KEY = "an-access-key-secret-04"


def at(what: str, **how: Any) -> Any:
    async def attack(self: CloudSubject, line: Line) -> Answer:
        body = self.message(line) if what == "inbound" else self.report(line.id)
        return await self.call(what, body=body, **how)

    return attack


def raw(body: bytes, what: str = "inbound") -> Any:
    async def attack(self: CloudSubject, _: Line) -> Answer:
        return await self.call(what, body=body)

    return attack


BROKEN = {
    "nothing": raw(b" "),
    "no JSON": raw(b"hello"),
    "half of it": raw(b'[{"phone_number":'),
    "not UTF-8": raw('[{"content":"路灯"}]'.encode("gbk")),
    "an empty list": raw(b"[]"),
    "null": raw(b"null"),
    "a list of lists": raw(b"[[]]"),
    "an object without fields": raw(b"{}"),
    "nested without end": raw(b"[" * 60_000),
}
TROUBLE = {
    "hangs up": PeerError(hangs_up, ConnectionFailed),
    "does not answer": PeerError(hangs, ConnectionFailed),
    "begins to answer": PeerError(dribbles, ConnectionFailed),
    "a flood": PeerError(floods, ConnectionFailed),
    "another server": PeerError(answers(200, "<html>", "text/html"), ConnectionFailed),
    "an empty object": PeerError(answers(200, "{}"), ConnectionFailed),
}


class CloudSubject(SmsSubject):
    secrets = (SECRET, OTHER, KEY)
    forged: ClassVar = {
        "a wrong secret": at("inbound", secret="x" * 24),
        "another account's secret": at("inbound", secret=OTHER),
        "an account that is not there": at("inbound", account="nobody"),
        "an address that is not allowed": at("inbound", account="elsewhere", secret=OTHER),
    }
    replayed: ClassVar = {"the same callback again": at("inbound")}
    malformed: ClassVar = BROKEN
    oversized: ClassVar = {"a body beyond all measure": raw(b" " * 900_000)}
    receipts = (ReceiptState.DELIVERED,)
    forged_receipts: ClassVar = {
        "a wrong secret": at("receipts", secret="x" * 24),
        "by another account": at("receipts", account="other", secret=OTHER),
        "of no form": raw(b"[{}]", "receipts"),
        "no JSON": raw(b"SUCCESS", "receipts"),
    }
    excused: ClassVar = {
        "stale": "the platform signs nothing, and its timestamps are no proof of anything",
        "unknown": "there is one kind of message for each path",
        "unending": "the same door as Kannel's",
    }

    def message(self, line: Line) -> bytes:
        raise NotImplementedError

    def report(self, key: str) -> bytes:
        raise NotImplementedError

    def sent(self) -> list[tuple[str, str]]:
        """Number and text of each message the platform took."""
        raise NotImplementedError

    @classmethod
    def three(cls, driver: str, common: dict[str, Any]) -> dict[str, Any]:
        templates = {"answer": {"id": "SMS_1", "parameters": {"1": "{text}"}}}
        common |= {"templates": templates, "insecure_http": True, "timeout": 3.0}
        only = {"allow_from": ["192.0.2.0/24"], "callback_secret": OTHER}
        accounts = {
            "carrier": common | {"callback_secret": SECRET},
            "other": common | {"callback_secret": OTHER},
            "elsewhere": common | only,
        }
        return {"sms": {"order": ["carrier"], "join_within": 0, driver: accounts}}

    async def say(self, line: Line) -> Answer:
        return await self.call("inbound", body=self.message(line))

    async def heard(self, person: str = PERSON) -> list[str]:
        return [text for to, text in self.sent() if to == number(person)]

    async def tell(self, key: str, state: ReceiptState) -> Answer:
        return await self.call("receipts", body=self.report(key))


class AliyunSubject(CloudSubject):
    title = "sms by aliyun"
    peer_errors: ClassVar = TROUBLE | {
        code: PeerError(answers(status, json.dumps({"Code": code, "Message": said})), error)
        for code, status, said, error in (
            ("isv.BUSINESS_LIMIT_CONTROL", 200, "触发分钟级流控Permits:1", Throttled),
            ("Throttling.User", 400, "Request was denied", Throttled),
            ("isv.MOBILE_NUMBER_ILLEGAL", 200, "手机号码格式错误", RecipientRefused),
            ("isv.SMS_CONTENT_ILLEGAL", 200, "内容", ContentRefused),
            ("isv.PARAM_LENGTH_LIMIT", 200, "参数超长", ContentRefused),
            ("isv.SMS_SIGNATURE_ILLEGAL", 200, "签名", MisconfiguredAccount),
            ("isv.AMOUNT_NOT_ENOUGH", 200, "余额不足", MisconfiguredAccount),
            ("isp.RAM_PERMISSION_DENY", 403, "RAM", MisconfiguredAccount),
            ("SignatureDoesNotMatch", 400, "signature", MisconfiguredAccount),
            ("isp.SYSTEM_ERROR", 200, "system", ConnectionFailed),
            ("ServiceUnavailable", 503, "busy", ConnectionFailed),
            ("SomethingNew", 500, "?", ConnectionFailed),
        )
    }

    @classmethod
    def settings(cls, peer: Peer) -> dict[str, Any]:
        async def good(request: web.Request) -> web.StreamResponse:
            biz = f"biz-{request.query['OutId']}"
            return web.json_response({"Code": "OK", "Message": "OK", "BizId": biz})

        peer.good = good
        keys = {"access_key_id": "LTAI-test", "access_key_secret": KEY, "endpoint": peer.url}
        return cls.three("aliyun", keys)

    def message(self, line: Line) -> bytes:
        one = {
            "phone_number": number(line.person).removeprefix("+86"),
            "content": line.text,
            "send_time": "2026-03-02 12:00:00",
            "dest_code": "10690000",
            "sequence_id": line.id,
        }
        return json.dumps([one], ensure_ascii=False).encode()

    def report(self, key: str) -> bytes:
        one = {
            "phone_number": "13900000000",
            "send_time": "2026-03-02 12:00:00",
            "report_time": "2026-03-02 12:00:02",
            "success": True,
            "err_code": "DELIVERED",
            "err_msg": "用户接收成功",
            "sms_size": "1",
            "biz_id": f"biz-{key}",
            "out_id": key,
        }
        return json.dumps([one]).encode()

    def sent(self) -> list[tuple[str, str]]:
        queries = [self._query(one) for one in self.peer.taken]
        return [
            ("+86" + query["PhoneNumbers"], json.loads(query["TemplateParam"])["1"])
            for query in queries
        ]

    def key_of(self, received: Received) -> str:
        return self._query(received)["OutId"]

    @staticmethod
    def _query(received: Received) -> dict[str, str]:
        return dict(URL(received.path).query)


def refuses(code: str) -> Behaviour:
    """The whole request was refused, or the one number in it."""
    said = {"Code": code, "Message": "no"}
    whole = code.startswith(("AuthFailure", "RequestLimit", "InternalError", "Unauthorized"))
    response = {"Error": said} if whole else {"SendStatusSet": [said | {"SerialNo": ""}]}
    return answers(200, json.dumps({"Response": response | {"RequestId": "r"}}))


class TencentSubject(CloudSubject):
    title = "sms by tencent"
    peer_errors: ClassVar = TROUBLE | {
        code: PeerError(refuses(code), error)
        for code, error in (
            ("LimitExceeded.PhoneNumberThirtySecondLimit", Throttled),
            ("RequestLimitExceeded", Throttled),
            ("FailedOperation.PhoneNumberInBlacklist", RecipientRefused),
            ("InvalidParameterValue.IncorrectPhoneNumber", RecipientRefused),
            ("FailedOperation.ContainSensitiveWord", ContentRefused),
            ("FailedOperation.SignatureIncorrectOrUnapproved", MisconfiguredAccount),
            ("FailedOperation.InsufficientBalanceInSmsPackage", MisconfiguredAccount),
            ("AuthFailure.SignatureFailure", MisconfiguredAccount),
            ("UnauthorizedOperation.SmsSdkAppIdVerifyFail", MisconfiguredAccount),
            ("InternalError.Timeout", ConnectionFailed),
            ("Something.New", ConnectionFailed),
        )
    }

    @classmethod
    def settings(cls, peer: Peer) -> dict[str, Any]:
        async def good(request: web.Request) -> web.StreamResponse:
            key = (await request.json())["SessionContext"]
            status = {"SerialNo": f"sid-{key}", "Code": "Ok", "Message": "send success"}
            return web.json_response({"Response": {"SendStatusSet": [status], "RequestId": "r"}})

        peer.good = good
        keys = {
            "secret_id": "AKID-test",
            "secret_key": KEY,
            "sdk_app_id": "1400006666",
            "endpoint": peer.url,
        }
        return cls.three("tencent", keys)

    def message(self, line: Line) -> bytes:
        one = {
            "extend": "01",
            "mobile": number(line.person).removeprefix("+86"),
            "nationcode": "86",
            "sign": "12345",
            "text": line.text,
            "time": 1772337600 + sum(line.id.encode()),
        }
        return json.dumps(one, ensure_ascii=False).encode()

    def report(self, key: str) -> bytes:
        one = {
            "user_receive_time": "2026-03-02 12:00:02",
            "nationcode": "86",
            "mobile": "13900000000",
            "report_status": "SUCCESS",
            "errmsg": "DELIVRD",
            "description": "用户短信送达成功",
            "sid": f"sid-{key}",
        }
        return json.dumps([one]).encode()

    def sent(self) -> list[tuple[str, str]]:
        bodies = [one.json for one in self.peer.taken]
        return [(body["PhoneNumberSet"][0], body["TemplateParamSet"][0]) for body in bodies]

    def key_of(self, received: Received) -> str:
        key: str = received.json["SessionContext"]
        return key
