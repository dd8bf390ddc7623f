"""Photos, voice and videos people send: noted at once, fetched beside, then handed in.

WeChat brings only an id and keeps the file for three days. The message is durable as soon as its
id is, so it is acknowledged whatever the fetching takes. A platform out of order, a wrong secret or
a restart costs nothing: the file is tried again until it is there or WeChat keeps it no longer.
Only then is the person told that it did not arrive, and asked to send it again. Voice that came
without its words is understood here, where a server for that is set up.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from connectors import logs
from connectors.attachments.refused import AttachmentRefused
from connectors.channel import (
    ConnectionFailed,
    ContentRefused,
    MisconfiguredAccount,
    RecipientRefused,
    SendError,
    WindowClosed,
)
from connectors.channels.wechat.api.media import DOWNLOAD_MOST, TooLarge
from connectors.channels.wechat.api.wechat import WechatApi
from connectors.channels.wechat.arrivals import MediaKind, Said
from connectors.channels.wechat.hearing import Hearing
from connectors.house import House
from connectors.ids import MessageId
from connectors.messages import Part, Text
from connectors.speech.server import Speech
from connectors.store import wechat_files
from connectors.store.database import StoreUnavailable
from connectors.store.wechat_files import Wanted

log = logs.get(__name__)

AT_ONCE: Final = 4
CLAIM: Final = timedelta(seconds=60)  # more than one try may take
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=10)
KEPT: Final = timedelta(days=3)  # by the platform
IDLE: Final = 5.0  # seconds between looks for what another gateway has left
STORE_PAUSE: Final = 1.0

Download = Callable[[str, str], Awaitable[bytes]]
"""Account and media id to the file. Raises send errors and :class:`TooLarge`."""

_NEVER: Final = (ContentRefused, RecipientRefused, WindowClosed)


def downloads(apis: Mapping[str, WechatApi]) -> Download:
    """Fetches by the interfaces of these accounts."""

    async def download(account: str, media_id: str) -> bytes:
        api = apis.get(account)
        if api is None:
            raise MisconfiguredAccount("the account is not in the configuration")
        return await api.media.download(media_id)

    return download


class Files:
    """The files of one channel's people."""

    def __init__(
        self,
        house: House,
        channel: str,
        hearing: Hearing,
        download: Download,
        spoke: Callable[[MessageId], Awaitable[None]] | None = None,
    ) -> None:
        """``spoke`` is told of each message that was spoken, as soon as it is handed in."""
        self._house = house
        self._speech = Speech(house.settings.speech)
        self._spoke = spoke
        self._channel = channel
        self._hearing = hearing
        self._download = download
        self._woken = asyncio.Event()
        self._awaited: dict[str, asyncio.Future[MessageId]] = {}

    async def take(self, account: str, said: Said) -> MessageId | None:
        """Makes a message with a file durable. Voice whose words WeChat has recognised is handed in
        at once; its sound follows for whoever wants to hear it. The id is that of what was handed
        in, None while the file is to be fetched first."""
        assert said.media is not None
        accepted = None
        if said.parts:
            accepted = await self._hearing.heard(account, said, said.parts)
            await self._told(accepted.message_id, said.media.kind)
        suffix = ":file" if accepted is not None else ""
        now = self._house.clock.now()
        wanted = Wanted(
            channel=self._channel,
            account=account,
            external_id=said.external_id + suffix,
            address=said.person,
            kind=said.media.kind.value,
            media_id=said.media.media_id,
            silent=accepted is not None,
            received_at=now,
        )
        if accepted is None or not accepted.duplicate:
            await self._house.database.transact(lambda conn: wechat_files.want(conn, wanted, now))
            self._woken.set()
        return accepted.message_id if accepted is not None else None

    async def arrived(self, said: Said, until: datetime) -> MessageId | None:
        """The message of a file once it is handed in, or None when that is not until then."""
        awaited = self._awaited.setdefault(
            said.external_id, asyncio.get_running_loop().create_future()
        )
        try:
            async with asyncio.timeout((until - self._house.clock.now()).total_seconds()):
                return await asyncio.shield(awaited)
        except TimeoutError:
            return None
        finally:
            self._awaited.pop(said.external_id, None)

    async def close(self) -> None:
        await self._speech.close()

    async def run(self) -> None:
        """Fetches what is due, until cancelled."""
        while True:
            self._woken.clear()
            try:
                pause = await self._pass()
            except StoreUnavailable as error:
                log.error("store.unavailable", reason=str(error))
                pause = STORE_PAUSE
            except Exception:
                log.exception("wechat.files_broken")
                pause = STORE_PAUSE
            if pause > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken.wait()

    async def _pass(self) -> float:
        """Fetches some; how many seconds until there may be more."""
        now, database = self._house.clock.now(), self._house.database
        soonest = await database.read(lambda conn: wechat_files.next_at(conn, self._channel))
        if soonest is None:
            return IDLE
        if soonest > now:
            return min(IDLE, max(0.01, (soonest - now).total_seconds()))
        due = await database.transact(
            lambda conn: wechat_files.claim(conn, self._channel, now, CLAIM, AT_ONCE)
        )
        for found in await asyncio.gather(*map(self._fetch, due), return_exceptions=True):
            if isinstance(found, Exception):
                raise found  # what was claimed is due again soon
        return 0.0

    async def _fetch(self, wanted: Wanted) -> None:
        try:
            data = await self._download(wanted.account, wanted.media_id)
            kept = await self._house.attachments.keep(data)
            words = "" if wanted.silent else await self._speech.understood(data, kept.media)
            parts: tuple[Part, ...] = (kept, Text(words)) if words else (kept,)
        except TooLarge:
            most = str(DOWNLOAD_MOST // (1024 * 1024))
            await self._refused(wanted, "attachment_refused_too_big", most=most)
        except AttachmentRefused as refused:
            await self._refused(wanted, refused.key, **refused.values)
        except _NEVER as error:
            log.warning("wechat.file_lost", channel=self._channel, detail=error.detail)
            await self._refused(wanted, f"wechat_{wanted.kind}_lost")
        except (SendError, StoreUnavailable) as error:
            await self._not_now(wanted, error)
        except Exception:
            log.exception("wechat.file_broken", channel=self._channel)
            await self._not_now(wanted, ConnectionFailed("broken"))
        else:
            await self._hand_in(wanted, parts, silent=wanted.silent)

    async def _not_now(self, wanted: Wanted, error: SendError | StoreUnavailable) -> None:
        now = self._house.clock.now()
        if now - wanted.received_at > KEPT:
            await self._refused(wanted, f"wechat_{wanted.kind}_lost")
            return
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(wanted.attempts, 20))
        log.warning(
            "wechat.file_not_here",
            channel=self._channel,
            account=wanted.account,
            attempt=wanted.attempts,
            detail=str(error),
        )
        await self._house.database.transact(
            lambda conn: wechat_files.later(conn, wanted, now + pause)
        )

    async def _refused(self, wanted: Wanted, key: str, **values: str) -> None:
        """It will never be here: noted for whoever reads the talk, and said to the person."""
        note = self._house.texts.say(f"wechat_{wanted.kind}_not_here")
        message_id = await self._hand_in(wanted, (Text(note),), silent=True)
        if not wanted.silent:
            await self._hearing.say(
                wanted.account,
                wanted.address,
                key,
                name=wanted.external_id,
                in_reply_to=message_id,
                values=values,
            )

    async def _hand_in(self, wanted: Wanted, parts: tuple[Part, ...], *, silent: bool) -> MessageId:
        said = Said(wanted.address, wanted.external_id, wanted.kind)
        accepted = await self._hearing.heard(wanted.account, said, parts, silent=silent)
        if not silent:
            await self._told(accepted.message_id, wanted.kind)
        await self._house.database.transact(lambda conn: wechat_files.done(conn, wanted))
        if (awaited := self._awaited.get(wanted.external_id)) is not None and not awaited.done():
            awaited.set_result(accepted.message_id)
        return accepted.message_id

    async def _told(self, message_id: MessageId, kind: str) -> None:
        if self._spoke is not None and kind == MediaKind.VOICE:
            await self._spoke(message_id)
