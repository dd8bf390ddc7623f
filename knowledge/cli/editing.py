"""``huiying knowledge show | save | versions | restore | remove | ending``: the editor's work on
one entry, as on the desk."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from knowledge.base import DEFAULT_BASE
from knowledge.cli.console import BaseOption, JsonOption, errors, fail, folder_of, say
from knowledge.clock import today
from knowledge.documents.written import as_markdown
from knowledge.model import Entry
from knowledge.published.editor import Editor, RefusedError
from knowledge.published.publish import BaseBusyError
from knowledge.sources.raw import Problem, Raw
from knowledge.sources.read import read_file

app = typer.Typer()
Done = TypeVar("Done")

Why = Annotated[str, typer.Option("--why", help="为什么改，记在版本里")]
Who = Annotated[str, typer.Option("--who", help="谁改的；不写为当前系统用户")]


@app.command()
def show(
    entry_id: str,
    base: BaseOption = DEFAULT_BASE,
    version: Annotated[int | None, typer.Option(help="第几版；不写为现在的")] = None,
) -> None:
    """按入库的样子打印一个条目；改好后用 save 存回。"""
    editor = _editor(base)
    found = editor.entry(entry_id)
    if version is not None:
        found = next((v.entry for v in editor.versions(entry_id) if v.number == version), None)
    if found is None:
        raise fail(f"没有这个条目或这一版：{entry_id}")
    typer.echo(as_markdown(found), nl=False)


@app.command()
def save(
    file: Path,
    why: Why = "",
    who: Who = "",
    base: BaseOption = DEFAULT_BASE,
    preview: Annotated[bool, typer.Option(help="只看会成什么样，不保存")] = False,
) -> None:
    """保存一个条目（一个文件，写法同 show 打印的）并立即发布。"""
    editor = _editor(base)
    entry, doubts = _drafted(editor, file)
    if preview:
        typer.echo(as_markdown(entry), nl=False)
        _remarks(doubts)
        return
    saved = _changed(lambda: editor.save(entry, who or getpass.getuser(), _reason(why)))
    editor.finish()
    _remarks((*doubts, *saved.doubts))
    typer.echo(
        f"已保存并发布：{entry.id}（{saved.change.value}，第 {saved.published.generation} 代）"
    )


@app.command()
def versions(entry_id: str, base: BaseOption = DEFAULT_BASE, json_: JsonOption = False) -> None:
    """一个条目的各个版本：何时、谁、为什么。"""
    found = _editor(base).versions(entry_id)
    if not found:
        raise fail(f"没有这个条目：{entry_id}")
    if json_:
        say(
            [
                {
                    "version": v.number,
                    "at": v.at,
                    "who": v.who,
                    "why": v.why,
                    "there": bool(v.entry),
                }
                for v in found
            ]
        )
        return
    table = Table("版本", "时间", "谁", "为什么")
    for one in found:
        gone = "" if one.entry else "（撤下）"
        table.add_row(str(one.number), f"{one.at:%Y-%m-%d %H:%M}", one.who, one.why + gone)
    Console().print(table)


@app.command()
def restore(
    entry_id: str, version: int, why: Why = "", who: Who = "", base: BaseOption = DEFAULT_BASE
) -> None:
    """让一个旧版本重新成为现行的，并立即发布。"""
    editor = _editor(base)
    saved = _changed(
        lambda: editor.restore(entry_id, version, who or getpass.getuser(), _reason(why))
    )
    editor.finish()
    _remarks(saved.doubts)
    typer.echo(f"已恢复第 {version} 版并发布：{entry_id}")


@app.command()
def remove(entry_id: str, why: Why = "", who: Who = "", base: BaseOption = DEFAULT_BASE) -> None:
    """撤下一个条目并立即发布；各个版本都留着，可以恢复。"""
    editor = _editor(base)
    _changed(lambda: editor.remove(entry_id, who or getpass.getuser(), _reason(why)))
    editor.finish()
    typer.echo(f"已撤下：{entry_id}")


@app.command()
def ending(
    base: BaseOption = DEFAULT_BASE,
    days: Annotated[int, typer.Option(min=0, help="多少天以内")] = 30,
    json_: JsonOption = False,
) -> None:
    """快失效的条目。"""
    found = _editor(base).ending(today(), days)
    if json_:
        say([{"id": e.entry.id, "title": e.entry.title, "last": e.last} for e in found])
        return
    for one in found:
        typer.echo(f"{one.last}\t{one.entry.id}\t{one.entry.title}\t{one.entry.keeper}")
    if not found:
        typer.echo(f"到 {today() + timedelta(days)} 没有失效的条目")


def _editor(base: str) -> Editor:
    folder = folder_of(base)
    if not (folder / "entries.sqlite").exists():
        raise fail(f"知识库 {base} 还没有内容，先运行：huiying knowledge ingest --base {base} 路径")
    return Editor(folder)


def _drafted(editor: Editor, file: Path) -> tuple[Entry, tuple[str, ...]]:
    read = list(read_file(file))
    raws = [one for one in read if isinstance(one, Raw)]
    said = tuple(one.reason for one in read if isinstance(one, Problem))
    if len(raws) != 1:
        raise fail("；".join(said) or f"{file} 里不是一个条目，请用 huiying knowledge ingest")
    try:
        entry, doubts = editor.draft(raws[0].values)
    except RefusedError as error:
        raise fail(str(error)) from error
    return entry, (*said, *doubts)


def _reason(why: str) -> str:
    if not why.strip():
        raise fail("请用 --why 写明为什么改，方便以后查")
    return why.strip()


def _changed(change: Callable[[], Done]) -> Done:
    try:
        return change()
    except (RefusedError, BaseBusyError) as error:
        raise fail(str(error)) from error


def _remarks(doubts: tuple[str, ...]) -> None:
    for doubt in doubts:
        errors.print(f"注意 {doubt}", style="yellow", markup=False)
