"""What the model is asked of a message, and what its answer is taken for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_core.utils.json import parse_json_markdown

from actions.model.stand_ins import Aside, put_aside
from actions.understanding.fields import AppealType
from actions.understanding.matter.category_tree import tree
from actions.understanding.pointed import Pointed
from connectors.yaml_file import read_yaml
from knowledge.phrasing.chat import CUT_OFF
from knowledge.phrasing.draft import WRITTEN_MOST, estimate
from knowledge.phrasing.errors import ModelError
from knowledge.phrasing.thoughts import without_thoughts

MOST = 3000  # characters of a message that leave; what is told stands at the beginning
ANSWER_MOST = 4000  # characters of an answer that are read


@dataclass(frozen=True, slots=True)
class Gave:
    """``tokens``: what the server says was used, else an estimate."""

    pointed: Pointed
    tokens: int


@dataclass(frozen=True, slots=True)
class Question:
    """A message, what is personal in it put aside, as it is put to a model."""

    text: str
    aside: Aside
    messages: tuple[SystemMessage, HumanMessage]

    @classmethod
    def about(cls, text: str) -> Question:
        """The message stands between markers nobody can know beforehand."""
        aside, marker = put_aside(text[:MOST]), f"====={secrets.token_hex(6)}====="
        system, message = _words()
        asked = message.format(marker=marker, text=aside.text)
        return cls(text, aside, (SystemMessage(system), HumanMessage(asked)))

    @property
    def tokens(self) -> int:
        """The most that asking takes, without the answer."""
        return sum(estimate(str(one.content)) for one in self.messages)

    async def put(self, model: BaseChatModel) -> Gave:
        """What the model points at, as far as it stands in the message.  Raises
        :class:`~knowledge.phrasing.errors.ModelError`."""
        said, tokens = "", 0
        async for chunk in model.astream(list(self.messages)):
            usage = getattr(chunk, "usage_metadata", None)
            tokens = max(tokens, int(usage["total_tokens"])) if usage else tokens
            said += chunk.content if isinstance(chunk.content, str) else ""
            if len(without_thoughts(said)) > ANSWER_MOST or len(said) > WRITTEN_MOST:
                raise ModelError("the answer is too long")
            if chunk.response_metadata.get("finish_reason") == CUT_OFF:
                raise ModelError("no room to end the answer; does it think first? See llm.extra")
        try:
            pointed = Pointed.model_validate(parse_json_markdown(without_thoughts(said)))
        except ValueError as error:  # also of JSON and of pydantic
            raise ModelError("the answer is no object of fields") from error
        return Gave(self._back(pointed), tokens or self.tokens + estimate(said))

    def _back(self, pointed: Pointed) -> Pointed:
        named = {
            name: self.aside.back(value) if isinstance(value, str) else value
            for name, value in pointed.model_dump().items()
        }
        return Pointed.model_validate(named).said_in(self.text)


@cache
def _words() -> tuple[str, str]:
    said = read_yaml(Path(__file__).with_name("prompt.yml"))
    kinds, areas = "、".join(AppealType), "、".join(dict.fromkeys(leaf.path[0] for leaf in tree()))
    return str(said["system"]).format(kinds=kinds, areas=areas), str(said["message"])
