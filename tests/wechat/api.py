"""WeChat's side of our calls, strictly by its documents: answers as it would, and writes down in
``breaches`` what a real account could be throttled or blocked for. ``wecom.py`` has WeCom's.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any

from aiohttp import web

from connectors.speech import mp3

Json = dict[str, Any]

TEXT_MOST = 2048  # bytes
MENU_MOST = 10
IMAGE_MOST = 10 * 1024 * 1024
VOICE_MOST, VOICE_SECONDS = 2 * 1024 * 1024, 60
WINDOW = timedelta(hours=48)
SENDS = 5
ENTRY = {"mini": 2, "official": 3}
ENTRY_LIFE = timedelta(minutes=1)
FORCED_MOST, FORCED_APART = 20, timedelta(seconds=30)
TOKEN_LIFE = 7200
SEEN_WITHIN = timedelta(hours=2)  # for the content check
LONG_AGO = datetime.min.replace(tzinfo=UTC)

FIELDS: dict[str, re.Pattern[str]] = {
    "thing": re.compile(r"[^\n\r\t]{1,20}"),
    "number": re.compile(r"\d{1,32}(\.\d+)?"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "character_string": re.compile(r"[!-~ ]{1,32}"),
    "time": re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日 )?\d{1,2}:\d{2}(:\d{2})?"),
    "date": re.compile(r"\d{4}年\d{1,2}月\d{1,2}日( \d{1,2}:\d{2})?"),
    "amount": re.compile(r"[¥$€]?\d{1,10}(\.\d+)?元?"),
    "phone_number": re.compile(r"[\d+()-]{1,17}"),
    "car_number": re.compile(r"[\u4e00-\u9fff]?[A-Z0-9]{1,6}[A-Z0-9\u4e00-\u9fff]"),
    "name": re.compile(r"[\u4e00-\u9fff·]{1,10}|[A-Za-z .'-]{1,20}"),
    "phrase": re.compile(r"[\u4e00-\u9fff]{1,5}"),
    "const": re.compile(r".{1,20}"),
}

IMAGES = {b"\xff\xd8\xff": "jpeg", b"\x89PNG": "png", b"GIF8": "gif"}


def refusal(code: int, said: str = "refused") -> web.Response:
    """As WeChat refuses: HTTP 200, and a number."""
    return web.json_response({"errcode": code, "errmsg": f"{said} rid: 6{secrets.token_hex(8)}"})


def fine(**more: Any) -> web.Response:
    return web.json_response({"errcode": 0, "errmsg": "ok"} | more)


class Refuses(Exception):
    """The platform says no to a call."""

    def __init__(self, code: int, said: str = "refused") -> None:
        super().__init__(f"{code} {said}")
        self.code, self.said = code, said


def form_file(content_type: str, body: bytes, name: str) -> bytes:
    """The one file of a form; it is called so, and has a name of its own."""
    parsed = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    (part,) = [one for one in parsed.walk() if not one.is_multipart()]
    assert part.get_param("name", header="content-disposition") == name, "what the part is called"
    assert part.get_filename(), "a file has a name"
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes), "bytes"
    return data


@dataclass
class Quota:
    """What the platform still lets through to one person. Quotas do not add up."""

    left: int = 0
    until: datetime = LONG_AGO


@dataclass
class Account:
    """One account at the platform."""

    appid: str
    secret: str
    kind: str = "mini"
    token: str = ""
    token_ends: datetime = LONG_AGO
    forced: list[datetime] = field(default_factory=list)
    fetched: int = 0
    per_day: int | None = None
    calls: Counter[str] = field(default_factory=Counter)
    quotas: defaultdict[str, Quota] = field(default_factory=lambda: defaultdict(Quota))
    known: bool = True  # whoever asks is known; else only those in ``quotas``
    templates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    consents: Counter[tuple[str, str]] = field(default_factory=Counter)
    always: set[tuple[str, str]] = field(default_factory=set)  # long-term consents
    codes: dict[str, str] = field(default_factory=dict)  # log-in code → openid
    risky: tuple[str, ...] = ("risky-words",)
    denied: set[str] = field(default_factory=set)  # paths without permission
    seen: dict[str, datetime] = field(default_factory=dict)  # when a person last did something


@dataclass
class FakeWechat:
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    accounts: dict[str, Account] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    sent: list[Json] = field(default_factory=list)
    subscriptions: list[Json] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    token_always_refused: bool = False

    def add(self, appid: str, secret: str, kind: str = "mini", **more: Any) -> Account:
        self.accounts[appid] = Account(appid, secret, kind, **more)
        return self.accounts[appid]

    # What people do ----------------------------------------------------------------------------

    def wrote(self, account: Account, openid: str) -> None:
        """The person wrote: the quota is full again, for 48 hours."""
        account.seen[openid] = self.now()
        account.quotas[openid] = Quota(SENDS, self.now() + WINDOW)

    def entered(self, account: Account, openid: str) -> None:
        """The person came in, followed, or clicked: some sends, for a minute."""
        account.seen[openid] = self.now()
        quota, most = account.quotas[openid], ENTRY[account.kind]
        if quota.until < self.now() + ENTRY_LIFE:
            quota.left, quota.until = most, self.now() + ENTRY_LIFE
        else:
            quota.left = max(quota.left, most)

    def expire_tokens(self) -> None:
        """Every token has run out on the platform's side, whatever it promised."""
        for account in self.accounts.values():
            account.token = ""

    def texts(self, openid: str) -> list[str]:
        """The texts a person was sent, in order."""
        return [
            one["text"]["content"]
            for one in self.sent
            if one["touser"] == openid and one["msgtype"] == "text"
        ]

    # The wire ----------------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.Response:
        """Any call to ``api.weixin.qq.com``."""
        try:
            return await self._handled(request)
        except Refuses as no:
            return refusal(no.code, no.said)
        except (KeyError, TypeError, ValueError) as error:
            self.breaches.append(f"{request.path}: {type(error).__name__} {error}")
            return refusal(47001, "data format error")

    async def _handled(self, request: web.Request) -> web.Response:
        path = request.path
        if path == "/cgi-bin/stable_token":
            return self._stable_token(await self._object(request))
        if path == "/sns/jscode2session":
            return self._log_in(request)
        account = self._whose(request)
        account.calls[path] += 1
        if path in account.denied:
            raise Refuses(48001, "api unauthorized")
        if account.per_day is not None and account.calls[path] > account.per_day:
            raise Refuses(45009, "reach max api daily quota limit")
        match path:
            case "/cgi-bin/message/custom/send":
                return self._send(account, await self._object(request))
            case "/cgi-bin/message/custom/business/typing" | "/cgi-bin/message/custom/typing":
                return self._typing(account, path, await self._object(request))
            case "/cgi-bin/message/subscribe/send" | "/cgi-bin/message/subscribe/bizsend":
                return self._subscription(account, path, await self._object(request))
            case "/wxa/msg_sec_check":
                return self._check(account, await self._object(request))
            case "/cgi-bin/media/upload":
                return await self._upload(request)
            case "/cgi-bin/media/get":
                return self.file(request.query["media_id"])
        self.breaches.append(f"no such interface: {path}")
        return web.Response(status=404, text="<html>404</html>", content_type="text/html")

    async def _object(self, request: web.Request) -> Json:
        body = await request.read()
        found: Json = json.loads(body)
        if request.method != "POST":
            raise Refuses(43002, "require POST method")
        if b"\\u" in body:
            self.breaches.append(f"{request.path}: Chinese as escapes")
        return found

    def _stable_token(self, body: Json) -> web.Response:
        if body["grant_type"] != "client_credential":
            raise Refuses(40002, "invalid grant_type")
        account = self.accounts.get(body["appid"])
        if account is None:
            raise Refuses(40013, "invalid appid")
        if body["secret"] != account.secret:
            raise Refuses(40125, "invalid appsecret")
        account.fetched += 1
        if body.get("force_refresh", False):
            today = [one for one in account.forced if one > self.now() - timedelta(days=1)]
            if len(today) >= FORCED_MOST:
                self.breaches.append("more than 20 forced refreshes in a day")
                raise Refuses(45009, "reach max api daily quota limit")
            if today and self.now() - today[-1] < FORCED_APART:
                self.breaches.append("two forced refreshes within 30 seconds")
                raise Refuses(45011, "api minute-quota reach limit")
            account.forced.append(self.now())
            account.token = ""
        if not account.token or account.token_ends <= self.now():
            account.token = f"{secrets.token_hex(24)}-secret-token"
            account.token_ends = self.now() + timedelta(seconds=TOKEN_LIFE)
        life = int((account.token_ends - self.now()).total_seconds())
        return web.json_response({"access_token": account.token, "expires_in": life})

    def _whose(self, request: web.Request) -> Account:
        token = request.query.get("access_token", "")
        if not token:
            raise Refuses(41001, "access_token missing")
        for account in self.accounts.values():
            if token == account.token and not self.token_always_refused:
                if account.token_ends <= self.now():
                    raise Refuses(42001, "access_token expired")
                return account
        raise Refuses(40001, "invalid credential, access_token is invalid or not latest")

    def _log_in(self, request: web.Request) -> web.Response:
        query = request.query
        account = self.accounts.get(query["appid"])
        if account is None:
            raise Refuses(40013, "invalid appid")
        if query["secret"] != account.secret or query["grant_type"] != "authorization_code":
            raise Refuses(40125, "invalid appsecret")
        openid = account.codes.pop(query["js_code"], None)
        if openid is None:
            raise Refuses(40029, "invalid code")
        return web.Response(  # as the platform does: JSON, called plain text
            text=json.dumps({"openid": openid, "session_key": "c2Vzc2lvbi1rZXk="}),
            content_type="text/plain",
        )

    # Messages ----------------------------------------------------------------------------------

    def _send(self, account: Account, body: Json) -> web.Response:
        openid, kind = body["touser"], body["msgtype"]
        self._person(account, openid)
        carried = {
            "mini": ("text", "image", "link", "miniprogrampage"),
            "official": ("text", "image", "voice", "msgmenu", "news", "miniprogrampage"),
        }[account.kind]
        if kind not in carried:
            raise Refuses(40008, "invalid message type")
        self._fits(kind, body[kind])
        quota = account.quotas[openid]
        if self.now() > quota.until:
            self.breaches.append(f"a send to {openid} after the window")
            raise Refuses(45015, "response out of time limit or subscription is canceled")
        if quota.left <= 0:
            self.breaches.append(f"a send to {openid} beyond the quota")
            raise Refuses(45047, "out of response count limit")
        quota.left -= 1
        self.sent.append(body | {"appid": account.appid})
        return fine()

    def _fits(self, kind: str, content: Json) -> None:
        match kind:
            case "text":
                self._text(content["content"])
            case "image" | "voice":
                if content["media_id"] not in self.media:
                    raise Refuses(40007, "invalid media_id")
            case "link":
                assert content["url"].startswith("http"), "url"
                self._text(content["title"])
                self._text(content["description"])
                assert content["thumb_url"].startswith("http"), "thumb_url"
            case "miniprogrampage":
                self._text(content["title"])
                assert content["pagepath"], "pagepath"
                if content["thumb_media_id"] not in self.media:
                    raise Refuses(40007, "invalid media_id")
            case "msgmenu":
                self._text(content.get("head_content") or " ")
                listed = content["list"]
                if not 1 <= len(listed) <= MENU_MOST:
                    raise Refuses(40035, "invalid list")
                assert len({one["id"] for one in listed}) == len(listed), "ids"
                assert all(one["content"] for one in listed), "content"

    def _text(self, text: str) -> None:
        if not text:
            raise Refuses(44004, "empty content")
        if len(text.encode()) > TEXT_MOST:
            self.breaches.append("a text longer than 2048 bytes")
            raise Refuses(45002, "content size out of limit")

    def _typing(self, account: Account, path: str, body: Json) -> web.Response:
        assert ("business" in path) == (account.kind == "mini"), "the other kind's address"
        assert body["command"] in ("Typing", "CancelTyping"), "command"
        quota = account.quotas[body["touser"]]
        if self.now() > quota.until:
            raise Refuses(45080, "client should send a message first")
        self.typed.append(body["touser"])
        return fine()

    def _subscription(self, account: Account, path: str, body: Json) -> web.Response:
        assert ("bizsend" in path) == (account.kind == "official"), "the other kind's address"
        openid, template = body["touser"], body["template_id"]
        self._person(account, openid)
        fields = account.templates.get(template)
        if fields is None:
            raise Refuses(40037, "invalid template_id")
        if set(body["data"]) != set(fields):
            raise Refuses(47003, f"argument invalid! data.{fields[0]}.value is empty")
        for name, value in body["data"].items():
            rule = FIELDS[name.rstrip("0123456789")]
            if not rule.fullmatch(value["value"]):
                self.breaches.append(f"{name}: {value['value']!r}")
                raise Refuses(47003, f"argument invalid! data.{name}.value is invalid")
        agreed = (openid, template)
        if agreed not in account.always:
            if account.consents[agreed] <= 0:
                raise Refuses(43101, "user refuse to accept the msg")
            account.consents[agreed] -= 1
        self.subscriptions.append(body)
        return fine(msgid=len(self.subscriptions))

    def _check(self, account: Account, body: Json) -> web.Response:
        assert body["version"] == 2, "version"
        assert body["scene"] in (1, 2, 3, 4), "scene"
        assert len(body["content"]) <= 2500, "length"
        self._person(account, body["openid"])
        if account.kind != "mini":
            raise Refuses(48001, "api unauthorized")
        if account.seen and self.now() - account.seen.get(body["openid"], LONG_AGO) > SEEN_WITHIN:
            raise Refuses(61010, "code is expired")
        self.checked.append(body["content"])
        risky = any(one in body["content"] for one in account.risky)
        found = {"suggest": "risky", "label": 20001} if risky else {"suggest": "pass", "label": 100}
        return fine(result=found, trace_id="t")

    def _person(self, account: Account, openid: str) -> None:
        if not openid or (not account.known and openid not in account.quotas):
            raise Refuses(40003, "invalid openid")

    # Files -------------------------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.Response:
        kind = request.query["type"]
        if kind not in ("image", "voice", "video", "thumb"):
            raise Refuses(40004, "invalid media type")
        data = form_file(request.headers["Content-Type"], await request.read(), "media")
        media_id = self.keep(data, kind)
        return web.json_response({"type": kind, "media_id": media_id, "created_at": 1})

    def keep(self, data: bytes, kind: str = "image") -> str:
        """Keeps a file, as if a person had sent it; its id."""
        if kind == "image" and not any(data.startswith(one) for one in IMAGES):
            raise Refuses(40005, "invalid file type")
        if kind == "voice" and not data.startswith((b"#!AMR", b"ID3", b"\xff")):
            raise Refuses(40005, "invalid file type")
        if not data or len(data) > (VOICE_MOST if kind == "voice" else IMAGE_MOST):
            raise Refuses(40006, "invalid media size")
        if kind == "voice" and (mp3.seconds(data) or 0) > VOICE_SECONDS:
            raise Refuses(45007, "voice play time out of limit")
        media_id = secrets.token_urlsafe(32)
        self.media[media_id] = data
        return media_id

    def file(self, media_id: str) -> web.Response:
        """A download; a refusal is JSON that calls itself plain text."""
        data = self.media.get(media_id)
        if data is None:
            said = json.dumps({"errcode": 40007, "errmsg": "invalid media_id"})
            return web.Response(text=said, content_type="text/plain")
        name = next((kind for begin, kind in IMAGES.items() if data.startswith(begin)), "")
        return web.Response(
            body=data,
            content_type=f"image/{name}" if name else "audio/amr",
            headers={"Content-Disposition": 'attachment; filename="file"'},
        )
