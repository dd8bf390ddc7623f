"""Bolt for Python acknowledging a message event: run by an environment of its own.

It verifies the signature, finds who is authorised (told, not asked over the network), finds the
listener and acknowledges; nothing is stored.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

SECRET = "k" * 32


async def authorize(enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=enterprise_id,
        team_id=team_id,
        bot_token="xoxb-1",
        bot_user_id="U0",
        bot_id="B0",
    )


async def main() -> None:
    bolt = AsyncApp(signing_secret=SECRET, authorize=authorize)

    @bolt.event("message")
    async def heard(event: dict[str, Any]) -> None:
        """Nothing: only the acknowledgement is measured."""

    runner = web.AppRunner(bolt.web_app(path="/bolt"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
