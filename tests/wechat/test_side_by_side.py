"""Accounts of every kind and mode in one gateway, and a restart while everybody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.messages import Author
from connectors.store.schema import messages
from tests.clocks import MovableClock
from tests.contract.peer import Peer, listening_peer
from tests.house import House, ScriptedDialogue, echo, house
from tests.wechat import sealing
from tests.wechat.api import Account, FakeWechat
from tests.wechat.platform import AES_KEY, Fields, Pushing, openid
from tests.wechat.wecom import FakeWecom

SECRET = "app-secret-of-the-account"
PERSON = "wang"  # the same name everywhere: what keeps them apart is the account
KFID = "wkAJ2GCAAAkf"


class Compatible(Pushing):
    """兼容模式: the message as it is, with the same encrypted beside it."""

    def enclose(
        self, body: bytes, nonce: str | None = None, at: float | None = None
    ) -> tuple[dict[str, str], bytes]:
        query, sealed = super().enclose(body, nonce, at)
        plain = self._read(body)
        return query, self.write(plain | {"Content": "nothing that counts"} | self._read(sealed))


@dataclass(frozen=True)
class Kind:
    """An account: its kind, its name, and how its console is set."""

    kind: Any
    name: str
    form: Any
    safe: bool = True
    pushing: type[Pushing] = Pushing
    seal: sealing.Seal = sealing.seal

    @property
    def appid(self) -> str:
        return f"{'ww' if self.kind == 'kf' else 'wx'}{self.kind}{self.name}00000"

    @property
    def token(self) -> str:
        return f"Token{self.kind}{self.name}"


ALL = (
    Kind("mini", "a", "json", seal=sealing.wechatpy_seal),
    Kind("mini", "b", "xml", safe=False),
    Kind("mini", "c", "json", pushing=Compatible),
    Kind("official", "a", "xml", seal=sealing.wechatpy_seal),
    Kind("official", "b", "xml", pushing=Compatible),
    Kind("official", "c", "xml", safe=False),
    Kind("kf", "a", "xml", seal=sealing.wechatpy_seal),
    Kind("kf", "b", "xml"),
)


class Platforms:
    """WeChat and the two companies at WeCom, which outlive our gateway."""

    def __init__(self, clock: MovableClock) -> None:
        self.wechat = FakeWechat(clock.now)
        self.accounts: dict[Kind, Account] = {}
        self.companies: dict[Kind, FakeWecom] = {}
        for one in ALL:
            if one.kind == "kf":
                self.companies[one] = FakeWecom(one.appid, SECRET, clock.now)
            else:
                self.accounts[one] = self.wechat.add(one.appid, SECRET, one.kind)

    def shown(self, one: Kind) -> list[str]:
        """What the person was sent on one account."""
        if one.kind == "kf":
            return self.companies[one].texts(openid(PERSON))
        return [sent["text"]["content"] for sent in self.wechat.sent if sent["appid"] == one.appid]


@asynccontextmanager
async def gateway(
    folder: Path, clock: MovableClock, platforms: Platforms, dialogue: ScriptedDialogue
) -> AsyncIterator[tuple[House, Mapping[Kind, Pushing]]]:
    async with AsyncExitStack() as stack:
        peers: dict[Kind, Peer] = {}
        for one in ALL:
            peers[one] = await stack.enter_async_context(listening_peer())
            peers[one].good = (platforms.companies.get(one) or platforms.wechat).handle
        tree: dict[str, dict[str, Any]] = {"mini": {}, "official": {}, "kf": {}}
        for one in ALL:
            account = {
                "corp_id" if one.kind == "kf" else "appid": one.appid,
                "secret": SECRET,
                "token": one.token,
                "api_url": peers[one].url,
                "insecure_http": True,
            }
            if one.kind == "kf" or one.safe:
                account["encoding_aes_key"] = AES_KEY
            if one.kind != "kf":
                account["mode"] = "safe" if one.safe else "plain"
            if one.kind == "official":
                account["passive_within"] = 0.3
            tree[one.kind][one.name] = account
        opened = await stack.enter_async_context(
            house(folder, dialogue, clock=clock, wechat=tree, drain_seconds=0.2)
        )
        pushing = {
            one: one.pushing(
                str(opened.client.make_url(f"/wechat/{one.kind}/{one.name}")),
                opened.client.session,
                one.kind,
                one.form,
                one.safe,
                token=one.token,
                appid=one.appid,
                seal=one.seal,
                now=lambda: clock.now().timestamp(),
            )
            for one in ALL
        }
        yield opened, pushing
        for one in ALL:
            assert pushing[one].breaches == [], one


async def says(platforms: Platforms, one: Kind, pushing: Pushing, text: str) -> str:
    """The person says something; the answer in the request, if there was one."""
    if one.kind == "kf":
        platforms.companies[one].wrote(KFID, openid(PERSON), content=text)
        event: Fields = {
            "ToUserName": one.appid,
            "CreateTime": int(pushing.now()),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": "ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR",
            "OpenKfId": KFID,
        }
        assert (await pushing.push(event)).taken
        return ""
    platforms.wechat.wrote(platforms.accounts[one], openid(PERSON))
    told = await pushing.text(PERSON, text)
    assert told.taken
    return told.content


async def test_accounts_of_every_kind_side_by_side_with_a_restart_while_all_wait(
    tmp_path: Path,
) -> None:
    clock = MovableClock()
    platforms = Platforms(clock)
    never = asyncio.Event()

    async def waits(request: TurnRequest) -> TurnReply:
        await never.wait()
        return TurnReply(())

    async with gateway(tmp_path, clock, platforms, ScriptedDialogue(waits)) as (_, pushing):
        said = [says(platforms, one, pushing[one], f"在吗 {one.appid}") for one in ALL]
        assert set(await asyncio.gather(*said)) == {""}  # nobody has an answer yet
        await until(lambda: all(one.syncs[KFID] for one in platforms.companies.values()))

    passive: dict[Kind, str] = {}

    def answers(one: Kind) -> list[str]:
        """What the person was told, but for words that it takes a moment."""
        told = [*platforms.shown(one), passive.get(one, "")]
        return [words for words in told if words.startswith("回声")]

    async with gateway(tmp_path, clock, platforms, ScriptedDialogue(echo)) as (again, pushing):
        await until(lambda: all(answers(one) for one in ALL))
        told = await asyncio.gather(
            *(says(platforms, one, pushing[one], f"谢谢 {one.appid}") for one in ALL)
        )
        passive |= dict(zip(ALL, told, strict=True))
        await until(lambda: all(len(answers(one)) > 1 for one in ALL))
        for one in ALL:
            assert answers(one) == [f"回声：在吗 {one.appid}", f"回声：谢谢 {one.appid}"], one
            assert not passive[one] or one.kind == "official", one
        heard = await again.database.read(
            lambda conn: conn.execute(
                select(func.count(), func.count(messages.c.conversation_id.distinct())).where(
                    messages.c.author == Author.CITIZEN.value
                )
            ).one()
        )
        assert tuple(heard) == (2 * len(ALL), len(ALL))
    assert platforms.wechat.breaches == []
    assert [one.breaches for one in platforms.companies.values()] == [[], []]


async def until(true: Any) -> None:
    async with asyncio.timeout(15):
        while not true():
            await asyncio.sleep(0.01)
