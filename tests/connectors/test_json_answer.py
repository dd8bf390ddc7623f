"""Answers in JSON: readable Chinese, the status and headers asked for, and never a failure."""

from __future__ import annotations

import json

from connectors.json_answer import json_answer


def test_an_answer_says_what_it_is() -> None:
    answer = json_answer({"text": "路灯坏了"}, status=409, headers={"Retry-After": "5"})
    assert (answer.status, answer.headers["Retry-After"]) == (409, "5")
    assert answer.content_type == "application/json"
    assert answer.charset == "utf-8"
    assert answer.body == '{"text":"路灯坏了"}'.encode()


def test_half_of_a_pair_is_escaped() -> None:
    body = json_answer({"text": "灯\ud83d"}).body
    assert isinstance(body, bytes)
    assert json.loads(body) == {"text": "灯\ud83d"}
