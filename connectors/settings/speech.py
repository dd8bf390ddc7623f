"""The settings of speech: reading aloud, and understanding recordings (docs/wechat.md)."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator

from connectors.settings.checks import web_address
from connectors.settings.section import Section


class Speech(Section):
    """Servers with OpenAI's interface for speech. Without an address there is no such thing."""

    speak_url: str | None = Field(
        default=None,
        description="root of an interface that reads aloud, e.g. http://speech:8000/v1",
    )
    speak_model: str = Field(default="tts-1", description="the model's name there")
    voice: str = Field(default="alloy", description="the voice's name there")
    speed: float = Field(
        default=0.8, ge=0.25, le=4, description="of reading aloud; below 1 is slower than usual"
    )
    listen_url: str | None = Field(
        default=None, description="root of an interface that understands recordings"
    )
    listen_model: str = Field(default="whisper-1", description="the model's name there")
    key: SecretStr = Field(default=SecretStr(""), description="sent to both as a bearer token")
    seconds: float = Field(default=20.0, gt=0, le=120, description="longest wait for either")

    @field_validator("speak_url", "listen_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        address = web_address(value)
        return address.rstrip("/") if address else None
