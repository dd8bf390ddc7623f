"""One typed settings tree: defaults, then ``huiying.yml``, then ``HUIYING_…`` in the environment.

Nested keys are joined by two underscores: ``HUIYING_WEBCHAT__ALLOWED_ORIGINS='["https://…"]'``.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)

from connectors.settings_identity import Identity
from connectors.settings_sms import Sms
from connectors.worktime import OfficeHours, WorkCalendar

ROOT = Path(__file__).resolve().parent.parent
CONFIG_FILE = Path("huiying.yml")


class InvalidSettings(Exception):
    """The configuration cannot be used; the message names each key and what to do."""


class WebChat(BaseModel):
    """The web chat page and its WebSocket."""

    allowed_origins: list[str] = Field(
        default=[], description="origins beside our own that may open the chat socket"
    )
    max_text: int = Field(default=4000, ge=200, le=20_000, description="characters in one message")
    messages_per_minute: int = Field(default=30, ge=1)
    sessions_per_minute: int = Field(default=60, ge=1, description="new sessions of one address")
    session_life: timedelta = timedelta(days=30)


class Dialogue(BaseModel):
    """How a conversation is taken turn by turn."""

    session_idle: timedelta = Field(
        default=timedelta(hours=12), description="silence after which a new session begins"
    )
    turn_timeout: float = Field(default=20.0, gt=0, description="seconds for one turn of the bot")
    notice_after: float = Field(
        default=4.0, gt=0, description="seconds until a waiting person is told we have it"
    )
    attempts: int = Field(default=3, ge=1, description="tries before a failing turn is given up")
    parallel: int = Field(default=32, ge=1, description="conversations in a turn at once")


class PortalAccount(BaseModel):
    """One web portal or letter-box (docs/channels/portal.md)."""

    secret: SecretStr = Field(description="shared with the portal; signs both ways")
    previous_secret: SecretStr | None = Field(
        default=None, description="still good for what comes in, while the secret is changed"
    )
    callback_url: str = Field(description="where our messages are posted")
    insecure_http: bool = Field(
        default=False, description="allow http:// to another machine: everybody between can read"
    )
    timeout: float = Field(default=10.0, gt=0, le=20, description="seconds for one post")
    per_minute: int = Field(default=600, ge=1, description="requests taken from the portal")
    per_second: float | None = Field(default=None, gt=0, description="posts to the portal")
    per_day: int | None = Field(default=None, ge=1, description="posts to the portal")

    @field_validator("secret", "previous_secret")
    @classmethod
    def _long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError(
                "must have 32 characters or more; make one with `openssl rand -hex 32`"
            )
        return value

    @model_validator(mode="after")
    def _safe_callback(self) -> PortalAccount:
        url = urlsplit(self.callback_url)
        if url.scheme not in ("http", "https") or not url.hostname or url.username or url.fragment:
            raise ValueError("callback_url must be https://host[:port]/path")
        local = url.hostname in ("127.0.0.1", "::1", "localhost")
        if url.scheme == "http" and not (local or self.insecure_http):
            raise ValueError("callback_url must be https://, or set insecure_http: true")
        return self


class Portal(BaseModel):
    """Web portals and letter-boxes of departments, by the account's name."""

    accounts: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")], PortalAccount] = {}
    max_text: int = Field(default=4000, ge=200, le=20_000, description="characters in one message")


class Outbox(BaseModel):
    """How what we say is sent on its way."""

    parallel: int = Field(default=16, ge=1, description="sends under way at once on one account")
    patience: timedelta = Field(
        default=timedelta(days=1), description="how long a platform out of order is tried again"
    )
    hold: timedelta = Field(
        default=timedelta(days=2),
        description="how long a message waits for the person to write, once the reply window shut",
    )
    send_timeout: float = Field(default=20.0, gt=0, le=25, description="seconds for one message")
    rest_after: int = Field(default=5, ge=1, description="failures in a row until an account rests")
    first_rest: float = Field(default=15.0, gt=0, description="seconds of an account's first rest")
    longest_rest: float = Field(default=300.0, gt=0)


class Orders(BaseModel):
    """Deadlines of the local register. They are local rules: a city sets its own."""

    due_days: dict[str, int] = Field(
        default={"咨询": 3, "求助": 5, "投诉": 10, "举报": 15, "建议": 15, "表扬": 5},
        description="working days until an order is due, by 诉求类型",
    )
    urgent_days: int = Field(default=1, ge=0, description="working days for an urgent order")
    days_off: list[date] = Field(
        default=[], description="days the office is closed beside the country's holidays"
    )
    days_on: list[date] = Field(default=[], description="weekends and holidays it works")


class Desk(BaseModel):
    """When agents are there, and how long a person waits for one."""

    hours: dict[str, list[str]] = Field(
        default={},
        description="when agents answer, e.g. {mon-fri: ['08:30-12:00', '14:00-17:30']} with "
        "`sat` and `holiday` as needed; empty: day and night",
    )
    wait_most: timedelta = Field(
        default=timedelta(minutes=10),
        description="waiting for an agent, after which a callback is promised and filed",
    )

    @field_validator("hours")
    @classmethod
    def _readable(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        OfficeHours(value, WorkCalendar())
        return value


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="HUIYING_", env_nested_delimiter="__", extra="forbid", yaml_file=CONFIG_FILE
    )

    host: str = Field(default="127.0.0.1", description="address the public pages listen on")
    port: int = Field(default=8080, ge=1, le=65535)
    public_url: str | None = Field(
        default=None, description="how the outside reaches us, e.g. https://12345.example.gov.cn"
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
    dialogue: Dialogue = Dialogue()
    outbox: Outbox = Outbox()
    identity: Identity = Identity()
    orders: Orders = Orders()
    desk: Desk = Desk()
    portal: Portal = Portal()
    sms: Sms = Sms()

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


def load() -> Settings:
    """The settings in force. Raises :class:`InvalidSettings`."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"  {'.'.join(str(part) for part in issue['loc']) or '(top level)'}: {issue['msg']}"
            for issue in error.errors()
        ]
        raise InvalidSettings(
            "the configuration (huiying.yml or HUIYING_… variables) has mistakes:\n"
            + "\n".join(lines)
        ) from error
    except Exception as error:  # the YAML reader's own errors
        raise InvalidSettings(f"huiying.yml cannot be read: {error}") from error
