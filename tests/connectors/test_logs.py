"""Masks: the last line of defence before a log line is written."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog
from pydantic import BaseModel

from connectors import logs
from connectors.ids import new_id
from tests.conftest import _stream
from tests.structure.source import ROOT


@contextmanager
def written(level: logs.Level, form: str) -> Iterator[io.StringIO]:
    """What is logged inside, at this level and in this form."""
    stream = io.StringIO()
    logs.configure(level, form, stream)
    try:
        yield stream
    finally:
        logs.configure("debug", "json", _stream)


FORMS = pytest.mark.parametrize("form", ["json", "console"])


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


@FORMS
def test_every_way_into_the_log_is_masked(form: str) -> None:
    with written("info", form) as stream:
        logs.get("t").info("event", text="打13800001234", nested={"a": ["13800001234"]})
        logs.get("t").info("event", number=13800001234, key={"13800001234": 1})
        logging.getLogger("foreign").warning("told %s", "13800001234")
        structlog.get_logger("foreign").warning("told 13800001234")
        with structlog.contextvars.bound_contextvars(who="13800001234"):
            logs.get("t").info("event")
        try:
            raise ValueError("13800001234")
        except ValueError:
            logs.get("t").exception("failed")
            logging.getLogger("foreign").exception("failed")
    assert stream.getvalue().count("138****1234") >= 9
    assert "13800001234" not in stream.getvalue()


@FORMS
def test_an_identifier_of_ours_is_written_whole(form: str) -> None:
    looks_like_a_number = "m_019a13800001234abcdef12345678901"
    assert len(looks_like_a_number) == len(new_id("m"))
    with written("info", form) as stream:
        logs.get("t").info("event", message_id=looks_like_a_number)
    assert looks_like_a_number in stream.getvalue()


@FORMS
def test_a_line_cannot_be_forged_through_what_a_person_writes(form: str) -> None:
    said = "a\n2026-01-01 [info] forged\x1b[31m\u2028\x9b31m"
    with written("info", form) as stream:
        logs.get("t").info("event", text=said, **{said: 1})
        logging.getLogger("foreign").warning(said)
    assert len(stream.getvalue().strip().split("\n")) == 2
    assert "\x1b" not in stream.getvalue()


def test_nor_through_the_text_of_an_exception() -> None:
    with written("info", "console") as stream:
        try:
            raise ValueError("a\n2026-01-01 forged\x1b[31m")
        except ValueError:
            logs.get("t").exception("failed")
    lines = stream.getvalue().rstrip("\n").split("\n")
    assert all(line.startswith("    ") for line in lines[1:])
    assert "\x1b" not in stream.getvalue()


@FORMS
def test_a_traceback_shows_places_and_no_values(form: str) -> None:
    class Frame(BaseModel):
        text: int

    def handle(said: str) -> None:
        note = said * 2
        assert note
        Frame.model_validate({"text": said})

    with written("info", form) as stream:
        try:
            handle("".join(["幸", "福", "路"]))
        except ValueError:
            logs.get("t").exception("failed")
            logging.getLogger("foreign").exception("failed")
            structlog.get_logger("foreign").exception("failed")
    assert stream.getvalue().count("in handle") == 3
    assert "幸福路" not in stream.getvalue()


def test_a_line_below_the_level_is_not_even_looked_at() -> None:
    class Unspeakable:
        def __str__(self) -> str:
            raise AssertionError("was looked at")

        __repr__ = __str__

    with written("warning", "json") as stream:
        logs.get("t").info("event", what=Unspeakable())
        logging.getLogger("t").info("event %s", Unspeakable())
    assert stream.getvalue() == ""


def test_a_logger_follows_a_later_configuration() -> None:
    log = logs.get("t.early")
    log.info("before")
    with written("warning", "json") as stream:
        log.info("below")
        log.warning("above")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["above"]


@FORMS
@pytest.mark.parametrize("value", ["半个\ud83d", b"\xff", {"s": {1}}, object(), float("nan")])
def test_any_value_makes_a_line(form: str, value: object) -> None:
    with written("info", form) as stream:
        logs.get("t").info("event", value=value)
    assert len(stream.getvalue().splitlines()) == 1
    stream.getvalue().encode()
    if form == "json":
        assert json.loads(stream.getvalue())["event"] == "event"


def test_a_log_that_cannot_be_written_stops_nobody() -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    for stream in (Full(), io.StringIO()):
        stream.close()
        logs.configure("info", "json", stream)
        try:
            logs.get("t").info("event")
            logging.getLogger("t").warning("event")
        finally:
            logs.configure("debug", "json", _stream)


def test_what_is_logged_before_any_configuration_stays_out_of_a_commands_output() -> None:
    code = "from connectors import logs; logs.get('t').warning('event', text='13800001234')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert "138****1234" in done.stderr


def test_a_commands_libraries_stay_out_of_its_output() -> None:
    code = (
        "import sys, structlog, typer; from connectors import cli; from connectors.cli import root;"
        "root.app = typer.Typer();"
        "root.app.command()(lambda: structlog.get_logger('lib').warning('said')); cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
    assert "said" in done.stderr
