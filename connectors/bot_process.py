"""How the processes of Rasa's own environment are started."""

from __future__ import annotations

import os
from pathlib import Path

from connectors.settings import ROOT, Settings

BOT = ROOT / "bot"
PYTHON = BOT / ".venv" / "bin" / "python"


class BotMissing(Exception):
    """Rasa's environment has not been made."""


def command(*arguments: str) -> list[str]:
    """The command line of ``python -m runtime …`` in Rasa's environment, to be run in ``bot/``.

    Raises :class:`BotMissing`.
    """
    if not PYTHON.exists():
        raise BotMissing("Rasa's environment bot/.venv is missing; run `make setup`")
    return [str(PYTHON), "-m", "runtime", *arguments]


def environment(settings: Settings, token: str) -> dict[str, str]:
    """What Rasa's process is told through its environment."""
    data = settings.data_dir.resolve()
    return os.environ | {
        "HUIYING_INTERNAL_TOKEN": token,
        "HUIYING_ACTIONS_URL": settings.actions_url,
        "HUIYING_RASA_PORT": str(settings.rasa_port),
        "HUIYING_RASA_DB": str(data / "rasa.db"),
        "PYTHONUNBUFFERED": "1",
    }


def folder() -> Path:
    return BOT
