"""What goes with an order by link: signed, expiring, and no more than may be seen."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from connectors.store.schema import audit
from tests.house import house
from tests.store.people import write
from tests.tickets.stand import Stand, stand
from tests.tickets.subjects import new_order, register


async def shown(s: Stand, url: str) -> tuple[int, str]:
    async with s.client.get(url.partition("/tickets/")[2].join(["/tickets/", ""])) as answer:
        return answer.status, await answer.text()


async def test_the_talk_is_shown_to_who_has_the_link_with_numbers_hidden(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        said = "电话13800001234，证号11010119900101123X，<b>急</b>"
        await write(s.database, said, id="m2", at=s.clock.now())
        order = await s.file()
        papers = s.office._links.papers(order)
        assert papers.transcript is not None
        status, text = await shown(s, papers.transcript)
        assert status == 200
        assert "路灯坏了" in text
        assert "&lt;b&gt;急" in text
        for secret in ("13800001234", "11010119900101123X"):
            assert secret not in text
        rows = await s.database.read(
            lambda conn: conn.execute(select(audit.c.event)).scalars().all()
        )
        assert "order.transcript_seen" in rows


async def test_a_link_runs_out_and_none_can_be_made_up(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order, other = await s.file(), await s.file()
        url = s.office._links.papers(order).transcript
        assert url is not None
        head, _, token = url.rpartition("/")
        number, until, sign = token.split(".")
        for bad in (
            f"{other.number}.{until}.{sign}",
            f"{number}.{until}.{sign[:-1]}",
            f"{number}.{until}",
            f"{number}.{int(until) + 1}.{sign}",
        ):
            assert (await shown(s, f"{head}/{bad}"))[0] == 403
        s.clock.jump(timedelta(days=31))
        assert (await shown(s, url))[0] == 403


async def test_only_the_session_of_the_order_is_shown_and_nothing_after_it(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        s.clock.jump(timedelta(days=1))
        now = s.clock.now()
        await write(s.database, "楼道灯也坏了", id="m2", at=now)
        order = await s.file()
        await write(s.database, "后来又问别的", id="later", at=now + timedelta(minutes=5))
        url = s.office._links.papers(order).transcript
        assert url is not None
        _, text = await shown(s, url)
        assert "楼道灯也坏了" in text
        assert "路灯坏了" not in text.replace("楼道灯也坏了", "")
        assert "后来" not in text


@pytest.mark.parametrize("more", [{"anonymous": True}, {"conversation_id": None}])
async def test_who_is_not_known_has_no_transcript(more: dict[str, object], tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file(**more)
        assert s.office._links.papers(order).transcript is None
        made_up = s.office._links.transcript(order.number)
        assert (await shown(s, made_up))[0] == 404


async def test_an_attachment_opens_by_its_link(tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "PNG")
    async with house(tmp_path) as h:
        kept = await h.gateway.attachments.keep(picture.getvalue(), "x.png")
        order = await register(h).file(new_order(attachments=(kept.attachment_id,)))
        (file,) = h.gateway.tickets._links.papers(order).files
        path = "/files/" + file.url.partition("/files/")[2]
        async with h.client.get(path) as answer:
            assert (answer.status, answer.content_type) == (200, kept.media)
        async with h.client.get(path.replace("sign=", "sign=0")) as answer:
            assert answer.status in (403, 404)
