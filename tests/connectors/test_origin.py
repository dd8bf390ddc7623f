"""Whose request it is: by the connection, or by what a trusted proxy says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from connectors.desk import access
from connectors.origin import caller, origin_allowed
from connectors.settings.webchat import WebChat
from tests.desk.people import log_in, make_agent
from tests.house import House, house

PROXY, VISITOR, OTHER = "192.0.2.1", "203.0.113.1", "203.0.113.2"
FORWARDED = "X-Forwarded-For"


def test_nobody_is_believed_but_a_trusted_proxy() -> None:
    assert _caller(VISITOR, OTHER) == VISITOR
    assert _caller(PROXY, OTHER) == OTHER
    assert _caller(PROXY) == PROXY


def test_the_last_address_a_trusted_proxy_names_counts_not_what_the_visitor_wrote_before_it() -> (
    None
):
    assert _caller(PROXY, f"{OTHER}, {VISITOR}") == VISITOR
    assert _caller(PROXY, f"{OTHER}, {VISITOR}, {PROXY}") == VISITOR
    assert _caller(PROXY, OTHER, VISITOR) == VISITOR, "a proxy may add a line of its own"


@pytest.mark.parametrize("origin", ["http://[", "https://[::1", "null"])
def test_an_origin_that_is_none_is_not_ours(origin: str) -> None:
    request = make_mocked_request("GET", "/", CIMultiDict([("Host", "a"), ("Origin", origin)]))
    assert not origin_allowed(request, (), None)


async def test_visitors_behind_a_proxy_begin_sessions_each_by_their_own_address(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, webchat=WebChat(sessions_per_minute=1)) as h:
        for visitor in (VISITOR, OTHER):
            async with h.page(None, 0, **{FORWARDED: visitor}):
                pass
        assert await _turned_away(h, VISITOR)


async def test_a_stranger_locks_nobody_out_of_the_desk_behind_a_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "LOGINS_PER_MINUTE", 1)
    async with house(tmp_path) as h:
        await make_agent(h)
        wrong = {"login": "a1", "password": "guessed"}
        for status in (401, 429):
            headers = {FORWARDED: VISITOR}
            async with h.client.post("/desk/login", data=wrong, headers=headers) as answer:
                assert answer.status == status
        assert await log_in(h) == 303


async def _turned_away(h: House, visitor: str) -> bool:
    socket = await h.client.ws_connect("/webchat/socket", headers={FORWARDED: visitor})
    await socket.send_json({"type": "hello"})
    code = (await socket.receive_json()).get("code")
    await socket.close()
    return bool(code == "too_fast")


def _caller(remote: str, *forwarded: str) -> str:
    headers = CIMultiDict([(FORWARDED, line) for line in forwarded])
    request = make_mocked_request("GET", "/", headers).clone(remote=remote)
    return caller(request, [f"{PROXY}/32"])
