"""``huiying outbox costs``: what sending cost, where platforms charge for it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Annotated

import typer

from connectors.cli.common import Json, fail, read
from connectors.clock import SystemClock, in_china
from connectors.settings import load
from connectors.store import costs
from connectors.store.costs import Entry


def show(
    first: Annotated[str | None, typer.Option("--from", help="a day, such as 2026-03-01")] = None,
    last: Annotated[str | None, typer.Option("--to", help="a day; default: today")] = None,
    account: Annotated[str | None, typer.Option("--account", help="only of this account")] = None,
    as_json: Json = False,
) -> None:
    """Show messages, segments and yuan by day, account and purpose; default: the last 30 days."""
    today = in_china(SystemClock().now()).date()
    until = _day(last, today)
    begin = _day(first, until - timedelta(days=29))
    if begin > until:
        fail(f"--from {begin} is after --to {until}")
    prices = {name: one.price for name, one in load().sms.accounts.items()}
    if account is not None and account not in prices:
        known = ", ".join(prices) or "none"
        fail(f"there is no account {account!r} in the configuration; there are: {known}")
    found = read(lambda conn: costs.between(conn, begin, until, account))
    rows = [_row(one, prices) for one in found]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        typer.echo("\t".join(str(value) for value in row.values()))
    if not rows:
        typer.echo("nothing was sent in these days")
        return
    segments = sum(one.units for one in found)
    yuan = round(sum(one.units * prices.get(one.account, 0.0) for one in found), 4)
    typer.echo(f"{sum(one.messages for one in found)} messages, {segments} segments, {yuan} yuan")


def _row(one: Entry, prices: dict[str, float]) -> dict[str, str | int | float]:
    return {
        "day": one.day.isoformat(),
        "account": one.account,
        "purpose": one.purpose,
        "messages": one.messages,
        "segments": one.units,
        "yuan": round(one.units * prices.get(one.account, 0.0), 4),
    }


def _day(given: str | None, default: date) -> date:
    if given is None:
        return default
    try:
        return date.fromisoformat(given)
    except ValueError:
        fail(f"{given!r} is no day; write it as 2026-03-01")
