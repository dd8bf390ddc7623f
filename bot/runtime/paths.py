"""Where the parts of the Rasa project lie, and where its results go."""

from __future__ import annotations

import os
from pathlib import Path

BOT = Path(__file__).resolve().parent.parent
ROOT = BOT.parent

CONFIG = ROOT / "config.yml"
DOMAIN = BOT / "domain"
DATA = BOT / "data"
TESTS = BOT / "tests"
ENDPOINTS = BOT / "endpoints.yml"
CREDENTIALS = BOT / "credentials.yml"


def models() -> Path:
    """Folder of trained models; ``HUIYING_MODELS`` moves it (tests train elsewhere)."""
    return Path(os.environ.get("HUIYING_MODELS", BOT / "models"))


def model() -> Path:
    """The one model that is served. Training replaces it atomically."""
    return models() / "huiying.tar.gz"
