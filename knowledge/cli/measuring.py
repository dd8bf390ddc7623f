"""``huiying knowledge evaluate|calibrate|tune``: the commands that need labelled questions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from knowledge.base import DEFAULT_BASE, KnowledgeBase
from knowledge.calibration.calibrate import TooFewError, calibrate, samples_of, unanswerable
from knowledge.cli.console import BaseOption, JsonOption, errors, fail, open_base, progress_bar, say
from knowledge.clock import today
from knowledge.evaluation.evaluate import Result, compare, evaluate
from knowledge.evaluation.gold import settled_gold
from knowledge.evaluation.tune import TooFewQuestionsError, tune
from knowledge.labelled import Labelled, QuestionsError, read_questions
from knowledge.published.publish import BaseBusyError, retune
from knowledge.tuning import BadSettingError, Tuning, with_settings

_DOUBTS = 20

app = typer.Typer()


def _questions(file: Path, base: KnowledgeBase) -> list[Labelled]:
    doubts: list[str] = []
    try:
        questions, told = settled_gold(base.folder, read_questions(file, doubts))
    except QuestionsError as error:
        raise fail(str(error)) from error
    shown = doubts[:_DOUBTS]
    if len(doubts) > len(shown):
        shown.append(f"……这样的行一共 {len(doubts)} 处")
    for line in [*shown, *told]:
        errors.print(f"注意 {line}", style="yellow", markup=False, soft_wrap=True)
    return questions


@app.command("evaluate")
def evaluate_command(
    file: Path,
    base: BaseOption = DEFAULT_BASE,
    compare_: Annotated[
        str, typer.Option("--compare", help="与另一组设置比较，如 passage_weight=0.3")
    ] = "",
    misses: Annotated[int, typer.Option(help="列出多少个没答好的问题")] = 30,
    json_: JsonOption = False,
) -> None:
    """用标注问题评测：JSON 行，每行 question 与 gold（空表示不该回答）。"""
    opened = open_base(base)
    questions = _questions(file, opened)
    with progress_bar() as progress:
        result = evaluate(opened, questions, today(), step=lambda asked: progress("ask", asked))
    measures = result.to_json()
    if compare_:
        try:
            other = with_settings(Tuning.from_json(opened.snapshot.manifest.tuning), compare_)
        except BadSettingError as error:
            raise fail(str(error)) from error
        if other == Tuning.from_json(opened.snapshot.manifest.tuning):
            raise fail(f"{compare_} 就是现在的设置，没有可比的；现在用的数见 knowledge status")
        against = compare(result, evaluate(opened, questions, today(), other))
        if json_:
            say({"one": measures, "other": against.other.to_json(), "p": against.p})
            return
        table = Table("指标", "现在", compare_, "p", title=f"{base}：{file.name}")
        for key, value in measures.items():
            chance = f"{against.p[key]:.3f}" if key in against.p else ""
            table.add_row(key, str(value), str(against.other.to_json()[key]), chance)
        Console().print(table)
        typer.echo("p 为差异出于偶然的可能（配对符号翻转检验）；小于 0.05 才值得当真。")
        return
    if json_:
        say(measures)
        return
    table = Table("指标", "值", title=f"{base}：{file.name}")
    for key, value in measures.items():
        table.add_row(key, str(value))
    console = Console()
    console.print(table)
    console.print(_misses(result, misses))
    if masked := measures["gold_masked"]:
        errors.print(
            f"注意 {masked} 个问题的答案条目在提问那天、那个地区不可引用（未生效、已失效、属于别处"
            "或不适用于提问的人），按没找到算；要按当时的规定评测，请在问题里写 date",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )


@app.command("calibrate")
def calibrate_command(
    file: Path, base: BaseOption = DEFAULT_BASE, json_: JsonOption = False
) -> None:
    """用本库自己的标注问题（至少 50 条，最好有一部分不该回答）校准何时回答、何时拒答。"""
    opened = open_base(base)
    try:
        labelled = samples_of(opened, _questions(file, opened), today())
        found = calibrate(labelled, "labelled", beside=unanswerable(opened, today()))
        generation = retune(opened.folder, {"judge": found.judge.to_json()})
    except (TooFewError, BaseBusyError) as error:
        raise fail(str(error)) from error
    data = {
        "kept": round(found.kept, 4),
        "refused": None if found.refused is None else round(found.refused, 4),
        "asserted": round(found.asserted, 4),
        "asserted_right": round(found.asserted_right, 4),
        "auc": round(found.separation, 4),
        "refuse_below": round(found.judge.refuse_below, 4),
        "assert_from": round(found.judge.assert_from, 4),
        "generation": generation,
    }
    if json_:
        say(data)
        return
    for key, value in data.items():
        typer.echo(f"{key}: {value}")


@app.command("tune")
def tune_command(file: Path, base: BaseOption = DEFAULT_BASE, json_: JsonOption = False) -> None:
    """用本库自己的标注问题选排序参数；没有超出偶然的好处就不改。"""
    opened = open_base(base)
    questions = _questions(file, opened)
    try:
        with progress_bar() as progress:
            choice = tune(
                opened,
                questions,
                today(),
                dense=opened.has_vectors,
                step=lambda number: progress("tune", number),
            )
        if choice.adopted:
            retune(opened.folder, choice.tuning.to_json())
    except (TooFewQuestionsError, BaseBusyError) as error:
        raise fail(str(error)) from error
    data = {
        "adopted": choice.adopted,
        "before": round(choice.before, 4),
        "after": round(choice.after, 4),
        "p": round(choice.p, 4),
        "tuning": choice.tuning.to_json(),
    }
    if json_:
        say(data)
        return
    said = "已采用新参数" if choice.adopted else "没有可信的改进，参数不变"
    typer.echo(f"{said}：MRR {choice.before:.4f} → {choice.after:.4f}（p={choice.p:.3f}）")
    for key, value in choice.tuning.to_json().items():
        typer.echo(f"{key}: {value}")


def _misses(result: Result, most: int) -> Table:
    table = Table("编号", "问题", "名次", "判断", "首位", "应为", title="没答好的问题")
    bad = [row for row in result.rows if row.in_scope and (row.rank != 1 or row.verdict == "none")]
    bad += [row for row in result.rows if not row.in_scope and row.verdict != "none"]
    for row in bad[:most]:
        first = row.top[0] if row.top else ""
        gold = "、".join(row.question.gold) or "不应回答"
        place = "不可引用" if row.masked else str(row.rank)
        table.add_row(row.question.id, row.question.question, place, row.verdict.value, first, gold)
    return table
