"""``huiying knowledge``: the knowledge room's commands, on the deployment's own data folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

import typer

from connectors.cli import knowledge_feedback
from connectors.settings import load
from knowledge.cli.commands import app

app.add_typer(knowledge_feedback.app)


@app.callback()
def configured(context: typer.Context) -> None:
    """知识库：入库、检索、评测"""
    settings = load()
    # The room reads its environment only; so what huiying.yml says is put there, for this command.
    said = {
        "HUIYING_DATA_DIR": str(settings.data_dir),
        "HUIYING_KNOWLEDGE_BASE": settings.knowledge_base,
        "HUIYING_KNOWLEDGE_HOSTS": json.dumps(settings.knowledge_hosts),
    }
    before = {name: os.environ.get(name) for name in said}
    os.environ.update(said)
    context.call_on_close(lambda: _put_back(before))


def _put_back(before: Mapping[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


__all__ = ["app"]
