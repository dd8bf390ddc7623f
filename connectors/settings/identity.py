"""The branch ``identity`` of the settings tree."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from connectors.settings.section import Section


class Identity(Section):
    """How somebody proves that a phone is theirs, by a code sent to it (docs/identity.md)."""

    code_life: timedelta = Field(
        default=timedelta(minutes=5),
        gt=timedelta(0),
        le=timedelta(minutes=30),
        description="how long a code is good for",
    )
    code_tries: int = Field(default=5, ge=1, le=10, description="wrong answers until it is dead")
    resend_after: timedelta = Field(
        default=timedelta(seconds=60), description="between two codes to one number"
    )
    codes_per_number: int = Field(default=5, ge=1, description="codes to one number in 24 hours")
    codes_per_person: int = Field(default=5, ge=1, description="codes one person asks for in 24 h")
    codes_per_day: int = Field(default=5000, ge=1, description="codes in all in 24 hours")
    countries: list[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]] = Field(
        default=["CN"], description="whose mobiles codes are sent to (ISO 3166)"
    )
    phone_lapses: timedelta = Field(
        default=timedelta(days=90),
        gt=timedelta(0),
        description="silence after which a number may be somebody else's",
    )
