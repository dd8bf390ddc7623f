"""The editor's lists by command, on the deployment's own store."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner

from connectors.cli.common import transact
from connectors.cli.knowledge import app
from connectors.store import gaps


def test_gaps_are_listed_drafted_and_settled_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYING_DATA_DIR", str(tmp_path))

    def unit(conn: Connection) -> None:
        for question in ("宠物猪能养吗", "宠物猪能养吗？", "我是13800001234，怎么投诉"):
            gaps.record(conn, datetime.now(UTC), question=question, reason="none", region="340100")

    transact(unit)
    run = CliRunner().invoke
    listed = json.loads(run(app, ["gaps", "--json"]).stdout)
    assert [(one["times"], one["reasons"]) for one in listed] == [(2, ["none"]), (1, ["none"])]
    assert "13800001234" not in str(listed)
    draft = run(app, ["gaps", "--draft", "1"]).stdout
    assert draft.startswith("---\nid: faq-")
    assert "- 宠物猪能养吗\n" in draft
    assert "region: 安徽省合肥市\n" in draft
    assert run(app, ["gaps", "--draft", "9"]).exit_code == 2
    run(app, ["gaps", "--settle", "1"])
    assert len(json.loads(run(app, ["gaps", "--json"]).stdout)) == 1
    assert "还没有人评价" in run(app, ["votes"]).stdout
