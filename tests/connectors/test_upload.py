"""Files sent from the page: into the conversation, into the talk, onto the desk; or refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import FormData
from sqlalchemy import Connection, select

from connectors.channels.webchat import channel
from connectors.messages import Attachment
from connectors.settings.attachments import Attachments
from connectors.store import messages, work_orders
from connectors.store.schema import audit
from tests.attachments import files
from tests.connectors.test_turns import only_conversation
from tests.desk.people import log_in, make_agent
from tests.house import House, Page, house


async def post(
    h: House, token: str, *sent: tuple[str, bytes], message_id: str = "up1", **headers: str
) -> tuple[int, Any]:
    form = FormData(quote_fields=False)
    for name, data in sent:
        form.add_field("file", data, filename=name, content_type="application/x-whatever")
    given = {"Authorization": f"Bearer {token}", "X-Message-Id": message_id} | headers
    async with h.client.post("/webchat/files", data=form, headers=given) as answer:
        return answer.status, await answer.json()


async def photos_of(h: House) -> list[Attachment]:
    talk = await only_conversation(h)
    said = await h.database.read(lambda conn: messages.after(conn, talk.id, 0))
    return [part for m in said for part in m.parts if isinstance(part, Attachment)]


async def shown(page: Page) -> dict[str, Any]:
    frame = await page.wait("message")
    return dict(frame["message"]["parts"][0])


async def test_a_photo_is_the_first_thing_said_and_is_shown_where_it_was_sent(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        status, told = await post(h, page.token, ("现场.jpg", files.photo()))
        assert (status, told["refused"]) == (200, [])
        await page.socket.send_json({"type": "hello", "token": page.token})
        part = await shown(page)
        assert part["name"] == "现场.jpg"
        assert "latitude" not in part
        async with h.client.get(part["url"]) as answer:
            content = await answer.read()
            assert files.SECRET.encode() not in content
        async with h.client.get(part["small"]) as answer:
            assert answer.content_type == "image/jpeg"
        assert await page.hear("bot") == "回声：/send_files"
        (request,) = h.dialogue.requests
        (told_of,) = request.metadata["files"]
        assert told_of["media"] == "image/jpeg"
        assert abs(told_of["latitude"] - files.PLACE[0]) < 1e-4


async def test_files_are_kept_or_refused_each_by_itself(tmp_path: Path) -> None:
    limits = Attachments(per_message=3)
    async with house(tmp_path, attachments=limits) as h, h.page() as page:
        photo = files.photo()
        sent = [("1.jpg", photo), ("again.jpg", photo), ("photo.jpg", b"MZ a program")]
        status, told = await post(h, page.token, *sent)
        assert status == 200
        assert [one["name"] for one in told["refused"]] == ["photo.jpg"]
        assert len(await photos_of(h)) == 1
        status, told = await post(h, page.token, *[(f"{n}.pdf", files.PDF) for n in range(4)])
        assert "3" in told["refused"][0]["text"]
        status, told = await post(h, page.token, ("a.exe", b"MZ"), message_id="up2")
        assert status == 422
        assert "照片" in told["error"]["message"]


async def test_an_upload_that_comes_again_is_one_message(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        first = await post(h, page.token, ("1.jpg", files.photo()))
        assert await post(h, page.token, ("1.jpg", files.photo())) == first
        assert len(await photos_of(h)) == 1


async def test_who_is_not_known_sends_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        forged = page.token[:-8] + page.token[-8:].swapcase()
        assert forged != page.token
        for token in ("", "v1.forged.1.x", forged):
            status, told = await post(h, token, ("1.jpg", files.photo()))
            assert (status, told["error"]["code"]) == (401, "session_ended")
        foreign = {"Origin": "https://elsewhere.example"}
        status, _ = await post(h, page.token, ("1.jpg", files.photo()), **foreign)
        assert status == 403
        status, told = await post(h, page.token, ("1.jpg", files.photo()), message_id="x" * 65)
        assert (status, told["error"]["code"]) == (400, "bad_upload")
        status, told = await post(h, page.token)
        assert status == 400


async def test_a_place_of_ones_own_reaches_the_dialogue(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.socket.send_json(
            {"type": "location", "id": "l1", "latitude": 31.82, "longitude": 117.23}
        )
        await page.hear("bot")
        (request,) = h.dialogue.requests
        assert request.metadata["location"]["latitude"] == 31.82


async def test_the_desk_shows_it_small_and_notes_who_opens_it(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        agent = await make_agent(h)
        await log_in(h)
        await post(h, page.token, ("现场.jpg", files.photo()))
        (photo,) = await photos_of(h)
        talk = await only_conversation(h)
        filed = work_orders.NewWorkOrder(
            key="k", channel="webchat", kind="投诉", title="路灯", content="路灯不亮",
            latitude=31.82, longitude=117.23, attachments=(photo.attachment_id,),
        )  # fmt: skip

        def file(conn: Connection) -> None:
            node = work_orders.Node("受理登记", "current")
            work_orders.add(conn, datetime.now(UTC), "20260302000001", filed, (node,), None)

        await h.database.transact(file)
        for address in (f"/desk/conversations/{talk.id}", "/desk/orders/20260302000001"):
            html = await (await h.client.get(address)).text()
            small = re.search(r'src="(/files/[^"]+)"', html)
            opening = re.search(r'href="(/desk/files/[^"]+)"', html)
            assert small
            assert opening
            async with h.client.get(small[1].replace("&amp;", "&")) as picture:
                assert picture.status == 200
            async with h.client.get(opening[1].replace("&amp;", "&")) as opened:
                assert len(await opened.read()) == photo.size
        trail = await h.database.read(
            lambda conn: conn.execute(
                select(audit).where(audit.c.event == "attachment.opened")
            ).all()
        )
        assert [row.actor for row in trail] == [agent.id, agent.id]
        assert trail[0].conversation_id == talk.id
        async with h.client.get("/desk/files/f_" + "0" * 38) as missing:
            assert missing.status == 404


def test_the_page_stays_small() -> None:
    page = Path(channel.__file__).parent / "page"
    assert sum(file.stat().st_size for file in page.iterdir()) < 40_000  # bytes, uncompressed
