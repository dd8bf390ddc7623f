"""Files are kept once, read back, shown by links that end, and gone when nobody uses them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from connectors.attachments.keeper import AttachmentKeeper
from connectors.attachments.links import FileLinks
from connectors.attachments.refused import AttachmentGone, AttachmentRefused
from connectors.clock import FrozenClock
from connectors.messages import Attachment, Inbound, Text
from connectors.settings import Settings
from connectors.store import accepting, attachments, work_orders
from connectors.store.database import SqliteDatabase
from connectors.store.privacy import find
from connectors.store.privacy.erase import Marks, erase
from tests.attachments import files
from tests.house import ScriptedDialogue, house, new_store

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
MARKS = Marks("（已删除）", "＊＊＊")


class Stand:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "attachments"
        self.clock = FrozenClock(NOON)
        self.database: SqliteDatabase = new_store(folder / "test.db")
        self.keeper = AttachmentKeeper(Settings(data_dir=folder), self.database, self.clock)

    def on_disk(self) -> int:
        return sum(path.is_file() for path in self.folder.rglob("*"))

    def age(self, folder: Path, at: datetime) -> None:
        for path in folder.iterdir():
            os.utime(path, (at.timestamp(), at.timestamp()))

    async def send(self, person: str, *sent: Attachment) -> str:
        inbound = Inbound("webchat", "default", person, person, (*sent, Text("看")), NOON)
        accepted = await self.database.transact(
            lambda conn: accepting.accept(conn, inbound, NOON, timedelta(hours=1))
        )
        return accepted.message_id

    async def erase(self, person: str) -> None:
        def unit(conn: Connection) -> None:
            erase(conn, find.by_address(conn, "webchat", person), NOON, MARKS, actor="test")

        await self.database.transact(unit)


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    made = Stand(tmp_path)
    yield made
    await made.database.close()


async def test_the_same_photo_ten_times_is_kept_once(stand: Stand) -> None:
    sent = [await stand.keeper.keep(files.photo(), f"{n}.jpg") for n in range(10)]
    other = await stand.keeper.keep(files.photo(place=None), "without a place.jpg")
    assert len({one.attachment_id for one in (*sent, other)}) == 1
    assert stand.on_disk() == 2  # the photo and its small picture
    assert (sent[0].latitude, sent[0].longitude) == pytest.approx(files.PLACE, abs=1e-4)
    assert other.latitude is None
    media, content = await stand.keeper.read(sent[0].attachment_id)
    assert (media, len(content)) == ("image/jpeg", sent[0].size)


async def test_a_name_is_a_label_and_never_a_path(stand: Stand) -> None:
    kept = await stand.keeper.keep(files.PDF, "../../etc/\u202epasswd\x00.exe\n" + "长" * 200)
    assert "/" not in kept.name
    assert "\n" not in kept.name
    assert len(kept.name) <= 80
    assert kept.media == "application/pdf"


@pytest.mark.parametrize("name", ["../../etc/passwd", "f_", "f_" + "A" * 38, "f_" + "a" * 38])
async def test_there_is_no_other_file_to_be_had(stand: Stand, name: str) -> None:
    with pytest.raises(AttachmentGone):
        await stand.keeper.read(name)


async def test_what_was_refused_leaves_nothing(stand: Stand) -> None:
    with pytest.raises(AttachmentRefused):
        await stand.keeper.keep(b"MZ a program", "photo.jpg")
    assert stand.on_disk() == 0


async def test_what_was_uploaded_and_never_sent_goes_after_a_day(stand: Stand) -> None:
    kept = await stand.keeper.keep(files.photo())
    stand.clock.advance(timedelta(hours=23))
    assert await stand.keeper.sweep() == 0
    await stand.keeper.keep(files.photo())  # again: the day begins anew
    stand.clock.advance(timedelta(hours=23))
    assert await stand.keeper.sweep() == 0
    stand.clock.advance(timedelta(hours=2))
    assert await stand.keeper.sweep() == 1
    assert stand.on_disk() == 0
    with pytest.raises(AttachmentGone):
        await stand.keeper.read(kept.attachment_id)


async def test_what_a_gateway_that_died_left_behind_goes_too(stand: Stand) -> None:
    gone = await stand.keeper.keep(files.photo())
    stand.clock.advance(timedelta(days=2))
    fresh = await stand.keeper.keep(files.PDF)
    taken_off = await stand.database.transact(
        lambda conn: attachments.unused(conn, stand.clock.now() - timedelta(days=1))
    )
    assert taken_off == [gone.attachment_id]  # and then it died, before the file was deleted
    half = stand.keeper.path(gone.attachment_id)
    for name in (f"{half.name}.x_{'0' * 32}.partial", f"{half.name}.x_{'f' * 32}.partial"):
        half.with_name(name).write_bytes(b"half")
    stand.age(half.parent, NOON)
    assert await stand.keeper.sweep() == 0
    assert await stand.keeper.sweep_left() == 2
    assert {path.name for path in stand.folder.rglob("*") if path.is_file()} == {
        fresh.attachment_id,
        f"{half.name}.x_{'f' * 32}.partial",  # being written now, for all we know
    }


async def test_a_file_stays_for_whoever_else_uses_it_and_goes_with_the_last(stand: Stand) -> None:
    kept = await stand.keeper.keep(files.photo())
    await stand.send("v_one", kept)
    second = await stand.send("v_two", kept)
    filed = work_orders.NewWorkOrder(
        key="k1", channel="webchat", kind="投诉", title="路灯", content="路灯不亮",
        attachments=(kept.attachment_id,),
    )  # fmt: skip
    await stand.database.transact(
        lambda conn: work_orders.add(
            conn, NOON, "1", filed, (work_orders.Node("受理登记", "done"),), None
        )
    )
    for person in ("v_one", "v_two"):
        await stand.erase(person)
        assert await stand.keeper.sweep() == 0
    assert await stand.database.read(lambda conn: attachments.used_by(conn, [second])) == []
    await stand.database.transact(
        lambda conn: erase(
            conn, find.Found((), ("1",)), NOON, MARKS, actor="test", open_orders=True
        )
    )
    assert await stand.keeper.sweep() == 1
    assert stand.on_disk() == 0


async def test_later_photos_join_an_order_and_none_twice(stand: Stand) -> None:
    filed = work_orders.NewWorkOrder(
        key="k1", channel="webchat", kind="投诉", title="路灯", content="路灯不亮",
        attachments=("f_1",),
    )  # fmt: skip
    nodes = (work_orders.Node("受理登记", "done"),)
    await stand.database.transact(lambda conn: work_orders.add(conn, NOON, "1", filed, nodes, None))
    await stand.database.transact(lambda conn: work_orders.attach(conn, "1", ("f_2", "f_1")))
    order = await stand.database.read(lambda conn: work_orders.by_number(conn, "1"))
    assert order is not None
    assert order.filed.attachments == ("f_1", "f_2")
    held = await stand.database.read(lambda conn: attachments.used_by(conn, ["1"]))
    assert sorted(held) == ["f_1", "f_2"]


def test_a_link_opens_one_file_in_one_size_for_a_while() -> None:
    links = FileLinks(b"k" * 32, timedelta(minutes=30))
    path, query = links.path("f_1", NOON).split("?")
    values = dict(pair.split("=") for pair in query.split("&"))
    assert path == "/files/f_1"

    def opens(attachment_id: str = "f_1", small: bool = False, **changed: object) -> bool:
        after = changed.pop("after", timedelta(0))
        given = {**values, **changed}
        return links.opens(
            attachment_id, str(given["until"]), str(given["sign"]), NOON + after, small=small  # type: ignore[operator]
        )  # fmt: skip

    assert opens()
    assert opens(after=timedelta(minutes=29))
    assert not opens(after=timedelta(minutes=46))
    assert not opens("f_2")
    assert not opens(small=True)
    assert not opens(until=int(values["until"]) + 1)
    assert not opens(until="９９９９")
    assert not opens(sign="")
    assert not FileLinks(b"x" * 32, timedelta(minutes=30)).opens(
        "f_1", values["until"], values["sign"], NOON, small=False
    )
    assert links.path("f_1", NOON) == links.path("f_1", NOON + timedelta(minutes=4))


async def test_the_door_gives_a_file_by_its_link_only(tmp_path: Path) -> None:
    async with house(tmp_path, ScriptedDialogue()) as stand:
        keeper = stand.gateway.attachments
        links = FileLinks(b"k" * 32, stand.settings.attachments.link_life)
        photo = await keeper.keep(files.photo(), "现场.jpg")
        paper = await keeper.keep(files.PDF, "说明.pdf")
        now = datetime.now(UTC)
        async with stand.client.get(links.path(photo.attachment_id, now)) as answer:
            assert (answer.status, answer.content_type) == (200, "image/jpeg")
            assert answer.headers["Content-Disposition"].startswith("inline")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            assert len(await answer.read()) == photo.size
        async with stand.client.get(links.path(photo.attachment_id, now, small=True)) as answer:
            assert answer.status == 200
        async with stand.client.get(links.path(paper.attachment_id, now)) as answer:
            assert answer.headers["Content-Disposition"].startswith("attachment")
        for address in (
            f"/files/{photo.attachment_id}",
            links.path(photo.attachment_id, now - timedelta(hours=2)),
            links.path(photo.attachment_id, now).replace(photo.attachment_id, paper.attachment_id),
        ):
            async with stand.client.get(address) as answer:
                assert answer.status == 403
                assert "链接" in (await answer.json())["error"]["message"]
        async with stand.client.get(links.path("f_" + "0" * 38, now)) as answer:
            assert answer.status == 404
