"""``huiying privacy`` as an operator uses it."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from connectors.attachments.keeper import AttachmentKeeper
from connectors.clock import SystemClock
from connectors.settings import Settings
from connectors.store import schema as tables
from connectors.store import work_orders
from connectors.store.database import Database
from connectors.store.identity_tables import phones
from connectors.store.open import FILE, open_embedded
from connectors.store.order_tables import work_orders as order_table
from tests.attachments import files
from tests.store.commands import huiying, huiying_json
from tests.store.people import write
from tests.store.test_privacy import NAME, PHONE, SAID, Known, a_person, everything, rasa_file


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("HUIYING_DATA_DIR", str(folder))
    monkeypatch.delenv("HUIYING_DATABASE_URL", raising=False)
    monkeypatch.delenv("HUIYING_RASA_DB", raising=False)
    monkeypatch.chdir(tmp_path)
    return folder


async def filled(data: Path) -> Known:
    store = open_embedded(data / FILE)
    person = await a_person(store)
    await store.close()
    rasa_file(data / "rasa.db", {f"{person.talk}.1": 1.0, "c_other.1": 1.0})
    return person


async def all_of(data: Path) -> str:
    store: Database = open_embedded(data / FILE)
    text = await everything(store)
    await store.close()
    return text


async def test_an_export_holds_the_store_and_what_rasa_remembers(data: Path) -> None:
    person = await filled(data)
    given = huiying_json("privacy", "export", "--phone", PHONE)
    assert given["found"]["contacts"] == [person.contact]
    assert [row["number"] for row in given["store"]["work_orders"]] == [
        person.order,
        person.open_order,
    ]
    assert [event["data"]["text"] for event in given["dialogue"]] == [SAID] * 2
    assert "privacy.exported" in await all_of(data)


async def test_an_export_to_a_file_is_private_and_overwrites_nothing(
    data: Path, tmp_path: Path
) -> None:
    person = await filled(data)
    file = tmp_path / "one.json"
    huiying("privacy", "export", "--contact", person.contact, "--out", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert NAME in file.read_text(encoding="utf-8")
    said = huiying("privacy", "export", "--contact", person.contact, "--out", str(file), code=2)
    assert "cannot be written" in said


async def test_photos_are_given_out_and_are_gone_after_an_erasure(
    data: Path, tmp_path: Path
) -> None:
    person = await filled(data)
    store = open_embedded(data / FILE)
    keeper = AttachmentKeeper(Settings(data_dir=data), store, SystemClock())
    photo = await keeper.keep(files.photo(), "现场.jpg")
    await store.transact(
        lambda conn: work_orders.attach(conn, person.order, (photo.attachment_id,))
    )
    await store.close()
    given = tmp_path / "given"
    huiying("privacy", "export", "--contact", person.contact, "--files", str(given))
    (sent,) = given.iterdir()
    assert sent.suffix == ".jpg"
    assert sent.stat().st_size == photo.size
    huiying("privacy", "erase", "--contact", person.contact, "--open-orders", "--yes")
    assert not [file for file in (data / "attachments").rglob("*") if file.is_file()]


async def test_names_and_addresses_only_told_in_the_matter_are_hidden(data: Path) -> None:
    person = await filled(data)
    store = open_embedded(data / FILE)
    told = "我叫欧阳明月慧，住在紫藤弄17号2单元，门口积水。鲁A12345停在那里"
    await store.transact(
        lambda conn: conn.execute(
            update(order_table)
            .where(order_table.c.number == person.order)
            .values(content=told, title=told[:20])
        )
    )
    await store.close()
    huiying("privacy", "erase", "--contact", person.contact, "--yes")
    left = await all_of(data)
    for word in ("欧阳", "明月", "紫藤弄17", "2单元", "A12345"):
        assert word not in left, word
    assert "门口积水" in left


async def test_erasing_asks_and_then_leaves_nothing(data: Path) -> None:
    person = await filled(data)
    select = ("privacy", "erase", "--address", "wechat:openid-blue-whale")
    assert person.contact in huiying(*select, code=1, typed="n\n")
    assert SAID in await all_of(data)
    said = huiying(*select, "--open-orders", typed="y\n")
    assert "erased 3 messages of 1 conversations" in said
    assert "backups made before still hold the data" in said
    for file in data.iterdir():
        for secret in (NAME, PHONE, "openid-blue-whale"):
            assert secret.encode() not in file.read_bytes(), (file.name, secret)
    rasa = sqlite3.connect(data / "rasa.db")
    assert rasa.execute("SELECT DISTINCT sender_id FROM events").fetchall() == [("c_other.1",)]
    rasa.close()
    assert "nothing is stored" in huiying(*select, "--yes", code=2)


async def test_erasing_while_the_gateway_runs_is_seen_by_it(data: Path) -> None:
    person = await filled(data)
    gateway = open_embedded(data / FILE)
    shown = huiying_json("privacy", "erase", "--contact", person.contact, "--yes", "--json")
    assert (shown["messages"], shown["dialogue_events"]) == (3, 2)
    assert shown["left"] == [person.open_order]
    anew = await write(gateway, "又来了", person="openid-blue-whale", channel="wechat")
    assert anew.conversation_id != person.talk
    await gateway.close()


async def test_what_could_not_be_erased_is_named(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await filled(data)
    monkeypatch.setenv("HUIYING_RASA_DB", str(data / "elsewhere.db"))
    said = huiying("privacy", "erase", "--contact", person.contact, "--yes")
    assert f"{person.talk}.*" in said
    assert "--open-orders" in said
    assert person.open_order in said


async def test_a_number_nobody_proved_points_at_who_gave_it(data: Path) -> None:
    person = await filled(data)
    store = open_embedded(data / FILE)
    unproved = update(tables.contacts).values(verified_phone=None)
    await store.transact(lambda conn: conn.execute(unproved) and None)
    await store.transact(lambda conn: conn.execute(delete(phones)) and None)
    await store.close()
    said = huiying("privacy", "erase", "--phone", PHONE, "--yes", "--open-orders")
    assert f"left: {person.contact}" in said
    assert "openid-blue-whale" in await all_of(data)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name one person"),
        (("--phone", "1", "--contact", "p_1"), "name one person"),
        (("--address", "wechat"), "CHANNEL:ADDRESS"),
        (("--address", ":x"), "CHANNEL:ADDRESS"),
        (("--contact", "p_none"), "nothing is stored"),
        (("--phone", "13800009999"), "nothing is stored"),
    ],
)
async def test_a_person_who_is_not_named_well_is_asked_for_again(
    data: Path, arguments: tuple[str, ...], told: str
) -> None:
    await filled(data)
    for command in ("export", "erase"):
        assert told in huiying("privacy", command, *arguments, code=2)


async def test_forgetting_by_age(data: Path) -> None:
    await filled(data)
    store = open_embedded(data / FILE)
    handled = update(tables.messages).values(inbox_state="handled")
    await store.transact(lambda conn: conn.execute(handled) and None)
    now = datetime.now(UTC)
    await write(store, "昨天的话", person="v9", at=now - timedelta(days=1))
    await store.close()
    counts = huiying_json("privacy", "retain", "--days", "30", "--order-days", "30", "--json")
    assert counts == {
        "messages": 3,
        "conversations": 1,
        "orders": 1,
        "files": 0,
        "dialogue_events": 4,
    }
    text = await all_of(data)
    assert "昨天的话" in text
    assert "openid-blue-whale" not in text
    again = huiying("privacy", "retain", "--days", "30", "--order-days", "30")
    assert again.startswith("messages: 0, conversations: 0, orders: 0")


def test_a_retention_of_no_days_is_refused(data: Path) -> None:
    huiying("privacy", "retain", "--days", "0", code=2)
    assert not data.exists()
    assert os.environ["HUIYING_DATA_DIR"] == str(data)
