"""Masks: the last line of defence before a log line is written."""

from __future__ import annotations

import io
import logging

import pytest

from connectors import logs
from tests.conftest import _stream


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("电话13800001234谢谢", "电话138****1234谢谢"),
        ("138 0000 1234", "138****1234"),
        ("身份证11010519491231002X", "身份证110105********002X"),
        ("卡号6222020200112233445", "卡号6222********3445"),
        ("工单HY20261122-000001-5", "工单HY20261122-000001-5"),
        ("2026年11月22日", "2026年11月22日"),
    ],
)
def test_numbers_that_name_a_person_are_masked(said: str, written: str) -> None:
    assert logs.mask(said) == written


def test_every_way_into_the_log_is_masked() -> None:
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    try:
        logs.get("t").info("event", text="打13800001234", nested={"a": ["13800001234"]})
        logging.getLogger("foreign").warning("told %s", "13800001234")
        try:
            raise ValueError("13800001234")
        except ValueError:
            logs.get("t").exception("failed")
    finally:
        logs.configure("debug", "json", _stream)
    written = stream.getvalue()
    assert written.count("138****1234") >= 4
    assert "13800001234" not in written


def test_a_line_cannot_be_forged_through_what_a_person_writes() -> None:
    stream = io.StringIO()
    logs.configure("info", "console", stream)
    try:
        logs.get("t").info("event", text="a\n2026-01-01 [info] forged\x1b[31m")
    finally:
        logs.configure("debug", "json", _stream)
    assert len(stream.getvalue().strip().splitlines()) == 1
