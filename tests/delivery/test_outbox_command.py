"""``huiying outbox``: list, show and resend, for people and for programs."""

from __future__ import annotations

import asyncio
import getpass
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from connectors.cli.root import app
from connectors.store import outbox, trail
from connectors.store.open import FILE, open_embedded
from connectors.store.trail import Sought
from tests.delivery.office import Office, Wire

TEXT = "您好，电话13800001234已记下"


@pytest.fixture
def ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three deliveries of a stopped gateway: dead, expired, and still waiting."""
    monkeypatch.setenv("HUIYING_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    async def fill() -> list[str]:
        database = open_embedded(tmp_path / FILE)
        office = Office(database, Wire())
        made = await office.say(TEXT, to="p1") + await office.say("二", to="p2")
        made += await office.say("三", to="p3", account="b")
        now = office.clock.now()
        for one, state, code in zip(
            made, ("dead", "expired", "queued"), ("content_refused", "expired", None), strict=True
        ):
            if code is not None:
                await database.transact(
                    lambda c, one=one, state=state, code=code: outbox.give_up(  # type: ignore[misc]
                        c, one, state, code, "why", now
                    )
                )
        await database.close()
        return made

    return asyncio.run(fill())


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["outbox", *words])


def complaints(result: Result) -> list[str]:
    """What was said on standard error, without the log of the tests."""
    return [line for line in result.stderr.splitlines() if not line.startswith("{")]


def parsed(*words: str) -> object:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_was_given_up_is_listed(ids: list[str]) -> None:
    listed = parsed("list")
    assert isinstance(listed, list)
    assert {one["id"]: one["state"] for one in listed} == {ids[0]: "dead", ids[1]: "expired"}
    assert "content_refused" in run("list").stdout


@pytest.mark.parametrize(
    ("options", "which"),
    [
        (["--state", "queued"], [2]), (["--state", "dead"], [0]), (["--code", "expired"], [1]),
        (["--account", "b"], []), (["--state", "queued", "--account", "b"], [2]),
        (["--channel", "other"], []), (["--limit", "1"], None),
    ],
)  # fmt: skip
def test_the_list_can_be_narrowed(
    ids: list[str], options: list[str], which: list[int] | None
) -> None:
    listed = parsed("list", *options)
    assert isinstance(listed, list)
    if which is None:
        assert len(listed) == 1
    else:
        assert [one["id"] for one in listed] == [ids[n] for n in which]


def test_one_is_shown_with_its_words_and_no_number_of_a_person(ids: list[str]) -> None:
    shown = parsed("show", ids[0])
    assert isinstance(shown, dict)
    assert shown["text"] == "您好，电话138****1234已记下"
    assert shown["error_code"] == "content_refused"
    assert "138****1234" in run("show", ids[0]).stdout


def test_what_was_given_up_is_sent_again_once(ids: list[str], tmp_path: Path) -> None:
    assert parsed("resend", ids[0]) == {"resent": [ids[0]], "refused": []}
    again = run("resend", ids[0])
    assert again.exit_code == 2
    assert "not given up" in again.stderr

    async def deliver() -> list[tuple[str, str]]:
        wire = Wire()
        database = open_embedded(tmp_path / FILE)
        async with Office(database, wire).open() as office:
            await office.until_states(ids[:1], "sent")
        await database.close()
        return wire.sent

    assert ("p1", TEXT) in asyncio.run(deliver())


def test_all_of_a_code_can_be_sent_again(ids: list[str], tmp_path: Path) -> None:
    assert parsed("resend", "--all", "--code", "expired") == {"resent": [ids[1]], "refused": []}
    assert parsed("resend", "--all") == {"resent": [ids[0]], "refused": []}

    async def noted() -> list[str]:
        database = open_embedded(tmp_path / FILE)
        sought = Sought(event="delivery.resent")
        rows = await database.read(lambda conn: trail.search(conn, sought, 10))
        await database.close()
        return [row.actor for row in rows]

    assert asyncio.run(noted()) == [f"cli:{getpass.getuser()}"] * 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["list", "--state", "lost"], "unknown state"),
        (["show", "d_nothing"], "no delivery"),
        (["resend"], "--all"),
        (["resend", "d_1", "--all"], "--all"),
        (["resend", "d_1", "--code", "x"], "go with --all"),
        (["resend", "d_nothing"], "not given up"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(
    ids: list[str], words: list[str], says: str
) -> None:
    result = run(*words)
    assert result.exit_code == 2
    (line,) = complaints(result)
    assert says in line


def test_a_store_that_is_away_is_one_line_too(ids: list[str], tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    result = run("list")
    assert result.exit_code == 2
    assert len(complaints(result)) == 1
