"""``huiying``, the command: one module per group of commands."""

from __future__ import annotations

import sys


def main() -> None:
    """The console script. Mistakes of configuration are one line each, not a traceback."""
    from actions.understanding.matter.duties import UnusableDuties
    from connectors import logs
    from connectors.cli.root import app
    from connectors.secrets import FolderUnusable
    from connectors.settings import InvalidSettings

    logs.configure("warning")  # on standard error; a server sets what its settings say
    try:
        app()
    except (FolderUnusable, InvalidSettings, UnusableDuties) as error:
        print(f"huiying: {error}", file=sys.stderr)
        raise SystemExit(2) from None
