"""Who may import whom: the arrows of docs/architecture.md, held to the code."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter

import pytest

from tests.structure.source import ROOT, Module, imports, modules, repository_files

# A module belongs to the room of its longest prefix here.
ROOMS: dict[str, str] = {
    "knowledge": "knowledge",
    "actions": "actions",
    "actions.understanding": "understanding",
    "actions.work_orders": "orders",
    "actions.work_orders.order": "actions",
    "connectors": "base",
    "connectors.attachments": "attachments",
    "connectors.capabilities": "port",
    "connectors.channel": "port",
    "connectors.house": "house",
    "connectors.http": "web",
    "connectors.api": "web",
    "connectors.bot_process": "processes",
    "connectors.conversation": "conversation",
    "connectors.conversation.ownership": "ownership",
    "connectors.conversation.skills": "ownership",
    "connectors.coordination": "coordination",
    "connectors.delivery": "delivery",
    "connectors.store": "store",
    "connectors.desk": "desk",
    "connectors.tickets": "tickets",
    "connectors.chat": "chat",
    "connectors.speech": "speech",
    "connectors.channels": "channels",
    "connectors.channels.registry": "registry",
    "connectors.app": "wiring",
    "connectors.supervisor": "wiring",
    "connectors.cli": "wiring",
}

# What a room may import besides itself and what others have written.
MAY: dict[str, set[str]] = {
    "knowledge": set(),
    "base": set(),
    "ownership": set(),
    "understanding": {"base", "store", "knowledge"},
    "port": {"base"},
    "processes": {"base"},
    "coordination": {"base"},
    "store": {"base", "port", "ownership"},
    "web": {"base", "store"},
    "attachments": {"base", "port", "store"},
    "house": {"base", "port", "store", "coordination", "attachments"},
    "conversation": {"base", "port", "store", "coordination", "ownership"},
    "delivery": {"base", "port", "store", "coordination"},
    "orders": {"base", "store", "understanding"},
    "desk": {
        "base",
        "port",
        "store",
        "coordination",
        "delivery",
        "ownership",
        "orders",
        "knowledge",
        "attachments",
    },
    "speech": {"base"},
    "chat": {
        "base",
        "port",
        "house",
        "store",
        "coordination",
        "ownership",
        "attachments",
        "speech",
    },
    "tickets": {"base", "store", "coordination", "delivery", "attachments", "orders"},
    "channels": {
        "base",
        "port",
        "house",
        "store",
        "coordination",
        "ownership",
        "chat",
        "attachments",
        "orders",
        "speech",
    },
    "registry": {"base", "port", "house", "channels"},
    "actions": {"understanding", "base", "store", "knowledge", "orders", "attachments"},
}
MAY["wiring"] = set(MAY) - {"channels"}


def room_of(name: str) -> str | None:
    """The room a module of ours lives in; None for other people's."""
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        if room := ROOMS.get(".".join(parts[:size])):
            return room
    return None


def channel_of(name: str) -> str | None:
    """The channel whose folder a module lies in."""
    parts = name.split(".")
    inside = parts[:2] == ["connectors", "channels"] and len(parts) > 2
    return parts[2] if inside and parts[2] != "registry" else None


def broken_arrows(module: Module) -> list[str]:
    """Every import of a module that its room may not make."""
    home, own_channel = room_of(module.name), channel_of(module.name)
    assert home is not None
    found = []
    for line, target in imports(module):
        room = room_of(target)
        if room is None:
            continue
        foreign_channel = channel_of(target) not in (None, own_channel) and home != "registry"
        if foreign_channel or (room != home and room not in MAY[home]):
            found.append(f"{module.path}:{line}: {home} may not import {target} ({room})")
    return found


def test_every_import_follows_an_arrow() -> None:
    broken = [line for module in modules() for line in broken_arrows(module)]
    assert not broken, "\n".join(broken)


def test_the_arrows_make_no_circle() -> None:
    TopologicalSorter(MAY).prepare()


def test_no_module_needs_itself() -> None:
    """Not even by an import inside a function, or for types alone."""
    names = {module.name for module in modules()}
    needs = {
        module.name: {name for _, name in imports(module) if name in names} for module in modules()
    }
    TopologicalSorter(needs).prepare()


def test_every_room_has_its_arrows_and_somebody_in_it() -> None:
    assert set(ROOMS.values()) == set(MAY)
    assert {room_of(module.name) for module in modules()} == set(MAY)


@pytest.mark.parametrize(
    ("importer", "statement"),
    [
        ("knowledge.rank", "from connectors.clock import Clock"),
        ("knowledge.rank", "from actions import answer"),
        ("actions.answer", "from connectors.chat import frames"),
        ("actions.answer", "import connectors.conversation.worker"),
        ("connectors.delivery.sender", "from connectors.channels.webchat.channel import WebChat"),
        ("connectors.conversation.worker", "def f():\n    import connectors.channels.registry"),
        ("connectors.conversation.worker", "from ..channels import webchat"),
        ("connectors.channels.webchat.door", "from connectors.channels.other.wire import x"),
        ("connectors.channels.webchat.door", "from connectors.conversation import worker"),
        ("connectors.chat.session", "from connectors.delivery.sender import Sender"),
        ("connectors.store.outbox", "from connectors.conversation.worker import Worker"),
        ("connectors.messages", "from connectors.store import messages"),
        ("connectors.cli.chat", "from connectors.channels.webchat.tokens import VisitorTokens"),
        ("connectors.app", "importlib.import_module('connectors.channels.webchat.channel')"),
    ],
)
def test_a_forbidden_import_is_noticed(importer: str, statement: str) -> None:
    assert broken_arrows(Module.of(importer, statement))


def test_the_bot_shares_no_code_with_the_gateway() -> None:
    """They meet over HTTP only: two environments, two Python versions."""
    ours = {"actions", "connectors", "knowledge"}
    theirs = {"rasa", "sanic"}
    inside = ROOT / "bot"
    bot = [f for f in repository_files() if f.suffix == ".py" and f.is_relative_to(inside)]
    assert bot
    for file in bot:
        module = Module("bot", str(file), ast.parse(file.read_bytes()))
        tops = {target.split(".")[0] for _, target in imports(module)}
        assert not tops & ours, f"{file} imports {tops & ours}"
    for module in modules():
        tops = {target.split(".")[0] for _, target in imports(module)}
        assert not tops & theirs, f"{module.path} imports {tops & theirs}"
