"""The stand itself: it would notice what it is there to notice."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from aiohttp import ClientSession

from connectors import logs
from tests.contract.conftest import NetworkTouched
from tests.contract.stand import TABLES, stand_for
from tests.contract.subjects import SUBJECTS
from tests.contract.subjects.webchat import WebChatSubject


async def test_every_channel_there_is_stands_here(tmp_path: Path) -> None:
    async with stand_for(WebChatSubject, tmp_path) as stand:
        channels = set(stand.house.gateway.channels)
    assert channels == {subject.name for subject in SUBJECTS}


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_a_table_without_cases_has_its_excuse(subject: type) -> None:
    for table in TABLES:
        empty = not getattr(subject, table)
        assert empty == (table in subject.excused), f"{subject.name}: {table}"  # type: ignore[attr-defined]


def test_leaving_the_machine_is_noticed() -> None:
    with pytest.raises(NetworkTouched):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)
    with pytest.raises(NetworkTouched):
        socket.getaddrinfo("example.com", 80)


async def test_leaving_the_machine_is_noticed_on_the_loop_too() -> None:
    async with ClientSession() as http:
        with pytest.raises(NetworkTouched):
            await http.get("http://192.0.2.1/")


def test_a_number_in_the_log_is_masked_before_anybody_scans_it(logged: object) -> None:
    logs.get("contract").warning("planted", text="电话13800001234")
    assert "138****1234" in logged.getvalue()  # type: ignore[attr-defined]
