"""What is the portal's own: choices, places, files, changed secrets, its answers, its settings."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.channel import SEND_ERRORS, ConnectionFailed, SendError, Sent, Throttled
from connectors.channels.portal import answers
from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.messages import Attachment, Choice, FieldRow, Fields, Outbound, Text
from connectors.outward import Answer
from connectors.settings import Settings
from connectors.settings.portal import Portal, PortalAccount
from connectors.signing import NONCE, SIGNATURE, TIMESTAMP, NotGenuine, sign, verify
from tests.attachments import files
from tests.contract.stand import Stand, stand_for
from tests.contract.subject import PERSON, Line
from tests.contract.subjects.portal import SECRET, PortalSubject
from tests.house import reply

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
CHOICES = (Choice("k_yes", "确认提交", "/affirm"), Choice("k_no", "取消", "/deny"))


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    async with stand_for(PortalSubject, tmp_path) as opened:
        yield opened


def portal(stand: Stand) -> PortalSubject:
    assert isinstance(stand.subject, PortalSubject)
    return stand.subject


async def said(stand: Stand, **fields: object) -> Any:
    subject = portal(stand)
    return await subject.knock(subject.body(Line("x", text=""), **fields))


async def posts(stand: Stand, count: int) -> list[dict[str, Any]]:
    async def there() -> bool:
        return len(stand.peer.taken) >= count

    await stand.until(there)
    return [received.json for received in stand.peer.taken]


async def test_a_post_of_ours_is_signed_and_says_all_there_is(stand: Stand) -> None:
    async def card(request: TurnRequest) -> TurnReply:
        summary = Fields("请核对", (FieldRow("place", "地点", "某路1号"),), text="地点：某路1号")
        return TurnReply((Outbound((Text("对吗？"), summary), choices=CHOICES),))

    stand.dialogue.turn_taker = card
    await stand.subject.say(Line("1", "路灯坏了"))
    (post,) = await posts(stand, 1)
    (received,) = stand.peer.taken
    assert verify([SECRET], received.headers, received.body, datetime.now(UTC))
    assert received.headers["X-Huiying-Key"] == post["key"]
    assert (post["to"], post["from"], post["seq"]) == (PERSON, "bot", 2)
    assert post["text"] == "对吗？\n地点：某路1号"
    assert [part["kind"] for part in post["parts"]] == ["text", "fields"]
    assert post["choices"] == [
        {"id": "k_yes", "label": "确认提交"},
        {"id": "k_no", "label": "取消"},
    ]


async def test_a_choice_made_there_is_understood_by_its_payload(stand: Stand) -> None:
    async def offer(request: TurnRequest) -> TurnReply:
        return reply("提交吗？", choices=CHOICES) if request.text == "问" else reply(request.text)

    stand.dialogue.turn_taker = offer
    await stand.subject.say(Line("1", "问"))
    (post,) = await posts(stand, 1)
    taken = await said(stand, id="2", choice={"message_id": post["message_id"], "id": "k_yes"})
    assert taken.taken
    assert (await posts(stand, 2))[1]["text"] == "/affirm"
    assert (await stand.said())[-1] == "确认提交"
    assert (await said(stand, id="3", choice={"message_id": post["message_id"], "id": "k"})).code


async def test_a_choice_offered_to_one_person_is_none_of_anothers(stand: Stand) -> None:
    async def offer(request: TurnRequest) -> TurnReply:
        return reply("提交吗？", choices=CHOICES)

    stand.dialogue.turn_taker = offer
    await stand.subject.say(Line("1", "问"))
    (post,) = await posts(stand, 1)
    chosen = {"message_id": post["message_id"], "id": "k_yes"}
    stranger = await said(stand, **{"from": "somebody-else"}, id="1", choice=chosen)
    assert stranger.code == "unknown_choice"


async def test_a_place_and_files_are_kept_with_the_words(stand: Stand) -> None:
    taken = await said(
        stand,
        text="就在这里",
        location={"latitude": 31.82, "longitude": 117.23, "label": "某小区北门"},
        attachments=[{"url": "https://files.example.gov.cn/1.jpg", "name": "现场.jpg"}],
    )
    assert taken.taken
    (message, *_) = await stand.stored()
    assert [part.kind for part in message.parts] == ["text", "location", "link"]


async def test_a_file_that_comes_by_its_bytes_is_kept_or_refused_in_words(stand: Stand) -> None:
    content = base64.b64encode(files.photo()).decode()
    taken = await said(stand, attachments=[{"content": content, "name": "现场.jpg"}])
    assert taken.taken
    (message, *_) = await stand.stored()
    (photo,) = message.parts
    assert isinstance(photo, Attachment)
    assert photo.media == "image/jpeg"
    program = base64.b64encode(b"MZ a program").decode()
    refused = await said(stand, id="2", attachments=[{"content": program, "name": "现场.jpg"}])
    assert refused.code == "attachment_unknown"
    for wrong in ({"content": content, "url": "https://a.cn/1"}, {"name": "x"}):
        assert (await said(stand, id="3", attachments=[wrong])).code == "malformed"


async def test_while_a_secret_is_changed_both_are_good(tmp_path: Path) -> None:
    old = "the-old-secret-0123456789abcdefghijkl"

    class Changing(PortalSubject):
        @classmethod
        def settings(cls, peer: Any) -> dict[str, Any]:
            tree = PortalSubject.settings(peer)
            tree["portal"]["accounts"]["letterbox"]["previous_secret"] = old
            return tree

    async with stand_for(Changing, tmp_path) as stand:
        subject = portal(stand)
        for number, secret in enumerate((SECRET, old)):
            body = subject.body(Line(f"{number}", "在吗"))
            assert (await subject.knock(body, secret=secret)).taken
        await posts(stand, 2)
        for received in stand.peer.taken:
            assert verify([SECRET], received.headers, received.body, datetime.now(UTC))


async def test_the_same_bytes_again_are_refused_and_a_new_signature_is_not(stand: Stand) -> None:
    subject = portal(stand)
    body = subject.body(Line("1", "在吗"))
    signed = subject.headers(body)
    told = [await subject.knock(body, headers=signed) for _ in range(3)]
    assert [(one.status, one.code) for one in told] == [(200, ""), *[(409, "replayed")] * 2]
    assert json.loads((await subject.knock(body)).told)["duplicate"] is True


async def test_a_stranger_cannot_spend_a_nonce(stand: Stand) -> None:
    subject = portal(stand)
    body, nonce = subject.body(Line("1", "在吗")), "n" * 20
    assert (await subject.knock(body, secret="x" * 40, nonce=nonce)).code == "bad_signature"
    assert (await subject.knock(body, nonce=nonce)).taken


async def test_a_portal_that_floods_us_is_slowed_down(tmp_path: Path) -> None:
    class Limited(PortalSubject):
        @classmethod
        def settings(cls, peer: Any) -> dict[str, Any]:
            tree = PortalSubject.settings(peer)
            tree["portal"]["accounts"]["letterbox"]["per_minute"] = 3
            return tree

    async with stand_for(Limited, tmp_path) as stand:
        told = [await stand.subject.say(Line(f"{n}", "在吗")) for n in range(5)]
    assert [answer.status for answer in told] == [200, 200, 200, 429, 429]


async def test_a_failed_receipt_is_shown_or_tried_again_by_its_code(stand: Stand) -> None:
    await stand.subject.say(Line("1", "在吗"))
    await stand.until_states("sent")
    key = (await stand.deliveries())[0].id
    told = {"key": key, "state": "failed", "code": "recipient_refused", "detail": "退订"}
    body = json.dumps({"receipts": [told]}).encode()
    answer = await portal(stand).knock(body, path="receipts")
    assert json.loads(answer.told) == {"known": 1, "unknown": 0}
    (found,) = await stand.deliveries()
    assert (found.state, found.error_code) == ("dead", "recipient_refused")


# Answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "id_"),
    [
        (200, b'{"id":"x1"}', "x1"), (202, b"", None), (204, b"", None), (200, b"ok", None),
        (200, b"[1]", None), (200, b'{"id":7}', None), (409, b"", None), (201, b"[" * 9999, None),
    ],
)  # fmt: skip
def test_answers_that_say_taken(status: int, body: bytes, id_: str | None) -> None:
    assert answers.meaning(Answer(status, {}, body), NOW) == Sent(id_)


@pytest.mark.parametrize("status", [n for n in range(100, 600) if n // 100 != 2 and n != 409])
def test_every_other_status_is_one_of_the_send_errors(status: int) -> None:
    with pytest.raises(SendError, match=str(status)) as failed:
        answers.meaning(Answer(status, {}, b""), NOW)
    assert type(failed.value) in SEND_ERRORS


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("7", 7.0), ("0", 0.0), ("Sun, 01 Mar 2026 04:01:00 GMT", 60.0), ("-5", None),
        ("Sun, 01 Mar 2020 04:01:00 GMT", 0.0), ("soon", None), ("9" * 30, 86_400.0), ("", None),
        ("Sun, 01 Mar 2026 04:01:00", None),
    ],
)  # fmt: skip
def test_how_long_to_wait_is_read_in_either_form(given: str, seconds: float | None) -> None:
    with pytest.raises(Throttled) as throttled:
        answers.meaning(Answer(429, {"Retry-After": given}, b""), NOW)
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert throttled.value.retry_after == expected


def test_a_page_instead_of_an_answer_means_nobody_took_it() -> None:
    with pytest.raises(ConnectionFailed):
        answers.meaning(Answer(200, {"Content-Type": "text/html"}, b"<html>"), NOW)


# Signing --------------------------------------------------------------------------------------


def test_a_signature_is_what_anybody_would_compute() -> None:
    """Reckoned with `printf 'v1\\n…' | openssl dgst -sha256 -hmac …`."""
    body = '{"type":"message","id":"1","from":"u1","text":"路灯坏了"}'.encode()
    signature = sign("0123456789abcdef0123456789abcdef", "1772337600", "n0nce-0123456789ab", body)
    assert signature == ("v1=bc7d652c25abe116dc3ce8ce1090234a6a542d274f6a96980a0e7c2022a8ba0e")


@pytest.mark.parametrize("off", [-300, -299, 0, 299, 300])
def test_five_minutes_either_way_are_forgiven(off: int) -> None:
    at = str(int(NOW.timestamp()) + off)
    given = {TIMESTAMP: at, NONCE: "n" * 16, SIGNATURE: sign("s" * 32, at, "n" * 16, b"x")}
    assert verify(["s" * 32], given, b"x", NOW) == "n" * 16


@pytest.mark.parametrize("off", [-301, 301])
def test_more_are_not(off: int) -> None:
    at = str(int(NOW.timestamp()) + off)
    given = {TIMESTAMP: at, NONCE: "n" * 16, SIGNATURE: sign("s" * 32, at, "n" * 16, b"x")}
    with pytest.raises(NotGenuine, match="stale"):
        verify(["s" * 32], given, b"x", NOW)


def test_without_any_secret_nothing_is_genuine() -> None:
    at = str(int(NOW.timestamp()))
    given = {TIMESTAMP: at, NONCE: "n" * 16, SIGNATURE: sign("", at, "n" * 16, b"x")}
    with pytest.raises(NotGenuine, match="bad_signature"):
        verify([], given, b"x", NOW)


# Settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["https://portal.example.gov.cn/huiying", "http://127.0.0.1:9/x", "http://localhost/x"],
)
def test_a_callback_over_tls_or_on_this_machine_is_fine(url: str) -> None:
    assert PortalAccount.model_validate({"secret": "s" * 32, "callback_url": url})


@pytest.mark.parametrize(
    ("account", "says"),
    [
        ({"callback_url": "http://portal.example.gov.cn/x"}, "insecure_http"),
        ({"callback_url": "ftp://portal.example.gov.cn/x"}, "https://"),
        ({"callback_url": "https://user:pass@portal.example.gov.cn/x"}, "https://"),
        ({"callback_url": "https:///x"}, "https://"),
        ({"callback_url": "https://a.cn/#x"}, "https://"),
        ({"secret": "short"}, "32 characters"),
    ],
)
def test_a_mistake_in_an_account_is_named_with_its_mending(
    account: dict[str, str], says: str
) -> None:
    whole = {"secret": "s" * 32, "callback_url": "https://a.cn/x"} | account
    with pytest.raises(ValidationError, match=says):
        PortalAccount.model_validate(whole)


@pytest.mark.parametrize("name", ["", "A", "a/b", "信箱", "a" * 65, "-a"])
def test_an_accounts_name_goes_into_an_address_and_must_suit(name: str) -> None:
    account = {"secret": "s" * 32, "callback_url": "https://a.cn/x"}
    with pytest.raises(ValidationError):
        Portal.model_validate({"accounts": {name: account}})


def test_accounts_can_be_given_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    account = {"secret": "s" * 32, "callback_url": "https://a.cn/x"}
    monkeypatch.setenv("HUIYING_PORTAL__ACCOUNTS", json.dumps({"letterbox": account}))
    assert Settings().portal.accounts["letterbox"].callback_url == "https://a.cn/x"
