"""The settings of text messages: accounts by driver, routes, manners (docs/sms.md)."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated, Any

from pydantic import Field, SecretStr, field_validator, model_validator

from connectors.settings.section import Section

_SECRET = re.compile(r"[A-Za-z0-9_-]{24,128}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class SmsAccount(Section):
    """What every account has, whoever carries its messages."""

    callback_secret: SecretStr = Field(
        description="part of the path the platform calls: 24 characters or more of A-Z a-z 0-9 _ -"
    )
    allow_from: list[str] = Field(
        default=[], description="addresses or networks the platform calls from; empty: any"
    )
    per_second: float | None = Field(default=None, gt=0, description="messages a second")
    per_day: int | None = Field(default=None, ge=1, description="messages a day")
    timeout: float = Field(default=10.0, gt=0, le=20, description="seconds for one request")
    price: float = Field(default=0.0, ge=0, description="yuan for one segment, for the ledger")

    @field_validator("callback_secret")
    @classmethod
    def _unguessable(cls, value: SecretStr) -> SecretStr:
        if not _SECRET.fullmatch(value.get_secret_value()):
            raise ValueError(
                "must have 24 characters or more of A-Z a-z 0-9 _ -; "
                "make one with `openssl rand -hex 24`"
            )
        return value

    @field_validator("allow_from")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for one in value:
            ip_network(one)  # says itself what is wrong
        return value


class KannelAccount(SmsAccount):
    """A connection of Kannel's to a carrier, or all of them."""

    url: str = Field(
        default="http://127.0.0.1:13013/cgi-bin/sendsms", description="Kannel's sendsms"
    )
    username: str = Field(description="of Kannel's group sendsms-user")
    password: SecretStr = Field(description="of Kannel's group sendsms-user")
    number: str = Field(description="the number people write to and see as the sender")
    smsc: str | None = Field(default=None, description="Kannel's smsc-id to send by; unset: any")
    callback_base: str | None = Field(
        default=None, description="how Kannel reaches this gateway; unset: as everybody does"
    )
    signed_by_carrier: bool = Field(
        default=False, description="the carrier puts the signature in; it counts all the same"
    )


class CloudTemplate(Section):
    """An approved template. In its parameters {text} is the whole message, {code} its digits."""

    id: str = Field(description="the template's id: SMS_… of Aliyun, digits of Tencent Cloud")
    parameters: dict[str, str] = Field(
        default={"text": "{text}"},
        description="by the variable's name (Aliyun) or number from 1 (Tencent Cloud)",
    )


class CloudAccount(SmsAccount):
    """What Aliyun and Tencent Cloud have in common: they send approved templates only."""

    sign: str | None = Field(default=None, description="approved signature; unset: `sms.signature`")
    templates: dict[str, CloudTemplate] = Field(
        default={},
        description="by purpose: answer, notice, verification; what has none goes another way",
    )
    insecure_http: bool = Field(default=False, description="allow an http:// endpoint, for tests")

    @field_validator("templates")
    @classmethod
    def _purposes(cls, value: dict[str, CloudTemplate]) -> dict[str, CloudTemplate]:
        if unknown := set(value) - {"answer", "notice", "verification"}:
            raise ValueError(
                f"{sorted(unknown)[0]!r} is no purpose; use answer, notice, verification"
            )
        return value


class AliyunAccount(CloudAccount):
    """Short Message Service of Aliyun."""

    access_key_id: str = Field(description="of a RAM user that may SendSms and nothing else")
    access_key_secret: SecretStr = Field(description="of the same user")
    endpoint: str = Field(default="https://dysmsapi.aliyuncs.com", description="of the API")
    extend_code: str | None = Field(default=None, description="SmsUpExtendCode, for replies")

    @model_validator(mode="after")
    def _encrypted(self) -> AliyunAccount:
        _must_be_https(self.endpoint, self.insecure_http)
        return self


class TencentAccount(CloudAccount):
    """SMS of Tencent Cloud."""

    secret_id: str = Field(description="of a sub-user that may SendSms and nothing else")
    secret_key: SecretStr = Field(description="of the same user")
    sdk_app_id: str = Field(description="SmsSdkAppId of the application")
    region: str = Field(default="ap-guangzhou", description="X-TC-Region")
    endpoint: str = Field(default="https://sms.tencentcloudapi.com", description="of the API")
    extend_code: str | None = Field(default=None, description="ExtendCode, for replies")

    @model_validator(mode="after")
    def _encrypted(self) -> TencentAccount:
        _must_be_https(self.endpoint, self.insecure_http)
        return self


def _must_be_https(url: str, insecure: bool) -> None:
    if not url.startswith("https://") and not (insecure and url.startswith("http://")):
        raise ValueError("endpoint must be https://")


class Sms(Section):
    """Text messages (docs/sms.md)."""

    signature: str = Field(
        default="【12345】", pattern=r"^【[^【】]{2,12}】$|^$", description="before each message"
    )
    kannel: dict[Name, KannelAccount] = Field(default={}, description="accounts behind Kannel")
    aliyun: dict[Name, AliyunAccount] = Field(default={}, description="accounts at Aliyun")
    tencent: dict[Name, TencentAccount] = Field(default={}, description="accounts at Tencent Cloud")
    order: list[str] = Field(
        default=[],
        description="accounts that stand in for each other, the first is tried first; unset: all",
    )
    routes: dict[str, list[str]] = Field(
        default={}, description="accounts by the beginning of the number, such as '+86134': [a, b]"
    )
    quiet_from: str = Field(default="21:00", description="we begin nothing from then on")
    quiet_until: str = Field(default="08:00", description="… until then; the same: never quiet")
    notices_per_day: int = Field(default=5, ge=1, description="begun by us, to one number")
    per_number_hour: int = Field(default=30, ge=1, description="taken up of one number in an hour")
    per_number_day: int = Field(default=100, ge=1, description="taken up of one number in a day")
    blocked: list[str] = Field(
        default=[], description="numbers, or beginnings of numbers, that are neither heard nor sent"
    )
    part_wait: timedelta = Field(
        default=timedelta(minutes=2), description="how long a long message waits for a lost part"
    )
    join_within: timedelta = Field(
        default=timedelta(seconds=3),
        ge=timedelta(0),
        le=timedelta(seconds=30),
        description="messages of one number this close together are read, and answered, as one",
    )
    link_life: timedelta = Field(
        default=timedelta(days=7), description="how long the link to a full text is good for"
    )

    @field_validator("quiet_from", "quiet_until")
    @classmethod
    def _a_time(cls, value: str) -> str:
        if not _TIME.fullmatch(value):
            raise ValueError("must be a time of day in quotes, such as '21:00'")
        return value

    @model_validator(mode="after")
    def _known_accounts(self) -> Sms:
        names = [*self.kannel, *self.aliyun, *self.tencent]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two accounts are called {sorted(twice)[0]!r}; rename one")
        named = [("order", self.order), *((f"routes.{k}", v) for k, v in self.routes.items())]
        for where, wanted in named:
            if unknown := [name for name in wanted if name not in names]:
                raise ValueError(f"{where}: there is no account {unknown[0]!r}")
        return self

    @property
    def accounts(self) -> dict[str, SmsAccount]:
        """Every account by its name, in the order they are tried."""
        every: dict[str, Any] = {**self.kannel, **self.aliyun, **self.tencent}
        return {name: every[name] for name in dict.fromkeys((*self.order, *every))}
