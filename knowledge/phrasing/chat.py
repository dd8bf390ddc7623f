"""A chat model behind any OpenAI-compatible server, as LangChain knows one.

Only what phrasing needs of the interface, over aiohttp with its own time limits.  Any other chat
model of LangChain's can stand in its place.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from langchain_core.callbacks import (
    AsyncCallbackManagerForLLMRun,
    CallbackManagerForLLMRun,
)
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field, SecretStr

from knowledge.phrasing.errors import ModelError

LINE_MOST = 64 * 1024  # bytes of one event, or of an answer that is not streamed
SAID_MOST = 300  # characters of what a server says of an error
CUT_OFF, _WITHHELD = "length", "content_filter"  # why an answer ends, in the interface's words
_ROLES = {HumanMessage: "user", SystemMessage: "system"}


class OpenAICompatibleChat(BaseChatModel):
    """``POST {url}/chat/completions``, streamed.  Asynchronous only: a person is waiting.

    ``connect`` and ``silence`` are the longest waits, in seconds, for a connection and between two
    pieces of an answer; how long an answer may take in all is its caller's to say.  ``extra`` is
    sent along with each request, such as what tells a model not to think first; a ``None`` in it
    leaves out what is sent otherwise.  A chunk's ``finish_reason`` is in its response metadata.
    """

    url: str
    model: str
    key: SecretStr = SecretStr("")
    max_tokens: int = 500
    connect: float = 3.0
    silence: float = 5.0
    extra: dict[str, Any] = Field(default_factory=dict)

    @property
    def _llm_type(self) -> str:
        return "openai-compatible"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("this chat model streams; use astream")

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        """Raises :class:`ModelError` for whatever keeps an answer from coming."""
        body: dict[str, Any] = {
            "stream_options": {"include_usage": True},
            "temperature": 0.0,
            "max_tokens": self.max_tokens,
            **self.extra,
            "model": self.model,
            "messages": [
                {"role": _ROLES.get(type(one), "user"), "content": str(one.content)}
                for one in messages
            ],
            "stream": True,
        }
        body = {name: value for name, value in body.items() if value is not None}
        key = self.key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        limits = aiohttp.ClientTimeout(sock_connect=self.connect, sock_read=self.silence)
        try:
            async with (
                aiohttp.ClientSession(timeout=limits, trust_env=True) as http,
                http.post(
                    f"{self.url.rstrip('/')}/chat/completions",
                    json=body,
                    headers=headers,
                    allow_redirects=False,
                    max_line_size=LINE_MOST,
                ) as response,
            ):
                if response.status != 200:
                    said = (await response.content.read(4 * SAID_MOST)).decode(errors="replace")
                    raise ModelError(f"HTTP {response.status}", said[:SAID_MOST])
                async for chunk in _events(response):
                    yield chunk
        except TimeoutError as error:
            raise ModelError("no answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            raise ModelError(type(error).__name__) from error


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[ChatGenerationChunk]:
    """The pieces of a stream of server-sent events; of a server that does not stream, all at
    once."""
    if "event-stream" not in response.headers.get("Content-Type", ""):
        yield _piece(await _read(response), "message")
        return
    ended = False
    try:
        async for line in response.content:
            if not line.startswith(b"data:"):
                continue
            data = line[5:].strip()
            if data == b"[DONE]":
                ended = True
                break
            piece = _piece(data, "delta")
            ended = ended or piece.generation_info is not None
            yield piece
    except ValueError as error:  # a line longer than aiohttp reads
        raise ModelError("a line without end") from error
    if not ended:
        raise ModelError("the answer broke off")


async def _read(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for part in response.content.iter_any():
        raw += part
        if len(raw) > LINE_MOST:
            raise ModelError("an answer without end")
    return bytes(raw)


def _piece(raw: bytes, where: str) -> ChatGenerationChunk:
    try:
        data = json.loads(raw)
        if error := data.get("error"):
            said = error.get("message") if isinstance(error, dict) else error
            raise ModelError("the server reports an error", str(said)[:SAID_MOST])
        choice = (data.get("choices") or [{}])[0]
        text = (choice.get(where) or {}).get("content") or ""
        if not isinstance(text, str):
            raise TypeError
        usage, ends = data.get("usage"), choice.get("finish_reason")
        if ends == _WITHHELD:
            raise ModelError("the server withheld the answer")
        return ChatGenerationChunk(
            message=AIMessageChunk(content=text, usage_metadata=_usage(usage) if usage else None),
            generation_info={"finish_reason": str(ends)} if ends else None,
        )
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise ModelError("the answer cannot be understood") from error


def _usage(usage: dict[str, Any]) -> UsageMetadata:
    sent, written = (int(usage.get(f"{n}_tokens") or 0) for n in ("prompt", "completion"))
    return UsageMetadata(input_tokens=sent, output_tokens=written, total_tokens=sent + written)
