"""``huiying knowledge gaps | votes``: what the base could not answer, and which answers failed."""

from __future__ import annotations

import json
from typing import Annotated

import typer
import yaml

from connectors import logs
from connectors.cli.common import Json, fail, read, transact
from connectors.desk.entry_form import drafted
from connectors.desk.gap_groups import Group, grouped
from connectors.store import gaps as store
from connectors.store import votes as ballots

app = typer.Typer()


@app.command()
def gaps(
    draft: Annotated[
        int | None, typer.Option(help="第几组：打印一份条目草稿，写好正文后用 save 存")
    ] = None,
    settle: Annotated[int | None, typer.Option(help="第几组：已处理，从名单上去掉")] = None,
    as_json: Json = False,
) -> None:
    """答不上的问题，相近的归成一组，问得多的在前。"""
    groups = grouped(read(store.latest))
    if draft is not None:
        typer.echo(_draft(_group(groups, draft)), nl=False)
    elif settle is not None:
        ids = [gap.id for gap in _group(groups, settle).gaps]
        typer.echo(f"已去掉 {transact(lambda conn: store.settle(conn, ids))} 条")
    elif as_json:
        shown = [
            {
                "group": number,
                "times": len(one.gaps),
                "question": logs.mask(one.question),
                "others": [logs.mask(other) for other in one.others],
                "reasons": sorted({gap.reason for gap in one.gaps}),
            }
            for number, one in enumerate(groups, 1)
        ]
        typer.echo(json.dumps(shown, ensure_ascii=False))
    else:
        for number, one in enumerate(groups, 1):
            reasons = "、".join(sorted({gap.reason for gap in one.gaps}))
            typer.echo(f"{number}\t{len(one.gaps)}\t{reasons}\t{logs.mask(one.question)}")
        if not groups:
            typer.echo("没有答不上的问题")


@app.command()
def votes(as_json: Json = False) -> None:
    """各条目的 👍 和 👎（含“没解决”），没帮上忙最多的在前。"""
    found = read(ballots.tallies)
    if as_json:
        rows = [{"entry_id": one.entry_id, "up": one.up, "down": one.down} for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"👎 {one.down}\t👍 {one.up}\t{one.entry_id}")
    if not found:
        typer.echo("还没有人评价")


def _group(groups: list[Group], number: int) -> Group:
    if not 1 <= number <= len(groups):
        fail(f"没有第 {number} 组，先看 huiying knowledge gaps")
    return groups[number - 1]


def _draft(group: Group) -> str:
    form = drafted(group.gaps)
    head = {key: form[key] for key in ("id", "title", "kind", "region") if form[key]}
    said = {**head, "questions": form["questions"].split("\n")}
    return f"---\n{yaml.safe_dump(said, allow_unicode=True, sort_keys=False)}---\n\n"
