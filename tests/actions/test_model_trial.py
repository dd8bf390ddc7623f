"""What the trial of a language model says of one that does not answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from actions.model.trial import one_word
from connectors.settings.llm import Llm
from knowledge.phrasing.errors import ModelError
from tests.model_server import ModelServer


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    opened = ModelServer(says="ready")
    await opened.start()
    yield opened
    await opened.stop()


async def test_a_model_that_answers_says_how_long_it_took(server: ModelServer) -> None:
    assert 0 < await one_word(Llm(url=server.url)) < Llm().seconds


@pytest.mark.parametrize(
    ("fault", "said"),
    [("a long page", "HTTP 502"), ("401", "HTTP 401"), ("not json", "understood")],
)
async def test_what_is_wrong_is_named(server: ModelServer, fault: str, said: str) -> None:
    server.fault = fault
    with pytest.raises(ModelError, match=said):
        await one_word(Llm(url=server.url))
