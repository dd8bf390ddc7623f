"""Photos, voice and videos: acknowledged at once, fetched beside, never lost in silence."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.messages import Attachment, Author, Stored, Text
from connectors.store import wechat_files
from tests.house import ScriptedDialogue, reply
from tests.wechat.platform import openid
from tests.wechat.town import PERSON, Town, town


def photo() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(data, "JPEG")
    return data.getvalue()


async def sees(request: TurnRequest) -> TurnReply:
    return reply("收到")


async def until(true: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(8):
        while not (found := await true()):
            await asyncio.sleep(0.01)
        return found


async def citizen(here: Town) -> list[Stored]:
    return [one for one in await here.said() if one.author is Author.CITIZEN]


async def due(here: Town) -> object:
    return await here.house.database.read(lambda c: wechat_files.next_at(c, here.name))


async def nothing_due(here: Town) -> bool:
    return await due(here) is None


async def sends(here: Town, kind: str, media_id: str, **more: Any) -> Any:
    here.wechat.wrote(here.account, openid(PERSON))
    return await here.platform.push(here.platform.message(PERSON, kind, MediaId=media_id, **more))


async def test_a_photo_is_fetched_and_handed_in_with_what_it_is(tmp_path: Path) -> None:
    async with town(tmp_path, "mini", ScriptedDialogue(sees), "json") as here:
        told = await sends(here, "image", here.wechat.keep(photo()), PicUrl="http://x/")
        assert told.body == b"success"
        (message,) = await until(lambda: citizen(here))
        (part,) = message.parts
        assert isinstance(part, Attachment)
        assert part.media == "image/jpeg"
        media, _ = await here.house.gateway.channels["wechat_mini"]._house.attachments.read(  # type: ignore[attr-defined]
            part.attachment_id
        )
        assert media == "image/jpeg"
        await until(lambda: nothing_due(here))


async def test_a_photo_is_answered_in_the_request_when_all_goes_well(tmp_path: Path) -> None:
    async with town(tmp_path, "official", ScriptedDialogue(sees)) as here:
        told = await sends(here, "image", here.wechat.keep(photo()), PicUrl="http://x/")
        assert told.content == "收到"


async def test_voice_is_answered_by_its_words_and_its_sound_is_kept(tmp_path: Path) -> None:
    async with town(tmp_path, "official") as here:
        media_id = here.wechat.keep(b"#!AMR\n" + b"\x3c" * 320, "voice")
        told = await sends(here, "voice", media_id, Format="amr", Recognition="公积金怎么提取")
        assert told.content == "回声：公积金怎么提取"

        async def two() -> list[Stored]:
            found = await citizen(here)
            return found if len(found) == 2 else []

        words, sound = await until(two)
        assert words.parts == (Text("公积金怎么提取"),)
        assert isinstance(sound.parts[0], Attachment)
        assert len(here.house.dialogue.requests) == 1


async def test_a_photo_that_cannot_be_had_now_is_had_later(tmp_path: Path) -> None:
    async with town(tmp_path, "mini", ScriptedDialogue(sees), "json") as here:
        media_id = here.wechat.keep(photo())
        here.account.denied.add("/cgi-bin/media/get")
        assert (await sends(here, "image", media_id, PicUrl="http://x/")).taken
        await until(lambda: tried(here))
        assert await citizen(here) == []
        here.account.denied.clear()
        here.clock.jump(timedelta(minutes=11))
        here.house.gateway.channels["wechat_mini"]._messages.files._woken.set()  # type: ignore[attr-defined]
        (message,) = await until(lambda: citizen(here))
        assert isinstance(message.parts[0], Attachment)


async def tried(here: Town) -> bool:
    return here.account.calls["/cgi-bin/media/get"] > 0


async def test_a_photo_wechat_keeps_no_longer_is_asked_for_again(tmp_path: Path) -> None:
    async with town(tmp_path, "mini", ScriptedDialogue(sees), "json") as here:
        for _ in range(2):
            told = await here.platform.push(
                here.platform.message(PERSON, "image", 7, MediaId="gone", PicUrl="http://x/")
            )
            assert told.taken
            here.wechat.wrote(here.account, openid(PERSON))
        await until(lambda: shown(here))
        assert "照片" in here.shown()[0]
        assert len(here.shown()) == 1
        (note,) = await citizen(here)
        assert "照片" in note.text
        assert here.house.dialogue.requests == []
        assert await nothing_due(here)


async def shown(here: Town) -> list[str]:
    return here.shown()


async def test_a_file_that_is_none_is_refused_with_what_to_do(tmp_path: Path) -> None:
    async with town(tmp_path, "mini", ScriptedDialogue(sees), "json") as here:
        here.wechat.media["odd"] = b"MZ" + b"\0" * 400
        assert (await sends(here, "video", "odd", ThumbMediaId="t")).taken
        await until(lambda: shown(here))
        assert "短视频" in here.shown()[0]


async def test_a_file_that_is_not_here_yet_survives_the_gateway(tmp_path: Path) -> None:
    async with town(tmp_path, "mini", ScriptedDialogue(sees), "json") as here:
        here.account.denied.add("/cgi-bin/media/get")
        assert (await sends(here, "image", here.wechat.keep(photo()), PicUrl="http://x/")).taken
        await until(lambda: tried(here))
        kept = dict(here.wechat.media)
    async with town(tmp_path, "mini", ScriptedDialogue(sees), "json") as again:
        again.wechat.media.update(kept)
        again.wechat.wrote(again.account, openid(PERSON))
        again.clock.jump(timedelta(minutes=11))
        again.house.gateway.channels["wechat_mini"]._messages.files._woken.set()  # type: ignore[attr-defined]
        (message,) = await until(lambda: citizen(again))
        assert isinstance(message.parts[0], Attachment)
