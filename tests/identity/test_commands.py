"""``huiying contact`` as operators type it."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.settings import Settings
from connectors.store.open import open_database
from tests.identity.people import PHONE, Known, files, texter, visitor
from tests.store.commands import huiying, huiying_json


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUIYING_DATA_DIR", str(tmp_path))
    return tmp_path


async def two(data: Path) -> tuple[Known, Known]:
    """Somebody at a phone with an order, and a visitor."""
    store = await open_database(Settings(data_dir=data))
    by_text, page = await texter(store), await visitor(store)
    await files(store, by_text, "HY1")
    await store.close()
    return by_text, page


async def test_two_contacts_are_joined_shown_and_parted(data: Path) -> None:
    by_text, page = await two(data)
    made = huiying_json("contact", "link", page.contact, "--phone", "138 0000 1234", "--json")
    assert (made["source"], made["target"], made["how"]) in (
        (page.contact, by_text.contact, "operator"),
        (by_text.contact, page.contact, "operator"),
    )
    (person,) = huiying_json("contact", "show", "--contact", page.contact, "--json")
    assert set(person["contacts"]) == {by_text.contact, page.contact}
    assert person["phones"] == ["138****1234"]
    assert person["orders"] == ["HY1"]
    assert {a["channel"] for a in person["addresses"]} == {"text", "webchat"}
    assert person["links"][0]["id"] == made["id"]
    assert made["actor"].startswith("cli")
    said = huiying("contact", "unmerge", made["id"])
    assert "two persons again" in said
    (person,) = huiying_json("contact", "show", "--phone", PHONE, "--json")
    assert person["contacts"] == [by_text.contact]
    assert person["links"][0]["undone_at"]


async def test_a_person_is_shown_in_words_without_their_number(data: Path) -> None:
    by_text, page = await two(data)
    assert "huiying contact unmerge" in huiying("contact", "merge", page.contact, by_text.contact)
    said = huiying("contact", "show", "--address", "webchat:v1")
    assert "138****1234" in said
    assert "13800001234" not in said
    assert "HY1" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show",), "name one person"),
        (("show", "--contact", "p_none"), "nobody is known"),
        (("show", "--address", "webchat"), "CHANNEL:ADDRESS"),
        (("merge", "p_none", "p_nobody"), "no contact"),
        (("link", "p_none", "--phone", "12345"), "no mobile number"),
        (("unmerge", "l_none"), "no link"),
    ],
)
async def test_a_mistake_is_one_line_that_says_what_to_do(
    data: Path, arguments: tuple[str, ...], told: str
) -> None:
    await two(data)
    said = huiying("contact", *arguments, code=2)
    assert told in said
    assert "Traceback" not in said


async def test_who_is_one_already_cannot_be_joined_again(data: Path) -> None:
    by_text, page = await two(data)
    huiying("contact", "merge", page.contact, by_text.contact)
    assert "already" in huiying("contact", "merge", by_text.contact, page.contact, code=2)


async def test_after_an_erasure_a_link_stands_for_good(data: Path) -> None:
    _, page = await two(data)
    made = huiying_json("contact", "link", page.contact, "--phone", PHONE, "--json")
    erased = huiying_json("privacy", "erase", "--phone", PHONE, "--yes", "--json")
    assert len(erased["conversations"]) == 2
    assert "was erased" in huiying("contact", "unmerge", made["id"], code=2)
