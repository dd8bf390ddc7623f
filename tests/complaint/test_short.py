"""A matter in a few words is a matter; steering in a few words is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from actions.complaint.outside_form import tells
from actions.understanding.fields import AppealType
from actions.understanding.understand import Nlu, Understanding, understand


def read(text: str) -> Understanding:
    return understand(text, Nlu("nlu_fallback", 0.0), datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    "text", ["我家没水了", "楼梯扶手坏了", "公厕堵了", "车位被占", "投诉楼上太吵", "下水道臭"]
)
def test_a_few_words_tell_a_matter(text: str) -> None:
    assert tells(text, read)
    assert read(text).appeal_type is AppealType.COMPLAINT


@pytest.mark.parametrize(
    "text", ["我要投诉", "投诉物业", "反映个问题", "我想举报", "取消", "不用了", "好的", "人工"]
)
def test_what_announces_or_steers_tells_none(text: str) -> None:
    assert not tells(text, read)
