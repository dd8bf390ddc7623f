"""The mini-program: its words, its types, its logic, and its pages by WeChat's own compiler."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.miniprogram import words
from tests.structure.source import ROOT

HERE = Path(__file__).parent
CHINESE = re.compile(r"[\u3400-\u9fff]")
COMMENT = re.compile(r"//.*|/\*.*?\*/", re.S)
# Chinese in the code that is not said to anybody: what a number is not when one of these follows
# it, and the name of a city nobody has given one.
READ = ("[年月日号元个人次件条米层楼栋室分秒时天%]", "'本市'", "关怀模式", "我的工单")


@pytest.fixture(scope="module")
def packages() -> None:
    subprocess.run(["bash", ROOT / "scripts/node.sh", HERE], check=True)


def test_the_types_hold_and_all_pages_do_what_they_should(packages: None) -> None:
    ran = subprocess.run(["npm", "test", "--silent"], cwd=HERE, capture_output=True, text=True)
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
