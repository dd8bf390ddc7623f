"""Our client of WeChat's interface against the platform's side: tokens, refusals, files."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest

from connectors import logs
from connectors.channel import (
    SEND_ERRORS,
    ConnectionFailed,
    ContentRefused,
    MisconfiguredAccount,
    RecipientRefused,
    SendError,
    Throttled,
    WindowClosed,
)
from connectors.channels.wechat.api.errcodes import MEANINGS
from connectors.channels.wechat.api.media import IMAGE, TooLarge
from connectors.channels.wechat.api.wechat import LoginRefused, Platform, WechatApi
from connectors.coordination.coordinator import Coordinator
from connectors.coordination.in_process import InProcessCoordinator
from tests.clocks import MovableClock
from tests.conftest import _stream
from tests.contract.peer import (
    Behaviour,
    Peer,
    answers,
    dribbles,
    floods,
    hangs,
    hangs_up,
    listening_peer,
)
from tests.wechat.api import Account, FakeWechat

APPID, SECRET = "wx0000000000000001", "app-secret-of-the-account"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
TEXT = {"touser": "o-1", "msgtype": "text", "text": {"content": "您好"}}


@dataclass
class Stage:
    fake: FakeWechat
    account: Account
    peer: Peer
    clock: MovableClock
    coordinator: Coordinator
    steady: list[float] = field(default_factory=lambda: [0.0])
    sessions: list[aiohttp.ClientSession] = field(default_factory=list)

    def api(
        self, platform: Platform = Platform.MINI, secret: str = SECRET, timeout: float = 5.0
    ) -> WechatApi:
        """Another gateway's client of the same account."""
        session = aiohttp.ClientSession()
        self.sessions.append(session)
        made = WechatApi(
            platform,
            appid=APPID,
            secret=secret,
            url=self.peer.url,
            timeout=timeout,
            http=lambda: session,
            coordinator=self.coordinator,
            clock=self.clock,
            key=b"k" * 32,
        )
        made.tokens._monotonic = lambda: self.steady[0]
        return made

    def later(self, seconds: float) -> None:
        self.clock.jump(timedelta(seconds=seconds))
        self.steady[0] += seconds


@asynccontextmanager
async def staged(kind: str = "mini") -> AsyncIterator[Stage]:
    clock = MovableClock()
    fake = FakeWechat(now=clock.now)
    account = fake.add(APPID, SECRET, kind)
    async with listening_peer() as peer:
        peer.good = fake.handle
        steady = [0.0]
        coordinator = InProcessCoordinator(lambda: steady[0])
        stage = Stage(fake, account, peer, clock, coordinator, steady)
        yield stage
        for session in stage.sessions:
            await session.close()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as opened:
        yield opened


# Tokens ---------------------------------------------------------------------------------------


async def test_many_sends_of_two_gateways_fetch_one_token(stage: Stage) -> None:
    one, other = stage.api(), stage.api()
    for n in range(20):
        stage.fake.wrote(stage.account, f"o-{n}")
    await asyncio.gather(
        *((one, other)[n % 2].send(TEXT | {"touser": f"o-{n}"}) for n in range(20))
    )
    assert len(stage.fake.sent) == 20
    assert stage.account.fetched == 1


async def test_the_token_lies_enciphered_and_opens_under_its_own_account_only(
    stage: Stage,
) -> None:
    api = stage.api()
    token = await api.tokens.current()
    kept = await stage.coordinator.kept(f"wechat-token:{APPID}")
    assert kept
    assert token not in kept
    assert "secret" not in kept
    await stage.coordinator.keep("wechat-token:another", kept, 60)
    stranger = stage.api().tokens
    stranger._name = "wechat-token:another"
    assert await stranger._shared("") is None


async def test_garbage_in_the_place_of_the_token_is_passed_over(stage: Stage) -> None:
    for garbage in ("", "?", "QUJD", "x" * 4000):
        await stage.coordinator.keep(f"wechat-token:{APPID}", garbage, 60)
        stage.fake.wrote(stage.account, "o-1")
        await stage.api().send(TEXT)


async def test_a_token_is_fetched_anew_before_it_ends(stage: Stage) -> None:
    api = stage.api()
    first = await api.tokens.current()
    stage.later(6800)
    assert await api.tokens.current() == first
    stage.later(101)  # five minutes before the end the platform still gives the same one
    assert await api.tokens.current() == first
    assert stage.account.fetched == 2
    stage.later(301)
    assert await api.tokens.current() != first
    assert not stage.fake.breaches


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_replaced_and_the_call_made_once_more(
    stage: Stage, code: int
) -> None:
    api = stage.api()
    await api.tokens.current()
    stage.fake.wrote(stage.account, "o-1")
    stage.peer.script.append(answers(200, f'{{"errcode":{code},"errmsg":"token"}}'))
    await api.send(TEXT)
    assert len(stage.fake.sent) == 1
    assert len(stage.account.forced) == 1


async def test_who_is_refused_takes_the_token_another_has_fetched_since(stage: Stage) -> None:
    one, other = stage.api(), stage.api()
    await one.tokens.current()
    await other.tokens.current()
    stage.fake.expire_tokens()
    for n in range(2):
        stage.fake.wrote(stage.account, f"o-{n}")
    await one.send(TEXT | {"touser": "o-0"})
    await other.send(TEXT | {"touser": "o-1"})
    assert stage.account.fetched == 2
    assert not stage.account.forced


async def test_ten_sends_refused_at_once_fetch_one_token(stage: Stage) -> None:
    api = stage.api()
    await api.tokens.current()
    stage.fake.expire_tokens()
    for n in range(10):
        stage.fake.wrote(stage.account, f"o-{n}")
    await asyncio.gather(*(api.send(TEXT | {"touser": f"o-{n}"}) for n in range(10)))
    assert stage.account.fetched == 2
    assert not stage.fake.breaches


async def test_40001_forever_is_waited_for_and_never_a_loop(stage: Stage) -> None:
    """Whoever was given a token has the right secret: the message need not be given up."""
    api = stage.api()
    stage.fake.token_always_refused = True
    for _ in range(10):
        with pytest.raises(ConnectionFailed, match="other programs") as told:
            await api.send(TEXT)
        assert told.value.retry_after == timedelta(seconds=30)
    calls = [one.path for one in stage.peer.received]
    assert len([path for path in calls if "/send" in path]) == 2
    assert len(stage.account.forced) == 1
    for _ in range(100):  # a bad day, asked every five minutes
        stage.later(300)
        with pytest.raises(ConnectionFailed):
            await api.send(TEXT)
    assert len(stage.account.forced) <= 20
    assert not stage.fake.breaches


async def test_who_fights_over_the_token_waits_instead_of_forcing_again(stage: Stage) -> None:
    api = stage.api()
    for _ in range(2):
        stage.fake.wrote(stage.account, "o-1")
        stage.peer.script.append(answers(200, "{}"))
        stage.peer.script.clear()
    await api.tokens.current()
    refused = answers(200, '{"errcode":40001,"errmsg":"taken away"}')
    stage.peer.script.append(refused)
    await api.send(TEXT)
    stage.peer.script.append(refused)
    with pytest.raises(Throttled) as told:
        await api.send(TEXT)
    assert told.value.retry_after == timedelta(seconds=30)
    stage.later(31)
    stage.peer.script.append(refused)
    await api.send(TEXT)
    assert not stage.fake.breaches


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (hangs, ConnectionFailed),
        (hangs_up, ConnectionFailed),
        (dribbles, ConnectionFailed),
        (floods, ConnectionFailed),
        (answers(200, "<html>维护中</html>", "text/html"), ConnectionFailed),
        (answers(200, "[]"), ConnectionFailed),
        (answers(200, '{"expires_in":7200}'), ConnectionFailed),
        (answers(200, '{"access_token":"x"}'), ConnectionFailed),
        (answers(200, '{"access_token":7,"expires_in":7200}'), ConnectionFailed),
        (answers(502, ""), ConnectionFailed),
        (answers(404, "not here"), MisconfiguredAccount),
        (answers(302, "", Location="http://127.0.0.1:1/"), MisconfiguredAccount),
        (answers(200, '{"errcode":40125,"errmsg":"invalid appsecret"}'), MisconfiguredAccount),
        (answers(200, '{"errcode":40164,"errmsg":"invalid ip"}'), MisconfiguredAccount),
        (answers(200, '{"errcode":-1,"errmsg":"busy"}'), ConnectionFailed),
    ],
)
async def test_a_token_service_in_trouble_is_named_and_holds_nobody_up(
    stage: Stage, behaviour: Behaviour, error: type[SendError]
) -> None:
    stage.peer.always = behaviour
    api = stage.api(timeout=0.2 if behaviour in (hangs, dribbles) else 5.0)
    async with asyncio.timeout(8):
        with pytest.raises(error):
            await api.send(TEXT)
    stage.peer.always = None
    stage.fake.wrote(stage.account, "o-1")
    await stage.api().send(TEXT)


async def test_a_wrong_secret_is_said_with_its_fix(stage: Stage) -> None:
    with pytest.raises(MisconfiguredAccount, match="compare appid and secret with the console"):
        await stage.api(secret="wrong-secret").send(TEXT)


async def test_neither_secret_nor_token_nor_openid_is_ever_logged(
    stage: Stage, production_logs: None
) -> None:
    stream = io.StringIO()
    logs.configure("debug", "json", stream)
    try:
        api = stage.api()
        token = await api.tokens.current()
        stage.peer.script.append(answers(200, '{"errcode":40001,"errmsg":"x"}'))
        stage.fake.wrote(stage.account, "o-1")
        await api.send(TEXT)
        stage.peer.always = hangs_up
        with pytest.raises(ConnectionFailed) as told:
            await api.send(TEXT)
    finally:
        logs.configure("debug", "json", _stream)  # type: ignore[arg-type]  # as everywhere
    for private in (SECRET, token, stage.account.token, "o-1"):
        assert private not in stream.getvalue() + repr(told.value) + str(told.value.__cause__)


# Refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(set(MEANINGS) - {40001, 40014, 42001}))
async def test_each_number_becomes_the_send_error_of_the_table(stage: Stage, code: int) -> None:
    api = stage.api()
    await api.tokens.current()
    stage.peer.script.append(answers(200, f'{{"errcode":{code},"errmsg":"说明 rid: 66f3"}}'))
    with pytest.raises(SendError) as told:
        await api.send(TEXT)
    assert type(told.value) is MEANINGS[code].error
    assert f"errcode {code}" in told.value.detail
    assert "66f3" not in told.value.detail


def test_the_table_knows_the_closed_set_only_and_each_fault_of_the_account_has_its_fix() -> None:
    for code, meaning in MEANINGS.items():
        assert any(issubclass(meaning.error, one) for one in SEND_ERRORS), code
        assert bool(meaning.fix) or meaning.error is not MisconfiguredAccount, code


async def test_an_unknown_number_is_tried_again_and_shown(stage: Stage) -> None:
    api = stage.api()
    await api.tokens.current()
    stage.peer.script.append(answers(200, '{"errcode":99999,"errmsg":"nobody knows"}'))
    with pytest.raises(ConnectionFailed, match="errcode 99999: nobody knows"):
        await api.send(TEXT)


async def test_the_window_and_the_quota_close(stage: Stage) -> None:
    api = stage.api()
    with pytest.raises(WindowClosed):
        await api.send(TEXT)
    stage.fake.wrote(stage.account, "o-1")
    for _ in range(5):
        await api.send(TEXT)
    with pytest.raises(WindowClosed):
        await api.send(TEXT)


async def test_a_day_that_is_used_up_rests_until_midnight_in_china(stage: Stage) -> None:
    stage.account.per_day = 0
    with pytest.raises(Throttled) as told:
        await stage.api().send(TEXT)
    assert told.value.retry_after is not None
    assert timedelta(0) < told.value.retry_after <= timedelta(days=1)


async def test_a_stranger_and_a_missing_permission(stage: Stage) -> None:
    stage.account.known = False
    with pytest.raises(RecipientRefused):
        await stage.api().send(TEXT)
    stage.account.denied = {"/cgi-bin/message/custom/send"}
    with pytest.raises(MisconfiguredAccount, match="permission"):
        await stage.api().send(TEXT)


# The other interfaces -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(Platform))
async def test_typing_is_shown_and_never_matters(kind: Platform) -> None:
    async with staged(kind.value) as stage:
        api = stage.api(kind)
        await api.typing("o-1")  # nobody wrote: 45080, harmless
        for code in (45072, 45081):
            stage.peer.script.append(answers(200, f'{{"errcode":{code},"errmsg":""}}'))
            await api.typing("o-1")
        assert stage.fake.typed == []
        stage.fake.wrote(stage.account, "o-1")
        await api.typing("o-1")
        assert stage.fake.typed == ["o-1"]
        assert not stage.fake.breaches


async def test_a_picture_goes_up_and_comes_down(stage: Stage) -> None:
    api = stage.api()
    media_id = await api.media.upload(IMAGE, "image/png", PNG)
    assert await api.media.download(media_id) == PNG
    stage.fake.expire_tokens()
    assert await api.media.download(media_id) == PNG  # a refused token is replaced here too
    with pytest.raises(TooLarge):
        await api.media.download(media_id, most=10)
    with pytest.raises(ContentRefused):
        await api.media.download("no-such-file")


@pytest.mark.parametrize(
    ("media", "data"),
    [
        ("application/pdf", PNG),
        ("image/webp", PNG),
        ("image/png", b""),
        ("image/png", PNG + b"0" * 10 * 1024 * 1024),
    ],
)
async def test_what_the_platform_would_not_carry_is_not_even_sent(
    stage: Stage, media: str, data: bytes
) -> None:
    with pytest.raises(ContentRefused):
        await stage.api().media.upload(IMAGE, media, data)
    assert stage.peer.received == []


async def test_a_text_is_checked_in_pieces_the_platform_takes(stage: Stage) -> None:
    api = stage.api()
    await api.check_text("o-1", "好" * 6000)
    assert [len(one) for one in stage.fake.checked] == [2500, 2500, 1000]
    with pytest.raises(ContentRefused, match="20001"):
        await api.check_text("o-1", "something with risky-words in it")
    assert not stage.fake.breaches


async def test_a_log_in_code_is_good_once(stage: Stage) -> None:
    stage.account.codes["code-1"] = "o-9"
    api = stage.api()
    session = await api.log_in("code-1")
    assert session.openid == "o-9"
    assert session.session_key not in repr(session)
    with pytest.raises(LoginRefused):
        await api.log_in("code-1")
    stage.peer.script.append(answers(200, "<html>"))
    with pytest.raises(ConnectionFailed):
        await api.log_in("code-2")
