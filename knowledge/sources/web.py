"""Pages and files fetched from the hosts a deployment allows, and from no other.

Every redirect is held to the list too, and every site's robots.txt is kept to.  Size and time are
limited; what comes is read as the file it is, and its entries keep the address as origin and, where
they name none, as link.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import ssl
import string
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO
from urllib.parse import quote, unquote, urlsplit
from urllib.robotparser import RobotFileParser

from knowledge.sources.decode import UnreadableError
from knowledge.sources.html import entry_of_page, text_of_page
from knowledge.sources.mapping import FieldMap
from knowledge.sources.raw import Problem, Raw
from knowledge.sources.read import read_file

HOSTS = "HUIYING_KNOWLEDGE_HOSTS"
"""The environment's list of hosts, in JSON; ``.gov.cn`` stands for all hosts that end so."""
MAX_BYTES = 20 * 1024 * 1024
MAX_SECONDS = 30.0
MAX_REDIRECTS = 5
AGENT = "Huiying"
"""The name we ask by, which a site's robots.txt may name."""
_ROBOTS_MOST = 500 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNTOLD = frozenset({"", "application/octet-stream"})  # what a server says that does not know
_CHUNK = 64 * 1024
_KINDS = {
    "application/pdf": ".pdf",
    "application/json": ".json",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


@dataclass(frozen=True, slots=True)
class Hosts:
    """The hosts that may be asked."""

    names: tuple[str, ...]

    @classmethod
    def configured(cls) -> Hosts:
        names = json.loads(os.environ.get(HOSTS) or "[]")
        return cls(tuple(str(name).strip().lower() for name in names))

    def check(self, url: str) -> None:
        """Raise :class:`UnreadableError` for an address that may not be asked."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if parts.scheme not in ("http", "https") or not host:
            raise UnreadableError("不是网址（应以 http:// 或 https:// 开头）")
        ends = tuple(name for name in self.names if name.startswith("."))
        if host not in self.names and not host.endswith(ends):
            raise UnreadableError(f"{host} 不在允许的网站名单里，可在 knowledge_hosts 中加上它")


def is_url(text: str) -> bool:
    return re.match(r"[a-zA-Z][a-zA-Z0-9+.\-]*://", text) is not None


def read_url(url: str, hosts: Hosts, field_map: FieldMap | None = None) -> Iterator[Raw | Problem]:
    """All entries of one address.  What can't be had comes out as a :class:`Problem`."""
    try:
        data, kind, charset = _fetch(url, hosts)
        suffix = _suffix(url, kind)
        if suffix == ".html":
            yield from entry_of_page(text_of_page(data, charset), _name(url), url, url)
            return
        with tempfile.TemporaryDirectory(prefix="huiying-web-") as folder:
            path = Path(folder) / f"{_name(url)}{suffix}"
            path.write_bytes(data)
            for item in read_file(path, field_map):
                yield _from_address(item, str(path), url)
    except UnreadableError as error:
        yield Problem(url, str(error))


def _from_address(item: Raw | Problem, path: str, url: str) -> Raw | Problem:
    where = item.where.replace(path, url)
    if isinstance(item, Problem):
        return replace(item, where=where)
    return Raw(where, {"link": url, **item.values})


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = MAX_REDIRECTS

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        self._hosts.check(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _fetch(url: str, hosts: Hosts) -> tuple[bytes, str, str]:
    """(bytes, content type, charset) of an address."""
    hosts.check(url)
    opener = urllib.request.build_opener(_Redirects(hosts))
    if not _welcome(url, opener):
        raise UnreadableError("网站的 robots.txt 不许抓取这个网址，请把文件下载下来再收")
    deadline = time.monotonic() + MAX_SECONDS
    parts: list[bytes] = []
    size = 0
    try:
        with opener.open(_asking(url), timeout=MAX_SECONDS) as answer:
            while chunk := answer.read1(_CHUNK):
                parts.append(chunk)
                size += len(chunk)
                if size > MAX_BYTES:
                    raise UnreadableError(f"网页太大（上限 {MAX_BYTES // 1048576} MB）")
                if time.monotonic() > deadline:
                    raise UnreadableError(f"网站太慢（上限 {MAX_SECONDS:.0f} 秒）")
            headers = answer.headers
            return b"".join(parts), headers.get_content_type(), headers.get_content_charset("")
    except urllib.error.HTTPError as error:
        with error:
            if error.code in _REDIRECTS:
                raise UnreadableError("网站转到不能抓取的地址，或转来转去没有到头") from error
            raise UnreadableError(f"网站回答 {error.code}，请核对网址") from error
    except (urllib.error.URLError, HTTPException, OSError, ValueError) as error:
        raise UnreadableError(f"打不开：{_why(getattr(error, 'reason', error))}") from error


def _why(reason: object) -> str:
    """Why a site could not be asked, in an editor's words where they are known."""
    known: tuple[tuple[type[Exception], str], ...] = (
        (TimeoutError, "网站没有回答"),
        (socket.gaierror, "找不到这个网站"),
        (ConnectionRefusedError, "网站拒绝连接"),
        (ConnectionResetError, "网站中断了连接"),
        (ssl.SSLError, "网站的安全证书有问题"),
    )
    return next((said for kind, said in known if isinstance(reason, kind)), str(reason))


def _asking(url: str) -> urllib.request.Request:
    """The request for an address, which may have letters that HTTP does not (…/办事指南.html)."""
    parts = urlsplit(url)
    if not parts.netloc.isascii():
        host = (parts.hostname or "").encode("idna").decode()
        parts = parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host)
    url = quote(parts.geturl(), safe=string.punctuation)
    headers = {"Accept-Encoding": "identity", "User-Agent": AGENT}
    return urllib.request.Request(url, headers=headers)  # noqa: S310 hosts and schemes are checked


def _welcome(url: str, opener: urllib.request.OpenerDirector) -> bool:
    """Whether the site lets us fetch this address; one without a readable robots.txt does."""
    parts = urlsplit(url)
    try:
        where = f"{parts.scheme}://{parts.netloc}/robots.txt"
        with opener.open(_asking(where), timeout=MAX_SECONDS) as answer:
            said = answer.read(_ROBOTS_MOST).decode("utf-8", "replace")
    except (OSError, HTTPException, ValueError, UnreadableError):
        return True
    rules = RobotFileParser()
    rules.parse(said.splitlines())
    return rules.can_fetch(AGENT, url)


def _suffix(url: str, kind: str) -> str:
    own = Path(urlsplit(url).path).suffix.lower()
    if kind in ("text/html", "application/xhtml+xml"):
        return ".html"
    if kind in _KINDS and not (kind in ("text/plain", "application/json") and own):
        return _KINDS[kind]
    if kind.split("/")[0] in ("image", "audio", "video", "font"):
        raise UnreadableError(f"不支持的内容类型：{kind}（要网页、文档或表格）")
    if own or kind in _UNTOLD or kind.startswith("text/") or kind.endswith("xml"):
        return own or ".html"
    raise UnreadableError(f"不支持的内容类型：{kind}（要网页、文档或表格）")


def _name(url: str) -> str:
    """An id that stays the same for an address, and reads like it."""
    parts = urlsplit(url)
    stem = Path(unquote(parts.path)).stem or "index"
    digest = hashlib.sha256(url.encode()).hexdigest()[:8]
    return re.sub(r"[^\w.\-]+", "-", f"{parts.hostname}-{stem}")[:80] + f"-{digest}"
