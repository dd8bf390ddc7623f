"""The commands of ``huiying`` and where each lives."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from connectors import logs
from connectors.cli.on_demand import GroupOnDemand
from connectors.settings import load


class Root(GroupOnDemand):
    elsewhere: ClassVar[dict[str, str]] = {
        "agent": "connectors.cli.agent",
        "contact": "connectors.cli.contact",
        "outbox": "connectors.cli.outbox",
        "orders": "connectors.cli.orders",
        "store": "connectors.cli.store",
        "privacy": "connectors.cli.privacy",
        "knowledge": "connectors.cli.knowledge",
    }


app = typer.Typer(
    name="huiying",
    cls=Root,
    help="回应 Huiying: the conversational front door of a 12345 hotline.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command()
def run(
    port: Annotated[int | None, typer.Option(help="of the public pages; default 8080")] = None,
    host: Annotated[str | None, typer.Option(help="address to listen on")] = None,
) -> None:
    """Train if needed, start gateway and Rasa, print the addresses; Ctrl-C drains and stops."""
    from connectors.supervisor import supervise

    settings = load()
    changed = {k: v for k, v in {"port": port, "host": host}.items() if v is not None}
    raise typer.Exit(asyncio.run(supervise(settings.model_copy(update=changed))))


@app.command(hidden=True)
def gateway() -> None:
    """The gateway process alone; ``run`` starts it beside Rasa."""
    from actions.understanding.matter.duties import UnusableDuties
    from connectors.app import PortTaken, run_gateway
    from connectors.lifecycle import CANNOT_START, until_stopped
    from connectors.secrets import FolderUnusable
    from connectors.store.errors import StoreRefused, StoreUnavailable

    settings = load()
    logs.configure(settings.log_level, settings.log_format)
    try:
        asyncio.run(until_stopped(run_gateway(settings)))
    except (FolderUnusable, PortTaken, StoreRefused, UnusableDuties) as error:
        typer.echo(f"huiying: {error}", err=True)
        raise typer.Exit(CANNOT_START) from None
    except StoreUnavailable as error:  # it may be there at the next start
        typer.echo(f"huiying: the store cannot be used now: {error}", err=True)
        raise typer.Exit(1) from None


@app.command()
def chat(
    script: Annotated[
        Path | None, typer.Option(help="a file with one message per line, instead of typing")
    ] = None,
    url: Annotated[str | None, typer.Option(help="of the gateway; default: this machine's")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON line per message")] = False,
) -> None:
    """A conversation with the running bot, in the terminal."""
    from connectors.cli.chat import converse

    lines = script.read_text(encoding="utf-8").splitlines() if script else None
    raise typer.Exit(asyncio.run(converse(url or load().own_url, lines, as_json=as_json)))


@app.command()
def understand(
    jobs: Annotated[int, typer.Option(min=1, help="NLU processes side by side")] = 1,
    duties: Annotated[
        Path | None, typer.Option(help="a list of duties (CSV), instead of the configured one")
    ] = None,
    model: Annotated[
        bool, typer.Option(help="let the configured language model point at the fields too")
    ] = False,
) -> None:
    """What the bot understands: JSON lines {"id","text"[,"now"]} in, one JSON line each out."""
    from connectors.cli.understand import run_understand

    raise typer.Exit(run_understand(jobs, duties, ask_model=model))


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable output")] = False,
) -> None:
    """Check the machine and the configuration; exits 1 when something must be mended."""
    from connectors.cli.doctor import report

    report(as_json=as_json)
