"""The settings of WeChat: mini-programs, official accounts, WeCom's desk (docs/wechat.md)."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from connectors.settings.section import Section
from connectors.settings.wechat_sending import USES, Card, Template

_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class PushedAccount(Section):
    """What every account has that WeChat pushes messages of."""

    token: SecretStr = Field(
        description="entered in WeChat's console too: 3 to 32 letters and digits; signs what comes"
    )
    encoding_aes_key: SecretStr | None = Field(
        default=None, description="the 43 characters of the console; needed in safe mode"
    )
    previous_encoding_aes_key: SecretStr | None = Field(
        default=None, description="still understood while the key is changed"
    )
    api_url: str = Field(default="https://api.weixin.qq.com", description="WeChat's interface")
    insecure_http: bool = Field(default=False, description="allow an http:// api_url, for tests")
    timeout: float = Field(default=5.0, gt=0, le=20, description="seconds for one request of ours")
    per_second: float | None = Field(default=None, gt=0, description="messages a second")
    per_day: int | None = Field(default=None, ge=1, description="messages a day")

    @field_validator("token")
    @classmethod
    def _signs(cls, value: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("must be the Token of WeChat's console: 3 to 32 letters and digits")
        return value

    @field_validator("encoding_aes_key", "previous_encoding_aes_key")
    @classmethod
    def _decrypts(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _AES_KEY.fullmatch(value.get_secret_value()):
            raise ValueError(
                "must be the EncodingAESKey of WeChat's console: 43 letters and digits"
            )
        return value

    @model_validator(mode="after")
    def _encrypted_way(self) -> PushedAccount:
        if not self.api_url.startswith("https://") and not (
            self.insecure_http and self.api_url.startswith("http://")
        ):
            raise ValueError("api_url must be https://")
        return self

    @property
    def aes_keys(self) -> tuple[str, ...]:
        """The keys that are good now, the one we encrypt with in front."""
        keys = (self.encoding_aes_key, self.previous_encoding_aes_key)
        return tuple(key.get_secret_value() for key in keys if key is not None)


class WechatAccount(PushedAccount):
    """A mini-program or an official account."""

    appid: str = Field(pattern=r"^wx[0-9a-zA-Z]{6,30}$", description="AppID of the console")
    secret: SecretStr = Field(description="AppSecret of the console")
    mode: Literal["plain", "safe"] = Field(
        default="safe", description="safe: messages are encrypted, others are refused"
    )
    agents: Literal["desk", "wechat"] = Field(
        default="desk",
        description="who talks with people who want a person: our desk, or WeChat's own (客服)",
    )
    templates: dict[str, Template] = Field(
        default={},
        description="subscription messages by use: progress, follow_up, notice",
    )

    @field_validator("templates")
    @classmethod
    def _uses(cls, value: dict[str, Template]) -> dict[str, Template]:
        if unknown := sorted(set(value) - set(USES)):
            raise ValueError(f"{unknown[0]!r} is no use of a template; use {', '.join(USES)}")
        return value

    @model_validator(mode="after")
    def _safe_needs_a_key(self) -> WechatAccount:
        if self.mode == "safe" and self.encoding_aes_key is None:
            raise ValueError("mode safe needs encoding_aes_key, or set mode: plain")
        return self

    @property
    def receiver(self) -> str:
        """What the platform puts behind an encrypted message."""
        return self.appid


class MiniAccount(WechatAccount):
    """A mini-program (小程序) with customer messages (客服消息)."""

    check_content: bool = Field(
        default=False,
        description="have WeChat check what agents write (msg_sec_check) before it is sent",
    )
    cards: list[Card] = Field(
        default=[], description="links shown as cards of the mini-program itself"
    )
    link_picture: str = Field(
        default="",
        pattern=r"^(https://.+)?$",
        description="address of a JPG or PNG shown beside links; empty: one of ours",
    )


class OfficialAccount(WechatAccount):
    """An official account (公众号)."""

    passive: bool = Field(
        default=True, description="answer in WeChat's own request when the answer is quick enough"
    )
    passive_within: float = Field(
        default=4.5, gt=0, le=4.8, description="seconds an answer may take for that"
    )
    menus: bool = Field(
        default=True,
        description="show choices as a menu people tap (msgmenu); false: as numbers in the text, "
        "which WeChat takes in its own request, and from accounts that may not send by themselves",
    )
    voice_replies: bool = Field(
        default=True,
        description="read answers aloud to who speaks or asks for it, besides the text; needs "
        "speech.speak_url",
    )
    menu: dict[str, str] = Field(
        default={}, description="what a menu's key stands for, in a person's words"
    )
    scenes: dict[str, str] = Field(
        default={}, description="what a scanned code's scene stands for, in a person's words"
    )


class KfAccount(PushedAccount):
    """Customer service of WeCom (微信客服). Its callbacks are always encrypted."""

    corp_id: str = Field(pattern=r"^w[0-9a-zA-Z]{6,40}$", description="企业ID of the company")
    secret: SecretStr = Field(description="Secret of 微信客服, or of the application that holds it")
    api_url: str = Field(default="https://qyapi.weixin.qq.com", description="WeCom's interface")
    agents: Literal["desk", "wecom"] = Field(
        default="desk",
        description="who talks with people who want a person: our desk, or the company in WeCom",
    )
    servicer: str = Field(
        default="", description="with agents wecom: whose userid gets them; empty: WeCom's queue"
    )
    welcome: bool = Field(
        default=True, description="greet who comes in; the greeting of WeCom's console must be off"
    )
    satisfaction: bool = Field(
        default=True, description="ask for a rating when one of the company has ended the talk"
    )
    cards: list[Card] = Field(
        default=[], description="links shown as cards of a mini-program; each with its appid"
    )

    @model_validator(mode="after")
    def _needs_a_key(self) -> KfAccount:
        if self.encoding_aes_key is None:
            raise ValueError("encoding_aes_key is needed: WeCom always encrypts")
        return self

    @property
    def receiver(self) -> str:
        """What the platform puts behind an encrypted message."""
        return self.corp_id


class Wechat(Section):
    """WeChat, several accounts of each kind, by their names."""

    mini: dict[Name, MiniAccount] = Field(default={}, description="mini-programs")
    official: dict[Name, OfficialAccount] = Field(default={}, description="official accounts")
    kf: dict[Name, KfAccount] = Field(default={}, description="customer service of WeCom")
