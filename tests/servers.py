"""Real PostgreSQL and Redis servers of a test run's own, on free ports, gone when it ends."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
START_LIMIT = 30.0  # seconds


class ServerMissing(Exception):
    """The server is not installed and cannot be installed here."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_program(name: str, package: str, places: str) -> str:
    """Where a server's program is, its Debian package installed first if need be."""
    for _ in range(2):
        found = shutil.which(name) or next(
            (str(path) for path in sorted(Path("/").glob(f"{places}/{name}"), reverse=True)), None
        )
        if found:
            return found
        subprocess.run(["bash", str(ROOT / "scripts" / "apt_install.sh"), package], check=False)
    raise ServerMissing(
        f"{name} is missing; install the package {package}, or leave these tests out with "
        '-m "not postgres and not redis"'
    )


def _folder(given: Path | None, name: str) -> Path:
    if given is None:
        return Path(tempfile.mkdtemp(prefix=f"huiying-{name}-"))
    given.mkdir()
    return given


def _until(answers: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_LIMIT
    while not answers():
        if process.poll() is not None or time.monotonic() > limit:
            raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)


class RedisServer:
    """A redis-server, without persistence unless its ``options`` say otherwise."""

    def __init__(self, folder: Path | None = None) -> None:
        self.program = find_program("redis-server", "redis-server", "usr/bin")
        self.folder = _folder(folder, "redis")
        self.options = ["--appendonly", "no"]
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        log = self.folder / "log"
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                 "--dir", str(self.folder), *self.options],
                stdout=out,
                stderr=out,
            )  # fmt: skip
        _until(self._answers, self.process, log)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False

    def freeze(self) -> None:
        """Stops answering without closing anything, as a machine in trouble does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """As an operator stops it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresServer:
    """A PostgreSQL cluster; run as another user where we are root, which it refuses to be."""

    def __init__(self, *, durable: bool = False, folder: Path | None = None) -> None:
        """``durable``: sync to disk as in production; tests of behaviour are quicker without."""
        self.initdb = find_program("initdb", "postgresql", "usr/lib/postgresql/*/bin")
        # PostgreSQL finds its parts beside the program itself, not beside a link to it.
        self.program = str(Path(self.initdb).resolve().with_name("postgres"))
        self.folder = _folder(folder, "postgres")
        self.data = self.folder / "data"
        self.port = free_port()
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._user = self._other_user()
        self._made = 0
        subprocess.run(
            [self.initdb, "-D", str(self.data), "-A", "trust", "-U", "huiying", "-E", "UTF8",
             "--locale=C", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, **self._user,
        )  # fmt: skip

    def _other_user(self) -> dict[str, Any]:
        if os.getuid() != 0:
            return {}
        name = "postgres" if "postgres" in (entry.pw_name for entry in pwd.getpwall()) else "nobody"
        shutil.chown(self.folder, name)
        return {"user": name, "group": grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name, "cwd": "/"}

    def start(self) -> None:
        log = self.folder / "log"
        sync = "on" if self.durable else "off"
        settings = {
            "fsync": sync, "full_page_writes": sync, "synchronous_commit": sync,
            "max_connections": "60", "listen_addresses": "127.0.0.1", "port": str(self.port),
            "unix_socket_directories": str(self.folder),
        }  # fmt: skip
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [self.program, "-D", str(self.data), *options],
                stdout=out, stderr=out, **self._user,
            )  # fmt: skip
        _until(self._answers, self.process, log)

    def _answers(self) -> bool:
        ready = Path(self.program).with_name("pg_isready")
        asked = subprocess.run(
            [str(ready), "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False
        )
        return asked.returncode == 0

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://huiying@127.0.0.1:{self.port}/{database}"

    def make_database(self, template: str = "template0") -> str:
        """A fresh database, and its name."""
        self._made += 1
        name = f"t{self._made}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def sql(self, statement: str, database: str = "postgres") -> str:
        psql = Path(self.program).with_name("psql")
        return subprocess.run(
            [str(psql), "-qtA", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port),
             "-U", "huiying", "-d", database, "-c", statement],
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip

    def stop(self) -> None:
        """As an operator stops it: connections are ended, nothing is lost."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """As a power cut stops it."""
        self._end(signal.SIGQUIT)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
