"""A carrier that speaks SMPP 3.4, as far as a test needs: binds, submits, delivers, receipts."""

from __future__ import annotations

import asyncio
import contextlib
import struct

SUBMIT, DELIVER = 0x04, 0x05
RESPONSE = 0x80000000
UCS2 = 8
RECEIPT = 0x04  # esm_class of a delivery receipt
REGISTERED = 0x01


def _text(value: str) -> bytes:
    return value.encode() + b"\0"


def _take(body: bytes) -> tuple[str, bytes]:
    value, _, rest = body.partition(b"\0")
    return value.decode("latin-1"), rest


class Carrier:
    def __init__(self, port: int) -> None:
        self._port = port
        self._sequence = 0
        self._messages = 0
        self._writer: asyncio.StreamWriter | None = None
        self._bound = asyncio.Event()
        self._new = asyncio.Event()
        self._taken: list[tuple[str, str]] = []
        self._fate = ("DELIVRD", "000")

    async def __aenter__(self) -> Carrier:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()
        self._server.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await self._server.wait_closed()

    async def bound(self) -> None:
        async with asyncio.timeout(30):
            await self._bound.wait()

    def fail_next(self, state: str, error: str) -> None:
        """The next message cannot be delivered, and the receipt says so."""
        self._fate = (state, error)

    async def submitted(self, count: int) -> list[tuple[str, str]]:
        """Number and text of the first messages given to us, once there are as many."""
        async with asyncio.timeout(30):
            while len(self._taken) < count:
                self._new.clear()
                await self._new.wait()
        return self._taken[:count]

    def deliver(self, sender: str, receiver: str, text: str) -> None:
        """Brings a message from a handset."""
        self._send(DELIVER, self._message(sender, receiver, 0, UCS2, text.encode("utf-16-be")))

    @staticmethod
    def _message(sender: str, receiver: str, esm: int, coding: int, content: bytes) -> bytes:
        head = _text("") + bytes([1, 1]) + _text(sender) + bytes([0, 1]) + _text(receiver)
        fixed = bytes([esm, 0, 0]) + _text("") + _text("") + bytes([0, 0, coding, 0])
        return head + fixed + bytes([len(content)]) + content

    def _send(self, command: int, body: bytes, sequence: int | None = None) -> None:
        assert self._writer is not None
        if sequence is None:
            self._sequence += 1
            sequence = self._sequence
        self._writer.write(struct.pack(">IIII", 16 + len(body), command, 0, sequence) + body)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length, command, _, sequence = struct.unpack(">IIII", await reader.readexactly(16))
                body = await reader.readexactly(length - 16)
                self._answer(command, sequence, body)
                await writer.drain()

    def _answer(self, command: int, sequence: int, body: bytes) -> None:
        match command:
            case 0x01 | 0x02 | 0x09:  # bind_receiver, _transmitter, _transceiver
                self._send(RESPONSE | command, _text("carrier"), sequence)
                self._bound.set()
            case 0x15 | 0x06:  # enquire_link, unbind
                self._send(RESPONSE | command, b"", sequence)
            case 0x04:  # submit_sm
                self._messages += 1
                name = f"{self._messages:08x}"
                self._send(RESPONSE | SUBMIT, _text(name), sequence)
                self._submit(body, name)

    def _submit(self, body: bytes, name: str) -> None:
        _, rest = _take(body)
        sender, rest = _take(rest[2:])
        receiver, rest = _take(rest[2:])
        esm, rest = rest[0], rest[3:]
        _, rest = _take(rest)
        _, rest = _take(rest)
        registered, coding, length = rest[0], rest[2], rest[4]
        content = rest[5 : 5 + length]
        if esm & 0x40:  # a part of a long message
            content = content[content[0] + 1 :]
        text = content.decode("utf-16-be" if coding == UCS2 else "latin-1")
        self._taken.append((receiver if receiver.startswith("+") else f"+{receiver}", text))
        self._new.set()
        if registered & REGISTERED:
            state, error = self._fate
            self._fate = ("DELIVRD", "000")
            receipt = (
                f"id:{name} sub:001 dlvrd:001 submit date:2603021200 done date:2603021200 "
                f"stat:{state} err:{error} text:"
            )
            told = self._message(receiver, sender, RECEIPT, 0, receipt.encode())
            asyncio.get_running_loop().call_later(0.2, self._send, DELIVER, told)
