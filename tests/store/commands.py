"""Runs ``huiying`` commands in the test's own process."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from typer.testing import CliRunner, Result

from connectors.cli.root import app


def run(*arguments: str, typed: str | None = None) -> Result:
    """A command brings a loop of its own, which the thread of the test's loop cannot run."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(
            CliRunner().invoke, app, list(arguments), input=typed, catch_exceptions=False
        ).result()


def huiying(*arguments: str, code: int = 0, typed: str | None = None) -> str:
    """What a command says, on both of its outputs."""
    done = run(*arguments, typed=typed)
    assert done.exit_code == code, done.output
    return done.output


def huiying_json(*arguments: str) -> dict[str, Any]:
    """What a command answers in JSON; its log goes elsewhere."""
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
