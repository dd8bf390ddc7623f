"""The command ``huiying`` itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


def test_a_folder_that_cannot_be_used_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("no folder")
    env = os.environ | {"HUIYING_DATA_DIR": str(tmp_path / "var")}
    for command in ("run", "gateway"):
        done = subprocess.run(
            [sys.executable, "-m", "connectors.cli", command],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
        )
        assert done.returncode > 0
        assert done.stderr == f"huiying: {tmp_path / 'var'} cannot be used: File exists\n"


def test_a_gateway_loads_nothing_of_what_is_not_configured() -> None:
    """Each of these costs every gateway memory, and most have no use for it."""
    seen = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; import connectors.app;"
            "print(sorted({'redis', 'langchain_core', 'chromadb', 'psycopg', 'opentelemetry.sdk'}"
            " & set(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert seen.stdout == "[]\n"
