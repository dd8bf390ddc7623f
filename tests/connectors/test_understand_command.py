"""``huiying understand`` around the model: order, streaming, bad lines, processes that end."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.cli.asked_lines import read_lines
from tests.model_server import ModelServer
from tests.structure.source import ROOT

# Stands in for Rasa's NLU: the same lines in and out, and an end when it is told to.
WORKER = """
import json, sys
print(json.dumps({"ready": True, "model": sys.argv[1:]}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if asked["text"] == "end":
        break
    intent = {"name": "complain", "confidence": len(asked["text"])}
    print(json.dumps({"id": asked["id"], "intent": intent, "ranking": []}), flush=True)
"""

COMMAND = f"""
import sys
from connectors import bot_process
bot_process.command = lambda *words: [sys.executable, "-c", {WORKER!r}, *words[1:]]
from connectors.cli import main
sys.argv = ["huiying", "understand", *sys.argv[1:]]
main()
"""


@contextmanager
def running(*options: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def ask(id: object, text: str) -> bytes:  # noqa: A002
    return json.dumps({"id": id, "text": text}).encode() + b"\n"


def test_answers_come_in_order_from_however_many_processes() -> None:
    asked = b"".join(ask(n, "路" * (n % 50 + 1)) for n in range(700))
    with running("--jobs", "3") as process:
        out, _ = process.communicate(asked, timeout=120)
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["id"] for answer in answers] == list(range(700))
    assert all(a["intent"]["confidence"] == a["id"] % 50 + 1 for a in answers)
    assert process.returncode == 0


def test_an_answer_does_not_wait_for_the_next_question() -> None:
    with running() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for n in range(3):
            process.stdin.write(ask(n, "路灯坏了"))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == n
        process.stdin.close()
        assert process.wait(20) == 0


def test_a_line_that_cannot_be_used_is_answered_in_its_place() -> None:
    lines = [
        ask("a", "路灯坏了"),
        b"{not json\n",
        b'\xff\xfe{"id": 1}\n',
        b"[1]\n",
        b"[" * 200_000 + b"\n",
        b'"' + b"x" * 3_000_000 + b'"\n',
        b'{"id": 1, "text": 2}\n',
        b'{"id": "long", "text": "' + b"x" * 20_001 + b'"}\n',
        b'{"id": 1, "text": "x", "now": "yesterday"}\n',
        b"\n",
        b'\xef\xbb\xbf{"id": "marked", "text": "half \\ud83d"}\n',
        ask("z", "路灯坏了")[:-1],
    ]
    with running() as process:
        out, errors = process.communicate(b"".join(lines), timeout=120)
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["id"] for answer in answers] == [
        "a", None, None, None, None, None, 1, "long", 1, "marked", "z",
    ]  # fmt: skip
    assert [("error" in answer) for answer in answers] == [False] + [True] * 8 + [False] * 2
    assert process.returncode == 0, errors


@pytest.mark.parametrize(
    ("raw", "name", "why", "remedy"),
    [
        (b'{"id": 1, "text": "x\n', None, "broken JSON", '{"id": "a1", "text"'),
        (b'{"id": 1}\n', 1, 'no "text"', '{"id": "a1", "text"'),
        (b"[1]\n", None, "JSON list", "or the bare text"),
        (b"null\n", None, "JSON null", "or the bare text"),
        (bytes(range(128, 256)) + b"\n", None, "neither UTF-8 nor GB 18030", "save the file as"),
        (b"\x00\x01\x02\n", None, "binary", "save the file as UTF-8"),
        (b"x" * 1_100_000 + b"\n", None, "longer than 1048576 bytes", "one text a line"),
        (b'{"id": 1, "text": "' + b"x" * 100_000 + b'"}\n', 1, "100000 characters", "in parts"),
        (b'{"id": 1, "text": "x", "now": "noon"}\n', 1, '"now"', "leave it out"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_what_to_do(
    raw: bytes, name: object, why: str, remedy: str
) -> None:
    line = next(read_lines(io.BytesIO(b"\n" + raw)))  # the blank one is passed over
    assert line.id == name
    assert line.error is not None
    assert line.error.startswith("line 2: ")
    assert why in line.error
    assert remedy in line.error


def test_a_line_may_be_nothing_but_a_text() -> None:
    lines = ["路灯坏了", '"路灯坏了\\n没人修"', "12345", "【急】路灯"]
    asked = "\n".join(lines).encode() + b"\n" + "路灯坏了".encode("gb18030") + b"\n"
    with running() as process:
        out, _ = process.communicate(asked, timeout=120)
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["id"] for answer in answers] == [1, 2, 3, 4, 5]
    assert [answer["intent"]["confidence"] for answer in answers] == [4, 8, 5, 5, 4]


def test_a_process_that_ends_is_told_and_ends_the_command() -> None:
    asked = b"".join(ask(n, "end" if n == 5 else "路灯") for n in range(2000))
    with running() as process:
        out, errors = process.communicate(asked, timeout=120)
    assert process.returncode == 1
    assert [json.loads(line)["id"] for line in out.splitlines()] == list(range(5))
    assert b"the NLU process ended" in errors
    assert b"Traceback" not in errors


def test_a_reader_that_has_enough_ends_the_command_quietly() -> None:
    with running() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(ask(0, "路灯"))
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(ask(1, "路灯"))
        process.stdin.close()
        assert process.wait(60) == 1
        assert process.stderr is not None
        assert process.stderr.read() == b""


async def test_a_model_points_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "我们这儿大桥底下那块空地被人拿来烧东西"
    server = ModelServer(says=json.dumps({"place": "大桥底下那块空地", "subject": "市长"}))
    await server.start()
    monkeypatch.setenv("HUIYING_LLM__URL", server.url)
    try:
        with running("--model") as process:
            out, errors = await asyncio.to_thread(process.communicate, ask(1, text), 120)
            server.fault = "500"
        with running("--model") as process:
            without, said = await asyncio.to_thread(process.communicate, ask(1, text), 120)
    finally:
        await server.stop()
    fields = json.loads(out)["fields"]
    assert fields["place"]["text"] == "大桥底下那块空地", errors
    assert fields.get("subject", {}).get("text") != "市长"
    assert json.loads(without)["id"] == 1
    assert "the language model was done without: HTTP 500" in said.decode()


def test_a_model_that_is_not_configured_cannot_be_asked() -> None:
    with running("--model") as process:
        out, errors = process.communicate(ask(1, "路灯坏了"), timeout=60)
    assert process.returncode == 1
    assert out == b""
    assert "llm.url" in errors.decode()
