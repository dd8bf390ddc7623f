"""The desk's templates: how a page is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from connectors import logs, templates
from connectors.clock import in_china
from connectors.conversation.ownership import Owner
from connectors.conversation.skills import Skill
from connectors.messages import Fields, Part, Text
from connectors.settings.desk import Desk
from connectors.texts import Texts

HERE = Path(__file__).parent


class Pages:
    def __init__(self, texts: Texts, desk: Desk) -> None:
        self._environment = templates.environment(HERE / "templates")
        self._environment.filters["clock"] = lambda at: in_china(at).strftime("%m-%d %H:%M")
        self._environment.filters["masked"] = logs.mask
        self._environment.filters["hidden_numbers"] = _hides
        self._environment.globals.update(
            answer_time=lambda channel, queue=None: int(
                desk.answer_time(channel, queue).total_seconds()
            ),
            yellow_from=desk.yellow_from,
            orange_from=desk.orange_from,
        )
        self._environment.globals.update(skills=tuple(Skill), say=partial(texts.say), Owner=Owner)

    def fragment(self, template: str, **values: Any) -> str:
        """A piece of a page."""
        return self._environment.get_template(template).render(**values)

    def share(self, **values: Any) -> None:
        """Makes something known to every template."""
        self._environment.globals.update(values)

    def show(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """A page, never kept by the browser: it holds what people said."""
        return web.Response(
            text=self.fragment(template, **values),
            status=status,
            content_type="text/html",
            headers={"Cache-Control": "no-store"},
        )


def _hides(parts: Sequence[Part]) -> bool:
    """Whether numbers in a message are shown masked."""
    words = [part.text for part in parts if isinstance(part, Text)]
    words += [row.value for part in parts if isinstance(part, Fields) for row in part.rows]
    return any(logs.mask(one) != one for one in words)
