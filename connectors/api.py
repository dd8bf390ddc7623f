"""``/api``: the HTTP and socket interface, as a document for machines and a page for people.

The one source is ``docs/openapi.yml``, read once; the page is made from it on request.
"""

from __future__ import annotations

import html
from functools import cache
from typing import Any

from aiohttp import web

from connectors.json_answer import json_answer
from connectors.settings import ROOT
from connectors.texts import Texts
from connectors.yaml_file import read_yaml

SOURCE = ROOT / "docs" / "openapi.yml"


def api_routes(texts: Texts) -> list[web.AbstractRouteDef]:
    async def document(_request: web.Request) -> web.Response:
        return json_answer(_read())

    async def page(_request: web.Request) -> web.Response:
        body = _page(_read(), texts.say("api_title"))
        return web.Response(text=body, content_type="text/html")

    return [web.get("/api", page), web.get("/api/openapi.json", document)]


@cache
def _read() -> dict[str, Any]:
    document: dict[str, Any] = read_yaml(SOURCE)
    return document


def _page(document: dict[str, Any], title: str) -> str:
    rows = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answers = "".join(
                f"<li><code>{html.escape(str(status))}</code> "
                f"{html.escape(answer['description'])}</li>"
                for status, answer in operation["responses"].items()
            )
            rows.append(
                f"<section><h2><code>{method.upper()} {html.escape(path)}</code></h2>"
                f"<p>{html.escape(operation['summary'])}</p>"
                f"<pre>{html.escape(operation.get('description', ''))}</pre><ul>{answers}</ul>"
                "</section>"
            )
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{html.escape(title)}'
        f'</title><link rel="stylesheet" href="/desk/static/desk.css"><body class="document"><main>'
        f"<h1>{html.escape(title)}</h1><p>{html.escape(document['info']['description'])}</p>"
        f'<p><a href="/api/openapi.json">openapi.json</a></p>{"".join(rows)}</main></body></html>'
    )
