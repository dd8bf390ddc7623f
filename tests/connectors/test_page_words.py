"""The words of a page's scripts, as the module they import."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from connectors.page_words import words_route
from connectors.texts import Texts


async def test_a_script_imports_the_texts_of_its_page_and_no_others() -> None:
    texts = Texts({"page_a": {"": '说"{who}"'}, "page_b": {"": "乙"}, "other": {"": "别的"}})
    app = web.Application()
    app.add_routes([words_route("/words.js", texts, "page_")])
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/words.js")
        module = await answer.text()
    assert answer.content_type == "text/javascript"
    assert module.splitlines()[0] == r'const words = {"page_a":"说\"{who}\"","page_b":"乙"};'
    assert "别的" not in module
