"""A place told in two goes becomes one place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from actions.complaint.record.draft import Value
from actions.complaint.told import places_told
from actions.complaint.told.where import joined
from actions.understanding.understand import Nlu, understand

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def place(text: str) -> Value:
    found = understand(text, Nlu("nlu_fallback", 0.0), NOW).fields.place
    assert found, text
    return places_told.value_of(found)


@pytest.mark.parametrize(
    ("known", "said", "text", "region"),
    [
        ("在锦绣花园小区三号楼", "是合肥市包河区的", "合肥市包河区锦绣花园小区三号楼", "340111"),
        ("在合肥市包河区", "锦绣花园小区三号楼", "合肥市包河区锦绣花园小区三号楼", "340111"),
        ("在合肥市蜀山区锦绣花园小区", "在包河区", "合肥市包河区锦绣花园小区", "340111"),
        ("在合肥市锦绣花园小区", "在包河区", "合肥市包河区锦绣花园小区", "340111"),
        ("在蜀山区黄山路", "在望江西路", "望江西路", None),
        ("在蜀山区黄山路", "在包河区马鞍山路", "包河区马鞍山路", "340111"),
        ("在合肥市包河区", "在南京市玄武区", "南京市玄武区", "320102"),
        ("在合肥市包河区锦绣花园", "在南京市玄武区", "南京市玄武区锦绣花园", "320102"),
    ],
)
def test_two_goes_make_one_place(known: str, said: str, text: str, region: str | None) -> None:
    whole = joined(place(known), place(said))
    assert (whole.text, whole.detail.get("region")) == (text, region)
