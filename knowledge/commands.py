"""``huiying knowledge …``: the knowledge editor's commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from knowledge.answer import Answerer
from knowledge.base import DEFAULT_BASE, BadBaseNameError, KnowledgeBase, base_folder
from knowledge.evaluate import QuestionsError, Result, evaluate, read_questions
from knowledge.ingest import Progress, grouped, ingest
from knowledge.publish import BaseBusyError
from knowledge.query import Query
from knowledge.regions import gazetteer, is_region_code
from knowledge.sources.mapping import MapError, parse_map

app = typer.Typer(name="knowledge", help="知识库：入库、检索、评测", no_args_is_help=True)
errors = Console(stderr=True)

BaseOption = Annotated[str, typer.Option("--base", help="知识库名字")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]

_STAGES = {"read": "读取", "store": "保存", "index": "建索引", "done": "完成"}
SHIPPED = Path(__file__).parent / "corpus"


def today() -> date:
    """The day in Shanghai, where the rules are made."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def fail(message: str) -> typer.Exit:
    """One line that says what to do, and a non-zero end."""
    errors.print(message, style="red", markup=False)
    return typer.Exit(1)


def _say(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, default=str))


def _folder(base: str) -> Path:
    try:
        return base_folder(base)
    except BadBaseNameError as error:
        raise fail(str(error)) from error


def _open(base: str) -> KnowledgeBase:
    opened = KnowledgeBase(_folder(base))
    if not opened.snapshot.manifest.generation:
        raise fail(f"知识库 {base} 还没有内容，先运行：huiying knowledge ingest --base {base} 路径")
    return opened


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("读取")

        def show(stage: str, done: int) -> None:
            bar.update(task, description=f"{_STAGES.get(stage, stage)} {done or ''}")

        yield show


@app.command("ingest")
def ingest_command(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="文件或文件夹；不写则用自带示例库")
    ] = None,
    base: BaseOption = DEFAULT_BASE,
    map_: Annotated[str, typer.Option("--map", help="字段映射：id=列,title=列… 或现成映射名")] = "",
    prune: Annotated[bool, typer.Option(help="删除这些路径里已不存在的条目")] = False,
    json_: JsonOption = False,
) -> None:
    """把文件收进知识库并发布；同样的内容再收一遍不会有任何变化。"""
    try:
        field_map = parse_map(map_) if map_ else None
    except MapError as error:
        raise fail(str(error)) from error
    folder = _folder(base)
    try:
        with _progress() as progress:
            report = ingest(
                folder, paths or [SHIPPED], field_map=field_map, prune=prune, progress=progress
            )
    except BaseBusyError as error:
        raise fail(str(error)) from error
    if json_:
        _say(
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
            errors.print(f"注意 {line}", style="yellow", markup=False)
        for line in grouped(report.skipped):
            errors.print(f"未收 {line}", style="red", markup=False)
    if report.skipped and not report.taken:
        raise typer.Exit(1)


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
    answer, found = Answerer(_open(base)).consider(query)
    if json_:
        from knowledge.explain import explain_json

        _say(explain_json(answer, found, detailed=explain))
        return
    names = "、".join(gazetteer().name(code) for code in answer.regions) or "不限"
    typer.echo(
        f"判断：{answer.verdict.value}（{answer.reason}，{answer.confidence:.2f}） 地区：{names}"
    )
    for cited in answer.passages + answer.history:
        mark = "（历史，已失效）" if cited.historical else ""
        typer.echo(f"\n【{cited.title}】{cited.heading}{mark}\n{cited.quote}")
        typer.echo(f"—— {cited.issuer} {cited.document}{cited.document_number} {cited.link}")
    table = Table("名次", "分数", "编号", "标题", "地区", title="检索结果")
    for n, hit in enumerate(found.hits, 1):
        where = gazetteer().name(hit.entry.region) if hit.entry.region.strip("0") else "全国"
        table.add_row(str(n), f"{hit.score:.2f}", hit.entry.id, hit.entry.title, where)
    Console().print(table)
    if explain:
        from knowledge.explain import explain_json

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


@app.command("evaluate")
def evaluate_command(
    file: Path,
    base: BaseOption = DEFAULT_BASE,
    misses: Annotated[int, typer.Option(help="列出多少个没答好的问题")] = 30,
    json_: JsonOption = False,
) -> None:
    """用标注问题评测：JSON 行，每行 question 与 gold（空表示不该回答）。"""
    opened = _open(base)
    try:
        questions = read_questions(file)
    except QuestionsError as error:
        raise fail(str(error)) from error
    result = evaluate(opened, questions, today())
    if json_:
        _say(result.to_json())
        return
    console = Console()
    table = Table(*result.to_json().keys(), title=f"{base}：{file.name}")
    table.add_row(*[str(value) for value in result.to_json().values()])
    console.print(table)
    console.print(_misses(result, misses))


def _misses(result: Result, most: int) -> Table:
    table = Table("编号", "问题", "名次", "判断", "首位", "应为", title="没答好的问题")
    bad = [row for row in result.rows if row.in_scope and (row.rank != 1 or row.verdict == "none")]
    bad += [row for row in result.rows if not row.in_scope and row.verdict != "none"]
    for row in bad[:most]:
        first = row.top[0] if row.top else ""
        gold = "、".join(row.question.gold) or "不应回答"
        table.add_row(
            row.question.id, row.question.question, str(row.rank), row.verdict.value, first, gold
        )
    return table


@app.command()
def status(base: BaseOption = DEFAULT_BASE, json_: JsonOption = False) -> None:
    """知识库现在有什么。"""
    opened = _open(base)
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
        _say(data)
        return
    for key, value in data.items():
        typer.echo(f"{key}: {value}")


if __name__ == "__main__":
    app()
