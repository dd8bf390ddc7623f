"""docs/webchat.md describes the socket as it is."""

from __future__ import annotations

import ast
import re
from typing import get_args

from pydantic import BaseModel

from connectors.chat import following, frames, session
from connectors.messages import Part
from connectors.texts import Texts
from tests.docs.tables import ROOT
from tests.structure.source import modules

PAGE = (ROOT / "docs" / "webchat.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    """The text under a heading, up to the next one of any level."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE, re.M | re.S)
    assert found, f"no heading {heading!r}"
    return found[1]


def first_column(text: str) -> dict[str, str]:
    """Rows of a Markdown table by the name in their first cell."""
    rows = re.findall(r"^\| `(\w+)` \|(.*)$", text, re.M)
    return dict(rows)


def tree(name: str) -> ast.Module:
    return next(m.tree for m in modules() if m.name == f"connectors.chat.{name}")


def test_every_frame_of_the_page_is_described_with_its_keys() -> None:
    described = first_column(section("What the page sends"))
    known = {
        str(get_args(model.model_fields["type"].annotation)[0]): model
        for model in vars(frames).values()
        if isinstance(model, type) and issubclass(model, BaseModel) and "type" in model.model_fields
    }
    assert set(described) == set(known)
    for name, model in known.items():
        for key in set(model.model_fields) - {"type"}:
            assert f"`{key}`" in described[name], f"{name}: {key}"


def sent_frames() -> dict[str, set[str]]:
    """Frames the server sends with the keys it spells out for them."""
    found: dict[str, set[str]] = {}
    for name in ("session", "following", "frames"):
        for node in ast.walk(tree(name)):
            if not isinstance(node, ast.Dict):
                continue
            keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
            if "type" in keys:
                kind = node.values[keys.index("type")]
                if isinstance(kind, ast.Constant):
                    found.setdefault(str(kind.value), set()).update(map(str, filter(None, keys)))
    return {kind: keys - {"type"} for kind, keys in found.items()}


def test_every_frame_of_the_server_is_described_with_its_keys() -> None:
    described = first_column(section("What the page hears"))
    sent = sent_frames()
    assert set(described) == set(sent)
    for kind, keys in sent.items():
        for key in keys:
            assert f"`{key}`" in described[kind], f"{kind}: {key}"


def test_every_error_is_described_and_has_its_sentence() -> None:
    described = first_column(section("Errors"))
    refused = {
        str(call.args[0].value)
        for call in ast.walk(tree("session"))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "_refuse"
        and isinstance(call.args[0], ast.Constant)
    }
    turned_away = {
        str(call.args[0].value)
        for module in modules()
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "TurnedAway"
        and isinstance(call.args[0], ast.Constant)
    }
    refused |= turned_away
    assert set(described) == refused
    texts = Texts.load()
    assert all(f"webchat_{code}" in texts for code in sorted(refused))


def test_every_kind_of_part_is_described_with_its_keys() -> None:
    described = first_column(section("What a message consists of"))
    parts = {part.__dataclass_fields__["kind"].default: part for part in get_args(Part)}
    assert set(described) == set(parts)
    for kind, part in parts.items():
        for name in set(part.__dataclass_fields__) - {"kind"}:
            assert f"`{name}`" in described[kind], f"{kind}: {name}"


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"within {session.HELLO_WITHIN:.0f} seconds" in PAGE
    assert f"over {frames.MAX_FRAME // 1024} KiB" in PAGE
    assert f"latest {following.HISTORY} messages" in PAGE
    heartbeat = re.search(r"heartbeat=(\d+)", ast.unparse(tree("session")))
    assert heartbeat
    assert f"every {heartbeat[1]} seconds" in PAGE


def test_the_sizes_are_those_of_the_style_sheet() -> None:
    style = (ROOT / "connectors/channels/webchat/page/chat.css").read_text(encoding="utf-8")
    plain, care = re.findall(r"--size: (\d+)px", style)
    assert f"({plain} to {care} pixels)" in PAGE
    assert "min-height: 44px" in style
