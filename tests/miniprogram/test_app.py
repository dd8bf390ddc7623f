"""The mini-program: its words, its types, its logic, and its pages by WeChat's own compiler."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
from pathlib import Path

import pytest

from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.messages import Choice
from tests.attachments.files import photo
from tests.contract.peer import listening_peer
from tests.house import ScriptedDialogue, house, reply
from tests.miniprogram import words
from tests.structure.source import ROOT
from tests.wechat.api import FakeWechat
from tests.wechat.phone import APPID, OPENID, SECRET, settings

HERE = Path(__file__).parent
CHINESE = re.compile(r"[\u3400-\u9fff]")
COMMENT = re.compile(r"//.*|/\*.*?\*/", re.S)
# Chinese in the code that is not said to anybody: what a number is not when one of these follows
# it, and the name of a city nobody has given one.
READ = ("[年月日号元个人次件条米层楼栋室分秒时天%]", "'本市'", "关怀模式", "我的工单")


@pytest.fixture(scope="module")
def built() -> None:
    """The app as JavaScript; its types hold, or there is none."""
    subprocess.run(["bash", ROOT / "scripts/node.sh", HERE], check=True)
    made = subprocess.run(["node", "build.js"], cwd=HERE, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr[-2000:]


def test_all_parts_and_pages_do_what_they_should(built: None) -> None:
    files = sorted((HERE / "tests").glob("*.test.js"))
    ran = subprocess.run(["node", "--test", *files], cwd=HERE, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    passed = re.search(r"^(?:# |ℹ )pass (\d+)", ran.stdout, re.M)
    assert passed
    assert int(passed[1]) > 40


def test_the_words_of_the_app_are_those_of_the_house() -> None:
    made = words.MODULE.read_text(encoding="utf-8")
    assert made == words.module(), "run `.venv/bin/python -m tests.docs.tables`"


def test_every_word_is_said_and_every_word_said_is_there() -> None:
    assert words.used() == set(words.words())


def test_the_configuration_says_the_same_words() -> None:
    said = words.words()
    app = json.loads((words.APP / "app.json").read_text(encoding="utf-8"))
    assert app["permission"]["scope.userLocation"]["desc"] == said["location_purpose"]
    titles = {"chat": "title", "orders": "orders_title", "order": "order_title"}
    assert app["window"]["navigationBarTitleText"] == said["title"]
    for page, key in titles.items():
        config = json.loads((words.APP / f"pages/{page}/{page}.json").read_text(encoding="utf-8"))
        assert config["navigationBarTitleText"] == said[key]


def test_no_words_stand_in_code_or_templates() -> None:
    found = []
    for file in (*words.APP.rglob("*.ts"), *words.APP.rglob("*.wxml")):
        text = COMMENT.sub("", file.read_text(encoding="utf-8"))
        for known in READ:
            text = text.replace(known, "")
        if file != words.MODULE and file.name != "view.ts" and CHINESE.search(text):
            found.append(f"{file.relative_to(words.APP)}: {CHINESE.findall(text)[:8]}")
    assert not found, "\n".join(found)


def test_every_page_and_component_is_whole() -> None:
    app = json.loads((words.APP / "app.json").read_text(encoding="utf-8"))
    parts = [words.APP / page for page in app["pages"]]
    for page in parts:  # WeChat takes a page made by Component() only where this stands, if empty
        assert "usingComponents" in json.loads(page.with_suffix(".json").read_text("utf-8"))
    for page in list(parts):
        used = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
        for path in used.get("usingComponents", {}).values():
            parts.append((page.parent / path).resolve())
    for part in parts:
        for ending in (".ts", ".json", ".wxml", ".wxss"):
            assert part.with_suffix(ending).exists(), f"{part.name}{ending}"
    for wxml in words.APP.rglob("*.wxml"):
        assert wxml.with_suffix("") in parts, f"nobody uses {wxml}"


def test_what_is_asked_of_the_telephone_is_declared() -> None:
    """WeChat refuses a location that app.json does not name."""
    code = "".join(file.read_text(encoding="utf-8") for file in words.APP.rglob("*.ts"))
    named = {"chooseLocation", "getLocation", "chooseAddress", "choosePoi", "getFuzzyLocation"}
    needed = {name for name in named if f"wx.{name}(" in code}
    app = json.loads((words.APP / "app.json").read_text(encoding="utf-8"))
    assert set(app["requiredPrivateInfos"]) == needed
    assert app["__usePrivacyCheck__"] is True
    project = json.loads((words.PROJECT / "project.config.json").read_text(encoding="utf-8"))
    assert project["appid"] == "touristappid"
    assert project["setting"]["useCompilerPlugins"] == ["typescript"]


async def asks(request: TurnRequest) -> TurnReply:
    return reply(f"回声：{request.text}", choices=(Choice("k1", "好的", "/affirm"),))


async def test_the_app_and_the_gateway_understand_each_other(built: None, tmp_path: Path) -> None:
    """The app's own code and a gateway, written apart."""
    fake = FakeWechat()
    fake.add(APPID, SECRET).codes["code1"] = OPENID
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(photo())
    async with listening_peer() as wechat:
        wechat.good = fake.handle
        async with house(tmp_path, ScriptedDialogue(asks), **settings(wechat.url)) as h:
            url = str(h.client.make_url("")).rstrip("/")
            ran = await asyncio.create_subprocess_exec(
                "node", "drive.js", url, "code1", str(picture),
                cwd=HERE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            out, err = await ran.communicate()
            assert ran.returncode == 0, err.decode()
    shown = json.loads(out)
    assert shown["said"] == 5, (
        "each thing once: words, a choice, words without a line, place, photo"
    )
    assert shown["photo"] > 100
    assert shown["orders"] == []
    assert shown["title"] == "12345 在线服务"
    assert OPENID not in out.decode()
    assert "token" not in json.dumps(shown["kept"])
    assert fake.breaches == []
