"""The settings of ticket systems: whose they are, which order goes where (docs/tickets.md)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from connectors.settings.checks import long_secret, safe_address
from connectors.settings.section import Section

LOCAL = "local"
"""The name of the register of our own, which is always there."""

PEERS = "open311"
"""The channel of orders that others file with us by Open311."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Region = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class System(Section):
    """What every ticket system of somebody else's has."""

    url: str = Field(description="where it is reached")
    insecure_http: bool = Field(
        default=False, description="allow http:// to another machine: everybody between can read"
    )
    timeout: float = Field(default=15.0, gt=0, le=30, description="seconds for one request")
    parallel: int = Field(default=4, ge=1, le=64, description="requests under way at once")

    @model_validator(mode="after")
    def _safe_url(self) -> System:
        safe_address("url", self.url, insecure=self.insecure_http)
        return self


class Open311System(System):
    """A ticket system that speaks Open311 GeoReport v2."""

    api_key: SecretStr = Field(description="given by whoever runs it")
    jurisdiction_id: str | None = Field(default=None, description="where it serves several")
    format: Literal["json", "xml"] = Field(
        default="json", description="what is asked for; the other one is understood too"
    )
    discovery: bool = Field(
        default=False, description="`url` is a discovery document, which names the endpoint"
    )
    services: dict[str, str] = Field(
        default={},
        description="service_code by category, e.g. {'住房管理/公租房': 'H1'}; the longest path "
        "wins; else a service of the category's name is taken",
    )
    default_service: str | None = Field(
        default=None, description="service_code for what has no other; unset: shown on the desk"
    )
    attributes: dict[str, str] = Field(
        default={},
        description="which of our fields answers an attribute, by its code: time, place, subject, "
        "wanted, kind, urgency, unit, number, notify, or a fixed value after `=`",
    )
    updates: Literal["request", "service_request_updates"] = Field(
        default="request",
        description="how it hears of urging, supplements and withdrawal, which the standard lacks: "
        "as another request about the first, or by `servicerequestupdates`",
    )
    look_every: timedelta = Field(
        default=timedelta(minutes=5),
        ge=timedelta(seconds=1),
        description="between two looks at how an order stands",
    )


class WebhookSystem(System):
    """A ticket system that is told by signed posts of JSON, and tells us the same way."""

    secret: SecretStr = Field(description="shared with it; signs both ways")
    previous_secret: SecretStr | None = Field(
        default=None, description="still good for what comes in, while the secret is changed"
    )
    per_minute: int = Field(default=600, ge=1, description="events taken from it in a minute")
    look_every: timedelta | None = Field(
        default=None,
        ge=timedelta(seconds=1),
        description="between two questions how an order stands; unset: it tells by itself",
    )

    @field_validator("secret", "previous_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        return long_secret(value)


class Served(Section):
    """What others may do with our register by Open311 GeoReport v2."""

    public: bool = Field(
        default=False, description="anybody may read services and how orders stand, without words"
    )
    api_keys: dict[Name, SecretStr] = Field(
        default={}, description="who may file orders, and read their own, by name"
    )
    jurisdiction_id: str | None = Field(default=None, description="asked of callers when set")
    contact: str = Field(default="12345", description="whom to ask for a key, for the discovery")
    per_minute: int = Field(default=300, ge=1, description="requests taken from one caller")

    @field_validator("api_keys")
    @classmethod
    def _long_enough(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for key in value.values():
            long_secret(key)
        return value


class Tickets(Section):
    """Which ticket system works on an order: our own register, or somebody else's system."""

    default: str = Field(
        default=LOCAL, description="the system of orders of no region below; `local`: our register"
    )
    regions: dict[Region, str] = Field(
        default={},
        description="system by GB/T 2260 code of where it happened, e.g. {'340100': 'city'}; the "
        "smallest region wins",
    )
    open311: dict[Name, Open311System] = Field(
        default={}, description="systems that speak Open311 GeoReport v2, by name"
    )
    webhook: dict[Name, WebhookSystem] = Field(
        default={}, description="systems reached by signed JSON, by name"
    )
    patience: timedelta = Field(
        default=timedelta(days=7),
        gt=timedelta(0),
        description="how long a system out of order is tried again before the desk must act",
    )
    links_last: timedelta = Field(
        default=timedelta(days=30),
        gt=timedelta(0),
        description="how long links to transcript and attachments are good for",
    )
    rest_after: int = Field(default=5, ge=1, description="failures in a row until a system rests")
    first_rest: float = Field(default=15.0, gt=0, description="seconds of a system's first rest")
    longest_rest: float = Field(default=300.0, gt=0, description="seconds of its longest rest")

    @model_validator(mode="after")
    def _known(self) -> Tickets:
        names = [LOCAL, *self.open311, *self.webhook]
        if len(set(names)) != len(names):
            raise ValueError("each ticket system needs a name of its own, and not `local`")
        for where, name in (("default", self.default), *self.regions.items()):
            if name not in names:
                raise ValueError(
                    f"{where}: there is no ticket system {name!r}; known are {', '.join(names)}"
                )
        return self

    def system_of(self, region: str | None, channel: str = "") -> str:
        """The system for an order of a place, given as GB/T 2260 code.

        What was filed with us by Open311 does not go on by Open311: two that name each other would
        hand one order to and fro for ever.
        """
        code = region or ""
        parts = (code, f"{code[:4]}00", f"{code[:2]}0000") if code else ()
        found = next((self.regions[one] for one in parts if one in self.regions), self.default)
        return LOCAL if channel == PEERS and found in self.open311 else found
