"""``rasa data validate`` and ``rasa test`` through the launcher."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from runtime import environment, paths


def validate() -> int:
    """Check domain, data and rules against each other; every warning is a failure."""
    return _rasa(
        "data",
        "validate",
        "--fail-on-warnings",
        "--domain",
        str(paths.DOMAIN),
        "--data",
        str(paths.DATA),
        str(paths.TESTS),
        "--config",
        str(paths.CONFIG),
        "--max-history",
        "5",
    )


def test(what: str, out: str) -> int:
    """Hold the test stories against the trained model, or measure the NLU by cross-validation."""
    Path(out).mkdir(parents=True, exist_ok=True)
    if what == "nlu":
        return _rasa(
            "test", "nlu", "--nlu", str(paths.DATA / "nlu"), "--config", str(paths.CONFIG),
            "--domain", str(paths.DOMAIN), "--cross-validation", "--folds", "5",
            "--no-plot", "--out", out,
        )  # fmt: skip
    # Not --fail-on-prediction-errors, which stops at the first; without --e2e the texts of the
    # stories would not be read at all, only their intents.
    status = _rasa(
        "test", "core", "--stories", str(paths.TESTS), "--model", str(paths.model()),
        "--e2e", "--no-plot", "--out", out,
        "--endpoints", str(paths.TESTS / "endpoints.none.yml"),
    )  # fmt: skip
    return status or _verdict(Path(out))


def _verdict(out: Path) -> int:
    """Read the report: every dialogue must have gone as written."""
    report = json.loads((out / "story_report.json").read_text(encoding="utf-8"))
    accuracy = report["conversation_accuracy"]
    failed = accuracy["total"] - accuracy["correct"]
    print(f"{accuracy['correct']} of {accuracy['total']} dialogues as written", file=sys.stderr)
    if failed:
        text = (out / "failed_test_stories.yml").read_text(encoding="utf-8")
        wrong = [line for line in text.splitlines() if "story:" in line or "# predicted" in line]
        print("\n".join(wrong), file=sys.stderr)
    return 1 if failed else 0


def _rasa(*arguments: str) -> int:
    """Rasa's own command line, in this process, its exit status returned."""
    import rasa.__main__ as command

    sys.argv = ["rasa", *arguments]
    environment.quieten_structlog()
    try:
        command.main()
    except SystemExit as stop:
        if isinstance(stop.code, int):
            return stop.code
        return 1 if stop.code else 0
    return 0
