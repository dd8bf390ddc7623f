"""An editor's work that is interrupted, too long, taken out or gone back to."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from aiohttp import FormData
from sqlalchemy import Connection

from connectors.store import gaps, votes
from connectors.store.votes import Answered, Vote
from knowledge.base import base_folder
from knowledge.documents.ingest import ingest
from knowledge.published.editor import Editor
from tests.desk.people import PASSWORD, csrf, make_agent
from tests.desk.test_knowledge import ENTRY, editor
from tests.house import house

HTML = {"Accept": "text/html"}
LOGIN = {"login": "e1", "password": PASSWORD}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "permit.md").write_text(ENTRY, encoding="utf-8")
    ingest(base_folder(data=tmp_path), [tmp_path / "permit.md"])
    return tmp_path


def in_parts(form: dict[str, str]) -> FormData:
    """As a browser sends a form of this encoding."""
    data = FormData(quote_fields=False)
    for name, value in form.items():
        data.add_field(name, value, content_type="text/plain; charset=utf-8")
    return data


def hidden(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}


async def test_who_logs_in_is_taken_where_they_wanted_to_go(data: Path) -> None:
    async with house(data) as h:
        await make_agent(h, "e1", "editor")
        wanted = "/desk/knowledge/entry?id=permit"
        sent = await h.client.get(wanted, headers=HTML, allow_redirects=False)
        page = await (await h.client.get(sent.headers["Location"])).text()
        assert 'name="then" value="/desk/knowledge/entry?id=permit"' in page
        came = await h.client.post("/desk/login", data={**LOGIN, "then": wanted})
        assert "居住地派出所。" in await came.text()
        plain = await h.client.post("/desk/login", data=LOGIN, allow_redirects=False)
        assert plain.headers["Location"] == "/desk/knowledge"  # an editor's own place


@pytest.mark.parametrize(
    "then",
    ["https://elsewhere.example/desk/", "//elsewhere.example", "/desk/../x", "/desk/\\x", "x"],
)
async def test_logging_in_leads_nowhere_outside_the_desk(data: Path, then: str) -> None:
    async with house(data) as h:
        await make_agent(h, "e1", "editor")
        came = await h.client.post(
            "/desk/login", data={**LOGIN, "then": then}, allow_redirects=False
        )
        assert came.headers["Location"] == "/desk/knowledge"


async def test_what_was_written_outlives_the_session(data: Path) -> None:
    async with house(data) as h:
        await make_agent(h, "e1", "editor")
        path, asked = "/desk/knowledge/entry", Editor(base_folder(data=data))
        form = {"csrf": "old", "known": "permit", "id": "permit", "title": "居住证遗失补领"}
        form |= {"what": "save", "why": "补照片", "seen": "1", "text": "带照片，\n“两张”<b>。"}
        lost = await h.client.post(path, data=form, headers=HTML)
        assert lost.status == 401
        page = await lost.text()
        assert "写的内容还在" in page
        kept = hidden(page)
        assert kept["kept.text"] == form["text"]
        assert "kept.csrf" not in kept
        wrong = await h.client.post("/desk/login", data={**kept, **LOGIN, "password": "no"})
        assert hidden(await wrong.text()) == kept  # a slip of the finger costs nothing either
        back = await (await h.client.post("/desk/login", data={**kept, **LOGIN})).text()
        assert len(asked.versions("permit")) == 1  # nothing is published before they say so
        again = hidden(back)
        assert again["csrf"] == await csrf(h)
        await h.client.post(path, data={**again, "what": "save"})
        saved = asked.entry("permit")
        assert saved is not None
        assert [section.text for section in saved.sections] == [form["text"]]


async def test_a_text_too_long_for_the_form_is_refused_and_never_cut(data: Path) -> None:
    async with house(data) as h:
        token = await editor(h)
        asked, path = Editor(base_folder(data=data)), "/desk/knowledge/entry"
        form = {"csrf": token, "id": "long", "title": "长文", "what": "save", "why": "新"}
        page = await (await h.client.get(path)).text()
        assert 'enctype="multipart/form-data"' in page  # three bytes a character, not nine
        whole = "字" * 250_000
        await h.client.post(path, data=in_parts({**form, "text": whole}))
        saved = asked.entry("long")
        assert saved is not None
        assert sum(len(section.text) for section in saved.sections) == len(whole)
        long = {**form, "id": "longer", "text": "a" * 300_001}
        assert "太长" in await (await h.client.post(path, data=in_parts(long))).text()
        over = await h.client.post(
            path, data=in_parts({**form, "text": "字" * 300_000, "facts": "字" * 90_000})
        )
        assert over.status == 413
        assert "太长" in await over.text()
        assert asked.entry("longer") is None


async def test_an_entry_without_an_id_gets_one(data: Path) -> None:
    async with house(data) as h:
        token = await editor(h)
        form = {"csrf": token, "title": "新规定", "text": "正文。", "what": "save", "why": "新"}
        first = await h.client.post("/desk/knowledge/entry", data={**form, "id": ""})
        second = await h.client.post("/desk/knowledge/entry", data={**form, "id": " "})
        ids = [one.url.query["id"] for one in (first, second)]
        assert len(set(ids)) == 2
        assert all(Editor(base_folder(data=data)).entry(one) for one in ids)


async def test_an_entry_taken_out_can_be_looked_at_and_brought_back(data: Path) -> None:
    async with house(data) as h:
        token = await editor(h)
        asked, path = Editor(base_folder(data=data)), "/desk/knowledge/entry"
        form = {"csrf": token, "known": "permit", "id": "permit", "why": "误以为作废"}
        await h.client.post(path, data={**form, "what": "remove"})
        page = await h.client.get(path, params={"id": "permit"})
        assert page.status == 200
        shown = await page.text()
        assert "已撤下" in shown
        assert "居住地派出所。" in shown
        await h.client.post(path, data={**form, "what": "restore", "version": "1"})
        assert asked.entry("permit") is not None
        assert (await h.client.get(path, params={"id": "never"})).status == 404


async def test_an_old_version_shows_what_has_changed_since(data: Path) -> None:
    async with house(data) as h:
        token = await editor(h)
        form = {"csrf": token, "known": "permit", "id": "permit", "title": "居住证遗失补领"}
        form |= {"what": "save", "why": "补材料", "issuer": "示例市公安局"}
        form |= {"text": "## 需要材料\n居民身份证和照片。\n\n## 办理地点\n居住地派出所。"}
        path = "/desk/knowledge/entry"
        await h.client.post(path, data={**form, "effective_from": "2020-01-01"})
        page = await (await h.client.get(path, params={"id": "permit", "version": "1"})).text()
        assert "<del>居民身份证。</del>" in page
        assert "<ins>居民身份证和照片。</ins>" in page
        assert "居住地派出所。</del>" not in page  # what stayed is no change


async def test_a_gap_of_an_answer_that_did_not_help_leads_to_its_entry(data: Path) -> None:
    async with house(data) as h:
        await editor(h)
        asked = Answered("c1", "m1", "permit", "permit#0", "居住证丢了要几天")

        def unit(conn: Connection) -> None:
            now = datetime(2026, 11, 1, tzinfo=UTC)
            gaps.record(
                conn, now, question="居住证丢了要几天", reason="unhelpful", conversation_id="c1"
            )
            votes.record(conn, now, asked, Vote.UNSOLVED)

        await h.database.transact(unit)
        page = await (await h.client.get("/desk/knowledge/gaps")).text()
        assert 'href="/desk/knowledge/entry?id=permit">改《居住证遗失补领》' in page
