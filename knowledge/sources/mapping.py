"""Field maps: which column or key of a foreign file is which part of an entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.lexicon import fact_labels
from knowledge.lexicon.columns import part_named
from knowledge.sources.raw import EntryIn
from knowledge.yaml_file import read_yaml

_MAPS = Path(__file__).parent.parent / "lexicon" / "maps"


class MapError(Exception):
    """A field map that can't be used; the message names the mistake."""


@dataclass(frozen=True, slots=True)
class FieldMap:
    """``columns``: entry field → source columns (several are joined into a list).

    ``constants``: entry field → a value given to every row.
    """

    columns: tuple[tuple[str, tuple[str, ...]], ...]
    constants: tuple[tuple[str, str], ...] = ()

    def apply(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row as an entry's fields; columns not named are left out on purpose."""
        values: dict[str, Any] = dict(self.constants)
        for field, columns in self.columns:
            found = [said for c in columns if (said := looked_up(row, c)) not in (None, "", [])]
            if found:
                values[field] = found[0] if len(columns) == 1 else _flat(found)
        return values


def looked_up(row: Mapping[str, Any], column: str) -> Any:
    """What a row has under a column's name; ``answer.text`` also names what lies inside another,
    in each member where that is a list."""
    if column in row or "." not in column:
        return row.get(column)
    outer, inner = column.split(".", 1)
    inside = row.get(outer)
    if isinstance(inside, Mapping):
        return looked_up(inside, inner)
    if isinstance(inside, list):
        found = [looked_up(one, inner) for one in inside if isinstance(one, Mapping)]
        return [one for one in found if one is not None] or None
    return None


def named(row: Mapping[str, Any], depth: int = 3) -> list[str]:
    """The names by which a map may call what a row holds, those inside others with a dot."""
    found: list[str] = []
    for key, value in row.items():
        inside = value if isinstance(value, Mapping) else {}
        if isinstance(value, list):
            inside = next((one for one in value if isinstance(one, Mapping)), {})
        within = named(inside, depth - 1) if depth > 1 else []
        found += [f"{key}.{name}" for name in within] or [str(key)]
    return found


def _flat(found: list[Any]) -> list[Any]:
    return [v for part in found for v in (part if isinstance(part, list) else [part])]


def built_in_maps() -> tuple[str, ...]:
    """Names of the ready-made maps."""
    return tuple(sorted(path.stem for path in _MAPS.glob("*.yml")))


def parse_map(spec: str) -> FieldMap:
    """A ready-made map by name, or ``id=TASK_CODE,title=name,region=AREACODE,=kind=statute``.

    One field may be named several times to join columns.  ``=field=value`` sets a constant.
    """
    if "=" not in spec:
        spec = spec.strip().replace("_", "-")
        path = _MAPS / f"{spec}.yml"
        if spec not in built_in_maps():
            own = "、".join(built_in_maps())
            raise MapError(f"没有现成映射 {spec}（现有：{own}），或写成 id=列名,title=列名")
        data: dict[str, Any] = read_yaml(path)
        pairs = [(k, v) for k, value in data.items() for v in _each(value)]
    else:
        pairs = []
        for part in filter(None, (p.strip() for p in spec.split(","))):
            constant = part.startswith("=")
            field, equals, column = part.removeprefix("=").partition("=")
            if not equals or not field.strip() or not column.strip():
                raise MapError(f"映射写错了：{part}（应为 字段=列名）")
            pairs.append((("=" if constant else "") + field.strip(), column.strip()))
    columns: dict[str, list[str]] = {}
    constants: dict[str, str] = {}
    for field, column in pairs:
        name = _part(field.removeprefix("="))
        if name not in EntryIn.model_fields and name not in fact_labels():
            fields = "、".join([*EntryIn.model_fields, *fact_labels()])
            raise MapError(f"映射里的字段不认识：{name}（可用：{fields}）")
        if field.startswith("="):
            constants[name] = column
        else:
            columns.setdefault(name, []).append(column)
    if not columns:
        raise MapError("映射是空的")
    frozen = tuple((k, tuple(v)) for k, v in columns.items())
    return FieldMap(frozen, tuple(constants.items()))


def _part(name: str) -> str:
    """The part of an entry a name in a map means, as editors may call it (标题, 正文)."""
    known = part_named(name)
    return known[0] if known and name not in EntryIn.model_fields else name


def _each(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]
