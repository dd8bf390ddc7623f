"""The settings of web portals and letter-boxes (docs/channels/portal.md)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, field_validator, model_validator

from connectors.settings.checks import long_secret, safe_address
from connectors.settings.section import Section


class PortalAccount(Section):
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
        return long_secret(value)

    @model_validator(mode="after")
    def _safe_callback(self) -> PortalAccount:
        safe_address("callback_url", self.callback_url, insecure=self.insecure_http)
        return self


class Portal(Section):
    """Web portals and letter-boxes of departments, by the account's name."""

    accounts: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")], PortalAccount] = (
        Field(default={})
    )
    max_text: int = Field(default=4000, ge=200, le=20_000, description="characters in one message")
