"""The cluster as the thing under attack."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.chaos.clocks import WallClock
from tests.chaos.disk import Disk
from tests.chaos.faults import Callback, Fault, held
from tests.cluster.service import Service
from tests.cluster.topology import Cluster


class Clustered(Cluster):
    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self._clock = WallClock(folder / "clock")
        self._disk = Disk(folder / "data", self._pids)
        super().__init__(folder, self._disk.folder, settings)
        self._next = itertools.count()

    async def start(self) -> None:
        await super().start()

    async def stop(self) -> None:
        self._disk.free()
        await super().stop()
        self._disk.remove()

    def _environment(self, name: str) -> dict[str, str]:
        """Only the first gateway's clock is wrong: that of the others shows what is right."""
        ours = super()._environment(name)
        return ours | self._clock.environment() if name == "gateway-1" else ours

    def faults(self) -> dict[str, Fault]:
        return {
            "gateway": lambda: self._kill(self.gateways),
            "rasa": lambda: self._kill(self.workers),
            "redis": lambda: held(6, self.redis.stop, self.redis.start),
            "redis-kill": lambda: held(3, self.redis.kill, self.redis.start),
            "redis-freeze": lambda: held(8, self.redis.freeze, self.redis.thaw),
            "postgres": lambda: held(6, self.postgres.stop, self.postgres.start),
            "postgres-kill": lambda: held(3, self.postgres.kill, self.postgres.start),
            "freeze": lambda: held(15, *self._freeze(self._one_of(self.gateways))),
            "disk": lambda: held(5, self._disk.fill, self._free),
            "clock-ahead": lambda: held(10, *self._jump(7200)),
            "clock-back": lambda: held(10, *self._jump(-7200)),
            "clock-kill": self._die_in_the_future,
        }

    def _one_of(self, services: Mapping[str, Service]) -> Service:
        every = list(services.values())
        return every[next(self._next) % len(every)]

    async def _kill(self, services: Mapping[str, Service]) -> None:
        self._one_of(services).send(signal.SIGKILL)

    async def _die_in_the_future(self) -> None:
        await held(6, *self._jump(7200))
        self.gateways["gateway-1"].send(signal.SIGKILL)

    def _freeze(self, service: Service) -> tuple[Callback, Callback]:
        return lambda: service.send(signal.SIGSTOP), lambda: service.send(signal.SIGCONT)

    def _jump(self, seconds: int) -> tuple[Callback, Callback]:
        return lambda: self._clock.set(seconds), lambda: self._clock.set(0)

    def _free(self) -> None:
        """Room again; what a full disk has ended is started again, as its container would be."""
        self._disk.free()
        for server in (self.redis, self.postgres):
            if server.process is not None and server.process.poll() is not None:
                server.start()

    def _pids(self) -> Iterator[int]:
        services = (*self.gateways.values(), *self.workers.values())
        servers = (self.redis.process, self.postgres.process)
        yield from (one.pid for one in services if one.pid is not None)
        yield from (one.pid for one in servers if one is not None)
