"""``huiying agent``: the desk's local accounts."""

from __future__ import annotations

import json
import secrets
import sys
from typing import Annotated

import typer
from sqlalchemy import Connection

from connectors.cli.common import Json, fail, operator, read, transact
from connectors.clock import SystemClock
from connectors.store import agents, audit

app = typer.Typer(help="The desk's local accounts.", no_args_is_help=True)

LEAST = 8  # characters of a password

PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="read the password from standard input")
]


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="what the agent types to log in")],
    name: Annotated[str, typer.Option(help="what citizens see, such as 3号座席")] = "",
    role: Annotated[str, typer.Option(help="agent, supervisor or editor")] = "agent",
    password_stdin: PasswordStdin = False,
    as_json: Json = False,
) -> None:
    """Make an account. Without --password-stdin a password is made up and shown once."""
    if role not in agents.ROLES:
        fail(f"unknown role {role!r}; choose one of {', '.join(agents.ROLES)}")
    if not login or len(login) > 64 or not login.isprintable() or " " in login:
        fail("the login must be 1 to 64 characters without spaces")
    password, made_up = _password(password_stdin)
    now = SystemClock().now()
    hashed = agents.hash_password(password)

    def unit(conn: Connection) -> agents.Agent:
        made = agents.add(conn, login, name or login, hashed, role, now)
        audit.record(conn, now, actor=operator(), event="agent.added", agent=made.id, role=role)
        return made

    try:
        agent = transact(unit)
    except agents.LoginTaken:
        fail(f"there is an account {login!r} already; use `huiying agent password {login}`")
    if as_json:
        shown = {"login": agent.login, "name": agent.name, "role": agent.role}
        typer.echo(json.dumps(shown | ({"password": password} if made_up else {})))
    else:
        typer.echo(f"made {agent.role} account {agent.login!r}")
        if made_up:
            typer.echo(f"password (shown only now): {password}")


@app.command()
def password(login: str, password_stdin: PasswordStdin = False) -> None:
    """Give an account a new password and end its sessions."""
    new, made_up = _password(password_stdin)
    hashed, now = agents.hash_password(new), SystemClock().now()

    def unit(conn: Connection) -> bool:
        agent = agents.set_password(conn, login, hashed)
        if agent is not None:
            audit.record(conn, now, actor=operator(), event="agent.password", agent=agent)
        return agent is not None

    if not transact(unit):
        fail(f"there is no account {login!r}")
    typer.echo("done" if not made_up else f"password (shown only now): {new}")


@app.command("list")
def list_accounts(as_json: Json = False) -> None:
    """Show the active accounts."""
    found = read(agents.list_all)
    if as_json:
        typer.echo(json.dumps([{"login": a.login, "name": a.name, "role": a.role} for a in found]))
    else:
        for agent in found:
            typer.echo(f"{agent.login}\t{agent.role}\t{agent.name}")


def _password(from_stdin: bool) -> tuple[str, bool]:
    if not from_stdin:
        return secrets.token_urlsafe(12), True
    given = sys.stdin.readline().rstrip("\n")
    if len(given) < LEAST:
        fail(f"the password needs at least {LEAST} characters")
    return given, False
