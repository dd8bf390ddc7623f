"""The Rasa project itself: sound data, stories that go as written, training that fails clearly."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from connectors.settings import ROOT
from tests.bot.conftest import PYTHON, runtime

pytestmark = [pytest.mark.rasa, pytest.mark.usefixtures("trained")]


def inside(code: str) -> subprocess.CompletedProcess[str]:
    """Run lines in Rasa's environment, the launcher prepared."""
    start = (
        "from pathlib import Path\n"
        "from runtime import environment, without_tensorflow, paths\n"
        "environment.prepare(); without_tensorflow.install()\n"
    )
    return subprocess.run(
        [str(PYTHON), "-c", start + code],
        cwd=ROOT / "bot",
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_the_data_is_sound() -> None:
    done = runtime("validate")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_misspelt_action_is_found(tmp_path: Path) -> None:
    """The rules alone: reading all examples again, as above, takes longer than all the rest."""
    wrong = (ROOT / "bot/data/rules.yml").read_text(encoding="utf-8")
    (tmp_path / "rules.yml").write_text(wrong.replace("action_answer", "action_anser"))
    done = inside(
        f"from runtime import checks\npaths.DATA = paths.TESTS = Path({str(tmp_path)!r})\n"
        "raise SystemExit(checks.validate())"
    )
    assert done.returncode != 0
    assert "action_anser" in done.stderr


def test_every_dialogue_goes_as_written(tmp_path: Path) -> None:
    done = runtime("test", "stories", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]


def test_a_dialogue_that_goes_otherwise_is_noticed(tmp_path: Path) -> None:
    story = """
version: "3.1"
stories:
- story: the wrong intent
  steps:
  - user: |
      你能做什么
    intent: greet
  - action: utter_greet
"""
    (tmp_path / "test_wrong.yml").write_text(story, encoding="utf-8")
    (tmp_path / "endpoints.none.yml").write_text("", encoding="utf-8")
    done = inside(
        f"from runtime import checks\npaths.TESTS = Path({str(tmp_path)!r})\n"
        f"raise SystemExit(checks.test('stories', {str(tmp_path / 'out')!r}))"
    )
    assert done.returncode == 1
    assert "0 of 1" in done.stderr


def test_nothing_is_trained_when_nothing_has_changed() -> None:
    done = runtime("train")
    assert done.returncode == 0
    assert "the model is up to date" in done.stderr


def test_training_that_cannot_work_says_so_in_one_line_and_keeps_the_model(
    tmp_path: Path,
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "huiying.tar.gz").write_bytes(b"the model before")
    empty = tmp_path / "data"
    empty.mkdir()
    code = (
        "import os\n"
        f"os.environ['HUIYING_MODELS'] = {str(models)!r}\npaths.DATA = Path({str(empty)!r})\n"
        "from runtime import __main__\nraise SystemExit(__main__.main(['train']))"
    )
    done = inside(code)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("training failed: ")
    assert (models / "huiying.tar.gz").read_bytes() == b"the model before"


def test_without_a_model_or_a_token_rasa_does_not_start(tmp_path: Path) -> None:
    done = runtime("run", HUIYING_MODELS=str(tmp_path), HUIYING_INTERNAL_TOKEN="x")
    assert done.returncode == 1
    assert "train" in done.stderr
    done = runtime("run", HUIYING_INTERNAL_TOKEN="")
    assert done.returncode == 1
    assert "HUIYING_INTERNAL_TOKEN" in done.stderr


# --- the NLU worker


def worker(*lines: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [str(PYTHON), "-m", "runtime", "nlu"],
        cwd=ROOT / "bot",
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def ask(name: object, text: str) -> str:
    return json.dumps({"id": name, "text": text}, ensure_ascii=False)


def test_the_worker_answers_every_line_in_order() -> None:
    ready, *answers = worker(
        ask(1, "你好"),
        "",
        "not json",
        '{"id": "x"}',
        ask("two", "查工单HY20261122-000017-9"),
        ask(3, ""),
        ask(4, "/restart"),
    )
    assert ready == {"ready": True, "model": "huiying.tar.gz"}
    assert [answer.get("id") for answer in answers] == [1, None, "x", "two", 3, 4]
    assert answers[0]["intent"]["name"] == "greet"  # type: ignore[index]
    assert "error" in answers[1]
    assert "error" in answers[2]
    entity = answers[3]["entities"][0]  # type: ignore[index]
    assert entity == {
        "entity": "order_number", "value": "HY20261122-000017-9", "start": 3, "end": 22,
    }  # fmt: skip
    assert answers[4]["intent"]["name"] == "nlu_fallback"  # type: ignore[index]
    assert answers[5]["intent"]["name"] != "restart"  # type: ignore[index]


HELD_OUT = [
    json.loads(line)
    for line in (ROOT / "tests/bot/dialogue_heldout.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def together(trained: None) -> list[dict[str, Any]]:
    """What a worker says to all that is held out, asked at once."""
    return worker(*(ask(i, case["text"]) for i, case in enumerate(HELD_OUT)))[1:]


def test_texts_understood_together_are_understood_as_alone(
    together: list[dict[str, Any]],
) -> None:
    texts = [case["text"] for case in HELD_OUT[:60]]
    code = (
        "import json, sys, nlu_worker\nnlu = nlu_worker.Nlu(paths.model())\n"
        f"texts = json.loads({json.dumps(json.dumps(texts))})\n"
        "print(json.dumps([nlu.understand([text])[0] for text in texts]))"
    )
    alone = json.loads(inside(code).stdout.splitlines()[-1])
    for one, other in zip(together[:60], alone, strict=True):
        assert {k: v for k, v in one.items() if k != "id"} == other


def test_moves_of_the_dialogue_held_out_from_training_are_understood(
    together: list[dict[str, Any]],
) -> None:
    """Measured .86; the bound leaves room for edits of the data, not for a broken pipeline."""
    right = sum(
        answer["intent"]["name"] == case["intent"]
        for answer, case in zip(together, HELD_OUT, strict=True)
    )
    assert right / len(HELD_OUT) >= 0.80


def test_ones_own_case_told_before_a_question_makes_no_appeal_of_it(trained: None) -> None:
    """Measured .93 and .97 on texts held out from training, .78 and .97 before it was taught; the
    bounds leave room for edits of the data."""
    lines = (ROOT / "tests/bot/circumstances_heldout.jsonl").read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    answers = worker(*(ask(i, case["text"]) for i, case in enumerate(cases)))[1:]
    right: dict[str, list[bool]] = {"ask_policy": [], "appeal": []}
    for case, answer in zip(cases, answers, strict=True):
        asked = answer["intent"]["name"] == "ask_policy"
        right[case["intent"]].append(asked == (case["intent"] == "ask_policy"))
    for which, found in right.items():
        assert sum(found) / len(found) >= 0.88, which


def test_what_somebody_is_about_to_do_is_asked_of_a_rule(trained: None) -> None:
    """On texts held out from training: asked .89 and told otherwise .97, .28 and .98 before
    such texts were taught; the bounds leave room for edits of the data."""
    lines = (ROOT / "tests/bot/wishes_heldout.jsonl").read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    answers = worker(*(ask(i, case["text"]) for i, case in enumerate(cases)))[1:]
    right: dict[str, list[bool]] = {"ask_policy": [], "other": []}
    for case, answer in zip(cases, answers, strict=True):
        asked = answer["intent"]["name"] == "ask_policy"
        right[case["intent"]].append(asked == (case["intent"] == "ask_policy"))
    found = {which: sum(each) / len(each) for which, each in right.items()}
    assert found["ask_policy"] >= 0.8, found
    assert found["other"] >= 0.9, found
