"""A real Kannel of a test run's own: bearerbox, smsbox, and the carrier's or handset's side."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus, unquote_to_bytes

from tests.servers import ServerMissing, find_program, free_port

START_LIMIT = 30.0  # seconds
USER, PASSWORD, NUMBER = "huiying", "kannel-test-password", "12345"

CORE = """\
group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = {password}
smsbox-port = {smsbox}
smsbox-interface = "127.0.0.1"
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
dlr-storage = internal
store-type = spool
store-location = "{folder}/spool"
sms-combine-concatenated-mo = false
log-file = "{folder}/bearerbox.log"
log-level = 2

{carrier}

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {smsbox}
smsbox-id = huiying
sendsms-port = {sendsms}
sendsms-interface = "127.0.0.1"
mo-recode = true
max-pending-requests = 512
http-request-retry = 600
http-queue-delay = 2
reply-couldnotfetch = ""
reply-couldnotrepresent = ""
reply-requestfailed = ""
reply-emptymessage = ""
log-file = "{folder}/smsbox.log"
log-level = 2

group = smsbox-route
smsbox-id = huiying
smsc-id = "carrier"

group = sms-service
keyword = default
catch-all = true
max-messages = 0
concatenation = true
omit-empty = true
assume-plain-text = true
get-url = "{inbound}?from=%p&to=%P&text=%b&coding=%c&charset=%C&ts=%t&smscid=%i&id=%I&udh=%u"

group = sendsms-user
username = {user}
password = {password}
concatenation = true
max-messages = 10
"""

FAKE = """\
group = smsc
smsc = fake
smsc-id = carrier
host = 127.0.0.1
port = {port}
connect-allow-ip = "127.0.0.1"
"""

SMPP = """\
group = smsc
smsc = smpp
smsc-id = carrier
host = 127.0.0.1
port = {port}
smsc-username = huiying
smsc-password = secret
system-type = ""
transceiver-mode = true
interface-version = 34
enquire-link-interval = 5
reconnect-delay = 1
"""


@dataclass
class KannelServer:
    """``inbound``: where messages from handsets are brought, our callback."""

    inbound: str
    carrier: str = FAKE
    port: int = field(default_factory=free_port)  # of the fake carrier, or of the SMPP server
    sendsms: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bearerbox = find_program("bearerbox", "kannel", "usr/sbin")
        self.smsbox = find_program("smsbox", "kannel", "usr/sbin")
        self.folder = Path(tempfile.mkdtemp(prefix="huiying-kannel-"))
        (self.folder / "spool").mkdir()
        self._smsbox_port = free_port()
        self.config = self.folder / "kannel.conf"
        self.config.write_text(
            CORE.format(
                admin=free_port(),
                smsbox=self._smsbox_port,
                sendsms=self.sendsms,
                folder=self.folder,
                carrier=self.carrier.format(port=self.port),
                inbound=self.inbound,
                user=USER,
                password=PASSWORD,
            )
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.sendsms}/cgi-bin/sendsms"

    def start(self) -> None:
        self._run(self.bearerbox, self._smsbox_port)
        self._run(self.smsbox, self.sendsms)

    def _run(self, program: str, port: int) -> None:
        process = subprocess.Popen(
            [program, "-v", "4", str(self.config)],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        limit = time.monotonic() + START_LIMIT
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"{program} did not start:\n{self.logs()[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """As an operator stops it: what waits is kept in the spool."""
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def logs(self) -> str:
        return "\n".join(
            file.read_text(errors="replace") for file in sorted(self.folder.glob("*.log"))
        )


@dataclass
class Heard:
    """A message a handset was shown."""

    sender: str
    receiver: str
    text: str
    kind: str


class Handset:
    """Everybody's telephone, behind Kannel's fake carrier: a line of text a message."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.heard: list[Heard] = []
        self._new = asyncio.Event()

    async def __aenter__(self) -> Handset:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def say(self, sender: str, text: str) -> None:
        """Somebody writes to our number, in UCS-2 as handsets here do."""
        content = quote_plus(text.encode("utf-16-be"))
        self._writer.write(f"{sender} {NUMBER} ucs2 {content}\n".encode())
        await self._writer.drain()

    async def say_part(self, sender: str, udh: bytes, content: bytes) -> None:
        """A part of a long message, as bytes."""
        line = f"{sender} {NUMBER} udh {quote_plus(udh)} {quote_plus(content)}\n"
        self._writer.write(line.encode())
        await self._writer.drain()

    async def hear(self, receiver: str, count: int, within: float = 30) -> list[Heard]:
        """The first ``count`` messages shown to a number, once there are as many."""
        async with asyncio.timeout(within):
            while True:
                mine = [one for one in self.heard if one.receiver == receiver]
                if len(mine) >= count:
                    return mine
                self._new.clear()
                await self._new.wait()

    async def _listen(self) -> None:
        while line := await self._reader.readline():
            sender, receiver, kind, *rest = line.decode("latin-1").rstrip("\n").split(" ")
            content = unquote_to_bytes(rest[-1].replace("+", " ")) if rest else b""
            wide = kind in ("ucs-2", "ucs2") or (kind == "udh" and len(content) % 2 == 0)
            text = content.decode("utf-16-be" if wide else "utf-8", "replace")
            self.heard.append(Heard(sender, receiver, text, kind))
            self._new.set()


def installed() -> bool:
    try:
        find_program("bearerbox", "kannel", "usr/sbin")
    except ServerMissing:
        return False
    return True
