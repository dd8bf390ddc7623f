from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from knowledge.cli.commands import app

pytestmark = pytest.mark.usefixtures("few_probes")

QA = "编号,问题,答案,区划代码\n" + "".join(
    f"q{n},{thing}怎么办理,{thing}到窗口办理，五日办结。,340100\n"
    for n, thing in enumerate(["居住证", "护照", "驾驶证", "营业执照", "结婚登记", "养犬登记"])
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def output(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def taken(data: Path, tmp_path: Path) -> Path:
    """A base named "city" of six questions and answers."""
    path = tmp_path / "qa.csv"
    path.write_text(QA, encoding="utf-8")
    report = output("ingest", str(path), "--base", "city")
    assert (report["added"], report["skipped"]) == (6, [])
    return path


def questions(tmp_path: Path, *rows: dict[str, object]) -> str:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8"
    )
    return str(path)


def test_ingesting_again_reports_that_nothing_changed(taken: Path) -> None:
    report = output("ingest", str(taken), "--base", "city")
    assert (report["added"], report["changed"], report["same"]) == (0, 0, 6)


def test_a_search_gives_what_production_would(taken: Path) -> None:
    found = output("search", "护照怎么办理", "--base", "city", "--region", "340104")
    assert found["hits"][0]["entry_id"] == "q1"
    assert found["verdict"] == "answer"
    assert found["passages"][0]["quote"] == "护照到窗口办理，五日办结。"
    assert output("search", "护照怎么办理", "--base", "city", "--region", "320100")["hits"] == []


def test_an_explained_search_shows_scores_words_and_masks(taken: Path) -> None:
    found = output("search", "护照怎么办理", "--base", "city", "--region", "340104", "--explain")
    assert found["scope"]["regions"] == [0, 340000, 340100, 340104]
    assert (found["scope"]["allowed"], found["scope"]["of"]) == (6, 6)
    assert "护照" in [word for word, _ in found["terms"][0]]


def test_a_search_can_be_read_by_people_too(taken: Path) -> None:
    result = run("search", "护照怎么办理", "--base", "city")
    assert result.exit_code == 0
    assert "护照到窗口办理，五日办结。" in result.stdout


def test_evaluation_prints_the_measures_and_the_misses(taken: Path, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "question": "护照怎么办理", "gold": ["q1"]},
        {"question": "天气", "gold": []},
    ]
    file = questions(tmp_path, *rows, {"id": "miss", "question": "养狗要登记吗", "gold": ["gone"]})
    measured = output("evaluate", file, "--base", "city")
    assert (measured["n"], measured["r1"], measured["oos_refused"]) == (3, 0.5, 1.0)
    told = run("evaluate", file, "--base", "city").stdout
    assert "miss" in told
    against = output("evaluate", file, "--base", "city", "--compare", "passage_weight=0")
    assert against["p"]["r1"] == 1.0


def test_calibrating_publishes_a_judge_for_the_base(taken: Path, tmp_path: Path) -> None:
    inside = [
        {"question": f"{t}怎么办理", "gold": [f"q{n}"]} for n, t in enumerate(["居住证", "护照"])
    ]
    outside = [{"question": f"今天天气第{n}次怎么样", "gold": []} for n in range(30)]
    file = questions(tmp_path, *inside * 15, *outside)
    told = output("calibrate", file, "--base", "city")
    assert (told["kept"], told["refused"]) == (1.0, 1.0)
    assert output("status", "--base", "city")["tuning"]["judge"]["source"] == "labelled"
    measured = output("evaluate", file, "--base", "city")
    assert (measured["in_scope_answered"], measured["oos_refused"]) == (1.0, 1.0)


def test_a_calibrated_judge_is_kept_when_the_base_is_ingested_again(
    taken: Path, tmp_path: Path
) -> None:
    test_calibrating_publishes_a_judge_for_the_base(taken, tmp_path)
    taken.write_text(QA.replace("五日", "三日"), encoding="utf-8")
    assert output("ingest", str(taken), "--base", "city")["changed"] == 6
    assert output("status", "--base", "city")["tuning"]["judge"]["source"] == "labelled"


def test_tuning_reports_and_keeps_what_is_no_better(taken: Path, tmp_path: Path) -> None:
    rows = [{"question": "护照怎么办理", "gold": ["q1"]}] * 30
    told = output("tune", questions(tmp_path, *rows), "--base", "city")
    assert told["adopted"] is False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", "护照", "--base", "none"], "还没有内容"),
        (["search", "护照", "--base", "../up"], "知识库名字"),
        (["search", "护照", "--base", "city", "--region", "合肥"], "区划代码"),
        (["search", "护照", "--base", "city", "--audience", "dog"], "适用对象"),
        (["search", "护照", "--base", "city", "--date", "昨天"], "日期"),
        (["evaluate", "nowhere.jsonl", "--base", "city"], "读不到文件"),
        (["ingest", "--map", "nothing"], "没有现成映射"),
        (["ingest", "nowhere", "--base", "city"], "没有这个文件"),
    ],
)
def test_a_mistake_ends_in_one_line_that_says_what_to_do(
    taken: Path, arguments: list[str], said: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_path_that_is_not_there_is_told_even_if_others_were_taken(taken: Path) -> None:
    result = run("ingest", str(taken), "nowhere", "--base", "city")
    assert result.exit_code == 0
    assert "nowhere" in result.stderr


def test_a_script_that_wants_all_taken_hears_of_what_was_left_out(taken: Path) -> None:
    left_out = run("ingest", str(taken), "nowhere", "--base", "city", "--strict")
    assert left_out.exit_code == 3
    assert run("ingest", str(taken), "--base", "city", "--strict").exit_code == 0
