"""The app's words: made from ``bot/texts/miniapp.yml``, so that they are kept in one place."""

from __future__ import annotations

import json
import re

import yaml

from connectors.texts import FOLDER
from tests.structure.source import ROOT

PROJECT = ROOT / "connectors" / "channels" / "wechat" / "miniprogram"
APP = PROJECT / "app"
MODULE = APP / "texts.ts"
PREFIX = "app_"
USED = re.compile(r"\b(?:t|texts)\.([a-z][a-z0-9_]*)")


def words() -> dict[str, str]:
    """What the app says, by its name there."""
    source = yaml.safe_load((FOLDER / "miniapp.yml").read_text(encoding="utf-8"))["responses"]
    return {
        key.removeprefix(PREFIX): variants[0]["text"]
        for key, variants in source.items()
        if key.startswith(PREFIX)
    }


def module() -> str:
    """``app/texts.ts``."""
    lines = [f"  {name}: {json.dumps(text, ensure_ascii=False)}," for name, text in words().items()]
    return "\n".join(
        [
            "// Made from bot/texts/miniapp.yml by `python -m tests.docs.tables`; change it there.",
            "export const texts = {",
            *lines,
            "}",
            "",
        ]
    )


def used() -> frozenset[str]:
    """The names of texts that code and templates ask for, or that stand in the configuration."""
    code = [file for file in (*APP.rglob("*.ts"), *APP.rglob("*.wxml")) if file != MODULE]
    asked = {name for file in code for name in USED.findall(file.read_text(encoding="utf-8"))}
    configured = "".join(file.read_text(encoding="utf-8") for file in APP.rglob("*.json"))
    return frozenset(asked | {name for name, text in words().items() if f'"{text}"' in configured})
