"""``huiying orders``: what has not reached a ticket system, why, and sending it again."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from connectors.cli.common import Json, fail, operator, transact
from connectors.cli.sends import states_shown, tell_resent
from connectors.clock import SystemClock, in_china
from connectors.store import ticket_sends, tickets
from connectors.store.ticket_sends import Send

app = typer.Typer(help="Orders on their way to ticket systems.", no_args_is_help=True)

STATES = ("queued", "sent", "dead", "skipped")

OfSystem = Annotated[str | None, typer.Option("--system", help="only of this ticket system")]
Most = Annotated[int, typer.Option("--limit", min=1, help="at most so many, the latest first")]


@app.command("list")
def list_sends(
    state: Annotated[
        list[str] | None, typer.Option("--state", help=f"one of {', '.join(STATES)}; repeatable")
    ] = None,
    system: OfSystem = None,
    number: Annotated[str | None, typer.Option("--order", help="only of this order")] = None,
    limit: Most = 100,
    as_json: Json = False,
) -> None:
    """Show what goes to ticket systems, unless told otherwise what was given up."""
    wanted = states_shown(state, STATES, ("dead",))
    found = transact(
        lambda conn: ticket_sends.listed(conn, wanted, system=system, number=number, limit=limit)
    )
    if as_json:
        typer.echo(json.dumps([_shown(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        why = f"{one.error_code or ''}\t{one.error_detail or ''}"
        typer.echo(f"{one.id}\t{one.number}\t{one.kind}\t{one.state}\t{one.attempts}\t{why}")
    if not found:
        typer.echo("nothing there")


@app.command()
def resend(
    ids: Annotated[list[int] | None, typer.Argument(help="which ones")] = None,
    everything: Annotated[bool, typer.Option("--all", help="all that was given up")] = False,
    system: OfSystem = None,
    as_json: Json = False,
) -> None:
    """Put what was given up back into the queue; a running gateway sends it within seconds."""
    if bool(ids) == everything:
        fail("name them by the number `huiying orders list` shows first, or say --all")
    now = SystemClock().now()

    def unit(conn: Connection) -> tuple[list[int], list[int]]:
        wanted = ids or [
            one.id for one in ticket_sends.listed(conn, ["dead"], system=system, limit=10_000)
        ]
        again = [one for one in wanted if ticket_sends.resend(conn, one, now, actor=operator())]
        return again, [one for one in wanted if one not in again]

    again, refused = transact(unit)
    tell_resent(again, refused, as_json=as_json)


@app.command("keep-here")
def keep_here(numbers: Annotated[list[str], typer.Argument(help="numbers of orders")]) -> None:
    """Work on orders at the desk that their ticket system has not taken."""
    now = SystemClock().now()
    refused = transact(
        lambda conn: [
            one for one in numbers if not tickets.keep_here(conn, one, now, actor=operator())
        ]
    )
    typer.echo(f"{len(numbers) - len(refused)} are worked on at the desk now")
    if refused:
        fail(f"taken by a ticket system, or not there: {', '.join(refused[:5])}")


def _shown(one: Send) -> dict[str, Any]:
    """A send for people and programs; times in China's."""
    return {
        "id": one.id,
        "order": one.number,
        "system": one.system,
        "kind": one.kind,
        "state": one.state,
        "attempts": one.attempts,
        "next_attempt_at": in_china(one.next_attempt_at).isoformat(timespec="seconds"),
        "created_at": in_china(one.created_at).isoformat(timespec="seconds"),
        "error_code": one.error_code,
        "error_detail": one.error_detail,
    }
