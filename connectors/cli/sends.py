"""What the lists of sends share: which states are shown, and what became of sending again."""

from __future__ import annotations

import json
from collections.abc import Sequence

import typer

from connectors.cli.common import fail


def states_shown(
    named: Sequence[str] | None, known: Sequence[str], usual: Sequence[str]
) -> tuple[str, ...]:
    """The states named, or the usual ones; the command fails at one that is not known."""
    wanted = tuple(named or usual)
    if unknown := [one for one in wanted if one not in known]:
        fail(f"unknown state {unknown[0]!r}; choose of {', '.join(known)}")
    return wanted


def tell_resent(again: Sequence[int | str], refused: Sequence[int | str], *, as_json: bool) -> None:
    """Says what was put back into the queue; the command fails where something was not."""
    if as_json:
        typer.echo(json.dumps({"resent": again, "refused": refused}))
    else:
        typer.echo(f"{len(again)} put back into the queue")
    if refused:
        first = ", ".join(map(str, refused[:5]))
        fail(f"{len(refused)} not given up, so not sent again: {first}")
