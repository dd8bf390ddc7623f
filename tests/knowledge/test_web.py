"""Pages are fetched from allowed hosts only, whatever they redirect to, and within limits."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from knowledge.base import KnowledgeBase
from knowledge.documents.ingest import Report, ingest
from knowledge.sources import web

pytestmark = pytest.mark.usefixtures("few_probes")

PAGE = """<html><head><meta charset="{charset}"><title>养老金资格认证</title>
<meta name="ArticleTitle" content="养老金资格认证办事指南"></head>
<body><nav>首页</nav><article><h2>办理条件</h2><p>已领取养老金满一年的人员。</p></article></body></html>"""


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        port = self.headers["Host"].rpartition(":")[2]
        path = self.path.split("?")[0]
        if path == "/elsewhere":
            self._redirect(f"http://localhost:{port}/guide.html")
        elif path == "/moved":
            self._redirect("/guide.html")
        elif path == "/robots.txt":
            self._answer(b"User-agent: *\nDisallow: /private/\n", "text/plain")
        elif path == "/photo":
            self._answer(b"\x89PNG", "image/png")
        elif path == "/local":
            self._redirect("file:///etc/hostname")
        elif path == "/packed":
            self._answer(b"PK", "application/zip")
        elif path == "/circle":
            self._redirect("/circle")
        elif path in ("/guide.html", "/%E5%8A%9E%E4%BA%8B%20%E6%8C%87%E5%8D%97.html"):
            self._answer(PAGE.format(charset="utf-8").encode(), "text/html; charset=utf-8")
        elif path == "/gbk":
            self._answer(PAGE.format(charset="gb2312").encode("gbk"), "text/html")
        elif path == "/table.csv":
            self._answer("id,title,text\nq1,医保怎么报销,带发票。\n".encode(), "text/csv")
        elif path == "/endless":
            self._answer(b"x" * 4096, "text/html", times=64)
        elif path == "/file":
            self._answer(b"\x00\x01\x02" * 999, "application/octet-stream")
        else:
            self.send_error(404)

    def _redirect(self, target: str) -> None:
        self.send_response(302)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, body: bytes, kind: str, times: int = 1) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        try:
            for _ in range(times):
                self.wfile.write(body)
        except OSError:
            return  # the reader has had enough

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    monkeypatch.setenv(web.HOSTS, '["127.0.0.1", ".gov.cn"]')
    monkeypatch.setenv("no_proxy", "*")
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def take(folder: Path, *urls: str) -> Report:
    return ingest(folder, [], urls=urls)


@pytest.mark.parametrize("path", ["/guide.html", "/moved", "/gbk", "/办事 指南.html"])
def test_a_page_becomes_an_entry_with_its_address(site: str, path: str, tmp_path: Path) -> None:
    report = take(tmp_path, site + path)
    assert (report.added, report.skipped) == (1, [])
    entry = KnowledgeBase(tmp_path).snapshot.entry(0)
    assert entry.title == "养老金资格认证办事指南"
    assert "领取养老金满一年" in entry.text
    assert entry.link == site + path


def test_the_same_page_twice_changes_nothing(site: str, tmp_path: Path) -> None:
    take(tmp_path, f"{site}/guide.html")
    again = take(tmp_path, f"{site}/guide.html")
    assert (again.added, again.changed, again.same) == (0, 0, 1)


def test_a_file_is_read_as_what_it_is(site: str, tmp_path: Path) -> None:
    report = take(tmp_path, f"{site}/table.csv")
    assert report.added == 1
    entry = KnowledgeBase(tmp_path).snapshot.entry(0)
    assert (entry.id, entry.link) == ("q1", f"{site}/table.csv")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/", "不在允许的网站名单里"),
        ("http://gov.cn.example.com/", "不在允许的网站名单里"),
        ("http://fakegov.cn/", "不在允许的网站名单里"),
        ("ftp://www.gov.cn/a", "不是网址"),
        ("http://", "不是网址"),
    ],
)
def test_other_places_are_never_asked(site: str, url: str, reason: str, tmp_path: Path) -> None:
    assert [problem.reason.startswith(reason) or reason in problem.reason
            for problem in take(tmp_path, url).skipped] == [True]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/elsewhere", "localhost 不在允许的网站名单里"),
        ("/circle", "转来转去没有到头"),
        ("/local", "不能抓取的地址"),
        ("/packed", "不支持的内容类型：application/zip"),
        ("/nothing", "网站回答 404"),
        ("/file", "二进制"),
    ],
)
def test_what_cannot_be_had_is_named_and_the_rest_goes_on(
    site: str, path: str, reason: str, tmp_path: Path
) -> None:
    report = take(tmp_path, site + path, f"{site}/guide.html")
    assert report.added == 1
    assert len(report.skipped) == 1
    assert report.skipped[0].where == site + path
    assert reason in report.skipped[0].reason


def test_a_page_without_end_is_cut_off(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MAX_BYTES", 100_000)
    assert "太大" in take(tmp_path, f"{site}/endless").skipped[0].reason


def test_a_site_that_takes_for_ever_is_left(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MAX_SECONDS", 0.0)
    assert take(tmp_path, f"{site}/guide.html").skipped


def test_without_a_list_nothing_is_fetched(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(web.HOSTS)
    assert "不在允许" in take(tmp_path, f"{site}/guide.html").skipped[0].reason


def test_what_a_site_keeps_from_robots_is_not_fetched(site: str, tmp_path: Path) -> None:
    report = take(tmp_path, f"{site}/private/guide.html", f"{site}/guide.html")
    assert report.added == 1
    assert ["robots.txt" in problem.reason for problem in report.skipped] == [True]


def test_a_picture_is_refused_by_what_it_is(site: str, tmp_path: Path) -> None:
    (problem,) = take(tmp_path, f"{site}/photo").skipped
    assert "不支持的内容类型：image/png" in problem.reason


def test_an_address_in_chinese_letters_is_asked_as_names_are() -> None:
    asked = web._asking("https://回应.政务.cn:8443/指南?q=医保")
    assert asked.full_url == (
        "https://xn--zbs62p.xn--zfr164b.cn:8443/%E6%8C%87%E5%8D%97?q=%E5%8C%BB%E4%BF%9D"
    )
