"""``huiying knowledge …``: the knowledge editor's commands."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from knowledge.answer import Answerer
from knowledge.base import DEFAULT_BASE
from knowledge.cli import editing, measuring
from knowledge.cli.console import (
    BaseOption,
    JsonOption,
    errors,
    fail,
    folder_of,
    open_base,
    progress_bar,
    say,
)
from knowledge.clock import today
from knowledge.documents.ingest import grouped, ingest
from knowledge.documents.sample import SHIPPED, bring_sample
from knowledge.evaluation.explain import explain_json
from knowledge.published.publish import BaseBusyError
from knowledge.query import Query
from knowledge.regions import gazetteer, is_region_code
from knowledge.sources.mapping import MapError, parse_map
from knowledge.sources.web import is_url

PARTLY = 3
"""Exit status of a strict ingest that took some of what it was given and left some."""

app = typer.Typer(name="knowledge", help="知识库：入库、检索、评测", no_args_is_help=True)
app.add_typer(measuring.app)
app.add_typer(editing.app)


@app.command("ingest")
def ingest_command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="文件、文件夹或允许网站上的网址；不写则用自带示例库"),
    ] = None,
    base: BaseOption = DEFAULT_BASE,
    map_: Annotated[str, typer.Option("--map", help="字段映射：id=列,title=列… 或现成映射名")] = "",
    prune: Annotated[bool, typer.Option(help="删除这些路径里已不存在的条目")] = False,
    strict: Annotated[bool, typer.Option(help="有没收进来的，以状态 3 结束")] = False,
    json_: JsonOption = False,
) -> None:
    """把文件收进知识库并发布；同样的内容再收一遍不会有任何变化。"""
    try:
        field_map = parse_map(map_) if map_ else None
    except MapError as error:
        raise fail(str(error)) from error
    folder = folder_of(base)
    try:
        with progress_bar() as progress:
            report = ingest(
                folder,
                [Path(p) for p in paths or () if not is_url(p)] if paths else [SHIPPED],
                urls=[p for p in paths or () if is_url(p)],
                field_map=field_map,
                prune=prune,
                progress=progress,
            )
    except BaseBusyError as error:
        raise fail(str(error)) from error
    if json_:
        say(
            {
                "added": report.added,
                "changed": report.changed,
                "same": report.same,
                "removed": report.removed,
                "skipped": [{"where": p.where, "reason": p.reason} for p in report.skipped],
                "warnings": [{"where": p.where, "reason": p.reason} for p in report.warnings],
                "generation": report.published.generation if report.published else 0,
            }
        )
    else:
        typer.echo(
            f"收入 {report.taken} 条：新增 {report.added}，更新 {report.changed}，"
            f"未变 {report.same}；删除 {report.removed}，未收 {len(report.skipped)}"
        )
        for line in grouped(report.warnings):
            errors.print(f"注意 {line}", style="yellow", markup=False, soft_wrap=True)
        for line in grouped(report.skipped):
            errors.print(f"未收 {line}", style="red", markup=False, soft_wrap=True)
    if report.skipped and not report.taken:
        raise typer.Exit(1)
    if report.skipped and strict:
        raise typer.Exit(PARTLY)


@app.command("sample", hidden=True)
def sample_command(base: BaseOption = DEFAULT_BASE) -> None:
    """自带示例库：放进空的知识库或更新它；别人动过的知识库不碰。``huiying run`` 启动时用。"""
    folder = folder_of(base)
    try:
        with progress_bar() as progress:
            report = bring_sample(folder, progress)
    except BaseBusyError as error:
        raise fail(str(error)) from error
    if report is not None and (report.added or report.changed or report.removed):
        changes = f"新增 {report.added}，更新 {report.changed}，删除 {report.removed}"
        typer.echo(f"示例知识库：{changes}")


@app.command()
def search(
    question: str,
    base: BaseOption = DEFAULT_BASE,
    region: Annotated[str | None, typer.Option(help="六位区划代码")] = None,
    audience: Annotated[str | None, typer.Option(help="person 或 enterprise")] = None,
    date_: Annotated[str | None, typer.Option("--date", help="哪一天有效，如 2024-01-31")] = None,
    explain: Annotated[bool, typer.Option(help="显示分数与匹配的词")] = False,
    json_: JsonOption = False,
) -> None:
    """按线上同一条路径检索一个问题。"""
    query = _query(question, region, audience, date_)
    answer, found = Answerer(open_base(base)).consider(query)
    if json_:
        say(explain_json(answer, found, detailed=explain))
        return
    names = "、".join(gazetteer().name(code) for code in answer.regions) or "不限"
    typer.echo(
        f"判断：{answer.verdict.value}（{answer.reason}，{answer.confidence:.2f}） 地区：{names}"
    )
    for cited in answer.passages + answer.history:
        mark = "（历史，已失效）" if cited.historical else ""
        typer.echo(f"\n【{cited.title}】{cited.heading}{mark}\n{cited.quote}")
        named = f"{cited.document}{cited.document_number}"
        if source := " ".join(filter(None, (cited.issuer, named, cited.link))):
            typer.echo(f"—— {source}")
    table = Table("名次", "分数", "编号", "标题", "地区", title="检索结果")
    for n, hit in enumerate(found.hits, 1):
        where = gazetteer().name(hit.entry.region) if hit.entry.region.strip("0") else "全国"
        table.add_row(str(n), f"{hit.score:.2f}", hit.entry.id, hit.entry.title, where)
    Console().print(table)
    if explain:
        typer.echo(
            json.dumps(explain_json(answer, found, detailed=True), ensure_ascii=False, indent=1)
        )


def _query(question: str, region: str | None, audience: str | None, day: str | None) -> Query:
    if region is not None and not is_region_code(region):
        raise fail(f"区划代码应为六位数字：{region}")
    if audience not in (None, "person", "enterprise"):
        raise fail(f"适用对象应为 person 或 enterprise：{audience}")
    try:
        on = date.fromisoformat(day) if day else today()
    except ValueError as error:
        raise fail(f"日期应写成 2024-01-31：{day}") from error
    return Query(question, on, region, audience)  # type: ignore[arg-type]


@app.command()
def status(base: BaseOption = DEFAULT_BASE, json_: JsonOption = False) -> None:
    """知识库现在有什么。"""
    opened = open_base(base)
    manifest = opened.snapshot.manifest
    data = {
        "base": base,
        "generation": manifest.generation,
        "published_at": manifest.published_at,
        "entries": manifest.entries,
        "passages": opened.snapshot.passage_count,
        "segments": len(manifest.segments),
        "tuning": manifest.tuning,
    }
    if json_:
        say(data)
        return
    for key, value in data.items():
        typer.echo(f"{key}: {value}")


if __name__ == "__main__":
    app()
