"""The list of duties (权责清单): which unit handles a matter, who helps, and where that holds.

A table a city keeps in its own spreadsheet: CSV with a line of headings and the columns ::

    区划代码,事项,关键词,主办单位,协办单位,依据

``区划代码`` is six digits of GB/T 2260, empty for everywhere; ``事项`` is a category or its beginning,
parted by ``/``; ``关键词`` and ``协办单位`` hold several, parted by ``、``. A row with words of its own
holds only for texts that have one of them. UTF-8, or GB 18030 as office programs write it.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from connectors.sanitize import printable

SHIPPED = Path(__file__).parents[1] / "data" / "duties.csv"
COLUMNS = ("区划代码", "事项", "关键词", "主办单位", "协办单位", "依据")
NEEDED = ("事项", "主办单位")
UNIT_MOST = 64  # characters of a unit's name
HELPERS_MOST = 8
SHOWN_FAULTS = 10
_REGION = re.compile(r"[0-9]{6}")
_PARTING = re.compile(r"[、,，;；|]")


@dataclass(frozen=True, slots=True)
class Duty:
    """A row: the matter, by the beginning of its category; its unit, and who helps (协办)."""

    path: tuple[str, ...]
    unit: str
    helpers: tuple[str, ...] = ()
    region: str = ""
    words: tuple[str, ...] = ()
    basis: str = ""


class UnusableDuties(ValueError):
    """A list that cannot be used; the message names each line and what is wrong with it."""


def read_duties(file: Path) -> tuple[Duty, ...]:
    """The duties of a file. Raises :class:`UnusableDuties`."""
    try:
        rows = csv.DictReader(io.StringIO(_text(file.read_bytes()), newline=""), strict=True)
        missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
        if missing:
            raise UnusableDuties(
                f"{file}: the first line must name the columns {', '.join(COLUMNS)}; "
                f"missing: {', '.join(missing)}"
            )
        found, faults = [], []
        for row in rows:
            if not any((value or "").strip() for value in row.values() if isinstance(value, str)):
                continue  # a blank line at the end, as spreadsheets leave them
            duty = _duty(row)
            if isinstance(duty, Duty):
                found.append(duty)
            else:
                faults.append(f"line {rows.line_num}: {duty}")
    except OSError as error:
        raise UnusableDuties(f"{file}: {error.strerror}") from error
    except csv.Error as error:
        raise UnusableDuties(f"{file}: no CSV: {error}") from error
    if faults:
        more = f"; and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise UnusableDuties(f"{file}: {'; '.join(faults[:SHOWN_FAULTS])}{more}")
    if not found:
        raise UnusableDuties(f"{file}: no duty in it")
    return tuple(found)


@cache
def shipped() -> tuple[Duty, ...]:
    """The sample we ship, read once."""
    return read_duties(SHIPPED)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise UnusableDuties(f"neither UTF-8 nor GB 18030: {error}") from error


def _duty(row: dict[str, str | None]) -> Duty | str:
    """A row, or what is wrong with it."""
    given = {name: " ".join(printable(row.get(name) or "").split()) for name in COLUMNS}
    path = tuple(part.strip() for part in given["事项"].split("/") if part.strip())
    helpers = tuple(dict.fromkeys(_several(given["协办单位"])))
    if not 0 < len(path) <= 3:
        return "事项 must be one to three names parted by /"
    if given["区划代码"] and not _REGION.fullmatch(given["区划代码"]):
        return f"区划代码 {given['区划代码']!r} is not six digits"
    if not given["主办单位"]:
        return "主办单位 is empty"
    if any(len(unit) > UNIT_MOST for unit in (given["主办单位"], *helpers)):
        return f"a unit's name has more than {UNIT_MOST} characters"
    if len(helpers) > HELPERS_MOST:
        return f"more than {HELPERS_MOST} 协办单位"
    words = tuple(_several(given["关键词"]))
    return Duty(path, given["主办单位"], helpers, given["区划代码"], words, given["依据"])


def _several(text: str) -> list[str]:
    return [part.strip() for part in _PARTING.split(text) if part.strip()]
