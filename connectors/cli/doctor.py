"""``huiying doctor``: looks at the machine and the configuration, each finding with its fix."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import typer
from rich.console import Console

from actions.understanding.matter.category_tree import category_paths
from actions.understanding.matter.duties import UnusableDuties, read_duties
from connectors import bot_process
from connectors.cli.ports import listens
from connectors.settings import ROOT, InvalidSettings, Settings, load

LEAST_DISK = 2 * 1024**3  # bytes: the two environments, a model and room to work
LEAST_MEMORY = 1024**3

# What is read from the environment beside the settings: by Rasa's side and the embeddings.
BESIDE_SETTINGS = frozenset(
    "HUIYING_" + name
    for name in (
        "ACTIONS_URL", "CONFIG", "EMBEDDINGS_FOLDER", "EMBEDDINGS_KEY", "EMBEDDINGS_MODEL",
        "EMBEDDINGS_QUERY_PREFIX", "EMBEDDINGS_URL", "MODELS", "RASA_DB", "RASA_HOST", "TENSORFLOW",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    state: Literal["ok", "warning", "error"]
    detail: str
    fix: str = ""


def report(*, as_json: bool) -> None:
    """Prints every finding. Raises ``typer.Exit`` when something must be mended."""
    findings = list(examine())
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        console = Console(highlight=False)
        marks = {"ok": "[green]ok[/]", "warning": "[yellow]!![/]", "error": "[red]XX[/]"}
        for finding in findings:
            console.print(f"{marks[finding.state]} {finding.check}: {finding.detail}")
            if finding.fix:
                console.print(f"   fix: {finding.fix}", markup=False)
    if any(finding.state == "error" for finding in findings):
        raise typer.Exit(1)


def examine() -> Iterator[Finding]:
    """Every finding, good ones too."""
    yield _python()
    yield _rasa_environment()
    try:
        settings = load()
    except InvalidSettings as error:
        yield Finding("configuration", "error", str(error), "mend the keys named above")
        return
    yield _file()
    yield _variables()
    for check in CHECKS:
        yield check(settings)
    yield from _accounts(settings)


def _file() -> Finding:
    named = os.environ.get("HUIYING_CONFIG")
    if named and not Path(named).is_file():
        return Finding(
            "configuration",
            "warning",
            f"HUIYING_CONFIG names {named}, which is not there: only the environment counts",
            "put huiying.yml there, or unset HUIYING_CONFIG",
        )
    return Finding("configuration", "ok", "huiying.yml and the environment can be used")


def _variables() -> Finding:
    """A misspelt variable is passed over by everything that reads the others."""
    known = {f"HUIYING_{name.upper()}" for name in Settings.model_fields}
    strange = sorted(
        name
        for name in os.environ
        if name.upper().startswith("HUIYING_")
        and name.upper() not in BESIDE_SETTINGS
        and name.upper().partition("__")[0] not in known
    )
    if strange:
        return Finding(
            "environment",
            "warning",
            f"nothing reads {', '.join(strange)}",
            "docs/operate.md lists all settings: correct the name, or unset it",
        )
    return Finding("environment", "ok", "every HUIYING_ variable is read")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("gateway python", "ok", version)


def _rasa_environment() -> Finding:
    if not bot_process.PYTHON.exists():
        return Finding("rasa environment", "error", "bot/.venv is missing", "run `make setup`")
    asked = subprocess.run(  # noqa: S603
        [
            str(bot_process.PYTHON),
            "-c",
            "import sys, importlib.metadata as m; print(sys.version.split()[0], m.version('rasa'))",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if asked.returncode:
        return Finding(
            "rasa environment", "error", "bot/.venv is broken", "rm -r bot/.venv && make setup"
        )
    python, rasa = asked.stdout.split()
    state: Literal["ok", "error"] = "ok" if python.startswith("3.10.") else "error"
    fix = "" if state == "ok" else "rm -r bot/.venv && RASA_PYTHON=/path/python3.10 make setup"
    return Finding("rasa environment", state, f"Python {python}, Rasa {rasa}", fix)


def _data_dir(settings: Settings) -> Finding:
    folder = settings.data_dir.resolve()
    nearest = next(p for p in (folder, *folder.parents) if p.exists())
    if not os.access(nearest, os.W_OK):
        return Finding(
            "data folder", "error", f"{folder} cannot be written",
            f"chown it to this user, or set HUIYING_DATA_DIR (now {settings.data_dir})",
        )  # fmt: skip
    free = shutil.disk_usage(nearest).free
    if free < LEAST_DISK:
        return Finding(
            "data folder", "warning", f"only {free / 1024**3:.1f} GB free",
            "free some room: a full disk stops new messages from being accepted",
        )  # fmt: skip
    return Finding("data folder", "ok", f"{folder}, {free / 1024**3:.0f} GB free")


def _duties(settings: Settings) -> Finding:
    file = settings.orders.duties
    if file is None:
        return Finding(
            "duties", "warning", "the sample we ship says which unit handles what",
            "set orders.duties to the city's own list (权责清单); see docs/desk.md",
        )  # fmt: skip
    try:
        found = read_duties(file)
    except UnusableDuties as error:
        return Finding("duties", "error", str(error), "mend the file at orders.duties")
    paths = set(category_paths())
    strange = [one for one in found if one.path not in paths]
    if strange:
        return Finding(
            "duties", "warning",
            f"{len(strange)} of {len(found)} duties are about matters that are not in the category "
            f"tree, such as {'/'.join(strange[0].path)}: nothing is found by them",
            "name the matters as in actions/understanding/data/categories",
        )  # fmt: skip
    return Finding("duties", "ok", f"{len(found)} in {file}")


def _memory(_settings: Settings) -> Finding:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        kilobytes = int(next(line for line in lines if line.startswith("MemAvailable")).split()[1])
    except (OSError, StopIteration, ValueError):
        return Finding("memory", "warning", "cannot be read here")
    if kilobytes * 1024 < LEAST_MEMORY:
        return Finding(
            "memory", "warning", f"{kilobytes // 1024} MB available",
            "gateway and Rasa together want about 1 GB",
        )  # fmt: skip
    return Finding("memory", "ok", f"{kilobytes // 1024} MB available")


def _ports(settings: Settings) -> Finding:
    """Taken ports are no error when it is Huiying itself that listens there."""
    taken = [
        port for port in (settings.port, settings.actions_port, settings.rasa_port) if listens(port)
    ]
    if len({settings.port, settings.actions_port, settings.rasa_port}) < 3:
        return Finding(
            "ports", "error", "port, actions_port and rasa_port must differ",
            "set HUIYING_PORT, HUIYING_ACTIONS_PORT, HUIYING_RASA_PORT",
        )  # fmt: skip
    if taken:
        return Finding(
            "ports", "warning", f"in use: {', '.join(map(str, taken))}",
            "fine if Huiying is running; otherwise set HUIYING_PORT and its kin",
        )  # fmt: skip
    return Finding("ports", "ok", f"{settings.port}, {settings.actions_port}, {settings.rasa_port}")


def _model(_settings: Settings) -> Finding:
    if not list((ROOT / "bot" / "models").glob("*.tar.gz")):
        return Finding("bot model", "warning", "not trained yet", "`make run` or `make train`")
    return Finding("bot model", "ok", "trained")


def _language_model(settings: Settings) -> Finding:
    """Asks it one word, as it is asked in earnest; the product does without it while it fails."""
    from actions.model.trial import one_word
    from knowledge.phrasing.errors import ModelError

    llm = settings.llm
    if llm.url is None:
        return Finding("language model", "ok", "none is configured; none is needed")
    try:
        took = asyncio.run(one_word(llm))
    except TimeoutError:
        return Finding(
            "language model", "warning", f"no answer within llm.seconds ({llm.seconds:g} s)",
            "a quicker model or, where it thinks first, llm.extra to tell it not to",
        )  # fmt: skip
    except ModelError as error:
        said = f": {error.said}" if error.said else ""
        return Finding(
            "language model", "warning", f"{error}{said}",
            "look at llm.url, llm.model, llm.key and llm.extra, and whether its server runs",
        )  # fmt: skip
    return Finding("language model", "ok", f"{llm.model or 'it'} answered in {took:.1f} s")


def _knowledge(settings: Settings) -> Finding:
    folder = settings.knowledge_dir / settings.knowledge_base
    if not folder.exists():
        return Finding(
            "knowledge base", "warning", f"{settings.knowledge_base!r} is not built yet",
            "`make run`, or `huiying knowledge ingest`",
        )  # fmt: skip
    return Finding("knowledge base", "ok", str(folder))


def _store(settings: Settings) -> Finding:
    """Whether this version can use what is stored; the embedded store is brought up to date."""
    from connectors.cli.store import look
    from connectors.store import migration
    from connectors.store.errors import StoreError

    try:
        found = asyncio.run(look(settings))
    except StoreError as error:
        fix = "look whether the database's server runs and may be reached"
        if settings.database_url is None:
            fix = "free some room, mend the rights, or restore a backup (docs/store.md)"
        return Finding("store", "error", str(error), fix)
    schema = found.schema
    if found.unreadable:
        return Finding(
            "store", "error",
            f"{len(found.unreadable)} conversations somebody waits in cannot be read: "
            f"{', '.join(found.unreadable)}",
            "start the gateway, which mends them; what it cannot, a backup can (docs/store.md)",
        )  # fmt: skip
    behind = schema.standing in (migration.Standing.EMPTY, migration.Standing.BEHIND)
    if schema.standing is migration.Standing.CURRENT:
        return Finding("store", "ok", f"revision {schema.revision}, {found.pending} messages wait")
    if behind and settings.database_url is None:
        return Finding("store", "ok", f"brought to revision {schema.wanted} at the next start")
    what, _, fix = migration.refusal(schema).rpartition("; ")
    return Finding("store", "error", what, fix)


def _sqlite(_settings: Settings) -> Finding:
    if sqlite3.sqlite_version_info < (3, 35):
        return Finding(
            "sqlite", "error", sqlite3.sqlite_version, "use a Python built with SQLite ≥ 3.35"
        )
    return Finding("sqlite", "ok", sqlite3.sqlite_version)


def _listening_wide(settings: Settings) -> Finding:
    if settings.host in ("127.0.0.1", "localhost", "::1"):
        return Finding("exposure", "ok", f"listens on {settings.host} only")
    if not settings.public_url:
        return Finding(
            "exposure", "warning", f"listens on {settings.host} without public_url",
            "put a TLS reverse proxy in front and set HUIYING_PUBLIC_URL=https://…",
        )  # fmt: skip
    return Finding("exposure", "ok", settings.public_url)


def _accounts(settings: Settings) -> Iterator[Finding]:
    """Each account is asked about at its platform."""
    from connectors.channels.registry import look_at_accounts

    for seen in asyncio.run(look_at_accounts(settings)):
        what, _, fix = seen.trouble.partition("; ")
        if not seen.trouble:
            yield Finding(seen.account, "ok", "the platform knows it")
        elif seen.wrong:
            yield Finding(seen.account, "error", what, fix or "see docs/wechat.md")
        else:
            fix = "look whether the machine may reach the address, then try again"
            yield Finding(seen.account, "warning", what, fix)


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    _data_dir,
    _memory,
    _ports,
    _sqlite,
    _store,
    _model,
    _knowledge,
    _language_model,
    _duties,
    _listening_wide,
)
