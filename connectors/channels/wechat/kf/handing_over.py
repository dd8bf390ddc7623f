"""Whose a person of WeCom's customer service is: moved there and back (``service_state``).

Where an account is set so, who wants a person is put into WeCom's queue, or given to one of the
company's people. And when an agent of our own desk takes somebody whom WeCom's people still have,
WeCom is told that this is over, since it carries nothing of ours before that; the person is told to
say a word, with which WeCom lets us speak again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from connectors import logs
from connectors.channel import SendError
from connectors.channels.wechat.api.wecom import ServiceState, WecomApi
from connectors.channels.wechat.kf.arrivals import parted
from connectors.channels.wechat.kf.sessions import Sessions
from connectors.conversation.ownership import Owner
from connectors.coordination import coordinator
from connectors.house import House
from connectors.settings.wechat import KfAccount
from connectors.store import conversations
from connectors.store.conversations import Conversation
from connectors.store.database import StoreUnavailable

log = logs.get(__name__)

LOOK_EVERY = 2.0  # seconds between looks for whom WeCom's people are to take over
TRIES, APART = 3, 1.0  # of taking somebody back, and seconds between them
THEIRS = frozenset({ServiceState.POOL, ServiceState.SERVICER})


class HandingOver:
    def __init__(
        self,
        house: House,
        channel: str,
        accounts: Mapping[str, KfAccount],
        apis: Mapping[str, WecomApi],
        sessions: Sessions,
    ) -> None:
        self._house = house
        self._channel = channel
        self._accounts = accounts
        self._apis = apis
        self._sessions = sessions

    async def run(self) -> None:
        """Both ways, until cancelled."""
        if self._accounts:
            await asyncio.gather(self._there(), self._back())

    # There -------------------------------------------------------------------------------------

    async def _there(self) -> None:
        theirs = {name: one for name, one in self._accounts.items() if one.agents == "wecom"}
        while theirs:
            for name, account in theirs.items():
                with contextlib.suppress(StoreUnavailable):
                    for talk in await self._sessions.waiting(name):
                        await self._hand(name, account, talk.address)
            await asyncio.sleep(LOOK_EVERY)

    async def _hand(self, name: str, account: KfAccount, person: str) -> None:
        if not await self._house.coordinator.allow(f"wechat-kf-hand:{name}:{person}", 1, 60):
            return  # not taken at the last try; our own desk sees them meanwhile
        state = ServiceState.SERVICER if account.servicer else ServiceState.POOL
        try:
            open_kfid, user = parted(person)
            code = await self._apis[name].change_state(open_kfid, user, state, account.servicer)
        except (SendError, ValueError) as error:
            log.warning("wechat.kf_not_handed_over", account=name, reason=str(error))
            return
        await self._sessions.taken(name, person)
        if state is ServiceState.POOL:
            await self._say(self._apis[name], code, "wechat_kf_queue")

    # And back ----------------------------------------------------------------------------------

    async def _back(self) -> None:
        """Follows what our desk does; what was missed is looked for."""
        async with self._house.coordinator.subscribe("desk") as heard:
            await self._look()
            async for happening in heard:
                if happening.kind in (coordinator.RESUMED, coordinator.LOOK):
                    await self._look()
                elif happening.data.get("owner") == Owner.AGENT.value:
                    await self._taken(str(happening.data.get("conversation_id", "")))

    async def _look(self) -> None:
        with contextlib.suppress(StoreUnavailable):
            for talk in await self._sessions.with_our_desk():
                await self._taken_back(talk)

    async def _taken(self, conversation_id: str) -> None:
        with contextlib.suppress(StoreUnavailable):
            talk = await self._house.database.read(
                lambda conn: conversations.get(conn, conversation_id)
            )
            if talk is not None and talk.channel == self._channel:
                await self._taken_back(talk)

    async def _taken_back(self, talk: Conversation) -> None:
        """WeCom's people have somebody no longer whom an agent of ours has, if they had them."""
        if talk.owner is not Owner.AGENT or talk.agent_id is None or talk.account not in self._apis:
            return
        if not await self._house.coordinator.allow(f"wechat-kf-back:{talk.id}:{talk.epoch}", 1, 60):
            return  # another gateway is at it
        for left in reversed(range(TRIES)):
            try:
                await self._end(self._apis[talk.account], talk.address)
            except (SendError, ValueError) as error:
                log.warning("wechat.kf_not_taken_back", account=talk.account, reason=str(error))
                if left:
                    await asyncio.sleep(APART)
            else:
                return

    async def _end(self, api: WecomApi, person: str) -> None:
        open_kfid, user = parted(person)
        if await api.state(open_kfid, user) in THEIRS:
            code = await api.change_state(open_kfid, user, ServiceState.ENDED)
            await self._say(api, code, "wechat_kf_taken_back")

    async def _say(self, api: WecomApi, code: str, key: str) -> None:
        """The one message WeCom lets us send about a move."""
        words = self._house.texts.say(key, self._channel)
        if code:
            with contextlib.suppress(SendError):
                await api.send_on_event(
                    {"code": code, "msgtype": "text", "text": {"content": words}}
                )
