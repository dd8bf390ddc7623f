"""docs/understand.md describes the line that is really written."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from actions.understanding.fields import AppealType, PartKind, Urgency
from actions.understanding.matter import category_tree
from actions.understanding.understand import Nlu, understand
from tests.docs.tables import ROOT

PAGE = (ROOT / "docs" / "understand.md").read_text(encoding="utf-8")
NOW = datetime.fromisoformat("2026-11-22T09:00:00+08:00")

# A text with everything in it that there is a field for.
FULL = (
    "我替我母亲反映，合肥市蜀山区黄山路与科学大道交口的工地昨晚十一点还在施工，已经三个月了，"
    "之前打过12345也没人管，要求停止夜间施工。我姓王，身份证340104199001011234，"
    "电话13800001234，请保密。鼓楼区那边也一样"
)


def example() -> dict[str, Any]:
    found = re.search(r"```json\n(.*?)```", PAGE, re.S)
    assert found
    line: dict[str, Any] = json.loads(found[1])
    return line


def asked() -> dict[str, Any]:
    found = re.search(r"echo '(\{.*\})'", PAGE)
    assert found
    line: dict[str, Any] = json.loads(found[1])
    return line


def described() -> dict[str, str]:
    return dict(re.findall(r"^\| `(\w+)` \|(.*)$", PAGE, re.M))


def read(text: str) -> dict[str, Any]:
    return understand(text, Nlu("complain", 0.9), NOW, home_region="340100").to_json("a1")


def test_the_example_has_the_shape_of_what_is_written() -> None:
    shown, real = example(), read(asked()["text"])
    assert set(shown) == set(real)
    assert set(shown["risk"]) == set(real["risk"])
    assert set(shown["intent"]) == set(real["intent"])
    for name, field in shown["fields"].items():
        assert type(real["fields"][name]) is type(field)
        if isinstance(field, dict):
            assert set(field) == set(real["fields"][name])


def test_the_offsets_of_the_example_are_right() -> None:
    text = asked()["text"]
    for field in example()["fields"].values():
        if isinstance(field, dict):
            assert text[field["start"] : field["end"]] == field["text"]


def test_the_parts_of_the_example_are_those_found_and_their_kinds_are_described() -> None:
    shown, real = example()["fields"], read(asked()["text"])["fields"]
    for key in ("name", "parts"):
        assert shown["place"][key] == real["place"][key] == real["places"][0][key]
    assert shown["places"] == [shown["place"]]
    assert {kind.value for kind in PartKind} <= set(described())


def test_every_key_that_is_written_is_described() -> None:
    rows, line = described(), read(FULL)
    assert set(line) <= set(rows)
    fields = line["fields"]
    assert len(fields) > 10
    for name, field in fields.items():
        assert name in rows, name
        for key in (
            set(field) - {"text", "start", "end", "confidence"} if isinstance(field, dict) else ()
        ):
            assert f"`{key}`" in rows[name], f"{name}: {key}"


def test_the_kinds_and_numbers_are_those_of_the_code() -> None:
    assert all(kind.value in described()["appeal_type"] for kind in AppealType)
    assert all(f"`{urgency.value}`" in described()["urgency"] for urgency in Urgency)
    leaves = category_tree.tree()
    areas = {leaf.path[0] for leaf in leaves}
    matters = {leaf.path[:2] for leaf in leaves}
    assert f"{len(areas)} areas, {len(matters)} matters and {len(leaves)}\nleaves" in PAGE
