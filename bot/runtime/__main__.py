"""``python -m runtime``: the commands of the bot. Each exits non-zero with one line on failure."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from runtime import environment, paths, without_platforms, without_tensorflow, without_training


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the process's exit status."""
    parser = argparse.ArgumentParser(prog="python -m runtime", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="serve the trained model on the loopback")
    run.add_argument("--port", type=int, default=int(os.environ.get("HUIYING_RASA_PORT", "5005")))
    run.add_argument(
        "--interface",
        default=os.environ.get("HUIYING_RASA_HOST", "127.0.0.1"),
        help="address to listen on; only ever one the outside cannot reach",
    )
    train = commands.add_parser("train", help="train if the data has changed")
    train.add_argument("--force", action="store_true", help="train even if nothing has changed")
    test = commands.add_parser("test", help="rasa test: stories, or the NLU data")
    test.add_argument("what", choices=("stories", "nlu"), nargs="?", default="stories")
    test.add_argument("--out", default=str(paths.ROOT / "var" / "rasa-test"))
    commands.add_parser("validate", help="rasa data validate, warnings counting as failures")
    nlu = commands.add_parser("nlu", help="JSON lines in, intents and entities out")
    nlu.add_argument("--train", action="store_true", help="train first if the data has changed")
    arguments = parser.parse_args(argv)

    if arguments.command == "nlu" and without_training.suffices(may_train=arguments.train):
        without_training.install()
    environment.prepare()
    if os.environ.get("HUIYING_TENSORFLOW") != "1":
        without_tensorflow.install()
    without_platforms.install()
    return COMMANDS[arguments.command](arguments)


def _run(arguments: argparse.Namespace) -> int:
    from runtime import serve

    return serve.serve(arguments.interface, arguments.port)


def _train(arguments: argparse.Namespace) -> int:
    from runtime import train

    try:
        trained = train.train(force=arguments.force)
    except train.TrainingFailed as error:
        return _fail(f"training failed: {error}")
    print("trained" if trained else "the model is up to date", file=sys.stderr)
    return 0


def _test(arguments: argparse.Namespace) -> int:
    from runtime import checks

    return checks.test(arguments.what, arguments.out)


def _validate(arguments: argparse.Namespace) -> int:
    from runtime import checks

    return checks.validate()


def _nlu(arguments: argparse.Namespace) -> int:
    import nlu_worker

    return nlu_worker.main(train_first=arguments.train)


def _fail(line: str) -> int:
    print(line, file=sys.stderr)
    return 1


COMMANDS = {"run": _run, "train": _train, "test": _test, "validate": _validate, "nlu": _nlu}

if __name__ == "__main__":
    raise SystemExit(main())
