"""What a page's scripts say by themselves: a module they import, made of ``bot/texts``."""

from __future__ import annotations

from aiohttp import web

from connectors.json_codec import dumps
from connectors.texts import Texts

_MODULE = """const words = {words};
export const say = (key, values = {{}}) =>
  words[key].replace(/\\{{(\\w+)\\}}/g, (_, name) => values[name]);
"""


def words_route(path: str, texts: Texts, *prefixes: str) -> web.RouteDef:
    """A module whose ``say(key, values)`` knows the texts whose keys begin so."""
    keys = (key for key in texts.keys() if key.startswith(prefixes))  # noqa: SIM118
    words = {key: texts.say(key) for key in keys}
    module = _MODULE.format(words=dumps(words))

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(
            text=module, content_type="text/javascript", headers={"Cache-Control": "no-cache"}
        )

    return web.get(path, answer)
