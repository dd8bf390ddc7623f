"""The parts of the documents that are made from the code. ``python -m tests.docs.tables`` writes
them anew; the tests hold what is written to what would be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from connectors import metrics
from connectors.channels.wechat.api import errcodes
from connectors.settings import Settings
from tests.miniprogram import words
from tests.structure.test_arrows import MAY, ROOMS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "huiying.example.yml"

# What settings mean that do not say so themselves in connectors/settings/.
MEANINGS = {
    "port": "port of the public pages",
    "knowledge_base": "which base answers: the name of a folder under `knowledge` in `data_dir`",
    "log_level": "`debug`, `info`, `warning` or `error`",
    "log_format": "`console` for people, `json` for collectors: one object a line",
    "outbox.longest_rest": "seconds of an account's longest rest",
    "portal.accounts": "portals and letter-boxes by name, each with the settings below",
    "drain_seconds": "how long turns under way may take to finish when the gateway stops",
    "webchat.messages_per_minute": "messages of one visitor in a minute; more are refused",
    "webchat.session_life": "how long a page's session token is good for",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One leaf of the settings tree. ``key`` is dotted, as in ``webchat.max_text``.

    ``NAME`` in a key stands for one an operator chooses.
    """

    key: str
    default: Any
    description: str
    required: bool = False

    @property
    def variable(self) -> str:
        return "HUIYING_" + self.key.replace(".", "__").upper()

    @property
    def meaning(self) -> str:
        return self.description or MEANINGS.get(self.key, "")


def settings() -> Iterator[Setting]:
    """Every setting there is, in the order of the code."""
    yield from _leaves(Settings, "")


def _leaves(model: type[BaseModel], prefix: str) -> Iterator[Setting]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _leaves(inner, f"{prefix}{name}.")
            continue
        required = field.is_required()
        default = None if required else _default(field)
        yield Setting(f"{prefix}{name}", default, field.description or "", required)
        entry = get_args(inner)[1] if get_origin(inner) is dict else None
        if isinstance(entry, type) and issubclass(entry, BaseModel):
            yield from _leaves(entry, f"{prefix}{name}.NAME.")


def _default(field: FieldInfo) -> Any:
    value = field.get_default(call_default_factory=True)
    match value:
        case SecretStr():
            return value.get_secret_value()
        case timedelta():
            return _iso(value)
        case Path():
            return str(value)
        case _:
            return value


def _iso(span: timedelta) -> str:
    """A span of time as settings may be written: ISO 8601, whole units only."""
    seconds = int(span.total_seconds())
    for size, form in ((86_400, "P{}D"), (3_600, "PT{}H"), (60, "PT{}M")):
        if seconds and seconds % size == 0:
            return form.format(seconds // size)
    return f"PT{seconds}S"


_BARE = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*")  # needs no quotes in YAML


def settings_table() -> str:
    rows = ["| setting | environment | default | meaning |", "|---|---|---|---|"]
    for setting in settings():
        shown = "–" if setting.default in (None, "") else f"`{_plain(setting.default)}`"
        shown = "required" if setting.required else shown
        meaning = setting.meaning.replace("|", "\\|")
        rows.append(f"| `{setting.key}` | `{setting.variable}` | {shown} | {meaning} |")
    return "\n".join(rows)


def metrics_table() -> str:
    rows = ["| metric | kind | labels | meaning |", "|---|---|---|---|"]
    for name, collector in sorted(_collectors().items()):
        labels = ", ".join(f"`{label}`" for label in collector._labelnames) or "–"
        kind = type(collector).__name__.lower()
        rows.append(f"| `{name}` | {kind} | {labels} | {collector._documentation} |")
    return "\n".join(rows)


def _collectors() -> dict[str, Any]:
    """Our metrics under the names Prometheus sees."""
    found: dict[str, Any] = {}
    for collector in set(metrics.registry._collector_to_names):
        own: Any = collector
        suffix = "_total" if type(own).__name__ == "Counter" else ""
        found[own._name + suffix] = own
    return found


# What the rooms of tests/structure/test_arrows.py are for, from the ground up.
PURPOSES = {
    "knowledge": "documents in, the one rule that holds here and today out",
    "base": "what everybody may use: messages, ids, clock, settings, texts, logs, metrics",
    "ownership": "who answers in a conversation, and who waits where: tables",
    "port": "what a channel promises, can show, and how sending can fail",
    "store": "the durable truth in SQL: schema, revisions, repositories",
    "attachments": "files people send: checked, cleaned, kept, shown by signed links",
    "coordination": "what must be agreed on this second: leases, live events, rates",
    "house": "what a channel is handed when it is built",
    "speech": "reading aloud and understanding recordings, by servers an operator runs",
    "chat": "the chat socket of our own page and app: frames, and one open socket's life",
    "channels": "one folder a channel: bytes to messages and back",
    "registry": "every channel, one line each",
    "conversation": "accept, guard, take turns, commit",
    "delivery": "the outbox: render, send, try again, give up visibly",
    "desk": "the agents' pages and what an agent can do",
    "tickets": "other people's ticket systems: what goes to them, what they tell; ours served",
    "orders": "the register of work orders: numbers, the way they go, deadlines",
    "understanding": "what a text says: text in, typed spans out",
    "actions": "what the dialogue does: answer, complaint, looking orders up, handing over",
    "web": "health, metrics, API page, errors in one shape",
    "processes": "how Rasa's processes are started",
    "wiring": "puts the rooms together: application, supervisor, command",
}


def arrows_table() -> str:
    rows = ["| room | lives in | is for | may import |", "|---|---|---|---|"]
    for room, purpose in PURPOSES.items():
        homes = [_home(prefix) for prefix, name in ROOMS.items() if name == room]
        lives = (
            ", ".join(homes)
            if room != "base"
            else "the other modules of `connectors/`, `connectors/settings/`"
        )
        others = set(MAY) - {room, "channels"}
        may = "everything but channels" if MAY[room] == others else ", ".join(sorted(MAY[room]))
        rows.append(f"| **{room}** | {lives} | {purpose} | {may or 'nothing of ours'} |")
    return "\n".join(rows)


def errcodes_table() -> str:
    rows = ["| errcode | means | becomes | mend it by |", "|---|---|---|---|"]
    for code, meaning in sorted(errcodes.MEANINGS.items()):
        becomes = f"`{meaning.error.code}`"
        rows.append(f"| {code} | {meaning.means} | {becomes} | {meaning.fix or 'nothing'} |")
    return "\n".join(rows)


def _home(dotted: str) -> str:
    path = ROOT / dotted.replace(".", "/")
    return f"`{path.relative_to(ROOT)}/`" if path.is_dir() else f"`{path.relative_to(ROOT)}.py`"


def example_file() -> str:
    """``huiying.example.yml``: every setting at its default."""
    lines = [
        "# Every setting of the gateway at its default. Copy what you change to huiying.yml.",
        "# A variable HUIYING_… in the environment goes before the file; see docs/operate.md.",
    ]
    section = ""
    for setting in settings():
        if ".NAME." in setting.key:
            continue
        head, _, leaf = setting.key.rpartition(".")
        if head != section:
            lines += ["", f"{head}:"]
            section = head
        indent = "  " if head else ""
        lines += [f"{indent}# {setting.meaning.replace('`', '')}"] if setting.meaning else []
        lines.append(f"{indent}{leaf}: {_plain(setting.default)}")
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> str:
    match value:
        case None:
            return "null"
        case str():
            return value if _BARE.fullmatch(value) else f'"{value}"'
        case _:
            return json.dumps(value, ensure_ascii=False, default=_said)


def _said(value: object) -> Any:
    """What a part of the settings says that is not said anyway, and times as they are written."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    return to_jsonable_python(value)


PARTS: dict[str, tuple[Path, Callable[[], str]]] = {
    "arrows": (ROOT / "docs" / "architecture.md", arrows_table),
    "settings": (ROOT / "docs" / "operate.md", settings_table),
    "metrics": (ROOT / "docs" / "operate.md", metrics_table),
    "errcodes": (ROOT / "docs" / "wechat.md", errcodes_table),
}


def marks(part: str) -> tuple[str, str]:
    """The comments a generated part stands between."""
    return f"<!-- {part}: made by tests/docs/tables.py -->\n", f"<!-- end of {part} -->"


def written(part: str) -> str:
    """What stands between a part's marks. Raises ``ValueError`` when they are gone."""
    text = PARTS[part][0].read_text(encoding="utf-8")
    begin, end = marks(part)
    start = text.index(begin) + len(begin)
    return text[start : text.index(end, start)].strip("\n")


def write() -> None:
    for part, (path, make) in PARTS.items():
        text = path.read_text(encoding="utf-8")
        begin, end = marks(part)
        start = text.index(begin) + len(begin)
        whole = f"{text[:start]}\n{make()}\n\n{text[text.index(end, start) :]}"
        path.write_text(whole, encoding="utf-8")
    EXAMPLE.write_text(example_file(), encoding="utf-8")
    words.MODULE.write_text(words.module(), encoding="utf-8")


if __name__ == "__main__":
    write()
