"""The settings of a language model that phrases answers (docs/knowledge.md) and points at what a
matter tells (docs/understand.md)."""

from __future__ import annotations

from pydantic import Field, JsonValue, SecretStr, field_validator

from connectors.settings.checks import web_address
from connectors.settings.section import Section


class Llm(Section):
    """A chat model. Without a url nothing is asked of one."""

    url: str | None = Field(
        default=None, description="root of an OpenAI-compatible interface, e.g. http://llm:8000/v1"
    )
    model: str = Field(default="", description="the model's name there")
    key: SecretStr = Field(default=SecretStr(""), description="sent as a bearer token")
    extra: dict[str, JsonValue] = Field(
        default={},
        description="more to send with each request, such as what tells a model not to think "
        'first: {"chat_template_kwargs": {"enable_thinking": false}}; null leaves out what is sent '
        'otherwise ({"temperature": null})',
    )
    seconds: float = Field(
        default=8.0, gt=0, le=60, description="longest wait for an answer; then the rule itself"
    )
    points: bool = Field(
        default=False,
        description="whether it also points at where, when and who in what people tell; matters "
        "then leave without names, numbers and addresses",
    )
    seconds_to_point: float = Field(
        default=3.0, gt=0, le=30, description="longest wait for that; then the rules alone"
    )
    silence: float = Field(
        default=5.0, gt=0, le=60, description="longest wait between two pieces of an answer"
    )
    tokens_per_answer: int = Field(
        default=500, ge=50, le=4000, description="longest answer asked for"
    )
    tokens_per_day: int = Field(
        default=2_000_000, ge=0, description="for all together; used up: the rule itself"
    )
    answers_per_hour: int = Field(default=30, ge=1, description="for one conversation")

    @field_validator("url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        return web_address(value)
