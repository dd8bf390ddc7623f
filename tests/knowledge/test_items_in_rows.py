"""Service items in tables: one name twice, and items that go over several rows."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from knowledge.documents.ingest import ingest
from knowledge.model import Audience, Entry
from knowledge.published.store import EntryStore

pytestmark = pytest.mark.usefixtures("few_probes")

HEADS = ["事项名称", "实施机构", "申请材料", "承诺时限", "咨询电话"]


def taken(base: Path, source: Path) -> list[Entry]:
    ingest(base, [source])
    with EntryStore(base / "entries.sqlite") as store:
        return [entry for entry, _ in store.live()]


def facts(entry: Entry) -> dict[str, str]:
    return {field.key: field.value for field in entry.fields}


def sheet(path: Path, rows: list[list[str | None]], merged: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in [HEADS, *rows]:
        page.append(row)
    for cells in merged:
        page.merge_cells(cells)
    book.save(path)
    return path


def test_an_item_whose_materials_have_a_row_each_keeps_them_all(tmp_path: Path) -> None:
    rows: list[list[str | None]] = [
        ["户外广告设置许可", "合肥市城市管理局", "申请表", "7个工作日", "0551-1"],
        [None, None, "效果图", None, None],
        [None, None, "产权证明", None, None],
        ["犬只登记", "合肥市公安局", "身份证", "当场", "0551-2"],
    ]
    path = sheet(tmp_path / "items.xlsx", rows, ("A2:A4", "B2:B4", "D2:D4", "E2:E4"))
    found = {entry.title: facts(entry) for entry in taken(tmp_path / "base", path)}
    assert found["户外广告设置许可"]["materials"].split() == [
        "1.", "申请表", "2.", "效果图", "3.", "产权证明",
    ]  # fmt: skip
    assert found["犬只登记"]["materials"] == "身份证"


def test_items_of_one_name_are_as_many_as_have_them(tmp_path: Path) -> None:
    rows: list[list[str | None]] = [
        ["公共场所卫生许可", "合肥市卫生健康委员会", "申请表", "7个工作日", "0551-1"],
        ["公共场所卫生许可", "芜湖市卫生健康委员会", "申请表", "5个工作日", "0553-1"],
        ["公共场所卫生许可", "芜湖市卫生健康委员会", "申请表", "5个工作日", "0553-1"],
    ]
    found = taken(tmp_path / "base", sheet(tmp_path / "items.xlsx", rows))
    assert sorted((one.region, facts(one)["promised_time"]) for one in found) == [
        ("340100", "7个工作日"),
        ("340200", "5个工作日"),
    ]


def test_two_windows_of_an_item_are_no_list_of_its_materials(tmp_path: Path) -> None:
    rows: list[list[str | None]] = [
        ["犬只登记", "合肥市公安局", "身份证", "当场", "0551-1"],
        ["犬只登记", "合肥市公安局", "身份证", "当场", "0551-2"],
    ]
    found = taken(tmp_path / "base", sheet(tmp_path / "items.xlsx", rows))
    assert sorted(facts(one)["phone"] for one in found) == ["0551-1", "0551-2"]


def test_whom_a_rule_is_for_may_be_a_column_named_so_in_short(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("问题,答案,对象\n社保补贴多少？,每月500元,企业\n", encoding="utf-8")
    assert [entry.audience for entry in taken(tmp_path / "base", path)] == [Audience.ENTERPRISE]
