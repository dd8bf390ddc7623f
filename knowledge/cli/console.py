"""What the knowledge commands share: options, output, and opening a base or failing in a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from knowledge.base import BadBaseNameError, KnowledgeBase, base_folder
from knowledge.documents.ingest import Progress
from knowledge.errors import EmbeddingError
from knowledge.vectors.dense import ranking_embedder

errors = Console(stderr=True)

BaseOption = Annotated[
    str, typer.Option("--base", envvar="HUIYING_KNOWLEDGE_BASE", help="知识库名字")
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]

_STAGES = {
    "read": "读取",
    "store": "保存",
    "index": "建索引",
    "check": "自校准",
    "tune": "试参数",
    "ask": "提问",
    "vectors": "算向量",
    "done": "完成",
}


def fail(message: str) -> typer.Exit:
    """One line that says what to do, and a non-zero end."""
    errors.print(message, style="red", markup=False, soft_wrap=True)
    return typer.Exit(1)


def say(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, default=str))


def folder_of(base: str) -> Path:
    try:
        return base_folder(base)
    except BadBaseNameError as error:
        raise fail(str(error)) from error


def open_base(base: str) -> KnowledgeBase:
    try:
        opened = KnowledgeBase(folder_of(base), ranking_embedder())
    except EmbeddingError as error:
        raise fail(str(error)) from error
    if not opened.snapshot.manifest.generation:
        raise fail(f"知识库 {base} 还没有内容，先运行：huiying knowledge ingest --base {base} 路径")
    return opened


@contextmanager
def progress_bar() -> Iterator[Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("读取")

        def show(stage: str, done: int) -> None:
            bar.update(task, description=f"{_STAGES.get(stage, stage)} {done or ''}")

        yield show
