"""One typed settings tree: defaults, then ``huiying.yml``, then ``HUIYING_…`` in the environment.

Nested keys are joined by two underscores: ``HUIYING_WEBCHAT__ALLOWED_ORIGINS='["https://…"]'``.
Each area has a module of its own here; this one puts them together.
"""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)

from connectors.settings.attachments import Attachments
from connectors.settings.desk import Desk
from connectors.settings.dialogue import Dialogue
from connectors.settings.identity import Identity
from connectors.settings.incidents import Incidents
from connectors.settings.llm import Llm
from connectors.settings.miniapp import MiniApp
from connectors.settings.orders import Orders
from connectors.settings.outbox import Outbox
from connectors.settings.portal import Portal
from connectors.settings.sms import Sms
from connectors.settings.speech import Speech
from connectors.settings.tickets import Served, Tickets
from connectors.settings.webchat import WebChat
from connectors.settings.wechat import Wechat

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIG_FILE = Path("huiying.yml")


class InvalidSettings(Exception):
    """The configuration cannot be used; the message names each key and what to do."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="HUIYING_", env_nested_delimiter="__", extra="forbid", yaml_file=CONFIG_FILE
    )

    host: str = Field(default="127.0.0.1", description="address the public pages listen on")
    port: int = Field(default=8080, ge=1, le=65535)
    public_url: str | None = Field(
        default=None, description="how the outside reaches us, e.g. https://12345.example.gov.cn"
    )
    trusted_proxies: list[str] = Field(
        default=["127.0.0.0/8", "::1/128"],
        description="addresses or networks whose X-Forwarded-For says who calls",
    )
    actions_port: int = Field(default=8081, ge=1, le=65535, description="loopback, for Rasa")
    rasa_port: int = Field(default=5005, ge=1, le=65535, description="loopback, for the gateway")
    rasa_url: str | None = Field(default=None, description="where Rasa is, when not beside us")
    data_dir: Path = Field(default=Path("var"), description="everything that must be backed up")
    database_url: str | None = Field(
        default=None, description="postgresql+asyncpg://…; unset: SQLite in data_dir"
    )
    redis_url: str | None = Field(
        default=None, description="redis://…; needed as soon as there is more than one gateway"
    )
    city: str = Field(default="本市", description="the name the bot gives its city")
    region: str | None = Field(
        default=None, description="GB/T 2260 code of the city or county served"
    )
    knowledge_base: str = "default"
    knowledge_hosts: list[str] = Field(
        default=[],
        description="sites pages may be ingested from; `.gov.cn` stands for all that end so",
    )
    internal_token: SecretStr = Field(
        default=SecretStr(""), description="shared by gateway and Rasa; made at start when empty"
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="signs web sessions; kept in data_dir when empty"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"
    otlp_endpoint: str | None = Field(
        default=None, description="OpenTelemetry collector, e.g. http://collector:4318/v1/traces"
    )
    drain_seconds: float = Field(default=15.0, gt=0)
    webchat: WebChat = WebChat()
    attachments: Attachments = Attachments()
    dialogue: Dialogue = Dialogue()
    outbox: Outbox = Outbox()
    identity: Identity = Identity()
    llm: Llm = Llm()
    orders: Orders = Orders()
    incidents: Incidents = Incidents()
    tickets: Tickets = Tickets()
    open311: Served = Served()
    desk: Desk = Desk()
    portal: Portal = Portal()
    sms: Sms = Sms()
    wechat: Wechat = Wechat()
    miniapp: MiniApp = MiniApp()
    speech: Speech = Speech()

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for one in value:
            ip_network(one)  # says itself what is wrong
        return value

    @field_validator("region")
    @classmethod
    def _six_digits(cls, value: str | None) -> str | None:
        if value is not None and not (len(value) == 6 and value.isascii() and value.isdigit()):
            raise ValueError("must be six digits of GB/T 2260, in quotes, such as '340100'")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = Path(os.environ.get("HUIYING_CONFIG", CONFIG_FILE))
        return (
            init_settings,
            env_settings,
            YamlConfigSettingsSource(settings_cls, yaml_file=file),
        )

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.actions_port}/actions"

    @property
    def dialogue_url(self) -> str:
        return (self.rasa_url or f"http://127.0.0.1:{self.rasa_port}").rstrip("/")

    @property
    def own_url(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def knowledge_dir(self) -> Path:
        return self.data_dir / "knowledge"


def _said(issue: ErrorDetails) -> str:
    if issue["type"] == "extra_forbidden":
        return "there is no such setting; docs/operate.md lists all of them"
    return issue["msg"]


def load() -> Settings:
    """The settings in force. Raises :class:`InvalidSettings`."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"  {'.'.join(str(part) for part in issue['loc']) or '(top level)'}: {_said(issue)}"
            for issue in error.errors()
        ]
        raise InvalidSettings(
            "the configuration (huiying.yml or HUIYING_… variables) has mistakes:\n"
            + "\n".join(lines)
        ) from error
    except Exception as error:  # the YAML reader's own errors
        raise InvalidSettings(f"huiying.yml cannot be read: {error}") from error
