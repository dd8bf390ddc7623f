"""``huiying chat``: the web chat's own socket, in a terminal."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections.abc import Mapping
from typing import Any

import aiohttp
from rich.console import Console

console = Console(highlight=False)

REPLY_WITHIN = 60.0  # seconds a scripted line waits for its answer
QUIET = 1.2  # seconds of silence that end an answer

_WHO = {"bot": "回应", "agent": "座席", "system": "系统", "me": "我"}


async def converse(url: str, lines: list[str] | None, *, as_json: bool) -> int:
    """Talks until the lines end; returns the exit status."""
    try:
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(f"{url}/webchat/socket", heartbeat=25) as socket,
        ):
            await socket.send_json({"type": "hello", "last_seq": 0})
            heard: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
            listener = asyncio.create_task(_listen(socket, heard, as_json))
            try:
                if lines is not None:
                    return await _say_all(socket, heard, [line for line in lines if line.strip()])
                await _say_typed(socket)
            finally:
                listener.cancel()
    except aiohttp.ClientError as error:
        console.print(f"cannot reach {url}: {error}; is `make run` running?", style="red")
        return 1
    return 0


async def _listen(
    socket: aiohttp.ClientWebSocketResponse,
    heard: asyncio.Queue[Mapping[str, Any]],
    as_json: bool,
) -> None:
    async for raw in socket:
        frame = json.loads(raw.data)
        if as_json:
            print(json.dumps(frame, ensure_ascii=False), flush=True)
        else:
            _show(frame)
        await heard.put(frame)
    await heard.put({"type": "closed"})


async def _say_all(
    socket: aiohttp.ClientWebSocketResponse,
    heard: asyncio.Queue[Mapping[str, Any]],
    lines: list[str],
) -> int:
    """Says each line once the one before was answered."""
    for line in lines:
        await _say(socket, line)
        try:
            async with asyncio.timeout(REPLY_WITHIN):
                while not _is_answer(frame := await heard.get()):
                    if frame["type"] in ("closed", "error"):
                        return 1
        except TimeoutError:
            console.print("no answer", style="red")
            return 1
        try:
            while True:
                async with asyncio.timeout(QUIET):
                    await heard.get()
        except TimeoutError:
            continue
    return 0


async def _say_typed(socket: aiohttp.ClientWebSocketResponse) -> None:
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip():
            await _say(socket, line.strip())
    await asyncio.sleep(QUIET)


async def _say(socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
    await socket.send_json({"type": "message", "id": uuid.uuid4().hex, "text": text})


def _is_answer(frame: Mapping[str, Any]) -> bool:
    return frame["type"] == "message" and frame["message"]["from"] in ("bot", "agent", "system")


def _show(frame: Mapping[str, Any]) -> None:
    match frame["type"]:
        case "message":
            message = frame["message"]
            console.print(f"[bold]{_WHO[message['from']]}[/bold]")
            for part in message["parts"]:
                _show_part(part)
            for number, choice in enumerate(message.get("choices", ()), 1):
                console.print(f"  {number}. {choice['label']}", markup=False)
        case "error":
            console.print(frame["text"], style="red", markup=False)
        case "owner" if frame["owner"] != "bot":
            console.print(f"[dim]({frame['owner']})[/dim]")


def _show_part(part: Mapping[str, Any]) -> None:
    match part["kind"]:
        case "citation":
            source = " · ".join(
                str(part[key])
                for key in ("title", "issuer", "document", "effective_from", "link")
                if part.get(key)
            )
            console.print(f"  {part['quote']}", markup=False)
            console.print(f"  —— {source}", style="dim", markup=False)
        case "fields":
            for row in part["rows"]:
                console.print(f"  {row['label']}：{row['value']}", markup=False)
        case "order":
            console.print(f"  工单 {part['number']} {part['title']}", markup=False)
        case "progress":
            for node in part["nodes"]:
                mark = {"done": "✓", "current": "▶", "todo": " "}[node["state"]]
                console.print(f"  {mark} {node['name']} {node.get('at') or ''}", markup=False)
        case _:
            console.print(f"  {part.get('text') or part.get('label') or ''}", markup=False)
