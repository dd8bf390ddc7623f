"""The command ``huiying`` itself."""

from __future__ import annotations

import subprocess
import sys

from typer.testing import CliRunner

from connectors.cli.root import Root, app
from tests.structure.source import ROOT


def test_the_command_starts_without_what_a_single_group_needs() -> None:
    code = (
        "import sys, connectors.cli.root;"
        "print(sorted({'numpy', 'sqlalchemy', 'aiohttp', 'knowledge'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_every_group_shows_its_commands_when_asked() -> None:
    listed = CliRunner().invoke(app, ["--help"]).stdout
    for name in Root.elsewhere:
        assert name in listed
        shown = CliRunner().invoke(app, [name, "--help"])
        assert shown.exit_code == 0
        assert "Commands" in shown.stdout
        assert "completion" not in shown.stdout


def test_a_slip_is_told_what_was_probably_meant() -> None:
    done = CliRunner().invoke(app, ["knowlege"])
    assert done.exit_code == 2
    assert "knowledge" in done.stderr
