"""``huiying knowledge``: the knowledge room's commands, on the deployment's own data folder."""

from __future__ import annotations

import os

from connectors.settings import load
from knowledge.commands import app


@app.callback()
def configured() -> None:
    """知识库：入库、检索、评测"""
    settings = load()
    # The room reads its environment only; so what huiying.yml says is put there.
    os.environ["HUIYING_DATA_DIR"] = str(settings.data_dir)
    os.environ["HUIYING_KNOWLEDGE_BASE"] = settings.knowledge_base
    os.environ["HUIYING_KNOWLEDGE_HOSTS"] = ",".join(settings.knowledge_hosts)


__all__ = ["app"]
