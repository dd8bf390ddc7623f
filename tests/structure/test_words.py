"""Which words may stand where: channels are named by themselves only, people are spoken to from
``bot/texts`` only, and the code recognises Chinese where that is its job."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.structure.source import Module, docstrings, imports, modules, strings
from tests.structure.test_arrows import channel_of, room_of

CHINESE = re.compile(r"[\u3400-\u9fff]")

# What makes a module one that speaks to people.
VOICES = ("actions.turn", "connectors.texts", "connectors.messages", "rasa_sdk")

# Reading what a citizen wrote. Modules of actions/complaint that do not speak are readers anyway.
READERS: dict[str, str] = {
    "actions/identity/reading.py": "digits read out in Chinese",
    "actions/orders/lookup.py": "digits read out in Chinese",
    "actions/orders/wording.py": "pieces of patterns, and numerals",
    "actions/payloads.py": "ordinals that choose a button",
    "actions/model/people.py": "what stands before and after a name of somebody",
    "actions/model/stand_ins.py": "what is personal in a question, and the marks for it",
    "connectors/conversation/choices.py": "numerals and ordinals that choose",
    "connectors/delivery/splitting.py": "numerals and units that must not be cut",
}
# Words that are codes of the domain: stored, compared and exchanged with ticket systems.
CODES: dict[str, str] = {
    "actions/work_orders/nodes.py": "the ten stations of a work order",
}


def channel_names() -> frozenset[str]:
    """The names channels give themselves."""
    return frozenset(
        str(statement.value.value)
        for module in modules()
        if channel_of(module.name)
        for cls in ast.walk(module.tree)
        if isinstance(cls, ast.ClassDef)
        for statement in cls.body
        if isinstance(statement, ast.Assign)
        and [getattr(target, "id", "") for target in statement.targets] == ["name"]
        and isinstance(statement.value, ast.Constant)
    )


def named_channels(module: Module, names: frozenset[str]) -> list[str]:
    """Places where a module outside the channels spells a channel's name."""
    return [f"{module.path}:{line}: {text!r}" for line, text in strings(module) if text in names]


def speaks(module: Module) -> bool:
    return any(target.startswith(VOICES) for _, target in imports(module))


def chinese_in(module: Module) -> Iterator[tuple[int, str]]:
    """Chinese strings of a module that are neither docstrings nor patterns given to ``re``."""
    passed_over = docstrings(module.tree) | {
        id(inner)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        for inner in ast.walk(node)
    }
    for node in ast.walk(module.tree):
        match node:
            case ast.Constant(value=str() as text) if id(node) not in passed_over:
                if CHINESE.search(text):
                    yield node.lineno, text


def spoken_chinese(module: Module) -> list[str]:
    """Chinese that could reach a person and should be in ``bot/texts``."""
    if module.path in READERS or module.path in CODES:
        return []
    if module.path.startswith("actions/complaint/") and not speaks(module):
        return []
    return [f"{module.path}:{line}: {text!r}" for line, text in chinese_in(module)]


def test_channels_name_themselves() -> None:
    assert "webchat" in channel_names()


def test_no_core_code_names_a_channel() -> None:
    names = channel_names()
    core = [m for m in modules() if room_of(m.name) not in ("channels", "registry", "knowledge")]
    found = [line for module in core for line in named_channels(module, names)]
    assert not found, "ask the channel's capabilities instead:\n" + "\n".join(found)


# The words of the terminal are the operator's; the default city's name is a setting.
SPEAKING_ROOMS = ("actions", "conversation", "delivery", "store", "coordination", "desk", "web")


def test_no_chinese_for_citizens_stands_in_code() -> None:
    rooms = [m for m in modules() if room_of(m.name) in (*SPEAKING_ROOMS, "channels")]
    found = [line for module in rooms for line in spoken_chinese(module)]
    assert not found, "words for people belong in bot/texts:\n" + "\n".join(found)


def test_the_exceptions_are_still_needed() -> None:
    known = {module.path: module for module in modules()}
    for path in (*READERS, *CODES):
        assert path in known, f"{path} is gone: take it off the list"
        assert any(chinese_in(known[path])), f"{path} holds no Chinese: take it off the list"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("connectors.conversation.new", 'notice = "您好"'),
        ("connectors.delivery.new", 'def f(n: int) -> str:\n    return f"还有{n}位"'),
        ("actions.new", 'speaker.say_text("请稍候")'),
        ("actions.complaint.new", 'from actions.turn import Speaker\nspeaker.say_text("请稍候")'),
    ],
)
def test_chinese_in_the_wrong_place_is_noticed(name: str, text: str) -> None:
    assert spoken_chinese(Module.of(name, text))


def test_a_pattern_and_a_docstring_are_no_speech() -> None:
    text = '"""转人工"""\nimport re\nASKS = re.compile(r"转?人工|真人")'
    assert not spoken_chinese(Module.of("connectors.conversation.new", text))


def test_a_channel_named_in_core_code_is_noticed() -> None:
    module = Module.of("connectors.conversation.new", 'if channel == "webchat": ...')
    assert named_channels(module, channel_names())
