"""``huiying doctor`` names an account that is wrong, and what to do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.cli.doctor import Finding, _accounts
from connectors.settings import Settings
from tests.contract.peer import Peer, hangs, listening_peer
from tests.wechat.api import FakeWechat
from tests.wechat.platform import AES_KEY, APPID, TOKEN
from tests.wechat.wecom import FakeWecom


@contextmanager
def platform_elsewhere(fakes: list[FakeWechat | FakeWecom]) -> Iterator[Peer]:
    """The platform's side in a thread of its own: the command has its own event loop."""
    loop = asyncio.new_event_loop()
    found: list[Peer] = []
    up, down = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with listening_peer() as peer:
            peer.good = lambda request: (
                fakes[1] if "gettoken" in request.path else fakes[0]
            ).handle(request)
            found.append(peer)
            up.set()
            await down.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    up.wait(10)
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(down.set)
        thread.join(10)
        loop.close()


def tree(url: str) -> Settings:
    common = {
        "token": TOKEN,
        "encoding_aes_key": AES_KEY,
        "api_url": url,
        "insecure_http": True,
        "timeout": 0.3,
    }
    good = common | {"appid": APPID, "secret": "right"}
    wecom = FakeWecom()
    return Settings.model_validate(
        {
            "wechat": {
                "mini": {
                    "good": good,
                    "wrong": good | {"secret": "wrong"},
                    "stranger": good | {"appid": "wx9999999999999999"},
                },
                "kf": {"firm": common | {"corp_id": wecom.corp_id, "secret": "wrong"}},
            }
        }
    )


def findings(settings: Settings) -> dict[str, Finding]:
    return {one.check: one for one in _accounts(settings)}


def test_an_account_that_is_wrong_is_named_with_its_fix() -> None:
    fake = FakeWechat()
    fake.add(APPID, "right")
    with platform_elsewhere([fake, FakeWecom()]) as peer:
        found = findings(tree(peer.url))
    assert {name: one.state for name, one in found.items()} == {
        "wechat.mini.good": "ok",
        "wechat.mini.wrong": "error",
        "wechat.mini.stranger": "error",
        "wechat.kf.firm": "error",
    }
    assert found["wechat.mini.wrong"].detail == "errcode 40125: the secret is wrong"
    assert "compare appid and secret" in found["wechat.mini.wrong"].fix
    assert "right" not in str(found)


def test_a_platform_out_of_reach_is_a_warning() -> None:
    with platform_elsewhere([FakeWechat(), FakeWecom()]) as peer:
        peer.always = hangs
        found = findings(tree(peer.url))
    assert {one.state for one in found.values()} == {"warning"}


@pytest.mark.parametrize("nothing", [{}, {"wechat": {}}])
def test_without_accounts_there_is_nothing_to_say(nothing: dict[str, object]) -> None:
    assert findings(Settings.model_validate(nothing)) == {}
