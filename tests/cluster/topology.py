"""The cluster of docker-compose.yml as processes on free ports: what a service is told there it is
told here, only hosts, ports and folders are replaced.

A "pod" is a gateway and a Rasa worker that know each other's ports. Chroma stands apart in the
compose file while no gateway asks it, so it is left out here as well; so is Kannel, which needs an
operator's line at its other end.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import ssl
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from connectors import bot_process
from tests.cluster import proxy
from tests.cluster.compose import Compose
from tests.cluster.service import Service
from tests.servers import ROOT, PostgresServer, RedisServer, free_port

PASSWORD = "chosen-for-this-run"
ROLE = "huiying"


class Cluster:
    def __init__(self, folder: Path, data: Path, settings: Mapping[str, str]) -> None:
        """``folder`` takes logs and configuration, ``data`` what services keep (it may be a file
        system of its own); ``settings`` are given to every gateway beside those of the file."""
        self.folder = folder
        self.data = data
        self._settings = settings
        self.redis = RedisServer(data / "redis")
        self.postgres = PostgresServer(durable=True, folder=data / "postgres")
        self._compose = self._read()
        self.gateways: dict[str, Service] = {}
        self.workers: dict[str, Service] = {}
        self._proxy: Service | None = None
        self._port, self._tls_port = free_port(), free_port()
        self._ports: dict[str, int] = {}
        self.tls: ssl.SSLContext | None = None

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._tls_port}"

    def _read(self) -> Compose:
        variables = {
            "POSTGRES_PASSWORD": PASSWORD,
            "HUIYING_PUBLIC_URL": "https://127.0.0.1",
            "HUIYING_INTERNAL_TOKEN": secrets.token_hex(32),
            "HUIYING_SECRET_KEY": secrets.token_hex(32),
        }
        places = {
            "@postgres:5432/": f"@127.0.0.1:{self.postgres.port}/",
            "redis://redis:6379/": f"redis://127.0.0.1:{self.redis.port}/",
        }
        return Compose(variables, places)

    # Life --------------------------------------------------------------------------------------

    async def start(self) -> None:
        """All up and ready. Raises :class:`NotReady`."""
        self._make_gateways_and_workers()
        self.redis.options = self._compose.command("redis")[1:]
        for worker in self.workers.values():
            worker.start()
        await asyncio.gather(
            asyncio.to_thread(self.redis.start), asyncio.to_thread(self._start_postgres)
        )
        await asyncio.gather(*(self._command(name).once() for name in ("store", "knowledge")))
        for gateway in self.gateways.values():
            gateway.start()
        await asyncio.gather(
            *(one.until_ready() for one in (*self.workers.values(), *self.gateways.values()))
        )
        self._proxy = self._make_proxy()
        self._proxy.start()
        await self._proxy.until_ready()

    async def stop(self) -> None:
        """Gateways drain first, then all else ends."""
        if self._proxy is not None:
            await self._proxy.stop()
        await asyncio.gather(*(one.stop() for one in self.gateways.values()))
        await asyncio.gather(*(one.stop() for one in self.workers.values()))
        await asyncio.to_thread(self.postgres.stop)
        await asyncio.to_thread(self.redis.stop)

    async def ready(self) -> bool:
        """Whether every part answers."""
        parts = (*self.gateways.values(), *self.workers.values())
        return all(await asyncio.gather(*(one.ready() for one in parts)))

    # Parts -------------------------------------------------------------------------------------

    def _start_postgres(self) -> None:
        self.postgres.start()
        self.postgres.sql(f"ALTER ROLE {ROLE} PASSWORD '{PASSWORD}'")
        database = urlsplit(self._compose.environment("store")["HUIYING_DATABASE_URL"]).path[1:]
        self.postgres.sql(f"CREATE DATABASE {database}")

    def _make_gateways_and_workers(self) -> None:
        shared = {"/data": str(self.data / "gateway")}  # the compose file's volumes
        (self.data / "gateway").mkdir(parents=True, exist_ok=True)
        rasa = self.data / "rasa"
        rasa.mkdir(exist_ok=True)
        for name in self._compose.named("gateway-"):
            worker = name.replace("gateway", "rasa")
            port, actions, bot = free_port(), free_port(), free_port()
            self._ports[name] = port
            env = self._environment(name) | {
                "HUIYING_PORT": str(port),
                "HUIYING_ACTIONS_PORT": str(actions),
                "HUIYING_RASA_PORT": str(bot),
                "HUIYING_DATA_DIR": shared["/data"],
            }
            self.gateways[name] = self._service(
                name, [sys.executable, "-m", "connectors.cli", "gateway"], env, ROOT,
                f"http://127.0.0.1:{port}/health/ready",
            )  # fmt: skip
            bot_env = self._environment(worker) | {
                "HUIYING_RASA_PORT": str(bot),
                "HUIYING_RASA_DB": str(rasa / "rasa.db"),
                "HUIYING_ACTIONS_URL": f"http://127.0.0.1:{actions}/actions",
            }
            self.workers[worker] = self._service(
                worker, bot_process.command("run"), bot_env, bot_process.folder(),
                f"http://127.0.0.1:{bot}/webhooks/huiying/health",
            )  # fmt: skip

    def _command(self, name: str) -> Service:
        """A service of the compose file that runs once at each start."""
        env = self._environment(name) | {"HUIYING_DATA_DIR": str(self.data / "gateway")}
        command = [sys.executable, "-m", "connectors.cli", *self._compose.command(name)]
        return self._service(name, command, env, ROOT, "")

    def _make_proxy(self) -> Service:
        folder = self.folder / "proxy"
        folder.mkdir()
        chain = proxy.certificate(folder)
        self.tls = ssl.create_default_context(cafile=str(chain))
        ports = [self._ports[name] for name in self.gateways]
        command = proxy.prepare(folder, ports, self._port, self._tls_port)
        address = f"http://127.0.0.1:{self._port}/health/live"
        return self._service("proxy", command, dict(os.environ), folder, address)

    def _environment(self, name: str) -> dict[str, str]:
        ours = {key: value for key, value in os.environ.items() if not key.startswith("HUIYING_")}
        given = self._compose.environment(name)
        settings = self._settings if not name.startswith("rasa-") else {}
        return ours | {"HUIYING_LOG_FORMAT": "json"} | given | dict(settings)

    def _service(
        self, name: str, command: list[str], env: Mapping[str, str], cwd: Path, address: str
    ) -> Service:
        async def ready() -> bool:
            return await answers(address)

        log = self.folder / f"{name}.log"
        return Service(name, command, env=env, cwd=cwd, log=log, ready=ready)


async def answers(address: str) -> bool:
    """Whether there is a 200 at ``address``."""
    limit = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=limit) as http:
        with suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with http.get(address) as response:
                return response.status == 200
    return False
