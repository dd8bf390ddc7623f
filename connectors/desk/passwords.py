"""Passwords are made and compared in threads of their own.

Argon2 takes some 50 ms and 64 MB each time, by design: many who log in at once wait for one
another, and not what else needs a thread for them.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from connectors.store import agents

AT_ONCE = 2


class Passwords:
    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")

    async def hashed(self, password: str) -> str:
        """As it is stored."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, agents.hash_password, password)

    async def fits(self, stored: str | None, password: str) -> bool:
        """Whether it is the ``stored`` one; None is that of an unknown account, which none fits."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, agents.verify_password, stored, password)

    def close(self) -> None:
        """Those under way end by themselves."""
        self._threads.shutdown(wait=False)
