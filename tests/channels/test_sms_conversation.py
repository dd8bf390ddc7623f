"""A policy question and a whole complaint by text message: handset, Kannel, gateway, Rasa."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.segments import segments
from connectors.settings import ROOT
from tests.bases import shipped_base
from tests.kannel import NUMBER, PASSWORD, USER, Handset, Heard, KannelServer, installed
from tests.servers import free_port

PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
SECRET = "callback-secret-of-the-carrier-01"
TOKEN = "a-token-for-the-tests-of-sms"
SIGNATURE = "【12345】"
PATIENCE = 240.0  # seconds until Rasa must be ready; the machine may be busy
NUMBERED = re.compile(r"HY\d{8}-\d{6}-\d")

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.kannel,
    pytest.mark.skipif(not PYTHON.is_file(), reason="bot/.venv is missing: run `make setup`"),
    pytest.mark.skipif(not installed(), reason="Kannel is missing: apt-get install kannel"),
]


class Product:
    """Gateway and Rasa as processes of their own, and a Kannel that knows the gateway."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.actions_port, self.rasa_port = free_port(), free_port(), free_port()
        self.kannel = KannelServer(f"{self.url}/sms/carrier/{SECRET}/inbound")
        account = {
            "url": self.kannel.url,
            "username": USER,
            "password": PASSWORD,
            "number": NUMBER,
            "callback_secret": SECRET,
        }
        config = {"sms": {"kannel": {"carrier": account}}, "region": "340100"}
        (folder / "huiying.yml").write_text(json.dumps(config))
        self.env = os.environ | {
            "HUIYING_CONFIG": str(folder / "huiying.yml"),
            "HUIYING_PORT": str(self.port),
            "HUIYING_ACTIONS_PORT": str(self.actions_port),
            "HUIYING_RASA_PORT": str(self.rasa_port),
            "HUIYING_DATA_DIR": str(folder / "var"),
            "HUIYING_INTERNAL_TOKEN": TOKEN,
            "HUIYING_ACTIONS_URL": f"http://127.0.0.1:{self.actions_port}/actions",
            "HUIYING_RASA_DB": str(folder / "rasa.db"),
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        shipped_base(self.folder / "var")
        runtime = [str(PYTHON), "-m", "runtime"]
        trained = subprocess.run(
            [*runtime, "train"], cwd=ROOT / "bot", capture_output=True, text=True, check=False
        )
        assert trained.returncode == 0, trained.stderr
        self._run("rasa", [*runtime, "run", "--port", str(self.rasa_port)], ROOT / "bot")
        self.start_gateway()
        self.kannel.start()
        self._until(f"http://127.0.0.1:{self.rasa_port}/webhooks/huiying/health")

    def start_gateway(self) -> None:
        self._run("gateway", [sys.executable, "-m", "connectors.cli", "gateway"], ROOT)
        self._until(f"{self.url}/health/live")

    def kill_gateway(self) -> None:
        process = self.processes.pop("gateway")
        process.kill()
        process.wait()

    def _run(self, name: str, command: list[str], folder: Path) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=folder, env=self.env, stdout=log, stderr=log
            )

    def _until(self, url: str) -> None:
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
                return
            time.sleep(0.2)
        raise AssertionError(f"{url} did not answer:\n{self.logs()}")

    def logs(self) -> str:
        return "\n".join(file.read_text()[-3000:] for file in self.folder.glob("*.log"))

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.kannel.remove()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    made = Product(tmp_path_factory.mktemp("sms"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


class Person:
    """Somebody with a plain telephone: what they are shown are segments, joined by the handset."""

    def __init__(self, handset: Handset, number: str) -> None:
        self._handset = handset
        self._number = number
        self._read = 0

    async def ask(self, text: str, within: float = 60) -> str:
        """Says something; the answer, which is one message of two segments at most."""
        await self._handset.say(self._number, text)
        heard = await self._handset.hear(f"+86{self._number}", self._read + 1, within)
        await asyncio.sleep(1.0)  # its second segment, and whatever should not come
        heard = await self._handset.hear(f"+86{self._number}", self._read + 1, within)
        new = heard[self._read :]
        self._read = len(heard)
        return _one_answer(new)


def _one_answer(new: list[Heard]) -> str:
    answer = "".join(one.text for one in new)
    assert answer.count(SIGNATURE) == 1, answer
    assert len(new) == segments(answer) <= 2, answer
    return answer.removeprefix(SIGNATURE)


async def test_a_policy_question_is_answered_in_two_segments_however_it_is_typed(
    product: Product,
) -> None:
    async with Handset(product.kannel.port) as handset:
        person = Person(handset, "13912340011")
        answer = await person.ask("身份证丢了怎么补办？要带什么材料？", 90)
        assert "户口簿" in answer
        assert "公安部" in answer
        for typed in ("身份證丟了怎麼補辦", "身分证丢了咋补办", "身份证丢了怎么补办？？！　"):
            assert "身份证" in await person.ask(typed), typed


async def test_a_whole_complaint_is_taken_while_the_gateway_is_killed_in_its_middle(
    product: Product,
) -> None:
    async with Handset(product.kannel.port) as handset:
        person = Person(handset, "13912340012")
        answer = await person.ask(
            "我们小区楼下工地半夜还在施工，吵得睡不着，在蜀山区黄山路与科学大道交口", 90
        )
        asked: list[str] = []
        for _ in range(8):
            if "提交" in answer:
                break
            assert answer not in asked, f"asked twice: {answer}"
            asked.append(answer)
            assert "在哪" not in answer, "the place was said already"
            if len(asked) == 1:
                product.kill_gateway()
                await asyncio.to_thread(product.start_gateway)
            if "电话" in answer or "手机" in answer or "联系方式" in answer:
                answer = await person.ask("13912340012")
            elif "称呼" in answer or "姓名" in answer or "贵姓" in answer:
                answer = await person.ask("我姓王")
            elif "时间" in answer or "什么时候" in answer:
                answer = await person.ask("昨晚11点到今天凌晨2点")
            elif "1. " in answer:
                answer = await person.ask("选1")
            else:
                answer = await person.ask("希望晚上停工")
        else:
            raise AssertionError(f"no summary after {asked}")
        assert len(asked) <= 5, asked
        answer = await person.ask("提交")
        number = NUMBERED.search(answer)
        assert number, answer
        answer = await person.ask(f"查一下工单 {number[0]}")
        assert "受理" in answer or "后四位" in answer, answer
