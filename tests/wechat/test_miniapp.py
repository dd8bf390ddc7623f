"""The server's side of the mini-program, asked as the app asks it, and as it never would."""

from __future__ import annotations

import asyncio
import functools
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from actions.work_orders import steps
from connectors import logs
from connectors.channels.wechat.gcj02 import to_wgs84
from connectors.channels.wechat.miniapp.tokens import InvalidToken, SealedTokens, SignedIn
from connectors.messages import Outbound, Purpose, Text
from connectors.store import conversations, messages, tickets, wechat_consents, work_orders
from connectors.store.schema import conversations as table
from connectors.store.ticket_tables import tickets as tickets_table
from connectors.store.wechat_consents import Agreed
from tests.actions.test_follow_up import TO_ASKED
from tests.attachments.files import photo
from tests.clocks import MovableClock
from tests.conftest import _stream
from tests.contract.peer import Peer, answers, listening_peer
from tests.desk.test_orders import file
from tests.house import House, house
from tests.wechat.api import FakeWechat
from tests.wechat.phone import APPID, OPENID, SECRET, Phone, settings
from tests.wechat.platform import Pushing


@asynccontextmanager
async def telephone(tmp_path: Path, **more: Any) -> AsyncIterator[tuple[Phone, Peer]]:
    fake = FakeWechat()
    account = fake.add(APPID, SECRET)
    async with listening_peer() as peer:
        peer.good = fake.handle
        async with house(tmp_path, **settings(peer.url), **more) as h:
            yield Phone(h, fake, account), peer
    assert fake.breaches == []


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    async with telephone(tmp_path) as (made, _):
        yield made


# Logging in -----------------------------------------------------------------------------------


async def test_a_code_becomes_a_session_and_the_openid_stays_here(phone: Phone) -> None:
    await phone.log_in()
    assert OPENID not in json.dumps(phone.session)
    assert "session_key" not in json.dumps(phone.session)
    assert phone.session["expires_in"] == 7200
    async with phone.open() as page:
        await page.say("你好", id="one")
        assert await page.hear("bot") == "回声：你好"
        assert OPENID not in json.dumps(page.seen)


async def test_a_code_is_good_once(phone: Phone) -> None:
    code = phone.code()
    assert (await phone.ask_in(code))[0] == 200
    status, answer = await phone.ask_in(code)
    assert (status, answer["error"]["code"]) == (403, "login_refused")
    assert "重新进入" in answer["error"]["message"]


UNFIT_LOG_INS: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"appid": "wx0000000000000009"}, 403, "unknown_app"),
    ({"code": ""}, 400, "malformed"),
    ({"code": "a b"}, 400, "malformed"),
    ({"code": 7}, 400, "malformed"),
    ({"code": "x" * 200}, 400, "malformed"),
    ({"appid": None}, 400, "malformed"),
)


async def test_a_log_in_that_cannot_be_is_refused_in_chinese(phone: Phone) -> None:
    for more, status, code in UNFIT_LOG_INS:
        got, answer = await phone.ask_in(**{"code": "code0"} | more)
        assert (got, answer["error"]["code"]) == (status, code), more
        assert any("\u4e00" <= c <= "\u9fff" for c in answer["error"]["message"])
    for body in (b"", b"{", b"[]", b"null", b"x" * 5000):
        async with phone.client.post("/miniapp/session", data=body) as junk:
            assert junk.status in (400, 413), body[:10]


async def test_a_platform_that_is_away_is_said_so(tmp_path: Path) -> None:
    async with telephone(tmp_path) as (phone, peer):
        for behaviour in (answers(200, "<html>", "text/html"), answers(502), answers(200, "{}")):
            peer.script.append(behaviour)
            status, answer = await phone.ask_in()
            assert (status, answer["error"]["code"]) == (503, "wechat_away")
        await phone.log_in()


async def test_log_ins_of_one_address_are_counted(tmp_path: Path) -> None:
    async with telephone(tmp_path, miniapp={"logins_per_minute": 2}) as (phone, _):
        await phone.log_in()
        await phone.log_in()
        status, answer = await phone.ask_in()
        assert (status, answer["error"]["code"]) == (429, "too_fast")


async def test_nothing_of_who_logs_in_stands_in_the_log(
    tmp_path: Path, production_logs: None
) -> None:
    stream = io.StringIO()
    logs.configure("debug", "json", stream)
    try:
        async with telephone(tmp_path) as (phone, peer):
            code = phone.code()
            await phone.ask_in(code)
            await phone.ask_in(code)  # used up
            peer.script.append(answers(200, json.dumps({"openid": OPENID})))
            await phone.ask_in("code-without-a-key")
            await phone.log_in()
            async with phone.open() as page:
                await page.say("你好", id="one")
                await page.hear("bot")
            await phone.upload(photo())
            await phone.get("/miniapp/orders", "v1.forged")
            secret = (OPENID, code, "code-without-a-key", "c2Vzc2lvbi1rZXk", phone.token, SECRET)
    finally:
        logs.configure("debug", "json", _stream)  # type: ignore[arg-type]  # as everywhere
    told = stream.getvalue()
    assert "inbound.accepted" in told
    for private in secret:
        assert private not in told


# The session ----------------------------------------------------------------------------------


async def test_a_session_ends_and_a_new_one_goes_on_where_it_was(tmp_path: Path) -> None:
    clock = MovableClock()
    async with telephone(tmp_path, clock=clock) as (phone, _):
        await phone.log_in()
        async with phone.open() as page:
            await page.say("你好", id="one")
            await page.hear("bot")
        clock.jump(timedelta(hours=2, minutes=1))
        status, answer = await phone.get("/miniapp/orders")
        assert (status, answer["error"]["code"]) == (401, "sign_in")
        socket = await phone.client.ws_connect("/miniapp/socket")
        await socket.send_json({"type": "hello", "token": phone.token, "last_seq": 0})
        assert (await socket.receive_json())["code"] == "sign_in"
        await phone.log_in()
        async with phone.open() as page:
            await page.say("还在", id="two")
            assert await page.hear("bot") == "回声：还在"


async def test_nothing_is_let_in_without_a_session(phone: Phone) -> None:
    for token in (None, "", "v1.", "v1.x", "v2.abc", "中文", "x" * 201):
        socket = await phone.client.ws_connect("/miniapp/socket")
        await socket.send_json({"type": "hello", "token": token, "last_seq": 0})
        frame = await socket.receive_json()
        assert frame["code"] in ("sign_in", "bad_frame"), token
        await socket.close()
        if token is not None and token.isascii():
            for path in ("/miniapp/orders", "/miniapp/orders/HY1"):
                assert (await phone.get(path, token))[0] == 401


async def test_a_web_visitor_is_nobody_here(phone: Phone) -> None:
    async with phone.h.page() as page:
        assert (await phone.get("/miniapp/orders", page.token))[0] == 401


def test_a_token_is_sealed_and_bound_to_its_key_and_time() -> None:
    clock, life = MovableClock(), timedelta(hours=1)
    tokens = SealedTokens(b"k" * 32, life)
    who = SignedIn("city", OPENID)
    token = tokens.issue(who, clock.now())
    assert OPENID not in token
    assert len(token) <= 200
    assert tokens.issue(who, clock.now()) != token
    assert tokens.open(token, clock.now()) == who
    for at in range(len(token)):
        broken = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(InvalidToken):
            tokens.open(broken, clock.now())
    for other in (SealedTokens(b"x" * 32, life), SealedTokens(b"k" * 32, timedelta(0))):
        with pytest.raises(InvalidToken):
            other.open(token, clock.now() + timedelta(seconds=1))
    with pytest.raises(InvalidToken):
        tokens.open(token, clock.now() - timedelta(minutes=5))
    for openid in ("", "o" * 65, "张"):
        with pytest.raises(ValueError, match="openid"):
            tokens.issue(SignedIn("city", openid), clock.now())


# The talk -------------------------------------------------------------------------------------


async def test_a_talk_goes_on_after_the_gateway_was_restarted(tmp_path: Path) -> None:
    """Said while it was away, said again after; shown once, in order, and nothing is lost."""
    fake = FakeWechat()
    account = fake.add(APPID, SECRET)
    async with listening_peer() as peer:
        peer.good = fake.handle
        async with house(tmp_path, **settings(peer.url)) as h:
            phone = Phone(h, fake, account)
            await phone.log_in()
            async with phone.open() as page:
                await page.say("第一句", id="one")
                await page.hear("bot")
        async with house(tmp_path, **settings(peer.url)) as h:
            phone.h = h  # the session is still good: no log-in
            async with phone.open() as page:
                await page.say("第一句", id="one")  # was its answer lost, perhaps?
                await page.say("第二句", id="two")
                assert await page.hear("bot") == "回声：第二句"
                assert [request.text for request in h.dialogue.requests] == ["第二句"]
                seqs = [f["message"]["seq"] for f in page.seen if f["type"] == "message"]
                assert seqs == sorted(set(seqs))


async def test_a_place_of_wechats_map_is_kept_as_satellites_measure_it(phone: Phone) -> None:
    await phone.log_in()
    async with phone.open() as page:
        place = {"latitude": 31.82, "longitude": 117.23, "label": "怀宁路"}
        await page.socket.send_json({"type": "location", "id": "p1", **place})
        kept = (await page.wait("message"))["message"]["parts"]
        latitude, longitude = to_wgs84(31.82, 117.23)
        assert kept == [
            {"kind": "location", "latitude": latitude, "longitude": longitude, "label": "怀宁路"}
        ]
        await page.socket.send_json({"type": "location", "id": "p2", **place, "latitude": 91})
        assert (await page.wait("error"))["code"] == "bad_frame"


async def test_a_page_of_the_web_points_as_it_measures(phone: Phone) -> None:
    async with phone.h.page() as page:
        await page.socket.send_json(
            {"type": "location", "id": "p1", "latitude": 31.82, "longitude": 117.23}
        )
        [part] = (await page.wait("message"))["message"]["parts"]
        assert (part["latitude"], part["longitude"]) == (31.82, 117.23)


async def test_a_photo_is_a_message_of_its_own_and_can_be_seen_again(phone: Phone) -> None:
    await phone.log_in()
    data = photo()
    async with phone.open() as page:
        first = await phone.upload(data)
        assert first[0] == 200
        await page.say("好了吗", id="two")
        shown = [f["message"] for f in page.seen if f["type"] == "message"]
        while not any(m["parts"][0]["kind"] == "attachment" for m in shown):
            shown.append((await page.wait("message"))["message"])
        [part] = next(m["parts"] for m in shown if m["parts"][0]["kind"] == "attachment")
        assert part["media"] == "image/jpeg"
        async with phone.client.get(part["url"]) as answer:
            assert answer.status == 200
            assert answer.content_type == "image/jpeg"
        assert await phone.upload(data) == first, "the same again is the same message"


UNFIT_FILES: tuple[tuple[bytes, str, int], ...] = (
    (b"", "a", 415),
    (b"MZ\x90\x00 a program", "a", 415),
    (b"\xff\xd8\xff\xe0 no more", "a", 415),
    (b"x", "a b", 400),
    (b"x", "", 400),
    (b"0" * (2 * 1024 * 1024), "a", 413),
)
BROKEN_FORMS = (
    (b"{}", "application/json"),
    (b"--x\r\n", "multipart/form-data; boundary=x"),
    (b"no form", "multipart/form-data; boundary=x"),
    (b"--x--\r\n", "multipart/form-data; boundary=x"),
    (b"", "multipart/form-data"),
)


async def test_files_that_cannot_be_taken_are_refused_in_chinese(tmp_path: Path) -> None:
    limits = {"image_mb": 1, "video_mb": 1, "audio_mb": 1, "document_mb": 1}
    async with telephone(tmp_path, attachments=limits) as (phone, _):
        await phone.log_in()
        for data, id_, status in UNFIT_FILES:
            got, answer = await phone.upload(data, id_)
            assert got == status, data[:10]
            assert any("\u4e00" <= c <= "\u9fff" for c in answer["error"]["message"])
        for body, kind in BROKEN_FORMS:
            headers = {"Authorization": f"Bearer {phone.token}", "Content-Type": kind}
            path = "/miniapp/attachments"
            async with phone.client.post(path, data=body, headers=headers) as refused:
                assert refused.status == 400, body
                assert (await refused.json())["error"]["code"] == "malformed"
        phone.token = "v1.none"
        assert (await phone.upload(photo()))[0] == 401


# One person -----------------------------------------------------------------------------------


async def contacts(h: House) -> dict[str, str]:
    """Whom each channel's conversation is with."""

    def unit(conn: Connection) -> dict[str, str]:
        rows = conn.execute(select(table.c.channel, table.c.contact_id))
        return {row.channel: row.contact_id for row in rows}

    return await h.database.read(unit)


@pytest.mark.parametrize("chat_first", [True, False])
@pytest.mark.parametrize("enters", [True, False])
async def test_chat_and_customer_messages_are_one_person(
    phone: Phone, chat_first: bool, enters: bool
) -> None:
    pushing = Pushing(
        str(phone.client.make_url("/wechat/mini/city")), phone.client.session, safe=False
    )
    pushing.appid = APPID

    async def customer_message() -> None:
        phone.fake.wrote(phone.account, OPENID)
        fields = pushing.message("x", "text", Content="在吗") | {"FromUserName": OPENID}
        if enters:
            entry = pushing.happening("x", "user_enter_tempsession", SessionFrom="menu")
            assert (await pushing.push(entry | {"FromUserName": OPENID})).taken
        assert (await pushing.push(fields)).taken

    async def chat() -> None:
        await phone.log_in()
        async with phone.open() as page:
            await page.say("你好", id="one")
            await page.hear("bot")

    for act in (chat, customer_message) if chat_first else (customer_message, chat):
        await act()
    known = await contacts(phone.h)
    assert set(known) == {"wechat_mini", "wechat_miniapp"}
    assert len(set(known.values())) == 1


# 我的工单 ---------------------------------------------------------------------------------------


async def with_order(phone: Phone, *, asked: bool = False, **more: Any) -> str:
    """An order of the person who talks here, perhaps one that waits for their word."""
    await phone.log_in()
    async with phone.open() as page:
        await page.say("你好", id="one")
        await page.hear("bot")
    order = await file(phone.h, channel="wechat_miniapp", **more)

    def unit(conn: Connection) -> None:
        now = order.created_at + timedelta(hours=1)
        for step, said in TO_ASKED if asked else ():
            steps.take(conn, phone.h.texts, order.number, step, said, actor="a_1", now=now)

    await phone.h.database.transact(unit)
    return order.number


async def test_own_orders_are_listed_and_shown_with_the_ten_stations(phone: Phone) -> None:
    number = await with_order(phone)
    status, answer = await phone.get("/miniapp/orders")
    assert status == 200
    [line] = answer["orders"]
    assert (line["number"], line["status"], line["station"]) == (number, "open", "查重审核")
    status, order = await phone.get(f"/miniapp/orders/{number}")
    assert status == 200
    assert len(order["nodes"]) == 10
    assert order["content"] == "楼下路灯坏了三天"
    assert not order["asks"]
    assert "13800001234" not in json.dumps(order), "nobody needs to be shown their own number"


async def test_nobody_sees_the_orders_of_another(phone: Phone) -> None:
    number = await with_order(phone)
    other = Phone(phone.h, phone.fake, phone.account, openid="oSomebodyElse")
    await other.log_in()
    assert await other.get("/miniapp/orders") == (200, {"orders": []})
    for path in (f"/miniapp/orders/{number}", "/miniapp/orders/HY20200101-000001-1"):
        status, answer = await other.get(path)
        assert (status, answer["error"]["code"]) == (404, "unknown")
    status, answer = await other.post(
        f"/miniapp/orders/{number}/follow-up", {"solved": True, "stars": 5}
    )
    assert (status, answer["error"]["code"]) == (404, "unknown")


async def test_the_number_of_a_ticket_system_opens_the_persons_order_and_no_other(
    phone: Phone,
) -> None:
    """Its number may be one we have given to an order of somebody else."""
    number = await with_order(phone)
    theirs = await file(phone.h, key="k2", channel="portal", contact_id=None)

    def unit(conn: Connection) -> None:
        now = phone.h.clock.now()
        conn.execute(
            insert(tickets_table).values(number=number, system="city", receipt=theirs.number)
        )
        assert not tickets.accept(conn, number, "another", now)

    await phone.h.database.transact(unit)
    _, answer = await phone.get("/miniapp/orders")
    assert [line["number"] for line in answer["orders"]] == [theirs.number]
    for name in (number, theirs.number):
        _, order = await phone.get(f"/miniapp/orders/{name}")
        assert order["number"] == theirs.number
        assert order["filed_at"] == answer["orders"][0]["filed_at"]


async def test_an_anonymous_report_is_nobodys(phone: Phone) -> None:
    number = await with_order(phone, anonymous=True, contact_id=None)
    assert await phone.get("/miniapp/orders") == (200, {"orders": []})
    assert (await phone.get(f"/miniapp/orders/{number}"))[0] == 404


async def test_solved_settles_the_order_with_its_stars(phone: Phone) -> None:
    number = await with_order(phone, asked=True)
    _, order = await phone.get(f"/miniapp/orders/{number}")
    assert order["asks"]
    assert order["answer"] == "已修好"
    path = f"/miniapp/orders/{number}/follow-up"
    status, order = await phone.post(path, {"solved": True, "stars": 4})
    assert (status, order["status"], order["asks"]) == (200, "closed", False)
    kept = await phone.h.database.read(lambda conn: work_orders.by_number(conn, number))
    assert kept is not None
    assert (kept.handling.solved, kept.handling.rating) == (True, 4)
    status, answer = await phone.post(path, {"solved": False, "note": "又坏了"})
    assert (status, answer["error"]["code"]) == (409, "not_asking")


async def test_unsolved_opens_it_anew_with_the_reason(phone: Phone) -> None:
    number = await with_order(phone, asked=True)
    path = f"/miniapp/orders/{number}/follow-up"
    status, answer = await phone.post(path, {"solved": False, "note": " \n"})
    assert (status, answer["error"]["code"]) == (400, "note_needed")
    status, order = await phone.post(path, {"solved": False, "stars": 1, "note": "还是不亮"})
    assert (status, order["station"], order["asks"]) == (200, "办理", False)


async def test_a_verdict_that_is_none_changes_nothing(phone: Phone) -> None:
    number = await with_order(phone, asked=True)
    stars = [{"solved": True, "stars": count} for count in (0, 6, "x")]
    for body in ({}, [], {"solved": "perhaps"}, *stars):
        assert (await phone.post(f"/miniapp/orders/{number}/follow-up", body))[0] == 400, body
    assert (await phone.get(f"/miniapp/orders/{number}"))[1]["asks"]


# Notices --------------------------------------------------------------------------------------

PROGRESS = "template-of-progress-01"
TEMPLATE = {"id": PROGRESS, "page": "pages/orders/orders", "fields": {"thing1": "{text}"}}


@asynccontextmanager
async def with_template(tmp_path: Path) -> AsyncIterator[Phone]:
    fake = FakeWechat()
    account = fake.add(APPID, SECRET)
    account.templates[PROGRESS] = ("thing1",)
    async with listening_peer() as peer:
        peer.good = fake.handle
        tree = settings(peer.url, templates={"notice": TEMPLATE})
        async with house(tmp_path, **tree) as h:
            phone = Phone(h, fake, account)
            await phone.log_in()
            yield phone
    assert fake.breaches == []


async def news(phone: Phone, text: str) -> None:
    """Something we begin ourselves, in the talk of the app."""
    h = phone.h

    def unit(conn: Connection) -> None:
        talk = conversations.find(conn, "wechat_miniapp", "city", OPENID)
        assert talk is not None
        now = h.clock.now()
        messages.add(conn, talk, Outbound((Text(text),), purpose=Purpose.NOTICE), now)

    await h.database.transact(unit)
    h.gateway.sender.wake()


async def test_the_app_is_told_what_to_ask_for(tmp_path: Path) -> None:
    async with with_template(tmp_path) as phone:
        assert phone.session["notices"] == [{"purpose": "notice", "template_id": PROGRESS}]


async def test_who_agreed_is_told_by_wechat_and_finds_it_in_the_app(tmp_path: Path) -> None:
    async with with_template(tmp_path) as phone:
        async with phone.open() as page:
            await page.say("你好", id="one")
            await page.hear("bot")
        phone.account.consents[OPENID, PROGRESS] += 1
        said = {"results": {PROGRESS: "accept", "another-template": "accept"}}
        assert await phone.post("/miniapp/subscriptions", said) == (200, {"noted": 1})
        await news(phone, "您的工单已派单")
        async with phone.open() as page:
            assert await page.hear("bot") == "您的工单已派单"
            while not phone.fake.subscriptions:
                await asyncio.sleep(0.02)
        [sent] = phone.fake.subscriptions
        assert (sent["touser"], sent["template_id"]) == (OPENID, PROGRESS)
        await news(phone, "第二条")
        async with phone.open() as page:
            assert await page.hear("bot") == "第二条"
        assert len(phone.fake.subscriptions) == 1, "one consent, one message"


async def test_one_answer_told_twice_is_one_consent(tmp_path: Path) -> None:
    async with with_template(tmp_path) as phone:
        answers = [{PROGRESS: "accept"}, {PROGRESS: "accept"}, {PROGRESS: "reject"}]
        noted = [await phone.post("/miniapp/subscriptions", {"results": one}) for one in answers]
        assert [answer["noted"] for _, answer in noted] == [1, 0, 0]
        about = Agreed("city", OPENID, PROGRESS)
        may_send = functools.partial(wechat_consents.may_send, about=about)
        assert await phone.h.database.read(may_send)
        await phone.post("/miniapp/subscriptions", {"results": {PROGRESS: "ban"}})
        assert not await phone.h.database.read(may_send)


async def test_answers_that_are_none_are_refused(phone: Phone) -> None:
    await phone.log_in()
    many = {str(n): "ban" for n in range(11)}
    bodies: tuple[Any, ...] = (
        {},
        [],
        {"results": []},
        {"results": {"a": 1}},
        {"results": many},
    )
    for body in bodies:
        assert (await phone.post("/miniapp/subscriptions", body))[0] == 400, body
