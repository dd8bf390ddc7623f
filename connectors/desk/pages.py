"""The desk's templates: how a page is made of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from connectors.clock import in_china
from connectors.conversation.ownership import Owner
from connectors.texts import Texts

HERE = Path(__file__).parent


class Pages:
    def __init__(self, texts: Texts) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["clock"] = lambda at: in_china(at).strftime("%m-%d %H:%M")
        self._environment.globals.update(say=partial(texts.say), Owner=Owner)

    def show(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """A page, never kept by the browser: it holds what people said."""
        html = self._environment.get_template(template).render(**values)
        return web.Response(
            text=html,
            status=status,
            content_type="text/html",
            headers={"Cache-Control": "no-store"},
        )
