"""WeCom's side of 微信客服, strictly by its documents: ``sync_msg`` with cursors, sends with
quotas, service states; what we do against the rules is written down in ``breaches``.
"""

from __future__ import annotations

import itertools
import json
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from tests.wechat.api import IMAGE_MOST, IMAGES, Json, Refuses, fine, form_file, refusal

WINDOW = timedelta(hours=48)
SENDS = 5
KEPT = timedelta(days=3)
TEXT_MOST = 2048  # bytes
MENU_MOST = 50
EVENT_KINDS = ("text", "msgmenu")
# From which state the interface may move a person to which.
MOVES: dict[int, set[int]] = {0: {1, 2, 3, 4}, 1: {2, 3, 4}, 2: {3, 4}, 3: {3, 4}, 4: set()}

_ids = itertools.count(1)


@dataclass
class Talk:
    """One person with one account."""

    state: int = 0
    left: int = 0
    until: datetime = datetime.min.replace(tzinfo=UTC)  # noqa: RUF009


@dataclass
class FakeWecom:
    corp_id: str = "ww0000000000000001"
    secret: str = "wecom-secret-of-the-company"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    token: str = ""
    messages: list[Json] = field(default_factory=list)
    talks: dict[tuple[str, str], Talk] = field(default_factory=dict)
    sent: list[Json] = field(default_factory=list)
    on_event: list[Json] = field(default_factory=list)
    codes: dict[str, tuple[datetime, tuple[str, ...]]] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    syncs: Counter[str] = field(default_factory=Counter)
    page: int = 1000
    moved: list[tuple[str, int, str]] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    servicers: set[str] = field(default_factory=lambda: {"li"})

    # What people do ----------------------------------------------------------------------------

    def talk(self, kfid: str, person: str) -> Talk:
        return self.talks.setdefault((kfid, person), Talk())

    def wrote(self, kfid: str, person: str, kind: str = "text", **content: Any) -> str:
        """The person writes; the message's id."""
        talk = self.talk(kfid, person)
        talk.left, talk.until = SENDS, self.now() + WINDOW
        if talk.state == 4:
            talk.state = 0
        return self._add(kfid, person, 3, kind, content)

    def answered(self, kfid: str, person: str, servicer: str, text: str) -> str:
        """One of the company's people writes in WeCom."""
        return self._add(kfid, person, 5, "text", {"content": text}, servicer_userid=servicer)

    def happened(self, kfid: str, person: str, name: str, **more: Any) -> str:
        event = {"event_type": name, "open_kfid": kfid, "external_userid": person, **more}
        message = {
            "msgid": f"event-{next(_ids)}",
            "send_time": int(self.now().timestamp()),
            "origin": 4,
            "msgtype": "event",
            "event": event,
        }
        self.messages.append(message)
        return str(message["msgid"])

    def entered(self, kfid: str, person: str) -> str:
        """The person comes in; the code a greeting may be sent with."""
        code = self._code(timedelta(seconds=20), EVENT_KINDS)
        self.happened(kfid, person, "enter_session", scene="123", welcome_code=code)
        return code

    def takes(self, kfid: str, person: str, servicer: str = "li") -> None:
        """One of the company's people takes the conversation in WeCom."""
        self.talk(kfid, person).state = 3
        self.happened(
            kfid, person, "session_status_change", change_type=1, new_servicer_userid=servicer
        )

    def ends(self, kfid: str, person: str) -> str:
        """… and ends it; the code a farewell may be sent with."""
        self.talk(kfid, person).state = 4
        code = self._code(timedelta(seconds=20), EVENT_KINDS)
        self.happened(kfid, person, "session_status_change", change_type=3, msg_code=code)
        return code

    def texts(self, person: str) -> list[str]:
        return [
            one["text"]["content"]
            for one in self.sent
            if one["touser"] == person and one["msgtype"] == "text"
        ]

    def _add(
        self, kfid: str, person: str, origin: int, kind: str, content: Json, **more: Any
    ) -> str:
        msgid = f"msg-{next(_ids)}"
        self.messages.append(
            {
                "msgid": msgid,
                "open_kfid": kfid,
                "external_userid": person,
                "send_time": int(self.now().timestamp()),
                "origin": origin,
                "msgtype": kind,
                kind: content,
                **more,
            }
        )
        return msgid

    def _code(self, life: timedelta, kinds: tuple[str, ...]) -> str:
        code = secrets.token_urlsafe(24)
        self.codes[code] = (self.now() + life, kinds)
        return code

    # The wire ----------------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.Response:
        """Any call to ``qyapi.weixin.qq.com``."""
        try:
            return await self._handled(request)
        except Refuses as no:
            return refusal(no.code, no.said)
        except (KeyError, TypeError, ValueError, AssertionError) as error:
            self.breaches.append(f"{request.path}: {type(error).__name__} {error}")
            return refusal(40058, "invalid request parameter")

    async def _handled(self, request: web.Request) -> web.Response:
        path = request.path
        if path == "/cgi-bin/gettoken":
            return self._gettoken(request)
        if not self.token or request.query.get("access_token") != self.token:
            raise Refuses(40014, "invalid access_token")
        if path == "/cgi-bin/media/get":
            return self._file(request.query["media_id"])
        if path == "/cgi-bin/media/upload":
            body = await request.read()
            data = form_file(request.headers["Content-Type"], body, "media")
            return web.json_response({"errcode": 0, "errmsg": "ok", "media_id": self.keep(data)})
        body = json.loads(await request.read())
        match path:
            case "/cgi-bin/kf/sync_msg":
                return self._sync(body)
            case "/cgi-bin/kf/send_msg":
                return self._send(body)
            case "/cgi-bin/kf/send_msg_on_event":
                return self._send_on_event(body)
            case "/cgi-bin/kf/service_state/get":
                talk = self.talk(body["open_kfid"], body["external_userid"])
                return fine(service_state=talk.state)
            case "/cgi-bin/kf/service_state/trans":
                return self._move(body)
        self.breaches.append(f"no such interface: {path}")
        return web.Response(status=404, text="<html>", content_type="text/html")

    def _gettoken(self, request: web.Request) -> web.Response:
        if request.query["corpid"] != self.corp_id:
            raise Refuses(40013, "invalid corpid")
        if request.query["corpsecret"] != self.secret:
            raise Refuses(40001, "invalid credential")
        self.token = self.token or f"{secrets.token_hex(20)}-wecom-token"
        return fine(access_token=self.token, expires_in=7200)

    def _sync(self, body: Json) -> web.Response:
        limit = body.get("limit", 1000)
        assert 1 <= limit <= 1000, "limit"
        assert len(body.get("cursor", "")) <= 64, "cursor"
        kfid = body["open_kfid"]
        self.syncs[kfid] += 1
        oldest = int((self.now() - KEPT).timestamp())
        mine = [
            one
            for one in self.messages
            if (one.get("open_kfid") or one["event"]["open_kfid"]) == kfid
        ]
        start = int(body["cursor"].removeprefix("c")) if body.get("cursor") else 0
        page = mine[start : start + min(limit, self.page)]
        following = start + len(page)
        return fine(
            next_cursor=f"c{following}",
            has_more=int(following < len(mine)),
            msg_list=[one for one in page if one["send_time"] >= oldest],
        )

    def _send(self, body: Json) -> web.Response:
        talk = self.talk(body["open_kfid"], body["touser"])
        msgid = body.get("msgid", "")
        assert len(msgid) <= 32, "msgid"
        assert all(one.isalnum() or one in "_-" for one in msgid), "msgid"
        if talk.state not in (0, 1):
            raise Refuses(95018, "send msg session status invalid")
        self._fits(body)
        if self.now() > talk.until:
            self.breaches.append("a send after the window")
            raise Refuses(95002, "send msg time limit")
        if talk.left <= 0:
            self.breaches.append("a send beyond the quota")
            raise Refuses(95001, "send msg count limit")
        talk.left -= 1
        self.sent.append(body)
        return fine(msgid=msgid or f"out-{next(_ids)}")

    def _send_on_event(self, body: Json) -> web.Response:
        ends, kinds = self.codes.pop(body["code"], (self.now() - WINDOW, ()))
        if self.now() > ends:
            raise Refuses(95026, "invalid code")
        assert body["msgtype"] in kinds, "msgtype"
        self._fits(body)
        self.on_event.append(body)
        return fine(msgid=f"out-{next(_ids)}")

    def _fits(self, body: Json) -> None:
        kind = body["msgtype"]
        content = body[kind]
        match kind:
            case "text":
                assert content["content"], "content"
                if len(content["content"].encode()) > TEXT_MOST:
                    self.breaches.append("a text longer than 2048 bytes")
                    raise Refuses(45002, "content size out of limit")
            case "image" | "voice":
                if content["media_id"] not in self.media:
                    raise Refuses(40007, "invalid media_id")
            case "msgmenu":
                listed = content["list"]
                assert 1 <= len(listed) <= MENU_MOST, "list"
                for one in listed:
                    assert one["type"] == "click", "type"
                    assert 0 < len(one["click"]["content"]) <= 128, "content"
                    assert 0 < len(one["click"]["id"]) <= 128, "id"
            case "miniprogram":
                assert content["appid"], "appid"
                assert content["pagepath"], "pagepath"
                if content["thumb_media_id"] not in self.media:
                    raise Refuses(40007, "invalid media_id")
            case _:
                raise Refuses(40008, "invalid message type")

    def _move(self, body: Json) -> web.Response:
        kfid, person, state = body["open_kfid"], body["external_userid"], body["service_state"]
        talk = self.talk(kfid, person)
        if state not in MOVES[talk.state]:
            raise Refuses(95016, "invalid service state transition")
        if state == 3 and body["servicer_userid"] not in self.servicers:
            raise Refuses(95014, "not a servicer")
        talk.state = state
        self.moved.append((person, state, body.get("servicer_userid", "")))
        if state in (2, 4):
            return fine(msg_code=self._code(WINDOW, ("text",)))
        return fine()

    def keep(self, data: bytes) -> str:
        if not any(data.startswith(one) for one in IMAGES) or not 5 < len(data) <= IMAGE_MOST:
            raise Refuses(40004, "invalid media type")
        media_id = secrets.token_urlsafe(32)
        self.media[media_id] = data
        return media_id

    def _file(self, media_id: str) -> web.Response:
        data = self.media.get(media_id)
        if data is None:
            raise Refuses(40007, "invalid media_id")
        return web.Response(
            body=data,
            content_type="image/png",
            headers={"Content-Disposition": 'attachment; filename="f.png"'},
        )
