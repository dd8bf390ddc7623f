"""One file that holds a deployment: made under way, whole or not at all, and back again."""

from __future__ import annotations

import asyncio
import fcntl
import io
import os
import sqlite3
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from connectors.store import backup as backups
from connectors.store import inbox
from connectors.store.errors import StoreRefused, StoreUnavailable
from connectors.store.open import FILE, open_embedded
from tests.servers import PostgresServer, free_port
from tests.store.commands import huiying, huiying_json, run
from tests.store.people import NOON, conversation, write
from tests.store.test_privacy import SAID, rasa_file


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a deployment, its commands pointed at it."""
    folder = tmp_path / "data"
    monkeypatch.setenv("HUIYING_DATA_DIR", str(folder))
    monkeypatch.setenv("HUIYING_RASA_PORT", str(free_port()))
    monkeypatch.delenv("HUIYING_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return folder


async def fill(data: Path) -> str:
    """A deployment with something of everything; the id of its conversation."""
    store = open_embedded(data / FILE)
    accepted = await write(store, SAID, person="v1", id="m1")
    await store.close()
    rasa_file(data / "rasa.db", {f"{accepted.conversation_id}.1": 1.0})
    base = data / "knowledge" / "default"
    base.mkdir(parents=True)
    (base / "writer.lock").touch()
    (base / "current.json").write_text("{}")
    with sqlite3.connect(base / "entries.db") as db:
        db.execute("CREATE TABLE entries (id TEXT)")
    db.close()
    (data / "sessions.secret").write_text("s" * 64)
    (data / "sessions.secret").chmod(0o600)
    return accepted.conversation_id


async def test_a_backup_brings_everything_back(data: Path, tmp_path: Path) -> None:
    talk = await fill(data)
    file = tmp_path / "saved" / "huiying.tar.gz"
    assert "saved 5 files" in huiying("store", "backup", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    store = open_embedded(data / FILE)
    await write(store, "备份之后", person="v1", id="m2")
    await store.close()
    (data / "knowledge" / "default" / "current.json").write_text('{"new": 1}')
    (data / "later.txt").write_text("later")

    said = huiying("store", "restore", str(file), "--yes")
    assert "restored the backup of" in said
    assert "nothing had been erased since" in said
    store = open_embedded(data / FILE)
    assert (await conversation(store, talk)).last_seq == 1
    assert (await write(store, SAID, person="v1", id="m1")).duplicate
    await store.close()
    assert (data / "knowledge" / "default" / "current.json").read_text() == "{}"
    assert (data / "sessions.secret").read_text() == "s" * 64
    assert (data / "sessions.secret").stat().st_mode & 0o777 == 0o600
    assert not (data / "later.txt").exists()
    (aside,) = data.glob("before-restore-*")
    assert (aside / "later.txt").read_text() == "later"
    former = sqlite3.connect(aside / FILE)
    assert former.execute("SELECT count(*) FROM messages").fetchone() == (2,)
    former.close()


async def test_a_backup_made_while_people_write_is_whole(data: Path, tmp_path: Path) -> None:
    await fill(data)
    store = open_embedded(data / FILE)
    done = asyncio.Event()

    async def person(n: int) -> None:
        k = 0
        while not done.is_set():
            k += 1
            await write(store, SAID, person=f"p{n}", id=f"m{k}")

    people = [asyncio.create_task(person(n)) for n in range(10)]
    await asyncio.sleep(0.3)
    file = tmp_path / "b.tar.gz"
    await asyncio.to_thread(backups.back_up, data, file, NOON)
    before = await store.read(inbox.count_pending)
    await asyncio.sleep(0.1)
    done.set()
    await asyncio.gather(*people)
    await store.close()

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    backups.restore(elsewhere, file, NOON)
    copy = open_embedded(elsewhere / FILE)
    kept = await copy.read(inbox.count_pending)
    assert 10 < kept <= before
    seqs = copy.connection.exec_driver_sql(
        "SELECT max(m.seq) = count(*) AND count(*) = c.last_seq FROM messages m "
        "JOIN conversations c ON c.id = m.conversation_id GROUP BY c.id"
    ).scalars()
    assert all(seqs)
    await copy.close()


async def test_a_backup_waits_for_whoever_writes_a_knowledge_base(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(data)
    monkeypatch.setattr(backups, "_WRITER_PATIENCE", 0.3)
    with (data / "knowledge" / "default" / "writer.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = huiying("store", "backup", str(tmp_path / "b.tar.gz"), code=2)
        assert "is being written" in said
    assert list(tmp_path.glob("b.tar.gz*")) == []
    huiying("store", "backup", str(tmp_path / "b.tar.gz"))


async def test_a_disk_that_was_made_read_only_is_saved_with_all_that_was_said(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite opens nothing there; what was said last may be in its log alone."""
    store = open_embedded(data / FILE)
    accepted = await write(store, SAID, person="v1", id="m1")
    opens = sqlite3.connect

    def connect(path: str | Path, **more: Any) -> sqlite3.Connection:
        if Path(path) == data / FILE:
            raise sqlite3.OperationalError("unable to open database file")
        return opens(path, **more)

    monkeypatch.setattr(sqlite3, "connect", connect)
    monkeypatch.setattr(backups, "_is_read_only", lambda folder: folder == data)
    assert (data / f"{FILE}-wal").stat().st_size
    target = tmp_path / "saved.tgz"
    backups.back_up(data, target, NOON)
    monkeypatch.undo()
    await store.close()
    backups.restore(tmp_path / "restored", target, NOON)
    with sqlite3.connect(tmp_path / "restored" / FILE) as db:
        assert db.execute("SELECT id FROM messages").fetchall() == [(accepted.message_id,)]
    assert not list(tmp_path.glob("saved.tgz?*"))


async def test_an_older_backup_is_not_overwritten_by_accident(data: Path, tmp_path: Path) -> None:
    await fill(data)
    file = tmp_path / "b.tar.gz"
    file.write_text("precious")
    assert "--force" in huiying("store", "backup", str(file), code=2)
    assert file.read_text() == "precious"
    made = huiying_json("store", "backup", str(file), "--force", "--json")
    assert made["files"] == 5


async def test_a_backup_inside_the_data_folder_does_not_hold_itself(data: Path) -> None:
    await fill(data)
    for _ in range(2):
        made = huiying_json("store", "backup", str(data / "b.tar.gz"), "--force", "--json")
        assert made["files"] == 5


def test_nothing_to_save_is_said(data: Path, tmp_path: Path) -> None:
    assert "no store yet" in huiying("store", "backup", str(tmp_path / "b"), code=2)


async def test_a_disk_without_room_leaves_no_half_backup(data: Path, tmp_path: Path) -> None:
    await fill(data)
    (data / "big.bin").write_bytes(os.urandom(3_000_000))
    script = (
        "import resource, sys; from connectors.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "store", "backup", str(tmp_path / "b.tar.gz")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 2, done.stderr
    assert "the backup was not made" in done.stderr
    assert list(tmp_path.glob("b.tar.gz*")) == []


# Restores that must not happen ------------------------------------------------------------------


def members(file: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(file) as archive:
        return [(m, (archive.extractfile(m) or io.BytesIO()).read()) for m in archive]


def write_archive(file: Path, content: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    with tarfile.open(file, "w:gz") as archive:
        for information, data in content:
            information.size = len(data)
            archive.addfile(information, io.BytesIO(data))


async def test_a_restore_refuses_while_the_store_is_open(data: Path, tmp_path: Path) -> None:
    await fill(data)
    file = tmp_path / "b.tar.gz"
    huiying("store", "backup", str(file))
    store = open_embedded(data / FILE)
    said = huiying("store", "restore", str(file), "--yes", code=2)
    assert "stop `huiying run` first" in said
    assert not list(data.glob("before-restore-*"))
    await write(store, person="v2")
    await store.close()


async def test_a_restore_refuses_while_rasa_runs_alone(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(data)
    file = tmp_path / "b.tar.gz"
    huiying("store", "backup", str(file))
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
    monkeypatch.setenv("HUIYING_RASA_PORT", str(server.sockets[0].getsockname()[1]))
    assert "stop `huiying run` first" in huiying("store", "restore", str(file), "--yes", code=2)
    server.close()
    await server.wait_closed()


async def test_nobody_opens_the_store_while_it_is_restored(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(data)
    file = tmp_path / "b.tar.gz"
    huiying("store", "backup", str(file))
    original = backups._unpack

    def look_meanwhile(source: Path, staging: Path) -> backups.Backup:
        with pytest.raises(StoreRefused, match="restored or upgraded"):
            open_embedded(data / FILE)
        return original(source, staging)

    monkeypatch.setattr(backups, "_unpack", look_meanwhile)
    huiying("store", "restore", str(file), "--yes")
    open_embedded(data / FILE).let_go()


async def test_without_yes_it_asks_first(data: Path, tmp_path: Path) -> None:
    await fill(data)
    file = tmp_path / "b.tar.gz"
    huiying("store", "backup", str(file))
    done = run("store", "restore", str(file), typed="n\n")
    assert done.exit_code == 1
    assert not list(data.glob("before-restore-*"))


@pytest.mark.parametrize(
    "harm", ["cut", "not_ours", "changed", "missing", "escape", "absolute", "link", "newer"]
)
async def test_an_archive_that_cannot_be_trusted_changes_nothing(
    data: Path, tmp_path: Path, harm: str
) -> None:
    await fill(data)
    file = tmp_path / "b.tar.gz"
    backups.back_up(data, file, NOON)
    content = members(file)
    match harm:
        case "cut":
            file.write_bytes(file.read_bytes()[:-300])
        case "not_ours":
            file.write_bytes(b"a letter")
        case "changed":
            write_archive(file, [(m, d.replace(b"{}", b"[]")) for m, d in content])
        case "missing":
            write_archive(file, [one for one in content if "secret" not in one[0].name])
        case "escape":
            write_archive(file, [(tarfile.TarInfo("../evil"), b"x"), *content])
        case "absolute":
            write_archive(file, [(tarfile.TarInfo(str(tmp_path / "evil")), b"x"), *content])
        case "link":
            link = tarfile.TarInfo("rasa.db")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            write_archive(file, [(link, b""), *content])
        case "newer":
            with sqlite3.connect(data / FILE) as db:
                db.execute("UPDATE alembic_version SET version_num = '7777'")
            db.close()
            backups.back_up(data, file, NOON)
            with sqlite3.connect(data / FILE) as db:
                db.execute("UPDATE alembic_version SET version_num = '0001'")
            db.close()
    before = sorted(path.name for path in data.iterdir())
    with pytest.raises(StoreRefused):
        backups.restore(data, file, NOON)
    assert sorted(path.name for path in data.iterdir()) == before
    assert not (tmp_path / "evil").exists()


async def test_a_damaged_store_is_not_saved_as_if_it_were_sound(data: Path, tmp_path: Path) -> None:
    await fill(data)
    size = (data / FILE).stat().st_size
    with (data / FILE).open("r+b") as file:
        file.seek(size // 2)
        file.write(os.urandom(size // 4))
    with pytest.raises((StoreRefused, StoreUnavailable)):
        backups.back_up(data, tmp_path / "b.tar.gz", NOON)
    assert list(tmp_path.glob("b.tar.gz*")) == []


# Erasures and restores --------------------------------------------------------------------------


async def test_what_was_erased_does_not_come_back_with_an_older_backup(
    data: Path, tmp_path: Path
) -> None:
    talk = await fill(data)
    file = tmp_path / "b.tar.gz"
    huiying("store", "backup", str(file))
    huiying("privacy", "erase", "--address", "webchat:v1", "--yes")
    said = huiying("store", "restore", str(file), "--yes")
    assert "was erased again" in said
    for path in data.iterdir():
        if path.is_file():
            assert SAID.encode() not in path.read_bytes(), path.name
    store = open_embedded(data / FILE)
    assert (await conversation(store, talk)).address == f"erased:{talk}"
    await store.close()
    time.sleep(1.1)  # the next restore gets a folder of its own
    again = huiying("store", "restore", str(file), "--yes")
    assert "was erased again" in again


# Status and upgrade ------------------------------------------------------------------------------


async def test_status_tells_where_the_store_is_and_makes_none(data: Path) -> None:
    shown = huiying_json("store", "status", "--json")
    assert (shown["schema"], shown["usable"]) == ("empty", True)
    assert not (data / FILE).exists()
    huiying("store", "upgrade")
    store = open_embedded(data / FILE)
    await write(store)
    shown = huiying_json("store", "status", "--json")  # while it is open
    assert (shown["schema"], shown["pending"]) == ("current", 1)
    assert shown["revision"] == shown["wanted"]
    await store.close()
    with sqlite3.connect(data / FILE) as db:
        db.execute("UPDATE alembic_version SET version_num = '7777'")
    db.close()
    assert "newer version" in huiying("store", "status", code=1)
    assert "newer version" in huiying("store", "upgrade", code=2)


@pytest.mark.postgres
def test_the_commands_on_postgres(
    postgres: PostgresServer, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = postgres.make_database()
    url = postgres.url(name).replace("huiying@", "huiying:s3cret@")
    monkeypatch.setenv("HUIYING_DATABASE_URL", url)
    assert "run `huiying store upgrade`" in huiying("store", "status", code=1)
    assert "revision" in huiying("store", "upgrade")
    shown = huiying("store", "status")
    assert "current" in shown
    assert "s3cret" not in shown
    assert "pg_dump" in huiying("store", "backup", "b.tar.gz", code=2)
    postgres.sql("DROP TABLE alembic_version", name)
    assert "not made by Huiying" in huiying("store", "upgrade", code=2)
    monkeypatch.setenv("HUIYING_DATABASE_URL", f"{url}_none")
    assert "InvalidCatalogName" in huiying("store", "status", code=2)
    closed = f"postgresql+asyncpg://huiying@127.0.0.1:{free_port()}/none"
    monkeypatch.setenv("HUIYING_DATABASE_URL", closed)
    for command in ("status", "upgrade"):
        assert "ConnectionRefused" in huiying("store", command, code=2)
