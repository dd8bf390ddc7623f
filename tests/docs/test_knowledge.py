"""docs/knowledge.md describes the base as it is."""

from __future__ import annotations

import re

from knowledge.calibration.calibrate import LEAST_LABELLED
from knowledge.citing import CANDIDATES
from knowledge.evaluation.evaluate import Result
from knowledge.judging.judge import Verdict
from knowledge.labelled import Labelled
from knowledge.sources.mapping import built_in_maps
from knowledge.sources.raw import EntryIn
from tests.docs.tables import ROOT

PAGE = (ROOT / "docs" / "knowledge.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]


def cells(text: str) -> list[str]:
    """The names in the first cells of a table."""
    rows = re.findall(r"^\| (`.+?) \|", text, re.M)
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def test_the_keys_of_an_entry_are_those_that_are_read() -> None:
    assert sorted(cells(section("What goes in"))) == sorted(EntryIn.model_fields)


def test_the_file_types_are_those_that_are_read() -> None:
    reader = (ROOT / "knowledge/sources/read.py").read_text(encoding="utf-8")
    cases = re.findall(r"case (\".*?\"):\n(.*?)(?=\n        case|\Z)", reader, re.S)
    read = {
        suffix
        for suffixes, body in cases
        if "read_" in body
        for suffix in re.findall(r"\"(\.\w+)\"", suffixes)
    }
    paragraph = re.search(r"^Read are (.*?)\n\n", PAGE, re.M | re.S)
    assert paragraph
    assert set(re.findall(r"`(\.\w+)`", paragraph[1])) == read


def test_the_measures_are_those_that_are_given() -> None:
    # Given where a set names the passages, and where a base has entries of one name.
    of_some_sets = {"passage3", "shown", "r1_named", "r5_named"}
    told = cells(section("Measure"))
    assert of_some_sets <= set(told)
    assert [one for one in told if one not in of_some_sets] == list(Result(()).to_json())


def test_the_keys_of_a_labelled_question_are_those_that_are_read() -> None:
    keys = {field.alias or name for name, field in Labelled.model_fields.items()}
    assert keys <= set(re.findall(r"[`\"](\w+)[`\"]", section("Measure")))


def test_the_verdicts_maps_and_numbers_are_those_of_the_code() -> None:
    assert all(f"`{verdict.value}`" in section("Search") for verdict in Verdict)
    assert all(name in section("Ingest") for name in built_in_maps())
    assert CANDIDATES == 3
    assert "up to three" in PAGE
    assert f"at least {LEAST_LABELLED}" in PAGE
