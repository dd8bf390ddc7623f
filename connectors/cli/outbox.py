"""``huiying outbox``: what has not reached its person, why, and sending it again."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from connectors import logs
from connectors.cli import costs
from connectors.cli.common import Json, fail, operator, transact
from connectors.cli.sends import states_shown, tell_resent
from connectors.clock import SystemClock, in_china
from connectors.store import deliveries, messages, outbox
from connectors.store.delivery_tables import GIVEN_UP
from connectors.store.outbox import Delivery

app = typer.Typer(help="What we said and what became of it.", no_args_is_help=True)
app.command("costs")(costs.show)

STATES = ("queued", "sent", "delivered", "seen", "dead", "expired", "moved")

OfChannel = Annotated[str | None, typer.Option("--channel", help="only of this channel")]
OfAccount = Annotated[str | None, typer.Option("--account", help="only of this account")]
OfCode = Annotated[str | None, typer.Option("--code", help="only with this error code")]
Most = Annotated[int, typer.Option("--limit", min=1, help="at most so many, the latest first")]


@app.command("list")
def list_deliveries(
    state: Annotated[
        list[str] | None, typer.Option("--state", help=f"one of {', '.join(STATES)}; repeatable")
    ] = None,
    channel: OfChannel = None,
    account: OfAccount = None,
    code: OfCode = None,
    limit: Most = 100,
    as_json: Json = False,
) -> None:
    """Show deliveries, unless told otherwise those that were given up."""
    wanted = states_shown(state, STATES, GIVEN_UP)
    found = transact(
        lambda conn: deliveries.listed(
            conn, wanted, channel=channel, account=account, code=code, limit=limit
        )
    )
    if as_json:
        typer.echo(json.dumps([_shown(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        why = f"{one.error_code or ''}\t{one.error_detail or ''}"
        typer.echo(f"{one.id}\t{one.state}\t{one.channel}/{one.account}\t{one.attempts}\t{why}")
    if not found:
        typer.echo("nothing there")


@app.command()
def show(delivery_id: str, as_json: Json = False) -> None:
    """Show one delivery and, with personal numbers masked, what it says."""
    found, words = transact(lambda conn: _with_words(conn, delivery_id))
    if found is None:
        fail(f"there is no delivery {delivery_id!r}; see `huiying outbox list`")
    about = _shown(found) | {"text": words}
    if as_json:
        typer.echo(json.dumps(about, ensure_ascii=False))
        return
    for key, value in about.items():
        typer.echo(f"{key}: {'' if value is None else value}")


@app.command()
def resend(
    delivery_ids: Annotated[list[str] | None, typer.Argument(help="which ones")] = None,
    everything: Annotated[bool, typer.Option("--all", help="all that the options choose")] = False,
    channel: OfChannel = None,
    account: OfAccount = None,
    code: OfCode = None,
    limit: Most = 1000,
    as_json: Json = False,
) -> None:
    """Put what was given up back into the queue; a running gateway sends it within seconds."""
    if bool(delivery_ids) == everything:
        fail("name the deliveries, or say --all (with --channel, --account, --code)")
    if delivery_ids and (channel or account or code):
        fail("--channel, --account and --code go with --all")
    now = SystemClock().now()

    def unit(conn: Connection) -> tuple[list[str], list[str]]:
        ids = delivery_ids or [
            one.id
            for one in deliveries.listed(
                conn, GIVEN_UP, channel=channel, account=account, code=code, limit=limit
            )
        ]
        again = [one for one in ids if outbox.resend(conn, one, now, actor=operator())]
        return again, [one for one in ids if one not in again]

    again, refused = transact(unit)
    tell_resent(again, refused, as_json=as_json)


def _with_words(conn: Connection, delivery_id: str) -> tuple[Delivery | None, str]:
    found = deliveries.find(conn, delivery_id)
    message = messages.get(conn, found.message_id) if found is not None else None
    return found, logs.mask(message.text) if message is not None else ""


def _shown(one: Delivery) -> dict[str, Any]:
    """A delivery for people and programs; times in China's."""
    return {
        "id": one.id,
        "state": one.state,
        "channel": one.channel,
        "account": one.account,
        "conversation_id": one.conversation_id,
        "message_id": one.message_id,
        "seq": one.seq,
        "attempts": one.attempts,
        "next_attempt_at": in_china(one.next_attempt_at).isoformat(timespec="seconds"),
        "expires_at": in_china(one.expires_at).isoformat(timespec="seconds")
        if one.expires_at
        else None,
        "error_code": one.error_code,
        "error_detail": one.error_detail,
    }
